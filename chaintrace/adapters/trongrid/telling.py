"""Rows of a list to transactions, as far as the rows tell them; what they cannot tell is asked for one by one.

A row has no place among others of its block, and none inside its transaction. That matters where an account stands in
two transactions of one block, or twice in one transaction: those are told whole, by the node that the host passes
questions to, or else by their events. So are rows that name no certain movement, and those of blocks that may still
leave the chain, for a row does not say in which block it stands.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from chaintrace.adapters.accounts.movements import net
from chaintrace.adapters.listing import row_index
from chaintrace.adapters.network import Reply, Status
from chaintrace.adapters.scales import scales
from chaintrace.adapters.trongrid.reading import Reading
from chaintrace.adapters.trongrid.rows import Row, named, touches
from chaintrace.errors import Malformed
from chaintrace.model.chain import Account, Block
from chaintrace.model.provenance import Gap, Observation
from chaintrace.model.transaction import Transaction, Transfer

MOST_WHOLE = 500
"""Transactions of one history that are asked for one by one at most."""

_SLOTS = 6
"""Seconds for each block that is not final: twice a slot, since slots may be left empty."""


@dataclass(slots=True)
class Told:
    """A history as transactions, with what was observed beside them and what could not be told."""

    transactions: list[Transaction] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)

    def net(self, account: Account) -> int:
        """What it leaves the account, in base units."""
        return net(self.transactions, account)


class Telling:
    """Tells histories of one account. `whole` tells one transaction, with a place in its block, or nothing."""

    def __init__(self, account: Account, at: Status, whole: Callable[[str], Reply]) -> None:
        self._account = account
        self._chain = account.chain
        self._at = at
        self._whole = whole

    def tell(self, reading: Reading) -> Told:
        """The transactions of a reading that concern the account, in the order of their blocks."""
        groups: dict[str, list[Row]] = defaultdict(list)
        for row in reading.rows.values():
            groups[row.txid].append(row)
        ours = {txid: rows for txid, rows in groups.items() if self._concerns(rows)}
        doubts = self._doubts(ours, reading)
        told = Told()
        for number, (txid, why) in enumerate(doubts.items()):
            reply = self._whole(txid) if number < MOST_WHOLE else Reply()
            if self._bears_out(reply, ours[txid]):
                told.transactions += reply.transactions
                told.gaps += reply.gaps
                told.observations += reply.observations
                del ours[txid]
            elif why:
                told.gaps.append(Gap("order", self._chain, self._account.address, None, why))
        for rows in ours.values():
            told.transactions += self._listed(rows, reading.counts)
            told.gaps += (gap for row in rows if row.decoded for gap in row.decoded.gaps)
            told.observations += (one for row in rows if row.decoded for one in row.decoded.observations)
        contract = self._account.asset.contract
        told.observations += scales(
            self._chain, ((contract, row.decimals, row.source) for row in reading.rows.values())
        )
        told.transactions.sort(key=lambda one: (one.time or 0, one.position, one.txid))
        return told

    def _concerns(self, rows: Sequence[Row]) -> bool:
        """Whether a transaction moves the asset of the account, or may; of TRX, also what it asked for in vain."""
        address, contract = self._account.address, self._account.asset.contract
        return any(row.is_vague or not contract or row.moves(address, contract) for row in rows)

    def _doubts(self, groups: Mapping[str, Sequence[Row]], reading: Reading) -> dict[str, str]:
        """The transactions that are to be told whole; with a sentence where their order is what is not known."""
        address, contract = self._account.address, self._account.asset.contract
        moving = {txid for txid, rows in groups.items() if any(row.moves(address, contract) for row in rows)}
        blocks = Counter(groups[txid][0].time for txid in moving)
        unsettled = self._unsettled()
        found: dict[str, str] = {}
        for txid, rows in groups.items():
            placeless = sum(
                reading.counts[row.key]
                for row in rows
                for transfer in row.transfers
                if not transfer.index and touches(transfer, address, contract)
            )
            if txid in moving and blocks[rows[0].time] > 1:
                found[txid] = (
                    f"{txid} moves value of {address} in the same block as another transaction, and this host does not "
                    "tell which came first: the order of the list was taken; add a full node as a source"
                )
            elif placeless > 1:
                found[txid] = (
                    f"{txid} moves value of {address} more than once, and this host does not tell in which order, or "
                    "whether equal rows are one: the list was taken; add a full node as a source"
                )
            elif txid in reading.doubtful or rows[0].time > unsettled or any(row.is_vague for row in rows):
                found[txid] = ""
        return found

    def _unsettled(self) -> int:
        """The time (Unix seconds) after which a block may not be final."""
        at = self._at
        if at.finalized is None or at.time is None:
            return at.time or 0
        return at.time - _SLOTS * max(0, at.height - at.finalized)

    def _bears_out(self, reply: Reply, rows: Sequence[Row]) -> bool:
        """Whether a transaction was told whole, in a block, with all that the rows say of the account."""
        address, contract = self._account.address, self._account.asset.contract
        if not reply.transactions or any(one.block is None for one in reply.transactions):
            return False
        whole = {named(transfer) for one in reply.transactions for transfer in one.transfers}
        rowed = [one for row in rows if not row.is_vague for one in row.transfers if touches(one, address, contract)]
        return all(named(transfer) in whole for transfer in rowed)

    def _listed(self, rows: Sequence[Row], counts: Mapping[tuple[str, ...], int]) -> Iterable[Transaction]:
        """What rows tell of one transaction: its own transfers, then those without a place, and the fee last (M3)."""
        own = next((row for row in rows if row.decoded is not None), None)
        base = None if own is None or own.decoded is None else own.decoded.transaction
        times = {row.time for row in rows}
        if len(times) > 1:
            raise Malformed(f"the list of {self._account.address} puts {rows[0].txid} into two blocks: it is not used")
        exact = () if base is None else base.transfers
        loose = [
            transfer for row in rows if not row.decoded for transfer in row.transfers for _ in range(counts[row.key])
        ]
        fees = [transfer for transfer in exact if transfer.kind == "fee"]
        transfers = [*(one for one in exact if one.kind != "fee"), *_named(loose), *fees]
        if base is None and not transfers:
            return
        block = Block(None, "", rows[0].time) if base is None else base.block
        placed = tuple(replace(transfer, order=(rows[0].time, 0, place)) for place, transfer in enumerate(transfers))
        status = "confirmed" if base is None else base.status
        source = rows[0].source if own is None else own.source
        yield Transaction(self._chain, rows[0].txid, block, 0, placed, status, source)


def _named(loose: Sequence[Transfer]) -> Iterable[Transfer]:
    """Transfers without a place, each by its name (`listing.row_index`)."""
    seen: Counter[tuple[str, str, str, str]] = Counter()
    for transfer in loose:
        what = named(transfer)
        contract, sender, receiver, value = what
        yield replace(transfer, index=row_index(contract, sender, receiver, int(value), seen[what]))
        seen[what] += 1
