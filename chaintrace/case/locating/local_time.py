"""The time on a screenshot: a date or a moment in some zone, and the span of Unix seconds that it may mean.

A clock that is set back shows an hour twice, one that is set forward leaves one out: then both readings count. The
zones of the earth lie between twelve hours behind UTC and fourteen before it. Source: the IANA time zone database.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from chaintrace.case.table import shown
from chaintrace.errors import InputError
from chaintrace.model.chain import MAX_TIME, MIN_TIME

ANY = "any"
"""The zone of those who do not know it: every zone of the earth."""

EARLIEST, LATEST = timedelta(hours=14), timedelta(hours=12)
"""How much earlier and later than the same digits in UTC a local time can be."""

_FORM = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ](?P<clock>[0-9]{2}:[0-9]{2}(?P<second>:[0-9]{2})?) ?(?P<zone>[Zz]|[+-][0-9]{2}:?[0-9]{2})?)?\Z",
)
_OFFSET = re.compile(r"(?:UTC|GMT)?(?P<sign>[+-])(?P<hours>[0-9]{1,2}):?(?P<minutes>[0-9]{2})?\Z", re.IGNORECASE)
_UNIX = re.compile(r"[0-9]{9,10}\Z")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when a payment is looked for: Unix seconds (UTC), both ends inclusive.

    `zone` is that of the person who gave the times, None where it is not known; `notes` say what was assumed.
    """

    begin: int
    end: int
    zone: tzinfo | None = None
    notes: tuple[str, ...] = ()

    def local(self, time: int | None) -> str | None:
        """A moment (Unix seconds) on that person's clock, with its offset; None where either is not known."""
        if time is None or self.zone is None:
            return None
        return datetime.fromtimestamp(time, self.zone).isoformat()


def window(begin: str, end: str, zone: str | None) -> Window:
    """The span between two times as a person writes them: a date, a moment with or without a zone, or Unix seconds.

    A date means its whole day, a minute its sixty seconds. Without `zone` a time without one is read as UTC.
    Raises InputError for what is no time, no zone, or ends before it begins.
    """
    notes: dict[str, None] = {}
    where = None if zone in {None, ANY} else zone_of(zone or "")
    first = _span(begin, "--from", zone, where, notes)[0]
    last = _span(end, "--to", zone, where, notes)[1]
    if last < first:
        raise InputError(f"--to {shown(end)} lies before --from {shown(begin)}: exchange them")
    if where is None and zone is None and any(map(_lacks_zone, (begin, end))):
        notes["the times were read as UTC, and a screenshot shows the time of the phone: add --tz with its zone, such "
              "as --tz Europe/Berlin, or --tz any where nobody knows it"] = None  # fmt: skip
    return Window(first, last, where, tuple(notes))


def zone_of(text: str) -> tzinfo:
    """A zone by its name in the IANA database (`Europe/Berlin`), or by its offset (`+02:00`, `UTC+2`).

    Raises InputError for what is neither.
    """
    from zoneinfo import ZoneInfo

    if text.upper() in {"UTC", "GMT", "Z"}:
        return UTC
    if match := _OFFSET.match(text):
        offset = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"] or 0))
        if offset <= EARLIEST and int(match["minutes"] or 0) < 60:
            return timezone(-offset if match["sign"] == "-" else offset)
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError) as error:  # an unknown name, a path out of the database, one of its folders
        raise InputError(
            f"there is no time zone {shown(text)}: write a name such as America/New_York, an offset such as +02:00, or "
            "any"
        ) from error


def _lacks_zone(text: str) -> bool:
    match = _FORM.match(text.strip())
    return match is not None and match["zone"] is None


def _span(text: str, option: str, zone: str | None, where: tzinfo | None, notes: dict[str, None]) -> tuple[int, int]:
    """The first and the last second that one time may mean. What was assumed is added to `notes`."""
    plain = text.strip()
    if _UNIX.match(plain):
        return _checked(int(plain), int(plain), text, option)
    match = _FORM.match(plain)
    if match is None:
        raise InputError(
            f"{option} is {shown(text)}: it must be a date such as 2021-08-05, a time such as 2021-08-05T14:03 (24 "
            "hours), or Unix seconds"
        )
    own = match["zone"]
    try:
        naive = datetime.fromisoformat(f"{match['date']}T{match['clock'] or '00:00'}")
        length = timedelta(days=1) if not match["clock"] else _SECOND if match["second"] else timedelta(minutes=1)
        here = zone_of("UTC" if own in {"Z", "z"} else own) if own else where or UTC
        starts, ends = _instants(naive, here), _instants(naive + length - _SECOND, here)
    except (ValueError, OverflowError) as error:
        raise InputError(f"{option} is {shown(text)}: there is no such time, so correct it") from error
    for note in _clock_changes(text, naive, here, zone):
        notes[note] = None
    first, last = min(starts), max(ends)
    if zone == ANY and not own:
        first, last = first - EARLIEST // _SECOND, last + LATEST // _SECOND
    return _checked(first, last, text, option)


def _checked(first: int, last: int, text: str, option: str) -> tuple[int, int]:
    if last < MIN_TIME or first > MAX_TIME:
        raise InputError(f"{option} is {shown(text)}: times lie in the years 2009 to 2100, so correct it")
    return first, last


def _instants(naive: datetime, zone: tzinfo) -> tuple[int, int]:
    """Both readings of a local time in Unix seconds; equal where the clock was not set."""
    both = (naive.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    first, second = ((moment - _EPOCH) // _SECOND for moment in both)
    return first, second


def _clock_changes(text: str, naive: datetime, zone: tzinfo, name: str | None) -> Iterator[str]:
    """What is said of a local time that a clock shows twice or never."""
    first, second = _instants(naive, zone)
    if first == second:
        return
    back = datetime.fromtimestamp(first, zone).replace(tzinfo=None)
    what = "comes twice" if back == naive else "does not exist"
    yield f"{text.strip()} {what} in {name}, where the clock was set: both readings lie within what was searched"
