"""i2 Analyst's Notebook: a chart that it opens; entities and links as CSV, and what to choose in its import."""

from pathlib import Path

from chaintrace.report.foreign.anx import write_chart
from chaintrace.report.foreign.csv_pairs import write_rows
from chaintrace.report.foreign.links import LINK_COLUMNS, attribution, linked, movement
from chaintrace.report.interface import Report

CHART = "i2-chart.anx"
ENTITIES, LINKS, SPECIFICATION = "i2-entities.csv", "i2-links.csv", "i2-import.txt"

ENTITY_COLUMNS = (
    "Identity", "Type", "Label", "Chain", "Address", "Attributed to", "Category", "Confidence", "Source", "Roles",
    "Description",
)  # fmt: skip
TYPES = {"address": "Account", "transaction": "Transaction", "output": "Account"}
"""Entity types of the notebook's own palette, by kind of entity."""

TEXT = """\
Import specification for i2 Analyst's Notebook

{chart} needs none: it is an Exchange file, to be opened by the notebook as it is. The rest is for a chart of your own
types, or where that file is not taken.

Both CSV files: UTF-8, comma, quote ", the first row holds the names. Import every column as Text: a number of more
than 15 digits would be rounded. Import the entities first.

{entities} (design: one entity a row)
  Identity     -> Identity of the entity; it is what the links refer to
  Type         -> Type (Account, Transaction)
  Label        -> Label
  Chain, Address, Attributed to, Category, Confidence, Source, Roles -> attributes of the same name, Text
  Description  -> Description

{links} (design: two entities, one link a row)
  source       -> Identity of the first entity
  target       -> Identity of the second entity; the arrow goes from source to target
  kind         -> Type of the link (transfer, input, conversion)
  label        -> Label of the link
  time         -> Date and time of the link: yyyy-MM-ddTHH:mm:ssZ, UTC
  value, amount, traced_value, traced_amount -> attributes, Text: never Number
  every other column -> attribute of the same name, Text

Multiplicity of links: multiple, so that each row stays a link of its own.
A link of the kind input bears no value: which input paid which output a transaction does not say.
"""


class AnalystsNotebook:
    """The report for i2 Analyst's Notebook."""

    name = "i2"
    summary = "a chart for i2 Analyst's Notebook, and entities and links as CSV with an import specification"

    def write(self, report: Report, folder: Path) -> tuple[str, ...]:
        """Write four files; return their names. Raises OSError as the system gives it."""
        found = linked(report)
        entities = (
            (
                one.key, TYPES[one.kind], one.label or one.name, one.chain, one.name, one.label, one.category,
                "" if one.confidence is None else str(one.confidence), one.label_source, one.role, attribution(one),
            )
            for one in found.entities.values()
        )  # fmt: skip
        write_rows(folder / ENTITIES, ENTITY_COLUMNS, entities)
        rows = (
            (*(str(getattr(one, name)) for name in LINK_COLUMNS), one.traced_amount or one.kind, movement(one))
            for one in found.links
        )
        write_rows(folder / LINKS, (*LINK_COLUMNS, "label", "description"), rows)
        told = TEXT.format(chart=CHART, entities=ENTITIES, links=LINKS)
        (folder / SPECIFICATION).write_text(told, encoding="utf-8", newline="\r\n")
        write_chart(found, folder / CHART)
        return CHART, ENTITIES, LINKS, SPECIFICATION
