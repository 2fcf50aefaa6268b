"""`[follow]`: where following over the network ends by itself, and which blocks count as settled."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from chaintrace.case.finality import depth_of, is_of_accounts
from chaintrace.case.settings import MOST, read_min_values
from chaintrace.case.table import Table
from chaintrace.fetch import MOST_WORKERS, WORKERS

KEYS = ("max_requests", "max_transactions", "max_seconds", "min_value", "workers", "depth")

REQUESTS, TRANSACTIONS, SECONDS = 20_000, 20_000, 900
MOST_DEPTH = 1_000
"""The most confirmations after which a case may say that a block counts as settled."""


@dataclass(frozen=True, slots=True)
class Budgets:
    """Where following ends by itself; None is no budget. Each says so when it bites.

    `requests` and `seconds` are those of one run, `transactions` those that the case has reached. What waits with
    less than `least` (base units, by chain and contract) is not asked for. Blocks `depth` below a tip are settled
    (None: as deep as their chain needs); on account chains those are that a source calls final.
    """

    requests: int | None = None
    transactions: int | None = None
    seconds: int | None = None
    least: Mapping[tuple[str, str], int] = field(default_factory=dict)
    depth: int | None = None
    workers: int = WORKERS


def read_budgets(entry: Table, chains: Sequence[str]) -> Budgets:
    """The budgets of a case. Raises InputError with the line."""
    entry.only(KEYS)
    return Budgets(
        requests=entry.integer("max_requests", REQUESTS, 1, MOST),
        transactions=entry.integer("max_transactions", TRANSACTIONS, 1, MOST),
        seconds=entry.integer("max_seconds", SECONDS, 1, MOST),
        least=read_min_values(entry, chains),
        depth=entry.integer("depth", 1, 1, MOST_DEPTH) if "depth" in entry.values else None,
        workers=entry.integer("workers", WORKERS, 1, MOST_WORKERS),
    )


def said(budgets: Budgets, chains: Iterable[str]) -> str:
    """The budgets as one sentence of a report about these chains; how many questions are in flight changes no number.

    Every number in it is one that the follow uses (`anchors`).
    """
    least = "".join(
        f"; less than {value} base units of {':'.join(name for name in asset if name)} is not asked for"
        for asset, value in sorted(budgets.least.items())
    )
    settled = "; ".join(f"of {chain} {_settled(budgets.depth, chain)}" for chain in dict.fromkeys(chains))
    return (
        f"Following over the network ends after {_number(budgets.requests, 'requests')}, "
        f"{_number(budgets.transactions, 'transactions')} or {_number(budgets.seconds, 'seconds')}{least}; "
        f"blocks count as settled: {settled}."
    )


def _settled(depth: int | None, chain: str) -> str:
    """When a block of a chain counts as settled."""
    below = f"{depth_of(chain) if depth is None else depth} below the tip"
    if not is_of_accounts(chain):
        return below
    return f"when a source calls them final, or {below} where none says what is final"


def _number(value: int | None, what: str) -> str:
    return f"any number of {what}" if value is None else f"{value:,} {what}"
