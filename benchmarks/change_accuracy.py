"""How often `change`, its signs and `peel_chain` are right where the change is known: sections of docs/accuracy.md."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.rate import Rate, rate
from chaintrace.adapters.bitcoin.blocksource import BlockSource
from chaintrace.case.look import everything, look, named
from chaintrace.case.result import now
from chaintrace.case.rules import by_subject, findings
from chaintrace.case.view import CaseView
from chaintrace.model.finding import AnyFinding
from chaintrace.model.provenance import Coverage
from chaintrace.model.transaction import Transaction
from chaintrace.store import MemoryFacts
from heuristics import ALL
from heuristics.control.change import BESIDE, SIGNS, Vote, change, is_chosen, may_have_change, votes
from heuristics.control.change_cospent import change_cospent
from heuristics.control.change_joinmarket import FAMILY, change_joinmarket
from heuristics.control.change_outputs import spendable
from heuristics.control.change_signs import change_address_reuse
from heuristics.control.peel_chain import peel_chain, peels

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "bitcoin"
EMULATED = ("emulated_wasabi2", "emulated_joinmarket")
COINJOINS = ("wasabi1_2018", "whirlpool_202403")
PREPARED = "whirlpool_tx0"
BLOCK = "block300025"
FIRST_PEEL = "702f500f60e37dac4f36fd747d6135af5552ed50da111821239bb9dce1bb358c"
HEAD = """
## change: payments whose change is known

The payments are those of the wallet that hands out the coins on private chains that research groups let real wallets
run on: the file names the wallet of every other output, so that the one left is change. A finding is right when it
names that output; each of `change` is a union, those of `peel_chain` are leads. Recall is the share of all these
payments. The interval is Wilson's, of 95 %. They are payments of one wallet, and on emulated_joinmarket one long chain
of round amounts from one large coin: how the rules do on other people's payments is not measured. Payments whose inputs
the file does not tell, and those of which it names no output's wallet, are left out.

block300025 are real payments of 2014: those that send an output back to an address that they spend, which is change by
itself (`change_address_reuse`), and so no union. There the other signs can be held against it: the line says how often
two of them agree, and on what. Who sends change back may choose coins and amounts in another way than others do.
`change_cospent` rests on addresses that are used again, as the truth does there: it is listed by itself and not counted
among those that agree.

| set | payments | rule | findings | right | wrong | precision (95 %) | recall (95 %) |
|---|---|---|---|---|---|---|---|
"""
SINGLE = """
Each sign alone, on the same payments: how often it speaks for an output, and how often it is against the true change. A
sign alone joins nothing. Where one is not listed, it had nothing to say: no data at hand have replaced payments, and
few have what spends both outputs. The file of emulated_wasabi2 is a whole chain, so that histories of addresses count
as known there. Without a vote in `change` are {beside}.

| set | sign | speaks for an output | right | precision (95 %) | against the change |
|---|---|---|---|---|---|
"""
IN_COINJOINS = """
## change_joinmarket: change inside coinjoins

The coinjoins of emulated_joinmarket, where the wallet of every coin is known. Of each output that is no equal one: it
is right when all addresses that the rule names with it are of its wallet, missed when the rule names none.

| set | coinjoins | changes | told | right | wrong | precision (95 %) | recall (95 %) |
|---|---|---|---|---|---|---|---|
"""
JOINED = "emulated_joinmarket"
SILENT = """
## change and peel_chain: where they must be silent

Findings about coinjoins; those of emulated sets are flagged in the file. Most of whirlpool_tx0 are preparations of one
wallet, the others mixes; no more is told of them than themselves.

| set | transactions | change | peel_chain |
|---|---|---|---|
"""
PEELS = """
## peel_chain: a chain that is known

The chain in block 176149: the transactions that follow the first one, the peels that the rule names in them, what they
sum to in satoshi, and the unions that `change` makes among them. Of all else in that block nothing is known.

| hops | peels named | sum of the peels | unions by change | of these on the chain |
|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Payment:
    """A payment of an emulated wallet, with the output (vout) that returned to it."""

    transaction: Transaction
    change: int


@contextmanager
def opened(path: Path, chain: str) -> Iterator[tuple[CaseView, tuple[Transaction, ...]]]:
    """A file as the command line opens it, and its transactions."""
    with look(named(str(path)), chain, now) as view:
        yield view, tuple(everything(view, chain))


def rows(name: str) -> dict[str, dict[str, Any]]:
    """The lines of a set by txid."""
    with gzip.open(SHARED / "coinjoin" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return {row["txid"]: row for row in map(json.loads, lines)}


def payments(transactions: tuple[Transaction, ...], told: dict[str, dict[str, Any]]) -> Iterator[Payment]:
    """The payments of which the file tells, by the wallets of the other outputs, which one is change."""
    for transaction in transactions:
        row, transfer = told[transaction.txid], transaction.utxo
        if (
            transfer is None
            or row["is_coinjoin"]
            or not transfer.inputs
            or any(not leg.address for leg in transfer.inputs)
        ):
            continue
        owners = {leg.index: row["outputs"][leg.index]["owner"] for leg in spendable(transfer)}
        mine = [vout for vout, owner in owners.items() if owner is None]
        if len(mine) == 1 and len(owners) > 1:
            yield Payment(transaction, mine[0])


class Told(NamedTuple):
    """Of one emulated set: the lines of the rules, of what `change` misses, of the signs, that of coinjoins; rates."""

    lines: str
    missed: str
    signs: str
    silent: str
    rates: tuple[Rate, ...]


@cache
def measured(name: str) -> Told:
    """What the rules and signs say of one emulated set."""
    told = rows(name)
    with opened(SHARED / "coinjoin" / f"{name}.jsonl.gz", "bitcoin-regtest") as (view, transactions):
        known = list(payments(transactions, told))
        cast = [(one, votes(one.transaction, whole(view, transactions), (*SIGNS, *BESIDE))) for one in known]
        unions = [finding for one in known for finding in change(one.transaction, view)]
        leads = [finding for one in transactions for finding in peel_chain(one, view)]
        mixed = [one for one in transactions if told[one.txid]["is_coinjoin"]]
        silent = silence(f"{name}, its coinjoins", mixed, view)
    era = str(datetime.fromtimestamp(max(one.time or 0 for one in transactions), UTC).year)
    rates = tuple(scored(name, era, rule, known, found) for rule, found in (("change", unions), ("peel_chain", leads)))
    spoken = {finding.evidence[0] for finding in unions}
    missed = [f"* {name}: {txid}\n" for txid in (one.transaction.txid for one in known) if txid not in spoken]
    signs = "".join(alone(name, sign.__name__, cast) for _, sign in (*SIGNS, *BESIDE))
    return Told("".join(map(row, rates)), "".join(missed), signs, silent, rates)


def whole(view: CaseView, transactions: tuple[Transaction, ...]) -> CaseView:
    """The view that knows every history, where a file tells of every output that it spends: it is a whole chain."""
    spent = [leg for one in transactions for leg in one.transfers[0].inputs]
    if any(leg.value is None for leg in spent):
        return view
    last = transactions[-1]
    end = last.transfers[0].order[0]
    every = Coverage(last.chain, None, None, 0, end, last.height, last.time, "all transactions read")
    return replace(view, coverages=(every,), _near={})


@cache
def in_coinjoins() -> tuple[int, Rate]:
    """How many coinjoins there are, and what the rule about change in them is right about."""
    told = rows(JOINED)
    rules = tuple(rule for rule in ALL if rule.id == FAMILY)
    right, wrong, changes, mixed = 0, 0, 0, 0
    with opened(SHARED / "coinjoin" / f"{JOINED}.jsonl.gz", "bitcoin-regtest") as (view, transactions):
        seen = view.with_findings(by_subject(findings(transactions, rules, view)))
        for one in (one for one in transactions if told[one.txid]["is_coinjoin"]):
            legs = (*told[one.txid]["inputs"], *told[one.txid]["outputs"])
            owner = {leg["address"]: leg["owner"] for leg in legs}
            values = Counter(leg.value for leg in one.transfers[0].outputs)
            mixed, changes = mixed + 1, changes + sum(count for count in values.values() if count == 1)
            payers = dict[str, set[str]]()
            for said in change_joinmarket(one, seen):
                payers.setdefault(said.object, set()).add(owner[said.subject])
            right += sum(owners == {owner[address]} for address, owners in payers.items())
            wrong += sum(owners != {owner[address]} for address, owners in payers.items())
    era = str(datetime.fromtimestamp(max(one.time or 0 for one in transactions), UTC).year)
    about = (change_joinmarket.__name__, f"{JOINED}, its coinjoins", changes, "changes", era, "emulated")
    return mixed, Rate(*about, right, wrong, changes - right - wrong)


def sent_back() -> tuple[str, str]:
    """Of real payments whose change goes back where it came from: the line of the other signs together, and alone."""
    folder = SHARED / "blocks"
    with BlockSource(folder / f"{BLOCK}.raw", "bitcoin", undo_path=folder / f"{BLOCK}-undo.raw") as source:
        transactions = tuple(source.transactions())
    view = CaseView(MemoryFacts(transactions))
    known = []
    for transaction in transactions:
        back = change_address_reuse(transaction, view).vouts
        if len(back) == 1 and may_have_change(transaction, view):
            known.append(Payment(transaction, *back))
    cast = [(one, without_reuse(one.transaction, view)) for one in known]
    apart = [(one, votes(one.transaction, view, BESIDE)) for one in known]
    said = [
        (leg, one)
        for one, several in cast
        for leg in spendable(one.transaction.transfers[0])
        if is_chosen(leg, tuple(vote for vote in several if vote.name != change_cospent.__name__))
    ]
    right = sum(leg.index == one.change for leg, one in said)
    numbers = f"{len(said)} | {right} | {len(said) - right} | {rate(right, len(said))} | {rate(right, len(known))}"
    signs = "".join(alone(BLOCK, sign.__name__, cast) for _, sign in SIGNS if sign is not change_address_reuse)
    signs += "".join(alone(BLOCK, sign.__name__, apart) for _, sign in BESIDE)
    return f"| {BLOCK} | {len(known)} | the other signs of change | {numbers} |\n", signs


def without_reuse(transaction: Transaction, view: CaseView) -> tuple[Vote, ...]:
    """The votes of all signs but that of an address that is spent and paid again."""
    return tuple(vote for vote in votes(transaction, view) if vote.name != change_address_reuse.__name__)


def scored(name: str, era: str, rule: str, known: list[Payment], found: list[AnyFinding]) -> Rate:
    """How many findings of a rule about the known payments name the true change, and of how many it says nothing."""
    truth = {one.transaction.txid: one.transaction.transfers[0].outputs[one.change].address for one in known}
    made = [one for one in found if one.evidence[0] in truth]
    right = sum(one.object == truth[one.evidence[0]] for one in made)
    return Rate(rule, name, len(known), "payments", era, "emulated", right, len(made) - right, len(known) - right)


def row(one: Rate) -> str:
    """The line of a rule."""
    numbers = f"{one.right + one.false} | {one.right} | {one.false} | {one.precision} | {one.recall}"
    return f"| {one.data} | {one.size} | {one.rule} | {numbers} |\n"


def rates() -> tuple[Rate, ...]:
    """What data/accuracy.csv tells of these rules."""
    return (*(one for name in EMULATED for one in measured(name).rates), in_coinjoins()[1])


def alone(name: str, sign: str, cast: list[tuple[Payment, tuple[Vote, ...]]]) -> str:
    """The line of a sign: how often it speaks for an output, and against the true change; none where it is silent."""
    mine = [(one.change, vote) for one, several in cast for vote in several if vote.name == sign]
    spoken = [(truth, vote) for truth, vote in mine if vote.supports]
    right = sum(truth in vote.supports for truth, vote in spoken)
    against = sum(truth in vote.opposes for truth, vote in mine)
    line = f"| {name} | {sign} | {len(spoken)} | {right} | {rate(right, len(spoken))} | {against} |\n"
    return line if mine else ""


def silence(name: str, transactions: list[Transaction], view: CaseView) -> str:
    """How many findings two rules have about some transactions, as a line of a table."""
    said = (sum(len(list(rule(one, view))) for one in transactions) for rule in (change, peel_chain))
    return f"| {name} | {len(transactions)} | " + " | ".join(map(str, said)) + " |\n"


def known_chain() -> str:
    """The line about the chain of peels in block 176149."""
    with opened(SHARED / "blocks" / "block176149.blk", "bitcoin") as (view, transactions):
        first = next(one for one in transactions if one.txid == FIRST_PEEL)
        hops = list(peels(first, view))[1:]
        said = list(peel_chain(first, view))
        unions = [finding for one in transactions for finding in change(one, view)]
    ends = {(one.transaction.txid, one.goes_on.address) for one in hops}
    on_it = sum((one.evidence[0], one.object) in ends for one in unions)
    return f"| {len(hops)} | {len(said)} | {sum(one.peeled.value or 0 for one in hops)} | {len(unions)} | {on_it} |\n"


def section() -> str:
    """What stands in docs/accuracy.md."""
    sets = [measured(name) for name in EMULATED]
    rules, missed, signs = ("".join(one[part] for one in sets) for part in range(3))
    real, real_signs = sent_back()
    silent = [one.silent for one in sets]
    for name in (*COINJOINS, PREPARED):
        with opened(SHARED / "coinjoin" / f"{name}.jsonl.gz", "bitcoin") as (view, transactions):
            silent.append(silence(name, list(transactions), view))
    listed = f"\nPayments of which it says nothing:\n\n{missed}" if missed else ""
    mixed, inside = in_coinjoins()
    numbers = f"{inside.right + inside.false} | {inside.right} | {inside.false} | {inside.precision} | {inside.recall}"
    joined = f"{IN_COINJOINS}| {JOINED} | {mixed} | {inside.size} | {numbers} |\n"
    single = SINGLE.format(beside=", ".join(f"`{sign.__name__}`" for _, sign in BESIDE))
    about = HEAD + rules + real + listed + single + signs + real_signs + joined
    return about + SILENT + "".join(silent) + PEELS + known_chain()
