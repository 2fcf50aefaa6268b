"""Runs `chaintrace trace` on a case and says what came of it; a refusal must leave the report as it was."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from chaintrace.cli import run

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[2]
OLD_REPORT = "what stood here before"
# What a run may leave behind when it refuses: raw bytes, indices and facts that can be made again, its lock.
WORKING = ("archive", "cache", "store.sqlite", "lock.sqlite")


@dataclass(frozen=True)
class Outcome:
    """The exit code, the sentences on stderr that begin with the program's name, and the whole of both streams."""

    code: int
    told: tuple[str, ...]
    out: str
    err: str


def tree(folder: Path) -> dict[str, str]:
    """Every file below a folder with the digest of its bytes."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def trace(folder: Path, *arguments: str) -> Outcome:
    """Trace in this process, through the function that the installed program calls."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(["trace", str(folder), *arguments])
    return outcome(code, out.getvalue(), err.getvalue())


def process(folder: Path, *arguments: str, env: Mapping[str, str] | None = None, **options: object) -> Outcome:
    """Trace in a process of its own."""
    command = [sys.executable, "-m", "chaintrace", "trace", str(folder), *arguments]
    where = {**os.environ, "PYTHONPATH": str(ROOT), **(env or {})}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=where, **options)
    return outcome(done.returncode, done.stdout, done.stderr)


def outcome(code: int, out: str, err: str) -> Outcome:
    told = tuple(line for line in err.splitlines() if line.startswith("chaintrace: "))
    return Outcome(code, told, out, err)


def refused(folder: Path, *arguments: str) -> str:
    """Trace a case that holds a report; exit 2, one sentence, no stack, the report untouched. Returns the sentence."""
    report = folder / "report"
    if not report.exists():
        report.mkdir()
        (report / "report.html").write_text(OLD_REPORT, "utf-8")
    before = tree(folder)
    came = trace(folder, *arguments)
    assert came.code == 2, came
    (sentence,) = came.told
    assert "Traceback" not in came.err
    assert len(sentence) < 2000
    after = tree(folder)
    new = {name for name in after if name not in before and not name.startswith(WORKING)}
    changed = {name for name in before if after.get(name) != before[name] and not name.startswith(WORKING)}
    assert (new, changed) == (set(), set())
    return sentence.removeprefix("chaintrace: ").replace(f"{folder}{os.sep}", "")
