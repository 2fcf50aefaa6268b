"""A TRON chain in memory, made from transfers of tokens, from whole transactions, or from both.

What stand-ins for TronGrid and Tronscan answer from. A ledger of transfers alone has no bytes of its transactions, as a
list of an explorer has none. Times are Unix seconds (UTC); a block has the three-second slot of its time.
"""

from __future__ import annotations

import csv
import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

MAINNET = "00000000000000001ebf88508a03865c71d452e25f4d51194196a1d22b6653dc"
FIRST = 1_529_891_466
"""The time that height 0 would have, were there no slot without a block."""
SLOT = 3
USDT = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"


@dataclass(frozen=True)
class Paid:
    """A transfer of a token. `log` is the place of its event in its transaction."""

    txid: str
    time: int
    contract: str
    sender: str
    receiver: str
    value: int
    log: int = 0


@dataclass(frozen=True)
class Whole:
    """A transaction as a node tells it (`gettransactionbyid`, `gettransactioninfobyid`), and whose lists hold it.

    `accounts` are those in whose list of transactions it stands, `inside` the calls inside by account, as explorers
    list them.
    """

    told: dict[str, Any]
    info: dict[str, Any]
    time: int
    accounts: frozenset[str]
    inside: tuple[dict[str, Any], ...] = ()

    @property
    def txid(self) -> str:
        return str(self.told["txID"])


@dataclass
class TronLedger:
    """Transfers and whole transactions, in blocks by time. Transactions of one block stand in the order given here."""

    paid: list[Paid] = field(default_factory=list)
    whole: dict[str, Whole] = field(default_factory=dict)
    waiting: dict[str, dict[str, Any]] = field(default_factory=dict)
    coins: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What `/wallet/getaccount` says of an address."""
    genesis: str = MAINNET
    tip: int = 0
    """The time of the last block; 0: some slots after the last transaction."""
    solid: int = 19
    """How many blocks the solid one is behind."""
    _indices: dict[tuple[int, int], tuple[dict[int, list[str]], dict[str, list[Paid]]]] = field(default_factory=dict)

    @classmethod
    def of(cls, paid: Iterable[Paid]) -> TronLedger:
        return cls(list(paid))

    @property
    def height(self) -> int:
        last = max([one.time for one in self.paid] + [one.time for one in self.whole.values()], default=FIRST + SLOT)
        return height_of(self.tip or last + 40 * SLOT)

    def add(self, told: dict[str, Any], info: dict[str, Any], time: int, *accounts: str, **more: Any) -> str:
        """A whole transaction in the block of a time; its txid."""
        placed = {**info, "id": told["txID"], "blockNumber": height_of(time), "blockTimeStamp": time * 1000}
        self.whole[told["txID"]] = Whole(told, placed, time, frozenset(accounts), **more)
        return str(told["txID"])

    def txids(self) -> dict[int, list[str]]:
        """Height to the txids of its block, in their order."""
        return self._index()[0]

    def _index(self) -> tuple[dict[int, list[str]], dict[str, list[Paid]]]:
        """The txids by height, and the transfers by address."""
        key = (len(self.paid), len(self.whole))
        if key not in self._indices:
            blocks: dict[int, dict[str, None]] = defaultdict(dict)
            for one in [*self.paid, *self.whole.values()]:
                blocks[height_of(one.time)][one.txid] = None
            paid: dict[str, list[Paid]] = defaultdict(list)
            for transfer in self.paid:
                for side in dict.fromkeys((transfer.sender, transfer.receiver)):
                    paid[side].append(transfer)
            self._indices[key] = ({height: list(txids) for height, txids in blocks.items()}, paid)
        return self._indices[key]

    def block(self, height: int) -> dict[str, Any]:
        """A block as nodes tell it, `{}` where there is none."""
        if not 0 <= height <= self.height:
            return {}
        time = 0 if height == 0 else time_of(height)
        raw: dict[str, Any] = {"timestamp": time * 1000, **({"number": height} if height else {})}
        found: dict[str, Any] = {"blockID": self.block_id(height), "block_header": {"raw_data": raw}}
        txids = self.txids().get(height, ()) if height else ()
        if txids:
            found["transactions"] = [self.whole[txid].told if txid in self.whole else {"txID": txid} for txid in txids]
        return found

    def block_id(self, height: int) -> str:
        """Its height in eight bytes, and what would be the rest of a hash."""
        if height == 0:
            return self.genesis
        return f"{height:016x}" + hashlib.sha256(b"%d" % height).hexdigest()[:48]

    def touching(self, address: str, contract: str = "") -> Iterator[Paid]:
        """The transfers of an address, of one token where one is named."""
        for one in self._index()[1].get(address, ()):
            if contract in {"", one.contract}:
                yield one

    def balance(self, address: str, contract: str) -> int:
        """What the transfers leave; less than 0 where the ledger does not hold all of them."""
        return sum(
            one.value * ((one.receiver == address) - (one.sender == address))
            for one in self.touching(address, contract)
        )


def height_of(time: int) -> int:
    return (time - FIRST) // SLOT


def time_of(height: int) -> int:
    return FIRST + height * SLOT


def seizure_ledger(file: Path, contract: str = USDT) -> tuple[TronLedger, frozenset[str]]:
    """The transfers of a token in `trc20_xfers.csv` and the wallets whose history it holds.

    In the order of the case that ships: by time, then by txid.
    """
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    found = {
        Paid(
            row["tx_id"],
            int(row["timestamp"]) // 1000,
            contract,
            row["from_address"],
            row["to_address"],
            int(row["quant"]),
        )
        for row in rows
        if row["token_id"] == contract
    }
    ordered = sorted(found, key=lambda one: (one.time, one.txid))
    return TronLedger.of(ordered), frozenset(row["wallet"] for row in rows)
