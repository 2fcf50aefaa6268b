"""Small rooms: a file has one purpose and at most 300 lines, a function at most 70, and each file says what it is."""

from __future__ import annotations

import ast

from tests.house.tree import PACKAGES, sources

LONGEST_FILE = 300
LONGEST_FUNCTION = 70
# A file that may be longer, and why.
LONGER: dict[str, str] = {
    "chaintrace/evidence/verify.py": "a stranger reads it alone, beside two others",
    "chaintrace/evidence/verify_anchors.py": "the same",
    "chaintrace/evidence/verify_chain.py": "the same",
    "chaintrace/evidence/verify_columns.py": "the same",
    "chaintrace/evidence/verify_facts.py": "the same",
    "chaintrace/evidence/verify_method.py": "the same",
    "chaintrace/evidence/verify_page.py": "the same",
    "chaintrace/evidence/verify_report.py": "the same",
}
NAMES_WITHOUT_MEANING = {"utils", "util", "helpers", "helper", "common", "manager", "base", "core", "misc"}


def functions(text: str):
    """(name, lines from `def` to the end) of every function of a Python source, however deep."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_file_is_longer_than_allowed():
    lengths = {name: len(text.splitlines()) for name, text in sources(*PACKAGES).items()}
    assert {name: n for name, n in lengths.items() if n > LONGEST_FILE and name not in LONGER} == {}


def test_a_file_that_may_be_longer_exists_and_is():
    texts = sources(*PACKAGES)
    assert [name for name in LONGER if len(texts.get(name, "").splitlines()) <= LONGEST_FILE] == []


def test_no_function_is_longer_than_allowed():
    long = [
        f"{name}: {function} has {length} lines"
        for name, text in sources(*PACKAGES, "benchmarks").items()
        for function, length in functions(text)
        if length > LONGEST_FUNCTION
    ]
    assert long == []


def test_every_file_says_what_it_is():
    assert [name for name, text in sources().items() if not ast.get_docstring(ast.parse(text))] == []


def test_no_module_has_a_name_without_meaning():
    parts = {name: set(name.removesuffix(".py").split("/")) for name in sources(*PACKAGES)}
    assert {name for name, words in parts.items() if words & NAMES_WITHOUT_MEANING} == set()
