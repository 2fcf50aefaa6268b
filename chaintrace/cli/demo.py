"""`demo`: trace the cases that ship with the package and hold them against what they expect."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from chaintrace.cli.printing import Progress, notice, say

if TYPE_CHECKING:
    from chaintrace.case.result import Result

CASES = "cases"
DIFFERENT = 1


@click.command()
@click.option("--to", "target", type=click.Path(path_type=Path), default=Path("demo"), show_default=True)
def demo(target: Path) -> int:
    """Trace the real cases that ship with the package; 0 when every expectation holds to the unit."""
    from chaintrace import resources

    different = 0
    for number, name in enumerate(resources.names(CASES)):
        if number:
            say("")
        different += bool(_one(name, target / name))
    say("")
    say("every expectation holds, to the base unit" if not different else f"{different} cases differ")
    return DIFFERENT if different else 0


def _one(name: str, folder: Path) -> tuple[str, ...]:
    """Write one case to a folder, trace it there and print it. Returns how it differs from what it expects."""
    from chaintrace.case.expectations import differences
    from chaintrace.cli.outcome import conservation, endpoints, not_followed, resting

    _written(name, folder)
    result = _followed(folder)
    say(f"{result.report.inputs.case} ({name})")
    say(result.report.sentence)
    endpoints(result)
    resting(result)
    not_followed(result)
    conservation(result)
    for gap in result.table("gaps"):
        say(f"assumed or not known: {gap['text']}")
    say(f"report: {folder / 'report' / 'report.html'}")
    found = differences(result, folder)
    for line in found:
        notice(f"{name}: {line}")
    return found


def _written(name: str, folder: Path) -> None:
    """Copy the shipped files of a case; its log, store and archive stay what they are."""
    from chaintrace import resources
    from chaintrace.case import lock, log
    from chaintrace.case.rooms import STORE
    from chaintrace.errors import OutputError

    made_by_runs = (lock.FILE_NAME, log.FILE_NAME, STORE)
    try:
        resources.copy_files(resources.resource(f"{CASES}/{name}"), folder, made_by_runs)
    except OSError as error:
        raise OutputError(f"{folder} cannot be written ({error.strerror}): choose another folder with --to") from error


def _followed(folder: Path) -> "Result":
    from chaintrace.case.result import open_case

    progress = Progress()
    try:
        return open_case(folder).follow(observer=progress)
    finally:
        progress.done()
