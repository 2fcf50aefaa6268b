"""A small story on a ledger of accounts, a stand-in that tells of it, and a source that asks it over loopback."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chaintrace.adapters.assets import asset, native_asset
from chaintrace.adapters.blockscout import Blockscout, BlockscoutSource
from chaintrace.adapters.evm import evm_chain
from chaintrace.adapters.network import Endpoint, Reply, Status
from chaintrace.model.chain import Account
from chaintrace.model.view import MissingHistory
from tests.hostile import blockscout_server
from tests.hostile.blockscout_ledger import ZERO, Call, Ledger, Move, Tx, address
from tests.hostile.doors import quick_door
from tests.hostile.server import HostileServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.hostile.doors import TestDoor

CHAIN = "ethereum"
ETH = 10**18
USDT = address("usdt")
A, B, C, D = (address(name) for name in ("alice", "bob", "carol", "router"))


def story(blocks: int = 3) -> Ledger:
    """Alice is paid, pays through a router that sends some back, fails once, gets and sends tokens, and waits."""
    ledger = Ledger()
    ledger.mine(miner="alice", reward=5 * ETH, issues=(("alice", 3 * ETH), ("bob", 40 * ETH)))
    ledger.mine(Tx(B, A, 2 * ETH), Tx(A, C, ETH), Tx(A, C, 9 * ETH, ok=False))
    inner = [Call(D, C, 3), Call(D, A, 4), Call(D, A, 5, "delegatecall"), Call(D, A, 6, failed=True)]
    ledger.mine(Tx(A, D, 10, data="0xabcdef01", calls=inner))
    ledger.mine(Tx(B, USDT, data="0xa9059cbb", moves=[Move(USDT, ZERO, A, 700), Move(USDT, ZERO, B, 9_000)]))
    ledger.mine(Tx(A, USDT, data="0xa9059cbb", moves=[Move(USDT, A, C, 100), Move(USDT, A, C, 100)]))
    ledger.mine(Tx(B, A, 0), Tx(A, None, 7, created=C, data="0x60"))
    for _ in range(blocks):
        ledger.mine(Tx(B, A, 11), Tx(B, D, 12, calls=[Call(D, A, 12)]), Tx(B, USDT, moves=[Move(USDT, B, A, 13)]))
    ledger.mine()
    ledger.broadcast(Tx(A, B, 77))
    return ledger


@dataclass
class Asked:
    """A source, with all that stands behind it."""

    source: BlockscoutSource
    ledger: Ledger
    server: HostileServer
    scout: blockscout_server.Blockscout
    door: TestDoor
    at: Status

    def paths(self) -> list[str]:
        """What the server was asked, in order: a path, or a method."""
        return [asked.call or asked.path.removeprefix("/api/v2") for asked in self.server.asked]

    def history(self, who: str, contract: str = "") -> Reply:
        """The history of an account."""
        return self.source.reply(missing(who, contract, self.source.endpoint.chain), self.at)


def missing(who: str, contract: str = "", chain: str = CHAIN) -> MissingHistory:
    """The question for a history."""
    what = asset(chain, contract, None) if contract else native_asset(chain)
    return MissingHistory(Account(who, what))


@contextmanager
def asked(  # each is named at the call
    folder: Path,
    ledger: Ledger | None = None,
    *,
    chain: str = CHAIN,
    path: str = "",
    most: int = 10_000,
    environment: dict[str, str] | None = None,
    **options: object,
) -> Iterator[Asked]:
    """A source of the stand-in, asked for its tip as every run begins. `options` are those of the stand-in."""
    ledger = ledger or story()
    options.setdefault("chain_id", evm_chain(chain).chain_id)
    scout = blockscout_server.Blockscout(ledger, **options)
    with HostileServer(scout) as server, quick_door(folder, environment=environment) as door:
        source = connected(server, door, chain, path, most)
        at = source.status()
        server.asked.clear()
        yield Asked(source, ledger, server, scout, door, at)


def connected(
    server: HostileServer, door: TestDoor, chain: str = CHAIN, path: str = "", most: int = 10_000
) -> BlockscoutSource:
    """A source of a server."""
    endpoint = Endpoint("blockscout", chain, f"{server.url}{path}", "blockscout", "own")
    source = Blockscout().connect(endpoint, door)
    assert isinstance(source, BlockscoutSource)
    return source if most == 10_000 else BlockscoutSource(endpoint, door, most)


def told(reply: Reply, who: str, contract: str = "") -> set[tuple[str, str, int]]:
    """What a reply tells of an account, in the words of `Ledger.told`; what is pending is left out."""
    found: set[tuple[str, str, int]] = set()
    for made in reply.transactions:
        inner = 0
        for transfer in made.transfers:
            parties = {leg.address for leg in (*transfer.inputs, *transfer.outputs)}
            if made.block is None or transfer.asset.contract != contract or who not in parties:
                continue
            change = sum(leg.value or 0 for leg in transfer.outputs if leg.address == who)
            change -= sum(leg.value or 0 for leg in transfer.inputs if leg.address == who)
            name = transfer.index
            if transfer.kind == "internal":
                name, inner = f"internal {inner}", inner + 1
            found.add((made.txid, name, change))
    return found
