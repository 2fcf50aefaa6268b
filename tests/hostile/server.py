"""A loopback HTTP server that answers well, and badly where it is told to: the stand-in for every API.

with HostileServer(handler) as server:              # handler: Asked -> Given
    server.fault("drip", on="/api/tx/", times=1)    # a path prefix, or the method of a JSON-RPC call
    server.change(lambda asked, given: replace(given, body=b"[]"), on="/api/address/")
    ... ask server.url ...
    assert server.asked[0].path == "/api/tx/…"
"""

from __future__ import annotations

import json
import socket
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock
from typing import Self

from tests.hostile.faults import BY_NAME
from tests.hostile.loopback import DRIP_SECONDS, HUGE, PAGE, Loopback, Quiet

ELSEWHERE = "http://elsewhere.invalid"
_STATUSES = {"401": 401, "403": 403, "429": 429, "429 and when": 429, "500": 500, "503": 503}


@dataclass(frozen=True)
class Asked:
    """One request as it came in. `path` has the query."""

    method: str
    path: str
    body: bytes
    headers: dict[str, str]

    @property
    def call(self) -> str:
        """The method of a JSON-RPC call, else empty."""
        try:
            read = json.loads(self.body)
        except ValueError:
            return ""
        return str(read.get("method", "")) if isinstance(read, dict) else ""


@dataclass(frozen=True)
class Given:
    """One answer."""

    body: bytes = b""
    status: int = 200
    kind: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()

    @classmethod
    def json(cls, value: object, status: int = 200) -> Self:
        return cls(json.dumps(value).encode(), status)


Handler = Callable[[Asked], Given]
Change = Callable[[Asked, Given], Given]


@dataclass
class Order:
    """What is to go wrong, where, and how often still (None: always)."""

    what: str | Change
    on: str = ""
    left: int | None = None

    def meets(self, asked: Asked) -> bool:
        if self.left == 0 or not (asked.path.startswith(self.on) or asked.call == self.on):
            return False
        self.left = None if self.left is None else self.left - 1
        return True


@dataclass
class Orders:
    """The orders of a server, the latest first, and what it was asked."""

    orders: list[Order] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def note(self, asked: Asked) -> tuple[str, list[Change]]:
        """Remember what was asked; the fault that it meets, if any, and the changes to its answer."""
        with self.lock:
            self.asked.append(asked)
            fault, changes = "", []
            for order in reversed(self.orders):
                if isinstance(order.what, str):
                    fault = fault or (order.what if order.meets(asked) else "")
                elif order.meets(asked):
                    changes.append(order.what)
            return fault, changes


class HostileServer(Loopback):
    """Threaded, on a free port of 127.0.0.1, until the `with` ends."""

    scheme = "http"

    def __init__(self, handler: Handler) -> None:
        self._orders = Orders()
        self.serve(_Server(("127.0.0.1", 0), _Answering))
        self._server.handler = handler
        self._server.orders = self._orders
        self._server.stopping = self.stopping

    @property
    def asked(self) -> list[Asked]:
        """Every request so far, in the order of its coming."""
        return self._orders.asked

    def fault(self, name: str, on: str = "", times: int | None = None) -> None:
        """From now on requests on `on` (a path prefix or a JSON-RPC method) meet this fault, `times` times."""
        assert BY_NAME[name].kind == "carriage", f"{name} is a fault of content: use change()"
        if name == "gzip bomb":
            bomb()  # made now, for whoever asks may be too impatient
        if name == "refused":
            self.refuse_connections()
            return
        self._orders.orders.append(Order(name, on, times))

    def change(self, how: Change, on: str = "", times: int | None = None) -> None:
        """From now on answers on `on` are changed before they are sent."""
        self._orders.orders.append(Order(how, on, times))

    def good(self) -> None:
        """Everything is well again."""
        self._orders.orders.clear()


class _Server(Quiet, ThreadingHTTPServer):
    handler: Handler
    orders: Orders
    stopping: Event


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = Asked(self.command, self.path, body, {k.lower(): v for k, v in self.headers.items()})
        fault, changes = self.server.orders.note(asked)
        given = self.server.handler(asked) if fault not in _STATUSES else Given(PAGE, kind="text/html")
        for change in changes:
            given = change(asked, given)
        getattr(self, "_" + fault.lower().replace(" ", "_").replace("-", "_"), self._good)(given, fault)

    do_POST = do_GET  # noqa: N815  # the library's name

    def _good(self, given: Given, fault: str) -> None:
        """A whole answer; with the status of a fault that is one."""
        status = _STATUSES.get(fault, given.status)
        extra = (("Retry-After", "1"),) if fault == "429 and when" else ()
        self._head(status, given.kind, len(given.body), (*given.headers, *extra))
        self.wfile.write(given.body)

    def _head(self, status: int, kind: str, length: int, headers: tuple[tuple[str, str], ...] = ()) -> None:
        self.send_response(status)
        for name, value in (("Content-Type", kind), ("Content-Length", str(length)), *headers):
            self.send_header(name, value)
        self.end_headers()

    def _time_out(self, *_: object) -> None:
        self.server.stopping.wait(20)
        self.close_connection = True

    def _reset(self, *_: object) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def _half_a_body(self, given: Given, _: str) -> None:
        self._head(given.status, given.kind, max(2, len(given.body)))
        self.wfile.write(given.body[: len(given.body) // 2])
        self.close_connection = True

    def _drip(self, given: Given, _: str) -> None:
        self._head(given.status, given.kind, 1_000)
        for place in range(1_000):
            if self.server.stopping.wait(DRIP_SECONDS):
                break
            self.wfile.write(given.body[place : place + 1] or b" ")

    def _web_page(self, *_: object) -> None:
        self._head(200, "text/html", len(PAGE))
        self.wfile.write(PAGE)

    def _200_mb(self, given: Given, _: str) -> None:
        self._head(200, given.kind, HUGE)
        piece = b" " * (1 << 16)
        for _piece in range(HUGE // len(piece)):
            self.wfile.write(piece)

    def _gzip_bomb(self, given: Given, _: str) -> None:
        packed = bomb()
        self._head(200, given.kind, len(packed), (("Content-Encoding", "gzip"),))
        self.wfile.write(packed)

    def _redirect(self, *_: object) -> None:
        self._head(302, "text/plain", 0, (("Location", ELSEWHERE + self.path),))

    def _wrong_id(self, given: Given, _: str) -> None:
        self._good(Given(with_another_id(given.body), given.status, given.kind, given.headers), "")


@cache
def bomb() -> bytes:
    """64 MB of spaces, in about 64 KB."""
    packer = zlib.compressobj(9, wbits=31)
    piece = b" " * (1 << 20)
    return b"".join(packer.compress(piece) for _ in range(64)) + packer.flush()


def with_another_id(body: bytes) -> bytes:
    """A JSON-RPC answer, or a batch of them, with other ids; anything else as it is."""
    try:
        read = json.loads(body)
    except ValueError:
        return body
    for answer in read if isinstance(read, list) else [read]:
        if isinstance(answer, dict) and isinstance(answer.get("id"), int):
            answer["id"] += 1
    return json.dumps(read).encode()
