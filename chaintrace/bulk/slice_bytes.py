"""The bytes of one slice of the chain, read from their files and checked against the headers that commit to them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from chaintrace.bulk.block_bytes import HEADER_SIZE, I64, REASONS, U8, Columns, gather, read_blocks
from chaintrace.bulk.digests import merkle_roots, txids
from chaintrace.errors import InputError

_ROOT_AT = 36
"""Where the Merkle root stands in a header."""
_UNCOMMITTED = "its transactions do not hash to the Merkle root of its header: bytes are damaged or altered"
_NO_COINBASE = "its first transaction is no coinbase"


@dataclass(frozen=True, slots=True)
class Slice:
    """Blocks in one buffer, their columns, txids in wire order, and of each block why it was left out (or "")."""

    data: U8
    found: Columns
    txid: U8
    problems: tuple[str, ...]


def load(blocks: Sequence[dict[str, Any]]) -> tuple[U8, I64, I64]:
    """The bytes of these blocks (rows of a plan) one after the other, and where each begins and ends.

    Raises InputError when a file has gone, or holds other bytes there than when the plan was made.
    """
    ends = np.cumsum([block["size"] for block in blocks], dtype=np.int64)
    begins = ends - np.array([block["size"] for block in blocks], np.int64)
    data = np.empty(int(ends[-1]) if len(ends) else 0, np.uint8)
    opened, file = "", None
    try:
        for block, begin, end in zip(blocks, begins.tolist(), ends.tolist(), strict=True):
            if file is None or block["file"] != opened:
                if file is not None:
                    file.close()
                opened, file = block["file"], open(block["file"], "rb")  # noqa: SIM115, PTH123  # closed below
            file.seek(block["offset"])
            window = data[begin:end]
            whole = file.readinto(window.data) == len(window)
            if key := block["key"]:
                shift = block["offset"] % len(key)
                window ^= np.resize(np.frombuffer(key[shift:] + key[:shift], np.uint8), len(window))
            header = hashlib.sha256(hashlib.sha256(window[:HEADER_SIZE].tobytes()).digest()).digest()
            if not whole or header[::-1] != block["hash"]:
                raise InputError(
                    f"the block at byte {block['offset']} is not the one that stood there when this parsing began: "
                    "remove the folder that is written to, and run again",
                    path=opened,
                )
    except OSError as error:
        raise InputError(f"the file cannot be read ({error.strerror}): put it back, and run again", path=opened) from (
            error
        )
    finally:
        if file is not None:
            file.close()
    return data, begins, ends


def checked(data: U8, begins: I64, ends: I64) -> Slice:
    """The columns of the blocks in `data`: each is whole and its header vouches for it, or it is left out."""
    problems = [""] * len(begins)
    found = read_blocks(data, begins, ends)
    txid = txids(data, found)
    for block in np.flatnonzero(found.refused).tolist():
        at = int(found.refused_at[block] - begins[block])
        problems[block] = f"{REASONS[found.refused[block]]}, at byte {at} of the block"
    whole = np.flatnonzero(found.refused == 0)
    first = found.first_tx[whole]
    for block in whole[~coinbases(data, found)[first]].tolist():
        problems[block] = _NO_COINBASE
    headed = gather(data, begins[whole] + _ROOT_AT, 32)
    roots = merkle_roots(txid, found.first_tx)[whole]
    named = headed.any(axis=1)
    for block in whole[named & (headed != roots).any(axis=1)].tolist():
        problems[block] = _UNCOMMITTED
    kept = np.array([not problem for problem in problems], np.bool_)
    if kept.sum() != len(whole):  # those that no header vouches for are read past, as if they were refused
        found = read_blocks(data, begins, np.where(kept, ends, begins))
        txid = txids(data, found)
    return Slice(data, found, txid, tuple(problems))


def coinbases(data: U8, found: Columns) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Of each transaction whether it is a coinbase: its only input names no transaction."""
    inputs = np.diff(found.first_input)
    first = gather(data, found.input_at[found.first_input[:-1]], 32)
    minted: np.ndarray[Any, np.dtype[np.bool_]] = (inputs == 1) & ~first.any(axis=1)
    return minted
