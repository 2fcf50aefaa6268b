"""What people put into a pack's folder stays, what killed runs left is put away, and what is changed is known."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from chaintrace.freeze.authority import Enclosure
from chaintrace.freeze.keeping import changed, enclose, others, take_over, tidy, write_sums


def enclosure(folder, name: str, content: bytes) -> Enclosure:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    return Enclosure(name, folder / name, "")


def test_the_list_of_digests_is_one_that_sha256sum_reads(tmp_path):
    (tmp_path / "b.txt").write_bytes(b"b")
    (tmp_path / "a.txt").write_bytes(b"a")
    enclosure(tmp_path / "enclosures", "order.pdf", b"order")
    enclosure(tmp_path / "enclosures", "answer.eml", b"a person's")
    write_sums(tmp_path, ["order.pdf"])
    lines = (tmp_path / "sha256sums.txt").read_text("utf-8").splitlines()
    assert [line.split("  ")[1] for line in lines] == ["a.txt", "b.txt", "enclosures/order.pdf"]
    if shutil.which("sha256sum"):
        subprocess.run(["sha256sum", "--check", "--strict", "sha256sums.txt"], cwd=tmp_path, check=True)


def test_a_changed_file_is_known_by_its_digest(tmp_path):
    assert changed(tmp_path, ["a.txt"]) == ""
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_bytes(name.encode())
    assert changed(tmp_path, ["a.txt"]) == ""  # nobody listed them: an older pack
    write_sums(tmp_path)
    assert changed(tmp_path, ["a.txt", "b.txt", "c.txt"]) == ""
    (tmp_path / "b.txt").write_bytes(b"by hand")
    assert changed(tmp_path, ["a.txt", "b.txt", "c.txt"]) == "b.txt"
    (tmp_path / "b.txt").unlink()
    assert changed(tmp_path, ["a.txt", "b.txt", "c.txt"]) == ""
    (tmp_path / "c.txt").write_bytes(b"put there")
    assert changed(tmp_path, ["a.txt", "b.txt", "c.txt"]) == "c.txt"
    (tmp_path / "sha256sums.txt").write_bytes(b"\xff\xfe")
    assert changed(tmp_path, ["a.txt"]) == "a.txt"


def test_enclosures_are_taken_over_as_they_are(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    new.mkdir()
    take_over(old, new)
    assert list(new.iterdir()) == []
    (old / "enclosures" / "more").mkdir(parents=True)
    (old / "enclosures" / "more" / "x").write_bytes(b"x")
    take_over(old, new)
    assert (new / "enclosures" / "more" / "x").read_bytes() == b"x"


def test_an_enclosure_never_takes_the_place_of_another_file(tmp_path):
    there = tmp_path / "there"
    given = enclosure(tmp_path, "order.pdf", b"first")
    assert enclose([], there) == ()
    assert not there.exists()
    assert enclose([given], there) == ()
    assert enclose([given], there) == ()
    given.path.write_bytes(b"second")
    [aside] = enclose([given], there)
    assert ((there / "order.pdf").read_bytes(), (there / aside).read_bytes()) == (b"second", b"first")
    given.path.write_bytes(b"first")
    assert len(enclose([given], there)) == 2
    (there / "order.pdf").unlink()
    (there / "order.pdf").mkdir()
    assert "order.earlier.pdf" in enclose([given], there)


@pytest.mark.parametrize("left", [(), ("new",), ("old",), ("new", "old")])
def test_what_a_killed_run_left_is_put_away_and_a_pack_moved_aside_comes_back(left, tmp_path):
    bench = tmp_path / ".htx-a1b2c3_d"
    bench.mkdir()
    for name in left:
        (bench / name).mkdir()
        (bench / name / "note.md").write_text(name, "utf-8")
    tidy(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == (["htx"] if "old" in left else [])
    assert "old" not in left or (tmp_path / "htx" / "note.md").read_text("utf-8") == "old"


def test_what_is_no_bench_is_left_alone(tmp_path):
    tidy(tmp_path / "absent")
    (tmp_path / ".htx-a1b2c3d4" / "old").mkdir(parents=True)
    (tmp_path / ".htx-a1b2c3d4" / "mine.txt").write_text("mine", "utf-8")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".notes-abcdefgh").write_text("mine", "utf-8")
    (tmp_path / "htx").mkdir()
    tidy(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".git", ".htx-a1b2c3d4", ".notes-abcdefgh", "htx"]


def test_others_are_the_folders_that_a_run_did_not_write(tmp_path):
    for name in ("htx", "okx", ".hidden"):
        (tmp_path / name).mkdir()
    (tmp_path / "list.txt").write_text("mine", "utf-8")
    assert [path.name for path in others(tmp_path, ["htx"])] == ["okx"]
    assert others(tmp_path / "absent", []) == ()
