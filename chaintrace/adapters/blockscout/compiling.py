"""From the rows of an account's lists to transactions: what a row does not say is asked of its transaction."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from chaintrace.adapters.blockscout.asking import Asking
from chaintrace.adapters.blockscout.lists import Natives
from chaintrace.adapters.blockscout.pages import Listing
from chaintrace.adapters.blockscout.placing import Placing
from chaintrace.adapters.blockscout.rows import InternalRow, Issue, TokenRow, TxRow
from chaintrace.adapters.blockscout.standing import block_at
from chaintrace.adapters.blockscout.telling import Partial, add_calls, block_of, of_issue, of_token, of_transaction
from chaintrace.adapters.blockscout.transactions import Transactions
from chaintrace.adapters.evm.records import ARBITRUM_RETRY, ARBITRUM_SUBMIT
from chaintrace.adapters.network import Reply, Status
from chaintrace.model.provenance import Gap, Source
from chaintrace.model.transaction import Transaction

_SETTLED = 1_000
"""Blocks so far below the tip are taken for settled where an instance does not say what is final."""
_UNSAID = frozenset({"ERC-20", "ERC-721", "ERC-404", ""})
"""Standards whose transfers have one log each. One log of ERC-1155 may hold several."""


class Compiler:
    """Makes transactions of the rows of one instance."""

    def __init__(self, ask: Asking, transactions: Transactions) -> None:
        self._ask = ask
        self._chain = ask.endpoint.chain
        self._transactions = transactions
        self._placing = Placing(ask, transactions)

    def natives(
        self, lists: Natives, address: str, at: Status, *, escalate: bool
    ) -> tuple[dict[str, Transaction], tuple[Gap, ...]]:
        """The transactions of the native lists. `escalate`: those with calls inside are all asked whole."""
        calls: dict[str, list[InternalRow]] = {}
        for call in lists.calls.rows.values():
            if call.moves or call.destroys_itself:
                calls.setdefault(call.txid, []).append(call)
        made: dict[str, Transaction] = {}
        gaps: list[Gap] = []
        for txid in dict.fromkeys([*lists.transactions.rows, *calls]):
            row, inner = lists.transactions.rows.get(txid), calls.get(txid, [])
            if row is not None and row.replaced:
                continue
            found = None
            if _is_doubtful(row, inner, address) or (escalate and inner):
                reply = self._whole(txid, at, row, inner)
                found, gaps = next(iter(reply.transactions), None), [*gaps, *reply.gaps]
            found = found or self._partial(row, inner, address, at, _source(lists, txid, inner))
            if found is not None and found.transfers:
                made[txid] = found
        for number, issue in enumerate(sorted(_issues(lists), key=lambda one: one[0].place)):
            if issue[0].value:
                made[issue[0].name] = of_issue(issue[0], address, number, issue[1]).told(self._chain)
        return made, tuple(gaps)

    def tokens(
        self, listing: Listing[TokenRow], contract: str, address: str, at: Status
    ) -> tuple[dict[str, Transaction], tuple[Gap, ...], int | None]:
        """The transactions of a token's list, and how many the logs have that it lacks (None: nobody told)."""
        groups: dict[str, list[TokenRow]] = {}
        for row in listing.rows.values():
            groups.setdefault(row.txid, []).append(row)
        places = self._placing.of(groups, contract, address, at)
        made: dict[str, Transaction] = {}
        gaps: list[Gap] = []
        for txid, rows in groups.items():
            found = None
            if any(row.value is None or row.standard not in _UNSAID for row in rows):
                reply = self._whole(txid, at, None, [])
                found, gaps = next(iter(reply.transactions), None), [*gaps, *reply.gaps]
            told = [row for row in rows if row.value is not None]
            if found is None and told:
                place = places.get(txid) if places else None
                if place is None or told[0].time is None:
                    place = self._placing.one(txid, at)
                if place.height is not None:
                    block = block_of(place.height, told[0].time or place.time, told[0].block_hash)
                    found = of_token(told, block, place.position, listing.sources[told[0].key]).told(self._chain)
            if found is not None:
                made[txid] = found
        return made, tuple(gaps), None if places is None else len(places.keys() - groups.keys())

    def placed(self, told: Iterable[Transaction], at: Status) -> list[Transaction]:
        """The transactions with the hashes of those blocks that are not settled."""
        settled = at.finalized if at.finalized is not None else at.height - _SETTLED
        hashes: dict[int, str] = {}
        found = []
        for made in told:
            block = made.block
            if block is None or block.height is None or block.hash or block.height <= settled:
                found.append(made)
                continue
            if block.height not in hashes:
                head = block_at(self._ask, block.height, at.block_hash)
                hashes[block.height] = head.hash if head is not None else ""
            found.append(replace(made, block=replace(block, hash=hashes[block.height])))
        return found

    def _whole(self, txid: str, at: Status, row: TxRow | None, inner: list[InternalRow]) -> Reply:
        """A transaction whole, where it is in a block up to the tip; nothing where it is not."""
        height = row.height if row is not None else inner[0].height if inner else 0
        if height is None or height > at.height:
            return Reply()
        return self._transactions.reply(txid, at)

    def _partial(
        self, row: TxRow | None, inner: list[InternalRow], address: str, at: Status, source: Source | None
    ) -> Transaction | None:
        """A transaction by its rows alone."""
        told = of_transaction(row, address, source) if row is not None else None
        if row is not None and row.succeeded is False:
            inner = []
        if inner and told is None:
            position = inner[0].position if inner[0].position is not None else row.position if row else None
            if position is None:
                position = self._placing.one(inner[0].txid, at).position
            told = Partial(inner[0].txid, block_of(inner[0].height, inner[0].time), position, "confirmed", source)
        if told is None:
            return None
        add_calls(told, [call for call in inner if call.moves])
        return told.told(self._chain)


def _is_doubtful(row: TxRow | None, inner: list[InternalRow], address: str) -> bool:
    """Whether the rows alone do not say what a transaction moved."""
    if len(inner) > 1 or any(call.destroys_itself for call in inner):
        return True
    if row is None or row.height is None:
        return False
    is_ticket = row.type in {ARBITRUM_RETRY, ARBITRUM_SUBMIT}
    unsaid = is_ticket or row.succeeded is None or (row.cost is None and row.sender == address)
    makes = row.receiver is None and row.created is None and row.succeeded is not False and row.value > 0
    return unsaid or makes or (row.reverted_inside and bool(inner))


def _source(lists: Natives, txid: str, inner: list[InternalRow]) -> Source | None:
    """Where a transaction was read."""
    found = lists.transactions.sources.get(txid)
    return found or (lists.calls.sources.get(inner[0].key) if inner else None)


def _issues(lists: Natives) -> Iterator[tuple[Issue, Source]]:
    """What the chain made for the address, with where it was read."""
    for listing in (lists.withdrawals, lists.rewards):
        for key, issue in listing.rows.items():
            yield issue, listing.sources[key]
