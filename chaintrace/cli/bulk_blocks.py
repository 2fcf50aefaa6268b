"""Where blocks stand: the adapter's readers of files and headers, for the parser of `bulk`, which sees no adapter."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from chaintrace.adapters.bitcoin.blockfile import Bytes, Damage, Frame, Layout, block_files, layout, records
from chaintrace.adapters.bitcoin.headers import Link, select
from chaintrace.adapters.bitcoin.networks import network
from chaintrace.adapters.bitcoin.rawblock import HEADER_SIZE, bip34_height, parse_header
from chaintrace.errors import Malformed

if TYPE_CHECKING:
    from chaintrace.adapters.network import Endpoint
    from chaintrace.bulk.parsing import Progress
    from chaintrace.bulk.plan import Located

_BEGINNING = HEADER_SIZE + 256
"""Bytes of a block that hold its header and the height in its coinbase, whose script has at most 100."""


class Blocks:
    """Finds the blocks of a chain under a path; `progress` is told of each file."""

    def __init__(self, chain: str, progress: "Progress") -> None:
        self._chain = chain
        self._progress = progress
        self._notes: list[str] = []
        self._links: list[Link] = []
        self._places: dict[str, tuple[str, bytes, int, int]] = {}

    def __call__(self, path: Path) -> tuple[str, "list[Located]", list[str]]:
        """The chain's name, its blocks in its order and the stale ones, and what is wrong with the files.

        Raises InputError for a path without blocks of the chain.
        """
        from chaintrace.bulk.plan import Located

        files = block_files(path)
        for number, file in enumerate(files):
            self._progress("looking for blocks", number, len(files))
            self._read(layout(file, self._chain))
        chosen = select(self._links, self._chain, network(self._chain).bip34)
        times = {link.hash: link.time for link in self._links}
        located = [
            Located(*self._places[name], bytes.fromhex(name), place.height, times[name], active=True)
            for name, place in chosen.places.items()
        ]
        located += [
            Located(*self._places[link.hash], bytes.fromhex(link.hash), None, link.time, active=False)
            for link in self._links
            if link.hash not in chosen.places
        ]
        return self._chain, located, [*self._notes, *(gap.text for gap in chosen.gaps)]

    def _read(self, form: Layout) -> None:
        """Note the header and the place of every block of one file that no earlier one holds."""
        with Bytes(form.path, form.key) as data:
            for record in self._records(data, form):
                raw = data.read(record.offset, min(_BEGINNING, record.length))
                try:
                    header = parse_header(raw)
                except Malformed as error:
                    self._damaged(form, record.offset, f"no block: {error}")
                    continue
                if header.hash in self._places:
                    continue
                said = bip34_height(header.version, _coinbase_script(raw))
                self._links.append(Link(header.hash, header.prev_hash, header.time, header.bits, said))
                key = form.key if any(form.key) else b""
                self._places[header.hash] = (str(form.path.resolve()), key, record.offset, record.length)

    def _records(self, data: Bytes, form: Layout) -> Iterator[Frame]:
        """The records of a file; what is none is noted."""
        for record in records(data, form):
            if isinstance(record, Damage):
                self._damaged(form, record.offset, record.reason)
            else:
                yield record

    def _damaged(self, form: Layout, offset: int, reason: str) -> None:
        """Note a stretch of a file that could not be used."""
        self._notes.append(f"{form.path.name}, offset {offset}: {reason}")


class NodeBlocks:
    """Fetches the blocks of a node, and finds them where they were put."""

    def __init__(self, node: "Endpoint", progress: "Progress") -> None:
        self._node = node
        self._progress = progress

    def __call__(self, path: Path) -> tuple[str, "list[Located]", list[str]]:
        """As `Blocks`, after they were fetched into the folder `path`.

        Raises Unavailable, Refused or Malformed too, for a node that does not give them.
        """
        from chaintrace.case.access import access
        from chaintrace.case.bulk_node import fetch

        fetch(self._node, access(os.environ), path, self._progress)
        return Blocks(self._node.chain, self._progress)(path)


def _coinbase_script(raw: bytes) -> bytes:
    """The script of the first input of a block, as far as its beginning holds it; empty where it cannot be read.

    Behind the header stand the number of transactions, a version, marker and flag where there is a witness, the number
    of inputs and an outpoint.
    """
    width = {0xFD: 3, 0xFE: 5, 0xFF: 9}.get(raw[HEADER_SIZE] if len(raw) > HEADER_SIZE else 0, 1)
    place = HEADER_SIZE + width + 4
    place += 2 if raw[place : place + 2] == b"\x00\x01" else 0
    place += 1 + 36
    size = raw[place] if place < len(raw) else 0
    return raw[place + 1 : place + 1 + size] if size < 0xFD else b""
