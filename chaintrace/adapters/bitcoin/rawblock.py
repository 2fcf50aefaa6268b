"""Bitcoin's bytes: transactions and blocks, read in one pass without ever leaving the buffer.

Every length is checked against the bytes that are left before anything is read or counted, so a hostile count costs
nothing. A script is always followed by a field of fixed size, whose reader refuses to pass the end.
Sources: the Bitcoin developer reference (block chain and transactions), BIP-144 (witness), BIP-34 (height in coinbase).
All hashes are hex in the order in which people write them. Values are satoshi. Raised: `Malformed`, and nothing else.
"""

import hashlib
import struct
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from chaintrace.errors import Malformed

HEADER_SIZE = 80
NO_TXID = "00" * 32
"""The previous txid that a coinbase's only input names, and the previous hash of a genesis block."""
_MIN_INPUT, _MIN_OUTPUT, _MIN_TRANSACTION = 41, 9, 60
_MAX_VALUE = 2**63 - 1
_U32, _VALUE = struct.Struct("<I"), struct.Struct("<Q")
_HEADER = struct.Struct("<i32s32sIII")
_WIDER = {0xFD: (struct.Struct("<H"), 0xFD), 0xFE: (_U32, 0x1_0000), 0xFF: (_VALUE, 0x1_0000_0000)}


class RawInput(NamedTuple):
    """What a transaction spends: the output `prev_txid:prev_vout`, the unlocking script, the sequence number."""

    prev_txid: str
    prev_vout: int
    script: bytes
    sequence: int


class RawOutput(NamedTuple):
    """Satoshi and the script that must be satisfied to spend them."""

    value: int
    script: bytes


class RawTransaction(NamedTuple):
    """A transaction as its bytes say; `offset` and `length` place it in the buffer it was read from."""

    txid: str
    version: int
    locktime: int
    inputs: tuple[RawInput, ...]
    outputs: tuple[RawOutput, ...]
    offset: int
    length: int

    @property
    def coinbase(self) -> bool:
        """Whether it spends nothing and mints: its only input names no transaction."""
        return len(self.inputs) == 1 and self.inputs[0].prev_txid == NO_TXID


class Header(NamedTuple):
    """A block's header. `time` is Unix seconds (UTC) as the miner wrote it; it need not grow from block to block."""

    hash: str
    version: int
    prev_hash: str
    merkle_root: str
    time: int
    bits: int
    nonce: int


class RawBlock(NamedTuple):
    """A block: its header and its transactions in order, the coinbase first."""

    header: Header
    transactions: tuple[RawTransaction, ...]


def parse_header(data: bytes) -> Header:
    """The header in the first 80 bytes of `data`."""
    if len(data) < HEADER_SIZE:
        raise Malformed(f"a block header has 80 bytes, here are {len(data)}")
    version, prev, root, time, bits, nonce = _HEADER.unpack_from(data)
    block_hash = _sha256d(data[:HEADER_SIZE])[::-1].hex()
    return Header(block_hash, version, prev[::-1].hex(), root[::-1].hex(), time, bits, nonce)


def parse_block(data: bytes) -> RawBlock:
    """The block that `data` is, to its last byte. Offsets of transactions count from the first byte of `data`."""
    return RawBlock(parse_header(data), tuple(iter_transactions(data)))


def iter_transactions(data: bytes) -> Iterator[RawTransaction]:
    """The transactions of the block that `data` is, one at a time."""
    try:
        count, place = _compact(data, HEADER_SIZE)
        if not 0 < count <= (len(data) - place) // _MIN_TRANSACTION:
            raise Malformed(f"at byte {HEADER_SIZE}: a block of {len(data)} bytes cannot hold {count} transactions")
        for _ in range(count):
            transaction = _transaction(data, place)
            place += transaction.length
            yield transaction
    except (IndexError, struct.error) as error:
        raise Malformed(f"the block ends in the middle of a transaction, after {len(data)} bytes") from error
    if place != len(data):
        raise Malformed(f"at byte {place}: {len(data) - place} bytes follow the last transaction")


def parse_transaction(data: bytes) -> RawTransaction:
    """The transaction that `data` is, to its last byte, with or without witness."""
    try:
        transaction = _transaction(data, 0)
    except (IndexError, struct.error) as error:
        raise Malformed(f"the transaction is cut off after {len(data)} bytes") from error
    if transaction.length != len(data):
        raise Malformed(f"at byte {transaction.length}: {len(data) - transaction.length} bytes follow the transaction")
    return transaction


def _transaction(data: bytes, start: int) -> RawTransaction:
    """The transaction at `start`. Raises IndexError and struct.error too, where the bytes end."""
    (version,) = _U32.unpack_from(data, start)
    place = start + 4
    segwit = data[place] == 0
    if segwit:
        if data[place + 1] != 1:
            raise Malformed(f"at byte {place}: a transaction without inputs, or a witness flag that is not 1")
        place += 2
    body = place
    inputs, place = _inputs(data, place)
    outputs, place = _outputs(data, place)
    end = place
    if segwit:
        place = _skip_witness(data, place, len(inputs))
    (locktime,) = _U32.unpack_from(data, place)
    place += 4
    plain = data[start : start + 4] + data[body:end] + data[place - 4 : place] if segwit else data[start:place]
    txid = _sha256d(plain)[::-1].hex()
    return RawTransaction(txid, version, locktime, inputs, outputs, start, place - start)


def _inputs(data: bytes, place: int) -> tuple[tuple[RawInput, ...], int]:
    """The inputs at `place` and where they end."""
    count, place = _count(data, place, _MIN_INPUT, "inputs")
    if not count:
        raise Malformed(f"at byte {place}: a transaction without inputs")
    inputs = []
    for _ in range(count):
        prev_txid = data[place : place + 32][::-1].hex()
        (prev_vout,) = _U32.unpack_from(data, place + 32)
        length, place = _script_length(data, place + 36)
        script = data[place : place + length]
        place += length
        (sequence,) = _U32.unpack_from(data, place)
        place += 4
        inputs.append(RawInput(prev_txid, prev_vout, script, sequence))
    return tuple(inputs), place


def _outputs(data: bytes, place: int) -> tuple[tuple[RawOutput, ...], int]:
    """The outputs at `place` and where they end."""
    count, place = _count(data, place, _MIN_OUTPUT, "outputs")
    outputs = []
    for _ in range(count):
        (value,) = _VALUE.unpack_from(data, place)
        if value > _MAX_VALUE:
            raise Malformed(f"at byte {place}: an output of a negative value")
        length, place = _script_length(data, place + 8)
        outputs.append(RawOutput(value, data[place : place + length]))
        place += length
    return tuple(outputs), place


def _skip_witness(data: bytes, place: int, inputs: int) -> int:
    """Where the witness of `inputs` inputs ends."""
    for _ in range(inputs):
        items, place = _count(data, place, 1, "witness items")
        for _ in range(items):
            length, place = _script_length(data, place)
            place += length
    return place


def _count(data: bytes, place: int, smallest: int, what: str) -> tuple[int, int]:
    """A count of things that take at least `smallest` bytes each, and the place behind it."""
    count, after = _compact(data, place)
    if count * smallest > len(data) - after:
        raise Malformed(f"at byte {place}: {count} {what} do not fit into the {len(data) - after} bytes that are left")
    return count, after


def _script_length(data: bytes, place: int) -> tuple[int, int]:
    """The length of a script or witness item, and the place behind the length; the bytes are known to be there."""
    length = data[place]
    after = place + 1
    if length >= 0xFD:
        length, after = _compact(data, place)
    if length > len(data) - after:
        raise Malformed(f"at byte {place}: {length} bytes are announced, {len(data) - after} are left")
    return length, after


def _compact(data: bytes, place: int) -> tuple[int, int]:
    """A compact size integer and the place behind it; one that could have been written shorter is refused."""
    first = data[place]
    if first < 0xFD:
        return first, place + 1
    form, least = _WIDER[first]
    (number,) = form.unpack_from(data, place + 1)
    if number < least:
        raise Malformed(f"at byte {place}: the number {number} is written longer than it need be")
    return number, place + 1 + form.size


def merkle_root(txids: Sequence[str]) -> str:
    """The Merkle root that a block of these transactions must carry in its header. `txids` is not empty."""
    level = [bytes.fromhex(txid)[::-1] for txid in txids]
    while len(level) > 1:
        if len(level) % 2:
            level.append(level[-1])
        level = [_sha256d(level[place] + level[place + 1]) for place in range(0, len(level), 2)]
    return level[0][::-1].hex()


def bip34_height(version: int, script: bytes) -> int | None:
    """The height that a coinbase script begins with, or None: version 1, or no minimal push of a number above 0.

    Pushes of more than three bytes are no heights before the eight millionth block: old ones push all sorts of things.
    """
    if version < 2 or not script:
        return None
    length = script[0]
    if 0x51 <= length <= 0x60:
        return length - 0x50
    digits = script[1 : 1 + length]
    if not 1 <= length <= 3 or len(digits) < length:
        return None
    number = int.from_bytes(digits, "little", signed=True)
    minimal = digits[-1] != 0 or (length > 1 and digits[-2] >= 0x80)
    return number if number > 16 and minimal else None


def _sha256d(data: bytes) -> bytes:
    """SHA-256 of the SHA-256."""
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()
