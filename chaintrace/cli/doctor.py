"""`doctor`: whether what is installed, and what a case rests on, is in order."""

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from chaintrace.cli.printing import Progress, notice, say, table
from chaintrace.errors import InputError
from chaintrace.report.wording import counted

if TYPE_CHECKING:
    from chaintrace.adapters.interface import SourceSpec
    from chaintrace.case.access import Access
    from chaintrace.case.checkup import Health
    from chaintrace.case.config import CaseConfig

INCOMPLETE = 3
NETWORKS = ("source", "adapter", "state", "chain", "height", "synced", "finds by", "quota", "credentials")


@click.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
def doctor(folder: Path | None) -> int:
    """Say what is installed and, of a case, whether its sources and its log are in order."""
    from chaintrace.adapters import ADAPTERS, NETWORK
    from chaintrace.case.access import access
    from chaintrace.plugins import heuristics
    from chaintrace.resources import data

    allowed = access(os.environ)
    keys = [name for adapter in NETWORK for name in allowed.credentials(adapter)]
    table(
        "Installation",
        ("what", "state"),
        [
            ["shipped data", "present" if data().is_dir() else "absent"],
            ["rules", ", ".join(rule.id for rule in heuristics())],
            ["adapters of files", ", ".join(ADAPTERS)],
            ["adapters of networks", ", ".join(NETWORK)],
            ["network", _mode(allowed)],
            ["proxy", allowed.shown_proxy or "none"],
            ["credentials", ", ".join(keys) or "none set"],
        ],
    )
    return 0 if folder is None else _case(folder, allowed)


def _mode(allowed: "Access") -> str:
    """What may be asked, in words."""
    said = {
        "none": "nobody may be asked (none)",
        "own": "your own hosts may be asked (own)",
        "public": "every source of a case may be asked (public)",
    }
    return said[allowed.allowed]


def _case(folder: Path, allowed: "Access") -> int:
    """The sources and the log of a case; 0 when all is in order, else 3."""
    from chaintrace.case import lock, log
    from chaintrace.case.config import load

    config = load(folder)
    sources = [_source(spec) for spec in config.sources]
    files = [[file.shown, *_state(file.path), ""] for file in config.files]
    table("Sources", ("path", "state", "sha256", "covers"), [*sources, *files])
    try:
        entries = log.verify(folder / log.FILE_NAME, lock.remembered(folder))
        state, sound = f"{counted(len(entries), 'line')}, none altered", True
    except InputError as error:
        state, sound = str(error), False
    if config.networks and sound:
        sound = _networks(config, allowed)
    say(f"log: {state}")
    return 0 if sound and all(row[1] == "readable" for row in (*sources, *files)) else INCOMPLETE


def _networks(config: "CaseConfig", allowed: "Access") -> bool:
    """Ask the network sources of a case what they are, and print it; whether all of them can be used."""
    found = _examined(config, allowed)
    rows = [
        [
            *(one.endpoint.shown, one.endpoint.adapter, one.state, one.chain, one.height),
            *(one.synced, one.indices, one.quota, one.credentials),
        ]
        for one in found
    ]
    table("Network sources", NETWORKS, rows)
    for one in found:
        for sentence in (*one.troubles, *one.hints):
            notice(f"{one.endpoint.shown}: {sentence}")
    return all(not one.troubles for one in found)


def _examined(config: "CaseConfig", allowed: "Access") -> "list[Health]":
    """Every network source of a case, looked at; the requests are in its log, the answers in its archive."""
    from chaintrace.case import lock, log
    from chaintrace.case.access import opened_door
    from chaintrace.case.checkup import BRIEF, examined
    from chaintrace.case.online import noted
    from chaintrace.case.result import now
    from chaintrace.case.rooms import ARCHIVE
    from chaintrace.store import FileArchive

    progress = Progress()
    with lock.hold(config.folder) as held:
        entries = log.verify(config.folder / log.FILE_NAME, held.head())
        writer = log.Writer(config.folder, now, log.head_of(entries))
        archive = FileArchive(config.folder / ARCHIVE, now)
        with opened_door(archive, allowed, partial(noted, writer), BRIEF) as door:
            found = []
            for endpoint in config.networks:
                progress(f"looking at {endpoint.shown}")
                found.append(examined(endpoint, door, allowed))
        progress.done()
        held.remember(writer.head)
    return found


def _source(spec: "SourceSpec") -> list[str]:
    """One source: whether it can be read, its digest, and what it is said to cover."""
    if spec.complete is None:
        covers = f"every address of {spec.chain} (all blocks read)"
    elif spec.complete == "all":
        covers = f"every address of {spec.chain} (declared)"
    else:
        covers = f"{counted(len(spec.complete), 'address', 'addresses')} of {spec.chain} (declared)"
    return [spec.shown, *_state(spec.path), covers]


def _state(path: Path) -> tuple[str, str]:
    """Whether a file can be read, and the SHA-256 of its bytes; of a folder, how many files it holds."""
    import hashlib

    try:
        if path.is_dir():
            return "readable", f"folder of {counted(sum(1 for _ in path.iterdir()), 'file')}"
        with path.open("rb") as file:
            return "readable", hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return f"not readable ({error.strerror})", ""
