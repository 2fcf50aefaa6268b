"""What a TRON node is: its chain by its genesis block, how far it has come, and which of its blocks hold for good."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from chaintrace.adapters.network import Status
from chaintrace.adapters.tips import has_tip, of_chain
from chaintrace.adapters.tron_node.asking import Asking, Header
from chaintrace.errors import Unavailable
from chaintrace.resources import read_table

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
    table = read_table("chains.toml")
    return MappingProxyType({entry["id"]: name for name, entry in table.items() if entry["id"].startswith(CAIP)})


def agreed(ask: Asking, at: Status) -> None:
    """Raises Malformed for a node of another chain, Unavailable for one without the tip `at` in its chain."""
    chain, theirs = ask.endpoint.chain, chain_of(ask.block(0, at.block_hash))
    of_chain(f"the node at {ask.host} is one", theirs, chain, "a node")
    unmoved(ask, at, at.block_hash)


def unmoved(ask: Asking, at: Status, pin: str = "") -> None:
    """Raises Unavailable where the node's chain does not have the tip `at`: asked now, where `pin` is empty."""
    found = ask.block(at.height, pin)
    has_tip(f"the node at {ask.host}", None if found is None else found.hash, at)
