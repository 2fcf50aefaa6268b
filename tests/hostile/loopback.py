"""What the misbehaving servers share: a free port of 127.0.0.1, a thread that serves it, and an end without a sound."""

from __future__ import annotations

from threading import Event, Thread
from typing import Self

DRIP_SECONDS = 0.05
HUGE = 200 << 20
PAGE = b"<!DOCTYPE html><html><body>Checking your browser</body></html>"


class Quiet:
    """Of a threading socket server: it goes when it is told to, resets what it closes, and says nothing of it."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 128

    def shutdown_request(self, request) -> None:
        request.close()  # without a FIN before it, so that a reset is one

    def handle_error(self, *_: object) -> None:
        """The other side may go when it likes."""

    def service_actions(self) -> None:
        if self.socket.fileno() < 0:
            self._BaseServer__shutdown_request = True


class Loopback:
    """Serves until its `with` ends. `scheme` begins its url."""

    scheme = "tcp"

    def serve(self, server) -> None:
        """Make the thread of a server that is bound already."""
        self.stopping = Event()
        self._server = server
        self._thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        """Without a slash at the end."""
        return f"{self.scheme}://{self.host}"

    def refuse_connections(self) -> None:
        """From now on nobody is let in."""
        self._server.socket.close()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
