"""Which of the answers of networks the traces of a case rest on, of all that were fetched on the way to them.

Exploring fetches a little more than the traces need, and how much more depends on the order of the answers. No screen,
range or gap of a report may.
"""

from collections.abc import Iterable

from chaintrace.case.view import CaseView
from chaintrace.case.within import Within
from chaintrace.model.chain import Account, OutPoint
from chaintrace.model.provenance import Gap
from chaintrace.model.sensitivity import Backward
from chaintrace.model.trace import Seed, Trace
from chaintrace.model.transaction import Transaction
from chaintrace.model.view import MissingHistory


def confined(view: CaseView, seeds: Iterable[Seed], traces: Iterable[Trace]) -> CaseView:
    """The view with nothing of the networks but what these traces rest on; of a case without networks, the same."""
    if not view.facts.heard.pins:
        return view
    outpoints: set[OutPoint] = set()
    accounts: set[Account] = set()
    subjects: set[tuple[str, str]] = {(seed.chain, seed.txid) for seed in seeds}
    assets: set[tuple[str, str]] = set()
    for trace in traces:
        for hop in trace.hops:
            assets.add((hop.asset.chain, hop.asset.contract))
            chain, addresses = hop.asset.chain, hop.to_address.split(";")
            subjects.add((chain, hop.txid))
            if hop.transaction is not None and hop.transaction.utxo is None:
                accounts.update(Account(address, hop.asset) for address in addresses)
                continue
            subjects.update((chain, address) for address in addresses)
            if hop.index.isdecimal():
                outpoints.add(OutPoint(chain, hop.txid, int(hop.index)))
            subjects.update((chain, txid) for txid in _parents(hop.transaction))
    unspent = (outpoint for outpoint in outpoints if view.facts.spender(outpoint) is None)
    subjects.update((outpoint.chain, str(outpoint)) for outpoint in unspent)
    natives = frozenset(chain for chain, contract in assets if not contract)
    within = Within(frozenset(outpoints), frozenset(subjects), frozenset(accounts), natives, frozenset(assets))
    return view.confined(within)


def _with_way_back(within: Within, before: Backward) -> Within:
    """What the traces rest on, and what the way back does; of outputs, the transactions alone."""
    assets = {(one.asset.chain, one.asset.contract) for one in before.passed}
    natives = {chain for chain, contract in assets if not contract}
    return within._replace(
        subjects=within.subjects | {(one.asset.chain, one.txid) for one in before.passed},
        accounts=within.accounts | {Account(one.address, one.asset) for one in before.passed if one.address},
        natives=within.natives | natives,
        contracts=within.contracts | assets,
    )


def _parents(transaction: Transaction | None) -> set[str]:
    """The txids whose outputs a transaction spends."""
    if transaction is None or transaction.utxo is None:
        return set()
    return {leg.holding.txid for leg in transaction.utxo.inputs if isinstance(leg.holding, OutPoint)}


def network_gaps(view: CaseView, before: Backward | None = None) -> tuple[Gap, ...]:
    """What the networks' answers left unproven of the subjects of a confined view: each once, by chain and subject.

    `before` is the way back of the seeds' value, where it was asked for: what it rests on counts too.

    Of an output whose spender is known, nothing is unproven: which output was asked for is left to chance then. Of an
    account, what was said of the asset that reached it counts, and only in the answer that reaches back furthest.
    Where tokens alone are traced, what is about the native asset alone says nothing. What is doubted of the decimals of
    a token counts where it is traced.
    """
    if view.within is None:
        return ()
    within = view.within if before is None else _with_way_back(view.within, before)
    furthest: dict[Account, int] = {}
    for question in view.facts.heard.questions:
        if isinstance(question, MissingHistory):
            since = furthest.setdefault(question.account, question.since)
            furthest[question.account] = min(since, question.since)
    found: set[Gap] = set()
    for question, gaps in view.facts.heard.gaps.items():
        if isinstance(question, MissingHistory) and question.account in within.accounts:
            found.update(gaps if furthest.get(question.account, question.since) == question.since else ())
        else:
            found.update(gap for gap in gaps if (gap.chain, gap.subject) in within.subjects)
    found = {gap for gap in found if not gap.native_only or gap.chain in within.natives}
    found.update(gap for gap in view.facts.heard.doubts if (gap.chain, gap.contract) in within.contracts)
    return tuple(sorted(found, key=lambda gap: (gap.chain, gap.subject, gap.contract, gap.kind, gap.text)))
