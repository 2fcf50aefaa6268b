"""The blocks of one's own node for `bulk parse`: fetched in the order of its chain into files framed as its own are.

Of each the name is checked, and that its header vouches for its transactions, before it is written. A run that was
killed goes on behind the last whole block; what the node's chain has dropped since is cut off first. Memory: a few
blocks, and the hash of each.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count, takewhile
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np

from chaintrace.adapters.bitcoin.blockfile import Bytes, Damage, frames
from chaintrace.adapters.bitcoin.networks import network
from chaintrace.adapters.bitcoin.rawblock import HEADER_SIZE
from chaintrace.adapters.bitcoin_core import BitcoinCore
from chaintrace.adapters.bitcoin_core.rpc import Rpc, as_bytes
from chaintrace.adapters.bitcoin_core.standing import status
from chaintrace.adapters.network import Endpoint, Status
from chaintrace.adapters.transport import Json, Patience, RpcError
from chaintrace.bulk.slice_bytes import checked
from chaintrace.bulk.whole_files import alone
from chaintrace.case.access import NETWORK, Access, opened_door
from chaintrace.case.digests import Digests
from chaintrace.case.endpoints import endpoint
from chaintrace.errors import Malformed, OutputError, Refused, Unavailable
from chaintrace.model.provenance import Source
from chaintrace.threads import Pool

Progress: TypeAlias = Callable[[str, int, int], None]

WORKERS, AT_ONCE = 4, 16
"""Questions that are under way at a time (Core's queue has room for 16), and blocks that are held until written."""
_A_DOOR = 4_000
"""Blocks, after which a new door is opened: each remembers what it was asked."""
FILE_BYTES = 128 * 1024 * 1024
"""As Core's own files."""


class Records(Digests):
    """An archive that keeps nothing and holds nothing: blocks go into files."""

    def records(self) -> tuple[Source, ...]:
        """None."""
        return ()


class Written(NamedTuple):
    """A block in the files: which file, where the record ends, and the hash."""

    file: int
    end: int
    hash: str


def node_of(text: str, chain: str) -> Endpoint | None:
    """The node that a person names, as `bitcoin-core=URL` or by its bare url; None for what is a path.

    Raises InputError for a url that cannot be a node's.
    """
    name, equals, url = text.partition("=")
    if equals and name == BitcoinCore.name:
        return endpoint(name, chain, url)
    return endpoint(BitcoinCore.name, chain, text) if text.lower().startswith(("http://", "https://")) else None


def fetch(node: Endpoint, allowed: Access, folder: Path, progress: Progress, patience: Patience | None = None) -> None:
    """Bring `folder` up to the tip that the node has now.

    Raises Unavailable, Refused or Malformed for what the node does not give or gives wrong, InputError where another
    run works on the folder, OutputError where it cannot be written.
    """
    if allowed.allowed == "none":
        raise Refused(f"{node.shown} was not asked, because the network is switched off: set {NETWORK} to own")
    with alone(folder):
        files = _Files(folder, network(node.chain).magics[0])
        with _asked(node, allowed, patience) as rpc:
            tip = _status(rpc, node.chain)
            files.cut(lambda height, name: height > tip.height or rpc.block_hash(height) != name)
        for first in range(len(files.blocks), tip.height + 1, _A_DOOR):
            with _asked(node, allowed, patience) as rpc:
                for name, raw in _blocks(rpc, range(first, min(first + _A_DOOR, tip.height + 1))):
                    progress("fetching blocks", len(files.blocks), tip.height + 1)
                    files.add(name, raw, rpc.host)


@contextmanager
def _asked(node: Endpoint, allowed: Access, patience: Patience | None) -> Iterator[Rpc]:
    """The node, through the door."""
    with opened_door(Records(), allowed, patience=patience, connections=WORKERS) as door:
        yield Rpc(node, door)


def _status(rpc: Rpc, chain: str) -> Status:
    """What the node is. Raises Malformed for one of another chain, Refused for one that lacks old blocks."""
    own = status(rpc)
    if own.chain != chain:
        raise Malformed(f"the node at {rpc.host} is one of {own.chain}, not of {chain}: name its chain with --chain")
    if own.pruned_to:
        raise Refused(
            f"the node at {rpc.host} is pruned and has no block below height {own.pruned_to}: ask one that keeps "
            "all, or give block files"
        )
    return own


def _blocks(rpc: Rpc, heights: range) -> Iterator[tuple[str, bytes]]:
    """Hash and bytes of the blocks at these heights, in their order."""
    pool: Pool[int, tuple[str, bytes]] = Pool(WORKERS, lambda height: _block(rpc, height))
    try:
        for first in range(0, len(heights), AT_ONCE):
            yield from pool.begin(heights[first : first + AT_ONCE])()
    finally:
        pool.close(wait=False)


def _block(rpc: Rpc, height: int) -> tuple[str, bytes]:
    """One block: its header hashes to its name, and its transactions to what its header says."""
    name = rpc.block_hash(height)

    def look(value: Json) -> None:
        raw = as_bytes(value)
        if _hash(raw) != name or _problem(raw):
            raise Malformed(f"{rpc.host} gave for block {name} bytes that are not its own: do not use this node")

    told = rpc.call("getblock", name, 0, look=look).result
    if isinstance(told, RpcError):
        raise Refused(f"{rpc.sentence('getblock', told)}; its block files can be given instead")
    return name, as_bytes(told)


def _hash(raw: bytes) -> str:
    """The name of a block."""
    return hashlib.sha256(hashlib.sha256(raw[:HEADER_SIZE]).digest()).digest()[::-1].hex()


def _problem(raw: bytes) -> str:
    """What is wrong with a block, or nothing."""
    found = checked(np.frombuffer(raw, np.uint8), np.zeros(1, np.int64), np.array([len(raw)], np.int64))
    return found.problems[0]


class _Files:
    """The blocks that were fetched, in files of a folder; the next one is put behind the last."""

    def __init__(self, folder: Path, magic: bytes) -> None:
        """Raises OutputError. A record that was not written to its end is cut off."""
        self._folder, self._magic = folder, magic
        self.blocks: list[Written] = [one for one in takewhile(bool, self._there()) if one]
        self._cut_to(self.blocks[-1] if self.blocks else None)

    def _there(self) -> Iterator[Written | None]:
        """The blocks that an earlier run wrote, in files up to the first that is missing; None for no whole record."""
        for number in takewhile(lambda one: self._path(one).is_file(), count()):
            with Bytes(self._path(number)) as data:
                for record in frames(data, self._magic):
                    if isinstance(record, Damage):
                        yield None
                    else:
                        name = _hash(data.read(record.offset, HEADER_SIZE))
                        yield Written(number, record.offset + record.length, name)

    def cut(self, left: Callable[[int, str], bool]) -> None:
        """Cut off blocks from the end as long as they have `left` the chain (by height and hash)."""
        while self.blocks and left(len(self.blocks) - 1, self.blocks[-1].hash):
            self.blocks.pop()
        self._cut_to(self.blocks[-1] if self.blocks else None)

    def add(self, name: str, raw: bytes, host: str) -> None:
        """Write a block. Raises Unavailable where it does not follow the last one, OutputError."""
        before = self.blocks[-1].hash if self.blocks else bytes(32).hex()
        if raw[4:36][::-1].hex() != before:
            raise Unavailable(f"{host} changed its chain while its blocks were read: run the same command again")
        number, end = (self.blocks[-1].file, self.blocks[-1].end) if self.blocks else (0, 0)
        if end and end + len(raw) + 8 > FILE_BYTES:
            number, end = number + 1, 0
        path = self._path(number)
        try:
            with path.open("r+b" if end else "wb") as file:
                file.seek(end)
                file.write(self._magic + len(raw).to_bytes(4, "little") + raw)
        except OSError as error:
            raise OutputError(
                f"{path} cannot be written ({error.strerror}): make room, and run the same command again"
            ) from error
        self.blocks.append(Written(number, end + 8 + len(raw), name))

    def _cut_to(self, last: Written | None) -> None:
        """Leave nothing behind this record."""
        try:
            for path in sorted(self._folder.glob("blk*.dat")):
                if last is None or path > self._path(last.file):
                    path.unlink()
                elif path == self._path(last.file) and path.stat().st_size > last.end:
                    with path.open("r+b") as file:
                        file.truncate(last.end)
        except OSError as error:
            raise OutputError(f"{self._folder} cannot be written ({error.strerror}): choose another place") from error

    def _path(self, number: int) -> Path:
        return self._folder / f"blk{number:05}.dat"
