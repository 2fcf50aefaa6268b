"""Loopback servers below HTTP: one that sends what it is told, a SOCKS 5 proxy, and a certificate of one's own."""

from __future__ import annotations

import socket
import subprocess
from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator
    from pathlib import Path


@contextmanager
def listening(talk: Callable[[socket.socket, Event], None], tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """A server that lets `talk` have each connection, in a thread; gives its host and port."""
    stopping = Event()
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        Thread(target=_serve, args=(server, talk, stopping, tls), daemon=True).start()
        try:
            yield f"127.0.0.1:{server.getsockname()[1]}"
        finally:
            stopping.set()
            server.shutdown(socket.SHUT_RDWR)


def _serve(server: socket.socket, talk, stopping: Event, tls) -> None:
    while not stopping.is_set():
        try:
            sock, _ = server.accept()
        except OSError:
            return
        Thread(target=_talk, args=(sock, talk, stopping, tls), daemon=True).start()


def _talk(sock: socket.socket, talk, stopping: Event, tls) -> None:
    with sock:
        try:
            if tls is None:
                talk(sock, stopping)
            else:
                with tls.wrap_socket(sock, server_side=True) as secure:
                    talk(secure, stopping)
        except OSError:
            return  # the other side may go when it likes


def drip(content: bytes, seconds: float = 0.05) -> Callable[[socket.socket, Event], None]:
    """Sends these bytes one at a time, from the first byte of the status line, and then spaces for ever."""

    def talk(sock: socket.socket, stopping: Event) -> None:
        sock.recv(65_536)
        place = 0
        while not stopping.wait(seconds):
            sock.sendall(content[place : place + 1] or b" ")
            place += 1

    return talk


class Socks:
    """A SOCKS 5 proxy that connects everything to one place, and remembers what it was asked for."""

    def __init__(self, target: str, *, reply: int = 0, user: str = "") -> None:
        self.target = target
        self.reply = reply
        self.user = user
        self.wanted: list[tuple[str, int]] = []
        self.logins: list[str] = []

    def __call__(self, sock: socket.socket, stopping: Event) -> None:
        _, count = sock.recv(2)
        methods = sock.recv(count)
        method = 2 if self.user else 0
        sock.sendall(bytes([5, method if method in methods else 255]))
        if method not in methods:
            return
        if method == 2:
            _, length = sock.recv(2)
            name = sock.recv(length).decode()
            self.logins.append(f"{name}:{sock.recv(sock.recv(1)[0]).decode()}")
            sock.sendall(bytes([1, name != self.user]))
        head = sock.recv(4)
        assert head == b"\x05\x01\x00\x03"  # a name, to be looked up here
        host = sock.recv(sock.recv(1)[0]).decode()
        self.wanted.append((host, int.from_bytes(sock.recv(2), "big")))
        sock.sendall(bytes([5, self.reply, 0, 1]) + bytes(6))
        if self.reply == 0:
            self._join(sock, stopping)

    def _join(self, sock: socket.socket, stopping: Event) -> None:
        host, _, port = self.target.rpartition(":")
        with socket.create_connection((host, int(port))) as other:
            back = Thread(target=_copy, args=(other, sock), daemon=True)
            back.start()
            _copy(sock, other)
            stopping.wait(0.01)
            back.join(2)


class Connect:
    """An HTTP proxy that joins what it is asked to CONNECT, and remembers the head of each request."""

    def __init__(self) -> None:
        self.heads: list[bytes] = []

    def __call__(self, sock: socket.socket, _stopping: Event) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += sock.recv(4_096)
        self.heads.append(head)
        host, _, port = head.split()[1].decode().rpartition(":")
        with socket.create_connection((host, int(port))) as other:
            sock.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = Thread(target=_copy, args=(other, sock), daemon=True)
            back.start()
            _copy(sock, other)
            back.join(2)


def _copy(source: socket.socket, sink: socket.socket) -> None:
    try:
        while piece := source.recv(65_536):
            sink.sendall(piece)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        return  # one of the two has gone


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A self-signed certificate for a name, and its key, made by openssl."""
    cert, key = folder / f"{name}.pem", folder / f"{name}.key"
    kind = "IP" if name[0].isdigit() else "DNS"
    subprocess.run(
        f"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN={name} "
        f"-addext subjectAltName={kind}:{name} -keyout {name}.key -out {name}.pem".split(),
        cwd=folder,
        check=True,
        capture_output=True,
    )
    return cert, key
