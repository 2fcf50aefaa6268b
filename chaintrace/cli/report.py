"""`report`: a case told to people: the expert's report, generated where the facts are ours, or the page in Chinese."""

from pathlib import Path

import click

from chaintrace.cli.printing import Progress, say

LANGUAGES = ("en", "zh")
STYLES = ("expert", "page")


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--style",
    type=click.Choice(STYLES),
    default="expert",
    show_default=True,
    help="The expert's report, or the page report.html in a language.",
)
@click.option("--lang", "language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="The language.")
@click.option("--to", "target", type=click.Path(path_type=Path), help="A file, .html or .pdf; else one in DIR.")
def report(folder: Path, style: str, language: str, target: Path | None) -> None:
    """Write the expert's report of a case, or its page: what is the expert's to say stands open in the first."""
    from chaintrace.case.reporting import default_name, write_report
    from chaintrace.case.result import now

    progress = Progress()
    try:
        written = write_report(folder, target or folder / default_name(language, style), language, now, progress, style)
    finally:
        progress.done()
    say(str(written))
