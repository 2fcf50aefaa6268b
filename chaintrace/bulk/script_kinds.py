"""The type of an output script by its bytes, compiled; `addresses/scripts.py` says the same one script at a time."""

from chaintrace.bulk.block_bytes import U8
from chaintrace.bulk.compiled import compiled

WITNESS = 10
"""The type of witness version v is WITNESS + v, where no other name fits."""
KINDS = (
    *("nonstandard", "p2pk", "p2pkh", "p2sh", "p2wpkh", "p2wsh", "p2tr", "p2a", "multisig", "nulldata", ""),
    *(f"witness_v{version}" for version in range(1, 17)),
)
"""The names of the types, by number."""
NONSTANDARD, P2PK, P2PKH, P2SH, P2WPKH, P2WSH, P2TR, P2A, MULTISIG, NULLDATA = range(10)
_MOST_KEYS = 20


@compiled
def kind_of(data: U8, at: int, size: int) -> int:
    """The number of the type of the script of `size` bytes at `at`; the caller knows that they are in `data`."""
    if size == 0:
        return NONSTANDARD
    first, last = data[at], data[at + size - 1]
    if size == 25 and first == 0x76 and data[at + 1] == 0xA9 and data[at + 2] == 0x14 and data[at + 23] == 0x88:
        return P2PKH if last == 0xAC else NONSTANDARD
    if size == 23 and first == 0xA9 and data[at + 1] == 0x14 and last == 0x87:
        return P2SH
    if 4 <= size <= 42 and data[at + 1] == size - 2 and (first == 0 or 0x51 <= first <= 0x60):
        return _witness(data, at, size)
    if (size == 35 or size == 67) and first == size - 2 and last == 0xAC and _key_length(data[at + 1]) == size - 2:
        return P2PK
    if first == 0x6A:
        return NULLDATA
    return MULTISIG if _is_multisig(data, at, at + size) else NONSTANDARD


@compiled
def _witness(data: U8, at: int, size: int) -> int:
    """The type of a version and one push (BIP-141)."""
    first = data[at]
    if first == 0:
        return P2WPKH if size == 22 else P2WSH if size == 34 else NONSTANDARD
    if first == 0x51 and size == 34:
        return P2TR
    if first == 0x51 and size == 4 and data[at + 2] == 0x4E and data[at + 3] == 0x73:
        return P2A
    return WITNESS + first - 0x50


@compiled
def _key_length(first: int) -> int:
    """Bytes of a public key by its first one: compressed, uncompressed, hybrid; 0 for none."""
    if first == 2 or first == 3:
        return 33
    return 65 if first == 4 or first == 6 or first == 7 else 0


@compiled
def _count(data: U8, place: int, end: int) -> tuple[int, int]:
    """The number from 1 to 20 that is pushed at `place`, and where the next opcode is; 0 when there is none."""
    if place >= end:
        return 0, place
    first = data[place]
    if 0x51 <= first <= 0x60:
        return first - 0x50, place + 1
    if first == 1 and place + 1 < end and 0x11 <= data[place + 1] <= 0x14:
        return data[place + 1] + 0, place + 2
    return 0, place


@compiled
def _is_multisig(data: U8, at: int, end: int) -> bool:
    """Whether the script is a bare m-of-n: a number, keys, their number, OP_CHECKMULTISIG, and nothing else."""
    if end - at < 37 or data[end - 1] != 0xAE:
        return False
    needed, place = _count(data, at, end)
    keys = 0
    while place < end and (data[place] == 33 or data[place] == 65):
        size = data[place] + 0
        if place + size >= end or _key_length(data[place + 1]) != size:
            return False
        keys += 1
        place += 1 + size
    total, place = _count(data, place, end)
    return place == end - 1 and total == keys and 1 <= needed <= total <= _MOST_KEYS
