"""Writes the parts that both kinds of random case share: addresses, case.toml, tags, seeds, limits."""

from __future__ import annotations

import csv
import hashlib
import json
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

CATEGORIES = [
    "exchange", "exchange", "exchange", "service", "mixing_service", "custodian", "law_enforcement",
    "defi", "defi_dex", "user", "victim", "coinjoin", "",
]  # fmt: skip
CONFIDENCES = ["ownership", "service_api", "web_crawl", "heuristic", "unknown", "", "100", "35", "0"]
DIGITS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
TAG_HEADER = "chain,address,label,actor,category,confidence,source,lastmod"


def hexes(rng: random.Random, size: int) -> str:
    return rng.randbytes(size).hex()


def base58check(payload: bytes) -> str:
    """Version and hash as base58 with its checksum."""
    raw = payload + hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4]
    number, text = int.from_bytes(raw, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = DIGITS[digit] + text
    return "1" * (len(raw) - len(raw.lstrip(b"\0"))) + text


def moment(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def toml_text(value: Any) -> str:
    """One TOML value; a JSON string is a TOML string."""
    if isinstance(value, list):
        return "[" + ", ".join(toml_text(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml_text(item)}" for key, item in value.items()) + "}"
    return value.text if isinstance(value, Bare) else json.dumps(value)


class Bare:
    """A TOML value that is written as it stands (a date-time)."""

    def __init__(self, text: str) -> None:
        self.text = text


def table(name: str, fields: dict[str, Any]) -> str:
    """`[name]` (or `[[name]]`) and its fields."""
    return "\n".join([name, *(f"{key} = {toml_text(value)}" for key, value in fields.items()), ""])


def write_rows(path: Path, header: str, rows: list[list[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header.split(","), *rows])


def tags_of(rng: random.Random, folder: Path, chain: str, addresses: list[str]) -> list[str]:
    """Up to four tags, also two of one address; their tables for case.toml."""
    if rng.random() < 0.3 or not addresses:
        return []
    rows = []
    for _ in range(rng.choice([1, 1, 2, 4])):
        sure, category = rng.choice(CONFIDENCES), rng.choice(CATEGORIES)
        address = rng.choice(addresses[-5:])
        rows.append([chain, address, f"label {len(rows)}", "", category, sure, "a list", "2024-01-01"])
    write_rows(folder / "tags.csv", TAG_HEADER, rows)
    return [table("[[tags]]", {"path": "tags.csv"})]


def seeds_of(rng: random.Random, folder: Path, seeds: list[dict[str, Any]]) -> list[str]:
    """The seeds as [[seed]] tables, or through victims.csv. Fields: chain, txid, index or None, origin, returns."""
    if rng.random() < 0.3 and all(len(seed["returns"]) < 2 for seed in seeds):
        rows = [
            [s["chain"], s["txid"], "" if s["index"] is None else s["index"], s["origin"] or "", "".join(s["returns"])]
            for s in seeds
        ]
        write_rows(folder / "victims.csv", "chain,txid,index,origin,return_address", rows)
        return [table("[[seed]]", {"path": "victims.csv"})]
    tables = []
    for seed in seeds:
        fields = {"chain": seed["chain"], "txid": seed["txid"]}
        fields |= {} if seed["index"] is None else {"index": seed["index"]}
        fields |= {} if seed["origin"] is None else {"origin": seed["origin"]}
        fields |= {"victim_addresses": seed["returns"]} if seed["returns"] else {}
        tables.append(table("[[seed]]", fields))
    return tables


def origins_of(rng: random.Random, count: int) -> list[str | None]:
    """Names for `count` seeds: mostly different, sometimes one for several, sometimes none (the txid)."""
    names = ["A", "B", "C", "D"]
    return [None if rng.random() < 0.1 else rng.choice(names[: rng.choice([1, 4, 4])]) for _ in range(count)]


def limits_of(rng: random.Random, asset_keys: list[str], last_seed: int | None, end: int | None) -> str:
    """[limits]; max_hops and max_transactions always stand, so that no default is in play."""
    fields: dict[str, Any] = {
        "max_hops": rng.choice([30, 100, 100, 100, rng.randint(0, 6)]),
        "max_transactions": rng.choice([20000, 20000, 20000, rng.randint(1, 12)]),
        "min_tag_confidence": rng.choice([0, 0, 0, 20, 36, 70]),
    }
    if rng.random() < 0.3:
        fields["min_value"] = {key: str(rng.choice([1, 2, 5, 25])) for key in asset_keys if rng.random() < 0.7}
    if last_seed is not None and end is not None and rng.random() < 0.25:
        until = moment(rng.randint(last_seed, max(last_seed, end)))
        fields["until"] = Bare(until)
    return table("[limits]", fields)


def heads_of(rng: random.Random, libr_fifo: float = 0.25) -> tuple[str, dict[str, Any]]:
    """[case] with the methods in some order, and what stands in [method]."""
    methods = ["fifo", "lifo", "libr", "haircut"]
    if rng.random() < 0.2:
        rng.shuffle(methods)
    method = {"libr_between": "fifo"} if rng.random() < libr_fifo else {}
    return table("[case]", {"name": "a random case", "methods": methods}), method
