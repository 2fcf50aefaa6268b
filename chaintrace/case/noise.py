"""Noise in a report: how much of it there is, and which traced payments went to an address that looks like another.

Noise is out of the trace, and its value is not: a trace goes where value moves. So these are sentences, and no amount.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from chaintrace.addresses import alike, family
from chaintrace.case.view import CaseView
from chaintrace.model.chain import Account
from chaintrace.model.finding import AnyFinding, Noise
from chaintrace.model.sensitivity import Backward
from chaintrace.model.trace import Trace
from chaintrace.model.transaction import Movement
from chaintrace.model.view import History

NOISE = "Noise"
"""How the note of a report begins on what is no payment that matters."""

ALIKE = "Look-alike"
"""How the note of a report begins on a payment to an address that looks like one that was paid before."""

BACK = 3
"""Letters in common at the end, at least."""

LEAST = {"tron": 4, "evm": 6}
"""Letters in common at both ends, at least."""

MOST = 20
"""Payments to look-alikes that are named."""


def left_out(before: Backward | None) -> Iterator[str]:
    """A sentence that counts the movements of noise at which a way back ends; nothing where it ends at none."""
    ends = [one for one in (before.shares if before is not None else ()) if one.kind == "noise"]
    if ends:
        places = {(one.asset.chain, one.txid, one.index) for one in ends}
        yield (
            f"{NOISE}: movements to which payments lead, followed backward, and which rules call no payment that "
            f"matters: {len(places)}. sources.csv has each with its share (kind noise); nothing is followed behind "
            "them."
        )


def noise_notes(found: Iterable[AnyFinding], view: CaseView, traces: Iterable[Trace]) -> Iterator[str]:
    """A sentence that counts what rules call noise, and one for each traced payment to a look-alike."""
    traces = tuple(traces)
    yield from counted(found, traces)
    told = tuple(dict.fromkeys(look_alikes(view, traces)))
    yield from told[:MOST]
    if len(told) > MOST:
        more = len(told) - MOST
        yield f"{ALIKE}: payments to addresses that look like one paid before, besides those that are named: {more}."


def counted(found: Iterable[AnyFinding], traces: Iterable[Trace]) -> Iterator[str]:
    """How many movements are noise, by which rules, and how many of them carry traced value; nothing where none is."""
    noise = {(one.chain, one.subject, one.object, one.rule): one for one in found if isinstance(one, Noise)}
    if not noise:
        return
    hops = {(hop.asset.chain, hop.txid) for trace in traces for hop in trace.hops}
    carry = {key[:3] for key, one in noise.items() if (one.chain, one.evidence[0]) in hops}
    rules = Counter(rule for *_, rule in noise)
    by_rule = ", ".join(f"{rule} {number}" for rule, number in sorted(rules.items()))
    yield (
        f"{NOISE}: movements at the addresses of this report that rules call no payment that matters: "
        f"{len({key[:3] for key in noise})} ({by_rule}); findings.csv has each with its reason. In transactions that "
        f"carry traced value: {len(carry)}. No amount changes by it: what they moved lies where the ledger put it."
    )


def look_alikes(view: CaseView, traces: Iterable[Trace]) -> Iterator[str]:
    """A sentence for each traced payment to an address that looks like another one that its payer had paid before.

    Such a payment is no noise: its value moved. It is said where the payer's history is held, and where the payer had
    not paid that address before the other one.
    """
    legs: dict[Account, set[tuple[str, str]]] = {}
    for hop in (hop for trace in traces for hop in trace.hops):
        if hop.transaction is not None and hop.transaction.utxo is None and hop.from_address and hop.to_address:
            legs.setdefault(Account(hop.from_address, hop.asset), set()).add((hop.txid, hop.index))
    for account, several in legs.items():
        for payment, earlier in resembled(account, view):
            txid, index = payment.transaction.txid, payment.transfer.index
            if (txid, index) in several:
                yield (
                    f"{ALIKE}: {_payee(payment)}, which {account.address} paid in {txid}, looks at both ends like "
                    f"{_payee(earlier)}, which it had paid before, in {earlier.transaction.txid}. The payment stands "
                    "in the trace as it was made; whether it was meant for the other address, no ledger says."
                )


def resembled(account: Account, view: CaseView) -> Iterator[tuple[Movement, Movement]]:
    """An account's payments to an address that looks like one that it had paid before, each with the last to that one.

    Nothing where no source holds the account's history: what is not held is not asked for, for a note.
    """
    if family(account.chain) not in LEAST or not view.coverage(account.chain, account.address, account.asset.contract):
        return
    history = view.history(account)
    known: dict[str, dict[str, Movement]] = {}
    strange: dict[str, str] = {}
    for movement in history.movements if isinstance(history, History) else ():
        sides = (movement.transfer.inputs, movement.transfer.outputs)
        if not movement.transfer.value or any(len(side) != 1 for side in sides):
            continue
        payee = _payee(movement)
        if sides[0][0].address != account.address or payee in {"", account.address}:
            continue
        near = known.setdefault(payee[-BACK:], {})
        if payee not in near:
            likes = [
                (alike(account.chain, payee, one).both, one) for one in near if is_alike(account.chain, payee, one)
            ]
            strange.update({payee: max(likes)[1]} if likes else {})
        if payee in strange:
            yield movement, near[strange[payee]]
        near[payee] = movement


def is_alike(chain: str, one: str, other: str) -> bool:
    """Whether two addresses look alike at their ends."""
    ends = alike(chain, one, other)
    return ends.back >= BACK and ends.both >= LEAST.get(family(chain) or "", len(one))


def _payee(movement: Movement) -> str:
    """To whom a movement goes."""
    return movement.transfer.outputs[0].address
