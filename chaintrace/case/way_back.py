"""What the way back of the seeds' value lacks (M28): transactions and histories, with the share that waits for each."""

from collections.abc import Iterable

from chaintrace import tracing
from chaintrace.addresses import family
from chaintrace.case.view import CaseView
from chaintrace.model.chain import Account, OutPoint
from chaintrace.model.sensitivity import SourceShare
from chaintrace.model.trace import Limits, Options, Seed
from chaintrace.model.transaction import Transaction
from chaintrace.model.view import Missing, MissingHistory, MissingTransaction


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
