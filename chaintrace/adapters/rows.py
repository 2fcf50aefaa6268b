"""The rows of a transfers file: each cell read, checked and normalised; every refusal names file and line."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple, NoReturn

from chaintrace.adapters import cells
from chaintrace.adapters.assets import asset_key, txid_key
from chaintrace.adapters.csv_rows import csv_rows
from chaintrace.adapters.interface import SourceSpec
from chaintrace.adapters.lines import text_lines
from chaintrace.addresses import normalise
from chaintrace.errors import InputError

COLUMNS = ("chain", "txid", "index", "height", "time", "asset", "decimals", "from", "to", "value")
"""The header of a transfers file; the columns are found by name, others are ignored."""

MEMO = "memo"
"""The column that a file may have besides: the memo or destination tag of the transfer."""

_MOST_ADDRESSES = 1_000_000
"""Whose normal form is remembered: a file may have any number."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def memo_of(index: str) -> str:
    """`Observation.what` of the memo of one transfer of a txid, of which each may have its own."""
    return f"{MEMO} of {index}"


class Row(NamedTuple):
    """One transfer as the file has it. `row` counts the file's rows from 0, `line` its lines from 1.

    `contract` is the asset's identity, `sender` and `receiver` are `""` for a mint and a burn, value in base units.
    `memo` is `""` where the file has none.
    """

    line: int
    row: int
    txid: str
    index_text: str
    height: int | None
    time: int
    contract: str
    decimals: int | None
    sender: str
    receiver: str
    value: int
    memo: str = ""


class RowReader:
    """The rows of one chain in one file. What it has seen of other chains is kept for the message."""

    def __init__(self, spec: SourceSpec) -> None:
        self._spec = spec
        self._addresses: dict[str, str] = {"": ""}
        self._contracts: dict[str, str] = {}
        self.other_chains: dict[str, None] = {}

    def refuse(self, sentence: str, line: int | None = None, *, cause: Exception | None = None) -> NoReturn:
        """Raise InputError at a line of the file."""
        raise InputError(sentence, path=self._spec.shown, line=line) from cause

    def rows(self) -> Iterator[Row]:
        """Every row of the source's chain, in the file's order. Raises InputError."""
        table = csv_rows(text_lines(self._spec.path, self._spec.shown), self.refuse)
        _, header = next(table)
        places = self._places(header)
        for count, (line, row) in enumerate(table):
            if parsed := self._row(row, places, line, count):
                yield parsed

    def _places(self, header: list[str]) -> Mapping[str, int]:
        """Where each column stands."""
        if fault := cells.header_fault(header, COLUMNS, (MEMO,)):
            self.refuse(fault, 1)
        return {name: header.index(name) for name in (*COLUMNS, MEMO) if name in header}

    def _row(self, cell: list[str], at: Mapping[str, int], line: int, count: int) -> Row | None:
        """One row of the source's chain, None for one of another chain."""
        chain = cell[at["chain"]].strip()
        if chain != self._spec.chain:
            if not chain:
                self.refuse("chain is empty: every row names its chain", line)
            self.other_chains[chain] = None
            return None
        column = "txid"
        try:
            txid = txid_key(chain, self._text(cell[at["txid"]]))
            column = "index"
            index = self._text(cell[at["index"]])
            column = "height"
            height = cells.height(cell[at["height"]].strip())
            column = "time"
            time = cells.time(cell[at["time"]].strip())
            column = "asset"
            contract = self._contract(cell[at["asset"]])
            column = "decimals"
            decimals = cells.decimals(cell[at["decimals"]].strip())
            column = "from"
            sender = self._address(cell[at["from"]])
            column = "to"
            receiver = self._address(cell[at["to"]])
            column = "value"
            value = cells.base_units(cell[at["value"]])
            column = MEMO
            memo = cells.memo(cell[at[MEMO]]) if MEMO in at else ""
        except ValueError as error:
            self.refuse(f"{column} {error}", line, cause=error)
        if not sender and not receiver:
            self.refuse("from and to are both empty: a mint has a receiver, a burn a sender", line)
        return Row(line, count, txid, index, height, time, contract, decimals, sender, receiver, value, memo)

    def _text(self, cell: str) -> str:
        """A cell that may not be empty."""
        text = cell.strip()
        if not text:
            raise ValueError("is empty")
        if _CONTROL.search(text):
            raise ValueError(f"is {cells.shown(text)}: it holds a control character")
        return text

    def _address(self, cell: str) -> str:
        """The normal form of an address, `""` for an empty cell."""
        known = self._addresses.get(cell)
        if known is None:
            text = cell.strip()
            known = self._checked(self._text(text)) if text else ""
            if len(self._addresses) >= _MOST_ADDRESSES:
                self._addresses = {"": ""}
            self._addresses[cell] = known
        return known

    def _checked(self, text: str) -> str:
        """The normal form of an address. Raises ValueError with the rest of a sentence."""
        try:
            return normalise(self._spec.chain, text)
        except ValueError as error:
            raise ValueError(f"is wrong: {error}") from error

    def _contract(self, cell: str) -> str:
        """The identity of the asset that a cell names."""
        known = self._contracts.get(cell)
        if known is None:
            known = self._contracts[cell] = asset_key(self._spec.chain, self._text(cell))
        return known
