"""The rules on the few transactions that ship: what `make accuracy` counts where no larger data are at hand."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benchmarks.rate import HEAD, Rate
from chaintrace.case.look import everything, look, named
from chaintrace.case.result import now
from chaintrace.case.rules import by_subject, findings
from chaintrace.case.view import CaseView
from chaintrace.model.finding import AnyFinding
from chaintrace.model.transaction import Transaction
from heuristics import ALL

FOLDER = Path(__file__).resolve().parent.parent / "data" / "vectors" / "rules"
NAME = "data/vectors/rules"
OF_CHANGE = ("change", "peel_chain")


@dataclass(frozen=True)
class Truth:
    """What a transaction is: the rule that must name it ("": none), and the output that is change (None: not known)."""

    coinjoin: str
    change: int | None


def truths() -> dict[str, Truth]:
    """What is known of each transaction."""
    with (FOLDER / "truth.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["txid"]: Truth(row["coinjoin"], int(row["change"]) if row["change"] else None)
            for row in csv.DictReader(file)
        }


@contextmanager
def opened() -> Iterator[tuple[CaseView, tuple[Transaction, ...]]]:
    """The file as the command line opens it."""
    with look(named(str(FOLDER / "transactions.jsonl")), "bitcoin", now) as view:
        yield view, tuple(everything(view, "bitcoin"))


@cache
def rates() -> tuple[Rate, ...]:
    """What the rules about coinjoins and change do there."""
    known = truths()
    rules = [rule for rule in ALL if rule.subject == "transaction"]
    with opened() as (view, transactions):
        said = by_subject(findings(transactions, rules, view))
        found = {one.txid: said.get((one.chain, one.txid), ()) for one in transactions}
        paid = {one.txid: one for one in transactions}
    families = sorted({one.coinjoin for one in known.values()} - {""})
    return (
        *(_family(rule, known, found) for rule in families),
        *(_change(rule, known, found, paid) for rule in OF_CHANGE),
    )


def _family(rule: str, known: Mapping[str, Truth], found: Mapping[str, tuple[AnyFinding, ...]]) -> Rate:
    """What a rule about a kind of coinjoin names."""
    hits = {txid for txid, said in found.items() if any(one.rule == rule and one.subject == txid for one in said)}
    true = {txid for txid, one in known.items() if one.coinjoin == rule}
    numbers = len(hits & true), len(hits - true), len(true - hits)
    return Rate(rule, NAME, len(known), "transactions", "2012-2025", "real", *numbers)


def _change(
    rule: str,
    known: Mapping[str, Truth],
    found: Mapping[str, tuple[AnyFinding, ...]],
    paid: Mapping[str, Transaction],
) -> Rate:
    """What a rule about change names, where the change is known."""
    true = {
        txid: paid[txid].transfers[0].outputs[one.change].address
        for txid, one in known.items()
        if one.change is not None
    }
    made = [one for txid in true for one in found[txid] if one.rule == rule and one.evidence[0] == txid]
    right = sum(one.object == true[one.evidence[0]] for one in made)
    return Rate(rule, NAME, len(true), "payments", "2012-2014", "real", right, len(made) - right, len(true) - right)


def page() -> str:
    """The rates as a table, and on which data they were counted."""
    about = (
        f"../shared is not beside the checkout: counted on {len(truths())} transactions of {NAME} alone.\n"
        "docs/accuracy.md and data/accuracy.csv are left as they are.\n\n"
    )
    return about + HEAD[HEAD.index("| rule") :] + "".join(map(str, rates()))
