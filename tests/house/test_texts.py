"""What no file of the house may say: a float round an amount, a promise for later, a host or folder of one machine."""

from __future__ import annotations

import ast

import pytest

from tests.house.tree import PACKAGES, lines_matching, sources, texts

# The brackets keep a pattern from finding itself.
HOSTS = (
    r"[p]ypi\.org|[p]ythonhosted\.org|[r]egistry\.npmjs|[r]egistry\.yarnpkg|[d]eb\.debian\.org"
    r"|--[i]ndex-url|--[e]xtra-index"
)
FOLDERS = r"(?<![\w.~*-])/(?:[w]ork|[r]oot|[h]ome|[o]pt|[t]mp|[U]sers|[v]ar/folders)/\w"
LATER = r"\b(?:[T]ODO|[F]IXME|[X]XX|[H]ACK)\b|\b[N]otImplementedError\b"
ELSEWHERE = r"(?i)\b(?:[i]ssue|[t]icket)s? #?\d|\b[s]ub-?agents?\b|\b(?:this|earlier|previous|next) [s]ession\b"
# Modules that only POSIX systems have: whoever wants one asks for it where the system is known.
POSIX_ONLY = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"}


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (HOSTS, "https://" + "pypi" + ".org/simple"),
        (FOLDERS, "see " + "/ho" + "me/somebody"),
        (LATER, "# TO" + "DO: later"),
        (ELSEWHERE, "as is" + "sue 7 says"),
    ],
)
def test_each_pattern_finds_what_it_is_for(pattern, text):
    assert lines_matching(pattern, {"x": text}) != []


@pytest.mark.parametrize("pattern", [HOSTS, FOLDERS, LATER, ELSEWHERE], ids=["hosts", "folders", "later", "elsewhere"])
def test_no_file_says_it(pattern):
    assert lines_matching(pattern, texts()) == []


def test_no_float_is_made_in_the_packages():
    made = [
        f"{name}:{node.lineno}"
        for name, text in sources(*PACKAGES).items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"
    ]
    assert made == []


def test_no_amount_is_divided_by_a_power_of_ten_as_a_float():
    assert lines_matching(r"(?<!/)/\s*(?:1e\d+|10\s*\*\*)", sources(*PACKAGES)) == []


def test_no_module_needs_posix_at_import():
    needed = [
        f"{name}:{node.lineno}"
        for name, text in sources(*PACKAGES).items()
        for node in ast.parse(text).body
        if isinstance(node, ast.Import | ast.ImportFrom) and imported(node) & POSIX_ONLY
    ]
    assert needed == []


def imported(node: ast.Import | ast.ImportFrom) -> set[str]:
    """The top-level names that one import statement asks for."""
    names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
    return {name.partition(".")[0] for name in names}
