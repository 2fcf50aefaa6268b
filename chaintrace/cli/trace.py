"""`new` and `trace`: make a case, follow it, print what came of it."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from chaintrace.cli.printing import Progress, notice, say
from chaintrace.errors import InputError

if TYPE_CHECKING:
    from chaintrace.case.look import Named
    from chaintrace.case.result import Result

INCOMPLETE = 3
TXID_SHOWN = 8


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
@click.option("--offline", is_flag=True, help="Never open a socket.")
@click.option("--report", type=click.Path(path_type=Path), help="Write the report there instead of DIR/report.")
@click.option("--backward", is_flag=True, help="Also say where the payments' value came from.")
@click.option("--chain", help="The chain of a TXID.")
@click.option("--from", "source", metavar="[ADAPTER=]PATH", help="The file that holds a TXID.")
@click.option("--index", help="Which output or transfer of a TXID; `all` for every one.")
@click.option("--complete", metavar="all|FILE", help="For which addresses that file holds every movement.")
def trace(  # noqa: PLR0913  # click hands over one argument for each option
    *,
    target: str,
    methods: tuple[str, ...],
    offline: bool,
    report: Path | None,
    backward: bool,
    chain: str | None,
    source: str | None,
    index: str | None,
    complete: str | None,
) -> int:
    """Trace a case, or one transaction without a case file; write the report and print the endpoints."""
    from chaintrace.case.look import is_case
    from chaintrace.case.result import open_case
    from chaintrace.cli.outcome import printed

    def follow(folder: Path) -> "Result":
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

    folder = Path(target).parent if is_case(Path(target).parent) and Path(target).is_file() else Path(target)
    if chain is None and source is None:
        _refuse_without_case(target, folder)
        result = follow(folder)
    elif is_case(folder):
        raise InputError(f"{target} is a case, which names its own chain and sources: leave out --chain and --from")
    else:
        folder, made = _case_of(target, chain, source, index, complete)
        try:
            result = follow(folder)
        except Exception:
            if made:
                shutil.rmtree(folder, ignore_errors=True)
            raise
        say(f"case: {folder}")
    printed(result)
    return 0 if result.complete else INCOMPLETE


def _refuse_without_case(target: str, folder: Path) -> None:
    """Say what is missing when the target is no folder: a txid needs a chain and a file."""
    if not folder.is_dir():
        what = f"there is no folder {target[:100]!r}"
        raise InputError(f"{what}: make one with `chaintrace new`, or give a txid with --chain and --from")


def _case_of(
    target: str,
    chain: str | None,
    source: str | None,
    index: str | None,
    complete: str | None,
) -> tuple[Path, bool]:
    """The folder of the case that a command line describes, and whether it was made just now."""
    from chaintrace.case.look import chain_of, named
    from chaintrace.case.seeds import txid_of

    if source is None:
        raise InputError("no source is named: add --from with the path of a file; this version asks no network")
    found = named(source)
    if found.is_case:
        raise InputError(f"{found.path} is a case: run `chaintrace trace {found.path}`")
    chain = chain_of(found, chain)
    try:
        txid = txid_of(chain, target)
    except ValueError as error:
        raise InputError(f"{error}: correct it, or name the folder of a case") from error
    folder = Path(_folder_name(txid))
    return folder, _made(folder, txid, chain, index, complete, found)


def _folder_name(txid: str) -> str:
    """The first eight characters of a txid that a folder's name may hold."""
    name = "".join(char for char in txid.removeprefix("0x") if char.isalnum())[:TXID_SHOWN]
    if not name:
        raise InputError(f"{txid[:100]!r} is no txid: give one, or the folder of a case")
    return name


def _made(  # noqa: PLR0917  # what a command line says of a case
    folder: Path,
    txid: str,
    chain: str,
    index: str | None,
    complete: str | None,
    found: "Named",
) -> bool:
    """Make the case's folder, unless the same case is there. Raises InputError when another one is."""
    from chaintrace.case.config import FILE_NAME
    from chaintrace.case.new import QuickSource, quick_files
    from chaintrace.case.new import new as make
    from chaintrace.case.result import now

    files = quick_files(txid, index, chain, QuickSource(found.adapter, found.path, complete or ""), folder)
    if len(files) > 1:
        notice("nothing is declared complete, so value that rests cannot be told: add --complete all or a list")
    path = folder / FILE_NAME
    if path.is_file():
        if path.read_text("utf-8") == files[FILE_NAME]:
            return False
        raise InputError(f"{folder} holds another case: run `chaintrace trace {folder}`, or work in another folder")
    existed = folder.exists()
    make(folder, now, files)
    return not existed
