"""The rows of a table as Python has them: a sequence of mappings that a notebook shows and pandas takes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, overload

from chaintrace.report import Table
from chaintrace.report.interface import Cell

if TYPE_CHECKING:
    import pandas as pd


class Rows(Sequence[Mapping[str, Cell]]):
    """The rows of one table: a sequence of mappings from column to cell.

    A cell is text, an `int`, or None for "not known". Values are whole numbers of base units, times ISO 8601 in UTC. A
    slice is `Rows` again, and rows are equal where columns and cells are.

    >>> import chaintrace as ct
    >>> hops = ct.demo_case("first-payments").follow().hops
    >>> len(hops), hops.columns[:3]
    (14, ('step', 'chain', 'txid'))
    >>> hops[0]["traced_value"], hops[0]["traced_amount"]
    (5000000000, '50.00000000')
    >>> hops[:2]
    <2 rows of hops>
    >>> hops.to_frame()["time"].dt.tz
    datetime.timezone.utc
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    @property
    def name(self) -> str:
        """The name of the table."""
        return self._table.name

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in their fixed order."""
        return self._table.columns

    @overload
    def __getitem__(self, index: int) -> Mapping[str, Cell]: ...

    @overload
    def __getitem__(self, index: slice) -> "Rows": ...

    def __getitem__(self, index: int | slice) -> "Mapping[str, Cell] | Rows":
        if isinstance(index, slice):
            return Rows(Table(self.name, self.columns, self._table.rows[index]))
        return dict(zip(self.columns, self._table.rows[index], strict=True))

    def __len__(self) -> int:
        return len(self._table.rows)

    def __iter__(self) -> Iterator[Mapping[str, Cell]]:
        return self._table.records()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Rows):
            return NotImplemented
        return (self.columns, self._table.rows) == (other.columns, other._table.rows)

    def __hash__(self) -> int:
        return hash((self.columns, self._table.rows))

    def __repr__(self) -> str:
        return f"<{len(self)} {'row' if len(self) == 1 else 'rows'} of {self.name}>"

    def _repr_html_(self) -> str:
        """How a notebook shows the rows."""
        from chaintrace.report.notebook import shown_table

        return shown_table(self._table)

    def to_frame(self) -> "pd.DataFrame":
        """A pandas frame with the same columns, and nothing rounded.

        Whole numbers stay Python integers (object dtype), amounts exact decimal text, times are timestamps in UTC; what
        is not known is missing (None, NaT).
        """
        from chaintrace import frames

        return frames.frame(self._table)
