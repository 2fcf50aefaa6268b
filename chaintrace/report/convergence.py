"""convergence.csv: the endpoints that several payments reach, a row for each endpoint and payment."""

from chaintrace.report.amounts import amount, iso, scaled
from chaintrace.report.columns import COLUMNS
from chaintrace.report.credited import Memos, Ranked
from chaintrace.report.interface import Cell, Inputs, Table

Met = tuple[Ranked, ...]
"""What different payments were credited at one address in one asset, with one memo where that is part of it."""


def convergence(rows: tuple[Ranked, ...]) -> Table:
    """The endpoints where payments meet, of most payments first, then of most value; in each the largest first."""
    found: list[tuple[Cell, ...]] = []
    for number, met in enumerate(sorted(meetings(rows), key=_order), 1):
        total = sum(row.value for row in met)
        for row in sorted(met, key=lambda row: (-row.value, row.place[0])):
            origin, chain, address, asset = row.place
            first, last = row.credits[0], row.credits[-1]
            found.append(
                (
                    *(number, chain, address, row.label.entity, row.label.service),
                    *(asset.name, asset.contract, asset.decimals, len(met), total, amount(total, asset.decimals)),
                    *(origin, row.value, amount(row.value, asset.decimals), iso(first.time), iso(last.time)),
                    *(min(credit.hop for credit in row.credits), "; ".join(row.memos or ())),
                )
            )
    return Table("convergence", COLUMNS["convergence"], tuple(found))


def are_several(inputs: Inputs) -> bool:
    """Whether the case has more than one payment, so that they could meet."""
    return len({claim.origin for claim in inputs.trace.claims}) > 1


def meetings(rows: tuple[Ranked, ...]) -> list[Met]:
    """The endpoints that more than one payment reaches; where a memo is needed and not known, nobody knows that."""
    places: dict[tuple[str, str, str, Memos], list[Ranked]] = {}
    for row in rows:
        _, chain, address, asset = row.place
        if row.memos != ():
            places.setdefault((chain, address, asset.contract, row.memos), []).append(row)
    return [tuple(met) for met in places.values() if len(met) > 1]


def _order(met: Met) -> tuple[object, ...]:
    _, chain, address, asset = met[0].place
    total = sum(row.value for row in met)
    return (-len(met), -scaled(total, asset.decimals), chain, address, asset.contract, met[0].memos or ())
