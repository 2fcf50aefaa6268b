"""Neo4j: nodes and relationships as CSV with the headers of its bulk import, and the command that reads them.

The header is that of `neo4j-admin database import` (Neo4j's Operations Manual, "CSV header format"): `name:type`, a
property without a type is text. An empty cell without quotes is no property, one in quotes would be an empty text.
"""

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
    "txid", "index", "time:datetime", "height:long", "asset", "contract", "decimals:int", "value", "amount",
    "traced_value", "traced_amount", "origin", "hop:int", "rule",
)  # fmt: skip
"""Properties of a relationship. Values are text, for they may be larger than the 64 bits of Neo4j's integers."""


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
        write_rows(folder / NODES, NODE_COLUMNS, nodes, mark=False, absent=True)
        names = tuple(field.partition(":")[0] for field in FIELDS)
        rows = (
            (one.source, *(str(getattr(one, name)) for name in names), str(one.uuid), one.target, one.kind.upper())
            for one in found.links
        )
        write_rows(
            folder / RELATIONSHIPS, (":START_ID", *FIELDS, "uuid", ":END_ID", ":TYPE"), rows, mark=False, absent=True
        )
        return NODES, RELATIONSHIPS
