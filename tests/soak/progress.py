"""Long runs that can be stopped: where one got to, and the table of what they found in docs/soak.md."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs" / "soak.md"
SEED = int(os.environ.get("SOAK_SEED", "1"))
HEAD = """# Long runs

`make soak` makes random cases without end in sight of a test run: seeded, so that the same seed makes the same cases,
and resumable, so that one that was stopped goes on where it was. `SOAK_CASES=N make soak` says how many of each.
Each row is the newest run of its kind; a difference is a failure of the run and stands here too. A case that differed
once is made again by every later run; where it no longer differs, it is counted as mended.

| run | seed | cases | differences | Python |
|---|---|---|---|---|
"""


class Progress:
    """How far a run of this name and seed has come."""

    def __init__(self, name: str, folder: Path | None = None) -> None:
        """Read where an earlier run stopped, if there was one."""
        self.name = name
        self._file = (folder or ROOT / "build" / "soak") / f"{name.replace(' ', '-')}-{SEED}.json"
        held = json.loads(self._file.read_text("utf-8")) if self._file.exists() else {}
        self.done: int = held.get("done", 0)
        self.found: list[str] = held.get("found", [])
        self.mended: list[str] = held.get("mended", [])

    def keep(self, done: int, found: list[str]) -> None:
        """Write down that `done` cases are seen, and what differed in them."""
        self.done, self.found = done, [*self.found, *found]
        self._write()

    def again(self, differs: Callable[[str], bool]) -> None:
        """Make the cases that differed once more, each by its line; those that no longer do are mended."""
        still = [line for line in self.found if differs(line)]
        self.mended += [line for line in self.found if line not in still]
        self.found = still
        self._write()

    def _write(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        part = self._file.with_suffix(".part")
        part.write_text(json.dumps({"done": self.done, "found": self.found, "mended": self.mended}), "utf-8")
        part.replace(self._file)


def tell(progress: Progress, table: Path = TABLE) -> None:
    """Put the run's row into the table, in the order of the names."""
    rows: dict[str, str] = {}
    if table.exists():
        lines = table.read_text("utf-8").splitlines()
        rows = {line.split("|")[1].strip(): line for line in lines if line.startswith("| ") and "---" not in line}
        rows.pop("run", None)
    version = ".".join(platform.python_version_tuple()[:2])
    differ = f"{len(progress.found)}" + (f", and {len(progress.mended)} mended" if progress.mended else "")
    rows[progress.name] = f"| {progress.name} | {SEED} | {progress.done:,} | {differ} | {version} |"
    table.write_text(HEAD + "".join(f"{rows[name]}\n" for name in sorted(rows)), "utf-8")
