"""Draws the screenshots of docs/picture.md by headless Chromium: the picture on the case tron-usdt and on a crowd.

`python -m tests.docs.flow_pictures` makes them anew. The cases are traced in a temporary folder; the browser has no
network. Light is simulated by the browser itself (Emulation.setEmulatedVisionDeficiency).
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import chaintrace
from chaintrace.report import build
from chaintrace.report.html import page as html_page
from tests.chaintrace.report.flow_samples import crowd
from tests.conftest import BROWSER_FLAGS, BROWSERS, ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Page

FOLDER = ROOT / "docs" / "images"
MOST_BYTES = 300_000
PAPER = (1032, 703)
"""An A4 page that lies, in pixels, less its margins of 12 mm."""


class Shot(NamedTuple):
    """One screenshot: its file, what is drawn, the size of the screen, and what is done before."""

    name: str
    case: str
    width: int
    height: int
    press: str = ""
    method: str = ""
    sight: str = "none"
    media: str = "screen"


SHOTS = (
    Shot("picture-laptop.png", "tron-usdt", 1280, 900, press="Huobi"),
    Shot("picture-laptop-zh.png", "tron-usdt-zh", 1280, 900, press="Huobi"),
    Shot("picture-haircut.png", "tron-usdt", 1280, 900, method="haircut"),
    Shot("picture-phone.png", "tron-usdt", 390, 844, press="Huobi"),
    Shot("picture-phone-zh.png", "tron-usdt-zh", 390, 844),
    Shot("picture-folds.png", "crowd", 1100, 760, press="fold"),
    Shot("picture-grey.png", "crowd", 1100, 760, sight="achromatopsia"),
    Shot("picture-paper.png", "tron-usdt", *PAPER, media="print"),
)


def traced(folder: Path) -> dict[str, Path]:
    """The reports that are drawn, by the name of the case."""
    case = Path(shutil.copytree(ROOT / "data" / "cases" / "tron-usdt", folder / "tron-usdt"))
    trace = chaintrace.open_case(case).follow()
    made = {"crowd": html_page(build(crowd())), "tron-usdt-zh": html_page(trace.report, "zh")}
    for name, text in made.items():
        (folder / f"{name}.html").write_text(text, "utf-8")
    return {"tron-usdt": case / "report" / "report.html", **{name: folder / f"{name}.html" for name in made}}


def taken(page: Page, shot: Shot, report: Path, target: Path) -> None:
    """Open the report, do what the shot asks, and take it."""
    page.set_viewport_size({"width": shot.width, "height": shot.height})
    page.emulate_media(media=shot.media, reduced_motion="reduce")
    page.goto(report.as_uri())
    page.locator("#picture").evaluate("(heading) => heading.scrollIntoView()")
    if shot.method:
        page.get_by_role("button", name=shot.method, exact=True).click()
    if shot.press == "fold":
        page.locator(".flow .box.folded:not([display])").last.dispatch_event("click")
        page.locator(".flow .view").evaluate("(view) => view.scrollTo(900, 1900)")
    elif shot.press:
        page.locator(".flow .box", has=page.locator(f"text:text-is('{shot.press}')")).first.click()
        page.locator("#picture").evaluate("(heading) => heading.scrollIntoView()")
    if shot.sight != "none":
        page.locator(".flow .view").evaluate("(view) => view.scrollTo(9999, 330)")
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setEmulatedVisionDeficiency", {"type": shot.sight})
    page.screenshot(path=target)


def draw(folder: Path = FOLDER) -> None:
    """Take all of them."""
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, BROWSERS)))
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        reports = traced(Path(name))
        browser = playwright.chromium.launch(executable_path=program, args=BROWSER_FLAGS)
        for shot in SHOTS:
            page = browser.new_context(offline=True).new_page()
            taken(page, shot, reports[shot.case], folder / shot.name)
            page.context.close()
        browser.close()


if __name__ == "__main__":
    draw()
