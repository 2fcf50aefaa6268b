"""A file of prices, `chain,contract,time,price,currency`: each cell read and checked; a refusal names file and line."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import NoReturn

from chaintrace.adapters import cells
from chaintrace.adapters.assets import asset_keys
from chaintrace.adapters.csv_rows import csv_rows
from chaintrace.errors import InputError
from chaintrace.model.prices import SECONDS, Interval, Price, PriceSeries, currency_code, plain_price
from chaintrace.model.provenance import Source

COLUMNS = ("chain", "contract", "time", "price", "currency")
"""The header of a file of prices; the columns are found by name, others are ignored."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


def priced_contracts(chain: str, text: str) -> tuple[str, ...]:
    """The contracts of the one asset that `text` names on a chain: `""` is the native one.

    What a report prints may be written: the native symbol, a token of the shipped list by its symbol. Raises
    ValueError with the rest of a sentence for an address that is none, and for a symbol of more than one token.
    """
    key, *others = asset_keys(chain, text)
    if len(others) > 1:
        raise ValueError(f"is {cells.shown(text)}, as more than one token is called: write its contract")
    return (key, *others)


@dataclass(slots=True)
class _Series:
    """What a file says of one asset so far: its contracts, its currency, its prices with the lines that they are on."""

    contracts: tuple[str, ...]
    currency: str
    prices: dict[int, tuple[Decimal, int]] = field(default_factory=dict)


def read_prices(content: bytes, source: Source, interval: Interval, told: str) -> tuple[PriceSeries, ...]:
    """The series of a file of prices, one for each asset and name of it. `told` says who quotes them.

    A time without a clock (`2022-05-09`) is the close of that day, at the midnight after it (UTC), and needs the
    interval `day`. Raises InputError with the file, as `source.request` has it, and the line.
    """
    reader = _Reader(source.request, interval)
    found: dict[tuple[str, str], _Series] = {}
    for line, cell in reader.rows(content):
        reader.take(line, cell, found)
    if not found:
        reader.refuse("the file has no price: add a row below the header")
    return tuple(
        PriceSeries(chain, contract, one.currency, interval, told, _in_order(one), (source,))
        for (chain, _), one in found.items()
        for contract in one.contracts
    )


def _in_order(one: _Series) -> tuple[Price, ...]:
    return tuple(Price(time, price) for time, (price, _) in sorted(one.prices.items()))


class _Reader:
    """The rows of one file."""

    def __init__(self, shown: str, interval: Interval) -> None:
        self._shown = shown
        self._interval = interval

    def refuse(self, sentence: str, line: int | None = None, *, cause: Exception | None = None) -> NoReturn:
        """Raise InputError at a line of the file."""
        raise InputError(sentence, path=self._shown, line=line) from cause

    def rows(self, content: bytes) -> Iterator[tuple[int, Mapping[str, str]]]:
        """Each row that is not empty, by column, with its line."""
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            self.refuse("the line is not UTF-8: save the file as UTF-8", line, cause=error)
        table = csv_rows(text.splitlines(keepends=True), self.refuse)
        _, header = next(table)
        if fault := cells.header_fault(header, COLUMNS):
            self.refuse(fault, 1)
        for line, row in table:
            yield line, dict(zip(header, (cell.strip() for cell in row), strict=True))

    def take(self, line: int, cell: Mapping[str, str], found: dict[tuple[str, str], _Series]) -> None:
        """Put one row into the series of its asset."""
        chain, column = cell["chain"], "contract"
        if not chain:
            self.refuse("chain is empty: every row names its chain", line)
        try:
            contracts = priced_contracts(chain, cell["contract"])
            column = "time"
            time = self._time(cell["time"])
            column = "price"
            price = plain_price(cell["price"])
            column = "currency"
            currency = currency_code(cell["currency"])
        except ValueError as error:
            self.refuse(f"{column} {error}", line, cause=error)
        one = found.setdefault((chain, contracts[-1]), _Series(contracts, currency))
        one.contracts = tuple(dict.fromkeys((*one.contracts, *contracts)))
        if one.currency != currency:
            self.refuse(f"currency is {currency}, and {one.currency} above: an asset has one currency in a file", line)
        known, earlier = one.prices.setdefault(time, (price, line))
        if known != price:
            self.refuse(f"price is {cell['price']}, and line {earlier} has another for that moment: leave one", line)

    def _time(self, text: str) -> int:
        """The moment of a price."""
        if not _DAY.match(text):
            return cells.time(text)
        if self._interval != "day":
            raise ValueError(f"is {cells.shown(text)}: a price of each {self._interval} needs the clock as well")
        try:
            midnight = datetime.fromisoformat(text).replace(tzinfo=UTC)
        except ValueError as error:
            raise ValueError(f"is {cells.shown(text)}: there is no such day") from error
        return cells.bounded_time(int(midnight.timestamp()) + SECONDS["day"], text)
