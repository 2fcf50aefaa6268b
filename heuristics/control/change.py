"""Change: the output that returns to whoever paid, told by several signs together."""

from collections.abc import Iterator
from typing import NamedTuple

from chaintrace.model.finding import UNION, AnyFinding, CommonControl
from chaintrace.model.transaction import Leg, Transaction
from chaintrace.model.view import View
from heuristics.control.change_composed import change_graphsense, change_legacy
from heuristics.control.change_cospent import change_cospent
from heuristics.control.change_fee_rate import change_fee_rate
from heuristics.control.change_order import change_order
from heuristics.control.change_outputs import (
    MOST_OUTPUTS,
    Sign,
    is_mixed,
    may_be_several_peoples,
    spendable,
)
from heuristics.control.change_replaced import change_replaced
from heuristics.control.change_signs import (
    change_address_reuse,
    change_one_time,
    change_optimal,
    change_round_payment,
    change_script_type,
)
from heuristics.control.change_spent import change_consumer, change_locktime, change_peel, change_version_sequence

SIGNS: tuple[tuple[str, Sign], ...] = (
    ("address", change_address_reuse),
    ("new address", change_one_time),
    ("choice of coins", change_optimal),
    ("amount", change_round_payment),
    ("script", change_script_type),
    ("later spending", change_locktime),
    ("later spending", change_version_sequence),
    ("common spending", change_cospent),
    ("later spending", change_consumer),
    ("later spending", change_peel),
)
"""The signs with what each looks at. Two that look at the same thing err together: they count as one.

So do those that look at the transactions that spend the outputs, at their software or at their shape: a payee who pays
on by the same software makes both wrong at once.
"""

BESIDE: tuple[tuple[str, Sign], ...] = (
    ("fee rate", change_fee_rate),
    ("several", change_graphsense),
    ("several", change_legacy),
    ("software", change_order),
    ("replacement", change_replaced),
)
"""Signs that have no vote. Of a fee rate that two wallets share by chance nobody knows how often; two are several of
the signs above at once and would count twice; an order of outputs and a replacement are not measured, for no data at
hand let them speak. `change_joinmarket`, a rule of its own, speaks of coinjoins, of which `change` says nothing.
"""

LEAST = 2
"""How many signs that look at different things must speak for an output."""

MORE = 10
"""What every further one adds to the confidence of a finding, up to the rule's own: chosen, not measured."""


class Vote(NamedTuple):
    """What one sign says of a transaction: which outputs (vout) it is for, at most one, and which it is against."""

    looks_at: str
    name: str
    supports: tuple[int, ...]
    opposes: tuple[int, ...]
    evidence: tuple[str, ...]

    def __str__(self) -> str:
        """`change_optimal: for 1, against 0`."""
        sides = (("for", self.supports), ("against", self.opposes))
        return f"{self.name}: " + ", ".join(f"{side} {' '.join(map(str, vouts))}" for side, vouts in sides if vouts)


def change(transaction: Transaction, view: View) -> Iterator[AnyFinding]:
    """An output for which two independent signs of change or more speak, and none against, returned to the payer.

    The signs are functions of their own, each with its source and failures: `change_address_reuse`, `change_one_time`,
    `change_optimal`, `change_round_payment`, `change_script_type`, `change_locktime`, `change_version_sequence`,
    `change_cospent`, `change_consumer`, `change_peel`; those without a vote are in `BESIDE`. A sign speaks for one
    where it can rule out all others; signs that look at the same thing count once. The finding names an input address
    with that of the output, and every vote. The rule abstains in coinjoins and what looks like one, where a payjoin is
    possible (as `common_input` says, but in any year) or a transaction falls apart into several, among more than ten
    outputs, where an input address is not known, where the output's address is spent or paid twice in the transaction,
    and where a tag names an actor for the output that no tag names for an input.
    Source: the signs' sources; that two must agree and none may object is the practice of graphsense-lib and BlockSci
    made stricter, for Meiklejohn et al. (2013) merged whole exchanges by one sign.
    Known failures: where two signs err together. The larger part of a payment in a row of payments, not round, to a
    payee who pays on in the same form and has the payer's type of address, while the change has another, is taken for
    change. In a payjoin that nobody can tell (`common_input`) the payer is named by an address that may be the payee's.
    What is spent later than the sources tell is not known: more facts can make the rule speak, or fall silent.
    Measured (docs/accuracy.md): on 81 payments of one wallet of an emulated chain, 78 of 78 findings right, precision
    1.000 (at least 0.953), recall 0.962; these pay round amounts from one large coin. Of 142 real payments of 2014 that
    send change back where it came from, the other signs agree on 5, all of them rightly. In 1,379 coinjoins and
    preparations for them it names nobody. On other people's payments it is not measured.
    """
    transfer = transaction.utxo
    if transfer is None or not may_have_change(transaction, view):
        return
    spent = sorted({leg.address for leg in transfer.inputs})
    cast = votes(transaction, view)
    chosen = [leg for leg in spendable(transfer) if is_chosen(leg, cast)]
    paid = [leg.address for leg in transfer.outputs]
    for leg in chosen:
        fits = leg.address and leg.address not in spent and paid.count(leg.address) == 1
        if fits and not is_known_otherwise(transaction.chain, leg.address, spent, view):
            yield _finding(transaction, spent[0], leg, cast)


def may_have_change(transaction: Transaction, view: View) -> bool:
    """Whether change is looked for: a payment of one wallet, of which nothing speaks against that, to few outputs."""
    transfer = transaction.utxo
    if transfer is None or not transfer.inputs or not all(leg.address for leg in transfer.inputs):
        return False
    few = 2 <= len(spendable(transfer)) <= MOST_OUTPUTS
    return few and not may_be_several_peoples(transaction) and not is_mixed(transaction, view)


def votes(transaction: Transaction, view: View, signs: tuple[tuple[str, Sign], ...] = SIGNS) -> tuple[Vote, ...]:
    """What the signs say of a transaction's outputs, without those that leave all of them, or none."""
    outputs = spendable(transaction.utxo) if transaction.utxo is not None else ()
    everything = frozenset(leg.index for leg in outputs)
    found = []
    for looks_at, sign in signs:
        vouts, evidence, unknown = sign(transaction, view)
        if vouts and vouts < everything:
            supports = tuple(vouts - unknown) if len(vouts) == 1 else ()
            found.append(Vote(looks_at, sign.__name__, supports, tuple(sorted(everything - vouts)), evidence))
    return tuple(found)


def is_chosen(leg: Leg, cast: tuple[Vote, ...]) -> bool:
    """Whether enough independent signs are for an output and none against it."""
    kinds = {vote.looks_at for vote in cast if leg.index in vote.supports}
    return len(kinds) >= LEAST and all(leg.index not in vote.opposes for vote in cast)


def is_known_otherwise(chain: str, address: str, spent: list[str], view: View) -> bool:
    """Whether a tag names an actor for an address whom no tag names for one of the addresses that are spent."""
    named, payers = (
        {tag.actor.casefold() for one in several for tag in view.tags(chain, one) if tag.actor}
        for several in ([address], spent)
    )
    return bool(named) and not named & payers


def _finding(transaction: Transaction, payer: str, leg: Leg, cast: tuple[Vote, ...]) -> CommonControl:
    """The finding about one output: the signs' names in its text, all votes in its details."""
    supporting = [vote for vote in cast if leg.index in vote.supports]
    kinds = {vote.looks_at for vote in supporting}
    evidence = (transaction.txid, *(txid for vote in cast for txid in vote.evidence))
    names = ", ".join(vote.name for vote in supporting)
    return CommonControl(
        transaction.chain,
        payer,
        leg.address,
        tuple(dict.fromkeys(evidence)),
        confidence=UNION + MORE * (len(kinds) - LEAST),
        text=f"output {leg.index} was probably change: for it {names}; against it none",
        details=tuple(map(str, cast)),
    )
