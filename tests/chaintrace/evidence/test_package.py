"""The package of each case that ships: the same bytes each time, checked by a bare Python alone."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from chaintrace.case import log
from chaintrace.case.merging import merge
from chaintrace.case.notes import note
from chaintrace.case.sealing import evidence
from chaintrace.errors import InputError, OutputError
from chaintrace.evidence.package import VERIFIERS
from chaintrace.evidence.verify import LAYERS, verify
from tests.chaintrace.evidence.packages import SHIPPED, moment, packed, shipped
from tests.chaintrace.small_case import small_case


@pytest.fixture(scope="module", params=SHIPPED)
def package(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shipped(request.param, tmp_path_factory.mktemp(request.param))


def failures(folder: Path) -> dict[str, list[str]]:
    said = verify(folder)
    return {layer: said.failures[layer] for layer in LAYERS if said.failures[layer]}


def test_every_layer_holds(package: Path) -> None:
    assert failures(package) == {}


def test_a_bare_python_accepts_it_alone(package: Path) -> None:
    bare = [sys.executable, "-I", "-S", str(package / "verify.py")]
    done = subprocess.run(bare, capture_output=True, text=True, check=False, env={}, cwd="/")
    assert (done.returncode, done.stderr) == (0, "")
    verdicts = {one: "NOT SIGNED" if one == "authenticity" else "holds" for one in LAYERS}
    lines = [line for line in done.stdout.splitlines() if line.split(":")[0] in LAYERS]
    assert lines == [f"{one}: {verdict}" for one, verdict in verdicts.items()]


def test_the_check_leaves_no_trace(package: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in package.rglob("*")}
    subprocess.run([sys.executable, "-I", str(package / "verify.py")], capture_output=True, check=True)
    assert {path: path.stat().st_mtime_ns for path in package.rglob("*")} == before


def test_the_same_case_gives_the_same_bytes_as_often_as_it_is_packed(package: Path, tmp_path: Path) -> None:
    case = package.with_name(package.name.removesuffix("-package"))
    again = evidence(case, tmp_path / "again", moment)
    assert contents(again) == contents(package)
    first, second = (evidence(case, tmp_path / f"{name}.zip", moment) for name in ("a", "b"))
    assert first.read_bytes() == second.read_bytes()


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_the_report_inside_is_the_one_that_was_traced(package: Path) -> None:
    case = package.with_name(package.name.removesuffix("-package"))
    assert contents(package / "data/report") == contents(case / "report")


def test_every_traced_transaction_is_proven_or_declared_so(package: Path) -> None:
    with (package / "data/proofs/unproven.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    assert all(row["reason"] for row in rows)


def test_the_log_says_that_it_was_packed(package: Path) -> None:
    case = package.with_name(package.name.removesuffix("-package"))
    entries = log.read(case)
    assert [entry.action for entry in entries][:3] == ["trace", "sealed trace", "evidence"]
    inside = (package / "data/log.jsonl").read_bytes()
    assert [json.loads(line)["action"] for line in inside.splitlines()] == ["trace", "sealed trace"]


def test_nothing_stands_in_it_that_names_the_machine(package: Path) -> None:
    here = str(package.parents[1]).encode()
    assert [name for name, content in contents(package).items() if here in content] == []


def test_a_package_is_never_written_over_another(tmp_path: Path) -> None:
    case = small_case(tmp_path / "case")
    packed(case, tmp_path / "package")
    before = contents(tmp_path / "package")
    with pytest.raises(InputError, match="stands already"):
        evidence(case, tmp_path / "package", moment)
    assert contents(tmp_path / "package") == before


def test_a_target_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    case = small_case(tmp_path / "case")
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        evidence(case, tmp_path / "file" / "package", moment)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["case", "file"]


def test_a_verifier_without_its_sister_still_works_the_sums_out(tmp_path: Path) -> None:
    package = packed(small_case(tmp_path / "case"), tmp_path / "package")
    alone = tmp_path / "alone"
    alone.mkdir()
    for name in set(VERIFIERS) - {"verify_chain.py"}:
        shutil.copy(package / name, alone / name)
    command = [sys.executable, "-I", str(alone / "verify.py"), str(package)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "no proof was checked" in done.stdout


@pytest.mark.parametrize("arguments", [["/nowhere"], [".", "."]])
def test_what_is_no_package_is_said_in_one_sentence(arguments: list[str], tmp_path: Path) -> None:
    package = packed(small_case(tmp_path / "case"), tmp_path / "package")
    command = [sys.executable, "-I", str(package / "verify.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


def test_a_log_that_was_merged_is_packed_and_checked(tmp_path: Path) -> None:
    case = small_case(tmp_path / "case")
    shutil.copytree(case, tmp_path / "other")
    note(tmp_path / "other", "seen from the other side", "B", moment)
    note(case, "begun", "A", moment)
    head = merge(case, tmp_path / "other", "A", moment).head
    package = packed(case, tmp_path / "package")
    assert failures(package) == {}
    kept = package / f"data/logs/{head}.jsonl"
    kept.write_bytes(kept.read_bytes().replace(b"seen", b"seem"))
    assert any("was altered: its hash" in text for text in failures(package)["integrity"])
    kept.unlink()
    assert "integrity" in failures(package)


def test_it_is_a_bag_by_the_library_of_the_format(package: Path) -> None:
    import bagit

    found = bagit.Bag(str(package))
    assert (found.is_valid(), found.version_info) == (True, (1, 0))
