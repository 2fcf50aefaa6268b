"""What a Tronscan is: its chain by its genesis block, how far it has come, and up to where it takes that to hold."""

from chaintrace.adapters.network import Status
from chaintrace.adapters.tips import has_tip, of_chain
from chaintrace.adapters.tron_node.standing import CAIP, chains
from chaintrace.adapters.tronscan.asking import Asking
from chaintrace.errors import Unavailable
from chaintrace.model.chain import Block

WITNESSES = 27
"""Super representatives, who make the blocks in turn. A block is solid when more than two thirds of them have built on
it. Source: TRON developer documentation, "Consensus"."""


def status(ask: Asking) -> Status:
    """Ask an explorer what it is. Raises Unavailable, Refused or Malformed.

    `synced` is None: that it has read all that its own node has, it does not say.
    """
    head = ask.head()
    if head is None:
        raise Unavailable(f"{ask.host} does not tell its last block: try again later")
    return Status(
        chain=chain_of(ask.genesis("")),
        height=head.height,
        block_hash=head.hash,
        time=head.time,
        synced=None,
        indices=frozenset({"txid", "address"}),
        finalized=ask.confirmed(),
    )


def chain_of(genesis: str) -> str:
    """The chain that the id of a genesis block names; `""` where it was not told."""
    identity = CAIP + genesis[-8:]
    return chains().get(identity, identity) if genesis else ""


def agreed(ask: Asking, at: Status) -> None:
    """Raises Malformed for an explorer of another chain, Unavailable for one without the tip `at` in its chain."""
    chain, theirs = ask.endpoint.chain, chain_of(ask.genesis(at.block_hash))
    of_chain(f"{ask.host} tells", theirs, chain, "an explorer")
    unmoved(ask, at, at.block_hash)


def unmoved(ask: Asking, at: Status, pin: str = "") -> None:
    """Raises Unavailable where its chain does not have the tip `at`: asked now, where `pin` is empty."""
    found = ask.block(at.height, pin)
    has_tip(ask.host, None if found is None else found.hash, at)


def placed(ask: Asking, height: int, time: int | None, at: Status) -> Block:
    """The block at a height with its hash, where it can still leave the chain; a settled one has none in lists.

    Raises Unavailable where the explorer's block has another time than its list said.
    """
    settled = at.height - WITNESSES if at.finalized is None else at.finalized
    if height <= settled:
        return Block(height, "", time)
    return held(ask, height, time, at)


def held(ask: Asking, height: int, time: int | None, at: Status) -> Block:
    """The block at a height with its hash. Raises Unavailable where it is not there with this time."""
    found = ask.block(height, at.block_hash)
    if found is None or found.time != time:
        raise Unavailable(
            f"{ask.host} puts transactions into the block at height {height}, and then no longer does: the chain was "
            "re-organised meanwhile; try again later"
        )
    return Block(height, found.hash, found.time)
