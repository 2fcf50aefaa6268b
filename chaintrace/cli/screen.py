"""`screen`: what is known of each address and txid of a list, and what in it could not be read."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from chaintrace.cli.printing import Progress, notice, say, table

if TYPE_CHECKING:
    from chaintrace.case.screening.screen import Screened

INCOMPLETE = 3
"""The exit code where something that looks like an address or a txid was not read."""


@click.command()
@click.argument("source", metavar="FILE")
@click.option("--chain", help="The one chain that the addresses are of; left out, each is recognised.")
@click.option("--case", "cases", multiple=True, metavar="DIR", type=click.Path(path_type=Path),
              help="A case whose facts are looked at; may be repeated.")  # fmt: skip
@click.option("--cases", "root", metavar="ROOT", type=click.Path(path_type=Path),
              help="Say which of the case folders below it hold each.")  # fmt: skip
@click.option("--to", "target", metavar="CSV", type=click.Path(path_type=Path), help="Write it there as CSV as well.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def screen(
    *, source: str, chain: str | None, cases: tuple[Path, ...], root: Path | None, target: Path | None, as_json: bool
) -> int:
    """Say what is known of each address and txid in a CSV, a workbook or a text (- is stdin); no network is asked.

    Nothing is corrected: what is damaged or disguised is named with its place and the reason, and the exit code is 3.
    """
    from chaintrace.case.overwriting import spare
    from chaintrace.case.result import now
    from chaintrace.case.screening import tables
    from chaintrace.case.screening.screen import screen as look

    progress = Progress()
    try:
        path = None if source == "-" else Path(source)
        spare(target, *([path] if path else []), *cases)
        found = look(path, now, chain=chain or "", cases=cases, root=root, observer=progress)
    finally:
        progress.done()
    if target is not None:
        tables.write(found, target)
        notice(f"{len(found.items)} read and {len(found.unread)} not read in {target}")
    if as_json:
        click.echo(json.dumps(tables.shape(found), ensure_ascii=True, indent=2))
    else:
        _print(found)
    for said in found.notices:
        notice(f"note: {said}")
    return INCOMPLETE if found.unread else 0


def _print(found: "Screened") -> None:
    """The count, what is known of each, the links among them, and what was not read."""
    from chaintrace.case.screening import tables

    say(f"{len(found.items)} addresses and txids read, {len(found.unread)} not read")
    table("Listed", tables.SHOWN, tables.shown(found))
    if found.links:
        table("Links among them", tables.LINKS, tables.between(found.links))
    if found.unread:
        rows = ([tables.cut(one.text), one.place, one.reason] for one in found.unread)
        table("Not read", ("as it stands", "place", "why"), rows)
