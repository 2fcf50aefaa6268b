"""What came to an account and what it sent, as rules about noise read it: one movement, one other address."""

from collections.abc import Iterator
from typing import NamedTuple

from chaintrace.model.chain import Account
from chaintrace.model.finding import Noise
from chaintrace.model.transaction import Movement
from chaintrace.model.view import View
from heuristics.control.exclusions import known_history


class Dealing(NamedTuple):
    """A movement between an account and one other address. `value` is in base units, `time` in Unix seconds (UTC)."""

    movement: Movement
    other: str
    value: int
    time: int | None
    is_sent: bool

    @property
    def txid(self) -> str:
        """The transaction's id."""
        return self.movement.transaction.txid


def dealings(account: Account, view: View) -> Iterator[Dealing]:
    """The confirmed movements of an account with one other address, in chain order; nothing that is not held."""
    history = known_history(view, account)
    for movement in history.movements if history is not None else ():
        transfer, transaction = movement.transfer, movement.transaction
        if transaction.status != "confirmed" or len(transfer.inputs) != 1 or len(transfer.outputs) != 1:
            continue
        payer, payee = transfer.inputs[0].address, transfer.outputs[0].address
        if account.address in {payer, payee} and payer and payee:
            is_sent = payer == account.address
            other = payee if is_sent else payer
            yield Dealing(movement, other, transfer.value or 0, transaction.time, is_sent)


def noise(account: Account, found: Dealing, text: str, evidence: tuple[str, ...] = ()) -> Noise:
    """The finding: its subject is the txid of the noise, its object the address that it was meant for."""
    txids = tuple(dict.fromkeys((found.txid, *evidence)))
    return Noise(account.chain, found.txid, account.address, txids, text=text)
