"""`case`: what people do with a case besides tracing it: notes, accepted leads, merged folders, a folder checked."""

from pathlib import Path

import click

from chaintrace.cli.printing import notice, say
from chaintrace.report.wording import counted

FAILED = 3

FOLDER = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
BY = click.option("--by", required=True, help="The name of who does it; it stands in the log.")


@click.group()
def case() -> None:
    """Write notes and decisions into the log of a case, merge two folders of it, check one."""


@case.command()
@FOLDER
@click.argument("text")
@BY
def note(folder: Path, text: str, by: str) -> None:
    """Write TEXT into the log of a case, with a name and the time."""
    from chaintrace.case.notes import note as write
    from chaintrace.case.result import now

    say(f"line {write(folder, text, by, now).number} of {folder / 'log.jsonl'}")


@case.command()
@FOLDER
@click.option("--rule", required=True, help="The rule whose lead it is.")
@click.option("--chain", required=True, help="The chain of the lead's first end.")
@click.option("--from", "subject", required=True, help="Where the lead begins, as findings.csv has it.")
@click.option("--to", "target", required=True, help="Where the lead leads, as findings.csv has it.")
@click.option("--reason", required=True, help="Why it is followed; it stands in the report.")
@BY
def accept(*, folder: Path, rule: str, chain: str, subject: str, target: str, reason: str, by: str) -> None:
    """Accept a lead: the next trace follows it. It goes into case.toml and into the log."""
    from chaintrace.case.links import Accepted
    from chaintrace.case.notes import accept as write
    from chaintrace.case.result import now

    lead = Accepted(rule, chain, subject, target, by, reason)
    say(f"line {write(folder, lead, now).number} of {folder / 'log.jsonl'}")


@case.command()
@FOLDER
@click.argument("other", metavar="OTHER", type=click.Path(path_type=Path))
@BY
def merge(folder: Path, other: Path, by: str) -> None:
    """Take over into DIR the log and the raw answers of OTHER, a second folder of the same case."""
    from chaintrace.case.merging import merge as take_over
    from chaintrace.case.result import now

    done = take_over(folder, other, by, now)
    say(f"{counted(done.lines, 'line')} of its log, of them in common {done.common}: logs/{done.head}.jsonl")
    say(f"{counted(done.answers, 'raw answer')} not here before")
    if done.other_question:
        notice(
            f"its case.toml asks otherwise and was kept as logs/{done.head}.toml: {folder} asks what it asked before"
        )
    say("trace the case again: what it has now may say more")


@case.command()
@FOLDER
def verify(folder: Path) -> int:
    """Check a case's folder: the chain of its log, the logs merged into it, every raw answer by its digest."""
    from chaintrace.case.checking import check
    from chaintrace.case.result import now

    checked = check(folder, now)
    for text in checked.notes:
        say(text)
    for text in checked.failures:
        notice(text)
    say("the case does not hold" if checked.failures else "the case holds")
    return FAILED if checked.failures else 0
