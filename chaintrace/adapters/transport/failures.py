"""Foreign exceptions of a connection, as ours: one sentence with the host, the reason and the remedy.

Their own texts are never used: they may hold the url, and the url may hold the key.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from chaintrace.adapters.transport.deadline import Deadline
from chaintrace.adapters.transport.proxy import Proxy, SocksError
from chaintrace.errors import AdapterError, Malformed, Refused, Unavailable

_LASTING: tuple[tuple[frozenset[str], type[AdapterError], str], ...] = (
    (
        frozenset({"SSLCertVerificationError"}),
        Refused,
        "shows a certificate that does not hold for it: nothing was sent; if the node is yours, set CHAINTRACE_CA_FILE",
    ),
    (
        frozenset({"MissingSchema", "InvalidURL", "InvalidSchema", "InvalidHeader"}),
        Refused,
        "cannot be asked: its url or a header of it is not valid",
    ),
    (
        frozenset({"ContentDecodingError", "DecodeError"}),
        Malformed,
        "sends an answer that cannot be unpacked: none of it is used; ask another source",
    ),
)
"""What is no better the next time."""

_REASONS: tuple[tuple[frozenset[str], str], ...] = (
    (
        frozenset({"gaierror", "NameResolutionError"}),
        "is not found: check its name, and that this machine has a network",
    ),
    (frozenset({"ConnectionRefusedError"}), "refuses the connection: is it running, and is the port right?"),
    (frozenset({"NewConnectionError"}), "is not reached: check its name, and that this machine has a network"),
    (frozenset({"ConnectTimeout", "ConnectTimeoutError"}), "does not take the connection in time"),
    (frozenset({"TimeoutError", "ReadTimeoutError"}), "does not answer in time"),
    (
        frozenset({"IncompleteRead", "ChunkedEncodingError"}),
        "broke off in the middle of its answer, and what came is not used",
    ),
    (frozenset({"SSLError"}), "does not speak TLS as it should: check the scheme and the port of its url"),
    (
        frozenset({"ConnectionResetError", "ConnectionAbortedError", "BrokenPipeError", "RemoteDisconnected"}),
        "closed the connection without an answer",
    ),
    (frozenset(), "is not reached"),
)
"""The first line of which one name is among the exceptions says what happened."""


@contextmanager
def translated(
    host: str, deadline: Deadline, proxy: Proxy | None, also: tuple[type[Exception], ...] = ()
) -> Iterator[None]:
    """Every exception of sockets, of requests, and of `also`, becomes Unavailable, Refused or Malformed."""
    foreign: tuple[type[Exception], ...] = (OSError, *also)
    try:
        yield
    except foreign as error:  # those of requests are OSErrors
        raise translation(error, host, deadline, proxy) from None
    except ValueError:
        raise Refused(f"{host or 'the source'} cannot be asked: its url or a header of it is not valid") from None


def translation(error: Exception, host: str, deadline: Deadline, proxy: Proxy | None) -> AdapterError:
    """One foreign exception as ours."""
    chain = tuple(_chain(error))
    names = {kind.__name__ for link in chain for kind in type(link).__mro__}
    if deadline.passed:
        return Unavailable(f"{host} had not finished its answer at the deadline, and what came so far is not used")
    for kinds, lasting, sentence in _LASTING:
        if kinds & names:
            return lasting(f"{host or 'the source'} {sentence}")
    if proxy is not None and names & {"SocksError", "ProxyError"}:
        said = (str(link) for link in chain if isinstance(link, SocksError))
        return Unavailable(f"{host} is not reached through {proxy.shown}: {next(said, 'is the proxy running?')}")
    reason = next(reason for kinds, reason in _REASONS if not kinds or kinds & names)
    return Unavailable(f"{host} {reason}{_way(proxy)}")


def _way(proxy: Proxy | None) -> str:
    """By which way it was asked."""
    return f" (through {proxy.shown})" if proxy is not None else ""


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An exception and all that stand behind it: as cause, context, reason or argument."""
    waiting, seen = [error], set[int]()
    while waiting:
        link = waiting.pop()
        if id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        behind = (link.__cause__, link.__context__, getattr(link, "reason", None), *link.args)
        waiting.extend(other for other in behind if isinstance(other, BaseException))
