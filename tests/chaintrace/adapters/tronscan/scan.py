"""Accounts of a small TRON ledger, a stand-in for Tronscan that tells of them, and a source that asks it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chaintrace.adapters.network import Endpoint
from chaintrace.adapters.tronscan import TronscanSource
from chaintrace.model.chain import Account, Asset
from chaintrace.model.view import MissingHistory, MissingTransaction
from tests.chaintrace.adapters.tron.making import ALICE, BOB, CAROL, TOKEN
from tests.hostile.doors import quick_door
from tests.hostile.server import HostileServer
from tests.hostile.tron_ledger import FIRST, SLOT, Paid, TronLedger
from tests.hostile.tronscan_server import Tronscan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from chaintrace.adapters.network import Reply, Status
    from tests.hostile.doors import TestDoor

BEGIN = FIRST + 1_000 * SLOT


def txid(number: int) -> str:
    return f"{number:064x}"


def at_slot(number: int) -> int:
    """The time of a block."""
    return BEGIN + SLOT * number


def paid(number: int, sender: str, receiver: str, value: int, *, slot: int = -1, log: int = 0) -> Paid:
    """A transfer of the token in a transaction of that number, in the block of its number where no slot is named."""
    return Paid(txid(number), at_slot(number if slot < 0 else slot), TOKEN, sender, receiver, value, log)


def many(count: int) -> list[Paid]:
    """Bob is paid by Alice and pays Carol half of it, time and again."""
    rows = []
    for number in range(count):
        sides = (ALICE, BOB) if number % 2 == 0 else (BOB, CAROL)
        rows.append(paid(number + 1, *sides, 1_000 + number if number % 2 == 0 else 500))
    return rows


def account(address: str = BOB, contract: str = TOKEN) -> Account:
    return Account(address, Asset("tron", contract))


@dataclass
class Scan:
    """A source, with all that stands behind it."""

    source: TronscanSource
    server: HostileServer
    explorer: Tronscan
    door: TestDoor
    at: Status

    def history(self, address: str = BOB, contract: str = TOKEN) -> Reply:
        return self.source.reply(MissingHistory(account(address, contract)), self.at)

    def about(self, number: int | str) -> Reply:
        name = number if isinstance(number, str) else txid(number)
        return self.source.reply(MissingTransaction("tron", name), self.at)

    def asked(self, path: str) -> int:
        """How often a question was put."""
        return sum(one.path.removeprefix("/api/").partition("?")[0] == path for one in self.server.asked)


@contextmanager
def scanning(
    folder: Path,
    transfers: list[Paid] | None = None,
    *,
    chain: str = "tron",
    most: int = 10_000,
    environment: dict[str, str] | None = None,
    ledger: TronLedger | None = None,
    **options: Any,
) -> Iterator[Scan]:
    """A source of a stand-in, after it has said what it is. `options` are those of the stand-in."""
    explorer = Tronscan(ledger or TronLedger.of(transfers or []), **options)
    with HostileServer(explorer) as server, quick_door(folder, environment=environment) as door:
        endpoint = Endpoint("tronscan", chain, f"{server.url}/api", f"{server.url}/api", "public")
        source = TronscanSource(endpoint, door, most, explorer.window)
        status = source.status()
        server.asked.clear()
        yield Scan(source, server, explorer, door, status)


def kinds(reply: Reply) -> list[str]:
    return [gap.kind for gap in reply.gaps]


def moved(reply: Reply, address: str = BOB, contract: str = TOKEN) -> list[int]:
    """What came in and (less than 0) went out, in the order of the reply."""
    mine = account(address, contract)
    found = []
    for transaction in reply.transactions:
        for transfer in transaction.transfers:
            came = sum(leg.value or 0 for leg in transfer.outputs if leg.holding == mine)
            went = sum(leg.value or 0 for leg in transfer.inputs if leg.holding == mine)
            found += [came - went] if came or went else []
    return found
