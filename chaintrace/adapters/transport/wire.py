"""What carries one request to one host and one answer back: the port behind the door."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from chaintrace.adapters.transport.request import Request
from chaintrace.errors import Malformed


@dataclass(frozen=True, slots=True)
class Received:
    """One answer: status, headers in lower case, and the decoded body, whole."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Wire(Protocol):
    """Sends one request, once. It neither repeats nor follows; every failure is one of ours.

    Raises Unavailable for what may be asked again, Refused and Malformed for what may not. No sentence of its has a
    word of the other side's in it, nor any of the request but its host.
    """

    def send(self, request: Request, limit: int, ends_at: float) -> Received:
        """The answer, of at most `limit` decoded bytes, whole before the stop watch shows `ends_at`."""
        ...

    def close(self) -> None:
        """Close every connection of every thread."""
        ...


def gather(pieces: Iterable[bytes], limit: int, host: str) -> bytes:
    """The pieces of a body as one. Raises Malformed as soon as they are more than `limit` bytes."""
    gathered: list[bytes] = []
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > limit:
            raise too_long(host, limit)
        gathered.append(piece)
    return b"".join(gathered)


def too_long(host: str, limit: int) -> Malformed:
    """More than any honest answer has."""
    return Malformed(
        f"{host} sends more than the {limit:,} bytes that an answer may have: it was cut off and none of it is used; "
        "ask another source"
    )
