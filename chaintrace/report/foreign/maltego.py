"""Maltego: the graph as a file that it opens, and one CSV with a link a row for its import of a graph from a table."""

from pathlib import Path

from chaintrace.report.foreign.csv_pairs import write_rows
from chaintrace.report.foreign.links import Entity, linked, movement
from chaintrace.report.foreign.mtgx import standard_type, write_graph
from chaintrace.report.interface import Report

TABLE, GRAPH = "maltego.csv", "maltego.mtgx"
ENDS = ("id", "type", "address", "chain", "attributed_to", "category", "confidence", "source", "roles")
COLUMNS = (
    *(f"from_{name}" for name in ENDS), *(f"to_{name}" for name in ENDS),
    "link_label", "link_kind", "txid", "index", "time", "asset", "contract", "decimals", "value", "amount",
    "traced_value", "traced_amount", "origin", "rule", "description",
)  # fmt: skip


class Maltego:
    """The report as a graph file, and as a table of links."""

    name = "maltego"
    summary = "a graph file that Maltego opens, and one CSV with a link a row for its import from a table"

    def write(self, report: Report, folder: Path) -> tuple[str, ...]:
        """Write two files; return their names. Raises OSError as the system gives it."""
        found = linked(report)
        rows = (
            (
                *_end(found.entities[one.source]), *_end(found.entities[one.target]), one.traced_amount or one.kind,
                one.kind, one.txid, one.index, one.time, one.asset, one.contract, one.decimals, one.value, one.amount,
                one.traced_value, one.traced_amount, one.origin, one.rule, movement(one),
            )
            for one in found.links
        )  # fmt: skip
        write_rows(folder / TABLE, COLUMNS, rows)
        write_graph(found, folder / GRAPH)
        return TABLE, GRAPH


def _end(one: Entity) -> tuple[str, ...]:
    sure = "" if one.confidence is None else str(one.confidence)
    kind = standard_type(one).name
    return one.key, kind, one.name, one.chain, one.label, one.category, sure, one.label_source, one.role
