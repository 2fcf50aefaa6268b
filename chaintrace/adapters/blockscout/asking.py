"""The questions that are put to an instance: its REST API v2, and the JSON-RPC beside it.

Sources: blockscout/blockscout, `routers/api_router.ex` and `explorer/eth_rpc.ex`; docs.blockscout.com, "API
authorization, headers, and routes": of an instance the JSON-RPC is `/api/eth-rpc`, of api.blockscout.com it is
`/{chain_id}/json-rpc`, and its key is a bearer token. Since version 9 a parameter that the instance does not know is an
error, so none is sent but those of the API and those that the instance itself gave for the next page.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, NamedTuple, TypeAlias, TypeVar
from urllib.parse import urlencode, urlsplit

from chaintrace.adapters.blockscout.reading import Heard, Said, all_said
from chaintrace.adapters.network import Endpoint
from chaintrace.adapters.transport import Door, Json, Request, RpcError, in_short, question, result
from chaintrace.adapters.transport.jsonrpc import Param
from chaintrace.errors import AdapterError, Malformed, Unavailable
from chaintrace.model.provenance import Source

_Read = TypeVar("_Read")
_Reader: TypeAlias = Callable[[Heard], _Read]

ADAPTER: Final = "blockscout"
PRO: Final = "api.blockscout.com"
_NOT_THERE = frozenset({404})
_LIMITED: Final = frozenset({-32005, 429})
_ENDS = ("/api/v2", "/api")

Marker: TypeAlias = Mapping[str, str]
"""`next_page_params`, as they are sent back."""


class Page(NamedTuple):
    """One page of a list. `marker` is empty where the instance names no next page; `source` is where it was read.

    `known` is False where the instance says that it has no such list.
    """

    items: tuple[Said, ...]
    marker: Marker
    source: Source
    known: bool = True


class Offered(NamedTuple):
    """The result of a question that an instance need not answer: None, with the reason in words, where it does not."""

    result: Json
    reason: str = ""
    source: Source | None = None


class Asking:
    """One instance's answers. Every method raises Unavailable, Refused or Malformed, and nothing else."""

    def __init__(self, endpoint: Endpoint, chain_id: int, door: Door) -> None:
        self.endpoint = endpoint
        self.host = Request(ADAPTER, endpoint.url).host
        self._door = door
        self._rest, self._rpc, hosted = routes(endpoint.url, chain_id)
        self._headers = (("Authorization", "Bearer {key}"),) if hosted else ()

    def get(self, path: str, read: _Reader[_Read], *, pin: str = "", once: bool = False) -> tuple[_Read, Source]:
        """Ask, and read the answer, which the door has checked by reading it once before it hands it over.

        Status 404 is an answer for those who ask `is_absent`.
        """
        asked = Request(ADAPTER, self._rest + path, headers=self._headers, reach=self.endpoint.reach)

        def check(content: bytes, status: int) -> None:
            read(Heard(asked, path, content, status))

        answer = self._door.ask(replace(asked, pin=pin, accept=_NOT_THERE, check=check, once=once))
        return read(Heard(asked, path, answer.content, answer.status)), answer.source

    def one(self, path: str, pin: str = "") -> tuple[Said, Source] | None:
        """One object; None where the instance has no such thing."""
        found, source = self.get(path, lambda heard: None if heard.is_absent() else heard.object(), pin=pin)
        return None if found is None else (found, source)

    def several(self, path: str, pin: str = "") -> tuple[Said, ...] | None:
        """A list of objects without pages; None where the instance has no such thing."""
        return self.get(
            path, lambda heard: None if heard.is_absent() else all_said(heard.where, heard.json()), pin=pin
        )[0]

    def page(self, path: str, params: Marker, pin: str = "") -> Page:
        """One page of a list. Where the instance knows no such address or token, it is empty, and not `known`."""
        query = f"?{urlencode(params)}" if params else ""
        found, source = self.get(path + query, _page, pin=pin)
        return Page((), {}, source, known=False) if found is None else Page(*found, source)

    def optional(self, path: str, pin: str = "") -> Json:
        """What an instance need not offer; None where it does not. Raises Malformed."""
        try:
            return self.get(path, lambda heard: None if heard.status == 404 else heard.json(), pin=pin, once=True)[0]
        except Malformed:
            raise
        except AdapterError:
            return None

    def call(self, method: str, *params: Param, pin: str = "") -> Offered:
        """A call of its JSON-RPC, which it need not offer. Raises Malformed; else the reason says why no result."""
        asked = question(ADAPTER, self._rpc, method, params, reach=self.endpoint.reach, pin=pin)
        asked = replace(asked, headers=(*asked.headers, *self._headers), once=True)

        def check(content: bytes, _: int) -> None:
            told = result(content, asked)
            if isinstance(told, RpcError) and told.code in _LIMITED:
                raise Unavailable(f"{self.host} is asked too much ({told.code})")

        try:
            answer = self._door.ask(replace(asked, check=check))
        except Malformed:
            raise
        except AdapterError as error:
            return Offered(None, str(error))
        told = result(answer.content, asked)
        if isinstance(told, RpcError):
            return Offered(None, f"{self.host} answers {method} with an error ({in_short(told.message, 120)})")
        return Offered(told, "" if told is not None else f"{self.host} answers {method} with nothing", answer.source)


def routes(url: str, chain_id: int) -> tuple[str, str, bool]:
    """Where REST and JSON-RPC of an instance are, and whether it is the hosted API, which wants a key.

    The hosted API has the chain's id in its path, or gets it.
    """
    root = url.rstrip("/")
    for end in _ENDS:
        root = root.removesuffix(end)
    parts = urlsplit(root)
    last = parts.path.rpartition("/")[2]
    if parts.hostname == PRO and not parts.path.strip("/"):
        root, last = f"{root}/{chain_id}", str(chain_id)
    hosted = last.isdigit()
    return f"{root}/api/v2", f"{root}/json-rpc" if hosted else f"{root}/api/eth-rpc", hosted


def _page(heard: Heard) -> tuple[tuple[Said, ...], Marker] | None:
    """The rows of a page, and what leads to the next one; None where there is no such list."""
    if heard.is_absent():
        return None
    told = heard.object()
    return told.parts("items"), _marker(told)


def _marker(told: Said) -> Marker:
    """`next_page_params` as text. Nothing in it is read: it is sent back as it came, what is null left out."""
    given = told.fields.get("next_page_params")
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise told.wrong("next_page_params", "which is no object")
    return {name: _shown(value) for name, value in given.items() if value is not None}


def _shown(value: Json) -> str:
    """A value as a query has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
