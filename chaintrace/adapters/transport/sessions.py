"""Sessions of requests whose every read ends with the deadline, and which may go through SOCKS.

A time-out of requests is for one wait on the socket, so a drip of one byte a second passes it for ever. Here each
answer is read through a file that shortens the wait to what is left until the deadline.
"""

import io
import socket
from collections.abc import Callable
from http.client import HTTPResponse
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chaintrace.adapters.transport.deadline import Deadline, Dripping
from chaintrace.adapters.transport.proxy import Proxy, through_socks

if TYPE_CHECKING:
    import requests


def new_session(proxy: Proxy | None, ca_file: Path | None, read: float, deadline: Deadline) -> "requests.Session":
    """A session for one thread. It takes nothing from the environment and keeps no cookies."""
    import requests
    from requests.adapters import HTTPAdapter
    from urllib3 import PoolManager
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

    plain, secure = _connections(proxy, read, deadline)
    trusted = _trusted(ca_file)

    class Plain(HTTPConnectionPool):
        ConnectionCls = plain

    class Secure(HTTPSConnectionPool):
        ConnectionCls = secure

    class Carrier(HTTPAdapter):
        """Uses our connections, directly and through an HTTP proxy."""

        def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # as in requests
            super().init_poolmanager(*args, **{**kwargs, **trusted})
            _use(self.poolmanager)

        def proxy_manager_for(self, *args: Any, **kwargs: Any) -> PoolManager:  # noqa: ANN401  # as in requests
            manager: PoolManager = super().proxy_manager_for(*args, **{**kwargs, **trusted})
            _use(manager)
            return manager

    def _use(manager: PoolManager) -> None:
        manager.pool_classes_by_scheme = {"http": Plain, "https": Secure}

    session = requests.Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.verify = True
    if proxy is not None and proxy.kind == "http":
        session.proxies = dict.fromkeys(("http", "https"), proxy.url)
    for scheme in ("http://", "https://"):
        session.mount(scheme, Carrier(pool_connections=8, pool_maxsize=2, max_retries=0))
    return session


def _trusted(ca_file: Path | None) -> dict[str, Any]:
    """A certificate that is trusted besides those of the usual authorities: another host may be a public one."""
    if ca_file is None:
        return {}
    from urllib3.util.ssl_ import create_urllib3_context

    context = create_urllib3_context()
    context.load_verify_locations(ca_file)
    return {"ssl_context": context}


def _connections(proxy: Proxy | None, read: float, deadline: Deadline) -> tuple[type[Any], type[Any]]:
    """The two kinds of connection: plain and TLS."""
    from urllib3.connection import HTTPConnection, HTTPSConnection

    class Answering(HTTPResponse):
        """Reads status line, headers and body through the shortened waits."""

        def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # as in http.client
            super().__init__(sock, *args, **kwargs)
            self.fp = io.BufferedReader(Dripping(self.fp.detach(), sock, read, deadline.left))

    class Plain(HTTPConnection):
        response_class = Answering

        def _new_conn(self) -> socket.socket:
            return _opened(self, proxy, super()._new_conn)

    class Secure(HTTPSConnection):
        response_class = Answering

        def _new_conn(self) -> socket.socket:
            return _opened(self, proxy, super()._new_conn)

    return Plain, Secure


def _opened(connection: Any, proxy: Proxy | None, direct: Callable[[], socket.socket]) -> socket.socket:  # noqa: ANN401  # either kind
    """The socket of a connection: direct, or through SOCKS with the same time-out."""
    if proxy is None or proxy.kind == "http":
        return direct()
    from urllib3.exceptions import NewConnectionError

    def connect(host: str, port: int) -> socket.socket:
        return socket.create_connection((host, port), timeout=connection.timeout)

    try:
        return through_socks(proxy, connection.host, connection.port, connect)
    except TimeoutError:
        raise
    except OSError as error:
        raise NewConnectionError(connection, "SOCKS") from error
