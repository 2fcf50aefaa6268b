"""What each notebook of the course begins with: a folder of its own, and the command line.

`%run course.py` gives `ct` (chaintrace), `pd` (pandas), `Path`, `DATA`, and the magic `%chaintrace`, which runs the
command line. Nothing of the checkout is written, your own tags are not read, and nobody is asked over the network.
"""

import contextlib
import io
import os
import re
import shlex
import tempfile
from pathlib import Path

import pandas as pd
from IPython import get_ipython

import chaintrace as ct  # noqa: F401  # given to the notebooks
from chaintrace.cli import run

DATA = Path(__file__).resolve().parent.parent / "data"
"""The folder of data that ships."""

_WORK = tempfile.TemporaryDirectory(prefix="chaintrace-course-", ignore_cleanup_errors=True)
os.chdir(_WORK.name)
os.environ["CHAINTRACE_HOME"] = "home"
os.environ["CHAINTRACE_NETWORK"] = "none"
pd.set_option("display.max_colwidth", None)


class _Screen(io.StringIO):
    """The stream for messages, as a terminal would take it: what is overwritten there is not shown here."""

    def isatty(self) -> bool:
        return True

    def shown(self) -> str:
        return re.sub(r"[^\n]*\r\x1b\[K", "", self.getvalue())


def aligned(text: str) -> str:
    """Lines of cells parted by tabs as columns; every other line as it is."""
    lines = [line.split("\t") for line in text.splitlines()]
    told, at = [], 0
    while at < len(lines):
        end = at
        while end < len(lines) and len(lines[end]) == len(lines[at]) > 1:
            end += 1
        block = lines[at : max(end, at + 1)]
        widths = [max(map(len, column)) for column in zip(*block, strict=True)]
        told += ["  ".join(map(str.ljust, cells, widths)).rstrip() for cells in block]
        at += len(block)
    return "\n".join(told)


def chaintrace(line: str) -> None:
    """Run one command of chaintrace; print what it answers, what it remarks, and its exit code unless that is 0.

    The code is left in the variable `exit_code`.
    """
    printed, remarked = io.StringIO(), _Screen()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(remarked):
        code = run(shlex.split(line))
    get_ipython().user_ns["exit_code"] = code
    parts = (aligned(printed.getvalue()), remarked.shown().strip(), f"(exit code {code})" if code else "")
    print("\n".join(part for part in parts if part))


get_ipython().register_magic_function(chaintrace)
