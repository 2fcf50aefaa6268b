"""A small account ledger for the stand-in of Blockscout: blocks, transactions, calls, token transfers, issues.

Its balances are counted here by plain addition, by nobody else's code.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field

GENESIS_TIME = 1_700_000_000
ZERO = "0x" + "0" * 40


def address(name: str) -> str:
    """The address of somebody who is only a name."""
    return "0x" + hashlib.sha256(name.encode()).hexdigest()[:40]


def digest(text: str) -> str:
    """A hash of 32 bytes."""
    return "0x" + hashlib.sha256(text.encode()).hexdigest()


@dataclass
class Call:
    """A call inside a transaction. `undone`: it held, but its caller was reverted."""

    sender: str
    receiver: str
    value: int
    kind: str = "call"
    failed: bool = False
    undone: bool = False

    @property
    def moves(self) -> bool:
        return not self.failed and not self.undone and self.kind in {"call", "create", "selfdestruct"}


@dataclass
class Move:
    """A token transfer. `log` is its number in the block, given when it is mined."""

    contract: str
    sender: str
    receiver: str
    value: int
    token_id: int | None = None
    standard: str = "ERC-20"
    log: int = -1


@dataclass
class Tx:
    """A transaction; `height`, `position` and `txid` are given when it is mined."""

    sender: str
    receiver: str | None
    value: int = 0
    data: str = "0x"
    ok: bool = True
    calls: list[Call] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    gas_used: int = 50_000
    gas_price: int = 7
    extra_fee: int = 0
    kind: int = 2
    created: str | None = None
    height: int | None = None
    position: int = 0
    txid: str = ""

    @property
    def fee(self) -> int:
        return self.gas_used * self.gas_price + self.extra_fee


@dataclass
class Issue:
    """A withdrawal of stake, with its number."""

    index: int
    receiver: str
    value: int
    height: int


@dataclass
class Block:
    """A block. `reward` is what its maker gets."""

    height: int
    hash: str
    time: int
    txs: list[Tx]
    miner: str
    reward: int
    issues: list[Issue]


class Ledger:
    """Blocks from 0 on, and what is pending."""

    def __init__(self) -> None:
        self.blocks = [Block(0, digest("genesis"), GENESIS_TIME, [], address("nobody"), 0, [])]
        self.pending: list[Tx] = []
        self._number = 0

    @property
    def tip(self) -> Block:
        return self.blocks[-1]

    def mine(self, *txs: Tx, miner: str = "nobody", reward: int = 0, issues: tuple[tuple[str, int], ...] = ()) -> Block:
        """Put a block on the tip; names and numbers are given here."""
        height, log = self.tip.height + 1, 0
        for position, tx in enumerate(txs):
            tx.height, tx.position = height, position
            tx.txid = tx.txid or self._txid()
            for move in tx.moves:
                move.log = log
                log += 1
        made = []
        for name, value in issues:
            self._number += 1
            made.append(Issue(self._number, address(name), value, height))
        time = GENESIS_TIME + 12 * height
        self.blocks.append(Block(height, digest(f"block {height}"), time, list(txs), address(miner), reward, made))
        return self.tip

    def broadcast(self, tx: Tx) -> Tx:
        """Let a transaction wait."""
        tx.txid = self._txid()
        self.pending.append(tx)
        return tx

    def _txid(self) -> str:
        self._number += 1
        return digest(f"transaction {self._number}")

    def everything(self) -> list[Tx]:
        """Every transaction in a block, in chain order."""
        return [tx for block in self.blocks for tx in block.txs]

    def balances(self, height: int | None = None) -> dict[tuple[str, str], int]:
        """(address, contract) to balance at the end of a block; `""` is the native asset."""
        found: dict[tuple[str, str], int] = defaultdict(int)
        for block in self.blocks if height is None else self.blocks[: height + 1]:
            found[block.miner, ""] += block.reward
            for issue in block.issues:
                found[issue.receiver, ""] += issue.value
            for tx in block.txs:
                found[tx.sender, ""] -= tx.fee
                if not tx.ok:
                    continue
                found[tx.sender, ""] -= tx.value
                found[tx.receiver or tx.created or "", ""] += tx.value
                for call in tx.calls:
                    if call.moves:
                        found[call.sender, ""] -= call.value
                        found[call.receiver, ""] += call.value
                for move in tx.moves:
                    found[move.sender, move.contract] -= move.value
                    found[move.receiver, move.contract] += move.value
        return found

    def told(self, who: str, contract: str) -> set[tuple[str, str, int]]:
        """What a history must tell of an account: (txid, kind, change of its balance) of each movement of its."""
        found: set[tuple[str, str, int]] = set()
        for block in self.blocks:
            if not contract:
                if block.miner == who and block.reward:
                    found.add((f"block:{block.height}:{who}", "value", block.reward))
                found |= {
                    (f"withdrawal:{one.index}", "value", one.value) for one in block.issues if one.receiver == who
                }
            for tx in block.txs:
                found |= _native(tx, who) if not contract else _tokens(tx, who, contract)
        return found


def _native(tx: Tx, who: str) -> set[tuple[str, str, int]]:
    found = {(tx.txid, "fee", -tx.fee)} if tx.sender == who else set()
    receiver = tx.receiver or tx.created
    if tx.ok and who in {tx.sender, receiver} and (tx.value or (tx.data == "0x" and tx.receiver)):
        found.add((tx.txid, "value", tx.value * ((receiver == who) - (tx.sender == who))))
    if tx.ok:
        inner = [call for call in tx.calls if call.moves and who in {call.sender, call.receiver} and call.value]
        found |= {
            (tx.txid, f"internal {n}", call.value * ((call.receiver == who) - (call.sender == who)))
            for n, call in enumerate(inner)
        }
    return found


def _tokens(tx: Tx, who: str, contract: str) -> set[tuple[str, str, int]]:
    moves = [one for one in tx.moves if one.contract == contract and who in {one.sender, one.receiver}] if tx.ok else []
    return {(tx.txid, f"log:{one.log}", one.value * ((one.receiver == who) - (one.sender == who))) for one in moves}
