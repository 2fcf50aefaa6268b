"""No command writes over what it reads, nor over what a case rests on: the one place where that is refused."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from chaintrace.case import lock, log
from chaintrace.case.config import FILE_NAME, load
from chaintrace.case.look import is_case
from chaintrace.case.merging import FOLDER as LOGS
from chaintrace.case.rooms import ARCHIVE, CACHE, REPORT, STORE
from chaintrace.case.tag_lists import pinned_files
from chaintrace.errors import InputError

_OWN = (FILE_NAME, log.FILE_NAME, lock.FILE_NAME, STORE, f"{STORE}-wal", ARCHIVE, CACHE, LOGS)
"""What chaintrace itself keeps in a case's folder, beside the report."""


def spare(target: Path | None, *read: Path | str) -> None:
    """Raise InputError, before any work, for a `target` that must not be written over.

    That is anything in `read` (as paths, or as `[ADAPTER=]PATH` was typed), and what the cases among them, or the one
    in whose folder `target` lies, rest on: case.toml, log, archive, sources, lists, tags, prices, and the last report.
    Links and hard links are the file that they lead to.
    """
    if target is None:
        return
    paths = [path for one in read for path in _paths(one)]
    for path in (path for path in paths if not is_case(path)):
        if _is(target, path) or (target.is_file() and _is_below(target, path)):
            raise InputError(f"{target} is what this command reads, and would be lost: name another path to write")
    for folder in dict.fromkeys((*filter(is_case, paths), *_around(target))):
        _spare_case(target, folder)


def _spare_case(target: Path, folder: Path) -> None:
    """Raise InputError for a target that a case rests on, or that lies in its report."""
    if _is_below(target, folder / REPORT):
        raise InputError(f"{target} lies in the report of the case {folder}, which a trace writes: name another path")
    for path in _rests_on(folder):
        if _is(target, path) or (path.name in _OWN and _is_below(target, path)) or _is_file_in(target, path):
            raise InputError(f"the case {folder} rests on {target}, which would be lost: name another path to write")


def _rests_on(folder: Path) -> Iterator[Path]:
    """The files and folders that a case is made of; of one whose case.toml cannot be read, what chaintrace keeps."""
    yield from (folder / name for name in _OWN)
    with suppress(InputError):
        config = load(folder)
        yield from (source.path for source in config.sources)
        yield from (file.path for file in (*config.files, *pinned_files(folder, config.lists)))


def _paths(read: Path | str) -> Iterator[Path]:
    """The paths that a word of the command line may name: the whole of it, and what follows `ADAPTER=`."""
    yield Path(read)
    if isinstance(read, str) and "=" in read:
        yield Path(read.partition("=")[2])


def _around(target: Path) -> Iterator[Path]:
    """The case in whose folder a path lies, where there is one."""
    with suppress(OSError):
        yield from (folder for folder in target.resolve().parents if is_case(folder))


def _is(target: Path, path: Path) -> bool:
    """Whether two paths lead to the same file."""
    try:
        return target.samefile(path)
    except OSError:  # one of them is not there
        return target.absolute() == path.absolute()


def _is_file_in(target: Path, path: Path) -> bool:
    """Whether a path is a file that is there, in a folder of a source."""
    return target.is_file() and path.is_dir() and _is_below(target, path)


def _is_below(target: Path, folder: Path) -> bool:
    """Whether a path leads to a folder or into it."""
    try:
        return target.resolve().is_relative_to(folder.resolve())
    except OSError:
        return False
