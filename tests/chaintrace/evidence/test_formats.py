"""Packages of every version of the format are verified and replayed; one of a later version is refused."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from chaintrace.case.replaying import replay
from chaintrace.cli import run
from chaintrace.evidence.package import FORMAT_VERSION, README
from chaintrace.evidence.unpacking import unpacked
from chaintrace.evidence.verify import LAYERS, verify
from chaintrace.evidence.verify_bag import FORMAT_VERSION as READ
from chaintrace.evidence.verify_bag import PROGRAMS, RELEASE
from chaintrace.evidence.verify_bag import README as README_DIGEST
from tests.chaintrace.evidence.formats import FOLDER, KINDS
from tests.chaintrace.evidence.packages import moment, packed, repaired
from tests.chaintrace.evidence.tampering import without_contents
from tests.chaintrace.small_case import small_case

KEPT = sorted(FOLDER.glob("*/*.zip"))
MOST = 180_000
"""Bytes of a kept package, at most: a third of it are the programs."""
DIFFERENCE = re.compile(r"(the rule \w+: version|[a-z_]+\.(csv|json|html)[: \[])")
"""How a difference begins: a rule, or a file with its line, its field or its column."""


def test_one_of_each_kind_is_kept_for_each_version() -> None:
    assert {path.parent.name for path in KEPT} >= {FORMAT_VERSION}
    for folder in {path.parent for path in KEPT}:
        assert {path.stem for path in folder.glob("*.zip")} == set(KINDS)
    assert all(path.stat().st_size < MOST for path in KEPT)


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_kept_package_is_verified_and_replayed(path: Path, tmp_path: Path) -> None:
    with unpacked(path) as package:
        asked = json.loads((package / "data/method.json").read_bytes())
        said = verify(package)
        left = [text for layer in LAYERS for text in said.failures[layer]]
        if asked["tool_version"] == version("chaintrace"):  # not released yet: its programs may have been changed since
            left = [text for text in left if "is not the program of chaintrace" not in text]
        assert left == []
        done = replay(package, tmp_path / "again", moment)
    assert [text for text in done.differences if not DIFFERENCE.match(text)] == []


@pytest.mark.parametrize("path", KEPT[:1], ids=lambda path: path.stem)
def test_a_kept_package_is_accepted_by_its_own_program(path: Path) -> None:
    with unpacked(path) as package:
        command = [sys.executable, "-I", str(package / "verify.py")]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_programs_know_which_release_they_are_of() -> None:
    from hashlib import sha256

    from chaintrace.evidence.package import VERIFIERS

    assert (version("chaintrace"), FORMAT_VERSION) == (RELEASE, READ)
    assert sha256(README.encode()).hexdigest() == README_DIGEST
    assert set(PROGRAMS) == set(VERIFIERS)


@pytest.mark.parametrize(("key", "value"), [("format_version", "2"), ("format", "another"), ("format_version", 1)])
def test_a_package_of_a_later_format_is_refused_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], key: str, value: object
) -> None:
    package = packed(small_case(tmp_path / "case"), tmp_path / "package")
    path = package / "data/method.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), key: value}, sort_keys=True) + "\n", "utf-8")
    without_contents(package)
    repaired(package)
    for command in (["verify", str(package)], ["replay", str(package), "--to", str(tmp_path / "again")]):
        assert run(command) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert len(said.err.splitlines()) == 1
        assert f"{key.removesuffix('_version')}" in said.err
    alone = [sys.executable, "-I", str(package / "verify.py")]
    done = subprocess.run(alone, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert not (tmp_path / "again").exists()
