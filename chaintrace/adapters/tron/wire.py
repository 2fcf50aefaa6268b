"""Protocol Buffers on the wire: the numbered fields of a message, and messages read by a schema.

A TRON transaction is such a message (`raw_data`), and its SHA-256 is the txid: what is read from these bytes is what
the txid proves. Source: the Protocol Buffers encoding specification; `Tron.proto` and `core/contract/*.proto` of
tronprotocol/protocol for the numbers.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, TypeAlias

from chaintrace.adapters.tron.answers import RESOURCES, Value, address_of, token_of
from chaintrace.errors import Malformed

What: TypeAlias = Literal["address", "number", "resource", "token", "bytes", "text", "message", "messages"]
"""How a field is read: `resource` is an enumeration, `token` the id or the old name of a TRC-10 token."""

_VARINT_BYTES = 10
_SIGN = 1 << 63


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a message: its name in the node's JSON, how it is read, and the schema of a message in it."""

    name: str
    what: What
    inner: Mapping[int, "Field"] = field(default_factory=dict)


def fields(content: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields in their order: (number, value). Fixed widths are bytes. Raises Malformed for what is no message."""
    at = 0
    while at < len(content):
        key, at = _varint(content, at)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, at = _varint(content, at)
            yield number, value
            continue
        if wire == 2:
            size, at = _varint(content, at)
        elif wire in {1, 5}:
            size = 8 if wire == 1 else 4
        else:
            raise Malformed(f"a field of wire type {wire} is none of TRON's: these are not a transaction's bytes")
        if not number or at + size > len(content):
            raise Malformed("the bytes of a transaction end in the middle of a field: nothing of them is used")
        yield number, content[at : at + size]
        at += size


def read(content: bytes, schema: Mapping[int, Field]) -> dict[str, Value]:
    """The fields that a schema names, by name, without those that are 0 or empty (the wire leaves them out).

    Raises Malformed for a negative number, a field of another type, and an address that is none.
    """
    found: dict[str, Value] = {}
    for number, value in fields(content):
        known = schema.get(number)
        if known is None:
            continue
        one = _one(known, value)
        if known.what == "messages":
            before = found.get(known.name, [])
            found[known.name] = [*(before if isinstance(before, list) else []), one]
        else:
            found[known.name] = one
    return {name: value for name, value in found.items() if value not in (0, "", [], {})}


def _one(known: Field, value: int | bytes) -> Value:
    """The value of one field."""
    if isinstance(value, int):
        return _number(known, value)
    if known.what in {"message", "messages"}:
        return read(value, known.inner)
    reader = _READERS.get(known.what)
    if reader is None:
        raise Malformed(f"the field {known.name} of a transaction holds bytes where a number belongs: it is not used")
    return reader(value, known.name)


def _number(known: Field, value: int) -> Value:
    """A field that came as a number."""
    if known.what not in {"number", "resource", "token"} or value >= _SIGN:
        raise Malformed(f"the field {known.name} of a transaction holds {value}, which it cannot: it is not used")
    if known.what == "number":
        return value
    return RESOURCES.get(value, str(value)) if known.what == "resource" else str(value or "")


_READERS: Mapping[What, Callable[[bytes, str], Value]] = MappingProxyType(
    {
        "address": lambda value, name: address_of(value.hex(), name) if value else "",
        "token": lambda value, _: token_of(value),
        "bytes": lambda value, _: value.hex(),
        "text": lambda value, _: value.decode("utf-8", "backslashreplace"),
    },
)


def _varint(content: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, the lowest first, and the place behind it."""
    value = 0
    for place, byte in enumerate(content[at : at + _VARINT_BYTES]):
        value |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            if value >> 64:
                break
            return value, at + place + 1
    raise Malformed("a number in the bytes of a transaction does not end: nothing of them is used")
