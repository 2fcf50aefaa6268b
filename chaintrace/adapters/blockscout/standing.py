"""What an instance is: its chain by its chain id, how far it has come, and whether it has read every block."""

from dataclasses import dataclass

from chaintrace.adapters.blockscout.asking import Asking
from chaintrace.adapters.blockscout.reading import Said, said
from chaintrace.adapters.evm import evm_chain_of
from chaintrace.adapters.evm.quantities import quantity, table
from chaintrace.adapters.network import Status
from chaintrace.adapters.tips import has_tip, of_chain
from chaintrace.errors import Unavailable

INDICES = frozenset({"txid", "address"})


@dataclass(frozen=True, slots=True)
class Head:
    """Of a block: its height, its hash, its time (Unix, UTC)."""

    height: int
    hash: str
    time: int


def read_head(told: Said) -> Head:
    """A block. Raises Malformed."""
    return Head(told.whole("height"), told.digest("hash"), told.time("timestamp"))


def tip(ask: Asking) -> Head:
    """The newest block, asked now."""
    newest = ask.several("/main-page/blocks")
    if newest is None:
        newest = ask.page("/blocks", {"type": "block"}).items
    if not newest:
        raise Unavailable(f"{ask.host} names no block at all: it has read nothing yet; ask another source")
    return max((read_head(one) for one in newest), key=lambda head: head.height)


def block_at(ask: Asking, height: int, pin: str = "") -> Head | None:
    """The block at a height as of a tip, or now; None where the instance has none. Raises Malformed for another one."""
    found = ask.one(f"/blocks/{height}", pin)
    if found is None:
        return None
    head = read_head(found[0])
    if head.height != height:
        raise found[0].wrong("height", f"where block {height} was asked for")
    return head


def chain_of(ask: Asking, pin: str = "") -> str:
    """The name of its chain by its chain id; the id where chains.toml does not name it; empty where it is not told."""
    told = ask.call("eth_chainId", pin=pin).result
    if told is None:
        return ""
    number = quantity(told, "the chain id")
    known = evm_chain_of(number)
    return known.name if known is not None else f"eip155:{number}"


def is_whole(ask: Asking, pin: str = "") -> bool | None:
    """Whether it has read every block of its chain; None where it does not say."""
    told = ask.optional("/main-page/indexing-status", pin)
    return None if told is None else said(f"{ask.host} answered its state", told).flag("finished_indexing_blocks")


def status(ask: Asking) -> Status:
    """Chain, tip and state, asked now. Raises Unavailable, Refused or Malformed."""
    newest = tip(ask)
    final = ask.call("eth_getBlockByNumber", "finalized", False).result  # noqa: FBT003  # as the RPC has it
    finalized = None if final is None else quantity(table(final, "the final block").get("number"), "its number")
    return Status(chain_of(ask), newest.height, newest.hash, newest.time, is_whole(ask), INDICES, finalized=finalized)


def agreed(ask: Asking, at: Status) -> None:
    """Raise where the instance is of another chain, behind the tip, or on another fork."""
    chain, wanted = chain_of(ask, at.block_hash), ask.endpoint.chain
    of_chain(f"{ask.host} is an explorer", chain, wanted, "an instance")
    if not at.block_hash:
        return
    theirs = block_at(ask, at.height, at.block_hash)
    has_tip(ask.host, None if theirs is None else theirs.hash, at)
