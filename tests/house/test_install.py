"""What a stranger does: build the wheel, install it where nothing of ours is, run the demo; and the same in place."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.house.tree import files

pytestmark = pytest.mark.slow

FOLDER_OF_PROGRAMS = "Scripts" if os.name == "nt" else "bin"
# What would let the checkout be found, or the environment of the tests be used, by the installed program.
LEFT_OUT = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")


def run(*command: str | Path, folder: Path) -> str:
    """What `command` prints when it runs in `folder`; a failure shows all that it said."""
    environment = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    environment["UV_SYSTEM_CERTS"] = "1"
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{command[0]} ended with {done.returncode}:\n{done.stdout}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout with the locked build backend."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, root, folder=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def stranger(root: Path, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment that holds the locked core and the wheel, and nothing else."""
    folder = tmp_path_factory.mktemp("stranger")
    run(sys.executable, "-m", "venv", folder / "env", folder=folder)
    programs = folder / "env" / FOLDER_OF_PROGRAMS
    python = programs / "python"
    uv = Path(sys.executable).with_name("uv")
    install = (uv, "pip", "install", "--python", python) if uv.is_file() else (python, "-m", "pip", "install")
    run(*install, "--require-hashes", "-r", root / "requirements" / "core.txt", folder=folder)
    run(*install, "--no-deps", wheel, folder=folder)
    return programs


def test_the_wheel_carries_both_packages_the_data_and_the_licence_and_no_tests(wheel: Path, root: Path):
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/", 1)[0] for name in names}
    assert {"chaintrace", "heuristics"} < tops
    assert {top for top in tops if not top.endswith(".dist-info")} == {"chaintrace", "heuristics"}
    shipped = {path.relative_to(root / "data").as_posix() for path in files() if root / "data" in path.parents}
    assert shipped
    packed = {name for name in names if name.startswith("chaintrace/_data/")}
    assert packed == {f"chaintrace/_data/{name}" for name in shipped}  # and nothing that a trace left beside them
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert "chaintrace/py.typed" in names


def test_the_installed_wheel_runs_the_demo(stranger: Path, root: Path, tmp_path: Path):
    where = run(stranger / "python", "-c", "import chaintrace; print(chaintrace.__file__)", folder=tmp_path)
    assert root not in Path(where.strip()).parents
    run(stranger / "chaintrace", "demo", "--to", tmp_path / "out", folder=tmp_path)
    check_demo(tmp_path / "out", root)


def test_the_editable_install_runs_the_demo(root: Path, tmp_path: Path):
    where = run(sys.executable, "-c", "import chaintrace; print(chaintrace.__file__)", folder=tmp_path)
    assert root in Path(where.strip()).parents
    run(Path(sys.executable).with_name("chaintrace"), "demo", "--to", tmp_path / "out", folder=tmp_path)
    check_demo(tmp_path / "out", root)


def check_demo(folder: Path, root: Path) -> None:
    """The demo wrote a report for each case that ships."""
    cases = {path.parent.name for path in (root / "data" / "cases").glob("*/case.toml")}
    assert cases
    assert {path.parent.parent.name for path in folder.glob("*/report/trace.json")} == cases
