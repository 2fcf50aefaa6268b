"""What a node is: its chain by its chain id, how far it has come, what of it is final."""

from contextlib import suppress
from dataclasses import dataclass

from chaintrace.adapters.evm import evm_chain_of
from chaintrace.adapters.evm.quantities import digest, optional_quantity, quantity, table
from chaintrace.adapters.evm_rpc.rpc import NoPage, Rpc, is_no_block
from chaintrace.adapters.network import Status
from chaintrace.adapters.tips import has_tip, of_chain
from chaintrace.adapters.transport import Json, RpcError
from chaintrace.errors import Declined, Malformed, Refused


@dataclass(frozen=True, slots=True)
class Header:
    """Of a block: its hash, its height, its time (Unix, UTC), and the txids that it lists (None: it lists none)."""

    hash: str
    height: int
    time: int
    txids: tuple[str, ...] | None = None


def status(rpc: Rpc) -> Status:
    """Ask a node what it is. Raises Unavailable, Refused or Malformed."""
    height, latest = _latest(rpc)
    finalized = rpc.optional("eth_getBlockByNumber", "finalized", False)  # noqa: FBT003  # as the RPC has it
    syncing = rpc.optional("eth_syncing").result
    return Status(
        chain=chain_of(rpc),
        height=height,
        block_hash=latest.hash if latest is not None else "",
        time=latest.time if latest is not None else None,
        synced=None if syncing is None else syncing is False,
        indices=frozenset({"txid"}),
        finalized=None if finalized.result is None else read_header(finalized.result).height,
    )


def _latest(rpc: Rpc) -> tuple[int, Header | None]:
    """The height of the tip and its block, which some gateways give by its number alone, or not at all."""
    try:
        told = rpc.call("eth_getBlockByNumber", "latest", False).result  # noqa: FBT003  # as the RPC has it
    except (Refused, NoPage):
        told = None
    if told is not None and not isinstance(told, RpcError):
        found = read_header(told)
        return found.height, found
    height = quantity(rpc.wanted("eth_blockNumber").result, "the height of the tip")
    try:
        return height, named_header(rpc, hex(height))
    except (Refused, NoPage):
        return height, None


def chain_of(rpc: Rpc, pin: str = "") -> str:
    """The name of the node's chain by its EIP-155 chain id; the id itself where chains.toml does not name it."""
    told = rpc.wanted("eth_chainId", pin=pin).result
    written = isinstance(told, str) and told.isascii() and told.isdecimal() and len(told) < 20
    number = int(str(told)) if written else quantity(told, "the chain id")  # as net_version writes it
    known = evm_chain_of(number)
    return known.name if known is not None else f"eip155:{number}"


def agreed(rpc: Rpc, at: Status, chain: str) -> None:
    """Raises Malformed where the node is one of another chain, Unavailable where it does not have the tip `at`."""
    theirs = chain_of(rpc, at.block_hash)
    of_chain(f"the node at {rpc.host} is one", theirs, chain, "a node")
    if at.height and at.block_hash:
        found = named_header(rpc, hex(at.height), at.block_hash)
        has_tip(f"the node at {rpc.host}", None if found is None else found.hash, at)


def named_header(rpc: Rpc, name: str, pin: str = "") -> Header | None:
    """The header of the canonical block at a height (in hex) or of `latest`; None where there is none yet."""
    told = rpc.call("eth_getBlockByNumber", name, False, pin=pin).result  # noqa: FBT003  # as the RPC has it
    if isinstance(told, RpcError):
        if is_no_block(told):
            return None
        raise Declined(rpc.sentence("eth_getBlockByNumber", told))
    return None if told is None else read_header(told)


def header_of(rpc: Rpc, block_hash: str, height: int) -> Header | None:
    """The header of a block by its hash, or by its height where the node does not know that question.

    None where the node no longer has it in its chain. Raises Malformed for another block than was asked for, Refused
    where the node tells no blocks.
    """
    told: Json | RpcError = None
    with suppress(NoPage):
        told = rpc.call("eth_getBlockByHash", block_hash, False, pin=block_hash).result  # noqa: FBT003  # as the RPC has it
    if told is None or isinstance(told, RpcError):
        found = named_header(rpc, hex(height), block_hash)
        return found if found is not None and found.hash == block_hash else None
    found = read_header(told)
    if found.hash != block_hash:
        raise Malformed(f"{rpc.host} gave block {found.hash} where {block_hash} was asked: do not use this node")
    return found


def read_header(answer: Json) -> Header:
    """A block without its transactions. Raises Malformed."""
    told = table(answer, "the block")
    height = quantity(told.get("number"), "the block's number")
    listed = told.get("transactions")
    txids = None
    if isinstance(listed, list) and all(isinstance(one, str) for one in listed):
        txids = tuple(digest(one, "a txid of the block") for one in listed)
    time = optional_quantity(told.get("timestamp"), "the block's time")
    if time is None:
        raise Malformed(f"block {height} has no time: nothing of it is used; ask another source")
    return Header(digest(told.get("hash"), "the block's hash"), height, time, txids)
