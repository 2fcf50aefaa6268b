"""How a notebook shows a report and its tables: escaped HTML. The picture has a script, and stands without it too."""

from collections.abc import Sequence

from chaintrace.report.interface import Cell, Report, Table
from chaintrace.report.markup import Html, joined, table, tag
from chaintrace.report.picture_page import with_style
from chaintrace.report.wording import counted

SHOWN = 20
"""Rows of a table that a notebook shows; a frame has them all."""

LONGEST = 80
"""Characters of a text that a notebook shows: a txid and an outpoint whole, of a sentence the beginning."""

LISTED = 10
"""Reasons and notices that a notebook shows of a trace."""

CHOSEN = {
    *("rank", "origin", "chain", "address", "memo", "entity", "grade", "label_source"),
    *("asset", "traced_value", "traced_amount", "min_value", "max_value"),
}
"""The columns of endpoints that stand under a report: more of them would not fit beside each other."""


def shown_table(whole: Table) -> Html:
    """The first rows of a table, long texts cut. A column that is empty in all of them is left out, and named below."""
    rows = whole.rows[:SHOWN]
    kept = [at for at in range(len(whole.columns)) if any(row[at] not in {None, ""} for row in rows)]
    numbers = [place for place, at in enumerate(kept) if any(isinstance(row[at], int) for row in rows)]
    drawn = table(
        [whole.columns[at] for at in kept], [[_cell(row[at]) for at in kept] for row in rows], numbers=numbers
    )
    empty = [name for at, name in enumerate(whole.columns) if at not in kept]
    count = counted(len(whole.rows), "row")
    more = f"the first {SHOWN} of {count}; to_frame() has all" if len(whole.rows) > SHOWN else count
    said = f"{whole.name}: {more}" + (f"; empty: {', '.join(empty)}" if empty and rows else "")
    return joined((_sideways(drawn) if rows else None, tag("p", tag("small", said))))


def _sideways(wide: Html) -> Html:
    """A row a line, and what is wider than the notebook, to be moved sideways."""
    return tag("div", wide, style="overflow-x: auto; white-space: nowrap")


def _cell(value: Cell) -> str:
    """A cell as text; base units keep every digit, a long text its beginning."""
    if isinstance(value, str) and len(value) > LONGEST:
        return f"{value[:LONGEST]}…"
    return "" if value is None else str(value)


def _chosen(whole: Table) -> Table:
    """The table with the chosen columns alone."""
    kept = [at for at, name in enumerate(whole.columns) if name in CHOSEN]
    return Table(
        whole.name,
        tuple(whole.columns[at] for at in kept),
        tuple(tuple(row[at] for at in kept) for row in whole.rows),
    )


def _first(texts: Sequence[str], name: str) -> tuple[str, ...]:
    """The first of these texts, and where the rest of them stand."""
    more = len(texts) - LISTED
    return (*texts[:LISTED], *((f"{more} more: trace.{name} has all",) if more > 0 else ()))


def shown_report(report: Report, notices: Sequence[str] = ()) -> Html:
    """The first sentence, why it is not complete, the notices, the picture, the chosen columns of the endpoints."""
    said = (("Not complete:", _first(report.reasons, "reasons")), ("To note:", _first(notices, "notices")))
    lists = ((tag("p", lead), tag("ul", (tag("li", text) for text in texts))) for lead, texts in said if texts)
    shown = shown_table(_chosen(report.tables["endpoints"]))
    return joined((tag("p", tag("b", report.sentence)), lists, with_style(report.inputs), shown))
