"""Sanctions lists: which addresses on the way of value are listed, since when, and whether value came before that.

A listing is no service: what leaves such an address is on the ledger, so the trace goes on unless a case names the
rule `sanctioned`. It is said beside it.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

from chaintrace.model.attribution import SANCTIONS, Tag
from chaintrace.model.trace import Trace
from chaintrace.report.tag_notes import beside_list

NOTE = "Listed"
"""How the note of a report begins on an address of a sanctions list."""

MOST = 20
"""Addresses that are named; tags.csv has all of them."""


def listed(tags: Mapping[tuple[str, str], tuple[Tag, ...]], traces: Iterable[Trace]) -> Iterator[str]:
    """A sentence for each listed address that traced value reached, with the dates of the list and the first credit."""
    first = first_credits(traces)
    found = [
        (place, tag)
        for place, told in sorted(tags.items())
        for tag in {tag.family: tag for tag in reversed(told) if tag.family in SANCTIONS}.values()
        if place in first
    ]
    for (chain, address), tag in found[:MOST]:
        when = _when(tag, first[chain, address])
        stands = "stood" if tag.valid_to else "stands"
        yield f"{NOTE}: {address} on {chain} {stands} on {SANCTIONS[tag.family]} as {tag.says}{when}."
    if len(found) > MOST:
        more = len(found) - MOST
        yield f"{NOTE}: addresses on these lists that value reached, besides those named: {more}; see tags.csv."


def first_credits(traces: Iterable[Trace]) -> dict[tuple[str, str], int | None]:
    """When traced value first arrived at each address, under any method (Unix, UTC); None where no time is known."""
    first: dict[tuple[str, str], int | None] = {}
    for trace in traces:
        for hop in trace.hops:
            time = hop.transaction.time if hop.transaction is not None else None
            for address in hop.to_address.split(";"):
                known = first.setdefault((hop.asset.chain, address), time)
                if time is not None and (known is None or time < known):
                    first[hop.asset.chain, address] = time
    return first


def _when(tag: Tag, time: int | None) -> str:
    """The dates: of the list, and of the first credit beside them."""
    dates = f", listed on {tag.valid_from}" if tag.valid_from else ", on a day that the list does not say"
    dates += f", delisted on {tag.valid_to}" if tag.valid_to else ""
    if time is None:
        return dates
    day = datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d")
    return f"{dates}; traced value first arrived there on {day}{beside_list(tag, day)}"
