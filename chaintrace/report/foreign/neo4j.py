"""Neo4j: nodes and relationships as CSV with the headers of its bulk import, and the command that reads them."""

from pathlib import Path

from chaintrace.report.foreign.csv_pairs import write_rows
from chaintrace.report.foreign.links import linked
from chaintrace.report.interface import Report

NODES, RELATIONSHIPS = "neo4j-nodes.csv", "neo4j-relationships.csv"
NODE_COLUMNS = (
    "id:ID", "uuid", "name", "chain", "attributed_to", "category", "confidence:int", "label_source", "roles:string[]",
    ":LABEL",
)  # fmt: skip
LABELS = {"address": "Address", "transaction": "Transaction", "output": "Output"}
FIELDS = (
    "txid", "index", "time", "height", "asset", "contract", "decimals", "value", "amount", "traced_value",
    "traced_amount", "origin", "hop", "rule",
)  # fmt: skip
"""Properties of a relationship. All are text, for values may be larger than the 64 bits of Neo4j's integers."""


class Neo4j:
    """The report for `neo4j-admin database import`."""

    name = "neo4j"
    summary = "nodes and relationships as CSV, for Neo4j's bulk import"

    def write(self, report: Report, folder: Path) -> tuple[str, ...]:
        """Write two files; return their names. Raises OSError as the system gives it."""
        found = linked(report)
        nodes = (
            (
                one.key, str(one.uuid), one.name, one.chain, one.label, one.category,
                "" if one.confidence is None else str(one.confidence), one.label_source, ";".join(one.roles),
                LABELS[one.kind],
            )
            for one in found.entities.values()
        )  # fmt: skip
        write_rows(folder / NODES, NODE_COLUMNS, nodes, mark=False, end="\n")
        rows = (
            (one.source, *(str(getattr(one, name)) for name in FIELDS), str(one.uuid), one.target, one.kind.upper())
            for one in found.links
        )
        columns = (":START_ID", *FIELDS, "uuid", ":END_ID", ":TYPE")
        write_rows(folder / RELATIONSHIPS, columns, rows, mark=False, end="\n")
        return NODES, RELATIONSHIPS
