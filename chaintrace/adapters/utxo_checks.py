"""What one line of a UTXO file says against another one: repeats, values of spent outputs, contradictions."""

from typing import NoReturn, Protocol

from chaintrace.adapters.lines import Refuse
from chaintrace.adapters.utxo_lines import Line, overpaid
from chaintrace.model.chain import OutPoint
from chaintrace.model.transaction import Leg


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


class Contradicted(Exception):
    """A line that contradicts what it spends; it was refused."""


def resolved(line: Line, lines: Lines, refuse: Refuse) -> Line:
    """The line with its inputs completed from the file's own outputs.

    Refuses what contradicts them: an output is told by its own line, not by whoever spends it. Raises Contradicted
    where the refusal is only noted.
    """

    def wrong(sentence: str) -> NoReturn:
        refuse(sentence, line.line)
        raise Contradicted

    def checked(place: int, leg: Leg) -> Leg:
        parent = lines.get(leg.holding.txid) if isinstance(leg.holding, OutPoint) else None
        if parent is None or not isinstance(leg.holding, OutPoint):
            return leg
        if leg.holding.vout >= len(parent.outputs):
            wrong(f"inputs[{place}] spends {leg.holding}, but line {parent.line} has {len(parent.outputs)} outputs")
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
                wrong(sentence)
        return Leg(
            spent.value,
            leg.holding,
            leg.address or spent.address,
            place,
            leg.script_type or spent.script_type,
            leg.script or spent.script,
            leg.sequence,
        )

    whole = line._replace(inputs=tuple(checked(place, leg) for place, leg in enumerate(line.inputs)))
    if excess := overpaid(whole):
        wrong(excess)
    return whole
