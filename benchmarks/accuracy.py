"""How often a rule errs, counted where the truth is known: writes docs/accuracy.md and data/accuracy.csv.

Run `make accuracy` in a checkout with ../shared beside it. Without it the vectors that ship are counted, and nothing is
written.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benchmarks import (
    account_control,
    change_accuracy,
    cluster_accuracy,
    coinjoins,
    continuations,
    noise,
    payjoins,
    services,
    vectors,
)
from benchmarks.rate import Rate, as_csv
from benchmarks.rate import section as rate_section
from chaintrace.adapters.bitcoin.blocksource import BlockSource
from chaintrace.case.view import CaseView
from chaintrace.model.transaction import Transaction
from chaintrace.store import MemoryFacts
from heuristics.control.common_input import common_input

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data" / "bitcoin" / "coinjoin"
PAGE = ROOT / "docs" / "accuracy.md"
TABLE = ROOT / "data" / "accuracy.csv"
SETS = ("emulated_wasabi2", "emulated_joinmarket")
REAL = ("wasabi1_2018", "whirlpool_202403")
BLOCK = "block300025"
TITLE = """# How often the rules err

`make accuracy` writes this page.
"""
HEAD = """
## common_input: pairs

Counted on private chains that research groups let real wallets run on: every coin carries the wallet that held it.
The rule sees what the rules about coinjoins say. A pair is two addresses that it joins, directly or over others; it is
right when one wallet held both. Precision is the share of right pairs among those that the rule makes (a dash: it made
none), recall the share that it makes among the pairs that one wallet spent together. On both chains every transaction
that spends several addresses is a coinjoin, so they measure the abstention and say nothing about ordinary payments.

| set | transactions | rule | pairs | right | precision | recall |
|---|---|---|---|---|---|---|
"""
SECOND = """
## common_input: abstentions

Transactions that spend several addresses, and how many of them the rule passes over: as it is, and with the rules
about coinjoins switched off. All of them are coinjoins but those of the last two sets: the TX0s are one wallet's
preparations, and of the block of 2014 nobody knows what they are. What is passed over there is passed over without
need, as far as anybody knows.

| set | transactions | spend several addresses | passed over | without the rules about coinjoins |
|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Row:
    """What one rule did on one set."""

    data: str
    transactions: int
    rule: str
    pairs: int
    right: int
    reachable: int

    @property
    def precision(self) -> str:
        """Right pairs among the pairs made, to three places, rounded down: 1.000 means no wrong pair."""
        return share(self.right, self.pairs)

    @property
    def recall(self) -> str:
        """Right pairs made among those that one wallet spent together."""
        return share(self.right, self.reachable)

    def __str__(self) -> str:
        numbers = f"{self.pairs} | {self.right} | {self.precision} | {self.recall}"
        return f"| {self.data} | {self.transactions} | {self.rule} | {numbers} |"


def share(part: int, whole: int) -> str:
    """A share to three places, rounded down; a dash where there is nothing to share."""
    return f"{part * 1000 // whole // 1000}.{part * 1000 // whole % 1000:03d}" if whole else "-"


def owners(name: str) -> list[dict[str, str]]:
    """The wallet of every address that a transaction spends, for each line of a set."""
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        legs = [json.loads(line)["inputs"] for line in lines]
    return [{leg["address"]: leg["owner"] for leg in row if leg.get("address") and leg.get("owner")} for row in legs]


def joined(links: list[tuple[str, str]]) -> list[set[str]]:
    """The groups that links make."""
    group: dict[str, set[str]] = {}
    for one, other in links:
        merged = group.get(one, {one}) | group.get(other, {other})
        for address in merged:
            group[address] = merged
    return list({id(found): found for found in group.values()}.values())


def pairs(groups: list[set[str]], owner: dict[str, str]) -> tuple[int, int]:
    """How many pairs of addresses with a known wallet the groups hold, and how many of these have one wallet."""
    made = right = 0
    for found in groups:
        known = [owner[address] for address in found if address in owner]
        made += len(known) * (len(known) - 1) // 2
        right += sum(n * (n - 1) // 2 for n in (known.count(name) for name in set(known)))
    return made, right


def together(found: Transaction) -> Iterator[tuple[str, str]]:
    """The rule without its abstention: every address that a transaction spends with another."""
    spent = sorted({leg.address for leg in found.transfers[0].inputs if leg.address})
    yield from ((spent[0], other) for other in spent[1:])


def by_rule(found: Transaction, view: CaseView) -> Iterator[tuple[str, str]]:
    """The rule as it ships."""
    yield from ((finding.subject, finding.object) for finding in common_input(found, view))


def measure(name: str) -> list[Row]:
    """Both forms of the rule on one set."""
    known, owner = owners(name), dict[str, str]()
    for several in known:
        owner.update(several)
    within = [
        (one, other)
        for several in known
        for one, wallet in several.items()
        for other, holder in several.items()
        if one < other and wallet == holder
    ]
    _, reachable = pairs(joined(within), owner)
    table = []
    with coinjoins.seen(name, "bitcoin-regtest") as (view, rows):
        forms: dict[str, Callable[[Transaction], Iterator[tuple[str, str]]]] = {
            "common_input": lambda found: by_rule(found, view),
            "without the abstention": together,
        }
        for label, form in forms.items():
            made, right = pairs(joined([link for found in rows for link in form(found)]), owner)
            table.append(Row(name, len(rows), label, made, right, reachable))
    return table


def abstentions(name: str, found: Sequence[Transaction], view: CaseView) -> str:
    """A line of the second table: how many transactions with several input addresses the rule passes over."""
    several = [one for one in found if len({leg.address for leg in one.transfers[0].inputs if leg.address}) > 1]
    alone = view.with_findings({})
    passed = " | ".join(str(sum(not list(by_rule(one, seen)) for one in several)) for seen in (view, alone))
    return f"| {name} | {len(found)} | {len(several)} | {passed} |\n"


def passed_over() -> Iterator[str]:
    """The lines of the second table. Of the file of TX0s those with an OP_RETURN count, for the others are mixes."""
    for name in (*SETS, *REAL, coinjoins.TX0):
        with coinjoins.seen(name, "bitcoin-regtest" if name in SETS else "bitcoin") as (view, rows):
            left = coinjoins.unmarked() if name == coinjoins.TX0 else ()
            yield abstentions(name, [one for one in rows if one.txid not in left], view)
    folder = DATA.parent / "blocks"
    with BlockSource(folder / f"{BLOCK}.raw", "bitcoin", undo_path=folder / f"{BLOCK}-undo.raw") as source:
        rows = tuple(source.transactions())
    yield abstentions(BLOCK, rows, coinjoins.told(CaseView(MemoryFacts(rows)), rows))


@cache
def common_inputs() -> tuple[Row, ...]:
    """Both forms of the rule on the sets whose wallets are known."""
    return tuple(row for name in SETS for row in measure(name))


def rates() -> Iterator[Rate]:
    """What data/accuracy.csv tells of common_input."""
    eras = {one.name: one.era for one in coinjoins.SETS}
    for row in common_inputs():
        if row.rule == common_input.__name__:
            wrong, missed = row.pairs - row.right, row.reachable - row.right
            about = (row.rule, f"{row.data}, pairs", row.transactions, "transactions", eras[row.data], "emulated")
            yield Rate(*about, row.right, wrong, missed, is_independent=False)


MEASUREMENTS: tuple[Callable[[], Iterable[Rate]], ...] = (
    rates,
    coinjoins.rates,
    change_accuracy.rates,
    continuations.rates,
    noise.rates,
)
"""Who gives the rows of data/accuracy.csv. A rule of a new kind is measured by one function more."""

SECTIONS: tuple[Callable[[], str], ...] = (
    payjoins.section,
    coinjoins.section,
    change_accuracy.section,
    cluster_accuracy.section,
    account_control.section,
    services.section,
    continuations.section,
    noise.section,
)
"""Who writes the sections of docs/accuracy.md behind the first ones about common_input, in their order."""


@cache
def measured() -> tuple[Rate, ...]:
    """Every rate, by rule, in the order in which the sets are named."""
    return tuple(sorted((one for give in MEASUREMENTS for one in give()), key=lambda one: one.rule))


def page() -> str:
    """The whole of docs/accuracy.md."""
    pairs = HEAD + "".join(f"{row}\n" for row in common_inputs())
    own = TITLE + rate_section(measured()) + pairs + SECOND + "".join(passed_over())
    return own + "".join(write() for write in SECTIONS)


def main() -> None:
    """Count what is at hand, write what can be written, and say on which data it was."""
    if not DATA.is_dir():
        print(vectors.page(), end="")
        return
    TABLE.write_text(as_csv(measured()), encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")
    print(page(), end="")


if __name__ == "__main__":
    main()
