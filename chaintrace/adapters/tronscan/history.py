"""The history of an account, in a TRC-20 token or in TRX: every page, held against a counter and the balance.

The lists are read as of now, because only so the explorer counts them right and tells the balance, and cut at the tip.
When the balance agrees with all that was read, or of a token the counter, the history is complete from the account's
first movement on. Else all of it is read once more, past the archive and to an empty page; if something still differs,
what was read is kept, its coverage is `claimed`, and gaps say which number differs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from chaintrace.adapters.accounts.histories import covered_from_the_first, gap_at, left_open
from chaintrace.adapters.accounts.issues import UNLISTED
from chaintrace.adapters.network import Reply, Status
from chaintrace.adapters.tronscan.asking import CALLS, TRANSACTIONS, TRANSFERS, Asking
from chaintrace.adapters.tronscan.listed import Row, read_page, sort_of
from chaintrace.adapters.tronscan.native import Call, Sent, balance_of, read_calls, read_sent, told_native
from chaintrace.adapters.tronscan.pages import Listing, Pages, Wanted
from chaintrace.adapters.tronscan.standing import unmoved
from chaintrace.adapters.tronscan.telling import Telling, net_of, told
from chaintrace.model.chain import Account, Block
from chaintrace.model.provenance import Gap, Observation

MOST = 10_000
"""Entries of the longest list that is read: beyond it an address looks like a service's."""

_FAR = 1 << 40
"""A height above every block's: what was read of later ones is counted, and told to nobody."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of an account, with what its checks gave.

    `difference` is the explorer's balance less what the movements come to, in base units; None where no balance could
    be compared. `faults` say what does not agree in the lists themselves; `counted` whether a counter shows that none
    is missing. `left_open` is why there is no reading at all; empty where there is one.
    """

    telling: Telling = field(default_factory=lambda: Telling((), 0, 0))
    difference: int | None = None
    faults: tuple[str, ...] = ()
    counted: bool = False
    claims: tuple[Observation, ...] = ()
    left_open: str = ""

    @property
    def how(self) -> str:
        """How we know that it is complete (M10)."""
        if self.faults or self.difference or (self.difference is None and not self.counted):
            return "claimed"
        return "counter equal" if self.difference is None else "balance equal"


class Histories:
    """Reads histories of one explorer. `most` is the longest, `window` what one question lists at most."""

    def __init__(self, ask: Asking, most: int, window: int) -> None:
        self._ask = ask
        self._pages = Pages(ask, window)
        self._most = most
        self._chain = ask.endpoint.chain

    def reply(self, account: Account, at: Status) -> Reply:
        """Every movement of the account up to the tip, with the coverage that the checks allow."""
        contract = account.asset.contract
        if contract and not contract.startswith("T"):
            text = (
                f"the movements of the TRC-10 token {contract} at {account.address} are in no list of {self._ask.host} "
                "that has all of them: add another source for it, or name a file"
            )
            return left_open(account, text)
        reading = self._token(account, at) if contract else self._native(account, at)
        if reading.left_open:
            return left_open(account, reading.left_open)
        unmoved(self._ask, at)
        return self._told(account, reading, at)

    def _token(self, account: Account, at: Status) -> Reading:
        """A history in a TRC-20 token."""
        wanted = Wanted(TRANSFERS, account, lambda page: read_page(self._chain, page, account), self._most, sort_of)
        first = self._pages.read(wanted, at.block_hash)
        left_open = first.odd_sort or self._busy(account, first, "transfers of this token")
        if left_open:
            return Reading(left_open=left_open)
        reading = self._checked_token(account, first, at, at.block_hash)
        if reading.how == "claimed":
            again = self._pages.read(wanted, "", to_the_end=True).with_those_of(first)
            reading = self._checked_token(account, again, at, "")
        return reading

    def _checked_token(self, account: Account, listing: Listing[Row], at: Status, pin: str) -> Reading:
        """The transactions of a listing, and whether counter and balance agree with them."""
        telling, later = told(self._ask, account, listing.until(at.time), at), listing.after(at.time)
        balance = self._ask.balance(account, pin)
        difference = None if balance is None else balance - telling.net - net_of(account, later)
        faults = (*_miscounted(listing, telling.count + sum(later.times.values()), "transfers"), *telling.faults)
        odd = listing.odd if faults or difference else ()
        return Reading(telling, difference, (*faults, *odd), listing.known is not None, listing.claims)

    def _native(self, account: Account, at: Status) -> Reading:
        """A history in TRX."""
        sent = Wanted(TRANSACTIONS, account, lambda page: read_sent(self._chain, page, account), self._most)
        calls = Wanted(CALLS, account, lambda page: read_calls(self._chain, page, account), self._most)
        first = self._pages.read(sent, at.block_hash)
        if left_open := self._busy(account, first, "transactions"):
            return Reading(left_open=left_open)
        inside = self._pages.read(calls, at.block_hash)
        if left_open := self._busy(account, inside, "calls inside transactions"):
            return Reading(left_open=left_open)
        reading = self._checked_native(account, (first, inside), at, at.block_hash)
        if reading.how == "claimed":
            again = self._pages.read(sent, "", to_the_end=True).with_those_of(first)
            further = self._pages.read(calls, "", to_the_end=True).with_those_of(inside)
            reading = self._checked_native(account, (again, further), at, "")
        return reading

    def _checked_native(
        self, account: Account, lists: tuple[Listing[Sent], Listing[Call]], at: Status, pin: str
    ) -> Reading:
        """The transactions of both lists, and whether counter and balance agree with them."""
        sent, calls = lists
        telling = told_native(self._ask, account, sent.until(at.time), calls.until(at.time), at)
        nowhere = replace(at, height=_FAR, finalized=_FAR)
        later = told_native(self._ask, account, sent.after(at.time), calls.after(at.time), nowhere)
        balance = balance_of(self._ask.account(account.address, pin))
        difference = None if balance is None else balance - telling.net - later.net
        faults = _miscounted(sent, len(sent.entries), "transactions")
        odd = (*sent.odd, *calls.odd) if faults or difference else ()
        return Reading(telling, difference, (*faults, *odd), claims=(*sent.claims, *calls.claims))

    def _told(self, account: Account, reading: Reading, at: Status) -> Reply:
        """The reply of a reading."""
        how, gaps = reading.how, [*reading.telling.gaps]
        if how == "claimed":
            unknown = "no balance is told that all of its movements could be held against"
            faults = reading.faults or ("its balance does not agree" if reading.difference else unknown,)
            gaps.append(self._gap(account, faults))
        if reading.difference:
            gaps.append(self._balance_gap(account, reading.difference))
        coverage = covered_from_the_first(account, Block(at.height, at.block_hash, at.time), how)
        return Reply(
            reading.telling.transactions,
            coverage=(coverage,),
            gaps=tuple(dict.fromkeys(gaps)),
            observations=tuple(dict.fromkeys((*reading.claims, *reading.telling.observations))),
        )

    def _gap(self, account: Account, faults: Sequence[str]) -> Gap:
        """One sentence about what was not proven."""
        text = (
            f"the history of {account.address} at {self._ask.host} cannot be shown to be complete: "
            f"{'; '.join(faults)}: what was read is kept; run again, or compare another source"
        )
        return gap_at(account, "claimed", text)

    def _balance_gap(self, account: Account, difference: int) -> Gap:
        """The gap of a balance that the movements do not come to."""
        side = "more" if difference > 0 else "less"
        text = (
            f"{account.address} has {abs(difference)} base units {side} at {self._ask.host} than its movements there "
            f"come to: some are missing{f', {UNLISTED}' if account.asset.contract else ''}; compare another source"
        )
        return gap_at(account, "balance", text, difference)

    def _busy(self, account: Account, listing: Listing[Row] | Listing[Sent] | Listing[Call], what: str) -> str:
        """The sentence about an address with too many movements; empty where it has not."""
        if listing.known is not None and listing.known > self._most:
            many = f"{listing.known:,}"
        elif len(listing.entries) > self._most:
            many = f"more than {self._most:,}"
        else:
            return ""
        return (
            f"{account.address} has {many} {what} at {self._ask.host} and looks like a service's address, so they are "
            f"not downloaded (at most {self._most:,} are): tag it as a stop, ask whoever runs it, or name a file with "
            "its history"
        )


def _miscounted(listing: Listing[Row] | Listing[Sent], given: int, what: str) -> tuple[str, ...]:
    """Where the explorer's counter and its pages differ; empty where they agree, or where it does not count."""
    if listing.known in {None, given}:
        return ()
    return (f"it counts {listing.known} {what}, and its pages give {given}",)
