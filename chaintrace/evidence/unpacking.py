"""A package that came as one ZIP, put into a folder: nothing outside of it, no link, and no more than it says."""

import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from chaintrace.errors import InputError

MOST_FILES = 1_000_000
MOST_TIMES = 200
"""How many times its own size a ZIP may hold, at most; text of ledgers packs to a tenth, a bomb to a thousandth."""
FREE = 64 << 20
"""Bytes that a ZIP may hold whatever its size."""
_CHUNK = 1 << 20


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """The folder of the package in a ZIP, gone afterwards. Raises InputError with what is wrong with it."""
    if path.exists() and not path.is_file():  # a pipe waits for ever, and a device never ends
        raise InputError(f"{path} is no plain file: give the folder of the package, or its ZIP")
    try:
        with zipfile.ZipFile(path) as archive, TemporaryDirectory(prefix="chaintrace-verify-") as bench:
            yield _taken_out(archive, path, Path(bench))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, RuntimeError, EOFError) as error:
        raise InputError(f"{path} cannot be unpacked ({error}): give the folder, or get the file again") from error


def _taken_out(archive: zipfile.ZipFile, path: Path, bench: Path) -> Path:
    entries = archive.infolist()
    most = max(FREE, MOST_TIMES * path.stat().st_size)
    if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > most:
        raise InputError(f"{path} would unpack to more than {most} bytes or {MOST_FILES} files: it is not unpacked")
    names = [entry.filename for entry in entries]
    if len(set(names)) != len(names):
        raise InputError(f"{path} holds a name twice: it is not unpacked")
    for entry in entries:
        parts = entry.filename.rstrip("/").split("/")
        is_odd = any(part in {"", ".", ".."} for part in parts) or "\\" in entry.filename or "\0" in entry.filename
        if is_odd or stat.S_ISLNK(entry.external_attr >> 16) or ":" in parts[0]:
            raise InputError(f"{path} holds {entry.filename!r}, a link or a name that leads out: it is not unpacked")
        place = bench.joinpath(*parts)
        if entry.is_dir():
            place.mkdir(parents=True, exist_ok=True)
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        most -= _copied(archive, entry, place, most, path)
    roots = [one for one in bench.iterdir() if one.is_dir()]
    if (bench / "bagit.txt").is_file():
        return bench
    if len(roots) != 1 or len(list(bench.iterdir())) != 1:
        raise InputError(f"{path} does not hold one package in one folder: give the folder of the package")
    return roots[0]


def _copied(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, place: Path, most: int, path: Path) -> int:
    """Write one entry, counting what really comes out of it."""
    size = 0
    with archive.open(entry) as packed, place.open("xb") as file:
        while piece := packed.read(_CHUNK):
            size += len(piece)
            if size > most:
                raise InputError(f"{path} unpacks to more than it says: it is not unpacked")
            file.write(piece)
    return size
