"""`report`: a case told to people: the expert's report, generated where the facts are ours."""

from pathlib import Path

import click

from chaintrace.cli.printing import Progress, say

LANGUAGES = ("en", "zh")


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--style", type=click.Choice(("expert",)), default="expert", show_default=True, help="Whose report it is."
)
@click.option("--lang", "language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="The language.")
@click.option("--to", "target", type=click.Path(path_type=Path), help="A file, .html or .pdf; else one in DIR.")
def report(folder: Path, style: str, language: str, target: Path | None) -> None:
    """Write the expert's report of a case: what is the expert's to say stands open in it."""
    del style  # there is one so far
    from chaintrace.case.reporting import default_name, write_report
    from chaintrace.case.result import now

    progress = Progress()
    try:
        written = write_report(folder, target or folder / default_name(language), language, now, progress)
    finally:
        progress.done()
    say(str(written))
