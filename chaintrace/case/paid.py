"""The history of an address on a chain of outputs: what pays it and what spends that, found by its outputs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from chaintrace.addresses import family
from chaintrace.model.chain import OutPoint
from chaintrace.model.transaction import Movement, Transaction
from chaintrace.model.view import View

MOST = 200_000
"""Of so many transactions, at most, the outputs are put in order by their address: that is done in memory."""

Paid = Mapping[str, Sequence[OutPoint]]
"""Address to its outputs, in chain order."""


def may_pay_outputs(chain: str) -> bool:
    """Whether a chain may be one of outputs: those whose addresses say otherwise are not looked through."""
    return family(chain) not in {"evm", "tron"}


def paid(transactions: Iterable[Transaction]) -> Paid:
    """The outputs of these transactions by address; of more than `MOST`, none: nothing is said rather than a part."""
    found: dict[str, list[OutPoint]] = {}
    for number, transaction in enumerate(transactions, 1):
        if number > MOST:
            return {}
        for leg in transaction.utxo.outputs if transaction.utxo else ():
            if leg.address and isinstance(leg.holding, OutPoint):
                found.setdefault(leg.address, []).append(leg.holding)
    return found


def movements(view: View, outputs: Iterable[OutPoint]) -> tuple[Movement, ...]:
    """The transactions that pay or spend these outputs, whole, in chain order, each once."""
    found = {(tx.chain, tx.txid): tx for one in outputs for tx in _both(view, one)}
    told = [Movement(tx.utxo.order, tx, tx.utxo) for tx in found.values() if tx.utxo]
    return tuple(sorted(told, key=lambda one: (one.order, one.transaction.txid)))


def _both(view: View, outpoint: OutPoint) -> Iterator[Transaction]:
    """The transaction that makes an output, and the one that spends it."""
    for found in (view.transaction(outpoint.chain, outpoint.txid), view.spender(outpoint)):
        if isinstance(found, Transaction):
            yield found
