"""The proxy of a case: an HTTP one, or SOCKS 5 (RFC 1928, RFC 1929), which also looks up the names."""

import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Self
from urllib.parse import quote, unquote, urlsplit

from chaintrace.errors import InputError

_REPLIES = {
    1: "it failed",
    2: "its rules forbid it",
    3: "the network is out of reach",
    4: "the host is out of reach",
    5: "the host refused the connection",
    6: "the way is too long",
}


class SocksError(ConnectionError):
    """The proxy said no. The text is ours."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """Where everything goes through. `shown` is what may be printed."""

    kind: Literal["socks5", "http"]
    host: str
    port: int
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read the url of a proxy. Raises InputError when it cannot be one."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        scheme = {"socks5": "socks5", "socks5h": "socks5", "socks": "socks5", "http": "http"}.get(parts.scheme)
        if scheme is None or not parts.hostname or port is None:
            raise InputError(
                "the proxy is not understood: write it as socks5://host:port (Tor: socks5://127.0.0.1:9050) or "
                "http://host:port"
            )
        kind: Literal["socks5", "http"] = "socks5" if scheme == "socks5" else "http"
        return cls(kind, parts.hostname, port, unquote(parts.username or ""), unquote(parts.password or ""))

    @property
    def url(self) -> str:
        """With user and password, as requests takes it; never printed."""
        who = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}@" if self.user else ""
        return f"{self.kind}://{who}{self.host}:{self.port}"

    @property
    def shown(self) -> str:
        """Kind, host and port."""
        return f"{self.kind}://{self.host}:{self.port}"


def through_socks(proxy: Proxy, host: str, port: int, connect: Callable[[str, int], socket.socket]) -> socket.socket:
    """A connection to `host` through a SOCKS 5 proxy. Raises SocksError, or the system's OSError."""
    try:
        sock = connect(proxy.host, proxy.port)
    except ConnectionError as error:
        raise SocksError("is the proxy running?") from error
    try:
        _greet(sock, proxy)
        _ask_for(sock, host, port)
    except BaseException:
        sock.close()
        raise
    return sock


def _greet(sock: socket.socket, proxy: Proxy) -> None:
    """Agree on the way to log in."""
    sock.sendall(b"\x05" + (b"\x02\x00\x02" if proxy.user else b"\x01\x00"))
    version, method = _exactly(sock, 2)
    if version != 5 or method not in {0, 2}:
        raise SocksError("the proxy is not one of SOCKS 5, or wants user and password")
    if method == 2:
        _log_in(sock, proxy)


def _ask_for(sock: socket.socket, host: str, port: int) -> None:
    """Have the proxy look up the name and connect."""
    name = host.encode("ascii" if host.isascii() else "idna")
    sock.sendall(b"\x05\x01\x00\x03" + bytes([len(name)]) + name + port.to_bytes(2, "big"))
    _, reply, _, kind = _exactly(sock, 4)
    if reply != 0:
        raise SocksError(f"the proxy cannot connect: {_REPLIES.get(reply, 'it does not say why')}")
    length = {1: 4, 4: 16}.get(kind) or _exactly(sock, 1)[0]
    _exactly(sock, length + 2)


def _log_in(sock: socket.socket, proxy: Proxy) -> None:
    """User and password, which Tor takes to keep circuits apart (RFC 1929)."""
    user, password = proxy.user.encode()[:255], proxy.password.encode()[:255]
    sock.sendall(b"\x01" + bytes([len(user)]) + user + bytes([len(password)]) + password)
    if _exactly(sock, 2)[1] != 0:
        raise SocksError("the proxy does not accept user and password")


def _exactly(sock: socket.socket, length: int) -> bytes:
    """So many bytes of the proxy's."""
    read = b""
    while len(read) < length:
        piece = sock.recv(length - len(read))
        if not piece:
            raise SocksError("the proxy closed the connection")
        read += piece
    return read
