"""A loopback server of JSON-RPC lines that answers well, and badly where it is told to: the stand-in for Electrum.

with HostileLines(handler) as server:  # handler: (method, params) -> result; raise LineError for an error
    server.fault("drip", on="blockchain.transaction.get")
    server.change(lambda params, value: value[::-1], on="blockchain.scripthash.get_history")
    ... ask server.url ...
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Event, Lock

from tests.hostile.faults import BY_NAME, HTTP_ONLY
from tests.hostile.loopback import DRIP_SECONDS, HUGE, PAGE, Loopback, Quiet

Handler = Callable[[str, list], object]
Change = Callable[[list, object], object]


class LineError(Exception):
    """A JSON-RPC error: code and message."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class LineOrder:
    """What goes wrong, on which method (empty: on each), and how often still (None: always)."""

    what: str | Change
    on: str
    left: int | None

    def meets(self, method: str) -> bool:
        if self.left == 0 or self.on not in {"", method}:
            return False
        self.left = None if self.left is None else self.left - 1
        return True


@dataclass
class HostileLines(Loopback):
    """Threaded, on a free port of 127.0.0.1, until the `with` ends. `asked` has every (method, params)."""

    handler: Handler
    asked: list[tuple[str, list]] = field(default_factory=list)
    orders: list[LineOrder] = field(default_factory=list)
    connections: int = 0
    lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.serve(_Server(("127.0.0.1", 0), _Answering))
        self._server.lines = self

    def fault(self, name: str, on: str = "", times: int | None = None) -> None:
        """From now on calls of the method `on` (of all, when empty) meet this fault, `times` times."""
        assert BY_NAME[name].kind == "carriage", f"{name} is a fault of content: use change()"
        assert name not in HTTP_ONLY, f"{name} does not exist in a line protocol"
        if name == "refused":
            self.refuse_connections()
            return
        self.orders.append(LineOrder(name, on, times))

    def change(self, how: Change, on: str = "", times: int | None = None) -> None:
        """From now on results of the method `on` are changed before they are sent."""
        self.orders.append(LineOrder(how, on, times))

    def good(self) -> None:
        """Everything is well again."""
        self.orders.clear()

    def answer(self, line: bytes) -> tuple[str, bytes]:
        """The fault that a call meets, and its good answer."""
        call = json.loads(line)
        method, params = call["method"], call.get("params", [])
        with self.lock:
            self.asked.append((method, params))
            met = [order.what for order in reversed(self.orders) if order.meets(method)]
        fault = next((what for what in met if isinstance(what, str)), "")
        answer = {"jsonrpc": "2.0", "id": call["id"] + (fault == "wrong id")}
        try:
            value = self.handler(method, params)
            for change in met:
                value = value if isinstance(change, str) else change(params, value)
            answer["result"] = value
        except LineError as error:
            answer["error"] = {"code": error.code, "message": str(error)}
        return fault, json.dumps(answer).encode() + b"\n"


class _Server(Quiet, ThreadingTCPServer):
    lines: HostileLines


class _Answering(StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        with self.server.lines.lock:
            self.server.lines.connections += 1
        while line := self.rfile.readline():
            fault, answer = self.server.lines.answer(line)
            if self._sent(fault, answer):
                return

    def _sent(self, fault: str, answer: bytes) -> bool:
        """Send an answer, well or badly; whether the connection is over."""
        if fault not in {"", "wrong id", "web page"}:
            break_off(fault, answer.removesuffix(b"\n"), self, self.server.lines.stopping)
            return True
        self.wfile.write(PAGE + b"\n" if fault == "web page" else answer)
        return False


def break_off(fault: str, answer: bytes, talking: StreamRequestHandler, stopping: Event) -> None:
    """Say an answer, which has no end of its line, in the wrong way that ends a connection."""
    if fault == "time-out":
        stopping.wait(20)
    elif fault == "reset":
        talking.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    elif fault == "half a body":
        talking.wfile.write(answer[: len(answer) // 2])
    elif fault == "drip":
        for place in range(1_000):
            if stopping.wait(DRIP_SECONDS):
                break
            talking.wfile.write(answer[place : place + 1] or b" ")
    else:
        assert fault == "200 MB", fault
        piece = b" " * (1 << 16)
        for _ in range(HUGE // len(piece)):
            talking.wfile.write(piece)
