"""A package as one ZIP: the same verdict, and no harm from one that was made to do some."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from chaintrace.case.sealing import evidence
from chaintrace.cli import run
from tests.chaintrace.evidence.packages import moment
from tests.chaintrace.small_case import small_case


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return evidence(small_case(tmp_path / "case"), tmp_path / "package.zip", moment)


def test_a_zip_is_verified(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", str(package)]) == 0
    assert "arithmetic: holds" in capsys.readouterr().out


def test_a_changed_zip_is_noticed(package: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed = tmp_path / "changed.zip"
    with zipfile.ZipFile(package) as old, zipfile.ZipFile(changed, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            new.writestr(entry.filename, content.replace(b"60", b"61") if "hops" in entry.filename else content)
    assert run(["verify", str(changed)]) == 3
    assert "hops.csv was altered" in capsys.readouterr().err


NAMES = ["../outside.txt", "/outside.txt", "a/../../outside.txt", "a\\..\\outside.txt", "c:/outside.txt", "a//b"]


@pytest.mark.parametrize("name", NAMES)
def test_no_entry_is_written_outside(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hostile = tmp_path / "hostile.zip"
    with zipfile.ZipFile(hostile, "w") as made:
        made.writestr(name, "harm")
    before = sorted(tmp_path.rglob("*"))
    assert run(["verify", str(hostile)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert sorted(tmp_path.rglob("*")) == before


def test_a_link_in_a_zip_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hostile = tmp_path / "hostile.zip"
    with zipfile.ZipFile(hostile, "w") as made:
        entry = zipfile.ZipInfo("package/bagit.txt")
        entry.external_attr = 0o120777 << 16
        made.writestr(entry, "/etc/passwd")
    assert run(["verify", str(hostile)]) == 2
    assert "a link" in capsys.readouterr().err


def test_a_bomb_is_not_unpacked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as made:
        for number in range(3):
            made.writestr(f"package/{number}", bytes(40 << 20))
    assert run(["verify", str(bomb)]) == 2
    assert "it is not unpacked" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip at all"])
def test_what_is_no_zip_is_said(content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "package.zip"
    path.write_bytes(content)
    assert run(["verify", str(path)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_cut_zip_is_said(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    package.write_bytes(package.read_bytes()[:-200])
    assert run(["verify", str(package)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_zip_whose_packed_bytes_are_damaged_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    damaged = tmp_path / "damaged.zip"
    with zipfile.ZipFile(damaged, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("package/bagit.txt", "0123456789" * 50)
    name = len("package/bagit.txt")
    content = bytearray(damaged.read_bytes())
    content[30 + name] |= 0b110  # the local header is 30 bytes and the name; a block of the third type there is none
    damaged.write_bytes(content)
    assert run(["verify", str(damaged)]) == 2
    assert "cannot be unpacked" in capsys.readouterr().err


def test_a_folder_that_is_no_package_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", str(tmp_path)]) == 2
    assert run(["verify", str(tmp_path / "absent")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2
