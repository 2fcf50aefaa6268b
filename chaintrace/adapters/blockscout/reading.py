"""Reading what an instance says: each reader gives one type or raises Malformed, with the host, the path and the field.

The API writes amounts as text, because JSON's numbers lose digits; a number with a point or an exponent is no amount.
Names of fields changed over the versions (`tx_hash` became `transaction_hash`, `block` became `block_number`): readers
take several names, and use the first that is there. Source: blockscout/blockscout, `views/api/v2/*.ex`.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from chaintrace.adapters.json_object import JsonObject, RawAnswer
from chaintrace.adapters.transport import Json
from chaintrace.errors import Malformed

_DIGITS = re.compile(r"[0-9]{1,78}\Z")
_HASH = re.compile(r"0x[0-9a-fA-F]{64}\Z")
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}\Z")
_BYTES = re.compile(r"0x(?:[0-9a-fA-F]{2})*\Z")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?Z\Z")
_REMEDY = "look at the url of the source, which is that of an instance, as https://eth.blockscout.com"
_MOST = (1 << 256) - 1


@dataclass(frozen=True, slots=True)
class Said(JsonObject):
    """A JSON object that an instance answered."""

    remedy = _REMEDY

    def has(self, *names: str) -> bool:
        """Whether one of the fields is there and not null."""
        return any(self.fields.get(name) is not None for name in names)

    def whole(self, *names: str) -> int:
        """A whole number from 0 to 2^256-1, as text or as JSON's whole number."""
        name, value = self._first(names)
        if isinstance(value, str) and _DIGITS.match(value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.wrong(name, "which is no whole number (amounts with a point or an exponent are not exact)")
        if not 0 <= value <= _MOST:
            raise self.wrong(name, "which is out of bounds")
        return value

    def optional_whole(self, *names: str) -> int | None:
        """A whole number; None where none of the fields is there."""
        return self.whole(*names) if self.has(*names) else None

    def flag(self, name: str) -> bool | None:
        """True or false; None where it is not told."""
        value = self.fields.get(name)
        if value is not None and not isinstance(value, bool):
            raise self.wrong(name, "which is neither true nor false")
        return value

    def text(self, *names: str) -> str:
        """Text; empty where none of the fields is there."""
        name, value = self._first(names)
        if value is not None and not isinstance(value, str):
            raise self.wrong(name, "which is no text")
        return value or ""

    def digest(self, *names: str) -> str:
        """A hash of 32 bytes, in lower case."""
        name, value = self._first(names)
        if not isinstance(value, str) or not _HASH.match(value):
            raise self.wrong(name, "which is no hash of 32 bytes")
        return value.lower()

    def optional_digest(self, *names: str) -> str:
        """A hash of 32 bytes, in lower case; empty where none of the fields is there."""
        return self.digest(*names) if self.has(*names) else ""

    def octets(self, name: str) -> bytes:
        """Bytes in hex with 0x."""
        value = self.fields.get(name)
        if not isinstance(value, str) or not _BYTES.match(value):
            raise self.wrong(name, "which is no bytes in hex")
        return bytes.fromhex(value[2:])

    def address(self, name: str) -> str:
        """An address, in lower case: text, or the `hash` of an object."""
        value = self.fields.get(name)
        value = value.get("hash") if isinstance(value, dict) else value
        if not isinstance(value, str) or not _ADDRESS.match(value):
            raise self.wrong(name, "which is no address")
        return value.lower()

    def optional_address(self, name: str) -> str | None:
        """An address; None where the field is absent or null."""
        return self.address(name) if self.has(name) else None

    def time(self, *names: str) -> int:
        """Whole Unix seconds (UTC) of a time as ISO 8601 writes it."""
        name, value = self._first(names)
        try:
            if not isinstance(value, str) or not _TIME.match(value):
                raise self.wrong(name, "which is no time in UTC")
            return int(datetime.fromisoformat(value[:19]).replace(tzinfo=UTC).timestamp())
        except ValueError as error:
            raise self.wrong(name, "which is no time") from error

    def part(self, name: str) -> Self:
        """An object inside."""
        return self.of(f"{self.where} in {name}", self.fields.get(name))

    def parts(self, name: str) -> tuple[Self, ...]:
        """A list of objects inside."""
        return self.all_of(f"{self.where} in {name}", self.fields.get(name))

    def _first(self, names: tuple[str, ...]) -> tuple[str, Json]:
        """The first of the fields that is there, else the first name with nothing."""
        found = next((name for name in names if self.fields.get(name) is not None), names[0])
        return found, self.fields.get(found)


said, all_said = Said.of, Said.all_of


class Heard(RawAnswer):
    """An answer of an instance as it came."""

    __slots__ = ()

    def object(self) -> Said:
        """A JSON object."""
        return said(self.where, self.json())

    def is_absent(self) -> bool:
        """Whether it says that it has no such thing: status 404 and its own words, `{"message": "Not found"}`.

        Raises Malformed for a 404 of anybody else, such as a web page: then the url leads to no instance.
        """
        if self.status != 404:
            return False
        try:
            message = self.object().text("message", "error")
        except Malformed:
            message = ""
        if "not found" not in message.lower():
            raise Malformed(f"{self.where} with a page of status 404 that is not the API's: {_REMEDY}")
        return True
