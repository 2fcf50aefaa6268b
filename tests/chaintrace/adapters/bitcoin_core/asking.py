"""A source over a door of its own, asked about the story, by name of the payment."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chaintrace.adapters.bitcoin_core import BitcoinCore
from chaintrace.adapters.network import Endpoint
from chaintrace.adapters.transport import Patience
from chaintrace.model.chain import OutPoint
from chaintrace.model.view import MissingSpender, MissingTransaction
from tests.hostile.doors import QUICK, UNLIMITED, quick_door
from tests.hostile.server import HostileServer
from tests.nodes import story
from tests.nodes.core import Core

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from chaintrace.adapters.bitcoin_core.adapter import CoreSource
    from chaintrace.adapters.network import Reply, Status
    from tests.hostile.doors import TestDoor
    from tests.nodes.running import Bcoin

TOLD = story.told()
ABSENT = "11" * 32
PATIENT = Patience(connect=5, read=20, deadline=20, total=60, tries=3)


@dataclass
class Asking:
    """A source, its door, and the tip as of which it is asked."""

    source: CoreSource
    door: TestDoor
    at: Status

    def transaction(self, name: str) -> Reply:
        """The reply about a payment of the story."""
        return self.source.reply(MissingTransaction(story.CHAIN, TOLD.payments[name].txid), self.at)

    def spender(self, name: str, vout: int) -> Reply:
        """The reply about what spends one of its outputs."""
        return self.source.reply(MissingSpender(outpoint(name, vout)), self.at)


def outpoint(name: str, vout: int) -> OutPoint:
    """An output of a payment of the story."""
    return OutPoint(story.CHAIN, TOLD.payments[name].txid, vout)


def endpoint(url: str) -> Endpoint:
    """A node on regtest."""
    return Endpoint("bitcoin-core", story.CHAIN, url, url, "own")


@contextmanager
def asking(
    url: str,
    folder: Path,
    adapter: BitcoinCore | None = None,
    *,
    user: str = "user",
    password: str = "password",  # noqa: S107  # the stand-in takes any
    patience: Patience = QUICK,
) -> Iterator[Asking]:
    """A source of the node at `url`, after it has said what it is."""
    environment = {"CHAINTRACE_BITCOIN_CORE_USER": user, "CHAINTRACE_BITCOIN_CORE_PASSWORD": password}
    with quick_door(folder, allowed="own", environment=environment, patience=patience, rates=UNLIMITED) as door:
        source = (adapter or BitcoinCore()).connect(endpoint(url), door)
        yield Asking(source, door, source.status())


@contextmanager
def asking_bcoin(node: Bcoin, folder: Path, adapter: BitcoinCore | None = None) -> Iterator[Asking]:
    """A source of a real node."""
    with asking(node.url, folder, adapter, user=node.user, password=node.password, patience=PATIENT) as a:
        yield a


@contextmanager
def asking_core(core: Core, folder: Path, adapter: BitcoinCore | None = None) -> Iterator[Asking]:
    """A source of the stand-in."""
    with HostileServer(core.answer) as server, asking(server.url, folder, adapter) as a:
        yield a
