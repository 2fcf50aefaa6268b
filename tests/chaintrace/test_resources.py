"""The shipped data is found from a checkout, by name, and can be copied out."""

from __future__ import annotations

import pytest

from chaintrace import resources
from chaintrace.errors import InputError


def test_a_file_and_a_folder_are_found_by_name(data):
    assert resources.read_text("categories.csv") == (data / "categories.csv").read_text("utf-8")
    assert set(resources.names("cases")) >= {"colonial-pipeline", "first-payments", "tron-usdt"}


def test_what_is_absent_is_bad_input():
    with pytest.raises(InputError, match=r"nothing\.csv is absent"):
        resources.read_bytes("nothing.csv")


def test_the_files_of_a_folder_are_copied_but_for_some(tmp_path, data):
    resources.copy_files(resources.resource("cases/first-payments"), tmp_path / "copy", ("README.md",))
    original = {
        path.name: path.read_bytes() for path in (data / "cases" / "first-payments").iterdir() if path.is_file()
    }
    del original["README.md"]
    assert {path.name: path.read_bytes() for path in (tmp_path / "copy").iterdir()} == original
