"""Files of blocks: what stands where, before any block is understood.

A node appends to `blk00000.dat`, `blk00001.dat`, … records of magic, length and bytes, in the order of their arrival,
and pads files with zeros; since version 28 it may obfuscate them with the eight bytes of `xor.dat`. Its `rev*.dat`
files are framed alike, with a checksum of 32 bytes behind each record. A file may also be one raw block.

A damaged stretch is a value, not an error: reading goes on at the next magic. Memory: one window of a file.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from chaintrace.adapters.bitcoin.networks import network, network_of_magic
from chaintrace.adapters.bitcoin.rawblock import HEADER_SIZE
from chaintrace.errors import InputError

MAX_RECORD = 32 * 1024 * 1024
"""Bytes. No block or undo record of any Bitcoin network is longer; a longer length field is damage."""
_WINDOW = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Frame:
    """A record that is wholly there: where its bytes begin (behind magic and length) and how many there are."""

    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Damage:
    """A stretch that is no record: where it begins and what is wrong with it."""

    offset: int
    reason: str


@dataclass(frozen=True, slots=True)
class Layout:
    """How one file is written: its magic (empty: one raw block without frame) and its obfuscation key (or empty)."""

    path: Path
    magic: bytes
    key: bytes = b""


class Bytes:
    """A file open for reading, with the obfuscation taken off. Use it as a context manager."""

    def __init__(self, path: Path, key: bytes = b"") -> None:
        """Opens the file. Raises InputError when it cannot be read."""
        try:
            self._file: BinaryIO = path.open("rb")
        except OSError as error:
            raise InputError(
                f"the file cannot be read ({error.strerror}): check its name and its rights", path=path
            ) from error
        self._key = key if any(key) else b""
        self.size = self._file.seek(0, 2)

    def read(self, offset: int, length: int) -> bytes:
        """The bytes at `offset`: fewer than `length` only where the file ends."""
        self._file.seek(offset)
        data = self._file.read(min(length, max(0, self.size - offset)))
        return unmask(data, self._key, offset) if self._key else data

    def close(self) -> None:
        """Lets the file go."""
        self._file.close()

    def __enter__(self) -> Self:
        """The reader itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Lets the file go."""
        self.close()


def unmask(data: bytes, key: bytes, offset: int) -> bytes:
    """`data`, which stands at `offset` of its file, with the repeating key taken off (or put on)."""
    shift = offset % len(key)
    stream = (key[shift:] + key[:shift]) * (len(data) // len(key) + 1)
    return (int.from_bytes(data, "big") ^ int.from_bytes(stream[: len(data)], "big")).to_bytes(len(data), "big")


def records(data: Bytes, form: Layout) -> Iterator[Frame | Damage]:
    """The blocks of a file, of `blk*.dat` or one raw block, and the stretches that are none.

    Raises InputError for what is larger than a block and has no frames.
    """
    if form.magic:
        yield from frames(data, form.magic)
    elif data.size > MAX_RECORD:
        raise InputError("the file is neither a blk*.dat file nor a raw block: give one of them", path=form.path)
    else:
        yield Frame(0, data.size)


def frames(data: Bytes, magic: bytes, trailer: int = 0) -> Iterator[Frame | Damage]:
    """The records of a framed file in the order of the file, and the stretches that are none.

    `trailer` is the number of bytes behind each record (32 in undo files). Zeros between records are padding.
    """
    place = 0
    while place < data.size:
        head = data.read(place, 8)
        length = int.from_bytes(head[4:], "little")
        if head[:4] == magic and len(head) == 8 and 0 < length <= MAX_RECORD:
            end = place + 8 + length + trailer
            if end <= data.size:
                yield Frame(place + 8, length)
                place = end
                continue
            there = data.size - place - 8
            yield Damage(place, f"the file ends inside this record: {length + trailer} bytes announced, {there} there")
            place = _next_magic(data, magic, place + 1)[0]
            continue
        known = head[:4] == magic
        found, zeros = _next_magic(data, magic, place + (4 if known else 0))
        if known and len(head) == 8:
            yield Damage(place, f"a record cannot have {length} bytes")
        elif known or not zeros:
            yield Damage(place, f"{found - place} bytes that are no record")
        place = found


def _next_magic(data: Bytes, magic: bytes, start: int) -> tuple[int, bool]:
    """Where the next magic stands at or after `start` (or the file's end), and whether only zeros stand before it."""
    zeros = True
    place = start
    while place < data.size:
        window = data.read(place, _WINDOW)
        last = place + len(window) >= data.size
        found = window.find(magic)
        before = window[:found] if found >= 0 else window if last else window[: 1 - len(magic)]
        zeros = zeros and before.count(0) == len(before)
        place += len(before)
        if found >= 0:
            break
    return place, zeros


def block_files(path: Path) -> tuple[Path, ...]:
    """The files of blocks at `path`: itself, or the `blk*.dat` of a blocks directory or of the node's that holds it.

    Raises InputError when there is nothing of the kind.
    """
    if path.is_file():
        return (path,)
    if not path.exists():
        raise InputError(
            "there is no such file or directory: give a blk*.dat file or a node's blocks directory", path=path
        )
    for folder in (path, path / "blocks"):
        found = tuple(sorted(folder.glob("blk*.dat")))
        odd = next((file for file in found if not file.is_file()), None)
        if odd is not None:
            raise InputError("it is no file that can be read: take it away, or put the file there", path=odd)
        if found:
            return found
    raise InputError(
        "no blk*.dat file is in this directory: give the blocks directory of a node, or one file", path=path
    )


def layout(path: Path, chain: str) -> Layout:
    """How a file is written, found by its first bytes, then by those with `xor.dat` beside it taken off.

    A file that begins with damage counts as framed if the magic stands anywhere in it; a file without any magic is
    taken for one raw block. Raises InputError for an empty file and for one of another network, naming it.
    """
    keys = [b"", *_key_beside(path)]
    for key in keys:
        with Bytes(path, key) as data:
            if data.size == 0:
                raise InputError("the file is empty: give a blk*.dat file or a raw block", path=path)
            magic = data.read(0, 4)
            if magic in network(chain).magics:
                return Layout(path, magic, key)
            other = network_of_magic(magic)
            if other:
                remedy = f"say chain = {other!r}, or give a file of {chain}"
                raise InputError(f"the file holds blocks of {other}, not of {chain}: {remedy}", path=path)
    for key in keys:
        for magic in network(chain).magics:
            with Bytes(path, key) as data:
                if _next_magic(data, magic, 0)[0] < data.size and not _one_block(data):
                    return Layout(path, magic, key)
    return Layout(path, b"")


def network_in(path: Path) -> str | None:
    """The chain whose magic a file begins with, as it stands or with `xor.dat` beside it taken off; None where none."""
    for key in (b"", *_key_beside(path)):
        with Bytes(path, key) as data:
            if found := network_of_magic(data.read(0, 4)):
                return found
    return None


def _key_beside(path: Path) -> tuple[bytes, ...]:
    """The obfuscation key in the file's directory, if it has one that does anything."""
    file = path.parent / "xor.dat"
    key = file.read_bytes() if file.is_file() else b""
    return (key,) if len(key) == 8 and any(key) else ()


def _one_block(data: Bytes) -> bool:
    """Whether the file looks like a raw block: a plausible number of transactions and a coinbase behind the header."""
    head = data.read(HEADER_SIZE, 60)
    width = {0xFD: 3, 0xFE: 5}.get(head[0] if head else 0, 1)
    after = head[width + 4 :]
    after = after[2:] if after[:2] == b"\x00\x01" else after
    return after[:1] == b"\x01" and after[1:33] == bytes(32)
