"""The whole history of an account in one asset, and how we know that it is whole.

The list is read to its end, and what it leaves the account is held against what the account has now: `balance equal`.
Where the host does not tell a balance, or tells another, the list is asked for once more, from the newest row back and
past the archive: `second source equal`, if both give the same and no balance speaks against it. Else what was read is
kept, `claimed`, with gaps that say what differs and what the pages did.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from chaintrace.adapters.accounts.histories import covered_from_the_first, gap_at, left_open
from chaintrace.adapters.accounts.issues import UNLISTED
from chaintrace.adapters.accounts.movements import change
from chaintrace.adapters.network import Reply, Status
from chaintrace.adapters.transport import Json
from chaintrace.adapters.tron.listings import Page
from chaintrace.adapters.tron_node.transactions import transaction as of_node
from chaintrace.adapters.trongrid.asking import PAGE, Grid
from chaintrace.adapters.trongrid.balances import held
from chaintrace.adapters.trongrid.busy import looks_busy
from chaintrace.adapters.trongrid.destroyed import DESTROYED, destroyed_rows
from chaintrace.adapters.trongrid.reading import Ask, Reading, query_of, read_on
from chaintrace.adapters.trongrid.rows import Row, coin_row, token_row
from chaintrace.adapters.trongrid.telling import Telling, Told
from chaintrace.adapters.trongrid.transactions import of_tokens
from chaintrace.addresses import normalise
from chaintrace.model.chain import MAX_TIME, Account, Block
from chaintrace.model.provenance import Gap, Source

MOST = 10_000
"""Rows of the longest history that is read."""

_LATER = 1_000
"""Rows that came after the tip and are read to hold a history against a balance of now."""

_Read: TypeAlias = Callable[[Mapping[str, Json], Source | None], Row]


@dataclass(frozen=True, slots=True)
class List:
    """One list of an account: where it is asked for, with what, and how a row of it is read."""

    path: str
    query: Mapping[str, str]
    read: _Read


def _beginning(ask: Ask, first: tuple[Sequence[Row], str]) -> Ask:
    """Asks as `ask` does, but for the first question, whose answer is there."""
    told = iter((first,))

    def asked(query: Mapping[str, str | int]) -> tuple[Sequence[Row], str]:
        return next(told, None) or ask(query)

    return asked


class Histories:
    """Reads histories of one host. `most` is the longest that is read, in rows."""

    def __init__(self, grid: Grid, most: int) -> None:
        self._grid = grid
        self._most = most
        self._chain = grid.endpoint.chain

    def reply(self, account: Account, at: Status) -> Reply:
        """Every movement of an account up to the tip `at`, with the coverage that can be shown."""
        found = self._list_of(account)
        if isinstance(found, str):
            return left_open(account, found)
        pinned = self._ask(found, at, at.block_hash)
        first, further = pinned(query_of((0, at.time or 0)))
        known = looks_busy(pinned, first, at.time or 0, self._most) if further or len(first) >= PAGE else None
        if known is not None:
            return self._left_alone(account, f"about {known:,} movements, as five pages of them show")
        reading = read_on(_beginning(pinned, (first, further)), Reading(), (0, at.time or 0), self._most)
        if reading.is_cut:
            return self._left_alone(account, f"more than {self._most:,} movements")
        return self._proven(account, at, found, reading)

    def _list_of(self, account: Account) -> List | str:
        """The list of an asset; a sentence where there is none."""
        address, contract = account.address, account.asset.contract
        base = f"accounts/{address}/transactions"
        if not contract or contract.isdigit():
            return List(base, {}, lambda told, source: coin_row(self._chain, told, source))
        try:
            named = normalise(self._chain, contract)
        except ValueError as error:
            return f"{self._grid.host} has no list of {contract!r}: it is no token of TRON ({error})"
        return List(
            f"{base}/trc20",
            {"contract_address": named},
            lambda told, source: token_row(account, told, source),
        )

    def _ask(self, which: List, at: Status, pin: str) -> Ask:
        """Asks for pages of a list. Only what is final is asked for, where all up to the tip is."""
        final = at.finalized is not None and at.finalized >= at.height

        def ask(query: Mapping[str, str | int]) -> tuple[Sequence[Row], str]:
            asked = {**which.query, **query, **({"only_confirmed": "true"} if final else {})}
            looked: list[Row] = []

            def look(page: Page) -> None:
                looked[:] = [which.read(row, None) for row in page.rows]

            page, source = self._grid.page(which.path, asked, pin, look)
            if which.query:  # of a token: what the look found lacks its source alone, and is not read once more
                return [replace(row, source=source) for row in looked], page.fingerprint
            return [which.read(row, source) for row in page.rows], page.fingerprint

        return ask

    def _proven(self, account: Account, at: Status, which: List, reading: Reading) -> Reply:
        """Hold a reading against the balance, then against another one; say what came of it."""
        whole = of_tokens if which.query else of_node
        telling = Telling(account, at, lambda txid: whole(self._grid, txid, at))
        told = telling.tell(reading)
        off = self._off(account, at, which, told)
        if off == 0:
            return self._known(account, at, told, "balance equal")
        if which.query and (off or 0) < 0 and reading.add(destroyed_rows(self._grid, account, at)):
            told = telling.tell(reading)
            off = self._off(account, at, which, told)
            if off == 0:
                return self._known(account, at, told, "balance equal")
        if not which.query and self._inside(account, at, reading):
            told = telling.tell(reading)
            off = self._off(account, at, which, told)
            if off == 0:
                return self._known(account, at, told, "balance equal")
        window = (0, at.time or 0)
        second = read_on(self._ask(which, at, ""), Reading(), window, self._most, rising=False)
        listed = {key for key in reading.rows if key[0] != DESTROYED}
        lost = len(listed - second.rows.keys()) if which.query else 0
        fresh = reading.unite(second)
        if fresh:
            told = telling.tell(reading)
        off = self._off(account, at, which, told) if off is not None else None
        if off == 0:
            return self._known(account, at, told, "balance equal")
        if off is None and not fresh and not lost:
            return self._known(account, at, told, "second source equal")
        faults = [*reading.faults]
        if fresh or lost:
            faults.append(f"asked for twice, the list differs in {fresh + lost} rows")
        return self._claimed(account, at, told, off, faults)

    def _off(self, account: Account, at: Status, which: List, told: Told) -> int | None:
        """By how much the account has more than the history leaves it; None where the host tells no balance.

        The balance is of now: it may be what was left after any block since the tip.
        """
        address, contract = account.address, account.asset.contract
        now = held(self._grid, address, contract)
        left = told.net(account)
        if now is None or now == left:
            return None if now is None else 0
        later = read_on(self._ask(which, at, ""), Reading(), ((at.time or 0) + 1, MAX_TIME), _LATER)
        if later.is_cut or any(row.is_vague for row in later.rows.values()):
            return None
        by_time = sorted(later.rows.values(), key=lambda row: row.time)
        for place, row in enumerate(by_time):
            left += later.counts[row.key] * change(row.transfers, account)
            is_last = place + 1 == len(by_time) or by_time[place + 1].time != row.time
            if is_last and left == now:
                return 0
        return now - left

    def _inside(self, account: Account, at: Status, reading: Reading) -> int:
        """Read the list of the calls inside, where the host has one; how many rows it adds."""
        which = List(
            f"accounts/{account.address}/internal-transactions",
            {},
            lambda told, source: coin_row(self._chain, told, source),
        )
        if self._grid.offered(which.path, {"limit": 1}, at.block_hash, lambda _: None) is None:
            return 0
        found = read_on(self._ask(which, at, at.block_hash), Reading(), (0, at.time or 0), self._most)
        return reading.unite(found)

    def _known(self, account: Account, at: Status, told: Told, how: str) -> Reply:
        """A history that is whole, from the account's first movement on."""
        return self._covered(account, at, told, how, tuple(told.gaps))

    def _claimed(self, account: Account, at: Status, told: Told, off: int | None, faults: Sequence[str]) -> Reply:
        """A history that nothing shows to be whole."""
        gaps = list(told.gaps)
        if off:
            text = (
                f"{account.address} has {abs(off)} base units {'more' if off > 0 else 'less'} than its history at "
                f"{self._grid.host} leaves it: movements are missing there"
                f"{f', {UNLISTED}' if account.asset.contract else ''}; compare with another source"
            )
            gaps.append(gap_at(account, "balance", text, off))
        why = "; ".join(faults) or "no balance is told that could be compared" if off is None else "; ".join(faults)
        text = (
            f"the history of {account.address} at {self._grid.host} cannot be shown to be complete"
            f"{': ' + why if why else ''}: what was read is kept; run again, or ask another source"
        )
        gaps.append(gap_at(account, "claimed", text))
        return self._covered(account, at, told, "claimed", tuple(gaps))

    def _covered(self, account: Account, at: Status, told: Told, how: str, gaps: tuple[Gap, ...]) -> Reply:
        """The reply with its coverage."""
        coverage = covered_from_the_first(account, Block(at.height, at.block_hash, at.time), how)
        return Reply(tuple(told.transactions), (), (coverage,), gaps, observations=tuple(told.observations))

    def _left_alone(self, account: Account, known: str) -> Reply:
        """An account that is not read."""
        text = (
            f"{account.address} looks like a service's address: it has {known}, and at most {self._most:,} are read; "
            "if it is one, tag it so that the trace stops there, else give the case a file of its transfers"
        )
        return left_open(account, text)
