"""A transaction of a TRON node: what was signed, what its execution did, and its place in its block.

The three answers must agree; a chain that moves between two questions is noticed, and nothing is mixed.
"""

from chaintrace.adapters.network import Reply, Status
from chaintrace.adapters.tron import Decoded, Place, decode
from chaintrace.adapters.tron.answers import whole
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
    height = whole(info.table.get("blockNumber"), "blockNumber", INT64)
    if height > at.height:
        return _reply(decode(ask.endpoint.chain, told.table, None, None, told.source))
    block = ask.block(height, at.block_hash)
    if block is None or txid not in block.txids:
        raise Unavailable(
            f"the node at {ask.host} puts {txid} into the block at height {height}, and then no longer does: the chain "
            "was re-organised meanwhile; try again later"
        )
    place = Place(Block(height, block.hash, block.time), block.txids.index(txid))
    return _reply(decode(ask.endpoint.chain, told.table, info.table, place, told.source))


def _waiting(ask: Asking, txid: str, at: Status) -> Reply:
    """A transaction that no block holds: it waits for one, or there is none such."""
    told = ask.pending(txid)
    if told is not None and told.table:
        return _reply(decode(ask.endpoint.chain, told.table, None, None, told.source))
    if at.height and ask.block(1, at.block_hash) is None:
        text = (
            f"the node at {ask.host} does not have {txid}, and it is a lite node that has thrown away what is old: it "
            "may exist; ask a full node, or add another source"
        )
        return Reply(gaps=(Gap("source", ask.endpoint.chain, txid, None, text),), still_missing=True)
    unmoved(ask, at)
    return Reply(absent=True)


def _reply(found: Decoded) -> Reply:
    """The transaction, with what of it was not read."""
    return Reply((found.transaction,), gaps=found.gaps)
