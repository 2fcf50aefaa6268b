"""The picture of the rules is what real traces of the ledger of docs/start.md give, and a page shows it."""

from __future__ import annotations

from tests.docs.concept_picture import PICTURE, draw
from tests.house.tree import texts


def test_the_picture_is_that_of_the_ledger():
    assert PICTURE.read_text("utf-8") == draw()


def test_the_page_of_concepts_shows_it():
    assert "](images/rules.svg)" in texts()["docs/concepts.md"]
