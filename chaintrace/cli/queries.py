"""`queries`: what left this machine for a case."""

from pathlib import Path

import click

from chaintrace.cli.printing import table

COLUMNS = ("time", "adapter", "host", "request", "status", "bytes", "sha256", "outcome")


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def queries(folder: Path) -> None:
    """List every outgoing request of a case, from its log, those that failed too."""
    from chaintrace.case import lock, log
    from chaintrace.case.result import open_case

    open_case(folder)
    entries = log.verify(folder / log.FILE_NAME, lock.remembered(folder))
    rows = [
        [entry.time, *(entry.details.get(name) for name in COLUMNS[1:])]
        for entry in entries
        if entry.action == "request"
    ]
    table("Requests", COLUMNS, rows, "none: this case asked no network")
