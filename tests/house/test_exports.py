"""A public name is a promise: each one is there, sorted, documented in the code and named in the documents."""

from __future__ import annotations

import pytest

import chaintrace
from tests.house.tree import texts


def test_the_public_names_are_sorted_and_few():
    assert chaintrace.__all__ == sorted(chaintrace.__all__, key=str.casefold)
    assert 1 <= len(chaintrace.__all__) <= 20


def test_every_public_name_is_there_and_has_a_docstring():
    assert [name for name in chaintrace.__all__ if not getattr(chaintrace, name).__doc__] == []


def test_every_public_name_is_listed_by_dir():
    assert set(chaintrace.__all__) <= set(dir(chaintrace))


def test_every_public_name_stands_in_the_documents():
    pages = "".join(text for name, text in texts().items() if name.startswith("docs/") and name.endswith(".md"))
    assert [name for name in chaintrace.__all__ if f"`{name}" not in pages and f"ct.{name}" not in pages] == []


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = chaintrace.no_such_name
