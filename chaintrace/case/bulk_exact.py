"""A bulk trace by the tracing engine itself: values of any size, and the answer in the same shape as the kernels'."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from chaintrace.adapters.assets import asset
from chaintrace.bulk.trace import Answer, Place
from chaintrace.bulk.trace_outcomes import COLUMNS, RESTING_ORDER, schema
from chaintrace.bulk.trace_table import About, TransferRow, TransferTable
from chaintrace.case.view import CaseView, Tags
from chaintrace.model.chain import Account, Asset, Block
from chaintrace.model.provenance import Coverage, Source
from chaintrace.model.trace import OUTCOME_NAMES, AnyOutcome, Limits, NotFollowed, Resting, Seed, Trace
from chaintrace.model.transaction import Kind, Leg, Transaction, Transfer
from chaintrace.store import MemoryStore
from chaintrace.tracing import trace

if TYPE_CHECKING:
    import pyarrow as pa


def view_of(
    table: TransferTable, rows: Iterable[TransferRow], covered: frozenset[str] | None = None, tags: Tags | None = None
) -> CaseView:
    """A view over some of the transfers of a table, or over all. `covered` is None for every address (M10)."""
    about, source = table.about, Source("bulk", table.path.name, "")
    store = MemoryStore()
    store.add(transactions(about, rows, source), source)
    cover = Coverage(about.chain, covered, None, about.start, about.end, about.height, about.time)
    return CaseView(store.facts([source]), (cover,), all_tags=tags or {})


def exact(view: CaseView, seeds: Sequence[Seed], method: str, limits: Limits) -> Answer:
    """The answer of the tracing engine. Raises InputError for seeds that cannot be."""
    found = trace(view, tuple(seeds), method, limits)
    return Answer(
        _table(found),
        tuple(claim.claimed for claim in found.claims),
        _places(found, "opening"),
        _places(found, "inflow"),
    )


def transactions(about: About, rows: Iterable[TransferRow], source: Source) -> Iterable[Transaction]:
    """The transactions of transfers that stand in chain order; a transfer's place is its row."""
    assets = {contract: asset(about.chain, contract, scale) for contract, scale in about.decimals.items()}
    grouped: dict[str, list[TransferRow]] = {}
    for row in rows:
        grouped.setdefault(row.txid, []).append(row)
    accounts: dict[tuple[str, str], Account] = {}
    for txid, parts in grouped.items():
        first = parts[0]
        transfers = tuple(_transfer(part, assets[part.asset], accounts) for part in parts)
        block = Block(first.height, "", first.time)
        yield Transaction(about.chain, txid, block, first.row, transfers, source=source)


def _transfer(row: TransferRow, what: Asset, accounts: dict[tuple[str, str], Account]) -> Transfer:
    """One transfer; equal accounts are one object."""
    sides = []
    for address in (row.sender, row.receiver):
        key = (address, row.asset)
        account = accounts.get(key) or accounts.setdefault(key, Account(address, what))
        sides.append((Leg(row.value, account, address),) if address else ())
    kind: Kind = "mint" if not row.sender else "burn" if not row.receiver else "token" if row.asset else "native"
    rank = row.time if row.height is None else row.height
    return Transfer(row.index, kind, what, sides[0], sides[1], (rank, row.row, 0), what.token_id)


def _places(found: Trace, kind: str) -> tuple[Place, ...]:
    """The gaps of one kind, as the kernels tell them."""
    held = (gap for gap in found.gaps if gap.kind == kind)
    return tuple(sorted(Place(gap.contract, gap.subject, gap.effect_value or 0) for gap in held))


def _table(found: Trace) -> "pa.Table":
    import pyarrow as pa

    lines = [_line(outcome) for outcome in found.outcomes if not isinstance(outcome, Resting)]
    rests = [_line(outcome) for outcome in found.of(Resting)]
    parts = [pa.Table.from_pylist(part, schema=schema()) for part in (lines, rests)]
    return pa.concat_tables([parts[0], parts[1].sort_by(RESTING_ORDER)])


def _line(outcome: AnyOutcome) -> Mapping[str, str | int | None]:
    """One outcome by the columns of the table."""
    cells = (
        outcome.origin, OUTCOME_NAMES[type(outcome)], outcome.reason if isinstance(outcome, NotFollowed) else "",
        outcome.asset.chain, outcome.asset.contract, outcome.address, outcome.txid, outcome.index, outcome.height,
        outcome.time, str(outcome.value), outcome.hop,
    )  # fmt: skip
    return dict(zip(COLUMNS, cells, strict=True))
