"""Blocks to columns: one compiled pass over raw bytes that never reads outside the block it is in.

Every length is checked against the bytes that are left before anything is read or counted, as
`adapters/bitcoin/rawblock.py` does it object by object; the two refuse and accept the same bytes. A block that is
refused leaves no row behind. Sources: the Bitcoin developer reference (block chain and transactions), BIP-144.
"""

from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from chaintrace.bulk.compiled import compiled, inlined

U8: TypeAlias = npt.NDArray[np.uint8]
U32: TypeAlias = npt.NDArray[np.uint32]
I32: TypeAlias = npt.NDArray[np.int32]
I64: TypeAlias = npt.NDArray[np.int64]

HEADER_SIZE = 80
MIN_INPUT, MIN_OUTPUT, MIN_TRANSACTION = 41, 9, 60

REASONS = (
    "",
    "the block ends in the middle of a transaction",
    "a block of this size cannot hold so many transactions",
    "a transaction without inputs, or a witness flag that is not 1",
    "more inputs, outputs or witness items are announced than fit",
    "an output of a negative value",
    "more bytes of a script or witness item are announced than are left",
    "a number is written longer than it need be",
    "bytes follow the last transaction",
)
"""Why a block is refused, by the code in `Columns.refused`; 0 is not refused."""
_ENDS, _COUNT, _NO_INPUTS, _MORE, _NEGATIVE, _SCRIPT, _LONG, _FOLLOW = range(1, len(REASONS))


class Columns(NamedTuple):
    """What stands in a run of blocks. Places count from the first byte of the buffer; hashes are in wire order."""

    refused: U8
    """Per block: 0, or the place in `REASONS` of why nothing of it was taken."""
    refused_at: I64
    """Per block: at which byte of the buffer the reading stopped; of use where it was refused."""
    first_tx: I64
    """Per block, and one more: the number of its first transaction."""
    start: I64
    """Per transaction: its first byte."""
    body: I64
    """Per transaction: where its inputs begin, behind version, and marker and flag where it has a witness."""
    body_end: I64
    """Per transaction: where its outputs end and the witness, if any, begins."""
    end: I64
    """Per transaction: the byte behind it. Version and locktime are its first and last four bytes."""
    first_input: I64
    """Per transaction, and one more: the number of its first input."""
    first_output: I64
    """Per transaction, and one more: the number of its first output."""
    input_at: I64
    """Per input: where it begins, with the 32 bytes of the previous txid and the four of its vout."""
    sequence: U32
    """Per input."""
    value: I64
    """Per output: satoshi."""
    script_at: I64
    """Per output: where its script begins."""
    script_size: I32
    """Per output: the bytes of its script."""


def read_blocks(data: U8, begins: I64, ends: I64) -> Columns:
    """The columns of the blocks that stand in `data` from `begins[i]` up to `ends[i]`.

    Raises ValueError for a range that is not in `data`. A block that is no block is refused, see `Columns.refused`.
    """
    if len(begins) != len(ends) or ((begins < 0) | (ends < begins) | (ends > len(data))).any():
        raise ValueError("a block is said to lie outside of its buffer")
    size, blocks = int((ends - begins).sum()), len(begins)
    transactions, inputs, outputs = size // MIN_TRANSACTION, size // MIN_INPUT, size // MIN_OUTPUT
    # The system gives memory for what is written, not for what is asked for: most of this is never touched.
    room = Columns(
        *(np.zeros(blocks, np.uint8), np.zeros(blocks, np.int64), np.zeros(blocks + 1, np.int64)),
        *(np.empty(transactions, np.int64) for _ in range(4)),
        *(np.zeros(1 + transactions, np.int64) for _ in range(2)),
        *(np.empty(inputs, np.int64), np.empty(inputs, np.uint32)),
        *(np.empty(outputs, np.int64), np.empty(outputs, np.int64), np.empty(outputs, np.int32)),
    )
    tx, vin, vout = _read(data, begins, ends, room)
    return Columns(
        *room[:3],
        *(column[:tx] for column in room[3:7]),
        *(column[: tx + 1] for column in room[7:9]),
        *(column[:vin] for column in room[9:11]),
        *(column[:vout] for column in room[11:]),
    )


@compiled
def gather(data: U8, places: I64, width: int) -> U8:
    """A table whose row i is the `width` bytes of `data` at `places[i]`; whoever made the places checked them."""
    table = np.empty((len(places), width), np.uint8)
    for row in range(len(places)):
        place = places[row]
        for at in range(width):
            table[row, at] = data[place + at]
    return table


@inlined
def _u32(data: U8, place: int) -> int:
    """Four bytes, the lowest first; the caller knows that they are there."""
    low = np.int64(data[place]) | np.int64(data[place + 1]) << 8
    return low | np.int64(data[place + 2]) << 16 | np.int64(data[place + 3]) << 24


@inlined
def _compact(data: U8, place: int, end: int) -> tuple[int, int, int]:
    """A compact size number, the place behind it, and 0 or why it is none. A number of 2**63 and more is negative."""
    if place >= end:
        return 0, place, _ENDS
    first = np.int64(data[place])
    if first < 0xFD:
        return first, place + 1, 0
    width = 2 if first == 0xFD else 4 if first == 0xFE else 8
    if width > end - place - 1:
        return 0, place, _ENDS
    number = np.int64(0)
    for at in range(width):
        number |= np.int64(data[place + 1 + at]) << (8 * at)
    least = np.int64(0xFD) if width == 2 else np.int64(0x1_0000) if width == 4 else np.int64(0x1_0000_0000)
    if 0 <= number < least:
        return 0, place, _LONG
    return number, place + 1 + width, 0


@inlined
def _sized(data: U8, place: int, end: int, smallest: int) -> tuple[int, int, int]:
    """A count of things of at least `smallest` bytes each, which all fit before `end`, and the place behind it."""
    count, after, reason = _compact(data, place, end)
    if reason != 0:
        return 0, place, reason
    if count < 0 or count > (end - after) // smallest:
        return 0, place, _MORE if smallest > 1 else _SCRIPT
    return count, after, 0


@inlined
def _transaction(data: U8, start: int, end: int, room: Columns, tx: int, vin: int, vout: int) -> tuple[int, ...]:
    """Put the transaction at `start` in its row; where it ends, 0 or the reason, the next input and output."""
    if end - start < 6:  # version, and what tells whether a witness comes
        return start, _ENDS, vin, vout
    segwit = data[start + 4] == 0
    if segwit and data[start + 5] != 1:
        return start + 4, _NO_INPUTS, vin, vout
    place = start + 6 if segwit else start + 4
    room.start[tx], room.body[tx] = start, place
    count, place, reason = _sized(data, place, end, MIN_INPUT)
    if reason == 0 and count == 0:
        reason = _NO_INPUTS
    if reason != 0:
        return place, reason, vin, vout
    for _ in range(count):
        if end - place < MIN_INPUT:
            return place, _ENDS, vin, vout
        room.input_at[vin] = place
        size, place, reason = _sized(data, place + 36, end, 1)
        if reason != 0:
            return place, reason, vin, vout
        place += size
        if end - place < 4:
            return place, _ENDS, vin, vout
        room.sequence[vin] = _u32(data, place)
        place += 4
        vin += 1
    outputs, place, reason = _sized(data, place, end, MIN_OUTPUT)
    if reason != 0:
        return place, reason, vin, vout
    for _ in range(outputs):
        if end - place < MIN_OUTPUT:
            return place, _ENDS, vin, vout
        value = _u32(data, place) | _u32(data, place + 4) << 32
        if value < 0:
            return place, _NEGATIVE, vin, vout
        size, place, reason = _sized(data, place + 8, end, 1)
        if reason != 0:
            return place, reason, vin, vout
        room.value[vout], room.script_at[vout], room.script_size[vout] = value, place, size
        place += size
        vout += 1
    room.body_end[tx] = place
    if segwit:
        place, reason = _past_witness(data, place, end, count)
        if reason != 0:
            return place, reason, vin, vout
    if end - place < 4:
        return place, _ENDS, vin, vout
    room.end[tx] = place + 4
    return place + 4, 0, vin, vout


@compiled
def _past_witness(data: U8, place: int, end: int, inputs: int) -> tuple[int, int]:
    """Where the witness of so many inputs ends, and 0 or why it does not."""
    for _ in range(inputs):
        items, place, reason = _sized(data, place, end, 1)
        if reason != 0:
            return place, reason
        for _ in range(items):
            size, place, reason = _sized(data, place, end, 1)
            if reason != 0:
                return place, reason
            place += size
    return place, 0


@compiled
def _read(data: U8, begins: I64, ends: I64, room: Columns) -> tuple[int, int, int]:
    """Fill the columns; how many transactions, inputs and outputs there are."""
    tx, vin, vout = 0, 0, 0
    for block in range(len(begins)):
        end, kept_tx, kept_vin, kept_vout = ends[block], tx, vin, vout
        count, place, reason = _compact(data, begins[block] + HEADER_SIZE, end)
        if reason == 0 and (count <= 0 or count > (end - place) // MIN_TRANSACTION):
            reason = _COUNT
        if reason == 0:
            for _ in range(count):
                room.first_input[tx], room.first_output[tx] = vin, vout
                place, reason, vin, vout = _transaction(data, place, end, room, tx, vin, vout)
                if reason != 0:
                    break
                tx += 1
        if reason == 0 and place != end:
            reason = _FOLLOW
        if reason != 0:
            tx, vin, vout = kept_tx, kept_vin, kept_vout
            room.refused[block], room.refused_at[block] = reason, place
        room.first_tx[block + 1] = tx
    room.first_input[tx], room.first_output[tx] = vin, vout
    return tx, vin, vout
