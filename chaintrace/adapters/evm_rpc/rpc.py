"""The questions that are put to an Ethereum-like node. What the node refuses or does not have is told apart.

Sources: the Execution API specification; EIP-1474 for the error codes; what geth, Erigon, Nethermind and anvil answer
to methods that they do not offer.
"""

from dataclasses import replace
from typing import Final, NamedTuple

from chaintrace.adapters.network import Endpoint
from chaintrace.adapters.transport import Door, Json, RpcError, question, result
from chaintrace.adapters.transport.jsonrpc import Param
from chaintrace.errors import AdapterError, Malformed, Refused, Unavailable
from chaintrace.model.provenance import Source

ADAPTER: Final = "evm-rpc"
_LIMITED: Final = frozenset({-32005, 429})
_NO_METHOD: Final = frozenset({-32601, -32004})
_LONGEST = 120
_NO_BLOCK = ("header not found", "unknown block", "block not found", "could not find block", "blockoutofrange")


class Told(NamedTuple):
    """A result, or the node's error, and where it was read."""

    result: "Json | RpcError"
    source: Source


class Result(NamedTuple):
    """A result, and where it was read."""

    result: Json
    source: Source


class Offered(NamedTuple):
    """The result of a question that a node need not answer: None, with the reason in words, where it does not.

    `later`: it may answer another time.
    """

    result: Json
    reason: str = ""
    later: bool = False


class Rpc:
    """A node, as the source asks it. Every method raises Unavailable, Refused or Malformed, and nothing else."""

    def __init__(self, endpoint: Endpoint, door: Door) -> None:
        self._endpoint = endpoint
        self._door = door
        self.host = question(ADAPTER, endpoint.url, "").host

    def call(self, method: str, *params: Param, settled: bool = False, pin: str = "", once: bool = False) -> Told:
        """One call. An error that may pass is raised; any other is returned, for the caller knows what it means."""
        asked = question(
            ADAPTER, self._endpoint.url, method, params, reach=self._endpoint.reach, settled=settled, pin=pin
        )

        def check(content: bytes, _: int) -> None:
            value = result(content, asked)
            if isinstance(value, RpcError) and value.code in _LIMITED:
                raise Unavailable(f"{self.host} is asked too much ({_words(value)})")
            if settled and (value is None or isinstance(value, RpcError)):
                raise Refused(self.sentence(method, value))  # what it does not have today it may have tomorrow

        answer = self._door.ask(replace(asked, check=check, once=once))
        return Told(result(answer.content, asked), answer.source)

    def wanted(self, method: str, *params: Param, pin: str = "") -> Result:
        """A call whose result may be null. Raises Refused for an error."""
        told = self.call(method, *params, pin=pin)
        if isinstance(told.result, RpcError):
            raise Refused(self.sentence(method, told.result))
        return Result(told.result, told.source)

    def optional(self, method: str, *params: Param, pin: str = "") -> Offered:
        """A call that a node need not offer. Raises Malformed; what else goes wrong is the reason of no result."""
        try:
            told = self.call(method, *params, pin=pin, once=True).result
        except Malformed:
            raise
        except AdapterError as error:
            return Offered(None, str(error), later=isinstance(error, Unavailable))
        if isinstance(told, RpcError):
            return Offered(None, self.sentence(method, told))
        return Offered(told, "" if told is not None else f"{self.host} answers {method} with nothing")

    def sentence(self, method: str, error: "Json | RpcError") -> str:
        """A node's error for a person."""
        if not isinstance(error, RpcError):
            return f"{self.host} answers {method} with nothing: ask another source"
        if error.code in _NO_METHOD:
            return f"{self.host} does not offer {method} ({_words(error)}): ask a node that does"
        return f"{self.host} answers {method} with an error ({_words(error)}): see the node's own log"


def is_no_block(error: RpcError) -> bool:
    """Whether a node says that it has no such block."""
    return any(words in error.message.lower() for words in _NO_BLOCK)


def _words(error: RpcError) -> str:
    """What the node says, in one line of bounded length."""
    said = " ".join("".join(sign if sign.isprintable() else " " for sign in error.message).split())
    return f"{error.code}: {said[:_LONGEST]}"
