"""The public names are few, sorted, documented and loaded only when asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

import chaintrace

HEAVY = {"pandas", "networkx", "web3", "requests", "bitcoin", "numpy", "rich", "yaml"}


def test_the_names_are_few_sorted_and_documented():
    assert len(chaintrace.__all__) <= 10
    assert chaintrace.__all__ == sorted(chaintrace.__all__, key=str.casefold)
    assert dir(chaintrace) == sorted(chaintrace.__all__)
    for name in chaintrace.__all__:
        assert getattr(chaintrace, name).__doc__


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = chaintrace.nothing


def loaded(code: str, root) -> set[str]:
    """The modules, by first name, that a fresh process holds after `code`."""
    program = f"{code}\nimport sys\nprint(*sorted(sys.modules), sep='\\n')"
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in done.stdout.split()} | set(done.stdout.split())


@pytest.mark.parametrize(
    "code",
    [
        "import chaintrace",
        "import heuristics, chaintrace",
        "import chaintrace, heuristics",
        "from chaintrace.cli import run\nassert run(['--help']) == 0",
    ],
)
def test_import_and_help_load_nothing_heavy(code, root):
    assert loaded(code, root) & HEAVY == set()


def test_import_loads_no_room_of_the_house(root):
    assert {name for name in loaded("import chaintrace", root) if name.startswith("chaintrace")} == {"chaintrace"}
