"""The screenshots of docs/picture.md are there, are small, have the size in which they are drawn, and are shown."""

from __future__ import annotations

import pytest

from tests.docs.flow_pictures import FOLDER, MOST_BYTES, SHOTS
from tests.house.tree import texts


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.name)
def test_a_screenshot_is_a_small_png_of_its_size_and_the_page_shows_it(shot):
    content = (FOLDER / shot.name).read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert len(content) < MOST_BYTES
    assert (int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")) == (shot.width, shot.height)
    assert f"](images/{shot.name})" in texts()["docs/picture.md"]
