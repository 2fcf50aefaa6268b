"""The schedule of a request: every transfer and every resting place as a row, in columns that never change.

Base units and amounts, addresses and txids are text. What is asked for stands in the first row of its address and
payment, so that the column's sum is what the letter asks for.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from chaintrace.freeze.amounts import share_of
from chaintrace.freeze.moments import local, zones
from chaintrace.freeze.request import AMOUNTS, Credit, Place, Request
from chaintrace.model.amounts import amount
from chaintrace.report.csv_files import write_table
from chaintrace.report.interface import Cell, Table

COLUMNS = (
    *("no", "kind", "origin", "chain", "address", "memo", "service_address", "attributed_to", "attributed_by"),
    *("confidence", "shape", "txid", "index", "time", "time_recipient", "time_case", "asset", "contract", "decimals"),
    *("gross_value", "gross_amount", "traced_value", "traced_amount", "share", "least_value", "most_value"),
    *("asked_value", "asked_amount", "reason", "balance_value", "as_of", "issuer_state", "issuer_state_height"),
)
"""The columns of schedule.csv: `kind` is credit or resting, `time` is UTC."""


def schedule(request: Request) -> Table:
    """The schedule as a table."""
    return Table("schedule", COLUMNS, tuple(row for place in request.places for row in _rows(request, place)))


def write_csv(request: Request, path: Path) -> None:
    """schedule.csv, for spreadsheets and case systems. Raises OSError as the system gives it."""
    write_table(schedule(request), path)


def _rows(request: Request, place: Place) -> Iterator[tuple[Cell, ...]]:
    for number, credit in enumerate(place.credits or (None,)):
        yield _row(request, place, credit, first=number == 0)


def _row(request: Request, place: Place, credit: Credit | None, *, first: bool) -> tuple[Cell, ...]:
    decimals = place.asset.decimals
    gross, traced = (credit.gross, credit.traced) if credit else (None, place.traced)
    asked = place.asked if first and request.kind in AMOUNTS else None
    at = credit.time if credit else None
    recipient, case = (_there(request, at, name) for name in (_recipient_zone(request), request.asker.clock.time_zone))
    return (
        *(place.number, "credit" if credit else "resting", place.origin, place.chain, place.address),
        (credit.memo if credit and credit.memo else place.memo),
        *(place.service_address, place.called, place.label_source, place.confidence, place.shape),
        *((credit.txid, credit.index) if credit else ("", "")),
        *(_iso(at), recipient, case, place.asset.name, place.asset.contract, decimals),
        *(gross, amount(gross, decimals), traced, amount(traced, decimals)),
        *(share_of(credit.traced, credit.gross) if credit else "", place.low, place.high),
        *(asked, amount(asked, decimals), place.reason if first else "", place.balance, _iso(place.as_of)),
        *(place.state, place.state_height),
    )


def _recipient_zone(request: Request) -> str:
    return request.recipient["time_zone"]


def _there(request: Request, at: datetime | None, name: str) -> str:
    where = dict(zones(request)).get(name)
    return local(at, name, where) if where else ""


def _iso(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if at else ""
