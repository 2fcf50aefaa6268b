"""What an Electrum server means when it answers an error: each server has its own words for the same few things.

Sources: ElectrumX `server/session.py` and aiorpcX `jsonrpc.py` (1 bad request, 2 error of its node, 10001 history too
large, -101 and -102 too busy); Fulcrum and electrs repeat the node's words ("No such mempool or blockchain
transaction") and have sentences of their own for limits.
"""

from chaintrace.adapters.transport import RpcError, in_short
from chaintrace.errors import AdapterError, Declined, Refused, Unavailable

_ABSENT = ("no such mempool", "transaction not found", "no such transaction", "missing transaction", "unknown tx")
_LARGE_CODE = 10_001
_LARGE = ("history too large", "too large", "maxhistory", "max_history", "may take a long time", "too many history")
_BUSY_CODES = frozenset({-101, -102})
_BUSY = (
    "excessive resource",
    "busy",
    "too many requests",
    "rate limit",
    "timed out",
    "timeout",
    "moved too many times",
)
_BEHIND = ("catching up", "syncing", "not in sync", "initial block", "initial sync", "loading", "warming", "not ready")
_UNKNOWN_METHOD = -32601
_INSIDE = frozenset({2, -32603})
_LONGEST = 120

REMEDY_LARGE = (
    "raise that limit at a server of your own (ElectrumX: MAX_SEND, Fulcrum: max_history, electrs: its limit of "
    "transactions), or use the adapter bitcoin-core or blocks"
)


def is_absent(error: RpcError) -> bool:
    """Whether the server says that neither its chain nor its pending transactions hold that transaction."""
    return error.code == -5 or _says(error, _ABSENT)


def is_too_large(error: RpcError) -> bool:
    """Whether the server says that a history is longer than it gives out."""
    return error.code == _LARGE_CODE or (_says(error, _LARGE) and not _is_busy(error))


def is_unknown_method(error: RpcError) -> bool:
    """Whether the server does not know the question: it is no Electrum server, or of another protocol."""
    return error.code == _UNKNOWN_METHOD


def refusal(error: RpcError, host: str, asked: str) -> AdapterError:
    """Our error for theirs: what was asked, what they say, what to do. `asked` reads like "the history of a script"."""
    said = words(error)
    if _is_busy(error):
        return Unavailable(f"{host} did not answer {asked}, because it is asked too much or too busy ({said})")
    if _says(error, _BEHIND):
        return Unavailable(f"{host} did not answer {asked}, because it is still reading the chain ({said})")
    if error.code in _INSIDE and not is_absent(error) and not is_too_large(error):
        return Unavailable(f"{host} did not answer {asked}, because of an error of its own or of its node ({said})")
    kind = Refused if is_unknown_method(error) else Declined
    return kind(_refused(error, host, asked, said))


def _refused(error: RpcError, host: str, asked: str, said: str) -> str:
    """The sentence where asking again is of no use."""
    if is_too_large(error):
        return f"{host} does not give out {asked}, because it is too long for it ({said}): {REMEDY_LARGE}"
    if is_unknown_method(error):
        return (
            f"{host} cannot be asked for {asked} ({said}): check that the url is that of an Electrum server that "
            "speaks protocol 1.4 to 1.6"
        )
    if is_absent(error):
        return f"{host} does not have {asked} ({said}): ask another source"
    return f"{host} refuses to answer {asked} ({said}): look at the log of the server, or ask another source"


def is_passing(error: RpcError) -> bool:
    """Whether the same question may be answered later."""
    return _is_busy(error) or _says(error, _BEHIND)


def _is_busy(error: RpcError) -> bool:
    """Whether the same question may be answered when the server has less to do."""
    return error.code in _BUSY_CODES or _says(error, _BUSY)


def _says(error: RpcError, phrases: tuple[str, ...]) -> bool:
    """Whether one of these phrases stands in the server's message."""
    message = error.message.lower()
    return any(phrase in message for phrase in phrases)


def words(error: RpcError) -> str:
    """The code and the beginning of the message, on one line, as the server's own words."""
    return f'error {error.code}: "{in_short(error.message, _LONGEST)}"'
