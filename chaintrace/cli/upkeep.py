"""`queries` and `doctor`: what left this machine, and whether what a case rests on is in order."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from chaintrace.cli.printing import say, table
from chaintrace.errors import InputError

if TYPE_CHECKING:
    from chaintrace.adapters.interface import SourceSpec

INCOMPLETE = 3


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def queries(folder: Path) -> None:
    """List every outgoing request of a case, from its log."""
    from chaintrace.case import lock, log
    from chaintrace.case.result import open_case

    open_case(folder)
    entries = log.verify(folder / log.FILE_NAME, lock.remembered(folder))
    rows = [
        [entry.time, entry.details.get("adapter"), entry.details.get("request"), entry.details.get("sha256")]
        for entry in entries
        if entry.action == "request"
    ]
    table("Requests", ("time", "adapter", "request", "sha256"), rows, "none: this case asked no network")


@click.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
def doctor(folder: Path | None) -> int:
    """Say what is installed and, of a case, whether its sources and its log are in order."""
    from chaintrace.adapters import ADAPTERS
    from chaintrace.plugins import heuristics
    from chaintrace.resources import data

    table(
        "Installation",
        ("what", "state"),
        [
            ["shipped data", "present" if data().is_dir() else "absent"],
            ["rules", ", ".join(rule.id for rule in heuristics())],
            ["adapters", ", ".join(ADAPTERS)],
            ["network sources", "none in this version"],
        ],
    )
    return 0 if folder is None else _case(folder)


def _case(folder: Path) -> int:
    """The sources and the log of a case; 0 when all is in order, else 3."""
    from chaintrace.case import lock, log
    from chaintrace.case.config import load

    config = load(folder)
    sources = [_source(spec) for spec in config.sources]
    files = [[file.shown, *_state(file.path), ""] for file in config.files]
    table("Sources", ("path", "state", "sha256", "covers"), [*sources, *files])
    try:
        entries = log.verify(folder / log.FILE_NAME, lock.remembered(folder))
        state, sound = f"{len(entries)} lines, none altered", True
    except InputError as error:
        state, sound = str(error), False
    say(f"log: {state}")
    return 0 if sound and all(row[1] == "readable" for row in (*sources, *files)) else INCOMPLETE


def _source(spec: "SourceSpec") -> list[str]:
    """One source: whether it can be read, its digest, and what it is said to cover."""
    if spec.complete is None:
        covers = f"every address of {spec.chain} (all blocks read)"
    elif spec.complete == "all":
        covers = f"every address of {spec.chain} (declared)"
    else:
        covers = f"{len(spec.complete)} addresses of {spec.chain} (declared)"
    return [spec.shown, *_state(spec.path), covers]


def _state(path: Path) -> tuple[str, str]:
    """Whether a file can be read, and the SHA-256 of its bytes; of a folder, how many files it holds."""
    import hashlib

    try:
        if path.is_dir():
            return "readable", f"folder of {sum(1 for _ in path.iterdir())} files"
        with path.open("rb") as file:
            return "readable", hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return f"not readable ({error.strerror})", ""
