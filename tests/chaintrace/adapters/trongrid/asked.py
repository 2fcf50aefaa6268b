"""A source of the stand-in for TronGrid, and short ledgers to ask it about."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chaintrace.adapters.network import Endpoint
from chaintrace.adapters.trongrid.adapter import TronGridSource
from chaintrace.model.chain import Account, Asset
from chaintrace.model.view import MissingHistory, MissingTransaction
from tests.chaintrace.adapters.tron.making import ALICE, BOB, TOKEN
from tests.hostile.doors import quick_door
from tests.hostile.server import HostileServer
from tests.hostile.tron_ledger import Paid, TronLedger, height_of, time_of
from tests.hostile.trongrid_server import TrongridServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from chaintrace.adapters.network import Reply, Status
    from chaintrace.adapters.transport import Door
    from tests.hostile.doors import TestDoor

START = time_of(height_of(1_650_000_000))


def txid(name: object) -> str:
    """A txid of nothing."""
    return hashlib.sha256(str(name).encode()).hexdigest()


def paid(number: int, sender: str, receiver: str, value: int, **more: Any) -> Paid:
    """A transfer of the token, a minute after the one before."""
    time = more.pop("time", 0) or START + 60 * number
    return Paid(more.pop("txid", txid(number)), time, more.pop("contract", TOKEN), sender, receiver, value, **more)


def many(count: int) -> list[Paid]:
    """Alice is paid, and pays half of it on."""
    return [
        paid(number, BOB, ALICE, 2 * number + 2) if number % 2 == 0 else paid(number, ALICE, BOB, number)
        for number in range(count)
    ]


@dataclass
class AskedGrid:
    """A source, with all that stands behind it."""

    source: TronGridSource
    grid: TrongridServer
    server: HostileServer
    door: TestDoor
    at: Status

    def history(self, address: str = ALICE, contract: str = TOKEN) -> Reply:
        """What the source says of an account."""
        return self.source.reply(self.missing(address, contract), self.at)

    def missing(self, address: str = ALICE, contract: str = TOKEN) -> MissingHistory:
        """The question for a history."""
        return MissingHistory(Account(address, Asset("tron", contract)))

    def transaction(self, name: str) -> Reply:
        """What the source says of a transaction."""
        return self.source.reply(self.missing_transaction(name), self.at)

    def missing_transaction(self, name: str) -> MissingTransaction:
        """The question for a transaction."""
        return MissingTransaction("tron", name)

    def paths(self) -> list[str]:
        """What the server was asked, in order."""
        return [asked.path for asked in self.server.asked]


def source_of(server: HostileServer, door: Door, most: int = 10_000) -> TronGridSource:
    """A source of a server."""
    return TronGridSource(Endpoint("trongrid", "tron", server.url, "trongrid", "public"), door, most)


@contextmanager
def asked(
    folder: Path, ledger: TronLedger, most: int = 10_000, environment: dict[str, str] | None = None, **options: Any
) -> Iterator[AskedGrid]:
    """A source of a stand-in over a ledger, after it has said what it is."""
    grid = TrongridServer(ledger, **options)
    with HostileServer(grid) as server, quick_door(folder, environment=environment) as door:
        source = source_of(server, door, most)
        at = source.status()
        server.asked.clear()
        yield AskedGrid(source, grid, server, door, at)
