"""The adapter `blocks`: a `blk*.dat` file, a node's blocks directory, or one raw block, with undo data beside it.

Its index lies in the case's folder for things that can be made again. Facts that a trace asks for carry the digest of
their whole block, which goes into the archive: header, Merkle tree and transaction can be checked from it alone.
"""

import hashlib
from pathlib import Path

from chaintrace.adapters.bitcoin.blocksource import ADAPTER, BlockSource
from chaintrace.adapters.bitcoin.toldblocks import ToldBlocks, is_told
from chaintrace.adapters.interface import FactSource, SourceSpec
from chaintrace.model.archive import Archive


class Blocks:
    """Opens Bitcoin's own block files. They hold every address, so nothing need be declared complete."""

    name = ADAPTER
    summary = "Bitcoin blocks as a node stores them: a blk*.dat file, a blocks directory, or one raw block"
    needs_complete = False

    def open(self, spec: SourceSpec, archive: Archive, cache: Path) -> FactSource:
        """Open the files of `spec.path`, building their index in `cache` unless it is there and of the same files.

        Where a replay put the list of what such files told, that list answers. Raises InputError for a path without
        blocks of the chain, OutputError when the index cannot be written.
        """
        if is_told(spec.path):
            return ToldBlocks(spec.path, spec.chain, archive)
        name = hashlib.sha256(f"{spec.chain}\n{spec.path.resolve().as_posix()}".encode()).hexdigest()[:16]
        return BlockSource(spec.path, spec.chain, cache / f"blocks-{name}.sqlite", shown=spec.shown, archive=archive)
