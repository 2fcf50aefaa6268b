"""Which of the answers of networks the traces of a case rest on, of all that were fetched on the way to them.

Exploring fetches a little more than the traces need, and how much more depends on the order of the answers. No screen,
range or gap of a report may.
"""

from collections.abc import Iterable

from chaintrace.case.view import CaseView, Within
from chaintrace.model.chain import OutPoint
from chaintrace.model.provenance import Gap
from chaintrace.model.trace import Seed, Trace
from chaintrace.model.transaction import Transaction


def confined(view: CaseView, seeds: Iterable[Seed], traces: Iterable[Trace]) -> CaseView:
    """The view with nothing of the networks but what these traces rest on; of a case without networks, the same."""
    if not view.facts.heard.pins:
        return view
    outpoints: set[OutPoint] = set()
    subjects: set[tuple[str, str]] = {(seed.chain, seed.txid) for seed in seeds}
    for trace in traces:
        for hop in trace.hops:
            chain = hop.asset.chain
            subjects.update((chain, address) for address in hop.to_address.split(";"))
            subjects.add((chain, hop.txid))
            if hop.index.isdecimal():
                outpoints.add(OutPoint(chain, hop.txid, int(hop.index)))
            subjects.update((chain, txid) for txid in _parents(hop.transaction))
    unspent = (outpoint for outpoint in outpoints if view.facts.spender(outpoint) is None)
    subjects.update((outpoint.chain, str(outpoint)) for outpoint in unspent)
    return view.confined(Within(frozenset(outpoints), frozenset(subjects)))


def _parents(transaction: Transaction | None) -> set[str]:
    """The txids whose outputs a transaction spends."""
    if transaction is None or transaction.utxo is None:
        return set()
    return {leg.holding.txid for leg in transaction.utxo.inputs if isinstance(leg.holding, OutPoint)}


def network_gaps(view: CaseView) -> tuple[Gap, ...]:
    """What the networks' answers left unproven of the subjects of a confined view: each once, by chain and subject.

    Of an output whose spender is known, nothing is unproven: which output was asked for is left to chance then.
    """
    within = view.within
    if within is None:
        return ()
    found = {
        gap for gaps in view.facts.heard.gaps.values() for gap in gaps if (gap.chain, gap.subject) in within.subjects
    }
    return tuple(sorted(found, key=lambda gap: (gap.chain, gap.subject, gap.kind, gap.text)))
