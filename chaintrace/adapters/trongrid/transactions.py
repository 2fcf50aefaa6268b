"""One transaction of TronGrid: from the node behind it, whole; else what its events say, with a gap.

TronGrid keeps the events of transactions apart from the node, and may have them where the node answers `{}`. They say
which tokens moved, and nothing of TRX, fees, or who asked for it. Source: TRON developer documentation, "Get events by
transaction ID".
"""

from collections.abc import Iterator, Mapping, Sequence

from chaintrace.adapters.accounts.moved import Moved
from chaintrace.adapters.network import Reply, Status
from chaintrace.adapters.transport import Json
from chaintrace.adapters.tron.answers import ZERO, address_of, seconds, shown, table, txid_of, whole, word
from chaintrace.adapters.tron.decoding import Place, transfers
from chaintrace.adapters.tron.listings import Page
from chaintrace.adapters.tron.moves import INT64
from chaintrace.adapters.tron_node.transactions import transaction as of_node
from chaintrace.adapters.trongrid.asking import PAGE, Grid
from chaintrace.addresses import normalise_txid
from chaintrace.errors import Malformed
from chaintrace.model.chain import Block
from chaintrace.model.provenance import Gap, Source
from chaintrace.model.transaction import Kind, Transaction

_ARGUMENTS = (("0", "1", "2"), ("from", "to", "value"), ("_from", "_to", "_value"), ("src", "dst", "wad"))
"""What the three arguments of a Transfer are called: by their places, or by the names that contracts give them."""


def transaction(grid: Grid, asked: str, at: Status) -> Reply:
    """The transaction, as of the tip `at`; or that the host has none such. Raises as the questions do."""
    txid = normalise_txid(grid.endpoint.chain, asked)
    reply = of_node(grid, txid, at)
    if not reply.absent and not reply.still_missing:
        return reply
    told = _by_events(grid, txid, at)
    if told is None:
        return reply
    found, lacking = told
    text = (
        f"{grid.host} does not have the bytes of {txid}: what it moved is told from its events alone, which say "
        f"nothing of TRX and fees{''.join(f', and {one}' for one in lacking)}; add a full node as a source"
    )
    return Reply((found,), gaps=(Gap("source", found.chain, txid, None, text, native_only=not lacking),))


def of_tokens(grid: Grid, txid: str, at: Status) -> Reply:
    """A transaction for a history of tokens: its events are enough where they say all of it, and it has a place."""
    reply = of_node(grid, txid, at)
    if not reply.absent and not reply.still_missing:
        return reply
    told = _by_events(grid, txid, at)
    return Reply() if told is None or told[1] else Reply((told[0],))


def _by_events(grid: Grid, txid: str, at: Status) -> tuple[Transaction, tuple[str, ...]] | None:
    """What its events say was moved, and what they do not; None where there are none, or they are not told."""
    found = grid.offered(
        f"transactions/{txid}/events", {"limit": PAGE}, at.block_hash, lambda page: list(_moves(page, txid))
    )
    if found is None or not found[0].rows:
        return None
    page, source = found
    height, time = _block(page.rows)
    if height > at.height:
        return None
    place, is_certain = _place(grid, txid, Block(height, "", time), at)
    lacking = () if is_certain else ("its place in its block is not told",)
    if page.fingerprint or len(page.rows) >= PAGE:
        lacking = (*lacking, f"only the first {PAGE} of them were read")
    return _told(grid.endpoint.chain, txid, list(_moves(page, txid)), place, source), lacking


def _told(chain: str, txid: str, moves: Sequence[Moved], place: Place, source: Source) -> Transaction:
    """The transaction of these movements. Only what was executed has events."""
    moved = transfers(chain, moves, place.rank(chain))
    return Transaction(chain, txid, place.block, place.position, moved, "confirmed", source)


def _block(told: Sequence[Mapping[str, Json]]) -> tuple[int, int | None]:
    """Height and time of the block that the events name. Raises Malformed where they name two."""
    blocks = {
        (whole(one.get("block_number"), "block_number", INT64), seconds(one.get("block_timestamp"), "block_timestamp"))
        for one in told
    }
    if len(blocks) > 1:
        raise Malformed("the events of one transaction stand in two blocks: nothing of them is used, try again")
    return blocks.pop()


def _place(grid: Grid, txid: str, block: Block, at: Status) -> tuple[Place, bool]:
    """Where it stands, by the block itself; whether that is certain."""
    found = grid.block(block.height or 0, at.block_hash)
    if found is None or txid not in found.txids:
        return Place(block, 0), False
    return Place(Block(found.height, found.hash, found.time), found.txids.index(txid)), True


def _moves(page: Page, txid: str) -> Iterator[Moved]:
    """The transfers among events, in their order in the transaction. Raises Malformed."""
    found: dict[int, Moved] = {}
    for one in page.rows:
        if txid_of(one.get("transaction_id"), "transaction_id") != txid:
            raise Malformed(f"the events that came for {txid} are of {shown(one.get('transaction_id'))}: not used")
        if word(one.get("event_name"), "event_name") != "Transfer":
            continue
        place = whole(one.get("event_index"), "event_index", INT64)
        move = _move(one, place)
        if move is not None:
            found[place] = move
    yield from (found[place] for place in sorted(found))


def _move(event: Mapping[str, Json], place: int) -> Moved | None:
    """What a Transfer moved; None for one whose arguments are called otherwise."""
    result = table(event.get("result"), "result")
    names = next((names for names in _ARGUMENTS if all(result.get(name) is not None for name in names)), None)
    if names is None:
        return None
    sender, receiver = (address_of(result[name], "an address of an event") for name in names[:2])
    value = whole(result[names[2]], "the value of an event")
    contract = address_of(event.get("contract_address"), "contract_address")
    if sender == ZERO != receiver:
        return Moved(f"log:{place}", "mint", contract, None, receiver, value)
    kind: Kind = "burn" if receiver == ZERO != sender else "token"
    return Moved(f"log:{place}", kind, contract, sender, None if kind == "burn" else receiver, value)
