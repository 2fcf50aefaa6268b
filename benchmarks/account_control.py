"""What the rules of control on account chains say about the ledgers at hand: the last sections of docs/accuracy.md."""

from __future__ import annotations

import base64
import csv
import json
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from chaintrace.adapters import ADAPTERS
from chaintrace.adapters.interface import SourceSpec
from chaintrace.addresses import tron_from_hex
from chaintrace.case.digests import Digests
from chaintrace.case.opening import open_view
from chaintrace.case.view import CaseView
from chaintrace.model.attribution import Tag
from chaintrace.model.chain import Account, Asset, Block
from chaintrace.model.finding import AnyFinding
from chaintrace.model.provenance import Coverage
from chaintrace.model.transaction import Leg, Transaction, Transfer
from chaintrace.store import MemoryFacts, MemoryStore
from heuristics.control.exclusions import MANY
from heuristics.control.funder import CREATION, funder
from heuristics.control.shared_consolidation import shared_consolidation
from heuristics.control.top_up_sweep import top_up_sweep

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"
CASE = ROOT / "data" / "cases" / "tron-usdt"
FIRST = "TRON, blocks 0 to 10,000 (2018)"
WALLETS = "USDT of 40 wallets on TRON"
THIEF = "one account on Ethereum (2022)"
THIEF_ADDRESS = "0x098b716b8aaf21512996dc57eb0615e2383e2f96"
END = 10**12
BUSINESS = f"""
## Control on account chains: how many addresses one address pays

`funder`, `top_up_sweep` and `shared_consolidation` take whoever pays, or is paid by, more than {MANY} addresses for
somebody's business. Counted were, for everybody who paid in the first blocks of TRON, the addresses whose first
movement that was; the receivers of each of the 40 wallets whose USDT is known whole; for the addresses that an explorer
tags as exchanges, those of the 40 that they paid, which is the least that they can have paid; and the receivers of each
account on Ethereum of which an explorer's list of transactions was recorded, as far as its first page goes.

| set | addresses | pay more than 10 | more than {MANY} | the most, in order |
|---|---|---|---|---|
"""
MARK = """
## funder: the fee of a creation

Transfers of TRX in the first 10,000 blocks of TRON, in which every account begins: those that cost exactly 0.1 TRX, and
those that were their receiver's first movement. The fee of 1.1 TRX, as it is now, stands twice in the recorded answers
of TronGrid, and nothing at hand says what those receivers had before.

| transfers | with the fee | of these a first movement | first movements | of these with the fee |
|---|---|---|---|---|
"""
SPOKEN = """
## Control on account chains: what the rules say

Nothing at hand says who controlled an address on these chains, so precision is not measured. What can be counted is how
often a rule speaks, and what is wrong for certain: two addresses that a list of exchanges' wallets gives to two
exchanges (DeFiLlama's, which the rules do not see here). Where none of the addresses named is on that list, its last
column says nothing. The set of 40 wallets holds no gas, so that only `shared_consolidation` can speak; no set holds
tokens and gas of the same addresses, so `top_up_sweep` was never put to the test. Approvals are observed in receipts
alone, and none of these sets has receipts of the accounts that approve, so `self_authorisation` was not either.

| set | transactions | rule | findings | addresses named | of these on the list | two exchanges |
|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Ledger:
    """Transactions with the view that knows them, and the addresses and assets about which rules are asked."""

    name: str
    transactions: tuple[Transaction, ...]
    view: CaseView
    accounts: tuple[Account, ...]


def transfer(
    kind: Any, sides: tuple[str, str | None], value: int, asset: Asset, order: tuple[int, int, int]
) -> Transfer:
    """One movement of one asset; nobody receives a fee."""
    payer, payee = ((Leg(value, Account(one, asset), one),) if one else () for one in sides)
    return Transfer("fee" if kind == "fee" else "value", kind, asset, payer, payee, order)


def sent(
    chain: str, txid: str, place: tuple[int, int, int], sides: tuple[str, str], amounts: tuple[int, int]
) -> Transaction:
    """A payment in the native asset: (height, position, time), (payer, payee), (value, fee)."""
    coin, (height, position, time) = Asset(chain, ""), place
    parts = [("native", sides, amounts[0]), ("fee", (sides[0], None), amounts[1])]
    moved = [
        transfer(kind, both, value, coin, (height, position, number))
        for number, (kind, both, value) in enumerate(parts)
        if value
    ]
    return Transaction(chain, txid, Block(height, "", time), position, tuple(moved))


def lines(name: str) -> Iterator[dict[str, Any]]:
    """One object a line, as the public data set has them: bytes in base64, addresses without 41."""
    with (SHARED / "tron" / "blocks-0-10000" / name).open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def address(text: str) -> str:
    """An address of the data set as people write it."""
    return tron_from_hex("41" + base64.b64decode(text).hex())


def first_blocks() -> tuple[Transaction, ...]:
    """The transfers of TRX with their fees, in chain order."""
    fees = {row["txHash"]: row["fee"] for row in lines("0to10000__tx_fee.json")}
    found = [
        sent(
            "tron",
            base64.b64decode(row["txHash"]).hex(),
            (row["blockId"], row["transactionIndex"], row["blockTimestamp"]),
            (address(row["fromAddress"]), address(row["toAddress"])),
            (row["value"], fees[row["txHash"]]),
        )
        for row in lines("0to10000__transactions.json")
        if row.get("toAddress") and row["value"] > 0
    ]
    return tuple(sorted(found, key=lambda one: (one.height or 0, one.position)))


def known(name: str, chain: str, told: tuple[Transaction, ...], complete: frozenset[str] | None) -> Ledger:
    """A ledger of native payments of which the accounts of `complete` (None: all) are known whole."""
    view = CaseView(MemoryFacts(told), (Coverage(chain, complete, None, 0, END, None, None),))
    legs = (leg for one in told for part in one.transfers for leg in (*part.inputs, *part.outputs))
    return Ledger(name, told, view, tuple(dict.fromkeys(Account(leg.address, Asset(chain, "")) for leg in legs)))


def thief() -> Ledger:
    """The recorded list of one account: what it paid and received, with the fees that it paid."""
    told = json.loads((SHARED / "evm" / "ronin-2022" / "ronin_txlist.json").read_text("utf-8"))["result"]
    found = tuple(
        sent(
            "ethereum",
            row["hash"],
            (int(row["blockNumber"]), int(row["transactionIndex"]), int(row["timeStamp"])),
            (row["from"], row["to"]),
            (int(row["value"]), int(row["gasUsed"]) * int(row["gasPrice"])),
        )
        for row in told
        if row["isError"] == "0" and int(row["value"])
    )
    return known(THIEF, "ethereum", found, frozenset({THIEF_ADDRESS}))


def wallets() -> Ledger:
    """The ledger of the case that ships, with the explorer's tags."""
    complete = frozenset((CASE / "wallets.txt").read_text("utf-8").split())
    spec = SourceSpec("transfers-csv", "tron", CASE / "transfers.csv", "transfers.csv", complete)
    with tempfile.TemporaryDirectory() as cache:
        view = open_view([spec], Digests(), MemoryStore(), Path(cache), ADAPTERS)
    view = view.with_tags({("tron", one): (tag,) for one, tag in tagged().items()})
    told = tuple(view.facts.transactions("tron"))
    assets = view.assets("tron")
    return Ledger(WALLETS, told, view, tuple(Account(one, what) for one in sorted(complete) for what in assets))


def tagged() -> dict[str, Tag]:
    """The explorer's tags of the case that ships: all of them stop."""
    with (CASE / "tags.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        row["address"]: Tag(
            "tron", row["address"], row["label"], row["actor"], row["category"], 5, row["source"], stops=True
        )
        for row in rows
    }


def exchanges(chain: str) -> dict[str, str]:
    """DeFiLlama's list: an exchange's wallets on a chain."""
    with (SHARED / "labels" / "defillama-cex" / "cex_wallets.csv").open(encoding="utf-8", newline="") as file:
        return {row["address"]: row["exchange"] for row in csv.DictReader(file) if row["chain"] == chain}


def receivers(told: Iterable[Transaction], payers: Iterable[str] | None = None) -> list[int]:
    """How many addresses each payer paid, in falling order; of `payers` alone, where they are named."""
    found: dict[str, set[str]] = {} if payers is None else {one: set() for one in payers}
    for part in (part for one in told for part in one.transfers if part.kind != "fee" and part.value):
        payer, payee = part.inputs[0].address, part.outputs[0].address
        if payers is None:
            found.setdefault(payer, set()).add(payee)
        elif payer in found:
            found[payer].add(payee)
    return sorted((len(one) for one in found.values() if one), reverse=True)


def recorded() -> list[int]:
    """How many addresses each account paid of which a list of transactions was recorded."""
    found: dict[str, set[str]] = {}
    for path in sorted((SHARED / "evm" / "api-responses").glob("*_txlist_ok_*.json")):
        told = json.loads(path.read_text("utf-8"))
        asked = parse_qs(urlsplit(told["request"]["url"]).query)["address"][0].lower()
        rows = [row for row in told["response"]["result"] if row["from"] == asked and int(row["value"])]
        found.setdefault(asked, set()).update(row["to"] for row in rows)
    counts = [len(one) for one in found.values() if one]
    return sorted([*counts, *receivers(thief().transactions, [THIEF_ADDRESS])], reverse=True)


def counts(name: str, found: list[int]) -> str:
    """A row of the first table."""
    most = ", ".join(f"{one:,}" for one in found[:8])
    return f"| {name} | {len(found)} | {sum(n > 10 for n in found)} | {sum(n > MANY for n in found)} | {most} |\n"


def firsts(told: Iterable[Transaction]) -> list[Transaction]:
    """The payments, in chain order, that are the first movement of their receiver."""
    met, found = set[str](), []
    for one in told:
        payer, payee = one.transfers[0].inputs[0].address, one.transfers[0].outputs[0].address
        found += [] if payee in met else [one]
        met |= {payer, payee}
    return found


def marks(told: tuple[Transaction, ...]) -> str:
    """The row of the second table."""
    first = firsts(told)
    marked, both = (
        sum(part.kind == "fee" and part.value in CREATION for one in several for part in one.transfers)
        for several in (told, first)
    )
    return f"| {len(told)} | {marked} | {both} | {len(first)} | {both} |\n"


def said(ledger: Ledger) -> dict[str, list[AnyFinding]]:
    """What each rule says, every finding once."""
    by_account = {rule.__name__: rule for rule in (funder, shared_consolidation)}
    found = {
        name: [one for account in ledger.accounts for one in rule(account, ledger.view)]
        for name, rule in by_account.items()
    }
    found["top_up_sweep"] = [one for told in ledger.transactions for one in top_up_sweep(told, ledger.view)]
    return {name: list(dict.fromkeys(several)) for name, several in sorted(found.items())}


def spoken(ledger: Ledger) -> Iterator[str]:
    """The rows of a ledger in the last table."""
    given = exchanges(ledger.transactions[0].chain)
    for name, several in said(ledger).items():
        named = {one for found in several for one in (found.subject, found.object)}
        both = [one for one in several if one.subject in given and one.object in given]
        wrong = sum(given[one.subject] != given[one.object] for one in both)
        numbers = f"{len(several)} | {len(named)} | {len(named & set(given))} | {wrong}"
        yield f"| {ledger.name} | {len(ledger.transactions)} | {name} | {numbers} |\n"


def section() -> str:
    """The sections of the page."""
    first, ledger = first_blocks(), wallets()
    rows = (
        counts("first paid in TRON's blocks 0 to 10,000", receivers(firsts(first))),
        counts("paid by the 40 wallets", receivers(ledger.transactions, {one.address for one in ledger.accounts})),
        counts("of the 40, paid by tagged exchanges", receivers(ledger.transactions, tagged())),
        counts("paid by recorded accounts on Ethereum", recorded()),
    )
    ledgers = (known(FIRST, "tron", first, None), ledger, thief())
    return (
        BUSINESS + "".join(rows) + MARK + marks(first) + SPOKEN + "".join(row for one in ledgers for row in spoken(one))
    )


if __name__ == "__main__":
    print(section(), end="")
