"""What lay in an account before its first movement in the sources: known, or the least that explains it (M9)."""

from bisect import bisect_left
from collections.abc import Container, Sequence
from dataclasses import dataclass

from chaintrace.model.chain import Asset
from chaintrace.model.provenance import Gap
from chaintrace.model.transaction import Movement, Where


@dataclass(frozen=True, slots=True)
class Opening:
    """An account's opening and its balance just before a movement, in base units.

    `implied` is True where nobody knows the opening and the least possible one was taken. `outflows` is the sum of
    all that leaves: an opening larger than that changes nothing more.
    """

    value: int
    balance: int
    implied: bool
    outflows: int


def opening_gap(asset: Asset, name: str, value: int) -> Gap:
    """What a report says of an opening that was implied: the same in both directions, so that it is said once."""
    text = (
        f"{name} sends more than the sources show it receive: an opening balance of {value} base "
        "units is assumed, the least that explains it, as unidentified value."
    )
    return Gap("opening", asset.chain, name, value, text, asset.contract)


def opening(
    movements: Sequence[Movement], addresses: Container[str], where: Where | None, known: int | None, least: int = 0
) -> Opening:
    """Read a pool's movements once, in chain order: the running balance, its lowest point, and its value at a place.

    The balance is that just before `where`, or at the end (None). `addresses` are the pool's; a transfer inside it is
    no movement, but shows that its value was there (M8). `least` raises an implied opening (for sensitivities). A known
    opening that the movements contradict is raised to the least one too.
    """
    running = lowest = outflows = 0
    before, first = None, None if where is None else bisect_left(movements, where, key=lambda one: one.where)
    for place, (_, _, transfer) in enumerate(movements):
        if place == first:
            before = running
        inputs, outputs = transfer.inputs, transfer.outputs
        value = (outputs or inputs)[0].value or 0
        arrives = bool(outputs) and outputs[0].address in addresses
        if inputs and inputs[0].address in addresses:
            if running - value < lowest:  # noqa: PLR1730  # every movement passes here, and a call of min costs most
                lowest = running - value
            if not arrives:
                running -= value
                outflows += value
        elif arrives:
            running += value
    value = max(-lowest, known if known is not None else least)
    return Opening(value, value + (running if before is None else before), known is None or value != known, outflows)
