"""Nodes that can do less than anvil, played by a server that stands before it and refuses some of the calls."""

from __future__ import annotations

import json
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

from tests.hostile.server import Asked, Given, HostileServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.nodes.anvil import Anvil

Error: TypeAlias = "dict[str, Any] | None"
Refuses: TypeAlias = "Callable[[str, Sequence[Any]], Error]"
"""From a method and its parameters to the error that it gives; None where the node may answer."""
NO_METHOD = {"code": -32601, "message": "the method does not exist/is not available"}
NO_STATE = {"code": -32000, "message": "missing trie node"}
RECENT = 2
"""So many states below the tip are kept by a node that prunes."""


@contextmanager
def standing_before(node: Anvil, refuses: Refuses) -> Iterator[HostileServer]:
    """A server that hands every call on to the node, but those of which `refuses` gives an error."""

    def answer(asked: Asked) -> Given:
        call = json.loads(asked.body)
        if error := refuses(call["method"], call.get("params") or []):
            return Given.json({"jsonrpc": "2.0", "id": call["id"], "error": error})
        request = urllib.request.Request(node.url, asked.body, {"Content-Type": "application/json"})  # noqa: S310  # loopback
        with urllib.request.urlopen(request, timeout=30) as told:  # noqa: S310  # the same
            return Given(told.read())

    with HostileServer(answer) as server:
        yield server


def without(*starts: str) -> Refuses:
    """As a node that does not offer the methods whose names begin so."""
    return lambda method, _: NO_METHOD if method.startswith(starts) else None


without_traces = without("debug_", "trace_", "ots_")


def pruned(node: Anvil) -> Refuses:
    """As a node that traces nothing and keeps the last states alone."""
    places = {"eth_getBalance": 1, "eth_call": 1, "eth_getTransactionCount": 1, "eth_getCode": 1}

    def refuses(method: str, params: Sequence[Any]) -> Error:
        named = params[places[method]] if method in places and len(params) > places[method] else "latest"
        known = {"latest", "pending"} | {hex(node.height - below) for below in range(RECENT)}
        old = isinstance(named, str) and named not in known
        return NO_STATE if old or without_traces(method, params) else None

    return refuses
