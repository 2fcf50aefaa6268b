"""Seeds by the thousand over a Parquet of transfers, in compiled code: what the tracing engine would say, to the unit.

One account chain, no continuation, no declared wallet. Values and balances of 63 bits: what is larger is refused as a
whole, by name, and never wraps (docs/method.md, M4). Rules: M5-M16, M19, M21, M22, M24-M27.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from chaintrace.bulk import lots, lots_run
from chaintrace.bulk.lots import Ints
from chaintrace.bulk.lots_openings import LARGEST, openings
from chaintrace.bulk.lots_run import NO_LIMIT, POOL, STOP, VICTIM, WOKEN
from chaintrace.bulk.trace_coding import Coded, coded
from chaintrace.bulk.trace_outcomes import Found, outcomes
from chaintrace.bulk.trace_table import TransferTable

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a ledger. `starts` are (row of the file, origin) in the order of the seeds (M19-M20).

    `covered` is None for every address (M10); `returns` are (origin, address) (M22); `min_value` is base units by
    contract; None is no limit (M25). `until` is Unix seconds, UTC. `assets` are the contracts that the seeds move.
    """

    method: str
    starts: Sequence[tuple[int, str]]
    assets: Sequence[str]
    covered: frozenset[str] | None = None
    stops: frozenset[str] = frozenset()
    returns: frozenset[tuple[str, str]] = frozenset()
    max_hops: int | None = None
    max_transactions: int | None = None
    min_value: Mapping[str, int] = field(default_factory=dict)
    until: int | None = None


class Place(NamedTuple):
    """An account and base units of it: an implied opening, or what came back from where history is lacking."""

    contract: str
    address: str
    value: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcomes as a table (`trace_outcomes.COLUMNS`), and what each start claimed, in base units.

    `openings` are the implied ones of pools that traced value reached (M9), `inflows` what came back unidentified from
    where traced value was not followed (M10): both are gaps.
    """

    outcomes: "pa.Table"
    claimed: tuple[int, ...]
    openings: tuple[Place, ...]
    inflows: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class TooLarge:
    """Why the kernels refuse a ledger: of which asset, and at which address where it is a balance (else `""`)."""

    contract: str
    address: str = ""

    def __str__(self) -> str:
        """The reason as a sentence without its end."""
        asset = self.contract or "the native asset"
        what = f"the balance of {self.address}" if self.address else "a transfer"
        return f"{what} of {asset} exceeds {LARGEST} base units, the most that the compiled kernels carry"


def trace(table: TransferTable, question: Question) -> Answer | TooLarge:
    """Follow the starts forward under one method. Raises AssertionError on a lost unit, which is a bug (M26)."""
    ledger = coded(table, question.assets, question.until)
    if isinstance(ledger, str):
        return TooLarge(ledger)
    flags = flags_of(ledger, question)
    opened = opened_of(ledger, flags)
    if isinstance(opened, int):
        return TooLarge(ledger.contracts[ledger.asset_of[opened]], ledger.addresses[ledger.address_of[opened]].as_py())
    origins = {name: number for number, name in enumerate(dict.fromkeys(name for _, name in question.starts))}
    run = Run(ledger, question, flags, origins)
    run.open(opened)
    run.ledger(_transactions(table, ledger, question))
    found = run.found()
    claimed = tuple(run.claimed.tolist())
    _balance(found, claimed, [origins[name] for _, name in question.starts], list(origins))
    woken = np.flatnonzero((opened > 0) & (flags & WOKEN > 0))
    return Answer(
        outcomes(table, ledger, found, list(origins), question.until),
        claimed,
        _places(ledger, woken, opened[woken]),
        _inflows(ledger, found),
    )


class Run:
    """The arrays of one run, enlarged as the ledger asks for it."""

    def __init__(self, ledger: Coded, question: Question, flags: Ints, origins: Mapping[str, int]) -> None:
        self._coded, self._flags = ledger, flags
        self._method = lots.METHODS[question.method]
        at = ledger.place(np.array([row for row, _ in question.starts], np.int64))
        seeds = np.column_stack((at, [origins[name] for _, name in question.starts])).astype(np.int64)
        self._order = np.argsort(at, kind="stable")
        self._seeds = np.ascontiguousarray(seeds[self._order])
        self._claimed = np.zeros(len(seeds), np.int64)
        self._victims = _victims(ledger, question, origins)
        self._least = _least(ledger, question)
        self._limits = np.array([_limit(question.max_hops), _limit(question.max_transactions)], np.int64)
        self._pools = np.zeros((len(flags), 8), np.int64)
        self._pools[:, [lots.HEAD, lots.TAIL, lots.FREE]] = lots.NONE
        self._lots = np.empty((0, 4), np.int64)
        self._moved, self._found = np.empty((1024, 5), np.int64), np.empty((2**16, 5), np.int64)
        self._origins = np.full((3, len(origins)), lots.NONE, np.int64)
        self._state = np.array([0, 0, lots.NONE, 0, 0, 0], np.int64)
        self._parts: list[Ints] = []

    @property
    def claimed(self) -> Ints:
        """What each start claimed, in the order of the starts."""
        claimed = np.empty_like(self._claimed)
        claimed[self._order] = self._claimed
        return claimed

    def open(self, opened: Ints) -> None:
        """Lay the openings into the pools, as their oldest unidentified lots (M9)."""
        pools = np.flatnonzero(opened)
        places = np.arange(len(pools))
        self._lots = np.empty((len(pools) + 2**16, 4), np.int64)
        self._lots[: len(pools)] = np.column_stack(
            (opened[pools], *(np.full(len(pools), cell) for cell in (lots.NONE, 0, lots.NONE)))
        )
        self._pools[pools, lots.HEAD] = self._pools[pools, lots.TAIL] = self._pools[pools, lots.FREE] = places
        self._pools[pools, lots.TOTAL], self._pools[pools, lots.LENGTH] = opened[pools], 1
        self._state[lots.USED] = len(pools)

    def ledger(self, transactions: Ints) -> None:
        """See every transfer. `transactions` numbers the transaction of each where they are counted, else is empty."""
        counted = np.zeros(int(transactions.max()) + 1 if len(transactions) else 0, np.uint8)
        ledger = self._coded
        while why := lots_run.run(
            self._method, ledger.senders, ledger.receivers, ledger.values, self._flags, self._seeds, self._claimed,
            self._victims, self._least, ledger.assets, self._limits, transactions, counted, self._pools, self._lots,
            self._moved, self._found, self._origins, self._state,
        ):  # fmt: skip
            self._enlarge(why)
        self._state[lots.ROW] = 0
        while why := lots_run.rest(self._pools, self._lots, self._moved, self._found, self._origins, self._state):
            self._enlarge(why)
        self._keep()

    def found(self) -> Found:
        """All that was written down, in the order of the ledger, what rests last."""
        return Found(np.concatenate(self._parts))

    def _enlarge(self, why: int) -> None:
        """Make room for what did not fit. Raises AssertionError for a pool that is short, which no opening allows."""
        if why == lots_run.SHORT:
            raise AssertionError(f"a pool was short at transfer {self._state[lots.ROW]}")
        if why == lots_run.MORE_MOVED:
            self._moved = np.empty((2 * len(self._moved), 5), np.int64)
        elif why == lots_run.MORE_LOTS:
            self._lots = np.concatenate((self._lots, np.empty_like(self._lots)))
        elif self._state[lots.FOUND] > len(self._found) // 2:
            self._keep()
        else:
            self._found = np.concatenate((self._found, np.empty_like(self._found)))

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
    opened, running, most = np.zeros((3, len(flags)), np.int64)
    wide = openings(ledger.senders, ledger.receivers, ledger.values, flags, opened, running, most)
    return opened if wide == lots.NONE else int(wide)


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


def _transactions(table: TransferTable, ledger: Coded, question: Question) -> Ints:
    """The number of every transfer's transaction, where they are counted (M25)."""
    if question.max_transactions is None:
        return np.empty(0, np.int32)
    import pyarrow as pa

    texts = table.columns(["txid"]).column("txid").cast(pa.large_string())  # together they may have more than 2 GiB
    column = texts.combine_chunks().dictionary_encode()
    numbers: Ints = column.indices.to_numpy().copy()
    return numbers if ledger.rows is None else numbers[ledger.rows]


def _balance(found: Found, claimed: Sequence[int], whose: Sequence[int], names: Sequence[str]) -> None:
    """Assert the law of conservation (M26) for every origin."""
    sums = [0] * len(names)
    for origin, value in zip(whose, claimed, strict=True):
        sums[origin] += value
    for origin, value in found.sums():
        sums[origin] -= value
    lost = {name: left for name, left in zip(names, sums, strict=True) if left}
    if lost:
        raise AssertionError(f"claimed and found differ: {lost}")


def _places(ledger: Coded, accounts: Ints, values: Ints) -> tuple[Place, ...]:
    """Accounts by asset and address, with base units of each."""
    texts = ledger.addresses.take(ledger.address_of[accounts]).to_pylist()
    contracts = [ledger.contracts[asset] for asset in ledger.asset_of[accounts].tolist()]
    return tuple(sorted(Place(*place) for place in zip(contracts, texts, values.tolist(), strict=True)))


def _inflows(ledger: Coded, found: Found) -> tuple[Place, ...]:
    """Per account, what came back from where traced value was left."""
    sums: dict[int, int] = {}
    for row, value in found.came_back():
        account = int(ledger.receivers[row])
        sums[account] = sums.get(account, 0) + value
    return tuple(
        sorted(
            Place(ledger.contracts[ledger.asset_of[one]], ledger.addresses[ledger.address_of[one]].as_py(), value)
            for one, value in sums.items()
        )
    )
