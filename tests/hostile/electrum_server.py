"""A loopback Electrum server, one JSON object a line, that answers well from blocks in memory, and badly when told to.

    with ElectrumServer(Ledger(blocks, pending)) as server:      # raw blocks from height 0 on, raw transactions
        server.fault("drip", on="blockchain.transaction.get", times=1)
        server.change(lambda params, answer: [], on="blockchain.scripthash.get_history")
        server.refuse(1, "history too large", on="blockchain.scripthash.get_history")
        ... ask server.url ...
        assert server.asked[0] == ("blockchain.block.header", (0,))

The ledger reads its blocks with python-bitcoinlib, apart from the code under test.
"""

from __future__ import annotations

import json
import socketserver
from collections.abc import Callable
from threading import Lock
from typing import Any

from tests.hostile.electrum_ledger import Ledger, Refusal
from tests.hostile.faults import BY_NAME, HTTP_ONLY
from tests.hostile.lines import LineOrder, break_off
from tests.hostile.loopback import PAGE, Loopback, Quiet

HELD = 1024
"""Bytes that a server of this kind gathers before it sends them, where `holding` is set."""

Change = Callable[[tuple[Any, ...], Any], Any]


class ElectrumServer(Loopback):
    """Threaded, on a free port of 127.0.0.1, until the `with` ends. `ledger` may be exchanged while it runs."""

    def __init__(self, ledger: Ledger, version: str = "1.6") -> None:
        self.ledger = ledger
        self.version = version
        self.asked: list[tuple[str, tuple[Any, ...]]] = []
        self.greetings = self.nudges = 0
        self.notices = False
        self.holding = False
        self._orders: list[LineOrder] = []
        self._lock = Lock()
        self.serve(_Server(("127.0.0.1", 0), _Talking))
        self._server.owner = self

    def fault(self, name: str, on: str = "", times: int | None = None) -> None:
        """From now on questions of method `on` meet this fault of carriage."""
        assert BY_NAME[name].kind == "carriage", f"{name} is a fault of content: use change()"
        assert name not in HTTP_ONLY, f"{name} is a fault of HTTP"
        if name == "refused":
            self.refuse_connections()
            return
        self._orders.append(LineOrder(name, on, times))

    def change(self, how: Change, on: str, times: int | None = None) -> None:
        """From now on answers to `on` are changed before they are sent: (params, answer) -> answer."""
        self._orders.append(LineOrder(how, on, times))

    def refuse(self, code: int, message: str, on: str, times: int | None = None) -> None:
        """From now on `on` is answered with a JSON-RPC error."""

        def how(_params: tuple[Any, ...], _answer: Any) -> Any:
            raise Refusal(code, message)

        self.change(how, on, times)

    def good(self) -> None:
        """Everything is well again."""
        self._orders.clear()

    def meet(self, method: str, params: tuple[Any, ...]) -> tuple[str, list[Change]]:
        """Note a question; the fault that it meets, if any, and the changes to its answer, the latest order first."""
        with self._lock:
            if method == "blockchain.block.headers":
                self.nudges += 1
            elif method == "server.version":
                self.greetings += 1
            else:
                self.asked.append((method, params))
            fault, changes = "", []
            for order in reversed(self._orders):
                if isinstance(order.what, str):
                    fault = fault or (order.what if order.meets(method) else "")
                elif order.meets(method):
                    changes.append(order.what)
            return fault, changes

    def answer(self, method: str, params: tuple[Any, ...]) -> Any:
        """What an honest server answers. Raises Refusal."""
        ledger = self.ledger
        known: dict[str, Callable[..., Any]] = {
            "server.version": lambda _name, _range: ["Stand-in 1", self.version],
            "blockchain.headers.subscribe": ledger.tip,
            "blockchain.block.header": lambda height: ledger.header(height).hex(),
            "blockchain.block.headers": self._headers,
            "blockchain.transaction.get": ledger.raw,
            "blockchain.transaction.get_merkle": ledger.branch,
            "blockchain.scripthash.get_history": ledger.history,
            "blockchain.scripthash.listunspent": ledger.unspent,
            "blockchain.scripthash.get_balance": ledger.balance,
        }
        if method not in known:
            raise Refusal(-32601, f'unknown method "{method}"')
        return known[method](*params)

    def _headers(self, start: int, count: int) -> dict[str, Any]:
        """Headers one after another, in a list from version 1.6 on."""
        told = [self.ledger.header(at).hex() for at in range(start, min(start + count, self.ledger.height + 1))]
        how = {"headers": told} if self.version == "1.6" else {"hex": "".join(told)}
        return {"count": len(told), "max": 2016, **how}


class _Server(Quiet, socketserver.ThreadingTCPServer):
    owner: ElectrumServer


class _Talking(socketserver.StreamRequestHandler):
    server: _Server
    held, said = b"", False

    def handle(self) -> None:
        for line in self.rfile:
            asked = json.loads(line)
            method, params = asked["method"], tuple(asked["params"])
            owner = self.server.owner
            fault, changes = owner.meet(method, params)
            told: dict[str, Any] = {"jsonrpc": "2.0", "id": asked["id"]}
            try:
                told["result"] = self._result(method, params, changes)
            except Refusal as refusal:
                told["error"] = refusal.error
            if fault == "wrong id":
                told["id"] += 1
            if owner.notices:
                self._say({"jsonrpc": "2.0", "method": "blockchain.headers.subscribe", "params": [owner.ledger.tip()]})
            good = not fault or fault == "wrong id"
            if not (self._say(told) if good else self._break(fault, json.dumps(told).encode())):
                return

    def _result(self, method: str, params: tuple[Any, ...], changes: list[Change]) -> Any:
        """The honest answer (a change sees an error as the Refusal that it is), changed as it was ordered."""
        try:
            answer = self.server.owner.answer(method, params)
        except Refusal as refusal:
            answer = refusal
        for change in changes:
            answer = change(params, answer)
        if isinstance(answer, Refusal):
            raise answer
        return answer

    def _say(self, told: dict[str, Any]) -> bool:
        self.held += json.dumps(told).encode() + b"\n"
        if not self.server.owner.holding or len(self.held) >= HELD or not self.said:
            self.wfile.write(self.held)
            self.held, self.said = b"", True
        return True

    def _break(self, fault: str, answer: bytes) -> bool:
        """Do it wrongly; whether the connection lives on."""
        if fault == "web page":
            self.wfile.write(PAGE + b"\n")
            return True
        break_off(fault, answer, self, self.server.owner.stopping)
        return False
