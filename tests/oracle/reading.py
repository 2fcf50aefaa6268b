"""Reads a case folder (architecture, section 7) into plain lists. Bad input is a ValueError with one sentence.

Written for the oracle alone: nothing here is shared with the package that it checks.
Values are ints in base units, times are whole Unix seconds, an absent address is "".
"""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

TOP = 2**256 - 1
STOPPING = {
    "exchange", "wallet_service", "payment_processor", "service", "market", "dark_web", "gambling", "mixing_service",
    "defi_bridge", "faucet", "miner", "mining_service", "custodian", "broker", "atm", "issuer", "law_enforcement",
}  # fmt: skip
PASSING = {
    "defi", "defi_dex", "defi_lending", "defi_derivative", "collectible", "index", "coinjoin", "user", "organization",
    "black_list", "victim", "scam", "",
}  # fmt: skip
SURE = {
    "override": 100, "ownership": 100, "ledger_immanent": 100, "manual_transaction": 90, "service_api": 70,
    "authority_data": 60, "trusted_provider": 50, "service_data": 50, "forensic": 50, "forensic_investigation": 50,
    "untrusted_transaction": 40, "web_crawl": 20, "heuristic": 10, "unknown": 5, "": 5,
}  # fmt: skip
PRIVATE_OR_NOT_EVM = {"bitcoin", "bitcoin-testnet", "bitcoin-signet", "bitcoin-regtest", "tron"}


@dataclass
class Transfer:
    """One row of a transfers-csv: `value` of `asset` from `sender` to `receiver` ("" is a mint or a burn)."""

    chain: str
    txid: str
    index: str
    height: int | None
    time: int
    asset: str
    decimals: int | None
    sender: str
    receiver: str
    value: int
    row: tuple[int, int]  # (number of the source, row): the position

    @property
    def order(self) -> tuple[int, tuple[int, int]]:
        return (self.time if self.height is None else self.height, self.row)


@dataclass
class Tx:
    """One transaction. inputs: (outpoint, value or None, address); outputs: (value, address, burned)."""

    chain: str
    txid: str
    height: int | None
    position: int | None
    time: int | None
    row: tuple[int, int]
    coinbase: bool
    inputs: list[tuple[str, int | None, str]]
    outputs: list[tuple[int, str, bool]]


@dataclass
class Seed:
    """index None is M20, "all" is every output. `returns` are the victim's own addresses (M22)."""

    chain: str
    txid: str
    index: str | None
    origin: str
    returns: list[str]


@dataclass
class Cover:
    """What one source declares complete. addresses None is "all"; `start` is its least height (or time)."""

    chain: str
    addresses: set[str] | None
    assets: set[str]
    start: int


@dataclass
class Case:
    """Everything that a run rests on."""

    methods: list[str]
    transfers: list[Transfer] = field(default_factory=list)
    txs: list[Tx] = field(default_factory=list)
    covers: list[Cover] = field(default_factory=list)
    seeds: list[Seed] = field(default_factory=list)
    stops: set[tuple[str, str]] = field(default_factory=set)
    max_hops: int = 30
    max_transactions: int = 20000
    min_value: dict[str, int] = field(default_factory=dict)
    until: int | None = None
    libr_between: str = "pro_rata"
    wallets: dict[str, list[str]] = field(default_factory=dict)  # empty unless [method] pool = "wallet"
    wallet_chains: dict[str, str] = field(default_factory=dict)  # of those that are declared for one chain
    links: list[tuple[list[tuple[str, str, str]], ...]] = field(default_factory=list)  # out, in, back (M23)


def same(chain: str, address: str) -> str:
    """Hex addresses of EVM chains are written in several cases; everything else is taken as it stands."""
    text = (address or "").strip()
    is_hex = text[:2].lower() == "0x" and len(text) == 42 and chain not in PRIVATE_OR_NOT_EVM
    return text.lower() if is_hex and all(c in "0123456789abcdef" for c in text[2:].lower()) else text


def seconds(text: Any) -> int:
    """Unix seconds from a number, from ISO 8601, or from a TOML date-time. Without a zone it is UTC."""
    if isinstance(text, datetime):
        moment = text if text.tzinfo else text.replace(tzinfo=UTC)
        return int(moment.timestamp())
    text = str(text).strip()
    return int(text) if text.lstrip("-").isdigit() else seconds(datetime.fromisoformat(text))


def plain_index(text: Any) -> str:
    """0, "0" and "00" are one index; `log:57` stays as it is."""
    text = str(text).strip()
    return str(int(text)) if text.isdigit() else text


def lines(path: Path) -> list[str]:
    """Lines of a text file, gunzipped by its name, without a byte order mark."""
    raw = path.read_bytes()
    raw = gzip.decompress(raw) if path.name.endswith(".gz") else raw
    return raw.decode("utf-8-sig").splitlines()


def read_transfers(path: Path, chain: str, number: int) -> list[Transfer]:
    """Rows of `chain`; an identical repeat is dropped, the same identity with any difference refused (M1)."""
    seen: dict[tuple[str, str], tuple[str, ...]] = {}
    found = []
    for row, cells in enumerate(csv.DictReader(lines(path))):
        if cells["chain"].strip() != chain:
            continue
        identity = (cells["txid"].strip(), plain_index(cells["index"]))
        content = tuple(str(cells[k]).strip() for k in ("height", "time", "asset", "decimals", "from", "to", "value"))
        if identity in seen:
            if seen[identity] != content:
                raise ValueError(f"{path}: {identity} stands twice with different contents")
            continue
        seen[identity] = content
        height, time, asset, decimals, sender, receiver, value = content
        transfer = Transfer(
            chain, *identity, int(height) if height else None, seconds(time), same(chain, asset),
            int(decimals) if decimals else None, same(chain, sender), same(chain, receiver), int(value), (number, row),
        )  # fmt: skip
        if not 0 <= transfer.value <= TOP:
            raise ValueError(f"{path}: value {value} is out of bounds")
        found.append(transfer)
    return found


def read_tx(data: dict[str, Any], chain: str, row: tuple[int, int]) -> Tx:
    """One line of a transactions-jsonl."""
    legs = [leg for leg in data.get("inputs") or [] if leg.get("prev_txid") and set(leg["prev_txid"]) != {"0"}]
    coinbase = bool(data.get("coinbase")) or not legs
    inputs = [
        (f"{leg['prev_txid']}:{leg['prev_vout']}", leg.get("value"), same(chain, leg.get("address") or ""))
        for leg in ([] if coinbase else legs)
    ]
    outputs = []
    for vout, leg in enumerate(sorted(data["outputs"], key=lambda leg: leg["n"])):
        if leg["n"] != vout:
            raise ValueError(f"{data['txid']}: output {vout} is missing")
        script, kind = leg.get("script") or "", (leg.get("type") or "").lower()
        burned = script.lower().startswith("6a") or kind in {"nulldata", "op_return", "opreturn"}
        outputs.append((leg["value"], same(chain, leg.get("address") or ""), burned))
    time = data.get("time")
    return Tx(
        chain, data["txid"], data.get("block_height"), data.get("block_index"), None if time is None else seconds(time),
        row, coinbase, inputs, outputs,
    )  # fmt: skip


def resolve_inputs(txs: list[Tx]) -> None:
    """Input values and addresses that a file leaves out are taken from the outputs that the sources hold."""
    made = {(tx.chain, f"{tx.txid}:{vout}"): out for tx in txs for vout, out in enumerate(tx.outputs)}
    for tx in txs:
        for place, (outpoint, value, address) in enumerate(tx.inputs):
            if (tx.chain, outpoint) in made:
                true_value, true_address, _ = made[tx.chain, outpoint]
                if value not in (None, true_value):
                    raise ValueError(f"{tx.txid}: the value of input {outpoint} is not that of the output")
                tx.inputs[place] = (outpoint, true_value, address or true_address)
