"""What reaches a terminal or a pipe: plain text without control characters, tables, and progress on stderr."""

import re
import sys
from collections.abc import Iterable, Sequence

import click

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
    """The same with lines and colours. Cells are plain text: what looks like markup in them is not read."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(title=Text(title), title_justify="left", show_edge=False, header_style="bold")
    for column in columns:
        number = column in {"amount", "range", "value", "share"}
        drawn.add_column(Text(column), justify="right" if number else "left", overflow="fold")
    for row in cells:
        drawn.add_row(*(Text(cell) for cell in row))
    Console().print(drawn)


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
