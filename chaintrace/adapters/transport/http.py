"""HTTP and HTTPS over requests: nothing is taken from the environment, and every read has a deadline."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from chaintrace.adapters.transport.deadline import Deadline
from chaintrace.adapters.transport.failures import translated
from chaintrace.adapters.transport.limits import Patience
from chaintrace.adapters.transport.proxy import Proxy
from chaintrace.adapters.transport.request import Request
from chaintrace.adapters.transport.wire import Received, gather

if TYPE_CHECKING:
    import requests

_CHUNK = 1 << 16
_USER_AGENT = "python-requests"  # true, and says nothing of who asks


class _Line(NamedTuple):
    """A session, and the deadline that every read of it heeds. One request at a time goes over it."""

    session: "requests.Session"
    deadline: Deadline


class HttpWire:
    """A wire for http and https. Redirects are handed back, not followed; cookies are not kept."""

    def __init__(
        self, proxy: Proxy | None, ca_file: Path | None, patience: Patience, monotonic: Callable[[], float]
    ) -> None:
        self._proxy = proxy
        self._ca_file = ca_file
        self._patience = patience
        self._monotonic = monotonic
        self._free: list[_Line] = []
        self._lock = Lock()

    def send(self, request: Request, limit: int, ends_at: float) -> Received:
        """Send it once; see `Wire.send`."""
        line = self._taken()
        try:
            line.deadline.ends_at = ends_at
            return self._sent(line, request, limit)
        finally:
            with self._lock:
                self._free.append(line)

    def _sent(self, line: _Line, request: Request, limit: int) -> Received:
        """Send it over a line that nobody else uses."""
        import requests
        from urllib3.exceptions import HTTPError

        session, deadline = line
        headers = {"User-Agent": _USER_AGENT, "Accept-Encoding": "gzip, deflate", "Accept": "*/*"}
        headers.update(request.headers)
        with translated(request.host, deadline, self._proxy, (HTTPError,)):
            prepared = requests.Request(request.method, request.url, headers, data=request.body or None).prepare()
            waits = (min(self._patience.connect, deadline.left()), self._patience.read)
            response = session.send(prepared, stream=True, timeout=waits, allow_redirects=False)
            try:
                content = gather(_pieces(response), limit, request.host)
            except BaseException:
                response.close()
                raise
        return Received(response.status_code, {k.lower(): v for k, v in response.headers.items()}, content)

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            for line in self._free:
                line.session.close()
            self._free.clear()

    def _taken(self) -> _Line:
        """The line that was last in use and is free, so that no more are opened than are in use at once."""
        from chaintrace.adapters.transport.sessions import new_session

        with self._lock:
            if self._free:
                return self._free.pop()
        deadline = Deadline(self._monotonic)
        return _Line(new_session(self._proxy, self._ca_file, self._patience.read, deadline), deadline)


def _pieces(response: "requests.Response") -> Iterator[bytes]:
    """The decoded body, in pieces."""
    pieces: Iterator[bytes] = response.iter_content(_CHUNK)
    return pieces
