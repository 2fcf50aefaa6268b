"""Rows of lists told as transactions that hold only the transfers of one account (M1, M3). Pure functions.

The fee, the value and the logs stand under their exact names. A call inside is named by what it is (`listing`), for the
lists count calls and do not say which called which; its number gives its order. Inside, the fee is first, then what the
chain makes for the sender, the value, calls and logs; nothing moves but the fee where a transaction failed.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from chaintrace.adapters.accounts.issues import AFTER_ALL
from chaintrace.adapters.accounts.moved import Moved
from chaintrace.adapters.blockscout.rows import InternalRow, Issue, TokenRow, TxRow
from chaintrace.adapters.evm.quantities import ZERO
from chaintrace.adapters.evm.records import ARBITRUM_DEPOSIT
from chaintrace.adapters.listing import row_index
from chaintrace.errors import Malformed
from chaintrace.model.chain import MAX_TIME, MIN_TIME, Block
from chaintrace.model.provenance import Source
from chaintrace.model.transaction import PENDING_RANK, Kind, Status, Transaction

_FEE, _MINT, _VALUE, _CALLS, _LOGS = 0, 1, 2, 3, 1 << 20
"""Places inside a transaction: calls and logs count from where they begin."""


@dataclass(slots=True)
class Partial:
    """A transaction as far as one account's rows tell it: each movement with its place inside."""

    txid: str
    block: Block | None
    position: int
    status: Status
    source: Source | None
    moved: list[tuple[int, Moved]] = field(default_factory=list)

    def told(self, chain: str) -> Transaction:
        """The model's transaction."""
        rank = PENDING_RANK if self.block is None else self.block.height or 0
        moved = sorted(self.moved, key=lambda moved: moved[0])
        transfers = tuple(one.transfer(chain, (rank, self.position, place)) for place, one in moved)
        return Transaction(chain, self.txid, self.block, self.position, transfers, self.status, self.source)


def block_of(height: int, time: int | None, block_hash: str = "") -> Block:
    """A block. Raises Malformed for a time that no block has (M4)."""
    if time is None or not MIN_TIME <= time <= MAX_TIME:
        raise Malformed(f"block {height} has the time {time}, which no block has: ask another source")
    return Block(height, block_hash, time)


def of_transaction(row: TxRow, address: str, source: Source | None) -> Partial | None:
    """What a transaction of the list moves for an address by itself; None where it moves nothing of its.

    `row` is in a block, and says whether it held and what it cost; or it is in none, and is told as pending.
    """
    pending = row.height is None
    block = None if row.height is None else block_of(row.height, row.time)
    status: Status = "pending" if pending else "failed" if row.succeeded is False else "confirmed"
    told = Partial(row.txid, block, row.position, status, source)
    if row.sender == address and not pending:
        told.moved.append((_FEE, Moved("fee", "fee", "", address, None, row.cost or 0)))
    if row.type == ARBITRUM_DEPOSIT and row.sender == address and not pending:
        told.moved.append((_MINT, Moved("mint", "mint", "", None, address, row.value)))
    if status != "failed" and (row.moves_value or pending) and address in {row.sender, row.pays}:
        told.moved.append((_VALUE, Moved("value", "native", "", row.sender, row.pays, row.value)))
    return told if told.moved else None


def add_calls(told: Partial, rows: Iterable[InternalRow]) -> None:
    """Add the calls that moved something, in their order; equal ones are counted."""
    equal: Counter[tuple[str, str | None, int]] = Counter()
    for row in sorted(rows, key=lambda row: row.index):
        what = (row.sender, row.receiver, row.value)
        name = row_index("", row.sender, row.receiver or "", row.value, equal[what])
        equal[what] += 1
        told.moved.append((_CALLS + row.index, Moved(name, "internal", "", row.sender, row.receiver, row.value)))


def of_token(rows: Sequence[TokenRow], block: Block, position: int, source: Source | None) -> Partial:
    """The transfers of one token in one transaction; every row says its value. Raises Malformed for another height."""
    txid = rows[0].txid
    if any(row.height not in {None, block.height} for row in rows):
        raise Malformed(f"{txid} stands at height {block.height} and at others: nothing of it is used; ask again")
    told = Partial(txid, block, position, "confirmed", source)
    for row in rows:
        told.moved.append((_LOGS + row.log, _token(row)))
    return told


def _token(row: TokenRow) -> Moved:
    """A token transfer; from the zero address a mint, to it a burn, from it to itself neither (`evm.events`)."""
    sender, receiver = (None if party == ZERO else party for party in (row.sender, row.receiver))
    kind: Kind = "token" if row.token_id is None else "nft"
    if sender is None and receiver is None:
        sender, receiver = row.sender, row.receiver
    elif sender is None:
        kind = "mint"
    elif receiver is None:
        kind = "burn"
    return Moved(f"log:{row.log}", kind, row.contract, sender, receiver, row.value or 0, row.token_id)


def of_issue(row: Issue, address: str, number: int, source: Source | None) -> Partial:
    """What the chain makes for an address, as a transaction of its own at the end of the block, the `number`th."""
    told = Partial(row.name, block_of(row.height, row.time, row.block_hash), AFTER_ALL + number, "confirmed", source)
    told.moved.append((_VALUE, Moved("value", "mint", "", None, address, row.value)))
    return told
