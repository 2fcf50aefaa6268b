"""One answer of an Electrum server and what it says.

It is read once, in the check of its request, so that a bad one that was recorded is asked for again.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

from chaintrace.adapters.electrum import refusals
from chaintrace.adapters.transport import Json, Request, RpcError, result
from chaintrace.errors import AdapterError, Malformed
from chaintrace.model.provenance import Source

_Value = TypeVar("_Value")


class Told(NamedTuple, Generic[_Value]):
    """What an answer says, and where the answer lies in the archive."""

    value: _Value
    source: Source


@dataclass(frozen=True, slots=True)
class Withheld:
    """Why a server does not give this one answer. Others it may give, so it is not left alone for it."""

    why: str


@dataclass(slots=True)
class Reading(Generic[_Value]):
    """Reads an answer once, as the check of a request.

    `asked` reads like "the history of a script". `failed` says what an error of the server means: ours, or a value.
    `absence` is the error that said that there is no such transaction.
    """

    request: Request
    asked: str
    read: Callable[[Json], _Value]
    failed: Callable[[RpcError], AdapterError | _Value]
    absence: AdapterError | None = None
    _content: bytes | None = None
    _values: list[_Value] = field(default_factory=list)

    def check(self, content: bytes, status: int = 200) -> None:
        """Read it and keep what it says. Raises Malformed, Refused or Unavailable."""
        del status  # a line has none
        told = result(content, self.request)
        if isinstance(told, RpcError):
            meaning = self.failed(told)
            if isinstance(meaning, AdapterError):
                self.absence = meaning if refusals.is_absent(told) else None
                raise meaning
            self._content, self._values = content, [meaning]
            return
        try:
            value = self.read(told)
        except Malformed as error:
            raise Malformed(
                f"{self.request.host} answered {self.asked} with something that it cannot be: {error}; nothing of it "
                "is used, what was fetched before is kept; ask another source"
            ) from error
        self._content, self._values = content, [value]

    def of(self, content: bytes) -> _Value:
        """What an answer says."""
        if self._content is not content:
            self.check(content)
        return self._values[0]
