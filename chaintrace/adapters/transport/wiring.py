"""Which wire carries which url, and how the wires are made."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from chaintrace.adapters.transport.http import HttpWire
from chaintrace.adapters.transport.limits import Patience
from chaintrace.adapters.transport.lines import LineWire
from chaintrace.adapters.transport.proxy import Proxy
from chaintrace.adapters.transport.request import Request
from chaintrace.adapters.transport.wire import Received, Wire
from chaintrace.errors import Refused


class Wires:
    """A wire for each scheme of a url. A test hands in its own."""

    def __init__(self, by_scheme: Mapping[str, Wire]) -> None:
        self._by_scheme = by_scheme

    def send(self, request: Request, limit: int, ends_at: float) -> Received:
        """Send it over the wire of its scheme. Raises Refused where there is none, else as `Wire.send`."""
        try:
            scheme = urlsplit(request.url).scheme.lower()
        except ValueError:
            raise Refused(f"{request.host} cannot be asked: its url is not valid") from None
        if scheme not in self._by_scheme:
            known = ", ".join(sorted(self._by_scheme))
            raise Refused(
                f"{request.host} cannot be asked over {scheme or 'nothing'}: write a url that begins with {known}"
            )
        return self._by_scheme[scheme].send(request, limit, ends_at)

    def close(self) -> None:
        """Close every connection."""
        for wire in dict.fromkeys(self._by_scheme.values()):
            wire.close()


def wires(
    *,
    proxy: str = "",
    ca_file: Path | None = None,
    patience: Patience | None = None,
    monotonic: Callable[[], float] = time.monotonic,
) -> Wires:
    """The real ones. TLS is verified; `ca_file` (of a node with its own certificate) is trusted besides the usual ones.

    `proxy` is `socks5://host:port` (names are resolved behind it, as Tor needs) or `http://host:port`; both may have
    user and password. Proxies of the environment are not used. Raises InputError for a proxy that cannot be one.
    """
    through = Proxy.parse(proxy) if proxy else None
    waits = patience or Patience()
    http = HttpWire(through, ca_file, waits, monotonic)
    lines = LineWire(through, ca_file, waits, monotonic)
    return Wires({"http": http, "https": http, "tcp": lines, "tls": lines})
