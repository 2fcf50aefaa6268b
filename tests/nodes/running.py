"""Real nodes on loopback, for the tests: bcoin on regtest and ElectrumX on it.

Each is one process with a folder of its own, started on free ports, waited for until its first good answer, and stopped
by its process id. bcoin keeps its chain in memory: a new process is a new chain. What is asked here goes straight to
the node, apart from the package that is under test.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from base64 import b64encode
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

HERE = Path(__file__).resolve().parent
USER, PASSWORD = "user", "regtest-password"
PATIENCE = 60.0
"""Seconds that a node has to answer for the first time, and then to end: on a busy machine it needs many."""
REMEDY = "run `make system` as root, then `make nodes`"

_numbers = count(1)


class RpcError(Exception):
    """A JSON-RPC error that a node answered."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


@dataclass(frozen=True)
class Bcoin:
    """A running node. `url` has no credentials: `user` and `password` are asked for by HTTP basic auth."""

    url: str
    folder: Path
    user: str
    password: str
    pid: int

    def rpc(self, method: str, *params: object) -> Any:  # whatever the node answers
        """What the node answers. Amounts are Decimal or int. Raises RpcError."""
        [answer] = self.batch(method, [params])
        return answer

    def batch(self, method: str, several: Iterable[tuple[object, ...]]) -> list[Any]:
        """The answers to a question with each of these parameters, asked at once. Raises RpcError, of the first."""
        asks = [{"id": next(_numbers), "method": method, "params": params} for params in several]
        request = urllib.request.Request(self.url, json.dumps(asks).encode(), {"Content-Type": "application/json"})  # noqa: S310  # loopback
        secret = f"{self.user}:{self.password}".encode()
        request.add_header("Authorization", "Basic " + b64encode(secret).decode())
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310  # the same
            told = json.loads(answer.read(), parse_float=Decimal)
        assert [one["id"] for one in told] == [one["id"] for one in asks]
        for one in told:
            if one.get("error"):
                raise RpcError(one["error"]["code"], one["error"]["message"])
        return [one["result"] for one in told]

    @property
    def height(self) -> int:
        """Of its tip."""
        return self.rpc("getblockcount")

    @property
    def tip(self) -> str:
        """The hash of its last block."""
        return self.rpc("getbestblockhash")


@dataclass(frozen=True)
class ElectrumX:
    """A running server of the Electrum protocol, plain TCP on loopback."""

    host: str
    port: int
    folder: Path
    pid: int

    @property
    def url(self) -> str:
        """As a case writes it."""
        return f"tcp://{self.host}:{self.port}"

    def call(self, method: str, *params: object) -> Any:  # whatever the server answers
        """One question over a connection of its own, after the greeting that the protocol asks for."""
        with socket.create_connection((self.host, self.port), timeout=30) as plug, plug.makefile("rwb") as lines:
            for number, (name, arguments) in enumerate(
                [("server.version", ("test", ["1.4", "1.6"])), (method, params)]
            ):
                ask = {"jsonrpc": "2.0", "id": number, "method": name, "params": arguments}
                lines.write(json.dumps(ask).encode() + b"\n")
                lines.flush()
                told = json.loads(lines.readline(), parse_float=Decimal)
        if told.get("error"):
            raise RpcError(told["error"]["code"], told["error"]["message"])
        return told["result"]


def missing() -> str:
    """What of the programs is not here, in words; empty when all is."""
    if shutil.which("node") is None:
        return "Node.js"
    if not (HERE / "node_modules" / "bcoin").is_dir():
        return "bcoin"
    return "" if electrumx_program().is_file() else "ElectrumX"


def electrumx_program() -> Path:
    """Where the package `e-x` puts its server: beside this Python."""
    return Path(sys.executable).parent / "electrumx_server"


@contextmanager
def bcoin(folder: Path, *options: str) -> Iterator[Bcoin]:
    """A node on regtest with an empty chain, the index of transactions among the rest; `options` are added."""
    port = free_port()
    command = [
        *("node", str(HERE / "regtest-node.js"), "--network=regtest", "--memory=true", "--workers=false"),
        *("--no-wallet", f"--api-key={PASSWORD}", "--index-tx", "--index-address", "--listen=false"),
        *("--http-host=127.0.0.1", f"--http-port={port}", f"--prefix={folder}", "--log-level=warning", *options),
    ]
    with running(command, folder) as process:
        node = Bcoin(f"http://127.0.0.1:{port}", folder, USER, PASSWORD, process.pid)
        wait(process, folder, lambda: node.rpc("getblockcount") >= 0)
        yield node


@contextmanager
def electrumx(folder: Path, node: Bcoin) -> Iterator[ElectrumX]:
    """A server that has indexed all that the node has."""
    port, control = free_port(), free_port()
    place = node.url.removeprefix("http://")
    settings = {
        "COIN": "Bitcoin",
        "NET": "regtest",
        "DB_ENGINE": "leveldb",
        "DB_DIRECTORY": str(folder),
        "DAEMON_URL": f"http://{node.user}:{node.password}@{place}/",
        "SERVICES": f"tcp://127.0.0.1:{port},rpc://127.0.0.1:{control}",
        "PEER_DISCOVERY": "",
        "PEER_ANNOUNCE": "",
        "COST_SOFT_LIMIT": "1000000",
        "COST_HARD_LIMIT": "10000000",
        "ALLOW_ROOT": "1",
        "CACHE_MB": "100",
    }
    with running([sys.executable, str(electrumx_program())], folder, settings) as process:
        server = ElectrumX("127.0.0.1", port, folder, process.pid)
        wait(process, folder, lambda: server.call("blockchain.headers.subscribe")["height"] == node.height)
        yield server


@contextmanager
def running(
    command: list[str], folder: Path, settings: dict[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends with the block. What it says goes to `output.txt` in its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "output.txt").open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **(settings or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait(process: subprocess.Popen[bytes], folder: Path, good: Callable[[], bool]) -> None:
    """Until `good` says so; fails with what the process said when it ends or takes too long."""
    deadline = time.monotonic() + PATIENCE
    last = "no answer"
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if good():
                return
        except (OSError, ValueError, RpcError) as error:
            last = repr(error)
        time.sleep(0.05)
    said = (folder / "output.txt").read_text("utf-8", "replace")[-2000:]
    raise AssertionError(f"{process.args!r} is not ready ({last}):\n{said}")


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]
