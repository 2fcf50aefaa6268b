"""What raw answers hold that a proof can be made of: looked up by what they are, whichever service gave them.

An answer is read for its shape: a block with its transactions, a receipt, the bytes of a transaction or of a header, a
Merkle branch. Nothing here is believed: whoever makes a proof of it hashes it.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from chaintrace.errors import Malformed
from chaintrace.evidence.whole_block import Parts, parts_of
from chaintrace.model.nesting import shallow
from chaintrace.model.provenance import Source

Json: TypeAlias = Any
_TXID = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_HEX = re.compile(r"[0-9a-f]{120,}\Z")
_HEADER_DIGITS = 160
MOST = 64 << 20
"""Bytes of an answer that is looked into, at most: a larger one is a file, not an answer."""


@dataclass(slots=True)
class RawIndex:
    """By transaction or block, what the answers hold of them. Hashes are lower-case; those of EVM chains have 0x."""

    transactions: dict[str, bytes] = field(default_factory=dict)
    headers: dict[str, bytes] = field(default_factory=dict)
    branches: dict[str, tuple[tuple[str, ...], int]] = field(default_factory=dict)
    partial_trees: list[bytes] = field(default_factory=list)
    blocks: dict[str, Mapping[str, Json]] = field(default_factory=dict)
    receipts: dict[str, Mapping[str, Json]] = field(default_factory=dict)
    tron: dict[str, bytes] = field(default_factory=dict)
    tron_blocks: dict[str, Mapping[str, Json]] = field(default_factory=dict)
    sent: dict[str, Mapping[str, Json]] = field(default_factory=dict)
    whole: dict[str, Parts] = field(default_factory=dict)


def indexed(
    records: Iterable[Source],
    read: Callable[[str], bytes],
    txids: frozenset[str],
    blocks: frozenset[str],
) -> RawIndex:
    """Look through the answers for what concerns these transactions and the blocks that hold them."""
    from chaintrace.adapters.bitcoin.rawblock import parse_header

    found = RawIndex()
    for record in records:
        content = read(record.sha256)
        if len(content) > MOST:
            continue
        named = [txid for txid in _TXID.findall(record.request) if txid in txids]
        for text in texts(content):
            data = bytes.fromhex(text)
            if len(text) == _HEADER_DIGITS and (block := parse_header(data).hash) in blocks:
                found.headers[block] = data
            elif len(text) > _HEADER_DIGITS and parse_header(data).hash in blocks:
                _keep_block(data, found, txids)
            elif (txid := _txid(data)) in txids:
                found.transactions[txid] = data
        for table in _tables(content):
            _keep(table, found, txids, blocks, named)
    return found


def _keep_block(data: bytes, found: RawIndex, txids: frozenset[str]) -> None:
    """Remember what a block's bytes show of the transactions; a partial tree begins with a header as well."""
    try:
        found.whole.update(parts_of(data, txids))
    except Malformed:
        found.partial_trees.append(data)


def _keep(
    table: Mapping[str, Json], found: RawIndex, txids: frozenset[str], blocks: frozenset[str], named: list[str]
) -> None:
    """Remember an object by what it is."""
    if "transactionsRoot" in table and table.get("hash") in blocks:
        known = found.blocks.get(str(table["hash"]))
        if known is None or not _whole(known):
            found.blocks[str(table["hash"])] = table
    elif "cumulativeGasUsed" in table and table.get("blockHash") in blocks:
        found.receipts[str(table.get("transactionHash"))] = table
    elif "nonce" in table and "r" in table and table.get("blockHash") in blocks:
        found.sent[str(table.get("hash"))] = table
    elif isinstance(table.get("merkle"), list) and isinstance(table.get("pos"), int) and len(set(named)) == 1:
        found.branches[named[0]] = (tuple(map(str, table["merkle"])), table["pos"])
    elif "block_header" in table and table.get("blockID") in blocks:
        found.tron_blocks[str(table["blockID"])] = table
    elif table.get("txID") in txids and isinstance(table.get("raw_data_hex"), str):
        found.tron[str(table["txID"])] = bytes.fromhex(table["raw_data_hex"])


def _whole(block: Mapping[str, Json]) -> bool:
    """Whether a block's answer holds its transactions and not just their hashes."""
    return all(isinstance(one, dict) for one in block.get("transactions", ()))


def _txid(data: bytes) -> str:
    """The txid of a transaction's bytes; empty where they are none."""
    from chaintrace.adapters.bitcoin.rawblock import parse_transaction

    try:
        return parse_transaction(data).txid
    except Malformed:
        return ""


def texts(content: bytes) -> Iterator[str]:
    """Every long hexadecimal text of an answer, and an answer that is itself bytes of a transaction, as such."""
    try:
        text = content.decode().strip()
    except UnicodeDecodeError:
        yield content.hex()
        return
    if _HEX.match(text) and len(text) % 2 == 0:
        yield text
        return
    for value in _values(content):
        if isinstance(value, str) and len(value) % 2 == 0 and _HEX.match(value):
            yield value


def _tables(content: bytes) -> Iterator[Mapping[str, Json]]:
    """Every object of a JSON answer."""
    return (value for value in _values(content) if isinstance(value, dict))


def _values(content: bytes) -> Iterator[Json]:
    """Every value of a JSON answer, however deep; none where it is no JSON."""
    if content[:1].lstrip() not in {b"{", b"["}:
        return
    try:
        waiting = [json.loads(shallow(content))]
    except (ValueError, RecursionError):
        return
    while waiting:
        value = waiting.pop()
        yield value
        if isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
