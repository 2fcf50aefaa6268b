"""Every command of the documents runs, ends as the page says, and answers what the page shows.

A page is one reader: its blocks run in order, in a folder of their own, with this environment's chaintrace on the
path. Files that the page says to save are saved; of a shown answer each line must come, in that order. A public service
is asked nowhere: stand-ins on loopback answer for those that tests/docs/stand_ins.py knows.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.chaintrace.freeze.printing import need_printing
from tests.docs import checkout
from tests.docs.pages import CONSOLE, Block, Command, blocks, commands, site_pages
from tests.docs.stand_ins import exchanged, standing
from tests.house.tree import files

FIRST_PAYMENT = "f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16"
TRACE = f"chaintrace trace {FIRST_PAYMENT} --chain bitcoin --index 0"
SPARK = "chaintrace bulk cluster chain --to clusters.parquet --engine spark"
EVM = "chaintrace trace TXID --chain ethereum --from evm-rpc=http://127.0.0.1:8545"
PARSE = "chaintrace bulk parse bitcoin-core=http://127.0.0.1:8332 --to chain"
OPENSSH = (
    "ssh-keygen -Y verify -f ../signers -I analyst -n chaintrace-evidence"
    " -s tagmanifest-sha256.txt.sig < tagmanifest-sha256.txt"
)
SIGNING = "tests/chaintrace/evidence/test_signing.py does it with an agent, and with a security key made of software"
NOT_RUN = {
    "make demo": "sets up .venv; tests/house/test_setup.py reads its plan, tests/house/test_install.py runs the demo",
    "make test": "would run this test",
    "make check": "the checks are part of the run that this test is in",
    "make system": "asks the system's package manager, as root",
    "pip install .": "tests/house/test_install.py installs the wheel in an empty environment",
    TRACE: "asks public services; tests/chaintrace/cli/test_trace_network.py asks a stand-in",
    f"{TRACE} --from bitcoin-core=http://127.0.0.1:8332": "asks a node; tests/nodes/test_traced.py asks one of its own",
    "chaintrace doctor f4184fc5": "of the case before it; tests/chaintrace/cli/test_doctor_network.py",
    "chaintrace queries f4184fc5": "of the case before it; tests/chaintrace/cli/test_trace_network.py",
    EVM: "asks a node; tests/nodes/test_anvil_traced.py asks one of its own",
    PARSE: "asks a node; tests/chaintrace/case/test_bulk_node.py asks a stand-in",
    SPARK: "needs Java; `make spark` runs tests/chaintrace/bulk/test_spark.py",
    f"{SPARK} --spark-master spark://head:7077": "asks another machine; the same tests run it on this one",
    "ssh-keygen -t ed25519-sk -O resident -f evidence": f"wants a touch of a security key; {SIGNING}",
    "chaintrace evidence CASE --to PACKAGE --sign evidence.pub": SIGNING,
    'echo "analyst $(cat signer.pub)" > ../signers': SIGNING,
    OPENSSH: SIGNING,
    ".venv/bin/python -m tests.docs.picture": "writes into the checkout; tests/docs/test_picture.py looks at it",
    ".venv/bin/python -m tests.notebooks.run": "writes into the checkout; tests/notebooks runs each notebook",
}
"""Commands that no test of this file runs, each with the reason and where it is tested instead."""
PYTEST = ".venv/bin/python -m pytest "
"""Commands that run a part of the tests: they run anyway, so here only the paths are looked at. In a checkout of the
reader's own they are run."""

PAGES = [
    page for page in site_pages() if any(block.language in {*CONSOLE, "python"} or block.name for block in blocks(page))
]


class Reader:
    """Somebody who follows one page: a folder, where the shell stands in it, and the last exit code."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.where = folder
        self.code = 0
        self.has_checkout = False
        self.urls: dict[str, str] = {}
        self.env = {name: value for name, value in os.environ.items() if not name.startswith(("CHAINTRACE", "PYTEST"))}
        self.env["HOME"] = str(folder)
        self.env["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
        self.env["COLUMNS"] = "160"
        self.env["CHAINTRACE_NETWORK"] = "own"  # no page asks a public service

    def check_out(self) -> None:
        """Stand in a copy of the house, which the programs of this environment then run."""
        self.env |= checkout.lay_out(self.folder)
        self.has_checkout = True

    def save(self, block: Block) -> None:
        """Save a block where the shell stands; one that is a diff is put into the file that is there."""
        path = self.where / block.name
        is_diff = block.language == "diff"
        text = checkout.patched(path.read_text("utf-8"), block.text) if is_diff else exchanged(block.text, self.urls)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def run(self, command: str) -> str:
        """What a command prints, on both streams; the shell may have gone to another folder."""
        note = self.folder.parent / f"{self.folder.name}.where"
        script = f'(exit {self.code}); {exchanged(command, self.urls)}\ncode=$?; pwd > "{note}"; exit $code'
        done = self._start(["bash", "-c", script])
        self.code = done.returncode
        self.where = Path(note.read_text("utf-8").strip())
        return exchanged(done.stdout, {stand_in: service for service, stand_in in self.urls.items()})

    def python(self, text: str) -> subprocess.CompletedProcess[str]:
        """Run a block of Python; one with `>>> ` as a doctest."""
        script = self.folder.parent / f"{self.folder.name}_block.py"
        script.write_text(f'r"""\n{text}"""\n' if ">>> " in text else text, "utf-8")
        return self._start([sys.executable, *(["-m", "doctest"] if ">>> " in text else []), str(script)])

    def _start(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.where,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=120,
            check=False,
        )


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    """A reader in an empty folder."""
    if shutil.which("bash") is None:
        pytest.skip("bash is not here: the pages show its commands")
    folder = tmp_path / "reader"
    folder.mkdir()
    return Reader(folder)


def check(command: Command, following: Command | None, reader: Reader, page: str) -> None:
    """Run one command and compare; a code other than 0 must be shown by an `echo $?` below."""
    if command.text in NOT_RUN:
        return
    if command.text.startswith(PYTEST) and not reader.has_checkout:
        paths = [word for word in command.text.removeprefix(PYTEST).split() if "/" in word]
        assert [path for path in paths if not (Path(__file__).parents[2] / path.partition("::")[0]).exists()] == []
        return
    printed = reader.run(command.text)
    place = f"{page}, line {command.line}: `{command.text}`"
    if following is None or following.text != "echo $?":
        assert reader.code == 0, f"{place} ended with {reader.code}:\n{printed}"
    lines = iter(line.rstrip() for line in printed.splitlines())
    for shown in command.answer:
        if shown.strip() not in {"…", "..."}:
            assert any(line == shown for line in lines), (
                f"{place} does not answer {shown!r} (in this order):\n{printed}"
            )


def follow(page: str, reader: Reader) -> None:
    """Do what a page says, block after block."""
    for block in blocks(page):
        if block.name:
            reader.save(block)
        elif block.language in CONSOLE:
            wanted = commands(block)
            for command, following in zip(wanted, [*wanted[1:], None], strict=True):
                check(command, following, reader, page)
        elif block.language == "python":
            done = reader.python(block.text)
            assert done.returncode == 0, f"{page}, line {block.line}:\n{done.stdout}"


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_a_reader_can_follow_the_page(page: str, reader: Reader, root: Path):
    if any("data/cases" in block.text for block in blocks(page) if block.language in {*CONSOLE, "python"}):
        for path in files():
            if root / "data" / "cases" in path.parents:
                (reader.folder / path.relative_to(root)).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, reader.folder / path.relative_to(root))
    if checkout.is_meant(page):
        reader.check_out()
    asked = [block.text for block in blocks(page) if block.name or block.language in CONSOLE]
    if any("chaintrace freeze" in text for text in asked):
        need_printing()
    with standing(asked) as reader.urls:
        follow(page, reader)


def test_each_command_that_is_not_run_stands_in_a_page():
    shown = {
        command.text
        for page in site_pages()
        for block in blocks(page)
        if block.language in CONSOLE
        for command in commands(block)
    }
    assert set(NOT_RUN) <= shown


@pytest.mark.parametrize("page", site_pages())
def test_each_block_of_toml_can_be_read(page: str):
    for block in blocks(page):
        if block.language == "toml":
            tomllib.loads(block.text)
