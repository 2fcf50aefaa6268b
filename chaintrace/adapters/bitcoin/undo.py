"""Undo data: the outputs that a block's transactions spent, with their values and scripts.

A node writes them beside its blocks so that it can take a block back; here they give the input values of
transactions whose predecessors are in no file. Each record of `rev*.dat` carries a checksum over the previous
block's hash and the record, which is verified. Source: Bitcoin Core `undo.h`, `compressor.cpp`, `serialize.h`.
"""

import hashlib
import struct
from collections.abc import Sequence
from typing import NamedTuple

from chaintrace.adapters.bitcoin.rawblock import RawTransaction
from chaintrace.errors import Malformed

CHECKSUM_SIZE = 32
_FIELD = 2**256 - 2**32 - 977
_MAX_SCRIPT = 10_000
_RAW_SCRIPT = 6
_POWERS = tuple(int("1" + "0" * zeros) for zeros in range(10))
_VALUE = struct.Struct("<Q")


class SpentOutput(NamedTuple):
    """An output that a transaction spent: satoshi, script, and the height of its block (None: not said)."""

    value: int
    script: bytes
    height: int | None = None
    coinbase: bool = False


class _Reader:
    """A place in bytes that cannot be passed at its end."""

    def __init__(self, data: bytes) -> None:
        """Begins at the first byte."""
        self.data = data
        self.place = 0

    @property
    def left(self) -> int:
        """How many bytes are left."""
        return len(self.data) - self.place

    def take(self, length: int) -> bytes:
        """The next bytes. Raises Malformed where there are fewer."""
        if not 0 <= length <= self.left:
            raise Malformed(f"undo data, byte {self.place}: {length} bytes are needed, {self.left} are left")
        self.place += length
        return self.data[self.place - length : self.place]

    def compact(self) -> int:
        """A compact size integer."""
        first = self.take(1)[0]
        return first if first < 0xFD else int.from_bytes(self.take({0xFD: 2, 0xFE: 4, 0xFF: 8}[first]), "little")

    def varint(self) -> int:
        """A VARINT of Core: base 128, most significant group first, one added for each group that follows."""
        number = 0
        while True:
            group = self.take(1)[0]
            number = number << 7 | group & 0x7F
            if number > 2**64:
                raise Malformed(f"undo data, byte {self.place}: a number of more than 64 bits")
            if group < 0x80:
                return number
            number += 1


def checksum(prev_hash: str, record: bytes) -> bytes:
    """The 32 bytes that stand behind a record: SHA-256 twice over the previous block's hash and the record."""
    return hashlib.sha256(hashlib.sha256(bytes.fromhex(prev_hash)[::-1] + record).digest()).digest()


def transaction_count(record: bytes) -> int:
    """How many transactions a record is about: all of its block's but the coinbase."""
    return _Reader(record).compact()


def parse_record(record: bytes) -> tuple[tuple[SpentOutput, ...], ...]:
    """A record of `rev*.dat`: per transaction but the coinbase, the outputs that it spent, in input order."""
    reader = _Reader(record)
    spent = tuple(tuple(_spent(reader) for _ in range(_bounded(reader))) for _ in range(_bounded(reader)))
    if reader.left:
        raise Malformed(f"undo data, byte {reader.place}: {reader.left} bytes follow the last transaction")
    return spent


def parse_plain(data: bytes, transactions: Sequence[RawTransaction]) -> tuple[tuple[SpentOutput, ...], ...]:
    """Spent outputs written one after the other as plain outputs (value, script), in the order of a block's inputs."""
    reader = _Reader(data)
    spent = []
    for transaction in transactions[1:]:
        outputs = []
        for _ in transaction.inputs:
            (value,) = _VALUE.unpack(reader.take(8))
            outputs.append(SpentOutput(value, reader.take(reader.compact())))
        spent.append(tuple(outputs))
    if reader.left:
        raise Malformed(f"undo data, byte {reader.place}: {reader.left} bytes follow the last input")
    return tuple(spent)


def _bounded(reader: _Reader) -> int:
    """A count of things of at least one byte each."""
    count = reader.compact()
    if count > reader.left:
        raise Malformed(f"undo data, byte {reader.place}: {count} entries do not fit into {reader.left} bytes")
    return count


def _spent(reader: _Reader) -> SpentOutput:
    """One spent output: height and coinbase flag, a version that nobody uses any more, amount, script."""
    code = reader.varint()
    if code >> 1:
        reader.varint()
    value = decompress_amount(reader.varint())
    return SpentOutput(value, _script(reader), code >> 1, bool(code & 1))


def decompress_amount(packed: int) -> int:
    """Satoshi of a packed amount (`DecompressAmount` of Core): trailing decimal zeros are written as a count."""
    if packed == 0:
        return 0
    packed, exponent = divmod(packed - 1, 10)
    if exponent < 9:
        packed, digit = divmod(packed, 9)
        return (packed * 10 + digit + 1) * _POWERS[exponent]
    return (packed + 1) * _POWERS[exponent]


def _script(reader: _Reader) -> bytes:
    """A script: four common patterns are packed to their hash or key, the others stand there whole."""
    kind = reader.varint()
    if kind == 0:
        return b"\x76\xa9\x14" + reader.take(20) + b"\x88\xac"
    if kind == 1:
        return b"\xa9\x14" + reader.take(20) + b"\x87"
    if kind in (2, 3):
        return b"\x21" + bytes((kind,)) + reader.take(32) + b"\xac"
    if kind in (4, 5):
        return b"\x41" + _whole_key(kind, reader.take(32)) + b"\xac"
    length = kind - _RAW_SCRIPT
    script = reader.take(length)
    return script if length <= _MAX_SCRIPT else b"\x6a"


def _whole_key(kind: int, abscissa: bytes) -> bytes:
    """The uncompressed public key on secp256k1 with this x and a y that is even (kind 4) or odd (kind 5)."""
    x = int.from_bytes(abscissa, "big")
    square = (x**3 + 7) % _FIELD
    y = pow(square, (_FIELD + 1) // 4, _FIELD)
    if x >= _FIELD or y * y % _FIELD != square:
        raise Malformed("undo data: a packed public key that is no point of the curve")
    if y % 2 != kind % 2:
        y = _FIELD - y
    return b"\x04" + abscissa + y.to_bytes(32, "big")
