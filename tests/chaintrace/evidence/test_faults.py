"""What goes wrong while a package is made or read: a full disk, a second run, a clock set back, many answers."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chaintrace.case import lock, log
from chaintrace.case.notes import note
from chaintrace.case.result import open_case
from chaintrace.case.sealing import evidence
from chaintrace.cli import run
from chaintrace.evidence import bag as bag_module
from chaintrace.evidence.verify import verify
from tests.chaintrace.evidence.packages import moment, packed, repaired
from tests.chaintrace.evidence.scale import large_case, measured
from tests.chaintrace.evidence.tampering import without_contents
from tests.chaintrace.small_case import small_case

FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def case(tmp_path: Path) -> Path:
    folder = small_case(tmp_path / "case")
    open_case(folder).follow(clock=moment)
    return folder


@pytest.mark.parametrize("name", ["package", "package.zip"])
@pytest.mark.parametrize("after", [0, 3, 20])
def test_a_disk_that_is_full_half_way_leaves_no_package(
    case: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    after: int,
) -> None:
    written, keep = [], bag_module.Bag._keep

    def full(self: bag_module.Bag, *told: str | int) -> None:
        written.append(told)
        if len(written) > after:
            raise FULL
        keep(self, *told)  # type: ignore[arg-type]  # what it is called with

    with monkeypatch.context() as patch:
        patch.setattr(bag_module.Bag, "_keep", full)
        assert run(["evidence", str(case), "--to", str(tmp_path / name)]) == 2
    said = [line for line in capsys.readouterr().err.splitlines() if line.startswith("chaintrace:")]
    assert said == [f"chaintrace: {tmp_path / name} cannot be written (No space left on device): nothing is left of it"]
    assert [path.name for path in tmp_path.iterdir()] == ["case"]
    assert run(["evidence", str(case), "--to", str(tmp_path / name)]) == 0
    assert run(["verify", str(tmp_path / name)]) == 0


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="needs a small disk, which root may mount")
def test_a_disk_that_is_really_full_leaves_no_package(case: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    try:
        assert run(["evidence", str(case), "--to", str(disk / "package")]) == 2
        assert list(disk.iterdir()) == []
        assert run(["evidence", str(case), "--to", str(disk / "package.zip")]) == 2
        assert list(disk.iterdir()) == []
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_no_package_stands_without_its_line_in_the_log(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    append = log.Writer.append

    def full(writer: log.Writer, action: str, *rest: object, **more: object) -> log.Head:
        if action == "evidence":
            monkeypatch.setattr(log, "_write", _refuse)
        return append(writer, action, *rest, **more)  # type: ignore[arg-type]  # what it is called with

    monkeypatch.setattr(log.Writer, "append", full)
    assert run(["evidence", str(case), "--to", str(tmp_path / "package")]) == 2
    assert "log.jsonl cannot be written" in capsys.readouterr().err
    assert not (tmp_path / "package").exists()


def _refuse(*_: object, **__: object) -> None:
    from chaintrace.errors import OutputError

    raise OutputError("log.jsonl cannot be written (No space left on device): nothing was added to it")


def test_a_case_that_another_run_works_on_is_not_packed(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with lock.hold(case):
        assert run(["evidence", str(case), "--to", str(tmp_path / "package")]) == 2
    assert "another run is working on" in capsys.readouterr().err
    assert not (tmp_path / "package").exists()


def test_a_case_is_locked_while_it_is_packed(case: Path, tmp_path: Path) -> None:
    seen = []

    def watch(what: str, done: int = 0, total: int = 0) -> None:
        del done, total
        if what == "packing raw answers":
            second = sqlite3.connect(case / lock.FILE_NAME, timeout=0)
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                second.execute("BEGIN EXCLUSIVE")
            second.close()
            seen.append(what)

    evidence(case, tmp_path / "package", moment, watch)
    assert seen


def test_a_clock_that_went_backwards_is_told_and_breaks_nothing(case: Path, tmp_path: Path) -> None:
    note(case, "before", "A. Analyst", lambda: datetime(2027, 1, 1, tzinfo=UTC))
    note(case, "after", "A. Analyst", lambda: datetime(2020, 1, 1, tzinfo=UTC))
    package = evidence(case, tmp_path / "package", lambda: datetime(2019, 1, 1, tzinfo=UTC))
    said = verify(package)
    assert not any(said.failures.values())
    told = [text for text in said.notes["integrity"] if "a clock was set back" in text]
    assert [text.split()[0] for text in told] == ["data/log.jsonl:3", "data/log.jsonl:4"]


def test_answers_whose_line_was_lost_get_one_when_they_are_packed(tmp_path: Path) -> None:
    case = large_case(tmp_path / "case", 3)
    lines = (case / "log.jsonl").read_bytes().splitlines(keepends=True)
    (case / "log.jsonl").write_bytes(b"".join(lines[:-2]))
    package = evidence(case, tmp_path / "package", moment)
    assert not any(verify(package).failures.values())
    entries = log.read(case)
    assert [entry.action for entry in entries] == ["trace", "request", "found answers", "sealed trace", "evidence"]
    found = entries[2].details["answers"]
    assert isinstance(found, list)
    assert len(found) == 2
    again = evidence(case, tmp_path / "again", moment)
    assert (again / "data/log.jsonl").read_bytes() == (package / "data/log.jsonl").read_bytes()


@pytest.mark.parametrize("kept", [0, 2])
def test_a_log_that_lacks_lines_is_noticed_though_all_digests_are_mended(tmp_path: Path, kept: int) -> None:
    """Whoever seals the last line anew still lacks the lines about the answers that the package holds."""
    from tests.chaintrace.evidence.tampering import canonical, noticed

    package = evidence(large_case(tmp_path / "case", 3), tmp_path / "package", moment)
    lines = [json.loads(line) for line in (package / "data/log.jsonl").read_bytes().splitlines()]
    left, previous = [*lines[:kept], lines[-1]], "0" * 64
    for number, line in enumerate(left, 1):
        line |= {"number": number, "previous": previous}
        del line["hash"]
        from hashlib import sha256

        line["hash"] = previous = sha256(canonical(line)).hexdigest()
    (package / "data/log.jsonl").write_bytes(b"".join(canonical(line) + b"\n" for line in left))
    without_contents(package)
    repaired(package)
    assert noticed(package) == ("integrity",)


@pytest.mark.parametrize("number", [600, pytest.param(100_000, marks=pytest.mark.soak)])
def test_many_raw_answers_take_little_memory(tmp_path: Path, number: int) -> None:
    case = large_case(tmp_path / "case", number)
    command = ("-m", "chaintrace", "evidence", str(case), "--to", str(tmp_path / "package"))
    _, peak, said = measured(*command)
    assert "packing raw answers" in said
    assert peak < 200 + number // 100  # MiB: the tables of what was read and done grow, the answers do not count
    _, peak, _ = measured("-I", str(tmp_path / "package/verify.py"))
    assert peak < 100 + number // 100


def test_a_package_is_checked_where_nothing_can_be_written_and_from_elsewhere(tmp_path: Path) -> None:
    package = packed(small_case(tmp_path / "case"), tmp_path / "package")
    for path in (package, *package.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = {path: path.stat().st_mtime_ns for path in package.rglob("*")}
    try:
        for setting in (
            {"LC_ALL": "C", "PYTHONUTF8": "0"},
            {"PYTHONIOENCODING": "ascii"},
            {"PYTHONCOERCECLOCALE": "0"},
        ):
            command = [sys.executable, "-I", str(package / "verify.py")]
            done = subprocess.run(command, capture_output=True, check=False, env=setting, cwd="/")
            assert (done.returncode, done.stderr) == (0, b"")
    finally:
        for path in (package, *package.rglob("*")):
            path.chmod(path.stat().st_mode | stat.S_IWUSR)
    assert {path: path.stat().st_mtime_ns for path in package.rglob("*")} == before


def zip_of(package: Path, target: Path, **twice: bytes) -> Path:
    """A ZIP of a package, with entries that have the name of others."""
    with zipfile.ZipFile(target, "w") as made:
        for path in sorted(one for one in package.rglob("*") if one.is_file()):
            made.write(path, f"evidence/{path.relative_to(package).as_posix()}")
        for name, content in twice.items():
            made.writestr(f"evidence/{name}.txt", content)
    return target


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    "what", ["a name twice", "another name inside", "bytes before", "bytes behind", "another entry"]
)
def test_a_zip_that_two_readers_read_otherwise(tmp_path: Path, capsys: pytest.CaptureFixture[str], what: str) -> None:
    """It is refused, or what is checked is what its directory names: no byte beside it is read."""
    package = packed(small_case(tmp_path / "case"), tmp_path / "package")
    path = zip_of(package, tmp_path / "package.zip", **({"bagit": b"BagIt"} if what == "a name twice" else {}))
    content = path.read_bytes()
    match what:
        case "another name inside":
            path.write_bytes(content.replace(b"evidence/bagit.txt", b"evidence/bagit.tx2", 1))
        case "bytes before":
            path.write_bytes(b"#!/bin/sh\nexit 0\n" + content)
        case "bytes behind":
            path.write_bytes(content + b"more")
        case "another entry":
            shutil.copyfile(path, tmp_path / "two.zip")
            with zipfile.ZipFile(path, "a") as made:
                made.writestr("other/bagit.txt", "x")
    code = run(["verify", str(path)])
    said = capsys.readouterr()
    if what in {"a name twice", "another name inside", "another entry"}:
        assert code == 2
        assert len(said.err.splitlines()) == 1
    else:
        assert code == 0


def test_what_would_steer_a_terminal_is_printed_as_a_number(case: Path, tmp_path: Path) -> None:
    package = evidence(case, tmp_path / "package", moment)
    method = package / "data/method.json"
    method.write_text(
        method.read_text().replace('"rounding":"', '"zz":"\\ud800\\u001b[2J","rounding":"').replace('"1"', '"\\ud800"')
    )
    ended = subprocess.run([sys.executable, "-I", str(package / "verify.py")], capture_output=True, check=False)
    assert ended.returncode == 2
    assert b"Traceback" not in ended.stderr
    assert b"\x1b" not in ended.stdout + ended.stderr
