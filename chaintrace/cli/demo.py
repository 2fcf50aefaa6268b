"""`demo`: trace the cases that ship with the package and hold them against what they expect."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from chaintrace.cli.printing import Progress, notice, say
from chaintrace.report.wording import counted

if TYPE_CHECKING:
    from chaintrace.case.result import Trace

SEALED = "tron-usdt"
"""The case of which a package is made."""

DIFFERENT = 1


@click.command()
@click.option("--to", "target", type=click.Path(path_type=Path), default=Path("demo"), show_default=True)
def demo(target: Path) -> int:
    """Trace the real cases that ship with the package; 0 when every expectation holds to the unit."""
    from chaintrace import resources
    from chaintrace.case.shipped import CASES

    different = 0
    for number, name in enumerate(resources.names(CASES)):
        if number:
            say("")
        different += bool(_one(name, target / name))
    say("")
    _sealed(target / SEALED)
    say(f"{counted(different, 'case')} not as expected" if different else "every expectation holds, to the base unit")
    return DIFFERENT if different else 0


def _one(name: str, folder: Path) -> tuple[str, ...]:
    """Write one case to a folder, trace it there and print it. Returns how it differs from what it expects."""
    from chaintrace.case.expectations import differences
    from chaintrace.case.shipped import demo_case
    from chaintrace.cli.outcome import conservation, endpoints, not_followed, resting

    demo_case(name, folder)
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


def _sealed(folder: Path) -> None:
    """Seal a case and let the package's own program check it. Raises OutputError where that does not accept it."""
    import shutil
    import subprocess
    import sys

    from chaintrace.case.result import now
    from chaintrace.case.sealing import evidence
    from chaintrace.errors import OutputError

    package = folder / "evidence"
    if (package / "bagit.txt").is_file():  # of a demo before this one
        shutil.rmtree(package)
    evidence(folder, package, now)
    check = [sys.executable, "-I", str(package / "verify.py")]
    done = subprocess.run(check, capture_output=True, text=True, check=False)  # noqa: S603  # what was just written
    if done.returncode:
        raise OutputError(f"{package} was not accepted by its own verify.py: {done.stdout}")
    say(f"package: {package}, and its own program accepts it: python3 -I {package / 'verify.py'}")


def _followed(folder: Path) -> "Trace":
    from chaintrace.case.result import open_case

    progress = Progress()
    try:
        return open_case(folder).follow(observer=progress)
    finally:
        progress.done()
