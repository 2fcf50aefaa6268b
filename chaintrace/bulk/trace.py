"""Seeds by the thousand over a Parquet of transfers, in compiled code: what the tracing engine would say, to the unit.

One account chain, no continuation, no declared wallet. Values and balances of 63 bits: what is larger is refused as a
whole, by name, and never wraps (docs/method.md, M4). Rules: M5-M16, M19, M21, M22, M24-M27.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from chaintrace.bulk.lots import Ints
from chaintrace.bulk.lots_openings import LARGEST
from chaintrace.bulk.lots_run import WOKEN
from chaintrace.bulk.trace_coding import Coded, coded
from chaintrace.bulk.trace_outcomes import Found, outcomes
from chaintrace.bulk.trace_question import Question, Seeds, seeds_of
from chaintrace.bulk.trace_run import Run, flags_of, opened_of
from chaintrace.bulk.trace_table import TransferTable

if TYPE_CHECKING:
    import pyarrow as pa


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
    seeds = seeds_of(question)
    run = Run(ledger, question, flags, seeds)
    run.open(opened)
    run.ledger(_transactions(table, ledger, question))
    found = run.found()
    claimed = tuple(run.claimed.tolist())
    _balance(found, claimed, seeds)
    woken = np.flatnonzero((opened > 0) & (flags & WOKEN > 0))
    return Answer(
        outcomes(table, ledger, found, list(seeds.origins), question.until),
        claimed,
        _places(ledger, woken, opened[woken]),
        _inflows(ledger, found),
    )


def _transactions(table: TransferTable, ledger: Coded, question: Question) -> Ints:
    """The number of every transfer's transaction, where they are counted (M25)."""
    if question.max_transactions is None:
        return np.empty(0, np.int32)
    import pyarrow as pa

    texts = table.columns(["txid"]).column("txid").cast(pa.large_string())  # together they may have more than 2 GiB
    column = texts.combine_chunks().dictionary_encode()
    numbers: Ints = column.indices.to_numpy().copy()
    return numbers if ledger.rows is None else numbers[ledger.rows]


def _balance(found: Found, claimed: Sequence[int], seeds: Seeds) -> None:
    """Assert the law of conservation (M26) for every origin."""
    sums = [0] * len(seeds.origins)
    for origin, value in zip(seeds.whose.tolist(), claimed, strict=True):
        sums[origin] += value
    for origin, value in found.sums():
        sums[origin] -= value
    lost = {name: left for name, left in zip(seeds.origins, sums, strict=True) if left}
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
