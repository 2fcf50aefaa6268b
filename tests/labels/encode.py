"""How the shipped core of tags was re-encoded: public lists in, rows of our own CSV out, the same bytes each time.

`python -m tests.labels.encode` (with ../shared beside the checkout) writes `data/labels/core.csv`. What is taken of
each list, and why no more, stands in `data/labels/README.md`. Nothing of chaintrace is imported: the core is checked by
`chaintrace tags check`, so chaintrace must not have made it.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bitcoin.base58 import Base58ChecksumError, CBase58Data, InvalidBase58Error
from eth_utils.address import is_checksum_address

from tests.labels.contracts import BRIDGES, ISSUERS, RAILGUN, TORNADO_CLI
from tests.labels.exchanges import EXCHANGES, EXPLORER_TAGS, MAJORS, ON_TRON, RESERVE_PAGES

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "data" / "labels" / "core.csv"
LABELS = ROOT.parent / "shared" / "data" / "labels"
TRON_ROWS = ROOT.parent / "shared" / "data" / "tron" / "israel-seizure-orders" / "trc20_xfers.csv"

COLUMNS = (
    "chain", "address", "label", "actor", "category", "confidence", "source", "lastmod",
    "abuse", "source_family", "licence", "valid_from", "valid_to", "more",
)  # fmt: skip
READ = "2026-11-28"
"""The day on which lists without a date of their own were read."""
FACTS = "facts only"
CHAINS = {
    "BTC": "bitcoin", "ETH": "ethereum", "TRX": "tron", "BSC": "bsc", "BEP20": "bsc",
    "bch": "bitcoin-cash", "bsv": "bitcoin-sv", "btg": "bitcoin-gold", "doge": "dogecoin", "etc": "ethereum-classic",
    "xvg": "verge",
}  # fmt: skip
TRACED = ("bitcoin", "ethereum", "bsc", "tron")
RECENT = "https://home.treasury.gov/policy-issues/financial-sanctions/recent-actions/"
DELISTED = "2025-03-21"
"""When OFAC took Tornado Cash from its list (recupero's high_risk.json, `ofac_delisted_date`)."""

Row = dict[str, str]


def table(name: str) -> list[Row]:
    with (LABELS / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def objects(name: str) -> list[dict[str, Any]]:
    found = json.loads((LABELS / name).read_text("utf-8"))
    return [entry for entry in found if entry.get("address")]


def one_form(address: str) -> str:
    """An EVM address in lower case, "" where its letter case is a checksum that does not fit; others as they are."""
    if address[:2] != "0x":
        return address
    lower = address.lower()
    return "" if address not in {lower, "0x" + lower[2:].upper()} and not is_checksum_address(address) else lower


def is_sound(chain: str, address: str) -> bool:
    """Whether an address is one of a traced chain: some lists file memos and other chains' addresses under Bitcoin."""
    if chain in {"ethereum", "bsc"} or address.startswith("bc1"):
        return address[:2] == "0x" or address.startswith("bc1")
    try:
        data = CBase58Data(address)
    except (Base58ChecksumError, InvalidBase58Error):
        return False
    return len(data) == 20 and data.nVersion in ({0, 5} if chain == "bitcoin" else {0x41})


def chain_of(name: str, address: str) -> str:
    """Our name of a chain. Where a list names a token, or a chain that the address is none of, the form decides."""
    chain = CHAINS.get(name, name)
    is_tron = address[0] == "T" and len(address) == 34
    if is_tron and chain in {"bitcoin", "ethereum", "USDT", "USDC", "XBT"}:
        return "tron"
    if chain in {"USDT", "USDC"}:
        return "ethereum" if address[:2] == "0x" else "bitcoin"
    return "bitcoin" if chain == "ethereum" and address[:2] != "0x" else chain


def row(chain: str, address: str, label: str, **fields: str) -> Row:
    return {**dict.fromkeys(COLUMNS, ""), "chain": chain, "address": address, "label": label, **fields}


def exchange(chain: str, address: str, label: str, actor: str, **fields: str) -> Row:
    more = json.dumps({"actor_label": EXCHANGES[actor]}, ensure_ascii=False)
    return row(chain, address, label, actor=actor, category="exchange", more=more, **fields)


def reserves() -> Iterator[Row]:
    """Wallets that exchanges name as their own, as DefiLlama's adapters of proofs of reserve hold them."""
    known = {one_form(entry["address"]) for entry in table("graphsense-tagpacks/tags.csv")}
    for entry in table("defillama-cex/cex_wallets.csv"):
        chain, address, slug = entry["chain"], one_form(entry["address"]), entry["exchange"]
        if slug not in MAJORS and chain != "tron":
            continue
        is_long = (slug, chain) == ("okex", "ethereum")
        if chain not in TRACED or not is_sound(chain, address) or (is_long and address not in known):
            continue
        actor = {**MAJORS, **ON_TRON}.get(slug) or (slug if slug in EXCHANGES else slug.removesuffix("-cex").lower())
        yield exchange(
            chain, address, f"{EXCHANGES[actor]} reserve wallet", actor, confidence="trusted_provider",
            source=f"github.com/DefiLlama/DefiLlama-Adapters {entry['source_path']}", lastmod=READ,
            source_family=f"reserves:{actor}", licence=f"GPL-3.0 ({FACTS})",
        )  # fmt: skip


def tagpacks() -> Iterator[Row]:
    """GraphSense's tags of exchanges: from their own pages, and Etherscan's; and of the mixers that it names."""
    for entry in table("graphsense-tagpacks/tags.csv"):
        chain, address = chain_of(entry["network"], entry["address"]), one_form(entry["address"])
        actor, source = entry["actor"], entry["source"]
        if chain not in TRACED or not is_sound(chain, address) or actor not in EXCHANGES:
            continue
        page = next((page for page in RESERVE_PAGES if source.startswith(page)), "")
        if entry["category"] == "exchange" and page:
            family = f"reserves:{actor}"
        elif entry["category"] == "exchange" and source.startswith(EXPLORER_TAGS):
            family = "explorer:etherscan" if "etherscan" in source else "explorer:bitinfocharts"
        elif entry["category"] in {"mixing_service", "market"} and "OFAC" not in entry["label"]:
            family = "ofac-sdn" if "treasury.gov" in source else ""
        else:
            continue
        yield row(
            chain, address, entry["label"], actor=actor, category=entry["category"], confidence=entry["confidence"],
            source=source, lastmod=entry["lastmod"][:10] or READ, source_family=family, licence="MIT",
            more=json.dumps({"actor_label": EXCHANGES[actor]}, ensure_ascii=False),
        )  # fmt: skip


def tronscan() -> Iterator[Row]:
    """The exchange tags in Tronscan's answers about the wallets of seizure orders, with the day of the last one."""
    last: dict[str, tuple[str, int]] = {}
    with TRON_ROWS.open(encoding="utf-8", newline="") as file:
        for entry in csv.DictReader(file):
            for side in ("from", "to"):
                tag, at = entry[f"{side}_tag"], int(entry["timestamp"]) // 1000
                if tag:
                    held = last.get(entry[f"{side}_address"], (tag, at))
                    last[entry[f"{side}_address"]] = (tag, max(at, held[1]))
    for address, (tag, at) in last.items():
        word = tag.split(" ", maxsplit=1)[0].split("-", maxsplit=1)[0].lower()
        actor = {"okex": "okex", "mxc": "mxc", "ascendex": "bitmax"}.get(word, word)
        yield exchange(
            "tron", address, tag, actor, confidence="web_crawl", lastmod=f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}",
            source="Tronscan (tag in its public TRC-20 transfer answers)", source_family="explorer:tronscan",
            licence=FACTS,
        )  # fmt: skip


def explorers() -> Iterator[Row]:
    """Exchange wallets of the CC0 set that repeat an explorer's tag."""
    for entry in objects("recupero-cc0/cex_deposits.json"):
        site = str(entry["source"]).removesuffix("_public_tag")
        actor = {"crypto.com": "cryptocom", "gate.io": "gate", "okx": "okex", "mexc": "mxc"}.get(
            entry["name"].split(":")[0].split(" ")[0].split("/")[0].lower(),
            entry["name"].split(":")[0].split(" ")[0].split("/")[0].lower(),
        )
        address = one_form(entry["address"])
        if site not in {"etherscan", "oklink"} or entry["chain"] not in TRACED or actor not in EXCHANGES or not address:
            continue
        yield exchange(
            entry["chain"], address, entry["name"], actor, confidence="web_crawl", lastmod=entry["added_at"][:10],
            source=f"recupero labels, cex_deposits.json ({entry['source']})", source_family=f"explorer:{site}",
            licence="CC0-1.0",
        )  # fmt: skip


def tornado() -> Iterator[Row]:
    """Tornado Cash: pools that its own client and its documentation both name; where they differ, without size."""
    documented = {
        (entry["chain_id"], entry["address"]): entry["contract"].replace(",", "")
        for entry in table("tornado_contracts.csv")
    }
    chains = {"1": "ethereum", "56": "bsc"}
    for (number, pool), address in TORNADO_CLI.items():
        said = documented.get((number, address))
        if said is None:
            continue
        symbol = pool.split(" ")[1]
        label = f"Tornado Cash: {pool}" if said == pool else f"Tornado Cash: {symbol} pool (sources name two sizes)"
        fields = {"actor": "tornado", "category": "mixing_service", "lastmod": READ}
        fields["more"] = json.dumps({"actor_label": EXCHANGES["tornado"]})
        for source, family, confidence in (
            ("github.com/tornadocash/tornado-cli config.js", "github.com/tornadocash", "service_data"),
            ("Tornado Cash documentation, contract addresses", "docs:tornado", "web_crawl"),
        ):
            more = {"source": source, "source_family": family, "confidence": confidence, "licence": FACTS}
            yield row(chains[number], address, label, **fields, **more)


def contracts() -> Iterator[Row]:
    """Bridges that two sources name, RAILGUN, and the tokens of issuers."""
    claimed = {(entry["chain"], one_form(entry["address"])): entry for entry in objects("recupero-cc0/bridges.json")}
    for (chain, address), (label, actor, second) in BRIDGES.items():
        entry = claimed[chain, address]
        fields = {"actor": actor, "category": "defi_bridge"}
        yield row(
            chain, address, label, **fields, confidence="web_crawl", lastmod=entry["added_at"][:10], licence="CC0-1.0",
            source=f"recupero labels, bridges.json ({entry['source']})", source_family="recupero",
        )  # fmt: skip
        family = "/".join([*second.split("/")[:2], re.split("[ ,]", second.split("/")[2])[0]])
        more = {"source": second, "source_family": family, "confidence": "trusted_provider", "licence": FACTS}
        yield row(chain, address, label, **fields, **more, lastmod=READ)
    for (chain, address), source in RAILGUN.items():
        fields = {"actor": "railgun", "category": "mixing_service", "confidence": "web_crawl", "lastmod": READ}
        yield row(
            chain, address, "RAILGUN: proxy", **fields, source=source, source_family="recupero", licence="CC0-1.0"
        )
    for (chain, address), (label, actor, source) in ISSUERS.items():
        fields = {"actor": actor, "category": "issuer", "confidence": "service_data", "licence": FACTS}
        yield row(chain, address, label, **fields, source=source, lastmod=READ, source_family=f"issuer:{actor}")


def ofac() -> Iterator[Row]:
    """OFAC's addresses. A day of listing stands where a source in hand states it; the delisted ones have theirs."""
    listed: dict[str, str] = {}
    for entry in table("graphsense-tagpacks/tags.csv"):
        day = entry["source"].rpartition("recent-actions/")[2]
        if "recent-actions/" in entry["source"] and len(day) == 8:
            listed[one_form(entry["address"])] = f"{day[:4]}-{day[4:6]}-{day[6:]}"
    held = json.loads((LABELS / "recupero-cc0/high_risk.json").read_text("utf-8"))["addresses"]
    listed |= {one_form(one["address"]): one["ofac_listing_date"] for one in held if one.get("ofac_listing_date")}
    fields = {
        "abuse": "sanction",
        "confidence": "authority_data",
        "source_family": "ofac-sdn",
        "licence": "public record",
    }
    live = table("recupero-cc0/ofac_crypto_live.csv")
    for entry in live:
        address = one_form(entry["address"])
        yield row(
            chain_of(entry["chain"], address), address, entry["sdn_entry_name"], **fields, lastmod=READ,
            source=f"https://sanctionslistservice.ofac.treas.gov SDN entry {entry['sdn_entry_id']}",
            valid_from=listed.get(address, ""), more=json.dumps({"sdn_entry": entry["sdn_entry_id"]}),
        )  # fmt: skip
    now = {one_form(entry["address"]) for entry in live}
    known = {entry["address"] for entry in table("tornado_contracts.csv")} | set(TORNADO_CLI.values())
    older = (LABELS / "ofac/0xB10C_sanctioned_addresses_ETH.txt").read_text("utf-8").split()
    for address in sorted({one_form(text) for text in older} - now):
        if address in known:
            yield row(
                "ethereum", address, "TORNADO CASH", **fields, lastmod=DELISTED, valid_to=DELISTED,
                source="OFAC SDN list, older copy (github.com/0xB10C/ofac-sanctioned-digital-currency-addresses)",
                valid_from=listed.get(address, ""),
            )  # fmt: skip


def rows() -> list[Row]:
    """Every row, of one family of sources one row for an address; by chain and address.

    An address for which sources name two actors is left out: the core takes no side.
    """
    kept: dict[tuple[str, str, str, str], Row] = {}
    for made in (tagpacks(), reserves(), tronscan(), explorers(), tornado(), contracts(), ofac()):
        for one in made:
            kept.setdefault((one["chain"], one["address"], one["source_family"] or one["source"], one["category"]), one)
    named: dict[tuple[str, str], set[str]] = {}
    for one in kept.values():
        named.setdefault((one["chain"], one["address"]), set()).update({one["actor"]} - {""})
    agreed = (one for one in kept.values() if len(named[one["chain"], one["address"]]) < 2)
    return sorted(agreed, key=lambda one: tuple(one[name] for name in ("chain", "address", *COLUMNS[2:])))


def encoded() -> bytes:
    """The bytes of core.csv."""
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows())
    return file.getvalue().encode("utf-8")


if __name__ == "__main__":
    CORE.write_bytes(encoded())
