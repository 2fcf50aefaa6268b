"""`evidence` and `verify`: a sealed package that a stranger re-checks, and the check."""

import os
from contextlib import nullcontext
from pathlib import Path

import click

from chaintrace.cli.printing import Progress, notice, say
from chaintrace.errors import InputError
from chaintrace.report.wording import counted

FAILED = 3
MOST_HEADERS = 200_000
"""Block headers that one may ask for: more than lie between two known blocks, and 16 MB."""
SHOWN = 50
"""Failures of one layer that are printed, at most."""


@click.command()
@click.argument("folder", metavar="CASE", type=click.Path(path_type=Path))
@click.option("--to", "target", required=True, type=click.Path(path_type=Path), help="A new folder, or a new .zip.")
@click.option("--sign", "key", type=click.Path(path_type=Path), help="A file with an ed25519 key, or its public half.")
@click.option("--tsa", default="", help="The url of an authority (RFC 3161) to ask for a time-stamp.")
@click.option("--ots", default="", help="The url of a calendar of OpenTimestamps to ask for a stamp.")
@click.option(
    "--headers",
    type=click.IntRange(1, MOST_HEADERS),
    metavar="COUNT",
    help="Ask the case's sources for up to so many block headers of Bitcoin round each block of a proof.",
)
@click.option("--traced-answers", is_flag=True, help="Leave out raw answers that no fact rests on: no replay then.")
@click.option("--paper", type=click.Choice(("en", "zh")), help="Put the expert's report in, as PDF with its schedules.")
def evidence(  # noqa: PLR0913  # each is one option
    *,
    folder: Path,
    target: Path,
    key: Path | None,
    tsa: str,
    ots: str,
    headers: int | None,
    traced_answers: bool,
    paper: str | None,
) -> None:
    """Seal a case: report, facts, raw answers, proofs and log, with the programs that check them."""
    from chaintrace.case.attesting import Wish
    from chaintrace.case.result import now
    from chaintrace.case.sealing import evidence as seal

    progress = Progress()
    wish = Wish(key, tsa, traced_answers, paper or "", headers, ots, os.environ)
    try:
        written = seal(folder, target, now, progress, wish)
    finally:
        progress.done()
    say(str(written))


@click.command()
@click.argument("package", metavar="PACKAGE", type=click.Path(path_type=Path))
def verify(package: Path) -> int:
    """Check a package (a folder or a .zip): the same as `python3 -I PACKAGE/verify.py`, with our own copy of it."""
    from chaintrace.evidence.unpacking import unpacked
    from chaintrace.evidence.verify import LAYERS, refused
    from chaintrace.evidence.verify import verify as check

    if not package.exists():
        raise InputError(f"there is no {str(package)!r}: give the folder or the .zip of a package")
    with nullcontext(package) if package.is_dir() else unpacked(package) as folder:
        if not (folder / "bagit.txt").is_file():
            raise InputError(f"{package} is no package: it holds no bagit.txt")
        if reason := refused(folder):  # type: ignore[no-untyped-call]  # the verifiers are plain Python, for strangers
            raise InputError(f"{package}: {reason}")
        said = check(folder)  # type: ignore[no-untyped-call]  # as above
    for layer in LAYERS:
        failures = said.failures[layer]
        say(f"{layer}: {said.verdict(layer)}")
        for text in failures[:SHOWN]:
            notice(f"{layer}: {text}")
        if len(failures) > SHOWN:
            notice(f"{layer}: and {len(failures) - SHOWN} more")
        for text in said.notes[layer]:
            say(f"  {text}")
    return FAILED if any(said.failures.values()) else 0


@click.command()
@click.argument("package", metavar="PACKAGE", type=click.Path(path_type=Path))
@click.option("--to", "target", required=True, type=click.Path(path_type=Path), help="A new folder for the case.")
def replay(package: Path, target: Path) -> int:
    """Make the case of a package again from its raw answers, trace it without a network, and compare the reports."""
    from chaintrace.case.replaying import replay as again
    from chaintrace.case.result import now
    from chaintrace.evidence.unpacking import unpacked

    if not package.exists():
        raise InputError(f"there is no {str(package)!r}: give the folder or the .zip of a package")
    progress = Progress()
    with nullcontext(package) if package.is_dir() else unpacked(package) as folder:
        try:
            done = again(folder, target, now, progress)
        finally:
            progress.done()
    say(str(done.result.folder))
    if done.rounds > 1:
        notice(f"rounds made: {done.rounds}" + (f"; no further one, for {done.ended}" if done.ended else ""))
    what = "byte for byte" if done.same_version else f"but for its version (packed by chaintrace {done.packed_by})"
    if not done.differences:
        say(f"the same report, {what}")
        return 0
    for text in done.differences[:SHOWN]:
        notice(text)
    if len(done.differences) > SHOWN:
        notice(f"and {len(done.differences) - SHOWN} more")
    say(f"another report: {counted(len(done.differences), 'difference')}")
    return FAILED
