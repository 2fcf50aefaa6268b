"""HTTP and HTTPS over requests: a session a thread, nothing taken from the environment, a deadline on every read."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Lock, local
from typing import TYPE_CHECKING

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


class _Sessions(local):
    """What a thread has for itself."""

    session: "requests.Session | None" = None
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
        self._mine = _Sessions()
        self._all: list[requests.Session] = []
        self._lock = Lock()

    def send(self, request: Request, limit: int, ends_at: float) -> Received:
        """Send it once; see `Wire.send`."""
        import requests
        from urllib3.exceptions import HTTPError

        session = self._session()
        deadline = self._mine.deadline
        deadline.ends_at = ends_at
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
        """Close the connections of every thread."""
        with self._lock:
            for session in self._all:
                session.close()
            self._all.clear()
        self._mine = _Sessions()

    def _session(self) -> "requests.Session":
        """The session of this thread."""
        from chaintrace.adapters.transport.sessions import new_session

        if self._mine.session is None:
            self._mine.deadline = Deadline(self._monotonic)
            self._mine.session = new_session(self._proxy, self._ca_file, self._patience.read, self._mine.deadline)
            with self._lock:
                self._all.append(self._mine.session)
        return self._mine.session


def _pieces(response: "requests.Response") -> Iterator[bytes]:
    """The decoded body, in pieces."""
    pieces: Iterator[bytes] = response.iter_content(_CHUNK)
    return pieces
