"""The whole history of one account: every row of its lists, held against a balance or against the counters.

When what the lists tell gives the balance that the instance names, the history is complete: `balance equal`. Where it
names none, counters that agree are taken: `counter equal`. Else the lists are read once more, past the archive and past
every page that names no next one; then the transactions behind the calls are asked whole, for a call that its caller
undid stands in the list as if it held. If it still differs, what was read is kept, its coverage is `claimed`, and a Gap
says what differs and by how much. An explorer cannot tell old balances, so a history is read from its beginning.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from chaintrace.adapters.accounts.histories import covered_from_the_first, gap_at, left_open
from chaintrace.adapters.accounts.issues import UNLISTED
from chaintrace.adapters.accounts.movements import change
from chaintrace.adapters.blockscout.asking import Asking
from chaintrace.adapters.blockscout.balances import Balance, counts, movements, native_balance, token_balance
from chaintrace.adapters.blockscout.compiling import Compiler
from chaintrace.adapters.blockscout.lists import all_counted, read_natives, read_tokens, short
from chaintrace.adapters.blockscout.pages import Listing
from chaintrace.adapters.blockscout.rows import TokenRow
from chaintrace.adapters.network import Reply, Status
from chaintrace.adapters.scales import scales
from chaintrace.model.chain import Account, Block
from chaintrace.model.provenance import Gap, GapKind, Observation
from chaintrace.model.transaction import PENDING_RANK, Transaction

MOST = 10_000
"""Movements of the longest history that is read; more of them are a service's."""
_FEW = 1_000
"""So many transfers of one token are read of an address that has more than MOST of all tokens together."""


@dataclass(slots=True)
class Reading:
    """What one reading gave: its transactions by txid, the balance that belongs to them, and what was wrong.

    `off` is by how much the balance is larger than what the transactions give, None where it is not known.
    """

    transactions: dict[str, Transaction]
    odd: list[str]
    missing: list[str]
    balance: Balance | None = None
    off: int | None = None
    counted: bool = False
    unknown: str = ""
    gaps: tuple[Gap, ...] = ()
    too_long: int = 0
    seen: tuple[Observation, ...] = ()

    @property
    def is_proven(self) -> bool:
        """Whether the balance is what the transactions give, or else the counters are."""
        return not self.missing and (self.off == 0 or (self.off is None and self.counted))


@dataclass(slots=True)
class Histories:
    """Reads histories of one instance. `most` is the longest that is read, in movements of one list."""

    ask: Asking
    compiler: Compiler
    most: int = MOST
    _chain: str = field(init=False)

    def __post_init__(self) -> None:
        """Remember the chain."""
        self._chain = self.ask.endpoint.chain

    def reply(self, account: Account, at: Status, *, whole: bool) -> Reply:
        """Every movement of an account up to the tip. `whole`: the instance has read every block.

        Raises Unavailable, Refused or Malformed.
        """
        contract = account.asset.contract
        read = self._token if contract else self._native
        name = "token_transfers_count" if contract else "transactions_count"
        known = movements(self.ask, account.address, name, at.block_hash)
        most = self.most
        if known > self.most:
            if not contract:
                return self._busy(account, known)
            most = min(_FEW, self.most)
        reading = read(account, at, most, bold=False, escalate=False)
        if not reading.too_long and not reading.is_proven:
            reading = self._again(read, account, at, most, reading)
        if reading.too_long:
            return self._busy(account, max(known, reading.too_long))
        return self._told(account, at, reading, whole=whole)

    def _again(self, read: Callable[..., Reading], account: Account, at: Status, most: int, first: Reading) -> Reading:
        """Read it past the archive, then with every transaction behind a call; nothing that was read is lost."""
        contract, known = account.asset.contract, first.transactions
        for escalate in (False, True):
            reading: Reading = read(account, at, most, bold=True, escalate=escalate)
            if reading.is_proven or reading.too_long:
                return reading
            known = known | reading.transactions
            if contract or reading.off is None:
                break
        reading.transactions = known
        self._hold(reading, reading.balance, account, at)
        return reading

    def _native(self, account: Account, at: Status, most: int, *, bold: bool, escalate: bool) -> Reading:
        """One reading of the native asset."""
        address = account.address
        pin = "" if bold else at.block_hash
        counted = counts(self.ask, address, pin)
        lists = read_natives(self.ask, address, counted, pin=pin, most=most, bold=bold)
        if lists.too_long:
            return Reading({}, [], [], too_long=lists.too_long)
        made, gaps = self.compiler.natives(lists, address, at, escalate=escalate)
        missing = short(lists.sizes, counted)
        if lists.transactions.unknown or lists.calls.unknown:
            missing.append("the explorer knows no such address")
        reading = Reading(made, lists.odd, missing, gaps=gaps)
        self._hold(reading, native_balance(self.ask, address, pin), account, at)
        reading.counted = all_counted(lists.sizes, counted)
        return reading

    def _token(self, account: Account, at: Status, most: int, *, bold: bool, escalate: bool) -> Reading:
        """One reading of a token. Its list has no calls behind which to `escalate`."""
        del escalate
        address, contract = account.address, account.asset.contract
        pin = "" if bold else at.block_hash
        listing = read_tokens(self.ask, address, contract, pin=pin, most=most, bold=bold)
        if listing.too_long:
            return Reading({}, [], [], too_long=len(listing.rows))
        made, gaps, unlisted = self.compiler.tokens(listing, contract, address, at)
        claims = ((row.contract, row.decimals, listing.sources[key]) for key, row in listing.rows.items())
        reading = Reading(made, sorted(listing.odd), _lacking(listing, unlisted), gaps=gaps)
        reading.seen = scales(self._chain, claims)
        self._hold(reading, token_balance(self.ask, address, contract, at, pin), account, at)
        return reading

    def _hold(self, reading: Reading, balance: Balance | None, account: Account, at: Status) -> None:
        """Hold a reading against a balance, as of the height of which it is one."""
        reading.balance, reading.off = balance, None
        if balance is None:
            reading.unknown = "its balance is not told"
            return
        end = PENDING_RANK if balance.height is None else balance.height
        placed = [made for made in reading.transactions.values() if made.block is not None]
        changes = [(made.height or 0, change(made.transfers, account)) for made in placed]
        if any(effect and end < height <= at.height for height, effect in changes):
            reading.unknown = f"its balance is told as of height {end} only, and movements came after it"
            return
        reading.off = balance.value - sum(effect for height, effect in changes if height <= end)

    def _told(self, account: Account, at: Status, reading: Reading, *, whole: bool) -> Reply:
        """The reply: what is in blocks up to the tip and what is pending, its coverage, and what was not proven."""
        told = [made for made in reading.transactions.values() if made.block is None or (made.height or 0) <= at.height]
        told = self.compiler.placed(told, at)
        gaps = list(reading.gaps)
        proven = reading.is_proven and whole
        how = "claimed" if not proven else "balance equal" if reading.off == 0 else "counter equal"
        if not proven:
            gaps.append(self._gap(account, reading, whole=whole))
        coverage = covered_from_the_first(account, Block(at.height, at.block_hash, at.time), how)
        told.sort(key=_order)
        return Reply(tuple(told), coverage=(coverage,), gaps=tuple(gaps), observations=reading.seen)

    def _gap(self, account: Account, reading: Reading, *, whole: bool) -> Gap:
        """One sentence about what was not proven."""
        faults = [*reading.missing, *reading.odd]
        if not whole:
            faults.append("the explorer says that it has not read every block of its chain yet")
        if reading.off:
            size = "larger" if reading.off > 0 else "smaller"
            why = f" ({UNLISTED.removeprefix('or ')}, or movements are missing)" if account.asset.contract else ""
            faults.insert(0, f"its balance is {size} by {abs(reading.off)} base units than what they add up to{why}")
        elif reading.off is None and reading.unknown:
            faults.append(f"{reading.unknown}, and no counter shows that nothing is left out")
        text = (
            f"the history of {account.address} at {self.ask.host} cannot be shown to be complete: {'; '.join(faults)}: "
            "what was read is kept; run again, or add a source of your own"
        )
        kind: GapKind = "balance" if reading.off else "claimed"
        return gap_at(account, kind, text, reading.off or None)

    def _busy(self, account: Account, known: int) -> Reply:
        """The reply for an address that is not downloaded."""
        address, contract = account.address, account.asset.contract
        what = f"of {contract} or other tokens" if contract else "of its own"
        text = (
            f"{address} has {known:,} or more movements {what} at {self.ask.host}, as a service's address has, and is "
            f"not downloaded (at most {self.most:,} are): tag it if you know whose it is, or add a node or a file that "
            "holds its history"
        )
        return left_open(account, text)


def _lacking(listing: Listing[TokenRow], unlisted: int | None) -> list[str]:
    """What a token's list lacks. An empty one is none because it says so: the logs must say it too."""
    found = []
    if unlisted:
        found.append(f"its logs have {unlisted} transactions that its list has not")
    if listing.unknown:
        found.append("the explorer knows no such address or token")
    if unlisted is None and not listing.rows:
        found.append("its list is empty, and no logs are offered that would show it")
    return found


def _order(transaction: Transaction) -> tuple[int, int, str]:
    """Chain order, pending last."""
    height = PENDING_RANK if transaction.height is None else transaction.height
    return height, transaction.position, transaction.txid
