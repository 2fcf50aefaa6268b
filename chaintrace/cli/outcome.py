"""What a trace prints: endpoints, resting places, what was not followed, the law of conservation, the report's path."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from chaintrace.cli.printing import notice, say, table

if TYPE_CHECKING:
    from chaintrace.case.result import Trace
    from chaintrace.report.interface import Cell

Row = Mapping[str, "Cell"]

FIRST = 10
"""Rows of sources.csv that are printed."""


def printed(result: "Trace") -> None:
    """Print a result: tables and the report's path on stdout, notices and reasons on stderr."""
    say(result.report.sentence)
    endpoints(result)
    resting(result)
    not_followed(result)
    conservation(result)
    sources(result)
    say(f"report: {result.folder / 'report.html'}")
    for line in result.notices:
        notice(line)
    for reason in result.reasons:
        notice(f"not complete: {reason}")


def endpoints(result: "Trace") -> None:
    """The endpoints, with the range over the methods where there are several."""
    from chaintrace.report.amounts import amount

    def range_of(row: Row) -> str:
        low, high = (amount(_int(row[key]), _int(row["decimals"])) for key in ("min_value", "max_value"))
        return f"{row['min_value']}-{row['max_value']}" if low is None or high is None else f"{low}-{high}"

    said, several = ("entity", "address", "label_source"), len(result.report.inputs.methods) > 1
    rows = (
        [
            *(row["rank"], row["origin"], _amount(row), _unit(row), *([range_of(row)] if several else [])),
            *(_claimed(row[key]) for key in said),
        ]
        for row in result.endpoints
    )
    columns = ("rank", "origin", "amount", "asset", *(["range"] if several else []), "attributed to", "address", "by")
    table(f"Endpoints under {result.report.inputs.method}", columns, rows)


def resting(result: "Trace") -> None:
    """Where value rests at the end of coverage."""
    rows = (
        [row["origin"], _amount(row), _unit(row), row["outpoint"] or row["address"], row["as_of"], row["height"]]
        for row in result.resting
    )
    table("Resting", ("origin", "amount", "asset", "where", "as of", "height"), rows)


def not_followed(result: "Trace") -> None:
    """What was left alone, added up by origin, asset and reason."""
    from chaintrace.report.amounts import amount

    sums: dict[tuple[object, ...], int] = {}
    for row in result.not_followed:
        key = (row["origin"], row["chain"], _unit(row), row["decimals"], row["reason"])
        sums[key] = sums.get(key, 0) + (_int(row["traced_value"]) or 0)
    rows = (
        [origin, amount(value, _int(decimals)) or f"{value} base units", unit, reason]
        for (origin, _, unit, decimals, reason), value in sums.items()
    )
    table("Not followed", ("origin", "amount", "asset", "reason"), rows)


def conservation(result: "Trace") -> None:
    """One line for each origin and asset of the main method: what was claimed is what came out (M26)."""
    by_claim: dict[tuple[object, ...], list[Row]] = {}
    for row in result.reconciliation:
        if row["method"] == result.report.inputs.method:
            by_claim.setdefault((row["origin"], row["chain"], row["contract"]), []).append(row)
    several = len({chain for _, chain, _ in by_claim}) > 1
    for (origin, chain, _), rows in by_claim.items():
        say(f"conservation: {origin}: {_balance(rows, f' on {chain}' if several else '')}")


def sources(result: "Trace") -> None:
    """Where the payments' own value came from, when that was asked: the first rows, and the file with all of them."""
    if "sources" not in result.report.tables:
        return
    found = result.table("sources")
    rows = (
        [row["origin"], _amount(row), _unit(row), row["kind"], row["address"], row["hop"], _claimed(row["entity"])]
        for row in found[:FIRST]
    )
    columns = ("origin", "amount", "asset", "the way back ends at", "address", "hops", "attributed to")
    table(f"Where the payments came from, by haircut ({min(FIRST, len(found))} of {len(found)})", columns, rows)
    say(f"all of them: {result.folder / 'sources.csv'}")


def _balance(rows: Iterable[Row], where: str) -> str:
    """`seed 100 = endpoint 90 + resting 10`, in base units, zeros left out; `where` says on which chain of several."""
    parts = [(str(row["outcome"]), _int(row["value"]) or 0, _unit(row)) for row in rows]
    into = [f"{name} {value}" for name, value, _ in parts if name in {"seed", "converted_in"} and value]
    out = [f"{name} {value}" for name, value, _ in parts if name not in {"seed", "converted_in"} and value]
    unit = next((unit for _, _, unit in parts), "")
    return f"{' + '.join(into) or '0'} = {' + '.join(out) or '0'} (base units of {unit}{where})"


def _claimed(cell: object) -> object:
    """A cell that a stranger may have worded: letters that only look Latin are named behind it."""
    from chaintrace.report.mixed_scripts import marked

    return marked(cell) if isinstance(cell, str) else cell


def _amount(row: Row) -> object:
    return row["traced_amount"] or f"{row['traced_value']} base units"


def _unit(row: Row) -> object:
    return row["asset"] or row["contract"] or row["chain"]


def _int(cell: object) -> int | None:
    return cell if isinstance(cell, int) else None
