"""`export`: a case in another format."""

from pathlib import Path

import click

from chaintrace.cli.printing import Progress, say


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--format", "name", required=True, help="One of `chaintrace formats`.")
@click.option("--to", "target", required=True, help="The file; a folder, for several files or with a / at its end.")
def export(folder: Path, name: str, target: str) -> None:
    """Write a case in another format."""
    from chaintrace.case.exports import export as write
    from chaintrace.case.result import now

    progress = Progress()
    try:
        paths = write(folder, name, target, now, progress)
    finally:
        progress.done()
    for path in paths:
        say(str(path))
