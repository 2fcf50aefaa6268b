"""What an adapter must do: open one source of facts, and answer for what it holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from chaintrace.model.archive import Archive
from chaintrace.model.chain import OutPoint
from chaintrace.model.provenance import Coverage, Gap, Source
from chaintrace.model.transaction import Transaction


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """One `[[source]]` of a case. `path` is absolute, `shown` is how the case writes it (and the only one printed).

    `complete` says for which addresses the file holds every movement: `"all"`, a set of normalised addresses, or None
    where the adapter does not need it. `first_row` offsets the rows of a second file of the same chain (M1).
    """

    adapter: str
    chain: str
    path: Path
    shown: str
    complete: Literal["all"] | frozenset[str] | None = None
    first_row: int = 0


class FactSource(Protocol):
    """An opened source. `whole` sources are read once into the store; the others are asked for what a trace misses."""

    whole: bool

    @property
    def source(self) -> Source:
        """Adapter, path as the case shows it, and the digest of the bytes (or of what identifies them)."""
        ...

    def transactions(self) -> Iterator[Transaction]:
        """Every transaction, once. Values in base units, times in Unix seconds UTC.

        Raises InputError with file and line for a user's file, Malformed for what is not what it claims to be.
        """
        ...

    def coverage(self) -> tuple[Coverage, ...]:
        """For which holdings the source holds every movement (M10); valid after `transactions` has been read."""
        ...

    def gaps(self) -> tuple[Gap, ...]:
        """What the source lacks: a truncated file, unknown heights; valid after `transactions` has been read."""
        ...

    def transaction(self, txid: str) -> Transaction | None:
        """One transaction by txid; None when the source does not hold it. Look-up sources only."""
        ...

    def spender(self, outpoint: OutPoint) -> Transaction | None:
        """The transaction of this source that spends an output; None when none does. Look-up sources only."""
        ...


class Adapter(Protocol):
    """One kind of source. It translates bytes into facts; it never infers, waits, retries or prints."""

    name: str
    summary: str
    needs_complete: bool

    def open(self, spec: SourceSpec, archive: Archive, cache: Path) -> FactSource:
        """Open a source. `cache` is a folder for indices that can be made again. Raises InputError or AdapterError."""
        ...
