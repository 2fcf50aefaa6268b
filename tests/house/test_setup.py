"""The two commands: what `make demo` and `make test` would do, read from a dry run in a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

STAMPS = ("uv", "core", "dev", "package")


@pytest.fixture
def clone(tmp_path: Path, root: Path) -> Path:
    """The files that set-up reads, as a fresh clone has them."""
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(root / name, tmp_path / name)
    shutil.copytree(root / "requirements", tmp_path / "requirements")
    (tmp_path / "tests" / "nodes").mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(root / "tests" / "nodes" / name, tmp_path / "tests" / "nodes" / name)
    return tmp_path


def planned(folder: Path, *goals: str) -> str:
    """The commands that make would run for `goals`, without running them."""
    environment = {
        name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}
    }
    environment["HOME"] = str(folder)
    run = subprocess.run(
        ["make", "-n", *goals], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    return run.stdout


def set_up(folder: Path, *stamps: str) -> None:
    """Leave the stamps that a finished set-up leaves."""
    (folder / ".venv" / "stamps").mkdir(parents=True)
    for name in stamps:
        (folder / ".venv" / "stamps" / name).touch()


def test_the_demo_installs_the_core_only(clone: Path):
    plan = planned(clone, "demo")
    assert "--require-hashes -r requirements/uv.txt" in plan
    assert "--require-hashes -r requirements/core.txt" in plan
    assert "--no-deps --no-build-isolation -e ." in plan
    assert "dev.txt" not in plan
    assert plan.splitlines()[-1] == ".venv/bin/chaintrace demo"


def test_the_demo_leaves_the_environment_of_the_tests_alone(clone: Path):
    set_up(clone, *STAMPS)
    assert planned(clone, "demo").splitlines() == [".venv/bin/chaintrace demo"]


def test_the_tests_come_after_the_checks_and_end_with_pytest(clone: Path):
    set_up(clone, *STAMPS)
    text = planned(clone, "test").strip()
    order = [text.index(word) for word in ("ruff check", "ruff format --check", "mypy", "lint-imports")]
    assert order == sorted(order)
    assert text.endswith("lint-imports && .venv/bin/python -m pytest -n auto --dist worksteal")


def test_a_newer_lock_is_installed_again(clone: Path):
    set_up(clone, *STAMPS)
    later = (clone / ".venv/stamps/package").stat().st_mtime + 60
    os.utime(clone / "requirements/core.txt", (later, later))
    assert "-r requirements/core.txt" in planned(clone, "demo")


def test_another_python_can_be_named(clone: Path):
    assert "python3.13 -m venv .venv" in planned(clone, "demo", "PYTHON=python3.13")


def test_the_machine_runs_what_people_run(root: Path):
    script = (root / ".ci" / "run").read_text("utf-8")
    assert "set -euo pipefail" in script
    assert script.rstrip().endswith("exec make test")
    assert os.access(root / ".ci" / "run", os.X_OK)
