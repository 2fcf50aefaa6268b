"""What a tag's dates mean beside the movements of traced value at its address, in words, without a clock."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from chaintrace.model.attribution import Tag
from chaintrace.report.interface import Inputs


def moved(inputs: Inputs) -> Mapping[tuple[str, str], tuple[str, str]]:
    """The days (UTC) of the first and the last traced movement at each address, under any method that was run.

    Of a service that a rule found behind an address, they are those of the address: there the trace stops.
    """
    times: dict[tuple[str, str], tuple[int, int]] = {}
    for trace in inputs.traces.values():
        for hop in trace.hops:
            at = hop.transaction.time if hop.transaction is not None else None
            if at is None:
                continue
            for address in f"{hop.from_address};{hop.to_address}".split(";"):
                _widen(times, (hop.asset.chain, address), (at, at))
    for found in inputs.findings:
        here = times.get((found.chain, found.subject))
        if found.kind == "service" and found.object and here is not None:
            _widen(times, (found.chain, found.object), here)
    return {place: (_day(first), _day(last)) for place, (first, last) in times.items()}


def _widen(times: dict[tuple[str, str], tuple[int, int]], place: tuple[str, str], by: tuple[int, int]) -> None:
    """Let the times of a place reach from the earlier to the later."""
    first, last = times.get(place, by)
    times[place] = (min(first, by[0]), max(last, by[1]))


def note(tag: Tag, days: tuple[str, str] | None) -> str:
    """That the tag is newer than what moved here, or that the address was listed later or delisted; "" for neither."""
    return "; ".join(_said(tag, *(days or ("", ""))))


def _said(tag: Tag, first: str, last: str) -> Iterable[str]:
    """Each as a clause. Dates are text of one form, so that they compare as such."""
    said = tag.day
    if first and said > first:
        when = "the last movement" if said > last else "the first movement"
        yield f"said on {said}, after {when} of traced value here ({last if said > last else first})"
    if first and tag.valid_from > last:
        yield f"listed on {tag.valid_from}, after the last movement here ({last})"
    elif first and tag.valid_from > first:
        yield f"listed on {tag.valid_from}, after the first movement here ({first})"
    if tag.valid_to:
        before = first and tag.valid_to < first
        yield f"delisted on {tag.valid_to}" + (f", before the first movement here ({first})" if before else "")


def _day(time: int) -> str:
    return f"{datetime.fromtimestamp(time, UTC):%Y-%m-%d}"


def beside_list(tag: Tag, day: str) -> str:
    """Whether what came on a day came before the listing, after it, or after the delisting; "" where no date says it.

    A list without days of delisting gives the day of the first version that lacks the address, so it may be earlier.
    """
    if tag.valid_to and day >= tag.valid_to:
        return ", on the day of the delisting or after it"
    if not tag.valid_from:
        return ", before the day given for the delisting" if tag.valid_to else ""
    if day < tag.valid_from:
        return ", before the listing"
    return ", on the day of the listing or after it" + (
        ", and before the day given for the delisting" if tag.valid_to else ""
    )
