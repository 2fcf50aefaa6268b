"""What a node is: its chain by its genesis block, how far it has come, what it can look up."""

from dataclasses import dataclass

from chaintrace.adapters.bitcoin.proofs import chain_of_genesis
from chaintrace.adapters.bitcoin_core.rpc import Rpc, as_hash, as_int, as_list, as_table
from chaintrace.adapters.network import Status
from chaintrace.adapters.transport import Json, RpcError
from chaintrace.errors import Malformed, Unavailable

_INDICES = {"txindex": "txid", "txospenderindex": "spender", "basic block filter index": "filter"}
"""The names that `getindexinfo` uses, and those of `Status`."""


@dataclass(frozen=True, slots=True)
class Info:
    """What of `getblockchaininfo` is used."""

    height: int
    headers: int
    block_hash: str
    loading: bool
    pruned_to: int


def status(rpc: Rpc, pin: str = "") -> Status:
    """Ask a node what it is. Raises Unavailable, Refused or Malformed.

    With the hash of a tip as `pin` it is asked once for that tip: what it can look up does not change from one
    question to the next.
    """
    told = rpc.table("getblockchaininfo", pin=pin)
    info = Info(
        as_int(told.get("blocks")),
        as_int(told.get("headers")),
        as_hash(told.get("bestblockhash")),
        told.get("initialblockdownload") is True,
        as_int(told.get("pruneheight") or 0) if told.get("pruned") is True else 0,
    )
    chain = chain_of_genesis(rpc.block_hash(0, pin))
    return Status(
        chain=chain,
        height=info.height,
        block_hash=info.block_hash,
        time=rpc.header(info.block_hash, chain).time,
        synced=not info.loading and info.height >= info.headers,
        indices=_indices(rpc, info, pin),
        pruned_to=info.pruned_to,
    )


def agreed(rpc: Rpc, at: Status, chain: str) -> Status:
    """What the node is, when it is one of `chain` and has the tip `at` in its chain.

    Raises Malformed for a node of another chain, Unavailable for one that is behind or on another fork.
    """
    own = status(rpc, at.block_hash)
    if own.chain != chain:
        raise Malformed(
            f"the node at {rpc.host} is one of {own.chain}, not of {chain}: nothing of it is used; give the url of "
            f"a node of {chain}"
        )
    if own.height < at.height:
        raise Unavailable(
            f"the node at {rpc.host} has come to height {own.height} and the tip of this run is at {at.height}: it is "
            "not synced, and what it does not know may exist; try again later, or ask another source"
        )
    theirs = rpc.block_hash(at.height, at.block_hash)
    if theirs != at.block_hash:
        raise Unavailable(
            f"the node at {rpc.host} has block {theirs} at height {at.height}, where the tip of this run is "
            f"{at.block_hash}: it follows another fork, or the chain was re-organised; run again, or ask another source"
        )
    return own


def _indices(rpc: Rpc, info: Info, pin: str) -> frozenset[str]:
    """What the node has an index of, complete to its tip; a node that cannot say is put to the test."""
    told = rpc.call("getindexinfo", pin=pin).result
    if isinstance(told, RpcError):
        return frozenset({"txid"}) if _finds_old(rpc, info, pin) else frozenset()
    listed = as_table(told)
    return frozenset(name for index, name in _INDICES.items() if _is_synced(listed.get(index)))


def _is_synced(entry: Json) -> bool:
    """Whether an index is there and has read every block."""
    return entry is not None and as_table(entry).get("synced") is True


def _finds_old(rpc: Rpc, info: Info, pin: str) -> bool:
    """Whether the node finds the oldest coinbase that it can have, which nothing but an index leads to."""
    if info.pruned_to or not info.height:
        return False
    told = rpc.table("getblock", rpc.block_hash(1, pin), 1, pin=pin)
    txids = as_list(told.get("tx"))
    if not txids:
        raise Malformed(f"{rpc.host} has a block without transactions: do not use this node")
    return not isinstance(rpc.transaction(as_hash(txids[0])), RpcError)
