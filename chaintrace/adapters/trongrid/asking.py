"""The questions of TronGrid's own API (`/v1/…`), beside those of a node, which it passes on to one.

Source: the README of tronprotocol/tron-grid; TRON developer documentation, "TronGrid V1 API". A page without a
fingerprint is never taken for the last one here: that is for whoever reads them to find out.
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias
from urllib.parse import urlencode

from chaintrace.adapters.transport import Json, Request, read_json
from chaintrace.adapters.tron.listings import Page, page
from chaintrace.adapters.tron.refusals import FORBIDDEN, forbidden
from chaintrace.adapters.tron_node.asking import Asking
from chaintrace.errors import Refused
from chaintrace.model.provenance import Source

ADAPTER = "trongrid"
PAGE = 200
"""Rows of the longest page."""

_NOT_OFFERED = frozenset({400, 404, 405, 501})
Query: TypeAlias = Mapping[str, str | int]
Look: TypeAlias = Callable[[Page], object]
"""Looks at a page and raises Malformed when a row of it is not what it claims to be."""


class Grid(Asking):
    """TronGrid's answers, checked. Every method raises Unavailable, Refused or Malformed, and nothing else."""

    def page(self, path: str, query: Query, pin: str, look: Look) -> tuple[Page, Source]:
        """One page of a list."""
        request = self._request(path, query, pin, look)
        answer = self._door.ask(request)
        return page(read_json(answer.content, request), self.host), answer.source

    def offered(self, path: str, query: Query, pin: str, look: Look) -> tuple[Page, Source] | None:
        """One page of a list that not every host has; None where it does not answer it."""
        request = self._request(path, query, pin, look, _NOT_OFFERED)
        try:
            answer = self._door.ask(request)
        except Refused:
            return None
        if answer.status != 200:
            return None
        return page(read_json(answer.content, request), self.host), answer.source

    def entry(self, address: str) -> Mapping[str, Json] | None:
        """What `/v1/accounts/{address}` says now; None where it has no such account or no such question."""
        found = self.offered(f"accounts/{address}", {}, "", lambda _: None)
        return found[0].rows[0] if found is not None and found[0].rows else None

    def _request(self, path: str, query: Query, pin: str, look: Look, accept: frozenset[int] = frozenset()) -> Request:
        """The request of one page."""
        asked = f"?{urlencode(query)}" if query else ""
        base = Request(self.endpoint.adapter, self.endpoint.url)

        def check(content: bytes, status: int) -> None:
            if status in FORBIDDEN:
                raise forbidden(content, base)
            if status == 200:
                found = page(read_json(content, base), self.host)
                with self.blamed():
                    look(found)

        return Request(
            self.endpoint.adapter,
            f"{self.endpoint.url.rstrip('/')}/v1/{path}{asked}",
            headers=(("TRON-PRO-API-KEY", "{key}"),),
            reach=self.endpoint.reach,
            pin=pin,
            accept=FORBIDDEN | accept,
            check=check,
        )
