"""The door that is open: it asks what was not recorded, as often as it may, and records what is answered."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC
from threading import BoundedSemaphore, Lock
from types import TracebackType
from typing import Literal, Self, TypeAlias
from urllib.parse import urljoin, urlsplit

from chaintrace.adapters.transport.allowance import allowance
from chaintrace.adapters.transport.credentials import Keys, filled
from chaintrace.adapters.transport.limits import Buckets, Patience, Rates
from chaintrace.adapters.transport.redaction import Redactor, in_short
from chaintrace.adapters.transport.replay import Recorded, Records
from chaintrace.adapters.transport.request import Answer, Query, Request
from chaintrace.adapters.transport.statuses import Later, redirect, verdict
from chaintrace.adapters.transport.timing import SYSTEM, Timing
from chaintrace.adapters.transport.wire import Received
from chaintrace.adapters.transport.wiring import Wires
from chaintrace.errors import AdapterError, Malformed, Refused, Unavailable

Allowed: TypeAlias = Literal["none", "own", "public"]
"""What may be asked: nothing, the user's own hosts, or public services too (`CHAINTRACE_NETWORK`)."""

Observer: TypeAlias = Callable[[Query], None]
"""Is told of each outgoing query, one at a time, from the thread that asks."""


CONNECTIONS = 64
"""How many requests are under way at a time, where nobody wants fewer."""


class LiveDoor:
    """Asks the network. Safe to share between threads: `connections` of them at a time. Close it when done.

    `allowed`, `keys` and the proxy in `wires` are read from the environment by whoever opens the case, and handed in.
    """

    def __init__(  # noqa: PLR0913  # each is a port, named at the call
        self,
        archive: Records,
        wires: Wires,
        *,
        allowed: Allowed,
        keys: Keys,
        queries: Observer,
        patience: Patience | None = None,
        rates: Rates | None = None,
        timing: Timing = SYSTEM,
        connections: int = CONNECTIONS,
    ) -> None:
        self._recorded = Recorded(archive)
        self._wires = wires
        self._allowed = allowed
        self._keys = keys
        self._queries = queries
        self._patience = patience or Patience()
        self._timing = timing
        self._buckets = Buckets(rates or Rates(), timing)
        self._lines = BoundedSemaphore(connections)
        self._telling = Lock()
        self.redactor = Redactor()

    def ask(self, request: Request) -> Answer:
        """The recorded answer where it still holds, else the network's, which is in the archive before it is returned.

        Raises Unavailable (try again later), Refused (stop asking) or Malformed (not what it claims to be).
        """
        text = request.text
        if not request.lasting:
            return self._fetch(request, text)
        with self._recorded.turn(text):
            return self._recorded.find(request, text) or self._fetch(request, text)

    def close(self) -> None:
        """Close every connection. Nobody may be asking."""
        self._wires.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _fetch(self, request: Request, text: str) -> Answer:
        """Ask the network until there is an answer, or no sense in asking."""
        self._permit(request)
        outgoing = filled(request, self._keys, self.redactor)
        if self.redactor.finds(text.encode()):
            raise Refused(f"the url of {request.host} has the key in it and would be kept: write {{key}} there instead")
        ends_at = self._timing.monotonic() + self._patience.total
        number = 1
        while isinstance(outcome := self._try(request, outgoing, text), Later):
            wait = self._wait(outcome, number)
            last = request.once or number == self._patience.tries or self._timing.monotonic() + wait > ends_at
            if last or wait > self._patience.longest_wait:
                raise _given_up(outcome, number)
            if outcome.wait is None:
                self._timing.sleep(wait)
            else:
                self._buckets.pause(request, wait)
            number += 1
        return outcome

    def _permit(self, request: Request) -> None:
        """Raise Refused where the user does not want this host to be asked."""
        if self._allowed == "none":
            raise Refused(
                f"{request.host} was not asked, because the network is switched off: set CHAINTRACE_NETWORK to own or "
                "public"
            )
        if self._allowed == "own" and request.reach == "public":
            raise Refused(
                f"{request.host} was not asked, because it is public and would learn what the case asks: use a node of "
                "your own, or set CHAINTRACE_NETWORK to public"
            )

    def _wait(self, later: Later, number: int) -> float:
        """Seconds until the next try: what the host says, or twice as long as the last time, scattered."""
        if later.wait is not None:
            return later.wait
        longest: float = min(self._patience.longest_wait, self._patience.first_wait * (1 << (number - 1)))
        return longest * (1 + self._timing.jitter()) / 2

    def _try(self, request: Request, outgoing: Request, text: str) -> Answer | Later:
        """Send it, redirects within the host followed."""
        for _ in range(self._patience.redirects + 1):
            self._buckets.wait(request)
            outcome = self._once(request, outgoing, text)
            if not isinstance(outcome, str):
                return outcome
            try:
                outgoing = _redirected(outgoing, outcome, request.host)
            except Refused as error:
                raise Refused(self.redactor.clean(str(error))) from None
        raise Refused(f"{request.host} redirects in a circle: check the url of the source")

    def _once(self, request: Request, outgoing: Request, text: str) -> Answer | Later | str:
        """Send it once, and tell the observer; the answer, why it comes later, or where it is said to be."""
        received: Received | None = None
        try:
            limit = request.size_limit or self._patience.size
            with self._lines:
                received = self._wires.send(outgoing, limit, self._timing.monotonic() + self._patience.deadline)
            location = redirect(received, request)
            later = None if location else verdict(received, request, self._timing.now())
            if self.redactor.finds(received.content):
                raise Malformed(
                    f"{request.host} repeats the key in its answer, which was therefore not kept: ask another source"
                )
        except AdapterError as error:
            said = self.redactor.clean(str(error))  # the key may be part of the host's name
            self._tell(request, text, received, outcome=said)
            if isinstance(error, Unavailable):
                return Later(said)
            raise type(error)(said) from None
        if location or later:
            self._tell(request, text, received, outcome=later.sentence if later else "redirected")
            return later or location or ""
        return self._keep(request, text, received)

    def _keep(self, request: Request, text: str, received: Received) -> Answer | Later:
        """Archive an answer, and only then look at it."""
        source = self._recorded.keep(request, text, received.status, received.content)
        self._tell(request, text, received, sha256=source.sha256)
        try:
            if request.check is not None:
                request.check(received.content, received.status)
        except Unavailable as error:
            return Later(str(error))
        return Answer(received.content, source, received.status, allowance=allowance(received.headers))

    def _tell(
        self, request: Request, text: str, received: Received | None, *, sha256: str = "", outcome: str = "answered"
    ) -> None:
        """Tell the observer of one outgoing query, without anything secret."""
        query = Query(
            self._timing.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            request.adapter,
            request.host,
            self.redactor.clean(text),
            received.status if received else 0,
            sha256,
            len(received.content) if received else 0,
            self.redactor.clean(outcome),
        )
        with self._telling:
            self._queries(query)


def _given_up(later: Later, number: int) -> Unavailable:
    """Why nobody asks again now."""
    asked = "once" if number == 1 else f"{number} times"
    named = f", and wants a pause of {later.wait} s" if later.wait else ""
    return Unavailable(
        f"{later.sentence}{named}; it was asked {asked}: try again later, nothing fetched so far is lost"
    )


def _redirected(outgoing: Request, location: str, host: str) -> Request:
    """The request to where a redirect points. Raises Refused when that is another host: it would learn the question."""
    try:
        target = urljoin(outgoing.url, location)
        here, there = urlsplit(outgoing.url), urlsplit(target)
    except ValueError:
        raise Refused(f"{host} redirects to what is no url: check the url of the source") from None
    if (there.scheme, there.netloc) != (here.scheme, here.netloc.rpartition("@")[2]):
        elsewhere = in_short(f"{there.scheme}://{there.hostname}")
        raise Refused(
            f"{host} redirects to {elsewhere}, and nothing was sent there: if that is meant, write its url into the "
            "source"
        )
    return replace(outgoing, url=target)
