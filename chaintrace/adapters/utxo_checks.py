"""What only the lines of a UTXO file together can tell: repeats, values of spent outputs, order, contradictions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from heapq import heapify, heappop, heappush
from typing import NoReturn

from chaintrace.adapters.utxo_lines import Line
from chaintrace.model.chain import OutPoint
from chaintrace.model.transaction import PENDING_RANK, Leg

Refuse = Callable[[str, int | None], NoReturn]
"""Raises InputError with a sentence at a line."""

Ranks = Mapping[str, int]
"""Txid to rank: the height, 0 in a file without heights, `PENDING_RANK` for what no block holds."""


def ranks(lines: Mapping[str, Line]) -> Ranks:
    """The rank of every transaction: without a height, one is pending where others have one."""
    if all(line.height is None for line in lines.values()):
        return dict.fromkeys(lines, 0)
    return {txid: PENDING_RANK if line.height is None else line.height for txid, line in lines.items()}


def add_line(lines: dict[str, Line], line: Line, refuse: Refuse) -> None:
    """Keep a line unless it is a repeat. Refuses one that contradicts an earlier line of the same txid."""
    known = lines.setdefault(line.txid, line)
    if known is not line and known[2:] != line[2:]:
        sentence = f"{line.txid} stands in line {known.line} with other contents: correct one of them or remove it"
        refuse(sentence, line.line)


def resolved(line: Line, lines: Mapping[str, Line], refuse: Refuse) -> Line:
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


def check_spent_once(lines: Mapping[str, Line], rank: Ranks, refuse: Refuse) -> None:
    """Refuse an output that two confirmed transactions of the file spend."""
    spenders: dict[OutPoint, Line] = {}
    for line in lines.values():
        if rank[line.txid] == PENDING_RANK:
            continue
        for leg in line.inputs:
            if isinstance(leg.holding, OutPoint):
                first = spenders.setdefault(leg.holding, line)
                if first is not line:
                    sentence = f"{leg.holding} is spent here and in line {first.line}: an output is spent once"
                    refuse(sentence, line.line)


def positions(lines: Mapping[str, Line], rank: Ranks, offset: int) -> dict[str, int]:
    """The place in its block of every transaction: block_index where all of its height have one, else the row."""
    groups: dict[int, list[Line]] = {}
    for line in lines.values():
        groups.setdefault(rank[line.txid], []).append(line)
    found: dict[str, int] = {}
    for height, group in groups.items():
        indexed = height not in (0, PENDING_RANK) or all(line.height is not None for line in group)
        indexed = indexed and all(line.block_index is not None for line in group)
        for line in group:
            found[line.txid] = line.block_index or 0 if indexed else offset + line.row
    return found


def mend_order(
    lines: Mapping[str, Line], rank: Ranks, position: dict[str, int], refuse: Refuse
) -> tuple[tuple[Line, int], ...]:
    """Put parents before their children inside a height; the pairs (child, parent's height) that heights contradict.

    Only a height that needs it is touched: its own positions are dealt out anew, others keep their order. Refuses
    transactions that spend each other.
    """
    touched: set[int] = set()
    against: list[tuple[Line, int]] = []
    for line in lines.values():
        for parent in _parents(line, lines):
            mine, theirs = rank[line.txid], rank[parent]
            if mine < theirs:
                against.append((line, theirs))
            elif mine == theirs and position[parent] >= position[line.txid]:
                touched.add(mine)
    if against:
        _sorted_by_parents(list(lines.values()), lines, position, refuse)
    for height in sorted(touched):
        group = [line for line in lines.values() if rank[line.txid] == height]
        ordered = _sorted_by_parents(group, {line.txid: line for line in group}, position, refuse)
        places = sorted(position[line.txid] for line in group)
        position.update(zip((line.txid for line in ordered), places, strict=True))
    return tuple(against)


def _parents(line: Line, lines: Mapping[str, Line]) -> list[str]:
    """The txids among `lines` whose outputs a line spends, each once."""
    spent = (leg.holding.txid for leg in line.inputs if isinstance(leg.holding, OutPoint))
    return [txid for txid in dict.fromkeys(spent) if txid in lines]


def _sorted_by_parents(
    group: Sequence[Line], lines: Mapping[str, Line], position: Mapping[str, int], refuse: Refuse
) -> list[Line]:
    """The lines by position, each after its parents. Refuses a circle."""
    waiting = {line.txid: len(_parents(line, lines)) for line in group}
    children: dict[str, list[Line]] = {}
    for line in group:
        for parent in _parents(line, lines):
            children.setdefault(parent, []).append(line)
    ready = [(position[line.txid], line.row, line.txid) for line in group if not waiting[line.txid]]
    heapify(ready)
    ordered: list[Line] = []
    while ready:
        line = lines[heappop(ready)[2]]
        ordered.append(line)
        for child in children.get(line.txid, ()):
            waiting[child.txid] -= 1
            if not waiting[child.txid]:
                heappush(ready, (position[child.txid], child.row, child.txid))
    if len(ordered) < len(group):
        stuck = min((line for line in group if waiting[line.txid]), key=lambda line: line.line)
        refuse(f"{stuck.txid} spends, over others, what it pays itself: no chain has such a circle", stuck.line)
    return ordered
