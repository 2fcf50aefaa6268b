"""How often a rule errs, counted on emulated chains whose coins carry their true wallet: writes docs/accuracy.md.

Run `python -m benchmarks.accuracy` in a checkout with ../shared beside it.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chaintrace.model.chain import Asset, OutPoint
from chaintrace.model.transaction import Leg, Transaction, Transfer
from heuristics.control import common_input as module

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data" / "bitcoin" / "coinjoin"
PAGE = ROOT / "docs" / "accuracy.md"
SETS = ("emulated_wasabi2", "emulated_joinmarket")
CHAIN = "bitcoin-regtest"
REAL = ("wasabi1_2018", "whirlpool_202403", "whirlpool_tx0")
HEAD = """# How often the rules err

`python -m benchmarks.accuracy` writes this page.

## common_input: pairs

Counted on private chains that research groups let real wallets run on: every coin carries the wallet that held it.
A pair is two addresses that the rule joins, directly or over others; it is right when one wallet held both.
Precision is the share of right pairs among those that the rule makes (a dash: it made none), recall the share that it
makes among the pairs that one wallet spent together. On both chains every transaction that spends several addresses is
a coinjoin, so they measure the abstention and say nothing about ordinary payments.

| set | transactions | rule | pairs | right | precision | recall |
|---|---|---|---|---|---|---|
"""
SECOND = """
## common_input: abstentions

Transactions that spend several addresses, and how many of them the rule passes over. All of them are coinjoins, but
for whirlpool_tx0: those are one wallet's preparations, which it passes over without need.

| set | transactions | spend several addresses | passed over |
|---|---|---|---|
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


def read(name: str) -> Iterator[tuple[Transaction, dict[str, str]]]:
    """Each transaction of a set, with the wallet of every address that it spends."""
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for position, line in enumerate(lines):
            row = json.loads(line)
            owners = {leg["address"]: leg["owner"] for leg in row["inputs"] if leg.get("address") and leg.get("owner")}
            yield transaction(row, position), owners


def transaction(row: dict[str, Any], position: int) -> Transaction:
    """A line of a set as the model has it."""
    spent = tuple(
        Leg(leg.get("value"), OutPoint(CHAIN, leg["prev_txid"], leg["prev_vout"]), leg.get("address") or "", number)
        for number, leg in enumerate(row["inputs"])
    )
    made = tuple(
        Leg(leg.get("value"), OutPoint(CHAIN, row["txid"], leg["n"]), leg.get("address") or "", leg["n"])
        for leg in row["outputs"]
    )
    transfer = Transfer("utxo", "utxo", Asset(CHAIN, "", "BTC", 8), spent, made, (0, position, 0))
    return Transaction(CHAIN, row["txid"], None, position, (transfer,))


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


def by_rule(found: Transaction) -> Iterator[tuple[str, str]]:
    """The rule as it ships. It asks its view for nothing."""
    view: Any = None
    yield from ((finding.subject, finding.object) for finding in module.common_input(found, view))


def measure(name: str) -> list[Row]:
    """Both forms of the rule on one set."""
    rows, owner = list(read(name)), dict[str, str]()
    for _, owners in rows:
        owner.update(owners)
    within = [
        (one, other)
        for _, owners in rows
        for one, wallet in owners.items()
        for other, holder in owners.items()
        if one < other and wallet == holder
    ]
    _, reachable = pairs(joined(within), owner)
    forms: dict[str, Callable[[Transaction], Iterator[tuple[str, str]]]] = {
        "common_input": by_rule,
        "without the abstention": together,
    }
    table = []
    for label, form in forms.items():
        made, right = pairs(joined([link for found, _ in rows for link in form(found)]), owner)
        table.append(Row(name, len(rows), label, made, right, reachable))
    return table


def abstentions(name: str) -> str:
    """A line of the second table: how many transactions with several input addresses the rule passes over."""
    found = [found for found, _ in read(name)]
    several = [one for one in found if len({leg.address for leg in one.transfers[0].inputs if leg.address}) > 1]
    passed = sum(not list(by_rule(one)) for one in several)
    return f"| {name} | {len(found)} | {len(several)} | {passed} |"


def page() -> str:
    """The whole of docs/accuracy.md."""
    first = "".join(f"{row}\n" for name in SETS for row in measure(name))
    return HEAD + first + SECOND + "".join(f"{abstentions(name)}\n" for name in (*SETS, *REAL))


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    print(page(), end="")
