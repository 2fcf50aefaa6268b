"""A transaction of a TRON node: what was signed, what its execution did, and its place in its block.

The three answers must agree; a chain that moves between two questions is noticed, and nothing is mixed.
"""

from chaintrace.adapters.network import Reply, Status
from chaintrace.adapters.tron import Place, decode
from chaintrace.adapters.tron.answers import Told, whole
from chaintrace.adapters.tron.moves import INT64
from chaintrace.adapters.tron_node.asking import Asking
from chaintrace.adapters.tron_node.standing import unmoved
from chaintrace.addresses import normalise_txid
from chaintrace.errors import Unavailable
from chaintrace.model.chain import Block
from chaintrace.model.provenance import Gap


def transaction(ask: Asking, asked: str, at: Status) -> Reply:
    """The transaction, as of the tip `at`; or that the node has none such. Raises as the questions do."""
    txid = normalise_txid(ask.endpoint.chain, asked)
    told = ask.transaction(txid, at.block_hash)
    if not told.table:
        return _waiting(ask, txid, at)
    info = ask.info(txid, at.block_hash)
    if not info.table:
        raise Unavailable(
            f"the node at {ask.host} has {txid} and does not tell what came of it: it is still reading that block, or "
            "keeps no results; try again later, or ask another source"
        )
    with ask.blamed():
        height = whole(info.table.get("blockNumber"), "blockNumber", INT64)
    if height > at.height:
        return _reply(ask, told, None, None)
    block = ask.block(height, at.block_hash)
    if block is None or txid not in block.txids:
        raise Unavailable(
            f"the node at {ask.host} puts {txid} into the block at height {height}, and then no longer does: the chain "
            "was re-organised meanwhile; try again later"
        )
    place = Place(Block(height, block.hash, block.time), block.txids.index(txid))
    return _reply(ask, told, info, place)


def _waiting(ask: Asking, txid: str, at: Status) -> Reply:
    """A transaction that no block holds: it waits for one, or there is none such."""
    told = ask.pending(txid)
    if told is not None and told.table:
        return _reply(ask, told, None, None)
    if at.height and ask.block(1, at.block_hash) is None:
        text = (
            f"the node at {ask.host} does not have {txid}, and it is a lite node that has thrown away what is old: it "
            "may exist; ask a full node, or add another source"
        )
        return Reply(gaps=(Gap("source", ask.endpoint.chain, txid, None, text),), still_missing=True)
    unmoved(ask, at)
    return Reply(absent=True)


def _reply(ask: Asking, told: Told, info: Told | None, place: Place | None) -> Reply:
    """The transaction, with the facts beside its movements and what of it was not read. Raises Malformed."""
    with ask.blamed():
        found = decode(ask.endpoint.chain, told.table, None if info is None else info.table, place, told.source)
    return Reply((found.transaction,), gaps=found.gaps, observations=found.observations)
