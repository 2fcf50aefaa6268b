"""The questions that are put to an Ethereum-like node. What the node refuses or does not have is told apart.

Sources: the Execution API specification; EIP-1474 for the error codes; what geth, Erigon, Nethermind and anvil answer
to methods that they do not offer.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final, NamedTuple, TypeAlias

from chaintrace.adapters.evm_rpc.refusals import is_no_access, is_no_block, is_no_method, is_too_often
from chaintrace.adapters.network import Endpoint
from chaintrace.adapters.transport import Door, Json, Request, RpcError, question, result
from chaintrace.adapters.transport.jsonrpc import Param
from chaintrace.errors import AdapterError, Declined, Malformed, Refused, Unavailable
from chaintrace.model.provenance import Source

ADAPTER: Final = "evm-rpc"
_LONGEST = 120
_NO_PAGE: Final = 404
_REFUSING: Final = frozenset({400, 413, 422})
"""Statuses with which gateways refuse a range of blocks, some in JSON, some in words."""

Look: TypeAlias = Callable[[Json], object]
"""Looks at a result: returns, or raises Malformed or Unavailable, so that it is never used again."""

__all__ = ["ADAPTER", "Look", "Offered", "Result", "Rpc", "Told", "is_no_block"]


class NoPage(Malformed):
    """A page with status 404 where an answer is due: the url is wrong, or the one method is not offered."""


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
    source: Source | None = None


class Rpc:
    """A node, as the source asks it. Every method raises Unavailable, Refused or Malformed, and nothing else."""

    def __init__(self, endpoint: Endpoint, door: Door) -> None:
        self._endpoint = endpoint
        self._door = door
        self.host = question(ADAPTER, endpoint.url, "").host

    def call(self, method: str, *params: Param, pin: str = "", once: bool = False, look: Look | None = None) -> Told:
        """One call. An error that may pass is raised; any other is returned, for the caller knows what it means.

        With `look` it is a question about a range, which some refuse by a status of HTTP.
        """
        asked = question(ADAPTER, self._endpoint.url, method, params, reach=self._endpoint.reach, pin=pin)
        if look is not None:
            asked = replace(asked, accept=asked.accept | _REFUSING)

        kept: list[Json | RpcError] = []  # a large answer is read once

        def check(content: bytes, status: int) -> None:
            value = _read(content, status, asked)
            kept.append(value)
            if isinstance(value, RpcError):
                if is_too_often(value):
                    raise Unavailable(f"{self.host} is asked too much ({_words(value)})")
            elif look is not None:
                look(value)

        answer = self._door.ask(replace(asked, check=check, once=once))
        return Told(kept[-1] if kept else _read(answer.content, answer.status, asked), answer.source)

    def wanted(self, method: str, *params: Param, pin: str = "") -> Result:
        """A call whose result may be null. Raises Declined for an error, Refused for one about the key."""
        told = self.call(method, *params, pin=pin)
        if isinstance(told.result, RpcError):
            if is_no_access(told.result):
                raise Refused(self.sentence(method, told.result))
            raise Declined(self.sentence(method, told.result))
        return Result(told.result, told.source)

    def optional(self, method: str, *params: Param, pin: str = "") -> Offered:
        """A call that a node need not offer. Raises Malformed; what else goes wrong is the reason of no result."""
        try:
            answer = self.call(method, *params, pin=pin, once=True)
        except NoPage as error:
            return Offered(None, str(error))
        except Malformed:
            raise
        except AdapterError as error:
            return Offered(None, str(error), later=isinstance(error, Unavailable))
        told = answer.result
        if isinstance(told, RpcError):
            return Offered(None, self.sentence(method, told))
        reason = "" if told is not None else f"{self.host} answers {method} with nothing"
        return Offered(told, reason, source=answer.source)

    def sentence(self, method: str, error: "Json | RpcError") -> str:
        """A node's error for a person."""
        if not isinstance(error, RpcError):
            return f"{self.host} answers {method} with nothing: ask another source"
        if is_no_method(error):
            return f"{self.host} does not offer {method} ({_words(error)}): ask a node that does"
        return f"{self.host} answers {method} with an error ({_words(error)}): see the node's own log"


def _read(content: bytes, status: int, asked: Request) -> "Json | RpcError":
    """What was answered; of a refusal without JSON, its status. Raises Malformed."""
    if status in _REFUSING and content.lstrip()[:1] != b"{":
        return RpcError(status, "it refuses the question by its HTTP status")
    try:
        return result(content, asked)
    except Malformed as error:
        if status == _NO_PAGE:
            raise NoPage(str(error)) from error
        raise


def _words(error: RpcError) -> str:
    """What the node says, in one line of bounded length."""
    said = " ".join("".join(sign if sign.isprintable() else " " for sign in error.message).split())
    return f"{error.code}: {said[:_LONGEST]}"
