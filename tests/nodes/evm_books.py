"""A pencil and two columns beside a real node: who sent what to whom, and what everybody has then. In base units.

The one who writes a story says of every transaction what it moves; the node only says what its gas cost. Nothing here
knows the package that is under test. `settled` holds the books against the balances that the node has.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from tests.nodes.anvil import CHAIN_ID, RICH, Anvil, account, address, call, made_by

if TYPE_CHECKING:
    from collections.abc import Iterator

NATIVE = ""
"""The native asset where a contract names any other."""
NOBODY = ""
GWEI = 10**9
PRICE = 2 * GWEI
"""Wei for one unit of gas in a transaction of the old kind."""
PLAIN = 21_000
"""The gas of a payment to somebody who runs no code."""


@dataclass(frozen=True)
class Move:
    """One movement: its name inside the transaction (M1), its asset, who pays, who receives, how much.

    In a deed, the number in `log:0` counts the logs of the transaction; in a `Page`, those of the block, as nodes do.
    `silent`: no log and no trace tells of it.
    """

    index: str
    asset: str
    sender: str
    receiver: str
    value: int
    silent: bool = False


@dataclass(frozen=True)
class Deed:
    """What somebody signs, and what it must move; `logs` counts all of its logs. `to` is None where it makes code."""

    name: str
    sender: str
    to: str | None
    value: int = 0
    data: bytes = b""
    moves: tuple[Move, ...] = ()
    logs: int = 0
    fails: bool = False
    gas: int = 500_000
    tip: int = 0


@dataclass(frozen=True)
class Page:
    """A transaction as it was mined. The fee and the price are what the receipt says, the moves what the books say."""

    name: str
    txid: str
    height: int
    time: int
    sender: str
    fee: int
    moves: tuple[Move, ...]
    failed: bool
    created: str | None


def pay(name: str, sender: str, to: str, value: int, *, gas: int = PLAIN, tip: int = 0) -> Deed:
    """A payment of the native asset, to an address."""
    moves = (Move("value", NATIVE, address(sender), to, value),)
    return Deed(name, sender, to, value, moves=moves, gas=gas, tip=tip)


def send(name: str, sender: str, token: str, to: str, value: int) -> Deed:
    """A payment of a token by its holder."""
    data = call("Coin", "transfer(address,uint256)", to, value)
    return Deed(name, sender, token, data=data, moves=(Move("log:0", token, address(sender), to, value),), logs=1)


class Books:
    """Pages in chain order and balances, of a node that does what they say. `deeds` and `raw`: what was signed."""

    def __init__(self, node: Anvil, chain_id: int = CHAIN_ID) -> None:
        self.node = node
        self.chain_id = chain_id
        self.pages: dict[str, Page] = {}
        self.raw: dict[str, str] = {}
        self.deeds: dict[str, Deed] = {}
        self._nonces: dict[str, int] = defaultdict(int)
        self.balances: dict[tuple[str, str], int] = _given()

    def of(self, name: str, asset: str = NATIVE) -> int:
        """What the account of that name has, in base units."""
        return self.balances[address(name), asset]

    def next_contract(self, name: str) -> str:
        """The address of the contract that the account of that name makes next."""
        return made_by(address(name), self._nonces[name])

    def block(self, *deeds: Deed) -> None:
        """One block with these transactions, in this order. Raises AssertionError where one does not do as it says."""
        for deed in deeds:
            self.raw[deed.name] = self.signed(deed)
            self.deeds[deed.name] = deed
        txids = [self.node.rpc("eth_sendRawTransaction", self.raw[deed.name]) for deed in deeds]
        self.node.rpc("evm_mine")
        logs = 0
        for deed, txid in zip(deeds, txids, strict=True):
            self._write(deed, self.node.rpc("eth_getTransactionReceipt", txid), logs)
            logs += deed.logs

    def forget(self, height: int) -> None:
        """The blocks above a height are no more, and nothing in them has happened."""
        for name in [name for name, page in self.pages.items() if page.height > height]:
            del self.pages[name]
            self._nonces[self.deeds[name].sender] -= 1
        self.balances = _given()
        for _, move in self.moves():
            self._book(move)

    def again(self, name: str, txid: str) -> None:
        """A transaction that was forgotten has been mined again, alone in its block."""
        deed = self.deeds[name]
        self._nonces[deed.sender] += 1
        self._write(deed, self.node.rpc("eth_getTransactionReceipt", txid), 0)

    def signed(self, deed: Deed) -> str:
        """The transaction, signed with the next nonce, in hex."""
        nonce = self._nonces[deed.sender]
        self._nonces[deed.sender] += 1
        return _signed(deed, nonce, self.chain_id)

    def _write(self, deed: Deed, receipt: dict[str, Any], logs: int) -> None:
        """The page of a transaction, and its movements booked; `logs` stand before its own in the block."""
        assert (int(receipt["status"], 16), deed.name) == (0 if deed.fails else 1, deed.name)
        assert (len(receipt["logs"]), deed.name) == (deed.logs, deed.name)
        fee = int(receipt["gasUsed"], 16) * int(receipt["effectiveGasPrice"], 16)
        height = int(receipt["blockNumber"], 16)
        time = int(self.node.rpc("eth_getBlockByNumber", hex(height), False)["timestamp"], 16)
        sender = address(deed.sender)
        moves = tuple(replace(move, index=_of_block(move.index, logs)) for move in deed.moves)
        self._book(Move("fee", NATIVE, sender, NOBODY, fee))
        for move in moves:
            self._book(move)
        created = receipt.get("contractAddress")
        assert deed.name not in self.pages
        txid = receipt["transactionHash"]
        self.pages[deed.name] = Page(deed.name, txid, height, time, sender, fee, moves, deed.fails, created)

    def _book(self, move: Move) -> None:
        if move.sender != NOBODY:
            self.balances[move.sender, move.asset] -= move.value
            assert self.balances[move.sender, move.asset] >= 0, move
        if move.receiver != NOBODY:
            self.balances[move.receiver, move.asset] += move.value

    def settled(self) -> list[str]:
        """Every account whose balance the node has otherwise. Empty when the books are right."""
        found = []
        for (place, asset), value in self.balances.items():
            if (has := self.node.balance(place, asset)) != value:
                found.append(f"{place} {asset or 'ETH'}: the books say {value}, the node {has}")
        return found

    def moves(self) -> Iterator[tuple[Page, Move]]:
        """Every movement in chain order, the fee of each transaction first."""
        for page in self.pages.values():
            yield page, Move("fee", NATIVE, page.sender, NOBODY, page.fee)
            for move in page.moves:
                yield page, move


@cache
def _signed(deed: Deed, nonce: int, chain_id: int) -> str:
    """The same in every run, and slow in Python: so it is done once for all the nodes of a process."""
    told: dict[str, Any] = {"chainId": chain_id, "nonce": nonce, "gas": deed.gas, "value": deed.value}
    told |= {"data": deed.data, "to": bytes.fromhex(deed.to[2:]) if deed.to else b""}
    if deed.tip:
        told |= {"maxFeePerGas": deed.tip + 2 * GWEI, "maxPriorityFeePerGas": deed.tip}
    else:
        told["gasPrice"] = PRICE
    return "0x" + bytes(account(deed.sender).sign_transaction(told).raw_transaction).hex()


def _given() -> dict[tuple[str, str], int]:
    """What the accounts of the mnemonic have in the first block."""
    return defaultdict(int, {(address(f"rich {number}"), NATIVE): RICH for number in range(10)})


def _of_block(index: str, before: int) -> str:
    """A log's name when so many logs stand before the transaction's first."""
    sort, _, number = index.partition(":")
    return f"log:{before + int(number)}" if sort == "log" else index
