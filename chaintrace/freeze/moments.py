"""Moments for people: in UTC, and on the clocks of the recipient and of the case where those are known."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from chaintrace.errors import InputError
from chaintrace.freeze.recipients import NOT_KNOWN
from chaintrace.freeze.request import Request


def zone(name: str) -> ZoneInfo | None:
    """A time zone by its IANA name; None for none. Raises InputError for a name that is no zone."""
    if not name or name == NOT_KNOWN:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise InputError(f"there is no time zone {name!r}: write an IANA name such as Asia/Shanghai") from error


def zones(request: Request) -> tuple[tuple[str, ZoneInfo], ...]:
    """The zones besides UTC in which the request tells its times: the recipient's, then the case's, each once."""
    names = (request.recipient["time_zone"], request.asker.clock.time_zone)
    found = {name: where for name in names if (where := zone(name)) is not None}
    return tuple(found.items())


def utc(at: datetime | None) -> str:
    """`2021-08-05 10:17:00 UTC`; empty where the time is not known."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if at else ""


def local(at: datetime | None, name: str, where: ZoneInfo) -> str:
    """`2021-08-05 18:17:00 +08:00 (Asia/Shanghai)`; empty where the time is not known."""
    return f"{there(at, where)} ({name})" if at else ""


def there(at: datetime | None, where: ZoneInfo) -> str:
    """`2021-08-05 18:17:00 +08:00`, without the name of its zone; empty where the time is not known."""
    text = at.astimezone(where).isoformat(sep=" ", timespec="seconds") if at else ""
    return f"{text[:19]} {text[19:]}" if text else ""


def everywhere(at: datetime | None, request: Request) -> str:
    """The moment in UTC and in the zones of the request, one after the other."""
    return "; ".join(text for text in (utc(at), *(local(at, *named) for named in zones(request))) if text)
