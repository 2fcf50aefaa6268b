"""JSON-RPC over a plain or a TLS socket, one object a line, as Electrum servers speak it; a connection a thread."""

import json
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock, local
from typing import TypeAlias
from urllib.parse import urlsplit

from chaintrace.adapters.transport.deadline import Deadline
from chaintrace.adapters.transport.failures import translated
from chaintrace.adapters.transport.limits import Patience
from chaintrace.adapters.transport.proxy import Proxy, through_socks
from chaintrace.adapters.transport.redaction import in_short
from chaintrace.adapters.transport.request import Request
from chaintrace.adapters.transport.wire import Received, too_long
from chaintrace.errors import Malformed, Refused
from chaintrace.model.nesting import shallow

Connect: TypeAlias = Callable[[tuple[str, int], float], socket.socket]
"""Opens a socket to host and port within so many seconds: `socket.create_connection`, or a test's own."""

_CHUNK = 1 << 16
_MOMENT = 0.1
"""Seconds after which a server that holds small answers back is nudged."""


class _Line:
    """One connection and what was read of it beyond the last line."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.rest = bytearray()
        self.garbled = False
        self.nudged = False


class _Lines(local):
    """The connections of one thread, by scheme and host."""

    def __init__(self) -> None:
        self.open: dict[tuple[str, str], _Line] = {}


class LineWire:
    """A wire for tcp and tls. After any failure the connection is closed: a late answer is never taken for another."""

    def __init__(
        self,
        proxy: Proxy | None,
        ca_file: Path | None,
        patience: Patience,
        monotonic: Callable[[], float],
        connect: Connect = socket.create_connection,
    ) -> None:
        self._proxy = proxy
        self._ca_file = ca_file
        self._patience = patience
        self._monotonic = monotonic
        self._connect = connect
        self._mine = _Lines()
        self._all: dict[int, socket.socket] = {}
        self._lock = Lock()

    def send(self, request: Request, limit: int, ends_at: float) -> Received:
        """Send one line and read the line that answers it; see `Wire.send`."""
        deadline = Deadline(self._monotonic)
        deadline.ends_at = ends_at
        with self._line(request, limit, deadline) as line:
            content = self._exchange(line, request.body, request.host, limit, deadline, nudge=request.nudge)
            return Received(200, {}, content)

    def close(self) -> None:
        """Close the connections of every thread."""
        with self._lock:
            for sock in self._all.values():
                sock.close()
            self._all.clear()
        self._mine = _Lines()

    @contextmanager
    def _line(self, request: Request, limit: int, deadline: Deadline) -> Iterator[_Line]:
        """This thread's connection to the host, opened when needed, closed after a failure."""
        where = (urlsplit(request.url).scheme, request.host)
        try:
            with translated(request.host, deadline, self._proxy):
                if where not in self._mine.open:
                    self._mine.open[where] = line = _Line(self._opened(request.url, deadline))
                    with self._lock:
                        self._all[id(line)] = line.sock
                    if request.greeting:
                        greeted = self._exchange(line, request.greeting, request.host, limit, deadline)
                        if request.greeted is not None:
                            request.greeted(greeted, 200)
                line = self._mine.open[where]
                yield line
            if line.garbled:
                self._drop(where)
        except BaseException:
            self._drop(where)
            raise

    def _drop(self, where: tuple[str, str]) -> None:
        """Close a connection of this thread."""
        line = self._mine.open.pop(where, None)
        if line is not None:
            with self._lock:
                self._all.pop(id(line), None)
            line.sock.close()

    def _opened(self, url: str, deadline: Deadline) -> socket.socket:
        """A new connection, with TLS verified where the url says tls."""
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        if port is None:
            raise Refused(f"{host} cannot be asked: its url has no port; write {parts.scheme}://{host}:port")

        def direct(name: str, number: int) -> socket.socket:
            return self._connect((name, number), min(self._patience.connect, deadline.left()))

        if self._proxy is None:
            sock = direct(host, port)
        elif self._proxy.kind == "socks5":
            sock = through_socks(self._proxy, host, port, direct)
        else:
            raise Refused(
                f"{host} is asked over {parts.scheme}, which goes through a SOCKS proxy only, not {self._proxy.shown}"
            )
        if parts.scheme != "tls":
            return sock
        try:
            context = ssl.create_default_context()
            if self._ca_file is not None:
                context.load_verify_locations(self._ca_file)
            return context.wrap_socket(sock, server_hostname=host)
        except BaseException:
            sock.close()
            raise

    def _exchange(
        self, line: _Line, body: bytes, host: str, limit: int, deadline: Deadline, *, nudge: bytes = b""
    ) -> bytes:
        """Send a line and read until the answer to it; notices that nobody asked for are passed over."""
        line.sock.settimeout(min(self._patience.read, deadline.left()))
        line.sock.sendall(body + b"\n")
        line.nudged = False
        sent = json.loads(body).get("id")
        nudging = json.loads(nudge)["id"] if nudge else None
        while True:
            answer = self._next(line, host, limit, deadline, nudge)
            try:
                read = json.loads(shallow(answer), parse_float=str)
            except (ValueError, RecursionError):
                line.garbled = True  # whoever asked says what it is instead
                return answer
            if isinstance(read, dict) and "id" not in read and "method" in read:
                continue
            if nudging is not None and isinstance(read, dict) and read.get("id") == nudging:
                continue
            if isinstance(read, dict) and read.get("id") != sent:
                raise Malformed(
                    f"{host} answered question {in_short(read.get('id'), 20)} where {sent} was asked: its answers are "
                    "mixed up, so none of them is used; ask another source"
                )
            return answer

    def _next(self, line: _Line, host: str, limit: int, deadline: Deadline, nudge: bytes) -> bytes:
        """The next line, without its end; `nudge` is sent when none has come for a moment."""
        start = 0
        while (end := line.rest.find(b"\n", start)) < 0:
            start = len(line.rest)
            if start > limit:
                raise too_long(host, limit)
            wait = min(self._patience.read, deadline.left())
            line.sock.settimeout(min(wait, _MOMENT) if nudge and not line.nudged else wait)
            try:
                piece = line.sock.recv(_CHUNK)
            except TimeoutError:
                if not nudge or line.nudged:
                    raise
                line.sock.sendall(nudge + b"\n")
                line.nudged = True
                continue
            if not piece:
                raise ConnectionResetError("the other side closed the connection")
            line.rest += piece
        answer = bytes(line.rest[:end])
        del line.rest[: end + 1]
        if len(answer) > limit:
            raise too_long(host, limit)
        return answer
