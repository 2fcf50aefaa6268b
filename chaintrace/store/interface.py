"""What a store of facts must do. Facts are added by source and never deleted; reading is over a choice of sources."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeAlias

from chaintrace.model.chain import Account, Asset, Block, OutPoint
from chaintrace.model.provenance import Gap, Source
from chaintrace.model.transaction import Movement, Transaction
from chaintrace.store.answers import Answered, Heard, Left, Network, Pin

Locate: TypeAlias = Callable[[Source, str, str, str], int | None]
"""The line of a source's file that tells of (chain, txid, index), for a message; index `""` is any. None: no lines."""


def nowhere(source: Source, chain: str, txid: str, index: str) -> int | None:
    """The `Locate` of those who know no lines."""
    del source, chain, txid, index
    return None


class Facts(Protocol):
    """What some sources together say. Equal facts are one; values in base units, times in Unix seconds (UTC).

    A transaction is what all of the sources know of it, under the first one's `source` and place in the order.
    Of a reorganised chain, only canonical blocks answer. What network sources tell is heard with it; where they
    contradict a file or each other, the first of them counts and `heard` has a gap.
    """

    @property
    def heard(self) -> Heard:
        """What the networks say besides transactions, under the newest pin of each chain."""
        ...

    def transaction(self, chain: str, txid: str) -> Transaction | None:
        """The transaction with that txid, None when no source tells of it."""
        ...

    def transactions(self, chain: str) -> Iterator[Transaction]:
        """Every transaction of a chain, in chain order (M2)."""
        ...

    def movements(self, account: Account) -> Sequence[Movement]:
        """The transfers that touch an account, in chain order, a self-transfer once."""
        ...

    def spender(self, outpoint: OutPoint) -> Transaction | None:
        """The transaction that spends an output: the confirmed one, else the first that is pending; or None."""
        ...

    def assets(self, chain: str) -> Sequence[Asset]:
        """The assets that occur on a chain, by contract."""
        ...


class Store(Protocol):
    """Facts by (txid, block hash), each linked to the sources that tell it."""

    def add(self, transactions: Iterable[Transaction], source: Source, chain: str = "", reading: str = "") -> int:
        """Add what a source tells, all of it or, when something raises, nothing; the number of transactions read.

        `chain` is the one that was read of the source (`""`: all), `reading` says how: whatever may change the facts
        while the bytes stay. What the store already holds under the same reading is read again, for its own checks,
        but not written; under another one it replaces what the source told of that chain. A transaction has at least
        one transfer, and the position of its first. Raises OutputError when the store cannot be written, and whatever
        `transactions` raises.
        """
        ...

    def facts(self, sources: Sequence[Source], locate: Locate = nowhere, networks: Sequence[Network] = ()) -> Facts:
        """What these sources say, then these networks, and no other. Their order is that of the case.

        Raises InputError, with the lines that `locate` knows, when two of `sources` contradict each other.
        """
        ...

    def pin(self, chain: str, tip: Block, at: datetime) -> Pin:
        """Begin a follow of a chain as of a tip, at a moment (UTC); the tip is canonical.

        Raises OutputError when it cannot be written.
        """
        ...

    def pins(self) -> Mapping[str, Pin]:
        """The newest pin of each chain, open or not."""
        ...

    def end(self, pin: Pin, at: datetime, gaps: Sequence[Gap] = (), *, stays_open: bool = False) -> None:
        """Say that a follow ended at a moment (UTC), why it ended early, and whether the next one goes on with it."""
        ...

    def tell(self, answers: Sequence[Answered]) -> None:
        """Add answers under the newest pin of their chains, all of them or none, with what was asked.

        A block of theirs that was taken for orphaned is canonical again. Raises OutputError.
        """
        ...

    def unsettled(self, chain: str, depth: int) -> Sequence[Block]:
        """The blocks that networks told of, not orphaned, and never seen `depth` below a tip; by height and hash."""
        ...

    def confirm(self, chain: str, blocks: Iterable[Block], tip: int) -> None:
        """Say that these blocks were canonical when the chain's tip had a height."""
        ...

    def mark(self, chain: str, block_hash: str, at: datetime, *, canonical: bool) -> None:
        """Say that from `at` (UTC) on a block is canonical or not. Nothing is deleted: the mark is a dated column."""
        ...

    def left(self, chain: str) -> Sequence[Left]:
        """The blocks that are marked as not canonical, by height and hash, with the moment of the mark (UTC)."""
        ...

    def close(self) -> None:
        """Let go of files. The facts stay."""
        ...
