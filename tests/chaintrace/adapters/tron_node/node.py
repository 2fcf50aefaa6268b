"""A stand-in for java-tron's HTTP API over a chain of a few blocks, and a source that asks it over loopback."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from chaintrace.adapters.network import Endpoint
from chaintrace.adapters.tron_node import TronNode, TronNodeSource
from tests.chaintrace.adapters.tron.making import TIME
from tests.hostile.doors import quick_door
from tests.hostile.server import Asked, Given, HostileServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from chaintrace.adapters.network import Status
    from tests.hostile.doors import TestDoor

MAINNET = "00000000000000001ebf88508a03865c71d452e25f4d51194196a1d22b6653dc"


@dataclass
class Node:
    """Blocks by height, transactions and infos by txid. `solid` is how many blocks the solid one is behind."""

    genesis: str = MAINNET
    blocks: list[dict[str, Any]] = field(default_factory=list)
    transactions: dict[str, dict[str, Any]] = field(default_factory=dict)
    infos: dict[str, dict[str, Any]] = field(default_factory=dict)
    waiting: dict[str, dict[str, Any]] = field(default_factory=dict)
    solid: int | None = 2

    def __post_init__(self) -> None:
        raw = {"timestamp": 0, "txTrieRoot": "00" * 32}
        self.blocks.append({"blockID": self.genesis, "block_header": {"raw_data": raw}})

    def mine(self, *pairs: tuple[dict[str, Any], dict[str, Any]], mark: str = "ab") -> int:
        """A block of transactions and of what their execution did; its height."""
        height = len(self.blocks)
        time = (TIME + 3 * height) * 1000
        for told, info in pairs:
            self.transactions[told["txID"]] = told
            self.infos[told["txID"]] = {**info, "blockNumber": height, "blockTimeStamp": time}
        block: dict[str, Any] = {
            "blockID": f"{height:016x}" + mark * 24,
            "block_header": {"raw_data": {"number": height, "timestamp": time, "version": 30}},
        }
        self.blocks.append({**block, "transactions": [told for told, _ in pairs]} if pairs else block)
        return height

    def answer(self, asked: Asked) -> Given:
        body = json.loads(asked.body)
        found: object = None
        match asked.path.split("/")[-2:]:
            case ["wallet", "gettransactionbyid"]:
                found = self.transactions.get(body["value"], {})
            case ["wallet", "gettransactioninfobyid"]:
                found = self.infos.get(body["value"], {})
            case ["wallet", "gettransactionfrompending"]:
                found = self.waiting.get(body["value"], {})
            case ["wallet", "getblockbynum"]:
                found = self.blocks[body["num"]] if body["num"] < len(self.blocks) else {}
            case ["wallet", "getnowblock"]:
                found = self.blocks[-1]
            case ["walletsolidity", "getnowblock"] if self.solid is not None:
                found = self.blocks[-1 - self.solid]
        return Given(b"<h1>404</h1>", 404, "text/html") if found is None else Given.json(found)


@dataclass
class Asking:
    """A source, the server behind it, its door, and the tip as of which it is asked."""

    source: TronNodeSource
    server: HostileServer
    door: TestDoor
    at: Status


def endpoint(url: str, chain: str = "tron") -> Endpoint:
    return Endpoint("tron-node", chain, url, url, "own")


@contextmanager
def asking(node: Node, folder: Path) -> Iterator[Asking]:
    """A source of the stand-in, after it has said what it is."""
    with HostileServer(node.answer) as server, quick_door(folder, allowed="own") as door:
        source = TronNode().connect(endpoint(server.url), door)
        yield Asking(source, server, door, source.status())
