"""How often the rules about coinjoins are right, where coinjoins are known and elsewhere: parts of docs/accuracy.md."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.change_accuracy import SHARED, opened, rate, rows
from chaintrace.adapters.bitcoin.blocksource import BlockSource
from chaintrace.case.rules import by_subject, findings
from chaintrace.case.view import CaseView
from chaintrace.model.chain import Asset, Block, OutPoint
from chaintrace.model.transaction import Leg, Transaction, Transfer
from chaintrace.store import MemoryFacts
from heuristics import ALL

RULES = tuple(rule for rule in ALL if rule.stage == "services" and rule.subject == "transaction")
TX0 = "whirlpool_tx0"
HEAD = """
## Coinjoins: by family, where they are known

A transaction counts as found where the rule names it. Coinjoins of Wasabi 1 are known from the coordinator's log, those
of emulated sets are flagged by whoever ran the wallets; mixes of Whirlpool and TX0s are a research group's, found by
the group's own rules, so that what those miss is not counted here either. Of the file of TX0s those lines count that
have an OP_RETURN; the {others} others are told below. "Named otherwise" are those to which another rule gives a name.
The intervals are Wilson's, of 95 %.

| rule | data set | era | | transactions | coinjoins | found | false | missed | named otherwise | precision | recall |
|---|---|---|---|---|---|---|---|---|---|---|---|
"""
ORDINARY = """
## Coinjoins: false alarms

Transactions that nobody calls a coinjoin, and what the rules about coinjoins say of them all the same. Rules that need
the values of the inputs say nothing where a file does not tell them; the third column counts the transactions of which
it does. In the blocks a coinjoin may hide that nobody knows of. TX0s are no coinjoins; that they are named TX0s is
right.

| data set | era | | transactions | with all values | named a coinjoin | named a TX0 |
|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Known:
    """A set in which the coinjoins of one family are known: its file, which lines are coinjoins, and which count."""

    rule: str
    name: str
    era: str
    is_emulated: bool
    is_found: Callable[[Mapping[str, Any]], bool] = lambda _: True
    counts: Callable[[Mapping[str, Any]], bool] = lambda _: True

    @property
    def chain(self) -> str:
        """The chain of the file."""
        return "bitcoin-regtest" if self.is_emulated else "bitcoin"


def has_note(row: Mapping[str, Any]) -> bool:
    """Whether a line has an OP_RETURN."""
    return any(output["type"] == "op_return" for output in row["outputs"])


def is_flagged(row: Mapping[str, Any]) -> bool:
    """Whether whoever ran the wallets says that it is a coinjoin."""
    return bool(row["is_coinjoin"])


SETS = (
    Known("coinjoin_wasabi1", "wasabi1_2018", "2018", is_emulated=False),
    Known("coinjoin_wasabi2", "emulated_wasabi2", "2024", is_emulated=True, is_found=is_flagged),
    Known("coinjoin_whirlpool", "whirlpool_202403", "2024", is_emulated=False),
    Known(TX0, TX0, "2022-2024", is_emulated=False, counts=has_note),
    Known("coinjoin_joinmarket", "emulated_joinmarket", "2025", is_emulated=True, is_found=is_flagged),
)
SINGLE = {
    "wabisabi-coinjoin": "coinjoin_wasabi2",
    "whirlpool-coinjoin": "coinjoin_whirlpool",
    "joinmarket-coinjoin": "coinjoin_joinmarket",
}
"""Recorded answers of an Esplora server about one coinjoin each; the other transactions there are ordinary ones."""


@contextmanager
def seen(name: str, chain: str) -> Iterator[tuple[CaseView, tuple[Transaction, ...]]]:
    """A set as the command line opens it, and what the rules about services say of its transactions."""
    with opened(SHARED / "coinjoin" / f"{name}.jsonl.gz", chain) as (view, transactions):
        yield told(view, transactions), transactions


def told(view: CaseView, transactions: Sequence[Transaction]) -> CaseView:
    """The view that knows what the rules about services say of these transactions."""
    return view.with_findings(by_subject(findings(transactions, RULES, view)))


def named(view: CaseView, transaction: Transaction) -> set[str]:
    """The rules that speak of a transaction."""
    return {one.rule for one in view.findings(transaction.chain, transaction.txid)}


def line(rule: str, about: tuple[str, str, str], truth: Mapping[str, bool], spoken: Mapping[str, set[str]]) -> str:
    """The line of one rule on one set; `about` is the set's name, its era and its kind."""
    hits = {txid for txid in truth if rule in spoken[txid]}
    right = sum(truth[txid] for txid in hits)
    total = sum(truth.values())
    other = sum(truth[txid] and bool(spoken[txid] - {rule}) for txid in truth)
    numbers = " | ".join(map(str, (len(truth), total, right, len(hits) - right, total - right, other)))
    return f"| {rule} | {' | '.join(about)} | {numbers} | {rate(right, len(hits))} | {rate(right, total)} |\n"


def missed(name: str, rule: str, truth: Mapping[str, bool], spoken: Mapping[str, set[str]]) -> str:
    """The txids of what a rule misses and of what it names without reason."""
    wrong = [txid for txid in truth if truth[txid] != (rule in spoken[txid])]
    return "".join(f"* {rule}, {name}: {'missed' if truth[txid] else 'false'} {txid}\n" for txid in wrong)


def measured(one: Known) -> tuple[str, str, str]:
    """Of a set: its line, what is missed, and its line among the ordinary ones where it holds such transactions."""
    told_of = rows(one.name)
    kind = "emulated" if one.is_emulated else "real"
    with seen(one.name, one.chain) as (view, transactions):
        spoken = {each.txid: named(view, each) for each in transactions}
    truth = {txid: one.is_found(row) for txid, row in told_of.items() if one.counts(row)}
    ordinary = [each for each in transactions if each.txid in truth and (one.rule == TX0 or not truth[each.txid])]
    about = (one.name, one.era, kind)
    plain = alarms((f"{one.name}, its other transactions", one.era, kind), ordinary, spoken) if one.is_emulated else ""
    if one.rule == TX0:
        plain = alarms((f"{TX0}, its TX0s", one.era, kind), ordinary, spoken)
    return line(one.rule, about, truth, spoken), missed(one.name, one.rule, truth, spoken), plain


def alarms(about: tuple[str, str, str], transactions: Sequence[Transaction], spoken: Mapping[str, set[str]]) -> str:
    """A line of the second table."""
    whole = sum(all(leg.value is not None for part in one.transfers for leg in part.inputs) for one in transactions)
    mixed = sum(bool(spoken[one.txid] - {TX0}) for one in transactions)
    prepared = sum(TX0 in spoken[one.txid] for one in transactions)
    return f"| {' | '.join(about)} | {len(transactions)} | {whole} | {mixed} | {prepared} |\n"


def blocks() -> Iterator[str]:
    """The lines of the real blocks at hand."""
    folder = SHARED / "blocks"
    for name, era, undo in (
        ("firstblocks.blk", "2009", None),
        ("block176149.blk", "2012", None),
        ("block300025.raw", "2014", folder / "block300025-undo.raw"),
        ("block370661.dat", "2015", None),
        ("block481829.dat", "2017", None),
    ):
        with BlockSource(folder / name, "bitcoin", undo_path=undo) as source:
            transactions = tuple(source.transactions())
        yield alarms((name, era, "real"), transactions, alone(transactions))


def alone(transactions: Sequence[Transaction]) -> dict[str, set[str]]:
    """Which rules speak of transactions of which nothing else is known."""
    view = told(CaseView(MemoryFacts(tuple(transactions))), transactions)
    return {one.txid: named(view, one) for one in transactions}


def recorded() -> dict[Path, list[Transaction]]:
    """The transactions in the recorded answers of an Esplora server, by file."""
    found = {}
    for path in sorted((SHARED / "esplora").iterdir()):
        text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        answer = json.loads(text)
        told_of = answer if isinstance(answer, list) else [answer]
        found[path] = [transaction(row) for row in told_of if "vin" in row]
    return {path: several for path, several in found.items() if several}


def transaction(row: Mapping[str, Any]) -> Transaction:
    """A transaction of an Esplora server as the model has it; what cannot be spent has no address anyway."""

    def leg(output: Mapping[str, Any], point: OutPoint, index: int, sequence: int | None = None) -> Leg:
        address, kind = output.get("scriptpubkey_address", ""), output["scriptpubkey_type"]
        return Leg(output["value"], point, address, index, kind, output["scriptpubkey"], sequence)

    spent = tuple(
        leg(part["prevout"], OutPoint("bitcoin", part["txid"], part["vout"]), number, part["sequence"])
        for number, part in enumerate(row["vin"])
        if not part["is_coinbase"]
    )
    made = tuple(leg(part, OutPoint("bitcoin", row["txid"], place), place) for place, part in enumerate(row["vout"]))
    status = row["status"]
    block = Block(status["block_height"], status["block_hash"], status["block_time"]) if status["confirmed"] else None
    order = (status.get("block_height", 0), 0, 0)
    transfer = Transfer("utxo", "utxo", Asset("bitcoin", "", "BTC", 8), spent, made, order)
    return Transaction("bitcoin", row["txid"], block, 0, (transfer,))


def years(transactions: Sequence[Transaction]) -> str:
    """The first and the last year of some transactions (UTC)."""
    found = sorted(datetime.fromtimestamp(one.time, UTC).year for one in transactions if one.time is not None)
    return str(found[0]) if found[0] == found[-1] else f"{found[0]}-{found[-1]}"


def section() -> str:
    """What stands in docs/accuracy.md."""
    sets = [measured(one) for one in SETS]
    lines, wrong, plain = ("".join(one[part] for one in sets) for part in range(3))
    answers = recorded()
    for path, several in answers.items():
        name = path.name.partition(".")[0]
        if name in SINGLE:
            spoken, truth = alone(several), {one.txid: True for one in several}
            lines += line(SINGLE[name], (f"esplora, {name}", years(several), "real"), truth, spoken)
            wrong += missed(f"esplora, {name}", SINGLE[name], truth, spoken)
    ordinary = [
        one for path, several in answers.items() for one in several if path.name.partition(".")[0] not in SINGLE
    ]
    others = list({one.txid: one for one in ordinary}.values())
    rest = alarms(("esplora, the others", years(others), "real"), others, alone(others))
    return (
        HEAD.format(others=len(unmarked()))
        + lines
        + (f"\nMissed, and false:\n\n{wrong}" if wrong else "\nNothing is missed, and nothing false.\n")
        + mixes()
        + ORDINARY
        + plain
        + "".join(blocks())
        + rest
    )


def unmarked() -> set[str]:
    """The lines of the file of TX0s without an OP_RETURN."""
    return {txid for txid, row in rows(TX0).items() if not has_note(row)}


def mixes() -> str:
    """What the rules say of the lines of the file of TX0s that have no OP_RETURN."""
    left = unmarked()
    with seen(TX0, "bitcoin") as (view, transactions):
        others = [one for one in transactions if one.txid in left]
        spoken = [named(view, one) for one in others]
    mixed = sum(rules == {"coinjoin_whirlpool"} for rules in spoken)
    return (
        f"\nOf the {len(others)} lines of the file of TX0s without an OP_RETURN coinjoin_whirlpool names {mixed}: "
        "mixes by their shape, but for\nan output that is no P2WPKH one, so that the group's rule passes them over.\n"
        "How often coinjoin_generic is right is not measured: no set of such coinjoins is at hand.\n"
    )
