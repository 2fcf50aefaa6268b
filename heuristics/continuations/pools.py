"""Pools: whether what a pool says that it took and gave is what the tokens say that it got and paid."""

from collections import Counter
from collections.abc import Iterable, Mapping

from heuristics.continuations.arguments import Said
from heuristics.continuations.flows import Party


def agreeing(several: Iterable[Said], known: Mapping[str, Party]) -> tuple[tuple[Said, ...], tuple[str, ...]]:
    """The events of pools that the transfers bear out, and the pools of which a token says something else.

    A pool measures what it got and what it has left. So it cannot have paid more than it says: where the transfers of a
    token say so, the token lies in them. It can have got more, and less by a token that takes a fee of its own.
    """
    by_pool: dict[str, list[Said]] = {}
    for said in several:
        by_pool.setdefault(said.log.emitter, []).append(said)
    held: list[Said] = []
    lying: list[str] = []
    for pool, events in by_pool.items():
        party = known.get(pool)
        if party is None:
            continue
        stated = _stated(events)
        if stated is None:
            held += events
            continue
        taken, paid = _sides(stated.values())
        got, gave = _sides(party.net.values())
        if len(gave) > len(paid) or any(given > said for given, said in zip(gave, paid, strict=False)):
            lying.append(pool)
        elif got or gave:
            held += events if len(got) <= len(taken) else []
    return tuple(held), tuple(lying)


def _stated(events: Iterable[Said]) -> Counter[str] | None:
    """What a pool says that it took (above 0) and gave (below), by place; None where the places cannot be added up."""
    found: Counter[str] = Counter()
    several = list(events)
    for said in several:
        for place, expression in enumerate(said.event.fields.get("amount", ())):
            value = _sum(said, expression)
            if value is None:
                return None
            found[f"{place}"] += value
    moves_by_place = all("trader" not in said.event.fields for said in several)
    return found if found and (len(several) == 1 or moves_by_place) else None


def _sum(said: Said, expression: str) -> int | None:
    """`a-b`: what one argument says less what the other says; `-b` and `a` alone are the half of it."""
    plus, _, minus = expression.partition("-")
    parts = [(1, plus), (-1, minus)]
    total = 0
    for sign, name in parts:
        value = said.signed(name) if name else 0
        if value is None:
            return None
        total += sign * value
    return total


def _sides(values: Iterable[int]) -> tuple[list[int], list[int]]:
    """What came in and what went out, the largest first."""
    several = list(values)
    return sorted((one for one in several if one > 0), reverse=True), sorted(
        (-one for one in several if one < 0), reverse=True
    )
