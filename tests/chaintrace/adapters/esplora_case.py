"""A small theft on regtest, a stand-in that tells of it, and a source that asks it over loopback."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chaintrace.adapters.esplora import Esplora
from chaintrace.adapters.network import Endpoint, Status
from chaintrace.addresses import script_address
from chaintrace.model.chain import OutPoint
from tests.hostile import esplora_server
from tests.hostile.doors import quick_door
from tests.hostile.esplora_ledger import Ledger, pay, payment, txid
from tests.hostile.server import HostileServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from chaintrace.adapters.esplora import EsploraSource
    from tests.hostile.doors import TestDoor

CHAIN = "bitcoin-regtest"
BTC = 10**8


def address(name: str) -> str:
    return script_address(pay(name), CHAIN)[1] or ""


class Theft:
    """The victim's coinbase is split, merged and spent in one block; one payment waits; one output rests."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.ledger.mine(to=pay("victim"))
        self.stolen = payment([(self.ledger.coinbase(1), 0)], [(30 * BTC, pay("thief")), (19 * BTC, pay("thief"))])
        self.ledger.mine(self.stolen)
        self.split = payment([(txid(self.stolen), 0)], [(20 * BTC, pay("rest")), (9 * BTC, pay("peel"))])
        self.merge = payment([(txid(self.split), 1), (txid(self.stolen), 1)], [(27 * BTC, pay("merge"))])
        self.ledger.mine(self.split, self.merge)
        self.ledger.mine()
        self.waiting = payment([(txid(self.merge), 0)], [(26 * BTC, pay("later")), (BTC // 2, b"\x6a\x02hi")])
        self.ledger.broadcast(self.waiting)

    def busy(self, payments: int) -> str:
        """Somebody is paid so many times, a block each."""
        for height in range(self.ledger.height + 1, self.ledger.height + 1 + payments):
            self.ledger.mine(to=pay("busy"), tag=b"%d" % height)
        return address("busy")


@dataclass
class Asked:
    """A source, with all that stands behind it."""

    source: EsploraSource
    theft: Theft
    server: HostileServer
    esplora: esplora_server.Esplora
    door: TestDoor
    at: Status

    def paths(self) -> list[str]:
        """What the server was asked, in order."""
        return [asked.path.removeprefix("/api") for asked in self.server.asked]


@contextmanager
def asked(folder: Path, theft: Theft | None = None, *, tip: bool = True, **options) -> Iterator[Asked]:
    """A source of the stand-in; `tip` asks it for its tip, as every run begins."""
    theft = theft or Theft()
    esplora = esplora_server.Esplora(theft.ledger)
    with HostileServer(esplora) as server, quick_door(folder, **options) as door:
        source = connected(server, door)
        at = source.status() if tip else Status(CHAIN, theft.ledger.height, theft.ledger.tip, None, None)
        server.asked.clear()
        yield Asked(source, theft, server, esplora, door, at)


def connected(server: HostileServer, door: TestDoor) -> EsploraSource:
    """A source of a server."""
    return Esplora().connect(Endpoint("esplora", CHAIN, f"{server.url}/api", "esplora", "own"), door)


def outpoint(raw: bytes, vout: int) -> OutPoint:
    """An output of a transaction."""
    return OutPoint(CHAIN, txid(raw), vout)
