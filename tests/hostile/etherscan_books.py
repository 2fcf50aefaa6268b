"""A small chain in memory that pays, calls, logs, fails and waits: what the stand-in for an explorer lists."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
START = 1_648_041_000
ZERO = "0x" + "0" * 40


def address(name: str) -> str:
    """An address for a name; what is one already stays."""
    return name if name.startswith("0x") else "0x" + hashlib.sha256(name.encode()).hexdigest()[:40]


def digest(*parts: object) -> str:
    """A hash of 32 bytes."""
    return "0x" + hashlib.sha256(repr(parts).encode()).hexdigest()


@dataclass
class Mined:
    """One transaction of the books. `inside` is (from, to, value, held), `tokens` (contract, from, to, value)."""

    height: int
    position: int
    sender: str
    receiver: str | None
    value: int
    gas: int
    price: int
    data: str
    failed: bool
    inside: list[tuple[str, str, int, bool]]
    tokens: list[tuple[str, str, str, int]]
    txid: str = ""

    def receipt_logs(self) -> list[dict]:
        """What it logged."""
        return [
            {
                "address": contract,
                "topics": [TRANSFER, _word(sender), _word(receiver)],
                "data": f"0x{value:064x}",
                "logIndex": hex(number),
                "blockNumber": hex(self.height),
                "blockHash": digest("block", self.height),
                "transactionHash": self.txid,
                "transactionIndex": hex(self.position),
                "removed": False,
            }
            for number, (contract, sender, receiver, value) in enumerate(self.tokens)
        ]


def _word(party: str) -> str:
    return "0x" + party[2:].rjust(64, "0")


@dataclass
class Books:
    """A chain in memory: each transaction in a block of its own, unless it is put into the last one."""

    mined: list[Mined] = field(default_factory=list)
    head: int = 100
    made: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    waiting: list[Mined] = field(default_factory=list)

    def pay(  # each argument is named at the call
        self,
        sender: str,
        receiver: str | None,
        value: int = 0,
        *,
        inside: Iterable[tuple] = (),
        tokens: Iterable[tuple[str, str, str, int]] = (),
        failed: bool = False,
        data: str = "",
        beside: bool = False,
        waits: bool = False,
    ) -> Mined:
        """A transaction; names stand for addresses. `beside`: in the block of the one before it."""
        self.head += not beside
        position = 1 + sum(one.height == self.head for one in self.mined)
        calls = [(address(one[0]), address(one[1]), one[2], one[3] if len(one) > 3 else True) for one in inside]
        logs = [(address(one[0]), address(one[1]), address(one[2]), one[3]) for one in tokens]
        busy = bool(calls or logs or data)
        one = Mined(
            self.head,
            position,
            address(sender),
            None if receiver is None else address(receiver),
            value,
            60_000 if busy else 21_000,
            10,
            data or ("0xabcdef01" if busy else "0x"),
            failed,
            calls,
            logs,
        )
        one.txid = digest("tx", len(self.mined), len(self.waiting), one.height, one.sender)
        (self.waiting if waits else self.mined).append(one)
        return one

    def withdraw(self, receiver: str, gwei: int) -> None:
        """A withdrawal from the beacon chain, in a block of its own."""
        self.head += 1
        self.made.setdefault(address(receiver), []).append((self.head, gwei))

    def balance(self, party: str, contract: str = "") -> int:
        """What an address has now."""
        total = 0 if contract else sum(gwei * 10**9 for _, gwei in self.made.get(party, ()))
        for one in self.mined:
            moves = [] if one.failed else list(one.tokens if contract else ())
            if not contract:
                total -= one.gas * one.price if one.sender == party else 0
                moves = [("", one.sender, one.receiver, one.value)] if not one.failed else []
                moves += [("", start, end, value) for start, end, value, held in one.inside if held and not one.failed]
            total += sum(value for what, _, end, value in moves if (what, end) == (contract, party))
            total -= sum(value for what, start, _, value in moves if (what, start) == (contract, party))
        return total


def time_of(height: int) -> int:
    """The time of a block (Unix, UTC)."""
    return START + 12 * height
