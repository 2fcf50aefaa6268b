"""A checkout for the reader of a page that adds files to the house: a copy, which the page's commands then run in.

What Python and mypy made of these files in the checkout itself is copied with them: nothing is made twice.
"""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

from tests.docs.pages import blocks
from tests.house.tree import ROOT, files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REST = "…"
"""How a line of a diff ends that the page does not show to its end."""


def is_meant(page: str) -> bool:
    """Whether a page adds files to the packages."""
    return any(block.name.startswith("chaintrace/") for block in blocks(page))


def lay_out(folder: Path) -> dict[str, str]:
    """Copy the house into a folder, with this run's `.venv`; what the environment must have for its programs to run."""
    for path in files():
        for one in (path, *path.parent.glob(f"__pycache__/{path.stem}.*.pyc")):
            copy = folder / one.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(one, copy)  # with its time, by which bytecode is known
    _lay_out_types(folder)
    (folder / ".venv").symlink_to(sys.prefix)
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    return {"PYTHONPATH": str(folder)}


def _lay_out_types(folder: Path) -> None:
    """Copy the cache of mypy, which another run may be writing."""
    for path in (ROOT / ".mypy_cache").rglob("*.db"):
        copy = folder / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path)) as one, closing(sqlite3.connect(copy)) as other:
            one.backup(other)


def patched(text: str, diff: str) -> str:
    """The text with the lines that a diff adds. `@@` parts its hunks; the lines round them must stand in the text."""
    lines = text.splitlines()
    for hunk in diff.split("@@\n"):
        place, added = 0, list[str]()
        for sign, line in _signed(hunk):
            if sign == "+":
                added.append(line)
                continue
            found = _find(lines, line, place)
            before = place or found
            lines[before:before] = added
            place, added = found + len(added) + 1, []
        lines[place:place] = added
    return "\n".join(lines) + "\n"


def _signed(hunk: str) -> Iterator[tuple[str, str]]:
    """Each line of a hunk, parted from its sign."""
    for line in hunk.splitlines():
        assert line[:1] in {" ", "+"}, f"a line of a diff begins with a blank or a plus, not as {line!r} does"
        yield line[0], line[1:]


def _find(lines: list[str], wanted: str, place: int) -> int:
    """Where a line stands, from a place on."""
    for number, line in enumerate(lines[place:], place):
        if line == wanted or (wanted.endswith(REST) and line.startswith(wanted.removesuffix(REST))):
            return number
    message = f"the file that a diff is for has no line {wanted!r}, from its line {place + 1} on"
    raise AssertionError(message)
