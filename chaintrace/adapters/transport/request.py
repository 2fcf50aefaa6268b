"""One question to one source: what is sent, what is written down about it, and what comes back."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias
from urllib.parse import urlsplit

from chaintrace.adapters.transport.redaction import without_credentials
from chaintrace.model.provenance import Source

Reach: TypeAlias = Literal["own", "public"]
"""Whose the source is: the user's own node learns nothing new, a public one learns what the case asks."""

Check: TypeAlias = Callable[[bytes, int], None]
"""Looks at an answer (content, status): returns, or raises Malformed, Refused, or Unavailable (then asked again)."""

_SHOWN_BODY = 1_000
_STATUS = re.compile(r" -> ([1-5][0-9][0-9])\Z")


@dataclass(frozen=True, slots=True)
class Request:
    """A question, as the door sends it. Equal questions have the same `text`, and are asked once.

    `url` is http, https, or (one JSON object a line) tcp or tls. Where the key of the adapter belongs, `url` or the
    value of a header says `{key}`: the door fills it in, and nothing that is written down ever has it. A header whose
    key is not set is left out; a url without its key is Refused. A parameter of a url whose value is `{key?}` is left
    out where no key is set.
    `settled`: the answer can never change (the bytes of a txid or of a block hash). Otherwise it holds for one pinned
    tip: `pin` is the block hash of that tip. A question that is neither (the tip itself) is asked each time.
    `accept` names statuses other than 200 that are answers too: 404 where "there is no such thing" is a fact, 500
    where a node answers JSON-RPC errors with it (a status from 500 counts only with a JSON object as its body).
    `check` is called with each answer after it was archived, and with a recorded one before it is used again: a
    record that does not pass is passed over, and the network is asked.
    `once`: not to be repeated after a failure. `greeting` is the first line of a new tcp or tls connection,
    and `greeted` looks at the answer to it, as `check` does at the others. `nudge` is a question whose answer is
    passed over: it is sent once when an answer is late, for servers that hold small answers back to disguise them.
    `size_limit` is in decoded bytes; 0 is the door's own.
    """

    adapter: str
    url: str
    method: Literal["GET", "POST"] = "GET"
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    reach: Reach = "public"
    settled: bool = False
    pin: str = ""
    accept: frozenset[int] = frozenset()
    check: Check | None = field(default=None, compare=False)
    once: bool = False
    greeting: bytes = b""
    greeted: Check | None = field(default=None, compare=False)
    nudge: bytes = b""
    size_limit: int = 0

    @property
    def text(self) -> str:
        """The archive's `request`: method, url, body and pin, without credentials. A long body is its SHA-256."""
        parts = [self.method, without_credentials(self.url)]
        if self.body:
            long = len(self.body) > _SHOWN_BODY
            digest = f"sha256:{hashlib.sha256(self.body).hexdigest()}"
            parts.append(digest if long else self.body.decode("utf-8", "backslashreplace"))
        if self.pin and not self.settled:
            parts.append(f"@ {self.pin}")
        return " ".join(parts)

    @property
    def host(self) -> str:
        """Host and port as the url has them, without credentials: what a sentence names and a rate is for."""
        try:
            return urlsplit(self.url).netloc.rpartition("@")[2].lower()
        except ValueError:
            return "the source"  # its url is not valid, and the wire says so

    @property
    def lasting(self) -> bool:
        """Whether a recorded answer holds: the question is settled, or pinned to a tip."""
        return self.settled or bool(self.pin)


@dataclass(frozen=True, slots=True)
class Answer:
    """The raw bytes of one answer, already in the archive. `replayed`: they were recorded earlier.

    `allowance` is how much the host says may still be asked, empty where it does not say.
    """

    content: bytes
    source: Source
    status: int = 200
    replayed: bool = False
    allowance: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """One outgoing query as the log of the case lists it: whoever answers knows that it was asked.

    `time` is UTC, ISO 8601. `status` is 0 where nothing was answered; `sha256` is empty where nothing was kept, and
    `outcome` then says why. `size` is in decoded bytes.
    """

    time: str
    adapter: str
    host: str
    request: str
    status: int
    sha256: str
    size: int
    outcome: str = "answered"


class Door(Protocol):
    """Asks, and keeps every answer. Shared by all threads and all sources of a case."""

    def ask(self, request: Request) -> Answer:
        """The answer, in the archive before it is returned.

        Raises Unavailable (try again later), Refused (stop asking) or Malformed (not what it claims to be), each with
        one sentence that names the host, the reason and the remedy, and never a key.
        """
        ...


def recorded_text(request: str, status: int) -> str:
    """What the archive calls an answer: the request, and the status when it is not 200."""
    return request if status == 200 else f"{request} -> {status}"


def recorded_status(text: str) -> tuple[str, int]:
    """The two parts of `recorded_text`."""
    found = _STATUS.search(text)
    return (text[: found.start()], int(found[1])) if found else (text, 200)
