"""What the whole history of an address says of its use, for signs of change."""

from typing import NamedTuple

from chaintrace.model.chain import Account
from chaintrace.model.provenance import Coverage
from chaintrace.model.transaction import Transfer
from chaintrace.model.view import View
from heuristics.control.exclusions import known_history


class Dealings(NamedTuple):
    """The txids that pay an address and those that spend from it, in chain order, each once."""

    paid: tuple[str, ...]
    spent: tuple[str, ...]


def dealings(address: str, transfer: Transfer, view: View) -> Dealings | None:
    """What pays an address and spends from it; None where its whole history is not known.

    Only sources count that hold a whole chain or are declared complete: which addresses were asked about over a network
    must change nothing.
    """
    history = known_history(view, Account(address, transfer.asset))
    if history is None or history.opening or not any(_is_whole(held) for held in history.coverage):
        return None
    sides = tuple(
        dict.fromkeys(
            one.transaction.txid
            for one in history.movements
            if any(leg.address == address for leg in (one.transfer.outputs if paying else one.transfer.inputs))
        )
        for paying in (True, False)
    )
    return Dealings(*map(tuple, sides))


def _is_whole(held: Coverage) -> bool:
    """Whether a source holds every movement of every address from the first block on, or is declared to hold these."""
    return held.how == "declared" or (held.addresses is None and held.start == 0)
