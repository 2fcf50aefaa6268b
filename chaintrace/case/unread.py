"""Which transactions have to be told whole, for rules of continuation: lists of explorers hold no logs (M23)."""

from collections.abc import Iterable, Iterator

from chaintrace.addresses import family
from chaintrace.case.view import CaseView
from chaintrace.model.log import SENT
from chaintrace.model.transaction import Transaction
from chaintrace.model.view import MissingTransaction


def unread(
    transactions: Iterable[Transaction], view: CaseView, *, backward: bool = False
) -> Iterator[MissingTransaction]:
    """Those of networks of which no log is known, which nobody was asked for, and which may be a swap or a crossing.

    They touch a contract, one of the tables of protocols or an address with code, or an address sends one asset there
    and receives another. On the way back (`backward`) it is enough that code ran: a bridge may deliver by anybody.
    """
    heard = view.facts.heard
    for one in transactions:
        question = MissingTransaction(one.chain, one.txid)
        if one.chain not in heard.pins or family(one.chain) != "evm" or question in heard.questions:
            continue
        if any(seen.what == SENT for seen in view.observations(one.chain, one.txid)):
            continue
        if one.status == "confirmed" and (_ran(one) if backward else _exchanges(one) or _touches(one, view)):
            yield question


def _ran(transaction: Transaction) -> bool:
    """Whether something moved otherwise than by the sender's own payment of the native asset."""
    return any(part.kind != "fee" and part.index != "value" for part in transaction.transfers)


def _touches(transaction: Transaction, view: CaseView) -> bool:
    """Whether a transaction names a contract, of a protocol or another one."""
    known, chain = view.protocols(), transaction.chain
    legs = (leg for part in transaction.transfers for leg in (*part.inputs, *part.outputs))
    addresses = dict.fromkeys(leg.address for leg in legs if leg.address)
    return any(
        known.of(chain, one) or any(seen.what == "code" for seen in view.observations(chain, one)) for one in addresses
    )


def _exchanges(transaction: Transaction) -> bool:
    """Whether an address sends one asset and receives another."""
    sent: dict[str, set[str]] = {}
    came: dict[str, set[str]] = {}
    for part in transaction.transfers:
        if part.kind != "fee":
            for legs, side in ((part.inputs, sent), (part.outputs, came)):
                for leg in legs:
                    side.setdefault(leg.address, set()).add(part.asset.contract)
    return any(came.get(address, set()) - assets for address, assets in sent.items())
