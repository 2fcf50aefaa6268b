"""What reaches a terminal or a pipe: plain text without control characters, tables, and progress on stderr."""

import re
import sys
from collections.abc import Iterable, Sequence
from typing import Literal

import click

RANGE = "range"
NUMBERS = frozenset({"amount", RANGE, "value", "share", "rank", "height", "confidence", "hops", "base units"})
"""Columns of numbers: flush right, and never folded."""

WHOLE = NUMBERS | {"as of"}
"""Columns that never fold: numbers and times."""

WIDE = 120
"""Columns of a terminal that has room for lines between the cells and for both ends of a range side by side."""

LEAST = 9
"""The fewest characters of a column of text in a drawn table; it folds."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def clean(text: object) -> str:
    """One cell or sentence as a terminal may see it: on one line, without control or direction characters."""
    return _CONTROL.sub("", str("" if text is None else text).replace("\t", " ").replace("\n", " "))


def say(text: str) -> None:
    """A line for stdout."""
    click.echo(clean(text))


def notice(text: str) -> None:
    """A line for stderr."""
    click.echo(clean(text), err=True)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], none: str = "none") -> None:
    """A table for a person on a terminal; else a title, a line of columns and lines of cells parted by tabs."""
    cells = [[clean(cell) for cell in row] for row in rows]
    if not cells:
        say(f"{title}: {none}")
    elif sys.stdout.isatty():
        _drawn(title, columns, cells)
    else:
        say(title)
        for line in (columns, *cells):
            click.echo("\t".join(line))


def _drawn(title: str, columns: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    """The same with lines and colours. Cells are plain text: what looks like markup in them is not read.

    A number never folds and is never cut: where the numbers leave too little room for the rest, each row is a block.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    narrow = console.width < WIDE
    if narrow:
        cells = [
            [_in_two(cell) if name == RANGE else cell for name, cell in zip(columns, row, strict=True)] for row in cells
        ]
    if sum(_least(columns, cells)) + len(columns) - 1 > console.width:
        _blocks(title, columns, cells)
        return
    drawn = Table(
        title=Text(title),
        title_justify="left",
        show_edge=False,
        header_style="bold",
        box=box.SIMPLE_HEAD if narrow else box.HEAVY_HEAD,
        pad_edge=not narrow,
        padding=0 if narrow else (0, 1),
    )
    for column, least in zip(columns, _least(columns, cells), strict=True):
        number = column in NUMBERS
        side: Literal["right", "left"] = "right" if number else "left"
        drawn.add_column(Text(column), justify=side, overflow="fold", no_wrap=column in WHOLE, min_width=least)
    for row in cells:
        drawn.add_row(*(Text(cell) for cell in row))
    console.print(drawn)


def _in_two(cell: str) -> str:
    """The ends of a range one under the other."""
    low, dash, high = cell.partition("-")
    return f"{low}{dash}\n{high}" if dash else cell


def _least(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> list[int]:
    """The least width of each column: numbers whole, of every other one a few characters and the words of its name."""
    widths = []
    for at, column in enumerate(columns):
        longest = max(len(line) for text in (column, *(row[at] for row in cells)) for line in text.split("\n"))
        word = max(map(len, column.split()))
        widths.append(longest if column in WHOLE else max(word, min(longest, LEAST)))
    return widths


def _blocks(title: str, columns: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    """Each row as lines of a column's name and its cell, for a terminal that is too narrow for a table."""
    margin = max(map(len, columns)) + 1
    click.echo(title)
    for row in cells:
        for column, cell in zip(columns, row, strict=True):
            click.echo(f"{column.ljust(margin)}{cell.replace(chr(10), '')}".rstrip())
        click.echo("")


class Progress:
    """An observer for the command line: one line on stderr for each thing done, redrawn where stderr is a terminal."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._last = ""

    def __call__(self, what: str, done: int = 0, total: int = 0) -> None:
        """Show what is being done, with a bar on a terminal when `total` is known; in a pipe each thing once."""
        if self._live:
            filled = 20 * done // total if total else 0
            bar = f" [{'#' * filled}{'.' * (20 - filled)}] {done}/{total}" if total else ""
            click.echo(f"\r\x1b[K{clean(what)}{bar}", nl=False, err=True)
        elif what != self._last:
            notice(what)
        self._last = what

    def done(self) -> None:
        """Take the line away again."""
        if self._live and self._last:
            click.echo("\r\x1b[K", nl=False, err=True)
