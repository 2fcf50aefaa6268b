"""The history of one account out of a node: what moved it is found, told whole, and held against its balance.

Where the node knows the balance just before the heights that matter (an archive node), only those are read; else all of
them, from the first. That the movements explain the balance is what shows that none is missing: `balance equal`. What
cannot be shown is kept, its coverage is `claimed`, and a Gap says why.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from chaintrace.adapters.accounts.histories import covered, gap_at, left_open
from chaintrace.adapters.accounts.movements import net, touches
from chaintrace.adapters.evm import EvmChain
from chaintrace.adapters.evm.events import read_logs
from chaintrace.adapters.evm_rpc.balances import Balances
from chaintrace.adapters.evm_rpc.natives import Natives
from chaintrace.adapters.evm_rpc.observing import Observer
from chaintrace.adapters.evm_rpc.places import Places
from chaintrace.adapters.evm_rpc.ranges import NotOffered, Ranges
from chaintrace.adapters.evm_rpc.rpc import Rpc
from chaintrace.adapters.evm_rpc.standing import named_header
from chaintrace.adapters.evm_rpc.tokens import Tokens
from chaintrace.adapters.evm_rpc.transactions import Transactions, Whole
from chaintrace.adapters.network import Reply, Status
from chaintrace.errors import Declined, Unavailable
from chaintrace.model.chain import Account, Block
from chaintrace.model.provenance import Gap, Observation
from chaintrace.model.transaction import Transaction

MOST = 10_000
"""Movements of the longest history that is read."""
_ADDRESS = re.compile(r"0x[0-9a-f]{40}\Z")
_UNSETTLED = 256
"""Blocks below the tip that may still be replaced, where a node does not say what is final."""


class Opened(NamedTuple):
    """From where on an account is read, and its balance just before, in base units: None where the node cannot say."""

    start: int
    balance: int | None


@dataclass(slots=True)
class Found:
    """What was read of an account: transactions in chain order, what could not be read, and whether it may be later."""

    transactions: list[Transaction]
    reasons: list[str]
    later: bool = False
    beside: list[Observation] = field(default_factory=list)

    def add(self, more: Iterable[Transaction]) -> None:
        """Add transactions."""
        self.transactions.extend(more)
        self.transactions.sort(key=lambda transaction: (transaction.height or 0, transaction.position))


class Histories:
    """Histories of one node. `most` is the longest that is read, in movements."""

    def __init__(self, rpc: Rpc, chain: EvmChain, transactions: Transactions, most: int = MOST) -> None:
        self._rpc = rpc
        self._chain = chain
        self._transactions = transactions
        self._balances = Balances(rpc)
        ranges = Ranges(rpc.host)
        self._tokens = Tokens(rpc, chain, transactions, self._balances, ranges, most)
        self._natives = Natives(rpc, chain, self._balances, most)
        self._observer = Observer(rpc, ranges)
        self._most = most

    def reply(self, account: Account, since: int, at: Status) -> Reply:
        """Every movement of an account from the height `since` on, or from its first. Raises as a source does."""
        if not all(_ADDRESS.match(text) for text in (account.address, account.asset.contract or account.address)):
            return left_open(account, f"a node does not know {account.address} or its asset: it is no address")
        opened = self._opened(account, min(since, at.height), at)
        try:
            places = self._places(account, opened.start, since, at)
            if places.beyond is not None:
                return self._busy(account, places)
            found, balance = self._told(account, places, at), self._balance(account, at)
            if not account.asset.contract and balance not in {None, explained(opened, found, account)}:
                found = self._searched(account, opened.start, found, at)
        except (NotOffered, Declined) as reason:
            return left_open(account, f"{reason}: add a source that holds its history, such as an explorer")
        self._still(at)
        return self._checked(account, opened, found, balance, at)

    def _places(self, account: Account, start: int, since: int | None, at: Status) -> Places:
        """Where it moved."""
        if account.asset.contract:
            return self._tokens.find(account, start, since, at)
        return self._natives.find(account, start, at)

    def _told(self, account: Account, places: Places, at: Status) -> Found:
        """Every transaction that moves something of the account, told whole."""
        self._look_at_blocks(places, at)
        native, found = not account.asset.contract, Found(list(places.mints), list(places.reasons))
        for (_, block_hash), txids in places.blocks.items():
            inside = not places.inside.isdisjoint(txids)
            for whole in self._transactions.block(block_hash, txids, at, inside=inside):
                if moves(whole.transaction, account):
                    found.add([whole.transaction])
                    found.reasons.extend(self._unread(account, whole))
                    found.beside.extend(whole.beside)
                    found.later = found.later or (native and whole.traced.later)
        return found

    def _balance(self, account: Account, at: Status) -> int | None:
        """What it has at the tip of this run, in base units; None where the node cannot say.

        A node that no longer has the state of that block has the newest: what moved since then is subtracted again.
        """
        address, contract = account.address, account.asset.contract
        balance = self._balances.of(address, contract, at.height, at.block_hash)
        newest = named_header(self._rpc, "latest") if balance is None else None
        if newest is None or newest.height <= at.height:
            return balance
        now = replace(at, height=newest.height, block_hash=newest.hash, time=newest.time)
        balance = self._balances.of(address, contract, now.height, now.block_hash)
        if balance is None:
            return None
        try:
            places = self._places(account, at.height + 1, None, now)
        except (NotOffered, Declined):
            return None
        if places.beyond is not None:
            return None
        return balance - net(self._told(account, places, now).transactions, account)

    def _searched(self, account: Account, start: int, found: Found, at: Status) -> Found:
        """What the index left out (withdrawals are in none), by the balances, where the node knows the old ones."""
        try:
            places = self._natives.search(account, start, at)
        except NotOffered:
            return found
        if places.beyond is not None:
            return found
        more = self._told(account, places, at)
        known = {transaction.txid for transaction in more.transactions}
        more.add([transaction for transaction in found.transactions if transaction.txid not in known])
        return more

    def _opened(self, account: Account, since: int, at: Status) -> Opened:
        """From `since` on where the balance before it can be told; at 0 it is that of the chain's first block."""
        known = self._balances.of(account.address, account.asset.contract, max(since - 1, 0), at.block_hash)
        return Opened(0 if known is None else since, known)

    def _look_at_blocks(self, places: Places, at: Status) -> None:
        """Raise Unavailable where a block that may still be replaced is no longer the chain's."""
        settled = at.height - _UNSETTLED if at.finalized is None else at.finalized
        for height, block_hash in places.blocks:
            if height > settled:
                found = named_header(self._rpc, hex(height), at.block_hash)
                if found is None or found.hash != block_hash:
                    raise self._moved(height, at)

    def _still(self, at: Status) -> None:
        """Raise Unavailable where the tip of this run left the chain while it was asked."""
        found = named_header(self._rpc, hex(at.height))
        if found is None or found.hash != at.block_hash:
            raise self._moved(at.height, at)

    def _moved(self, height: int, at: Status) -> Unavailable:
        return Unavailable(
            f"{self._rpc.host} has another block at height {height} than before: its chain was re-organised while it "
            f"was asked as of block {at.block_hash}; run again"
        )

    def _checked(self, account: Account, opened: Opened, found: Found, balance: int | None, at: Status) -> Reply:
        """The reply, with what its balance shows of it."""
        left = explained(opened, found, account)
        proven = balance == left
        gaps = () if proven else self._gaps(account, balance, left, found.reasons)
        end, how = Block(at.height, at.block_hash, at.time), "balance equal" if proven else "claimed"
        opening = opened.balance or 0 if proven else opened.balance
        coverage = covered(account, end, how, start=opened.start, opening=opening)
        open_still = bool(gaps) and found.later
        held = () if open_still else (coverage,)
        return Reply(
            tuple(found.transactions),
            coverage=held,
            gaps=gaps,
            still_missing=open_still,
            observations=(*self._observer.facts(account, opened.start, at), *found.beside),
        )

    def _gaps(self, account: Account, balance: int | None, left: int, reasons: Iterable[str]) -> tuple[Gap, ...]:
        """What is not shown of a history, and by how much it differs."""
        address, host = account.address, self._rpc.host
        if balance is None:
            text = (
                f"{host} cannot say what {address} has, so that nothing shows its history to be complete: what was "
                "read is kept; ask an archive node, or a second source"
            )
            first = gap_at(account, "claimed", text)
        else:
            text = (
                f"the movements of {address} at {host} leave {left} base units, and the same node says {balance}: "
                "movements are missing, or its balance changes without any; what was read is kept; ask a second source"
            )
            first = gap_at(account, "balance", text, balance - left)
        return (first, *(gap_at(account, "source", one) for one in dict.fromkeys(reasons)))

    def _unread(self, account: Account, whole: Whole) -> Iterable[str]:
        """What of a transaction could not be read that may concern the account's asset."""
        contract = account.asset.contract
        steps = whole.traced.execution.steps if whole.traced.execution is not None else ()
        logs = [log for log in whole.receipt.logs if contract in {"", log.contract}]
        of_logs = read_logs(logs, whole.sent, self._chain, steps, whole.nature).unread
        if contract:
            return of_logs
        rest = [text for text in whole.decoded.unread if text not in of_logs]
        return [*rest, whole.traced.reason] if whole.traced.reason else rest

    def _busy(self, account: Account, places: Places) -> Reply:
        """It has more movements than are read."""
        text = (
            f"{account.address} looks like an address of a service: {self._rpc.host} tells {places.number} of its "
            f"movements up to height {places.beyond} alone, and at most {self._most} are read, so that its history was "
            "not downloaded; a tag that says whose address it is ends the trace there, and an export of its movements "
            "can be added as a source"
        )
        return left_open(account, text)


def explained(opened: Opened, found: Found, account: Account) -> int:
    """The balance that the movements leave, in base units."""
    return (opened.balance or 0) + net(found.transactions, account)


def moves(transaction: Transaction, account: Account) -> bool:
    """Whether a transaction moves something of an account."""
    return any(touches(transfer, account) for transfer in transaction.transfers)
