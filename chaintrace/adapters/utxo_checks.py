"""What one line of a UTXO file says against another one: repeats, values of spent outputs, contradictions."""

from collections.abc import Callable
from dataclasses import replace
from typing import NoReturn, Protocol

from chaintrace.adapters.utxo_lines import Line
from chaintrace.model.chain import OutPoint
from chaintrace.model.transaction import Leg

Refuse = Callable[[str, int | None], NoReturn]
"""Raises InputError with a sentence at a line."""


class Lines(Protocol):
    """The lines of a file by txid."""

    def get(self, txid: str, /) -> Line | None:
        """The line of a transaction; None where the file has none."""
        ...


def contradicts(line: Line, known: Line) -> bool:
    """Whether two lines of one txid tell different things."""
    return known[2:] != line[2:]


def is_made_twice(line: Line, known: Line) -> bool:
    """Whether two lines are one coinbase at two heights, as four old blocks of Bitcoin have it (BIP-30)."""
    heights = {line.height, known.height}
    return line.coinbase and known[7:] == line[7:] and len(heights) > 1 and None not in heights


def resolved(line: Line, lines: Lines, refuse: Refuse) -> Line:
    """The line with its inputs completed from the file's own outputs. Refuses what contradicts them."""

    def checked(place: int, leg: Leg) -> Leg:
        parent = lines.get(leg.holding.txid) if isinstance(leg.holding, OutPoint) else None
        if parent is None or not isinstance(leg.holding, OutPoint):
            return leg
        if leg.holding.vout >= len(parent.outputs):
            sentence = f"inputs[{place}] spends {leg.holding}, but line {parent.line} has {len(parent.outputs)} outputs"
            refuse(sentence, line.line)
        spent = parent.outputs[leg.holding.vout]
        for name, said, known in (
            ("value", leg.value, spent.value),
            ("script", leg.script or None, spent.script or None),
            ("address", leg.address or None, spent.address or None),
        ):
            if said is not None and known is not None and said != known:
                sentence = (
                    f"inputs[{place}].{name} is {said}, but the output that it spends (line {parent.line}) has {known}"
                )
                refuse(sentence, line.line)
        return Leg(
            spent.value,
            leg.holding,
            leg.address or spent.address,
            0,
            leg.script_type or spent.script_type,
            leg.script or spent.script,
            leg.sequence,
        )

    inputs = tuple(replace(checked(place, leg), index=place) for place, leg in enumerate(line.inputs))
    whole = line._replace(inputs=inputs)
    _check_sum(whole, refuse)
    return whole


def _check_sum(line: Line, refuse: Refuse) -> None:
    """Refuse a transaction that pays out more than it spends."""
    if line.coinbase or any(leg.value is None for leg in line.inputs):
        return
    paid = sum(leg.value or 0 for leg in line.outputs)
    spent = sum(leg.value or 0 for leg in line.inputs)
    if paid > spent:
        refuse(f"{line.txid} pays out {paid} and spends {spent}: outputs are never more than inputs", line.line)
