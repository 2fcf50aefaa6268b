"""A verifier runs its own text alone: nothing that somebody put beside it, and nothing compiled."""

from __future__ import annotations

import importlib.util
import marshal
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from chaintrace.evidence import verify_facts
from chaintrace.evidence.verify import verify

NAMES = ("hashlib.py", "json.py", "csv.py", "tomllib.py", "sitecustomize.py", "verify_extra.py", "re/__init__.py")
MARK = "import pathlib; pathlib.Path({!r}).write_text('run')\n"
UNCHECKED = 1
"""Flags of compiled code that Python runs whatever the text beside it says (PEP 552)."""


@pytest.fixture
def bench(small: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(small, tmp_path / "bench"))


def checked(bench: Path, *options: str) -> subprocess.CompletedProcess[bytes]:
    """The package's own program, from another folder."""
    command = [sys.executable, *options, str(bench / "verify.py")]
    return subprocess.run(command, capture_output=True, check=False, cwd="/", timeout=60)


@pytest.mark.parametrize("options", [("-I",), ()], ids=["isolated", "not isolated"])
def test_a_planted_module_is_not_run_and_is_named(bench: Path, tmp_path: Path, options: tuple[str, ...]) -> None:
    for name in NAMES:
        (bench / name).parent.mkdir(exist_ok=True)
        (bench / name).write_text(MARK.format(str(tmp_path / "mark")))
    done = checked(bench, *options)
    assert (done.returncode, done.stderr) == (1, b"")
    assert not (tmp_path / "mark").exists()
    assert [
        name for name in NAMES if f"{name} is no file of a package of this format" not in done.stdout.decode()
    ] == []


@pytest.mark.parametrize("options", [("-I",), ()], ids=["isolated", "not isolated"])
def test_compiled_code_that_lies_beside_the_text_is_not_run(
    bench: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    (bench / "__pycache__").mkdir()
    planted = sorted(path.stem for path in bench.glob("verify*.py"))
    for name in (*planted, "json"):
        code = compile(MARK.format(str(tmp_path / "mark")), f"{name}.py", "exec")
        head = importlib.util.MAGIC_NUMBER + UNCHECKED.to_bytes(4, "little") + bytes(8)
        place = Path(importlib.util.cache_from_source(str(bench / f"{name}.py")))
        place.write_bytes(head + marshal.dumps(code))
    done = checked(bench, *options)
    assert (done.returncode, done.stderr) == (1, b"")
    assert not (tmp_path / "mark").exists()


@pytest.mark.parametrize("how", ["missing", "a pipe", "a link", "a folder"])
def test_a_program_that_is_no_plain_file_ends_it_in_one_sentence(bench: Path, tmp_path: Path, how: str) -> None:
    path = bench / "verify_method.py"
    shutil.move(path, tmp_path / "verify_method.py")
    match how:
        case "a pipe":
            os.mkfifo(path)
        case "a link":
            path.symlink_to(tmp_path / "verify_method.py")
        case "a folder":
            path.mkdir()
    done = checked(bench, "-I")
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, b"", 1)


def test_a_folder_that_cannot_be_opened_is_said(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = os.scandir

    def shut(place: os.PathLike[str]) -> object:
        if str(place).endswith("report"):
            raise PermissionError(13, "Permission denied", str(place))
        return whole(place)

    monkeypatch.setattr(os, "scandir", shut)
    with pytest.raises(verify_facts.Wrong, match=r"report cannot be opened \(Permission denied\)"):
        verify_facts.Package(small).names()
    with pytest.raises(verify_facts.Wrong, match="cannot be opened"):
        list(verify_facts.Package(small).empty())


def test_that_the_programs_are_of_another_release_is_said(bench: Path) -> None:
    path = bench / "data/method.json"
    path.write_bytes(path.read_bytes().replace(b'"tool_version":"0.1.0"', b'"tool_version":"0.1.9"'))
    said = verify(bench).notes["integrity"]
    assert [text for text in said if text.startswith("made by chaintrace 0.1.9, and this is the program of 0.1.0")]
