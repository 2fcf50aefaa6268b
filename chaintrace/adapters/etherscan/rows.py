"""A row of a list as an explorer tells it: each field checked before it is used.

Amounts are decimal digits in a text. A number with a point or an exponent is no amount: who writes it has lost its
last digits.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, Self

from chaintrace.adapters.evm.quantities import ZERO
from chaintrace.adapters.json_object import JsonObject
from chaintrace.adapters.transport import Json, in_short
from chaintrace.errors import Malformed
from chaintrace.model.chain import MAX_TIME, MAX_VALUE, MIN_TIME
from chaintrace.model.provenance import Source

_DIGITS = re.compile(r"(?:0|[1-9][0-9]{0,77})\Z")
_HEX = re.compile(r"0x[0-9a-fA-F]{0,64}\Z")
_HASH = re.compile(r"0x[0-9a-fA-F]{64}\Z")
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}\Z")
_GENESIS = "GENESIS"
MOST_HEIGHT = 2**53
"""No chain has so many blocks."""


def digits(value: Json, where: str) -> int:
    """A whole number from 0 to 2^256−1, in decimal digits. Raises Malformed for anything else."""
    number = value
    if isinstance(value, str) and _DIGITS.match(value):
        number = int(value)
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= MAX_VALUE:
        raise Malformed(
            f"{where} {in_short(value)}, which is no whole number of base units: amounts with a point or an exponent "
            "are not exact, so nothing of it is used; ask another source"
        )
    return number


@dataclass(frozen=True, slots=True)
class Row(JsonObject):
    """One row."""

    @classmethod
    def of(cls, where: str, value: Json) -> Self:
        """A row. Raises Malformed for what is no object."""
        if not isinstance(value, dict):
            raise Malformed(f"{where} with {in_short(value)} where a row belongs: nothing of it is used; ask again")
        return cls(where, value)

    def with_txid(self, txid: str) -> "Row":
        """The row of a list that was asked for by a txid, and so does not repeat it."""
        return Row(self.where, {**self.fields, "hash": txid})

    @property
    def told(self) -> Mapping[str, Json]:
        """What stays the same when the row is told again: all but how many blocks came since."""
        return {name: value for name, value in self.fields.items() if name != "confirmations"}

    def number(self, name: str, most: int = MAX_VALUE) -> int:
        """A whole number in decimal digits."""
        number = digits(self.fields.get(name), f"{self.where} with {name} =")
        if number > most:
            raise self.wrong(name, "which is out of bounds")
        return number

    def hexed(self, name: str, most: int = MAX_VALUE) -> int:
        """A whole number in hex, as logs have it; explorers write 0 as `0x`."""
        value = self.fields.get(name)
        if not isinstance(value, str) or not _HEX.match(value):
            raise self.wrong(name, "which is no hex quantity")
        number = int(value[2:] or "0", 16)
        if number > most:
            raise self.wrong(name, "which is out of bounds")
        return number

    @property
    def height(self) -> int:
        """The height of its block."""
        return self.number("blockNumber", MOST_HEIGHT)

    @property
    def time(self) -> int:
        """The time of its block (Unix, UTC)."""
        name = "timestamp" if "timestamp" in self.fields else "timeStamp"
        time = self.number(name)
        if not MIN_TIME <= time <= MAX_TIME:
            raise self.wrong(name, "which no block has")
        return time

    @property
    def is_genesis(self) -> bool:
        """Whether it is what the first block gave to an address: Etherscan writes such rows itself."""
        return self.fields.get("from") == _GENESIS

    @property
    def txid(self) -> str:
        """The transaction; of a row of the first block the name that the explorer gives it."""
        value = self.fields.get("hash", self.fields.get("transactionHash"))
        if isinstance(value, str) and (_HASH.match(value) or (self.is_genesis and value.startswith(_GENESIS))):
            return value.lower()
        raise self.wrong("hash", "which is no hash of a transaction")

    @property
    def block_hash(self) -> str:
        """The hash of its block; empty where the list does not tell it."""
        value = self.fields.get("blockHash") or ""
        if value and not (isinstance(value, str) and _HASH.match(value)):
            raise self.wrong("blockHash", "which is no hash of a block")
        return str(value).lower()

    @property
    def position(self) -> int | None:
        """Its transaction's place in the block; None where the list does not tell it."""
        told = self.fields.get("transactionIndex")
        return None if told is None or told == "" else self.number("transactionIndex", 2**31)

    def address(self, name: str) -> str:
        """An address."""
        found = self.optional_address(name)
        if found is None:
            raise self.wrong(name, "where an address belongs")
        return found

    def optional_address(self, name: str) -> str | None:
        """An address, None where the field is empty."""
        value = self.fields.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str) or not _ADDRESS.match(value):
            raise self.wrong(name, "which is no address")
        return value.lower()

    def party(self, name: str) -> str | None:
        """A sender or receiver of a token; None for nobody, the zero address."""
        found = self.address(name)
        return None if found == ZERO else found

    def text(self, name: str) -> str:
        """A text; empty where the field is absent. A number is written out."""
        value = self.fields.get(name)
        return "" if value is None else str(value)

    def flag(self, name: str) -> bool:
        """Whether a field is "1". Raises Malformed for what is neither 0, 1 nor empty."""
        value = self.text(name)
        if value not in {"", "0", "1"}:
            raise self.wrong(name, "which is neither 0 nor 1")
        return value == "1"


class Rows(NamedTuple):
    """The rows of an answer, and where they were read."""

    rows: tuple[Row, ...]
    source: Source
