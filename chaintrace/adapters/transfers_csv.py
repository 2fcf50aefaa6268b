"""Adapter `transfers-csv`: a file of transfers, one a row, of any account chain or private ledger.

Chain order is (height, row), or (time, row) in a file without heights; row counts from 0, `first_row` is added.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias, TypeVar

from chaintrace.adapters.assets import asset
from chaintrace.adapters.interface import SourceSpec
from chaintrace.adapters.lines import check_unchanged
from chaintrace.adapters.rows import Row, RowReader, memo_of
from chaintrace.adapters.whole_file import WholeFile
from chaintrace.model.archive import Archive
from chaintrace.model.chain import Account, Asset, Block
from chaintrace.model.provenance import Coverage, Observation, Source
from chaintrace.model.transaction import Kind, Leg, Transaction, Transfer

_Key = TypeVar("_Key")
Held: TypeAlias = Callable[[_Key, Row], Row]
"""Gives the row that is held under a key, or holds this one, as `dict.setdefault` does."""


class TransfersCsv:
    """Opens a CSV with the header `chain,txid,index,height,time,asset,decimals,from,to,value`, and `memo` if wanted."""

    name = "transfers-csv"
    summary = "a CSV of transfers, one a row, of any account chain or private ledger"
    needs_complete = True

    def open(self, spec: SourceSpec, archive: Archive, cache: Path) -> "TransfersFile":
        """Keep the file's bytes in the archive and open it. Raises InputError when it cannot be read."""
        del cache  # a CSV is read from first to last and needs no index
        return TransfersFile(spec, archive.keep_file(self.name, spec.shown, spec.path))


class TransfersFile(WholeFile):
    """One opened CSV: read whole, once."""

    _memos: tuple[Observation, ...] = ()

    def transactions(self) -> Iterator[Transaction]:
        """Every transaction of the source's chain, in chain order. Raises InputError with file and line."""
        ledger = Ledger(self._spec)
        ledger.read()
        check_unchanged(self._spec.path, self._spec.shown, self._source.sha256)
        self._coverage = (ledger.coverage(),)
        self._memos = tuple(ledger.memos(self._source))
        return ledger.transactions(self._source)

    def observations(self) -> tuple[Observation, ...]:
        """The memos of transfers, in the file's order; known once it was read."""
        return self._memos

    def line_of(self, txid: str, index: str) -> int | None:
        """The first line with that transfer, for a message; reads the file again."""
        found = (row.line for row in RowReader(self._spec).rows() if row.txid == txid and index in {row.index_text, ""})
        return next(found, None)


class Ledger:
    """The rows of one chain, repeats taken out, with the checks that need more than one row."""

    def __init__(
        self, spec: SourceSpec, rows: Held[tuple[str, str]] | None = None, first: Held[str] | None = None
    ) -> None:
        """`rows` and `first` hold the rows of each transfer and transaction elsewhere: `bulk` has too many."""
        self._spec = spec
        self._reader = RowReader(spec)
        self._rows: dict[tuple[str, str], Row] = {}
        self._first: dict[str, Row] = {}
        self._row_of = rows or self._rows.setdefault
        self._first_of = first or self._first.setdefault
        self._scales: dict[str, tuple[int | None, int]] = {}

    def read(self) -> None:
        """Read the whole file. Raises InputError."""
        first: Row | None = None
        for row in self._reader.rows():
            if first is None:
                first = row
            if (row.height is None) != (first.height is None):
                with_height, without = (first, row) if row.height is None else (row, first)
                sentence = (
                    f"line {with_height.line} has a height and line {without.line} has none: "
                    f"heights stand in all rows of {self._spec.chain} or in none"
                )
                self._reader.refuse(sentence, row.line)
            self._check_repeat(row)
            self._scale(row)
        if first is None:
            self._refuse_empty()

    def _refuse_empty(self) -> None:
        """Say what the file holds instead."""
        others = ", ".join(self._reader.other_chains)
        if others:
            self._reader.refuse(
                f"no row is of the chain {self._spec.chain}: the file holds {others}: name one as it stands there"
            )
        self._reader.refuse("the file holds no transfer: there is nothing below the header")

    def _check_repeat(self, row: Row) -> None:
        """Keep the row unless it is a repeat. Raises InputError when it contradicts an earlier one."""
        first = self._first_of(row.txid, row)
        if (first.height, first.time) != (row.height, row.time):
            what = "heights" if first.height != row.height else "times"
            sentence = f"{row.txid} has two {what}, here and in line {first.line}: a transaction stands in one block"
            self._reader.refuse(sentence, row.line)
        other = self._row_of((row.txid, row.index_text), row)
        if (other.contract, other.sender, other.receiver, other.value, other.memo) != (
            row.contract,
            row.sender,
            row.receiver,
            row.value,
            row.memo,
        ):
            sentence = (
                f"{row.txid} with index {row.index_text} stands in line {other.line} with other contents: "
                "correct one of them, or give each transfer its own index"
            )
            self._reader.refuse(sentence, row.line)

    def _scale(self, row: Row) -> None:
        """Remember the decimals of an asset. Raises InputError when it has others already."""
        known, line = self._scales.get(row.contract, (None, row.line))
        if known is None:
            self._scales[row.contract] = (row.decimals, row.line)
        elif row.decimals is not None and row.decimals != known:
            name = asset(self._spec.chain, row.contract, None).name
            sentence = f"{name} has {row.decimals} decimals here and {known} in line {line}: an asset has one scale"
            self._reader.refuse(sentence, row.line)

    def assets(self) -> dict[str, Asset]:
        """Every asset that was seen, by the name that rows have it under."""
        return {key: asset(self._spec.chain, key, scale) for key, (scale, _) in self._scales.items()}

    def _ordered(self) -> list[list[Row]]:
        """The rows of each transaction, transactions in chain order."""
        grouped: dict[str, list[Row]] = {txid: [] for txid in self._first}
        for row in self._rows.values():
            grouped[row.txid].append(row)
        return sorted(grouped.values(), key=lambda rows: (_rank(rows[0]), rows[0].row))

    def transactions(self, source: Source) -> Iterator[Transaction]:
        """Each transaction with its transfers in the order of the rows."""
        chain, offset = self._spec.chain, self._spec.first_row
        assets = self.assets()
        accounts: dict[tuple[str, str], Account] = {}
        for rows in self._ordered():
            transfers = tuple(_transfer(row, assets[row.contract], offset, accounts) for row in rows)
            block = Block(rows[0].height, "", rows[0].time)
            yield Transaction(chain, rows[0].txid, block, offset + rows[0].row, transfers, source=source)

    def memos(self, source: Source) -> Iterator[Observation]:
        """What is written beside each transfer, as a fact of its txid that names the transfer."""
        for row in self._rows.values():
            if row.memo:
                what = memo_of(row.index_text)
                yield Observation(self._spec.chain, row.txid, what, row.height, row.memo, source)

    def coverage(self) -> Coverage:
        """From the file's first row to its last, for the assets that occur."""
        blocks = [(_rank(row), row.time) for row in self._first.values()]
        end, time = max(blocks)
        whole = next(iter(self._first.values())).height is not None
        complete = self._spec.complete
        return Coverage(
            self._spec.chain,
            None if complete == "all" else complete or frozenset(),
            frozenset(self._scales),
            min(blocks)[0],
            end,
            end if whole else None,
            time,
        )


def _rank(row: Row) -> int:
    """The height, or the time in a file without heights."""
    return row.time if row.height is None else row.height


def _transfer(row: Row, what: Asset, offset: int, accounts: dict[tuple[str, str], Account]) -> Transfer:
    """The transfer of one row; equal accounts are one object."""
    inputs, outputs = _legs(row.sender, row, what, accounts), _legs(row.receiver, row, what, accounts)
    order = _rank(row), offset + row.row, 0
    return Transfer(row.index_text, _kind(row, what), what, inputs, outputs, order, what.token_id)


def _legs(address: str, row: Row, what: Asset, accounts: dict[tuple[str, str], Account]) -> tuple[Leg, ...]:
    """One leg, or none where the cell is empty."""
    if not address:
        return ()
    key = (address, row.contract)
    account = accounts.get(key) or accounts.setdefault(key, Account(address, what))
    return (Leg(row.value, account, address),)


def _kind(row: Row, what: Asset) -> Kind:
    """What sort of transfer a row is."""
    if not row.sender:
        return "mint"
    if not row.receiver:
        return "burn"  # whatever its index says: a file names a fee by no rule of its own
    if what.token_id is not None:
        return "nft"
    return "token" if row.contract else "native"
