"""What a TRON node is: its chain by its genesis block, how far it has come, and which of its blocks hold for good."""

import tomllib
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from chaintrace.adapters.network import Status
from chaintrace.adapters.tron_node.asking import Asking, Header
from chaintrace.errors import Malformed, Unavailable
from chaintrace.resources import read_text

CAIP = "tron:0x"
"""chains.toml names a chain of TRON by this and the last four bytes of its genesis block's id (CAIP-2)."""


_TXID = frozenset({"txid"})


def status(ask: Asking, indices: frozenset[str] = _TXID) -> Status:
    """Ask a node what it is; `indices` is what it can look up. Raises Unavailable, Refused or Malformed.

    `synced` is None: the API does not say what the node has yet to read.
    """
    head = ask.now()
    if head is None:
        raise Unavailable(
            f"the node at {ask.host} does not tell its latest block: try again when it has read the chain"
        )
    solid = ask.solid()
    return Status(
        chain=chain_of(ask.block(0, "")),
        height=head.height,
        block_hash=head.hash,
        time=head.time,
        synced=None,
        indices=indices,
        finalized=None if solid is None else solid.height,
    )


def chain_of(genesis: Header | None) -> str:
    """The chain that a genesis block names; `""` where the node has thrown it away (a lite full node)."""
    if genesis is None:
        return ""
    identity = CAIP + genesis.hash[-8:]
    return chains().get(identity, identity)


@cache
def chains() -> Mapping[str, str]:
    """The chains of TRON that chains.toml names: CAIP-2 id to name."""
    table = tomllib.loads(read_text("chains.toml"))
    return MappingProxyType({entry["id"]: name for name, entry in table.items() if entry["id"].startswith(CAIP)})


def agreed(ask: Asking, at: Status) -> None:
    """Raises Malformed for a node of another chain, Unavailable for one without the tip `at` in its chain."""
    chain, theirs = ask.endpoint.chain, chain_of(ask.block(0, at.block_hash))
    if theirs not in {"", chain}:
        raise Malformed(
            f"the node at {ask.host} is one of {theirs}, not of {chain}: nothing of it is used; give the url of a node "
            f"of {chain}"
        )
    unmoved(ask, at, at.block_hash)


def unmoved(ask: Asking, at: Status, pin: str = "") -> None:
    """Raises Unavailable where the node's chain does not have the tip `at`: asked now, where `pin` is empty."""
    found = ask.block(at.height, pin)
    if found is None:
        raise Unavailable(
            f"the node at {ask.host} has no block at height {at.height}, the tip of this run: it is not synced, and "
            "what it does not know may exist; try again later, or ask another source"
        )
    if found.hash != at.block_hash:
        raise Unavailable(
            f"the node at {ask.host} has block {found.hash} at height {at.height}, where the tip of this run is "
            f"{at.block_hash}: it follows another fork, or the chain was re-organised; run again"
        )
