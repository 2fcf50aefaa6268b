"""The locks: every package by version and hash, no host, nothing heavy in the core, one answer for core and tests."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.house.tree import texts

LOCKS = (
    "requirements/bench.txt",
    "requirements/core.txt",
    "requirements/dev.txt",
    "requirements/programs.txt",
    "requirements/spark.txt",
    "requirements/uv.txt",
)
EXTRAS_ONLY = {
    *("numba", "llvmlite", "pyarrow", "jupyter", "ipywidgets", "pyspark", "currencyconverter"),
    *("weasyprint", "python-docx", "xlsxwriter", "lxml", "pillow", "babel"),
}
NAMED = {"web3", "python-bitcoinlib", "pandas", "networkx", "requests"}


def pins(lock: str) -> dict[str, set[str]]:
    """Package to the `version ; marker` lines by which a lock names it."""
    found: dict[str, set[str]] = {}
    for line in texts()[lock].splitlines():
        if match := re.match(r"([A-Za-z0-9._-]+)==(\S.*?)\s*\\?$", line):
            found.setdefault(match[1].lower(), set()).add(match[2])
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_is_a_pin_with_hashes_or_a_comment(lock):
    entries = re.sub(r"\\\n", " ", texts()[lock]).splitlines()
    packages = [line for line in entries if line and not line.lstrip().startswith("#")]
    assert packages
    assert [line for line in packages if not re.match(r"[\w.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line)] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host_and_no_folder(lock):
    assert re.findall(r"https?:|git\+|file:|(?:^|\s)/\w+|\.\./|@\s", texts()[lock]) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_says_by_which_command_it_was_made(lock):
    command = texts()[lock].splitlines()[1]
    assert command.startswith("#    uv pip compile --universal --python-version 3.11 --generate-hashes")
    assert command.endswith(f"-o {lock}")


def test_the_core_is_lean_and_has_what_the_package_asks_for():
    project = tomllib.loads(texts()["pyproject.toml"])["project"]
    asked = {re.match(r"[\w.-]+", line)[0].lower() for line in project["dependencies"]}
    core = pins("requirements/core.txt")
    assert asked <= core.keys()
    assert asked >= NAMED
    assert core.keys() & EXTRAS_ONLY == set()


def test_the_core_pins_what_builds_the_package():
    assert pins("requirements/core.txt").keys() >= {"hatchling", "editables"}


def test_tests_run_on_the_core_that_ships():
    core, dev = pins("requirements/core.txt"), pins("requirements/dev.txt")
    assert {name: (core[name], dev.get(name)) for name in core if core[name] != dev.get(name)} == {}


def test_what_people_ask_for_is_in_the_lock():
    for source, lock in (("dev", "dev"), ("build", "core"), ("programs", "programs"), ("spark", "spark"), ("uv", "uv")):
        lines = texts()[f"requirements/{source}.in"].splitlines()
        wanted = {re.match(r"[\w.-]+", line)[0].lower() for line in lines if line.strip() and not line.startswith("#")}
        assert wanted <= pins(f"requirements/{lock}.txt").keys()
