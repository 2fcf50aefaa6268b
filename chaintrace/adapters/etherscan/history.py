"""The history of an account in one asset: its lists read to their ends, and held against the balance of now.

The native asset is in the lists of transactions and of internal transactions; a token in that of its transfers; the
wrapper of the native asset also in the logs of its deposits. All rows up to now count for the check, for the explorer
tells no older balance; told is what stands in blocks up to the tip of the run. Where it does not add up, first what
blocks pay out is looked for, or what an issuer destroyed, then all is read once more, past the archive; what differs
still is a Gap of its size.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial as with_
from typing import Final

from chaintrace.adapters.accounts.histories import covered_from_the_first
from chaintrace.adapters.accounts.movements import net
from chaintrace.adapters.etherscan.asking import Asking
from chaintrace.adapters.etherscan.doubts import doubt, left_alone, no_tip, not_its, too_many
from chaintrace.adapters.etherscan.lines import (
    Line,
    inside_line,
    is_of,
    log_line,
    reward_line,
    sent_line,
    token_line,
    withdrawal_line,
)
from chaintrace.adapters.etherscan.logs import destroyed, wrapped
from chaintrace.adapters.etherscan.paging import PAGE, WINDOW, Listing, by_number, read_list
from chaintrace.adapters.etherscan.rows import MOST_HEIGHT, Row, Rows
from chaintrace.adapters.etherscan.telling import block_hashes, by_txid, claimed_scales, is_unclear, partial
from chaintrace.adapters.etherscan.transactions import Transactions
from chaintrace.adapters.etherscan.words import NotOffered, TooMuch
from chaintrace.adapters.evm import topics
from chaintrace.adapters.network import Reply, Status
from chaintrace.model.chain import Account, Block
from chaintrace.model.provenance import Gap, Source
from chaintrace.model.transaction import Transaction

MOST: Final = 10_000
"""Rows of the longest list that is read: an address with more looks like a service's."""

_SETTLED = 10_000
"""Blocks so far below the tip are taken to stay, and their hashes are not asked for: more than any chain needs."""
_MOST_WHOLE = 1_000
"""Transactions of one history that are asked by themselves; each costs several questions."""


@dataclass(slots=True)
class Reading:
    """What one reading of an account gave. `balance` is that of now in base units, None where it is not told.

    `tip` is the highest block of any row, `odd` what was odd about the lists, `busy` how many rows a list has that was
    left alone.
    """

    lines: list[Line] = field(default_factory=list)
    transactions: list[Transaction] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    balance: int | None = None
    busy: int = 0
    source: Source | None = None

    def add(self, listing: Listing, read: Callable[[Row], Line], account: Account) -> None:
        """The rows of one list that are of the account; that there were others is noted.

        Raises Malformed where all of them are of others.
        """
        self.busy = max(self.busy, listing.busy)
        self.source = self.source or listing.source
        rows = [row for row in listing.rows if is_of(row, account)]
        if listing.rows and not rows:
            raise listing.rows[0].wrong("from", f"in a list that was asked for {account.address}")
        noted = listing.odd if len(rows) == len(listing.rows) else [*listing.odd, "rows of other accounts among them"]
        self.odd += [what for what in noted if what not in self.odd]
        self.lines += [read(row) for row in rows]


class Histories:
    """Reads histories of one explorer. `most` is the number of rows of the longest list that is read."""

    def __init__(self, ask: Asking, whole: Transactions, most: int = MOST) -> None:
        self._ask = ask
        self._whole = whole
        self._most = most

    def reply(self, account: Account, at: Status, since: int = 0) -> Reply:
        """Every movement of the account up to the tip, and how its completeness is known.

        `since` is a height at which something is known to have come: a history without it is none. Raises Unavailable,
        Refused or Malformed; NotOffered where the explorer has no such list.
        """
        reading = self._once(account, at, at.block_hash)
        if reading.busy:
            return left_alone(self._ask.host, account, self._most, reading.busy)
        if at.block_hash and self._difference(reading, account):
            again = self._once(account, at, "")
            if not again.busy and (not self._difference(again, account) or len(again.lines) >= len(reading.lines)):
                reading = again
        heights = {one.height for one in reading.transactions}
        if 0 < since <= (at.height or MOST_HEIGHT) and since not in heights:
            return not_its(self._ask.host, account, since, len(heights))
        return self._told(reading, account, at)

    def _told(self, reading: Reading, account: Account, at: Status) -> Reply:
        """The reply of a reading: what stands in blocks up to the tip of the run, with its coverage."""
        difference = self._difference(reading, account)
        gaps = [] if difference == 0 else [*reading.gaps, doubt(self._ask.host, account, difference, reading.odd)]
        told = [one for one in reading.transactions if not at.height or (one.height or 0) <= at.height]
        end = Block(at.height, at.block_hash, at.time) if at.height else _highest(told)
        if not at.height:
            gaps.append(no_tip(self._ask.host, account, end.height))
        coverage = covered_from_the_first(account, end, "balance equal" if difference == 0 else "claimed")
        seen = claimed_scales(account.chain, reading.lines, reading.source)
        return Reply(tuple(sorted(told, key=_place)), coverage=(coverage,), gaps=tuple(gaps), observations=seen)

    def _difference(self, reading: Reading, account: Account) -> int | None:
        """The balance less what the rows add up to, in base units; None where the balance is not told."""
        return None if reading.balance is None else reading.balance - net(reading.transactions, account)

    def _once(self, account: Account, at: Status, pin: str) -> Reading:
        """Read the lists, then the balance; and what blocks pay out, where the rows do not explain the balance."""
        reading = Reading()
        native = not account.asset.contract
        for listing, read in self._native(account, pin) if native else self._token(account, pin):
            reading.add(listing, read, account)
            if reading.busy:
                return reading
        self._build(reading, account, at)
        reading.balance = self._balance(account, pin)
        before = len(reading.lines)
        for listing, read in self._unlisted(account, pin, self._difference(reading, account) or 0):
            reading.add(listing, read, account)
        if len(reading.lines) > before:
            reading.busy = 0
            self._build(reading, account, at)
        return reading

    def _unlisted(self, account: Account, pin: str, difference: int) -> Iterator[tuple[Listing, Callable[[Row], Line]]]:
        """What no list of movements tells, where a balance is not what they add up to (`difference`)."""
        if not account.asset.contract:
            yield from self._made(account, pin) if difference > 0 else ()
        elif difference < 0:
            with suppress(NotOffered, TooMuch):
                yield destroyed(self._ask, account, pin, self._most), log_line

    def _native(self, account: Account, pin: str) -> Iterator[tuple[Listing, Callable[[Row], Line]]]:
        """The lists that hold the native asset. A fee that no list tells, or not whole, is left out."""
        sent = with_(sent_line, account=account.address, fees=not self._ask.chain.fee_by_receipt)
        yield self._read("txlist", account, pin), sent
        yield self._read("txlistinternal", account, pin), inside_line

    def _token(self, account: Account, pin: str) -> Iterator[tuple[Listing, Callable[[Row], Line]]]:
        """The lists that hold a token."""
        contract = account.asset.contract
        yield self._read("tokentx", account, pin, contractaddress=contract), token_line
        if contract in self._ask.chain.wrappers:
            for topic in (topics.DEPOSIT, topics.WITHDRAWAL):
                yield wrapped(self._ask, account, topic, pin, self._most), log_line

    def _made(self, account: Account, pin: str) -> Iterator[tuple[Listing, Callable[[Row], Line]]]:
        """What blocks pay out, where the explorer tells it."""
        with suppress(NotOffered, TooMuch):
            yield self._read("txsBeaconWithdrawal", account, pin), withdrawal_line
        with suppress(NotOffered, TooMuch):
            yield self._mined(account, pin), with_(reward_line, account=account.address)

    def _read(self, action: str, account: Account, pin: str, **more: str) -> Listing:
        """A list of an account, to its end."""

        def ask(start: int, end: int, number: int, size: int) -> Rows:
            return self._ask.rows(
                "account",
                action,
                pin,
                address=account.address,
                **more,
                startblock=start,
                endblock=end,
                page=number,
                offset=size,
                sort="asc",
            )

        return read_list(ask, by_number, self._most)

    def _mined(self, account: Account, pin: str) -> Listing:
        """The blocks that an account made: this list knows page numbers alone."""
        listing = Listing()
        for number in range(1, WINDOW // PAGE + 1):
            found = self._ask.rows(
                "account", "getminedblocks", pin, address=account.address, blocktype="blocks", page=number, offset=PAGE
            )
            known = [row.told for row in listing.rows]
            fresh = [row for row in found.rows if row.told not in known]
            if not fresh:
                break
            listing.rows += fresh
        return listing

    def _balance(self, account: Account, pin: str) -> int | None:
        """The balance of now in base units; None where the explorer does not tell it."""
        contract = account.asset.contract
        try:
            if contract:
                return self._ask.number(
                    "account", "tokenbalance", pin, contractaddress=contract, address=account.address, tag="latest"
                )
            return self._ask.number("account", "balance", pin, address=account.address, tag="latest")
        except NotOffered:
            return None

    def _build(self, reading: Reading, account: Account, at: Status) -> None:
        """Transactions of the lines: whole where the lists do not tell the order, or a part of the fee."""
        crowded = self._place(reading, at)
        hashes = block_hashes(reading.lines)
        groups = by_txid(_once_told(reading.lines))
        reading.transactions, reading.gaps, asked = [], [], 0
        for txid, lines in groups.items():
            lacks_fee = self._ask.chain.fee_by_receipt and self._is_payer(lines, account)
            if not lacks_fee and not any(line.moved for line in lines):
                continue
            unclear = lacks_fee or is_unclear(lines, account, crowded)
            asked += unclear
            whole, gaps = self._whole.of_list(txid, at) if unclear and asked <= _MOST_WHOLE else (None, ())
            reading.gaps += gaps
            reading.transactions.append(whole or partial(account.chain, lines, hashes, reading.source))
        if asked > _MOST_WHOLE:
            reading.gaps.append(too_many(self._ask.host, account, asked - _MOST_WHOLE))

    def _place(self, reading: Reading, at: Status) -> frozenset[int]:
        """Ask for the place of each line that needs one; the heights of blocks with several transactions that move.

        A line needs one where no list tells it, and others of its block move too or the block may still leave.
        """
        known = block_hashes(reading.lines)
        moving = {txid: lines for txid, lines in by_txid(reading.lines).items() if any(line.moved for line in lines)}
        count = Counter(lines[0].height for lines in moving.values())
        crowded = frozenset(height for height, number in count.items() if number > 1)
        lost = {txid for txid, lines in moving.items() if not any(line.sure for line in lines)}

        def needs(line: Line) -> bool:
            may_leave = line.height not in known and self._may_leave(line.height, at)
            return line.txid in lost and (line.height in crowded or may_leave)

        reading.lines = [self._whole.placed(line, at) if needs(line) else line for line in reading.lines]
        return crowded

    def _may_leave(self, height: int, at: Status) -> bool:
        """Whether a block may still leave the chain: then its hash must be known, to notice it."""
        return bool(at.block_hash) and at.height - _SETTLED < height <= at.height

    def _is_payer(self, lines: Sequence[Line], account: Account) -> bool:
        """Whether the account sent the transaction, and so paid its fee."""
        return not account.asset.contract and any(line.sender == account.address for line in lines)


def _once_told(lines: Sequence[Line]) -> list[Line]:
    """Lines without the logs of deposits that the token logs as transfers too: the two are one (`evm.events`)."""
    told = Counter((line.txid, _what(line)) for line in lines if line.sort == "token" and not line.is_log)
    left: list[Line] = []
    for line in lines:
        key = (line.txid, _what(line)) if line.is_log else None
        if key is not None and told[key]:
            told[key] -= 1
        else:
            left.append(line)
    return left


def _what(line: Line) -> tuple[tuple[str | None, str | None, int], ...]:
    return tuple((one.sender, one.receiver, one.value) for one in line.moved)


def _highest(transactions: Sequence[Transaction]) -> Block:
    """The last block of any of these; block 0 where there are none."""
    blocks = [one.block for one in transactions if one.block is not None]
    return max(blocks, key=lambda block: block.height or 0, default=Block(0, "", None))


def _place(transaction: Transaction) -> tuple[int, int, str]:
    """Chain order."""
    return transaction.height or 0, transaction.position, transaction.txid
