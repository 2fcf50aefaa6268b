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


def flow_graph(hops: Iterable[Mapping[str, str | int | None]]) -> "nx.MultiDiGraph[str]":
    """Rows of hops.csv as a directed multigraph: a vertex an address, an edge a movement of one origin's lots.

    A vertex is named `chain:address` (several senders of one transaction are one vertex, joined by `;`); an edge
    carries every column of its row, values as Python integers in base units, and its key is its row's number.
    """
    import networkx as nx

    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for number, hop in enumerate(hops):
        sender, receiver = (f"{hop['chain']}:{hop[side]}" for side in ("from_address", "to_address"))
        graph.add_node(sender, chain=hop["chain"], address=hop["from_address"])
        graph.add_node(receiver, chain=hop["chain"], address=hop["to_address"])
        graph.add_edge(sender, receiver, key=number, **hop)
    return graph
