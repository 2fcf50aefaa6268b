"""A picture that is wider than its screen says so, and what stands in the field of the search can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chaintrace.report import build
from chaintrace.report.html import page as html_page
from tests.chaintrace.report.flow_samples import chain
from tests.chaintrace.report.samples import accounts

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

GOES_ON = {"en": "The picture goes on to the right", "zh": "图在右侧还有内容"}
TEXT_AND_ROOM = """(field) => {
  const [own, shown] = [getComputedStyle(field), getComputedStyle(field, "::placeholder")];
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `${shown.fontSize} ${own.fontFamily}`;
  return [pen.measureText(field.placeholder).width,
          field.clientWidth - parseFloat(own.paddingLeft) - parseFloat(own.paddingRight)];
}"""


def opened(page: Page, folder: Path, inputs, width: int, language: str = "en") -> Page:
    path = folder / "report.html"
    path.write_text(html_page(build(inputs), language), "utf-8")
    page.set_viewport_size({"width": width, "height": 768})
    page.goto(path.as_uri())
    return page


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_picture_that_goes_on_says_so_until_its_end_is_in_view(page: Page, tmp_path: Path, language: str):
    opened(page, tmp_path, chain(12), 1366, language)
    sign, view = page.locator(".flow .more"), page.locator(".flow .view")
    assert sign.inner_text().startswith(GOES_ON[language])
    assert sign.is_visible()
    top = view.bounding_box()["y"]
    view.evaluate("(view) => view.scrollTo({ left: view.scrollWidth, behavior: 'instant' })")
    sign.wait_for(state="hidden")
    assert view.bounding_box()["y"] == top  # what is read stays where it is
    view.evaluate("(view) => view.scrollTo({ left: 0, behavior: 'instant' })")
    sign.wait_for(state="visible")
    page.emulate_media(media="print")
    assert not sign.is_visible()


def test_a_picture_that_is_whole_in_view_says_nothing_until_it_is_not(page: Page, tmp_path: Path):
    opened(page, tmp_path, accounts(), 1366)
    sign = page.locator(".flow .more")
    assert not sign.is_visible()
    page.set_viewport_size({"width": 600, "height": 768})
    sign.wait_for(state="visible")
    for _ in range(3):
        page.get_by_role("button", name="Smaller").click()
    sign.wait_for(state="hidden")


@pytest.mark.parametrize("width", [320, 360, 1366])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_may_be_searched_is_not_cut(page: Page, tmp_path: Path, width: int, language: str):
    opened(page, tmp_path, accounts(), width, language)
    field = page.locator(".flow input[type=search]")
    needed, room = field.evaluate(TEXT_AND_ROOM)
    assert 50 < needed <= room
    assert field.get_attribute("aria-label") == {"en": "Search", "zh": "查找"}[language]
