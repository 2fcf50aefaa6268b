"""Row 12: how long `chaintrace --help` and `import chaintrace` take, and which heavy libraries they load."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.timing import MEGABYTE, Times, race, ratio, span
from benchmarks.verdicts import Finding, Measure

HEAVY = ("bitcoin", "networkx", "numba", "numpy", "pandas", "pyarrow", "requests", "rich", "sqlite3", "web3", "yaml")
BIN = Path(sys.executable).parent
COMMANDS = {
    "bare python": [sys.executable, "-c", "pass"],
    "import chaintrace": [sys.executable, "-c", "import chaintrace"],
    "chaintrace --help": [str(BIN / "chaintrace"), "--help"],
    "crypttrace 0.29.0 --help": [str(BIN / "crypttrace"), "--help"],
}
LOADED = f"import sys; before = set(sys.modules)\n{{}}\nprint(*[name for name in {HEAVY} if name in sys.modules])"
HELP = """
from chaintrace.cli import main
sys.argv = ["chaintrace", "--help"]
sys.stdout, shown = open(__import__("os").devnull, "w"), sys.stdout
try:
    main()
except SystemExit:
    pass
sys.stdout = shown"""


def measure(*, quick: bool, full: bool) -> Finding:
    """Every command in turn, each a process of its own."""
    del full
    loaded = {"import chaintrace": heavy("import chaintrace"), "chaintrace --help": heavy(HELP)}
    times = race({name: starter(command) for name, command in COMMANDS.items()}, 5 if quick else 20)
    bare, imported, ours, theirs = times.values()
    return Finding(
        12,
        "starting",
        "both `--help` end with 0 and print their commands.",
        [
            Measure("`chaintrace --help` against bare python", ratio(ours, bare), 6, sense="at most"),
            Measure("`chaintrace --help` against crypttrace's", ratio(ours, theirs), 1 / 3, sense="at most"),
            Measure("`import chaintrace` against bare python", ratio(imported, bare), 4, sense="at most"),
            Measure("heavy libraries loaded", sum(map(len, loaded.values())), 0, sense="at most", unit=""),
        ],
        ["command", "least", "median", "memory"],
        [line(name, found) for name, found in times.items()],
        [f"`{name}` loads of {', '.join(HEAVY)}: {', '.join(found) or 'none'}." for name, found in loaded.items()],
    )


def line(name: str, times: Times) -> list[str]:
    """A command's times, and the most memory that its process held."""
    code = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)"
    )
    size = subprocess.run([sys.executable, "-c", code, *COMMANDS[name]], check=True, capture_output=True, text=True)
    return [name, span(times.least), span(times.middle), f"{int(size.stdout) / MEGABYTE:.0f} MB"]


def starter(command: list[str]) -> Callable[[], object]:
    """Runs a command; raises CalledProcessError when it fails."""
    return lambda: subprocess.run(command, check=True, capture_output=True)


def heavy(code: str) -> list[str]:
    """Which of the heavy libraries a new process holds after running `code`."""
    shown = subprocess.run([sys.executable, "-c", LOADED.format(code)], check=True, capture_output=True, text=True)
    return shown.stdout.split()
