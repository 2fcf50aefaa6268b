"""The verifiers are for strangers: the standard library alone, short enough to be read, and not one line of ours."""

from __future__ import annotations

import ast
import hashlib
import sys
from pathlib import Path

import pytest

from chaintrace.evidence import verify_bag, verify_columns
from chaintrace.report.columns import COLUMNS
from chaintrace.report.endpoints import ASKED, NOT_ASKED

EVIDENCE = Path(__file__).resolve().parents[3] / "chaintrace" / "evidence"
VERIFIERS = sorted(EVIDENCE.glob("verify*.py"))
LONGEST = 600


def test_they_are_those_that_a_package_holds() -> None:
    from chaintrace.evidence.package import VERIFIERS as PACKED

    assert {path.name for path in VERIFIERS} == set(PACKED)


@pytest.mark.parametrize("path", VERIFIERS, ids=lambda path: path.name)
def test_a_verifier_imports_the_standard_library_alone(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    modules = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    modules += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert modules
    assert {name.partition(".")[0] for name in modules} <= sys.stdlib_module_names


@pytest.mark.parametrize("path", VERIFIERS, ids=lambda path: path.name)
def test_a_verifier_can_be_read_in_an_afternoon(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) < LONGEST


@pytest.mark.parametrize("path", VERIFIERS, ids=lambda path: path.name)
def test_a_verifier_runs_nothing_of_what_it_reads(path: Path) -> None:
    names = {node.id for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Name)}
    assert names & {"eval", "exec", "compile", "__import__"} == set()


def test_the_first_rows_of_tables_are_those_of_this_release() -> None:
    own = {name: hashlib.sha256(",".join(head).encode()).hexdigest()[:16] for name, head in COLUMNS.items()}
    assert own == verify_bag.HEADS


def test_whom_to_ask_is_read_alike() -> None:
    assert verify_columns.ASKED[verify_bag.RELEASE] == ASKED
    assert verify_columns.NOT_ASKED == NOT_ASKED
