"""Sources of the node of the small chain: over a real connection, or as quick as they can be."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chaintrace.adapters import NETWORK
from chaintrace.adapters.assets import asset
from chaintrace.adapters.network import Endpoint
from chaintrace.adapters.transport import Answer
from chaintrace.model.chain import Account
from chaintrace.model.provenance import Source
from chaintrace.model.view import MissingHistory
from tests.chaintrace.adapters.evm_rpc.chain import TOKEN
from tests.hostile.doors import QUICK, quick_door
from tests.hostile.server import Asked, HostileServer

if TYPE_CHECKING:
    from chaintrace.adapters.evm_rpc.adapter import EvmSource
    from chaintrace.adapters.network import Reply, Status
    from chaintrace.adapters.transport import Patience, Request
    from tests.chaintrace.adapters.evm_rpc.chain_node import Node


@dataclass
class AskingHistory:
    """A source over a door of its own, the node that it asks, and the server that carries it."""

    source: EvmSource
    node: Node
    server: HostileServer

    def reply(self, address: str, token: str = TOKEN, since: int = 0, at: Status | None = None) -> Reply:
        return history(self.source, address, token, since, at)

    def calls(self, method: str) -> int:
        return sum(asked.call == method for asked in self.server.asked)


CALM = replace(QUICK, read=5, deadline=10)
"""For tests in which nothing is late."""


@contextmanager
def asking(node: Node, folder, name: str = "ethereum", patience: Patience = CALM):
    """A source of a node."""
    with HostileServer(node.answer) as server, quick_door(folder, allowed="own", patience=patience) as door:
        endpoint = Endpoint("evm-rpc", name, server.url, server.url, "own")
        yield AskingHistory(NETWORK["evm-rpc"].connect(endpoint, door), node, server)


@dataclass
class Straight:
    """A door without a network or an archive: it asks the node itself, and looks at its answers as a door does."""

    node: Node

    def ask(self, request: Request) -> Answer:
        given = self.node.answer(Asked("POST", "/", request.body, {}))
        if request.check is not None:
            request.check(given.body, given.status)
        return Answer(given.body, Source(request.adapter, request.text, "00" * 32), given.status)


def straight(node: Node, name: str = "ethereum") -> EvmSource:
    """A source of a node, as quick as it can be."""
    endpoint = Endpoint("evm-rpc", name, "http://127.0.0.1:1", "http://127.0.0.1:1", "own")
    return NETWORK["evm-rpc"].connect(endpoint, Straight(node))


def history(source: EvmSource, address: str, token: str = TOKEN, since: int = 0, at: Status | None = None) -> Reply:
    """The answer to the question for an account."""
    missing = MissingHistory(Account(address, asset(source.endpoint.chain, token, None)), since)
    return source.reply(missing, at or source.status())


def amounts(reply: Reply, address: str, token: str = TOKEN) -> list[tuple[str, int]]:
    """What an account was credited (+) and debited (-), in order: (txid, base units). Self-transfers are 0."""
    return [
        (tx.txid, sum(leg.value for leg in one.outputs if leg.address == address)
         - sum(leg.value for leg in one.inputs if leg.address == address))
        for tx in reply.transactions
        for one in tx.transfers
        if one.asset.contract == token and address in {leg.address for leg in (*one.inputs, *one.outputs)}
    ]  # fmt: skip
