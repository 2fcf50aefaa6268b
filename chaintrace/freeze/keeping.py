"""What people put into a pack's folder, and what killed runs left: kept, found again and named, never deleted.

A pack lists its files with their SHA-256 in sha256sums.txt, as `sha256sum -c` reads it. A file that is another one now
was changed by a person, so the folder is not replaced. What lies in enclosures/ is taken over into the new pack.
"""

import re
import shutil
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from chaintrace.freeze.authority import Enclosure

SUMS, ENCLOSURES = "sha256sums.txt", "enclosures"
BENCH = re.compile(r"\.(.+)-[a-z0-9_]{8}")
"""The name of the folder in which a pack is written before it is put in its place (`tempfile`)."""

FIRST_DIGITS = 8
"""Digits of a digest by which two files of one name are told apart."""


def write_sums(folder: Path, enclosed: Iterable[str] = ()) -> None:
    """List the files of a new pack, and those that it encloses, by their names. Raises OSError."""
    ours = sorted(path.name for path in folder.iterdir() if path.is_file())
    names = (*ours, *(f"{ENCLOSURES}/{name}" for name in sorted(enclosed)))
    lines = (f"{_digest(folder / name)}  {name}\n" for name in names)
    (folder / SUMS).write_text("".join(lines), "utf-8", newline="\n")


def changed(folder: Path, names: Iterable[str]) -> str:
    """The first of the files so named that is not as the list says; empty where none is, and where no list stands.

    One that the list does not name was put there by a person. Raises OSError as the system gives it.
    """
    sums = folder / SUMS
    if not sums.is_file():
        return ""
    lines = (line.partition("  ") for line in sums.read_text("utf-8", "replace").splitlines())
    written = {name: digest for digest, _, name in lines}
    there = (name for name in sorted(names) if (folder / name).is_file())
    return next((name for name in there if _digest(folder / name) != written.get(name)), "")


def take_over(old: Path, new: Path) -> None:
    """Copy what lies in the enclosures of a pack into those of the one that takes its place. Raises OSError."""
    if (old / ENCLOSURES).is_dir():
        shutil.copytree(old / ENCLOSURES, new / ENCLOSURES, symlinks=True)


def enclose(files: Iterable[Enclosure], folder: Path) -> tuple[str, ...]:
    """Copy files into a folder that may hold others, and return the names of those others, in their order.

    Another file of the same name stays beside it: its name is told apart by the first digits of its SHA-256.
    """
    names = set()
    for enclosed in files:
        folder.mkdir(exist_ok=True)
        path = folder / enclosed.name
        if path.is_symlink() or path.is_dir() or (path.is_file() and _digest(path) != _digest(enclosed.path)):
            path.rename(_beside(path))
        shutil.copyfile(enclosed.path, path)
        names.add(enclosed.name)
    there = folder.iterdir() if folder.is_dir() else ()
    return tuple(sorted(path.name for path in there if path.name not in names))


def _beside(path: Path) -> Path:
    """A name for a file whose own name is wanted: `order.1a2b3c4d.pdf`."""
    digits = _digest(path)[:FIRST_DIGITS] if path.is_file() else "earlier"
    names = (f"{path.stem}.{digits}{more}{path.suffix}" for more in ("", *(f"-{n}" for n in range(2, 1_000))))
    return next(path.with_name(name) for name in names if not path.with_name(name).exists())


def tidy(parent: Path) -> None:
    """Undo what killed runs left below `parent`: a pack that was moved aside is put back, a bench is taken away.

    The caller holds the case's lock, so that no run is writing there. Raises OSError as the system gives it.
    """
    for bench in sorted(parent.iterdir()) if parent.is_dir() else ():
        found = BENCH.fullmatch(bench.name)
        if found is None or not bench.is_dir() or not {"new", "old"}.issuperset(path.name for path in bench.iterdir()):
            continue
        old, target = bench / "old", parent / found[1]
        if old.is_dir() and not target.exists():
            old.rename(target)
        shutil.rmtree(bench)


def others(parent: Path, names: Iterable[str]) -> tuple[Path, ...]:
    """The folders below `parent` that have none of these names: packs of earlier runs, or anything that people keep."""
    kept = set(names)
    there = sorted(parent.iterdir()) if parent.is_dir() else ()
    return tuple(path for path in there if path.is_dir() and path.name not in kept and not path.name.startswith("."))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return sha256(file.read()).hexdigest()
