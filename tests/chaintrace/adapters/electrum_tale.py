"""A short chain for the tests of the Electrum adapter: a theft that is split, paid on in the same block, and pending.

Height 2 funds the victim, 3 is the theft, 4 splits it and holds a payment that spends the split, 5 mints only. Two more
payments are in no block: `late` spends the split, `later` spends `late`. Nobody checks maturity here.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import pytest

from chaintrace.adapters.electrum import Electrum, ElectrumSource
from chaintrace.adapters.network import Endpoint, Status
from chaintrace.addresses import script_address
from chaintrace.errors import AdapterError
from chaintrace.model.chain import Account, Asset, OutPoint
from chaintrace.model.view import MissingHistory, MissingSpender, MissingTransaction
from tests.hostile.doors import QUICK, TestDoor, quick_door
from tests.hostile.electrum_ledger import Ledger
from tests.hostile.electrum_server import ElectrumServer
from tests.nodes.chain import COIN, MadeBlock, Output, Payment, genesis, mine, op_return, p2pkh, p2wpkh, pay

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from chaintrace.adapters.transport import Patience

CHAIN = "bitcoin-regtest"
NATIVE = Asset(CHAIN, "", "rBTC", 8)
THEFT_VALUE = 20 * COIN


@dataclass(frozen=True)
class Tale:
    """Blocks from height 1 on, and payments by name."""

    blocks: tuple[MadeBlock, ...]
    fund: Payment
    theft: Payment
    split: Payment
    child: Payment
    late: Payment
    later: Payment

    @property
    def tip(self) -> MadeBlock:
        return self.blocks[-1]

    def ledger(self, *pending: Payment, blocks: tuple[MadeBlock, ...] | None = None) -> Ledger:
        chain = self.blocks if blocks is None else blocks
        return Ledger([genesis(), *(block.raw for block in chain)], [payment.raw for payment in pending])


@cache
def tale() -> Tale:
    one = mine(None)
    fund = pay([one.coinbase.coin(0)], [p2pkh("victim", 30 * COIN), p2wpkh("stranger", 20 * COIN - 1_000)])
    two = mine(one, [fund])
    theft = pay([fund.coin(0)], [p2wpkh("thief", THEFT_VALUE), p2pkh("victim", 10 * COIN - 700)])
    three = mine(two, [theft])
    split = pay(
        [theft.coin(0), fund.coin(1)],
        [p2wpkh("thief", 12 * COIN), op_return(b"nothing"), p2pkh("shop", 27 * COIN)],
    )
    child = pay([split.coin(2)], [p2wpkh("bag", 27 * COIN - 300)])
    four = mine(three, [split, child])
    five = mine(four)
    late = pay([split.coin(0)], [p2wpkh("far", 12 * COIN - 500)])
    later = pay([late.coin(0)], [p2pkh("end", 12 * COIN - 900)])
    return Tale((one, two, three, four, five), fund, theft, split, child, late, later)


def endpoint(url: str, chain: str = CHAIN, reach: str = "own") -> Endpoint:
    return Endpoint("electrum", chain, url, url, reach)


def transaction(payment: Payment) -> MissingTransaction:
    return MissingTransaction(CHAIN, payment.txid)


def spender(payment: Payment, vout: int) -> MissingSpender:
    return MissingSpender(OutPoint(CHAIN, payment.txid, vout))


def history(output: Output) -> MissingHistory:
    return MissingHistory(Account(address(output), NATIVE))


def address(output: Output) -> str:
    return script_address(output.script, CHAIN)[1] or ""


@dataclass
class Desk:
    """A server, a door and the source between them."""

    server: ElectrumServer
    door: TestDoor
    source: ElectrumSource

    def ask(self, missing: object) -> object:
        """The reply as of the tip that the server names now."""
        return self.source.reply(missing, self.source.status())

    def calls(self, method: str) -> int:
        return sum(asked == f"blockchain.{method}" for asked, _ in self.server.asked)


@contextmanager
def desk(folder: Path, ledger: Ledger, *, patience: Patience = QUICK, version: str = "1.6") -> Iterator[Desk]:
    with ElectrumServer(ledger, version) as server, quick_door(folder, patience=patience) as door:
        yield Desk(server, door, Electrum().connect(endpoint(server.url), door))


TIP = Status(CHAIN, 5, tale().tip.hash, tale().tip.time, None)
QUESTIONS = {
    "transaction": transaction(tale().split),
    "spender": spender(tale().theft, 0),
    "history": history(p2wpkh("thief", 0)),
}
GET, BRANCH, HEADER = "blockchain.transaction.get", "blockchain.transaction.get_merkle", "blockchain.block.header"
HISTORY, UNSPENT = "blockchain.scripthash.get_history", "blockchain.scripthash.listunspent"
BALANCE, LAST = "blockchain.scripthash.get_balance", "blockchain.headers.subscribe"
REMEDIES = (
    "ask another source",
    "look at",
    "try again",
    "ask again",
    "ask for its tip again",
    "check",
    "raise that limit",
    "use ",
)


def failing(made: Desk, missing: object, at: Status = TIP) -> AdapterError:
    """The error that a question ends as, which names the server and says what to do."""
    with pytest.raises(AdapterError) as caught:
        made.source.reply(missing, at)
    said = str(caught.value)
    assert made.server.host in said
    assert any(remedy in said for remedy in REMEDIES), said
    return caught.value
