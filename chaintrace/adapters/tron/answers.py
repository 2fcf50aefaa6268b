"""What stands in an answer of a TRON node or explorer, each value checked before it is used.

Nodes write an address as 42 hex digits (41…), in event logs as 40, and in base58 where they were asked with
`visible`; explorers write base58. Every one of them becomes the base58 form. Amounts are whole numbers: a float, a
number in scientific notation or a negative one is Malformed, never rounded.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TypeAlias

from chaintrace.adapters.transport import Json
from chaintrace.addresses import normalise
from chaintrace.errors import Malformed
from chaintrace.model.chain import MAX_TIME, MAX_VALUE, MIN_TIME
from chaintrace.model.provenance import Source

Value: TypeAlias = "int | str | list[Value] | dict[str, Value]"
"""A field of a transaction after reading: numbers in base units, addresses in base58, bytes in hex."""

Table: TypeAlias = Mapping[str, Json]
"""An object of an answer."""

RESOURCES: Mapping[int, str] = MappingProxyType({0: "", 1: "ENERGY", 2: "TRON_POWER"})
"""`ResourceCode`: the words that nodes use; 0 is BANDWIDTH, which the wire leaves out."""

ZERO = "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb"
"""The address of 20 zero bytes: in the event of a token it stands for nobody (a mint or a burn)."""

_WHOLE = re.compile(r"(?:0|[1-9][0-9]{0,77})\Z")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2})*\Z")
_TXID = re.compile(r"[0-9a-fA-F]{64}\Z")
_SHORT = re.compile(r"[0-9a-fA-F]{40}\Z")


@dataclass(frozen=True, slots=True)
class Told:
    """An answer, empty where the source has no such thing, and where it was read."""

    table: Table
    source: Source


def table(value: Json, what: str) -> Table:
    """An object."""
    if not isinstance(value, dict):
        raise Malformed(f"{what} is {shown(value)} where an object belongs: nothing of this answer is used")
    return value


def rows(value: Json, what: str) -> Sequence[Json]:
    """A list; an absent one is empty, as nodes leave out what is empty."""
    if value is None:
        return ()
    if not isinstance(value, list):
        raise Malformed(f"{what} is {shown(value)} where a list belongs: nothing of this answer is used")
    return value


def whole(value: Json, what: str, most: int = MAX_VALUE) -> int:
    """A whole number from 0 to `most`, written as a number or as a text of digits; an absent one is 0."""
    if value is None:
        return 0
    number = value
    if isinstance(value, str) and _WHOLE.match(value):
        number = int(value)
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= most:
        raise Malformed(f"{what} is {shown(value)}, which is no whole number of base units: nothing of it is used")
    return number


def hexed(value: Json, what: str) -> bytes:
    """Bytes that are written in hex, with 0x or without; absent ones are empty."""
    if value is None:
        return b""
    plain = value.removeprefix("0x") if isinstance(value, str) else None
    if plain is None or not _HEX.match(plain):
        raise Malformed(f"{what} is {shown(value)} where bytes in hex belong: nothing of this answer is used")
    return bytes.fromhex(plain)


def txid_of(value: Json, what: str) -> str:
    """A txid in lower case."""
    if not isinstance(value, str) or not _TXID.match(value):
        raise Malformed(f"{what} is {shown(value)} where a txid belongs: nothing of this answer is used")
    return value.lower()


def word(value: Json, what: str) -> str:
    """A word of the API, such as SUCCESS; an absent one is empty."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Malformed(f"{what} is {shown(value)} where a word belongs: nothing of this answer is used")
    return value


def address_of(value: Json, what: str) -> str:
    """An address in base58, from any of the forms above. Its checksum, where it has one, is checked."""
    try:
        if not isinstance(value, str):
            raise ValueError("it is not text")  # noqa: TRY004, TRY301  # all that is no address is one error
        return normalise("tron", "41" + value if _SHORT.match(value) else value)
    except ValueError as error:
        raise Malformed(f"{what} is {shown(value)}, which is no TRON address ({error}): nothing is used") from error


def seconds(value: Json, what: str) -> int | None:
    """A time in milliseconds, in whole Unix seconds (UTC); None for 0, which the genesis block bears."""
    time = whole(value, what) // 1000
    if time and not MIN_TIME <= time <= MAX_TIME:
        raise Malformed(f"{what} is {shown(value)}, which is no time from 2009 to 2100 in milliseconds: is it TRON?")
    return time or None


def day(time: int | None) -> str:
    """A time for a person: ISO 8601 in UTC; empty where it is not known."""
    return "" if time is None else datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def token_of(name: bytes) -> str:
    """What names a TRC-10 token: its id in digits, or (before ids) its name; in hex where that is no plain text."""
    text = name.decode("utf-8", "replace")
    return text if text.isascii() and text.isprintable() else f"hex:{name.hex()}"


def told_token(value: Json, what: str) -> str:
    """The same from JSON, where nodes write the bytes in hex and explorers the text."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if value > 0 else ""
    text = "" if value is None else value
    if not isinstance(text, str):
        raise Malformed(f"{what} is {shown(value)} where a token's id belongs: nothing of this answer is used")
    if len(text) > 7 and _HEX.match(text) and bytes.fromhex(text).isascii():
        return token_of(bytes.fromhex(text))
    return token_of(text.encode("utf-8", "backslashreplace"))


def shown(value: object) -> str:
    """A value short enough for a sentence."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
