"""The parsers of rows 1 to 3, and what is compared before any of them is timed."""

import hashlib
import os
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from bitcoin.core import CBlock
from bitcoin.wallet import CBitcoinAddress, CBitcoinAddressError

from benchmarks.block_chain import chain, node_folder
from chaintrace.bulk import digests
from chaintrace.bulk.address_text import Texts, address_texts
from chaintrace.bulk.block_bytes import I64, U8, Columns, read_blocks
from chaintrace.bulk.script_kinds import KINDS, MULTISIG, P2PK

CHAIN = "bitcoin"


class Buffer(NamedTuple):
    """Blocks one after the other, as our parser takes them."""

    blocks: list[bytes]
    data: U8
    begins: I64
    ends: I64


def buffer(blocks: list[bytes]) -> Buffer:
    """The blocks in one buffer."""
    sizes = np.array([len(block) for block in blocks], np.int64)
    ends = np.cumsum(sizes)
    return Buffer(blocks, np.frombuffer(b"".join(blocks), np.uint8), ends - sizes, ends)


def ours(held: Buffer, threads: int | None = None) -> tuple[Columns, U8]:
    """Columns and txids; by a thread a core where nothing else is said."""
    found = read_blocks(held.data, held.begins, held.ends)
    return found, digests.txids(held.data, found, threads)


def ours_with_addresses(held: Buffer, threads: int | None = None) -> tuple[Columns, U8, Texts]:
    """Columns, txids, types and addresses."""
    found, txid = ours(held, threads)
    return found, txid, address_texts(held.data, found.script_at, found.script_size, CHAIN, threads)


def bitcoinlib(held: Buffer) -> list[bytes]:
    """python-bitcoinlib: objects, and the txid of each transaction."""
    return [one.GetTxid() for block in held.blocks for one in CBlock.deserialize(block).vtx]


def bitcoinlib_with_addresses(held: Buffer) -> list[tuple[bytes, list[str | None]]]:
    """The same, and the address of each output where it knows one."""
    transactions = (one for block in held.blocks for one in CBlock.deserialize(block).vtx)
    return [(one.GetTxid(), [_address(output.scriptPubKey) for output in one.vout]) for one in transactions]


def _address(script: Any) -> str | None:
    try:
        return str(CBitcoinAddress.from_scriptPubKey(script))
    except CBitcoinAddressError:
        return None


def plain_transactions(held: Buffer) -> list[bytes]:
    """The bytes that each txid is the hash of."""
    found, _ = ours(held)
    view, plain = held.data.tobytes(), []
    for start, body, body_end, end in zip(*(column.tolist() for column in found[3:7]), strict=True):
        plain.append(view[start : start + 4] + view[body:body_end] + view[end - 4 : end])
    return plain


def hashlib_limit(plain: list[bytes]) -> list[bytes]:
    """Double SHA-256 by hashlib and nothing else."""
    sha256 = hashlib.sha256
    return [sha256(sha256(one).digest()).digest() for one in plain]


def openssl_limit(plain: list[bytes]) -> Callable[[], U8]:
    """Double SHA-256 by OpenSSL, called from a compiled loop over bytes that lie ready, and nothing else."""
    from chaintrace.bulk import openssl_calls

    sizes = np.array([len(one) for one in plain], np.int64)
    ends = np.cumsum(sizes)
    starts, data, out = ends - sizes, np.frombuffer(b"".join(plain), np.uint8), np.empty((len(plain), 32), np.uint8)

    def limit() -> U8:
        openssl_calls.txids(data, starts, starts + 4, ends - 4, ends, out)
        return out

    return limit


class Explorer:
    """bitcoin-explorer (Rust) over a node's folder; it always gives addresses."""

    def __init__(self, blocks: list[bytes], folder: Path) -> None:
        os.environ.setdefault("RUST_LOG", "error")
        from bitcoin_explorer import BitcoinDB

        node_folder(blocks, folder)
        self._database = BitcoinDB(str(folder), tx_index=False)
        self._number = len(blocks)

    def __call__(self) -> list[dict[str, Any]]:
        """Every transaction, in order."""
        return [one for block in self._database.get_block_iter_range(self._number) for one in block["txdata"]]


def same(held: Buffer, explorer: Explorer | None) -> str:
    """What was compared: with bitcoin-explorer too, where this Python has it.

    Raises ValueError where two parsers differ in a txid, a value or an address.
    """
    found, txid, texts = ours_with_addresses(held)
    rows = [row.tobytes() for row in txid]
    letters, ends = texts.letters.tobytes().decode(), texts.offsets.tolist()
    values, first = found.value.tolist(), found.first_output.tolist()
    addresses = [letters[ends[at] : ends[at + 1]] for at in range(len(values))]
    lib = bitcoinlib_with_addresses(held)
    if rows != [one for one, _ in lib] or rows != hashlib_limit(plain_transactions(held)):
        raise ValueError("the txids differ from python-bitcoinlib's or from the plain hashes")
    for tx, (_, by_lib) in enumerate(lib):
        for at, address in zip(range(first[tx], first[tx + 1]), by_lib, strict=True):
            if texts.kinds[at] != P2PK and address not in {None, addresses[at]}:
                raise ValueError(
                    f"an address of type {KINDS[texts.kinds[at]]} differs from python-bitcoinlib's {address}"
                )
    theirs = explorer() if explorer else []
    if theirs and [row[::-1].hex() for row in rows] != [one["txid"] for one in theirs]:
        raise ValueError("the txids differ from bitcoin-explorer's")
    for tx, one in enumerate(theirs):
        for at, output in zip(range(first[tx], first[tx + 1]), one["output"], strict=True):
            told = texts.kinds[at] == MULTISIG or not output["addresses"] or (addresses[at],) == output["addresses"]
            if output["value"] != values[at] or not told:
                raise ValueError(f"an output of {one['txid']} differs: {values[at]}, {addresses[at]}, {output}")
    peers = "python-bitcoinlib's, bitcoin-explorer's" if theirs else "python-bitcoinlib's"
    values_too = f"the values of all {len(values):,} outputs, and " if theirs else ""
    return (
        f"the txids of all {len(rows):,} transactions with {peers} and plain hashes; {values_too}each address where a "
        "peer gives one: python-bitcoinlib's of bare keys are known to be wrong, and bitcoin-explorer lists those of "
        "bare multisig."
    )


def prepared(folder: Path) -> tuple[Buffer, Explorer | None, str]:
    """The blocks in both forms, and what was compared."""
    held = buffer(chain())
    explorer = Explorer(held.blocks, folder / "node") if find_spec("bitcoin_explorer") else None
    return held, explorer, same(held, explorer)
