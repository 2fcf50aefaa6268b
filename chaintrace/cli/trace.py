"""`new` and `trace`: make a case, follow it, print what came of it."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from chaintrace.cli.printing import Progress, notice, say
from chaintrace.cli.quick import FILE_NAME, Asked, is_txid_of, traced
from chaintrace.errors import InputError

if TYPE_CHECKING:
    from chaintrace.case.result import Trace

INCOMPLETE = 3


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def new(folder: Path) -> None:
    """Make a case in FOLDER: a commented case.toml and the first line of its log."""
    from chaintrace.case.new import new as make
    from chaintrace.case.result import now

    notice(f"made {make(folder, now)}: fill it in, then run `chaintrace trace {folder}`")


@click.command()
@click.argument("target", metavar="DIR|TXID")
@click.option("--method", "methods", multiple=True, help="Replace the methods of the case; may be repeated.")
@click.option("--offline", is_flag=True, help="Never open a socket: use what was fetched before.")
@click.option("--report", type=click.Path(path_type=Path), help="Write the report there instead of DIR/report.")
@click.option("--backward", is_flag=True, help="Also say where the payments' value came from.")
@click.option("--chain", help="The chain of a TXID.")
@click.option("--from", "sources", metavar="[ADAPTER=]URL|PATH", multiple=True, help="Who is asked, or the file.")
@click.option("--index", help="Which output or transfer of a TXID; `all` for every one.")
@click.option("--complete", metavar="all|FILE", help="For which addresses that file holds every movement.")
@click.option("--to", "target_folder", type=click.Path(path_type=Path), help="The case's folder of a TXID.")
def trace(  # noqa: PLR0913  # click hands over one argument for each option
    *,
    target: str,
    methods: tuple[str, ...],
    offline: bool,
    report: Path | None,
    backward: bool,
    chain: str | None,
    sources: tuple[str, ...],
    index: str | None,
    complete: str | None,
    target_folder: Path | None,
) -> int:
    """Trace a case, or one transaction without a case file; write the report and print the endpoints."""
    from chaintrace.case.access import access
    from chaintrace.case.changed import changed
    from chaintrace.case.look import is_case
    from chaintrace.case.result import open_case
    from chaintrace.cli.outcome import printed

    allowed = access(os.environ, offline=offline)
    _refuse_unknown(methods)

    def follow(folder: Path) -> "Trace":
        for sentence in changed(folder):
            notice(sentence)
        progress = Progress()
        try:
            return open_case(folder).follow(
                methods=methods,
                report=report,
                backward=backward,
                offline=offline,
                observer=progress,
            )
        finally:
            progress.done()

    folder = Path(target).parent if Path(target).name == FILE_NAME and Path(target).is_file() else Path(target)
    if chain is None and not sources:
        _refuse_without_case(target, folder)
        if target_folder is not None:
            raise InputError("--to names the folder of a case that a TXID makes: leave it out, or give --report DIR")
        if index is not None or complete is not None:
            raise InputError(
                f"--index and --complete go with a TXID, --chain and --from, and {target[:100]} is the folder of a "
                "case, which says both in its case.toml: leave them out"
            )
        result = follow(folder)
    elif is_case(folder) and not is_txid_of(target, target_folder):
        raise InputError(
            f"{target} is a case, which names its own chain and sources: leave out --chain and --from, and --index and "
            "--complete too"
        )
    else:
        asked = Asked(target, chain, sources, index, complete, target_folder)
        folder, result = traced(asked, allowed, follow)
        say(f"case: {folder}")
    printed(result)
    return 0 if result.complete else INCOMPLETE


def _refuse_unknown(methods: tuple[str, ...]) -> None:
    """Say which method there is none of, by the option's own name."""
    from chaintrace.case.config import checked_methods

    try:
        if methods:
            checked_methods(tuple(dict.fromkeys(methods)))
    except ValueError as error:
        raise InputError(f"--method: {error}") from error


def _refuse_without_case(target: str, folder: Path) -> None:
    """Say what is missing when the target is no folder: a txid needs a chain."""
    if folder.is_file():
        raise InputError(f"{target[:100]!r} is a file: give the folder of the case, not the file")
    if not folder.is_dir():
        what = f"there is no folder {target[:100]!r}"
        raise InputError(f"{what}: make one with `chaintrace new`, or give a txid with --chain")
