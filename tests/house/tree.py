"""The files of the house, for the tests that read them: what git holds or would take, and nothing that is made."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("chaintrace", "heuristics")


@cache
def files() -> tuple[Path, ...]:
    """Every file that git tracks or that is new and not ignored, in path order."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    ).stdout.decode("utf-8")
    paths = sorted({ROOT / name for name in listed.split("\0") if name})
    return tuple(path for path in paths if path.is_file())


@cache
def texts() -> dict[str, str]:
    """Name (from the root, with `/`) to content, of every file that is UTF-8 text."""
    found = {}
    for path in files():
        try:
            found[path.relative_to(ROOT).as_posix()] = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue  # a picture, or a packed file
    return found


def sources(*folders: str) -> dict[str, str]:
    """The Python files below these folders of the root; without folders, every Python file."""
    below = tuple(f"{folder}/" for folder in folders)
    return {name: text for name, text in texts().items() if name.endswith(".py") and name.startswith(below or "")}


def lines_matching(pattern: str, named: dict[str, str]) -> list[str]:
    """`name:line: text` for each line of these files in which the regular expression `pattern` is found."""
    wanted = re.compile(pattern)
    return [
        f"{name}:{number}: {line.strip()[:160]}"
        for name, text in named.items()
        if wanted.search(text)
        for number, line in enumerate(text.splitlines(), 1)
        if wanted.search(line)
    ]
