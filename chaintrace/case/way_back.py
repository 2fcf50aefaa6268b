"""The way back of the seeds' value (M28): over the continuations that rules find on it, and what it lacks."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from chaintrace import tracing
from chaintrace.addresses import family
from chaintrace.case.config import CaseConfig
from chaintrace.case.links import accepted
from chaintrace.case.rules import FIRST, LAST, by_subject, continuations, said
from chaintrace.case.sure_tags import sure
from chaintrace.case.unread import unread
from chaintrace.case.view import CaseView
from chaintrace.model.chain import Account, OutPoint
from chaintrace.model.finding import AnyFinding, Heuristic
from chaintrace.model.sensitivity import Backward, SourceShare
from chaintrace.model.trace import Limits, Options, Seed
from chaintrace.model.transaction import Transaction
from chaintrace.model.view import Missing, MissingHistory, MissingTransaction


class WayBack(NamedTuple):
    """The way back, the view that knows what rules found on it, that, and what they asked for in vain.

    `links` are the continuations over which it goes, and the noise at which it ends.
    """

    before: Backward
    view: CaseView
    links: tuple[AnyFinding, ...] = ()
    lacking: tuple[Missing, ...] = ()


def way_back(config: CaseConfig, view: CaseView, rules: Iterable[Heuristic]) -> WayBack:
    """Go back, ask the rules of continuation and noise about what is passed, and again until they find no more.

    `view` knows what the traces found: that is gone over from the beginning. Noise ends a way back: nobody who sends
    dust is a source of a payment, and its share is told as noise.
    """
    rules, limits = tuple(rules), config.limits
    asked = tuple(rule for rule in rules if rule.stage == LAST)
    of_noise = tuple(rule for rule in rules if rule.stage == FIRST)
    before = tracing.backward(view, config.seeds, limits, config.options)
    seen = sure(view.until(limits.until), limits.min_tag_confidence)
    passed, links, missing = dict[tuple[str, str], Transaction](), list[AnyFinding](), tuple[Missing, ...]()
    known: dict[AnyFinding, None] = dict.fromkeys(view.continuations())
    while (asked or of_noise) and _grow(passed, view, before):
        heard = said(passed.values(), (), asked, seen)
        if asked:
            missing = (*heard.lacking, *unread(passed.values(), view, backward=True))
        found = continuations(accepted(heard.findings, config.linked.accepted))
        noise = said(passed.values(), _accounts(before), of_noise, seen).findings  # what it lacks is not asked for
        more = [one for one in (*found, *noise) if one not in known]
        known.update(dict.fromkeys(more))
        if not more:
            break
        links += more
        view = view.with_findings(by_subject((*_all(view), *more)))
        before = tracing.backward(view, config.seeds, limits, config.options)
    return WayBack(before, view, tuple(links), missing)


def _grow(passed: dict[tuple[str, str], Transaction], view: CaseView, before: Backward) -> bool:
    """Add the transactions through which a way back goes. Whether any of them is new."""
    known = len(passed)
    for one in before.passed:
        made = view.transaction(one.asset.chain, one.txid)
        if isinstance(made, Transaction):
            passed.setdefault((one.asset.chain, one.txid), made)
    return len(passed) > known


def _accounts(before: Backward) -> Iterator[Account]:
    """The accounts through which a way back goes, each once; outputs have no history to ask about."""
    passed = (Account(one.address, one.asset) for one in before.passed if one.address)
    yield from dict.fromkeys(one for one in passed if family(one.asset.chain) in {"evm", "tron"})


def _all(view: CaseView) -> Iterator[AnyFinding]:
    """The findings of a view, each once."""
    yield from dict.fromkeys(one for found in view.all_findings.values() for one in found)


def lacking(view: CaseView, seeds: tuple[Seed, ...], limits: Limits, options: Options) -> dict[Missing, int]:
    """What has to be asked for to go further back, with the value that waits for it, in base units."""
    waiting = dict[Missing, int]()
    for share in tracing.backward(view, seeds, limits, options).shares:
        for question in _questions(view, share):
            waiting[question] = waiting.get(question, 0) + share.value
    return waiting


def _questions(view: CaseView, share: SourceShare) -> Iterable[Missing]:
    """Without what the way back ends where it does; a share has none where it ends for another reason.

    Of an account the whole history is needed: whatever reached it may have left with the share.
    """
    chain = share.asset.chain
    if share.kind == "history not in the sources":
        if family(chain) in {"evm", "tron"}:
            return (MissingHistory(Account(share.address, share.asset)),) if share.address else ()
        return (MissingTransaction(chain, share.txid),) if share.txid else ()
    made = view.transaction(chain, share.txid) if share.kind == "input values unknown" else None
    transfer = made.utxo if isinstance(made, Transaction) else None
    legs = transfer.inputs if transfer is not None else ()
    txids = {leg.holding.txid: None for leg in legs if leg.value is None and isinstance(leg.holding, OutPoint)}
    return [MissingTransaction(chain, txid) for txid in txids]
