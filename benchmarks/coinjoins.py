"""How often the rules about coinjoins are right, where coinjoins are known and elsewhere: parts of docs/accuracy.md."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple, cast

from benchmarks.change_accuracy import SHARED, opened, rows
from benchmarks.rate import Rate
from benchmarks.recorded import recorded
from chaintrace.adapters.bitcoin.blocksource import BlockSource
from chaintrace.case.rules import by_subject, findings
from chaintrace.case.view import CaseView
from chaintrace.model.finding import Heuristic, Rule
from chaintrace.model.transaction import Transaction
from chaintrace.store import MemoryFacts
from heuristics import ALL

RULES = tuple(rule for rule in ALL if rule.stage == "services" and rule.subject == "transaction")
TX0 = "whirlpool_tx0"
GENERIC = "coinjoin_generic"
FAMILIES = {rule.id for rule in RULES if rule.id.startswith("coinjoin_")} | {TX0}
BLOCKS = {
    "firstblocks.blk": "2009",
    "block176149.blk": "2012",
    "block300025.raw": "2014",
    "block370661.dat": "2015",
    "block481829.dat": "2017",
}
BLOCK, UNDO = "block300025.raw", "block300025-undo.raw"
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
UNDATED = """
## coinjoin_generic: coinjoins of which nobody knows when they were made

The same coinjoins with their heights and times taken away: then no family's name is allowed, and coinjoin_generic must
name them all the same. None of them gets a family's name. Coinjoins of no family at all are not at hand.

| data set | transactions | coinjoins | found | false | missed | precision | recall |
|---|---|---|---|---|---|---|---|
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


def scored(rule: str, about: tuple[str, str, str], truth: Mapping[str, bool], spoken: Mapping[str, set[str]]) -> Rate:
    """What one rule does on one set; `about` is the set's name, its era and its kind."""
    hits = {txid for txid in truth if rule in spoken[txid]}
    right, total = sum(truth[txid] for txid in hits), sum(truth.values())
    name, era, kind = about
    return Rate(rule, name, len(truth), "transactions", era, kind, right, len(hits) - right, total - right)


def line(one: Rate, truth: Mapping[str, bool], spoken: Mapping[str, set[str]]) -> str:
    """The line of one rule on one set."""
    other = sum(truth[txid] and bool(spoken[txid] - {one.rule}) for txid in truth)
    numbers = (one.size, one.right + one.missed, one.right, one.false, one.missed, other)
    about = " | ".join((one.rule, one.data, one.era, one.kind, *map(str, numbers), one.precision, one.recall))
    return f"| {about} |\n"


def missed(name: str, rule: str, truth: Mapping[str, bool], spoken: Mapping[str, set[str]]) -> str:
    """The txids of what a rule misses and of what it names without reason."""
    wrong = [txid for txid in truth if truth[txid] != (rule in spoken[txid])]
    return "".join(f"* {rule}, {name}: {'missed' if truth[txid] else 'false'} {txid}\n" for txid in wrong)


class Counted(NamedTuple):
    """Of a set: what its rule does, its line, what is missed, and its line among the ordinary ones if it has such."""

    rate: Rate
    line: str
    wrong: str
    plain: str


@cache
def measured(one: Known) -> Counted:
    """What the rules say of a set."""
    told_of = rows(one.name)
    kind = "emulated" if one.is_emulated else "real"
    with seen(one.name, one.chain) as (view, transactions):
        spoken = {each.txid: named(view, each) for each in transactions}
    truth = {txid: one.is_found(row) for txid, row in told_of.items() if one.counts(row)}
    plain = [each for each in transactions if each.txid in truth and (one.rule == TX0 or not truth[each.txid])]
    about = (one.name, one.era, kind)
    told = alarms((f"{one.name}, its other transactions", one.era, kind), plain, spoken) if one.is_emulated else ""
    if one.rule == TX0:
        told = alarms((f"{TX0}, its TX0s", one.era, kind), plain, spoken)
    found = scored(one.rule, about, truth, spoken)
    return Counted(found, line(found, truth, spoken), missed(one.name, one.rule, truth, spoken), told)


@cache
def undated(one: Known) -> Rate:
    """What coinjoin_generic says of a set when nobody knows when its transactions were made."""
    truth = {txid: one.is_found(row) for txid, row in rows(one.name).items() if one.counts(row)}
    with opened(SHARED / "coinjoin" / f"{one.name}.jsonl.gz", one.chain) as (view, transactions):
        bare = [replace(each, block=None) for each in transactions]
        spoken = {each.txid: {rule.id for rule in RULES for _ in asked(rule)(each, view)} for each in bare}
    wrong = [txid for txid in truth if spoken[txid] - {GENERIC}]
    if wrong:
        raise ValueError(f"{one.name}: {wrong[0]} gets the name of a family although nobody knows when it was made")
    kind = "emulated" if one.is_emulated else "real"
    return scored(GENERIC, (f"{one.name}, without its times", one.era, kind), truth, spoken)


def asked(rule: Heuristic) -> Rule:
    """A rule that is asked about transactions."""
    return cast("Rule", rule.rule)


def alarms(about: tuple[str, str, str], transactions: Sequence[Transaction], spoken: Mapping[str, set[str]]) -> str:
    """A line of the second table."""
    whole = sum(map(is_whole, transactions))
    mixed = sum(bool(spoken[one.txid] - {TX0}) for one in transactions)
    prepared = sum(TX0 in spoken[one.txid] for one in transactions)
    return f"| {' | '.join(about)} | {len(transactions)} | {whole} | {mixed} | {prepared} |\n"


class Ordinary(NamedTuple):
    """Transactions that nobody calls a coinjoin: the set's name, era and kind, and what the rules say of them."""

    about: tuple[str, str, str]
    transactions: tuple[Transaction, ...]
    spoken: Mapping[str, set[str]]


@cache
def ordinary() -> tuple[Ordinary, ...]:
    """The real blocks at hand, and the recorded answers that are about no coinjoin."""
    folder, found = SHARED / "blocks", []
    for name, era in BLOCKS.items():
        undo = folder / UNDO if name == BLOCK else None
        with BlockSource(folder / name, "bitcoin", undo_path=undo) as source:
            transactions = tuple(source.transactions())
        found.append(Ordinary((name, era, "real"), transactions, alone(transactions)))
    several = [one for path, told in recorded().items() for one in told if path.name.partition(".")[0] not in SINGLE]
    others = tuple({one.txid: one for one in several}.values())
    found.append(Ordinary(("esplora, the others", years(others), "real"), others, alone(others)))
    return tuple(found)


def false_alarms(rule: str) -> Rate:
    """Of how many ordinary transactions of known values one rule speaks: there is nothing to find among them."""
    whole = [(one.spoken, each) for one in ordinary() for each in one.transactions if is_whole(each)]
    wrong = sum(rule in spoken[each.txid] for spoken, each in whole)
    return Rate(rule, "ordinary transactions", len(whole), "transactions", "2009-2026", "real", 0, wrong, 0)


def is_whole(transaction: Transaction) -> bool:
    """Whether the values of all inputs are known."""
    return all(leg.value is not None for part in transaction.transfers for leg in part.inputs)


def alone(transactions: Sequence[Transaction]) -> dict[str, set[str]]:
    """Which rules speak of transactions of which nothing else is known."""
    view = told(CaseView(MemoryFacts(tuple(transactions))), transactions)
    return {one.txid: named(view, one) for one in transactions}


def years(transactions: Sequence[Transaction]) -> str:
    """The first and the last year of some transactions (UTC)."""
    found = sorted(datetime.fromtimestamp(one.time, UTC).year for one in transactions if one.time is not None)
    return str(found[0]) if found[0] == found[-1] else f"{found[0]}-{found[-1]}"


@cache
def singles() -> tuple[Counted, ...]:
    """The recorded answers about one coinjoin each."""
    found = []
    for path, several in recorded().items():
        name = path.name.partition(".")[0]
        if name in SINGLE:
            spoken, truth = alone(several), {one.txid: True for one in several}
            about = (f"esplora, {name}", years(several), "real")
            one = scored(SINGLE[name], about, truth, spoken)
            found.append(Counted(one, line(one, truth, spoken), missed(about[0], SINGLE[name], truth, spoken), ""))
    return tuple(found)


def rates() -> Iterator[Rate]:
    """What data/accuracy.csv tells of these rules."""
    yield from (measured(one).rate for one in SETS)
    yield from (undated(one) for one in SETS if one.rule != TX0)
    yield from (one.rate for one in singles())
    yield from (false_alarms(rule.id) for rule in RULES if rule.id in FAMILIES)


def section() -> str:
    """What stands in docs/accuracy.md."""
    counted = [*(measured(one) for one in SETS), *singles()]
    lines, wrong, plain = ("".join(getattr(one, part) for one in counted) for part in ("line", "wrong", "plain"))
    return (
        HEAD.format(others=len(unmarked()))
        + lines
        + (f"\nMissed, and false:\n\n{wrong}" if wrong else "\nNothing is missed, and nothing false.\n")
        + mixes()
        + UNDATED
        + "".join(map(_undated_line, (undated(one) for one in SETS if one.rule != TX0)))
        + ORDINARY
        + plain
        + "".join(alarms(*one) for one in ordinary())
    )


def _undated_line(one: Rate) -> str:
    """The line of coinjoin_generic on one set."""
    numbers = (one.size, one.right + one.missed, one.right, one.false, one.missed)
    return f"| {one.data} | {' | '.join(map(str, numbers))} | {one.precision} | {one.recall} |\n"


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
        "mixes by their shape (five to\neight inputs and as many outputs, all of them of one pool's value), but for an "
        "output that is no P2WPKH one, so that the\ngroup's rule passes them over. They are no TX0s, and keep their "
        "name.\n"
    )
