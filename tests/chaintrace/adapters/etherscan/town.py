"""A source of the stand-in over loopback, with all that stands behind it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chaintrace.adapters.assets import native_asset
from chaintrace.adapters.etherscan import Etherscan, Routescan
from chaintrace.adapters.etherscan.adapter import ExplorerSource
from chaintrace.adapters.network import Endpoint, Status
from chaintrace.model.chain import Account, Asset
from chaintrace.model.view import MissingHistory
from tests.hostile.doors import quick_door
from tests.hostile.etherscan_books import Books, address
from tests.hostile.etherscan_server import Explorer
from tests.hostile.server import HostileServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from chaintrace.adapters.network import Reply
    from tests.hostile.doors import TestDoor

CHAIN = "ethereum"
PATH = "/v2/api"
PATHS = {"etherscan": PATH, "routescan": "/v2/network/mainnet/evm/1/etherscan/api"}
LIST = f"{PATH}?chainid=1&module=account&action="
PROXY = f"{PATH}?chainid=1&module=proxy&action="
TOKEN = address("a token")


@dataclass
class Asked:
    """A source, the books, the server and the door."""

    source: ExplorerSource
    explorer: Explorer
    server: HostileServer
    door: TestDoor
    at: Status

    @property
    def books(self) -> Books:
        return self.explorer.books

    def on(self, action: str) -> str:
        """How the path of a question begins."""
        adapter = self.source.endpoint.adapter
        chain = "chainid=1&" if adapter == "etherscan" else ""
        return f"{PATHS[adapter]}?{chain}module={'proxy' if action.startswith('eth_') else 'account'}&action={action}"

    def history(self, name: str, contract: str = "") -> Reply:
        """The history of a name, in the native asset or in a token."""
        return self.source.reply(missing(name, contract), self.at)

    def actions(self) -> list[str]:
        """What the server was asked, in order."""
        return [query["action"] for query in self.explorer.asked]


def account(name: str, contract: str = "") -> Account:
    """An account of a name."""
    return Account(address(name), Asset(CHAIN, contract) if contract else native_asset(CHAIN))


def missing(name: str, contract: str = "") -> MissingHistory:
    """The question for its history."""
    return MissingHistory(account(name, contract))


def connected(server: HostileServer, door: TestDoor, *, adapter: str = "etherscan", reach="own", most=None):
    """A source of a server."""
    endpoint = Endpoint(adapter, CHAIN, server.url + PATHS[adapter], adapter, reach)
    source = (Etherscan() if adapter == "etherscan" else Routescan()).connect(endpoint, door)
    if most is not None:
        source._histories._most = most
    return source


@contextmanager
def asked(  # each is named at the call
    folder: Path,
    books: Books,
    *,
    most=None,
    at=None,
    environment=None,
    reach="own",
    adapter="etherscan",
    **more,
) -> Iterator[Asked]:
    """A source of the stand-in; it is asked for its tip, as every run begins."""
    explorer = Explorer(books, **more)
    with HostileServer(explorer) as server, quick_door(folder, environment=environment) as door:
        source = connected(server, door, adapter=adapter, reach=reach, most=most)
        at = at or source.status()
        explorer.asked.clear()
        yield Asked(source, explorer, server, door, at)
