"""What a status means: an answer, a failure that may pass, or a refusal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from chaintrace.adapters.transport.credentials import variable
from chaintrace.adapters.transport.request import Request
from chaintrace.adapters.transport.wire import Received
from chaintrace.errors import AdapterError, Declined, Malformed, Refused

AGAIN = frozenset({429, 500, 502, 503, 504, *range(520, 528)})
"""Statuses after which the same question is asked again; those from 520 are of servers that stand before others."""

REDIRECTS = frozenset({301, 302, 303, 307, 308})

_AGAIN = {
    429: "says that it is asked too often",
    500: "has an error of its own",
    502: "is not reached by the server before it",
    503: "is not available now",
    504: "does not answer the server before it in time",
}


@dataclass(frozen=True, slots=True)
class Later:
    """The same question may be answered later: why not now, and after how many seconds, where that was said."""

    sentence: str
    wait: int | None = None


def verdict(received: Received, request: Request, now: datetime) -> Later | None:
    """None for an answer, Later for what may pass. Raises Refused or Malformed for all else."""
    status = received.status
    if status == 200 or (status in request.accept and (status < 500 or _is_object(received))):
        return None
    if status in AGAIN:
        what = _AGAIN.get(status, _AGAIN[502])
        return Later(f"{request.host} {what} (status {status})", retry_after(received.headers, now))
    raise _refusal(status, request)


def retry_after(headers: Mapping[str, str], now: datetime) -> int | None:
    """Whole seconds from the header `Retry-After`, given as seconds or as an HTTP date; None where it says nothing."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return int(value[:9])
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0, -int((now - moment).total_seconds() // 1))


def redirect(received: Received, request: Request) -> str | None:
    """Where a redirect points to; None for any other answer."""
    location = received.headers.get("location", "")
    return location if received.status in REDIRECTS - request.accept and location else None


def _is_object(received: Received) -> bool:
    """A status from 500 is an answer only where a program speaks, not where a server shows its page."""
    return received.content.lstrip()[:1] == b"{"


def _refusal(status: int, request: Request) -> AdapterError:
    """Why there is no answer and will be none."""
    host, said = request.host, f"(status {status})"
    if status in {401, 403}:
        named = ("KEY",) if request.reach == "public" else ("USER", "PASSWORD", "COOKIE")
        names = ", ".join(variable(request.adapter, name) for name in named)
        return Refused(f"{host} refuses access {said}: check {names} in the environment, and what it lets you do")
    if status == 402:
        return Refused(f"{host} wants to be paid for this {said}: use another plan or another source")
    if status in {404, 405, 410}:
        return Declined(
            f"{host} does not know this question {said}: check the url of the source, and that it is of this kind"
        )
    if 400 <= status < 500:
        return Declined(f"{host} refuses this question {said}: check the url of the source and the plan of its key")
    if status >= 500:
        return Declined(f"{host} cannot answer this question {said}: ask another source")
    return Malformed(f"{host} answered with a status that is no answer {said}: check the url of the source")
