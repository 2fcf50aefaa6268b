"""The picture in the README is there, is small, and has the size in which tests/docs/picture.py draws it."""

from __future__ import annotations

from tests.docs.picture import HEIGHT, MOST_BYTES, PICTURE, WIDTH
from tests.house.tree import texts


def test_the_picture_is_a_small_png_of_the_first_page():
    content = PICTURE.read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert len(content) < MOST_BYTES
    assert (int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")) == (WIDTH, HEIGHT)


def test_the_readme_shows_it():
    assert "](docs/images/report.png)" in texts()["README.md"]
