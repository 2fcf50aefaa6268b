"""Files that are whole or not there: written beside their place, put on the disk, then moved in one step."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chaintrace.errors import InputError, OutputError

try:
    import fcntl
except ImportError:  # Windows: there a second run is not noticed
    fcntl = None  # type: ignore[assignment]  # the absence of a module


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A path to write to; when the block ends well, what was written stands at `path`. Raises OutputError.

    Whatever an earlier run left beside it is written over; a run that is killed leaves nothing at `path`.
    """
    beside = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield beside
        with beside.open("rb") as file:
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written ({error.strerror or error}): make room, or choose another place, "
                          "and run the same command again") from error  # fmt: skip


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Work on a folder by one process at a time. The lock goes with the process, however that ends.

    Raises InputError when another one holds it, OutputError when the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "lock").open("ab")
    except OSError as error:
        raise OutputError(f"{folder} cannot be written ({error.strerror}): choose another place") from error
    with file:
        if fcntl is not None:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise InputError("another run works on this folder: wait until it has ended", path=folder) from error
        yield


def room_for(path: Path, size: int) -> None:
    """A file of so many bytes, with its place on the disk; one of that size is left as it is. Raises OutputError."""
    try:
        if path.is_file() and path.stat().st_size == size:
            return
        with path.open("wb") as file:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, size)  # to write to a mapped file where no room is left is a crash
            else:
                file.truncate(size)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise OutputError(f"{path} cannot be written ({error.strerror}): make room, and run again") from error
