"""The arrays of one bulk trace: made for a ledger and a question, and enlarged as the kernels ask for it."""

from collections.abc import Mapping

import numpy as np

from chaintrace.bulk import lots, lots_run
from chaintrace.bulk.lots import Ints
from chaintrace.bulk.lots_blocks import NOBODY
from chaintrace.bulk.lots_memory import aligned, larger, zeros
from chaintrace.bulk.lots_openings import LARGEST, LOWEST, OPENED, openings, small_openings
from chaintrace.bulk.lots_rest import rest, rest_in_blocks, rests_for
from chaintrace.bulk.lots_run import NO_LIMIT, POOL, STOP, VICTIM
from chaintrace.bulk.trace_coding import Coded
from chaintrace.bulk.trace_outcomes import Found
from chaintrace.bulk.trace_question import Question, Seeds
from chaintrace.errors import InputError

MOST_TRANSFERS = 2**31 - 1
"""Hops and origins have 32 bits each in a block, and no more of them can be than there are transfers."""

MOST_BLOCKS = 2**31 - 1
"""A block is named by 31 bits; so many have 137 GB."""

_SPARE, _MOST_AT_FIRST = 2**16, 2**24
"""Rows that arrays begin with beyond what is known to be needed; the most blocks that they begin with for transfers."""


class Run:
    """The arrays of one run."""

    def __init__(self, ledger: Coded, question: Question, flags: Ints, seeds: Seeds) -> None:
        """Raises InputError for more transfers than hops can be counted over."""
        if len(ledger.values) > MOST_TRANSFERS:
            raise InputError(
                f"the file holds {len(ledger.values)} transfers of these assets, and one run takes {MOST_TRANSFERS} at "
                "most: name fewer assets in the seeds, or an earlier --until"
            )
        self._coded, self._flags = ledger, flags
        self._method = lots.METHODS[question.method]
        at = ledger.place(seeds.rows)
        self._order = np.argsort(at, kind="stable")
        self._seeds = np.column_stack((at[self._order], seeds.whose[self._order]))
        self._claimed = np.zeros(len(at), np.int64)
        self._victims = _victims(ledger, question, seeds.origins)
        self._least = _least(ledger, question)
        self._limits = np.array([_limit(question.max_hops), _limit(question.max_transactions)], np.int64)
        self._in_blocks = self._method < lots.LIBR
        self._pools = zeros(len(flags), lots.WIDTH)
        self._lots, self._links = aligned(0, 0), np.empty(0, np.int32)
        self._moved, self._found = np.empty((1024, 5), np.int64), np.empty((_SPARE, 5), np.int64)
        self._origins = np.empty((3, len(seeds.origins)), np.int64)
        self._origins[: 1 if self._in_blocks else 2] = lots.NONE
        self._state = np.zeros(lots.STATE, np.int64)
        self._state[lots.SPARE] = lots.NONE
        self._parts: list[Ints] = []
        self._rests = rests_for(0)

    @property
    def claimed(self) -> Ints:
        """What each start claimed, in the order of the starts."""
        claimed = np.empty_like(self._claimed)
        claimed[self._order] = self._claimed
        return claimed

    def open(self, opened: Ints) -> None:
        """Lay the openings into the pools, as their oldest unidentified lots (M9)."""
        pools = np.flatnonzero(opened)
        self._pools[pools, lots.LENGTH] = 1
        if self._in_blocks:
            blocks = len(self._flags) + min(len(self._coded.values), _MOST_AT_FIRST) + _SPARE
            self._lots, self._links = aligned(blocks << lots.SHIFT, 2), aligned(1, blocks, np.int32)[0]
            self._pools[pools, lots.VALUE], self._pools[pools, lots.KEY] = opened[pools], NOBODY
            return
        places = np.arange(len(pools))
        self._lots = aligned(len(pools) + _SPARE, 4)
        self._lots[places] = np.column_stack(
            (opened[pools], *(np.full(len(pools), cell) for cell in (lots.NONE, 0, lots.NONE)))
        )
        self._pools[:, [lots.HEAD, lots.TAIL, lots.FREE]] = lots.NONE
        self._pools[pools, lots.HEAD] = self._pools[pools, lots.TAIL] = self._pools[pools, lots.FREE] = places
        self._pools[pools, lots.TOTAL] = opened[pools]
        self._state[lots.USED] = len(pools)

    def ledger(self, transactions: Ints) -> None:
        """See every transfer. `transactions` numbers the transaction of each where they are counted, else is empty."""
        counted = np.zeros(int(transactions.max()) + 1 if len(transactions) else 0, np.uint8)
        ledger = self._coded
        while why := lots_run.run(
            self._method, ledger.senders, ledger.receivers, ledger.values, self._flags, self._seeds, self._claimed,
            self._victims, self._least, ledger.assets, self._limits, transactions, counted, self._pools, self._lots,
            self._links, self._moved, self._found, self._origins, self._state,
        ):  # fmt: skip
            self._enlarge(why)
        self._keep()
        used, where = int(self._state[lots.USED]), self._origins[0]
        room = rests_for((used << lots.SHIFT) + len(self._pools) if self._in_blocks else used)
        if self._in_blocks:
            count = rest_in_blocks(self._method, self._pools, self._lots, self._links, room, where)
        else:
            count = rest(self._pools, self._lots, room, where)
        self._rests = room.first(count)

    def found(self) -> Found:
        """All that was written down, in the order of the ledger."""
        return Found(np.concatenate(self._parts), self._rests)

    def _enlarge(self, why: int) -> None:
        """Make room for what did not fit. Raises AssertionError for a pool that is short, which no opening allows."""
        if why == lots_run.SHORT:
            raise AssertionError(f"a pool was short at transfer {self._state[lots.ROW]}")
        if why == lots_run.MORE_MOVED:
            self._moved = np.empty((2 * len(self._moved), 5), np.int64)
        elif why == lots_run.MORE_LOTS:
            self._more_lots()
        elif self._state[lots.FOUND] > len(self._found) // 2:
            self._keep()
        else:
            self._found = np.concatenate((self._found, np.empty_like(self._found)))

    def _more_lots(self) -> None:
        """Twice as many lots. Raises InputError where their blocks could not be named."""
        if 2 * len(self._links) > MOST_BLOCKS:
            raise InputError(
                f"more than {len(self._lots)} lots would lie in memory: name fewer seeds, or an earlier --until"
            )
        self._lots = larger(self._lots)
        self._links = np.concatenate((self._links, np.empty_like(self._links)))

    def _keep(self) -> None:
        """Put aside what was written down, so that its array is free again."""
        self._parts.append(self._found[: self._state[lots.FOUND]].copy())
        self._state[lots.FOUND] = 0
        self._origins[0] = lots.NONE


def flags_of(ledger: Coded, question: Question) -> Ints:
    """Which accounts have a pool, stop, or are some origin's address of return."""
    flags = np.zeros(len(ledger.address_of), np.uint8)
    stops = ledger.are(question.stops)
    covered = True if question.covered is None else ledger.are(question.covered)
    flags[covered & ~stops] |= POOL
    flags[stops] |= STOP
    flags[ledger.are({address for _, address in question.returns})] |= VICTIM
    return flags


def opened_of(ledger: Coded, flags: Ints) -> Ints | int:
    """The least opening of every pool (M9), or the account that would hold more than the kernels carry."""
    held = zeros(2, len(flags))
    if small_openings(ledger.senders, ledger.receivers, ledger.values, held):
        return np.where(flags & POOL > 0, -held[LOWEST], 0)
    held = zeros(len(flags), 4)
    wide = openings(ledger.senders, ledger.receivers, ledger.values, flags, held)
    return held[:, OPENED] if wide == lots.NONE else int(wide)


def _victims(ledger: Coded, question: Question, origins: Mapping[str, int]) -> Ints:
    """The key of every account that is an origin's address of return: account * origins + origin, ascending."""
    codes: dict[str, list[str]] = {}
    for origin, address in question.returns:
        codes.setdefault(address, []).append(origin)
    keys: list[int] = []
    for account in np.flatnonzero(ledger.are(codes)).tolist():
        names = codes[ledger.addresses[ledger.address_of[account]].as_py()]
        keys += [account * len(origins) + origins[name] for name in names if name in origins]
    return np.array(sorted(keys), np.int64)


def _least(ledger: Coded, question: Question) -> Ints:
    """The least value of each asset (M25); none is above what a transfer can move, by one."""
    return np.array([min(question.min_value.get(name, 0), LARGEST + 1) for name in ledger.contracts], np.int64)


def _limit(most: int | None) -> int:
    return NO_LIMIT if most is None else min(most, NO_LIMIT)
