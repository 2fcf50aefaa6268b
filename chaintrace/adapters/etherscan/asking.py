"""The questions of Etherscan's API, each with the check that its answer must pass.

A list is an envelope of status, message and result; `module=proxy` passes on JSON-RPC. Both come with status 200
whatever went wrong, so the words decide (`words`). What holds as of a tip is pinned to it, and asked once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias, TypeVar
from urllib.parse import urlencode, urlsplit

from chaintrace.adapters.etherscan.rows import Row, Rows, digits
from chaintrace.adapters.etherscan.words import NotOffered, is_nothing, raise_refusal
from chaintrace.adapters.evm import EvmChain, evm_chain
from chaintrace.adapters.network import Endpoint
from chaintrace.adapters.transport import Door, Json, Request, in_short, read_json
from chaintrace.errors import Malformed
from chaintrace.model.provenance import Source

_Read = TypeVar("_Read")
_Value: TypeAlias = "str | int"

_NO_SUCH = frozenset({400, 404, 405, 422})
"""Statuses with which a server says that it has no such question."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A proxied result, and where it was read."""

    result: Json
    source: Source


class Asking:
    """One explorer, as its source asks it. Every method raises Unavailable, Refused or Malformed, and nothing else.

    `fixed` stands in every question, `key` is the end of the url with the place of the key.
    """

    def __init__(self, adapter: str, endpoint: Endpoint, door: Door, fixed: Mapping[str, str], key: str) -> None:
        self.adapter = adapter
        self.endpoint = endpoint
        self.chain: EvmChain = evm_chain(endpoint.chain)
        self.host = Request(adapter, endpoint.url).host
        self._door = door
        self._fixed = fixed
        self._key = key

    def rows(self, module: str, action: str, pin: str, **parameters: _Value) -> Rows:
        """The rows of a list, in the order of the answer; none where the explorer says that there are none."""

        def read(content: Json) -> tuple[Row, ...]:
            result = self._result(action, content)
            if result is None:
                return ()
            if not isinstance(result, list):
                raise_refusal(self.host, self.adapter, action, result)
            where = f"{self.host} answered {action}"
            return tuple(Row.of(where, entry) for entry in result)

        found, source = self._ask(module, action, pin, parameters, read)
        return Rows(found, source)

    def number(self, module: str, action: str, pin: str, **parameters: _Value) -> int:
        """A whole number of base units, or a height."""

        def read(content: Json) -> int:
            result = self._result(action, content)
            if not result or isinstance(result, list | dict):
                raise NotOffered(f"{self.host} answers {action} with nothing: ask another source")
            if isinstance(result, str) and result[:1].isalpha():
                raise_refusal(self.host, self.adapter, action, result)
            return digits(result, f"{self.host} answered {action} with")

        return self._ask(module, action, pin, parameters, read)[0]

    def flag(self, module: str, action: str, name: str, pin: str, **parameters: _Value) -> bool:
        """Whether a field of the one object that is answered is "1"."""

        def read(content: Json) -> bool:
            return Row.of(f"{self.host} answered {action}", self._result(action, content)).flag(name)

        return self._ask(module, action, pin, parameters, read)[0]

    def proxy(self, action: str, pin: str, **parameters: _Value) -> Heard:
        """The result of a JSON-RPC call that the explorer passes on; None where there is no such thing.

        Raises NotOffered where it passes nothing on.
        """

        def read(content: Json) -> Json:
            answer = content if isinstance(content, dict) else {}
            error, result = answer.get("error"), answer.get("result")
            if error is not None:
                said = error.get("message") if isinstance(error, dict) else error
                raise NotOffered(f"{self.host} answers {action} with an error ({in_short(said)}): ask another source")
            if isinstance(result, str) and result and not result.startswith("0x"):
                raise_refusal(self.host, self.adapter, action, result)
            is_told = isinstance(result, dict | str) or {"jsonrpc", "result"} <= answer.keys()
            if not result and not is_told:
                raise NotOffered(
                    f"{self.host} passes no {action} on: ask another source, such as blockscout or evm-rpc"
                )
            return result

        return Heard(*self._ask("proxy", action, pin, parameters, read))

    def _result(self, action: str, content: Json) -> Json:
        """What stands in an envelope; None for nothing there."""
        if content in ([], {}):
            raise NotOffered(f"{self.host} answers {action} with nothing at all: ask another source")
        if not isinstance(content, dict) or "result" not in content:
            raise Malformed(f"{self.host} answered {action} with JSON that is no answer of this API: look at the url")
        status, message, result = content.get("status"), content.get("message"), content["result"]
        if str(status) == "1" and result is not None:
            return result
        if not is_nothing(message, result):
            said = result if isinstance(result, str) and result else message
            raise_refusal(self.host, self.adapter, action, None if str(status) == "1" else said)
        return None

    def _ask(
        self, module: str, action: str, pin: str, parameters: Mapping[str, _Value], read: Callable[[Json], _Read]
    ) -> tuple[_Read, Source]:
        """Ask, and read the answer, which the door has checked by reading it once before it hands it over."""
        asked = self._request(module, action, pin, parameters)

        def whole(content: bytes, status: int) -> _Read:
            if status in _NO_SUCH:
                raise NotOffered(
                    f"{self.host} does not know the question {action} (status {status}): look at the url of the "
                    "source, or ask another one"
                )
            return read(read_json(content, asked))

        def check(content: bytes, status: int) -> None:
            whole(content, status)

        answer = self._door.ask(replace(asked, check=check))
        return whole(answer.content, answer.status), answer.source

    def _request(self, module: str, action: str, pin: str, parameters: Mapping[str, _Value]) -> Request:
        """The question. The key stands last, where the door puts it."""
        base = self.endpoint.url.rstrip("?&/") + ("" if urlsplit(self.endpoint.url).path.strip("/") else "/")
        query = urlencode({**self._fixed, "module": module, "action": action, **parameters})
        url = f"{base}{'&' if '?' in base else '?'}{query}{self._key}"
        return Request(self.adapter, url, reach=self.endpoint.reach, pin=pin, accept=_NO_SUCH)
