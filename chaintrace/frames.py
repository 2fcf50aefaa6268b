"""The only place that makes pandas frames and the networkx graph of a report. Both are imported when asked for.

Values stay Python integers: a frame keeps them in columns of objects, because 2**256 - 1 fits in no machine integer
and no float may come near a value.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd

TIMES = frozenset({"time", "first_time", "last_time", "since", "as_of", "price_time", "from_time", "to_time"})
"""Columns that become timestamps in UTC; what is not known becomes NaT."""


class Tabular(Protocol):
    """Named columns and rows under them: any table of a report."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        ...

    @property
    def rows(self) -> Sequence[Sequence[str | int | None]]:
        """The rows; values in base units, times as ISO 8601 text in UTC, None for "not known"."""
        ...


def frame(table: Tabular) -> "pd.DataFrame":
    """A frame with the table's columns: base units and counts as Python integers, amounts as text, times in UTC."""
    import pandas as pd

    made = pd.DataFrame([list(row) for row in table.rows], columns=list(table.columns), dtype=object)
    for column in table.columns:
        if column in TIMES:
            made[column] = pd.to_datetime(made[column], utc=True, format="ISO8601")
    return made


NUMBERS = ("decimals", "height", "value", "traced_value", "hop")
"""Attributes of an edge that are whole numbers."""


def flow_graph(
    vertices: Mapping[str, Mapping[str, str | int | None]], edges: Iterable[tuple[str, str, Mapping[str, str]]]
) -> "nx.MultiDiGraph[str]":
    """Entities and links of a report as a directed multigraph; the key of an edge is its number.

    An edge is (source, target, attributes as text). Base units and counts become Python integers, what is not known
    becomes None.
    """
    import networkx as nx

    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for key, told in vertices.items():
        graph.add_node(key, **{name: None if value == "" else value for name, value in told.items()})
    for number, (source, target, said) in enumerate(edges):
        whole = {name: (int(text) if name in NUMBERS else text) if text else None for name, text in said.items()}
        graph.add_edge(source, target, key=number, **whole)
    return graph
