"""The values of Ethereum's JSON-RPC: hex quantities, bytes, hashes, addresses. Nothing else is taken for one.

Source: the Execution API specification (ethereum/execution-apis, `schemas/base-types.yaml`). Some servers write small
quantities as JSON's whole numbers. Those below 2^53 are read, for every program writes them exactly (RFC 8259, section
6); a larger one may have lost its last digits, and a number with a point is none.
"""

import re
from collections.abc import Mapping, Sequence

from chaintrace.adapters.transport import Json
from chaintrace.errors import Malformed

ZERO = "0x" + "0" * 40
"""The zero address: nobody's. A token transfer from it is a mint, one to it a burn (EIP-20, EIP-721, EIP-1155)."""

_EXACT = 1 << 53
_QUANTITY = re.compile(r"0x[0-9a-fA-F]{1,64}\Z")
_BYTES = re.compile(r"0x(?:[0-9a-fA-F]{2})*\Z")
_HASH = re.compile(r"0x[0-9a-fA-F]{64}\Z")
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}\Z")


def quantity(value: Json, what: str) -> int:
    """A whole number of at most 256 bits. Raises Malformed for what is neither a hex quantity nor small and whole."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _EXACT:
        return value
    if not isinstance(value, str) or not _QUANTITY.match(value):
        raise _wrong(value, what, "a hex quantity such as 0x1b4")
    return int(value, 16)


def optional_quantity(value: Json, what: str) -> int | None:
    """A whole number, None where the field is absent or null. Raises Malformed as `quantity`."""
    return None if value is None else quantity(value, what)


def octets(value: Json, what: str) -> bytes:
    """Bytes in hex with 0x. Raises Malformed."""
    if not isinstance(value, str) or not _BYTES.match(value):
        raise _wrong(value, what, "bytes in hex")
    return bytes.fromhex(value[2:])


def digest(value: Json, what: str) -> str:
    """A hash of 32 bytes, in lower case with 0x. Raises Malformed."""
    if not isinstance(value, str) or not _HASH.match(value):
        raise _wrong(value, what, "a hash of 32 bytes")
    return value.lower()


def address(value: Json, what: str) -> str:
    """An address in lower case with 0x. Raises Malformed."""
    if not isinstance(value, str) or not _ADDRESS.match(value):
        raise _wrong(value, what, "an address")
    return value.lower()


def optional_address(value: Json, what: str) -> str | None:
    """An address, None where the field is absent or null. Raises Malformed."""
    return None if value is None else address(value, what)


def table(value: Json, what: str) -> Mapping[str, Json]:
    """An object. Raises Malformed."""
    if not isinstance(value, dict):
        raise _wrong(value, what, "an object")
    return value


def listing(value: Json, what: str) -> Sequence[Json]:
    """An array. Raises Malformed."""
    if not isinstance(value, list):
        raise _wrong(value, what, "an array")
    return value


def word_address(word: bytes) -> str | None:
    """The address that a word of 32 bytes holds; None where its first 12 bytes are not zero, so that it holds none."""
    return None if len(word) != 32 or any(word[:12]) else "0x" + word[12:].hex()


def _wrong(value: Json, what: str, wanted: str) -> Malformed:
    """What stands where something else belongs."""
    text = "nothing" if value is None else repr(value)
    shown = text if len(text) <= 60 else f"{text[:60]}…"
    return Malformed(f"{what} is {shown} where {wanted} belongs: nothing of this answer is used; ask another source")
