"""A disk that is full or refuses: said in one sentence, nothing damaged, and the next run gives what it would have."""

from __future__ import annotations

import errno
import shutil
import sys
from pathlib import Path

import pytest

from tests.chaintrace.small_case import TRANSFERS, small_case
from tests.faults.running import process, trace, tree

MORE = TRANSFERS + "ledger,t3,0,,1600000020,GOLD,2,taker,shop,5\n"
FULL = OSError(errno.ENOSPC, "No space left on device")
DENIED = PermissionError(errno.EACCES, "Permission denied")
DOORS = [
    ("pathlib.Path.rename", DENIED),
    ("pathlib.Path.replace", DENIED),
    ("pathlib.Path.mkdir", DENIED),
    ("pathlib.Path.write_bytes", FULL),
    ("os.fsync", FULL),
    ("tempfile.mkdtemp", FULL),
    ("tempfile.NamedTemporaryFile", FULL),
]


@pytest.fixture
def changed(tmp_path):
    """A case that was traced and got one more transfer since, and what its report holds once that is traced."""
    folder = small_case(tmp_path / "case")
    assert trace(folder).code == 0
    assert trace(small_case(tmp_path / "sound", transfers=MORE)).code == 0
    (folder / "transfers.csv").write_text(MORE, "utf-8")
    return folder, tree(tmp_path / "sound" / "report")


@pytest.mark.parametrize(("door", "error"), DOORS, ids=[door for door, _ in DOORS])
def test_what_cannot_be_written_is_said_and_nothing_is_damaged(changed, monkeypatch, door, error):
    folder, wanted = changed
    before = tree(folder / "report")

    def refuse(*_, **__):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(door, refuse)
        came = trace(folder)
    assert (came.code, len(came.told)) == (2, 1)
    assert "cannot be" in came.told[0]
    assert tree(folder / "report") == before
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []
    assert trace(folder).code == 0
    assert tree(folder / "report") == wanted


def test_a_report_that_another_program_keeps_open_is_left_whole(changed, monkeypatch):
    """On some systems a folder with an open file cannot be renamed: the first rename fails, or the second."""
    folder, wanted = changed
    before = tree(folder / "report")
    rename = Path.rename
    for allowed in (0, 1):
        calls = []

        def limited(self, target, calls=calls, allowed=allowed):
            calls.append(target)
            if len(calls) == allowed + 1:
                raise DENIED
            return rename(self, target)

        with monkeypatch.context() as patch:
            patch.setattr(Path, "rename", limited)
            came = trace(folder)
        assert came.code == 2
        assert "close its files in other programs" in came.told[0]
        assert tree(folder / "report") == before
    assert trace(folder).code == 0
    assert tree(folder / "report") == wanted


@pytest.mark.parametrize("most", [0, 1_000, 20_000, 60_000, 100_000])
def test_files_that_may_not_grow(changed, most):
    """The system refuses every byte beyond a length, as it does on a full disk, at another place each time."""
    resource = pytest.importorskip("resource", reason="this system sets no limit on a file's length")
    folder, wanted = changed
    shutil.rmtree(folder / "archive")
    (folder / "store.sqlite").unlink()
    before = tree(folder / "report")

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    came = process(folder, preexec_fn=limit)
    assert (came.code, len(came.told)) == (2, 1), came
    assert "Traceback" not in came.err
    assert tree(folder / "report") == before
    assert trace(folder).code == 0
    assert tree(folder / "report") == wanted


def test_a_copy_that_fails_is_the_fault_of_the_archive_and_not_of_the_source(tmp_path, monkeypatch):
    folder = small_case(tmp_path / "case")

    def fail(*_):
        raise FULL

    monkeypatch.setattr("chaintrace.store.archive.FileArchive._settle", fail)
    came = trace(folder)
    assert came.code == 2
    assert "the archive of the case cannot be written (no space left on device)" in came.told[0]
    assert [path.name for path in (folder / "archive" / "raw").iterdir()] == []


@pytest.mark.skipif(sys.platform == "win32", reason="rights are other there")
def test_a_folder_that_may_not_be_written(changed):
    import os

    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    folder, _ = changed
    before = tree(folder)
    folder.chmod(0o500)
    try:
        came = trace(folder)
    finally:
        folder.chmod(0o700)
    assert (came.code, len(came.told)) == (2, 1)
    assert tree(folder) == before


@pytest.mark.parametrize("target", ["a" * 300, "case.toml/x", "case.toml"])
def test_a_place_for_the_report_that_cannot_be(changed, monkeypatch, target):
    folder, _ = changed
    monkeypatch.chdir(folder)
    came = trace(folder, "--report", target)
    assert (came.code, len(came.told)) == (2, 1)
    assert (folder / "case.toml").is_file()
