"""`python -m benchmarks.loopback MILLISECONDS`: a server on this machine that answers every request that much later.

It prints its port, and ends when its input does; then it prints how many it answered and the seconds of CPU it took.
Another module may `serve` answers of its own.
"""

import asyncio
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

ROOT = Path(__file__).resolve().parent.parent
SIZE = 500
"""Characters of an answer: as a small transaction in hexadecimal has."""

Respond: TypeAlias = Callable[[str, bytes], bytes]
"""From a request's path with its query, and its body, to the body of the answer."""

_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)


def body(path: str, sent: bytes = b"") -> bytes:
    """The answer to a path: each has its own."""
    del sent
    return (path * (SIZE // len(path) + 1)).encode()[:SIZE]


class Answering(asyncio.Protocol):
    """One connection, kept open."""

    answered = 0

    def __init__(self, latency: float, respond: Respond) -> None:
        """`latency` in seconds."""
        self._latency = latency
        self._respond = respond
        self._heard = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Whoever connects may ask."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each whole request later."""
        self._heard += data
        while b"\r\n\r\n" in self._heard:
            request, _, rest = self._heard.partition(b"\r\n\r\n")
            length = _LENGTH.search(request)
            size = int(length[1]) if length else 0
            if len(rest) < size:
                return
            sent, self._heard = rest[:size], rest[size:]
            content = self._respond(request.split(b" ", 2)[1].decode(), sent)
            head = f"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {len(content)}\r\n\r\n"
            asyncio.get_running_loop().call_later(self._latency, self._send, head.encode() + content)

    def _send(self, answer: bytes) -> None:
        Answering.answered += 1
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(answer)


async def serve(latency: float, respond: Respond = body) -> None:
    """Answer until the input ends; `latency` in seconds."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Answering(latency, respond), "127.0.0.1", 0, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    began = time.process_time()
    await loop.run_in_executor(None, sys.stdin.read)
    print(Answering.answered, time.process_time() - began, flush=True)
    server.close()


@dataclass
class Served:
    """A server that is running; what it said at its end is known after the `with` block."""

    url: str
    answered: int = field(default=0, init=False)
    cpu: float = field(default=0.0, init=False)


@contextmanager
def server(milliseconds: int, module: str = "benchmarks.loopback", *asked: str) -> Iterator[Served]:
    """A server in a process of its own: `python -m MODULE MILLISECONDS ASKED…`."""
    command = [sys.executable, "-m", module, str(milliseconds), *asked]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            served = Served(f"http://127.0.0.1:{int(process.stdout.readline() if process.stdout else '')}")
            yield served
            said = process.communicate(timeout=10)[0].split()
            served.answered, served.cpu = int(said[0]), float(said[1])
        except BaseException:
            process.kill()
            raise


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]) / 1000))
