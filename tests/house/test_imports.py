"""Who may import whom: each contract is seen to fail, the model stands alone, and nothing heavy loads by itself."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.tree import sources, texts

HEAVY = ("pandas", "numpy", "networkx", "web3", "requests", "numba", "pyarrow", "bitcoin", "yaml", "rich")
ASKED_TO_STAY_OUT = HEAVY[:8]

ROOMS, BLIND, NARROW = (
    "the rooms",
    "chaintrace knows no heuristic by name",
    "heuristics see the model and addresses only",
)
OFFENCES = {
    "a lower room looks up": (ROOMS, "chaintrace/tracing", "import chaintrace.case"),
    "the model looks up": (ROOMS, "chaintrace/model", "from chaintrace import addresses"),
    "the errors look up": (ROOMS, "chaintrace/errors", "import chaintrace.model"),
    "siblings see each other": (ROOMS, "chaintrace/store", "from chaintrace.adapters import x"),
    "siblings below see each other": (ROOMS, "chaintrace/i18n", "import chaintrace.resources"),
    "a room in no line": (ROOMS, "chaintrace/attic", "import sys"),
    "a heuristic by name": (BLIND, "chaintrace/plugins", "import heuristics.noise"),
    "a heuristic reads the tracer": (NARROW, "heuristics/noise", "import chaintrace.tracing"),
    "a heuristic reads everything": (NARROW, "heuristics/noise", "import chaintrace"),
}


@pytest.fixture
def skeleton(tmp_path: Path, root: Path) -> Path:
    """Two packages with every room of the table and nothing in them, under the contracts of the house."""
    layers = tomllib.loads(texts()["pyproject.toml"])["tool"]["importlinter"]["contracts"][0]["layers"]
    rooms = [f"chaintrace/{name}" for layer in layers for name in re.findall(r"\w+", layer)]
    for room in (*rooms, "chaintrace", "heuristics", "heuristics/noise"):
        (tmp_path / room).mkdir(parents=True, exist_ok=True)
        (tmp_path / room / "__init__.py").touch()
    (tmp_path / "heuristics/noise/dust.py").write_text("import chaintrace.model\nimport chaintrace.addresses\n")
    (tmp_path / "pyproject.toml").write_bytes((root / "pyproject.toml").read_bytes())
    return tmp_path


def broken(folder: Path) -> set[str]:
    """The names of the contracts that the import linter finds broken in the packages of `folder`."""
    program = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run(
        [str(program), "--no-cache", "--no-logo"],
        cwd=folder,
        env=os.environ | {"NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Contracts: " in run.stdout, run.stdout + run.stderr
    found = set(re.findall(r"^(.+) BROKEN", run.stdout, re.MULTILINE))
    assert (run.returncode == 0) is (not found)
    return found


def test_the_empty_house_keeps_every_contract(skeleton: Path):
    assert broken(skeleton) == set()


@pytest.mark.parametrize("offence", OFFENCES)
def test_an_offence_breaks_its_contract_and_no_other(offence: str, skeleton: Path):
    contract, room, line = OFFENCES[offence]
    (skeleton / room).mkdir(exist_ok=True)
    (skeleton / room / "__init__.py").write_text(f"{line}\n")
    assert broken(skeleton) == {contract}


def test_every_contract_has_an_offence():
    contracts = tomllib.loads(texts()["pyproject.toml"])["tool"]["importlinter"]["contracts"]
    assert {contract["name"] for contract in contracts} == {contract for contract, _, _ in OFFENCES.values()}


def test_the_model_imports_the_standard_library_and_itself_only():
    strangers = [
        f"{name}:{node.lineno}: {module}"
        for name, text in sources("chaintrace/model").items()
        for node in ast.walk(ast.parse(text))
        for module in modules(node)
        if module.partition(".")[0] not in sys.stdlib_module_names
        and not module.startswith(("chaintrace.model", "chaintrace.errors"))
    ]
    assert strangers == []


def modules(node: ast.AST) -> list[str]:
    """The modules that an import statement names, in full."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0, "imports are written in full"
        return [node.module or ""]
    return []


def loaded(code: str) -> set[str]:
    """Which of the heavy libraries stand in `sys.modules` when a fresh interpreter has run `code`."""
    ask = f"import json, sys; print(json.dumps([m for m in {HEAVY!r} if m in sys.modules]), file=sys.stderr)"
    run = subprocess.run([sys.executable, "-c", f"{code}\n{ask}"], capture_output=True, text=True, check=True)
    return set(json.loads(run.stderr.splitlines()[-1]))


def test_the_question_finds_a_library_that_is_loaded():
    assert "requests" in loaded("import requests")


@pytest.mark.parametrize(
    "code", ["import chaintrace", "import heuristics, chaintrace", "import chaintrace, heuristics"]
)
def test_an_import_loads_nothing_heavy(code: str):
    assert loaded(code) & set(ASKED_TO_STAY_OUT) == set()


def test_the_help_of_the_command_line_loads_nothing_heavy():
    code = """
import sys
from chaintrace.cli import main
sys.argv = ["chaintrace", "--help"]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
"""
    assert loaded(code) & set(ASKED_TO_STAY_OUT) == set()
