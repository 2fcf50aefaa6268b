"""Draws docs/images/report.png: the first page of the report of the case tron-usdt, by headless Chromium.

`python -m tests.docs.picture` makes it anew. The case is traced in a temporary folder; the browser has no network.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import chaintrace
from tests.conftest import BROWSER_FLAGS, BROWSERS, ROOT

PICTURE = ROOT / "docs" / "images" / "report.png"
CASE = ROOT / "data" / "cases" / "tron-usdt"
WIDTH, HEIGHT = 1240, 1430
MOST_BYTES = 320_000


def draw(target: Path) -> None:
    """Trace the case and take the picture."""
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, BROWSERS)))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(shutil.copytree(CASE, Path(name) / "tron-usdt"))
        chaintrace.open_case(folder).follow()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=BROWSER_FLAGS)
            page = browser.new_context(offline=True, viewport={"width": WIDTH, "height": HEIGHT}).new_page()
            page.goto((folder / "report" / "report.html").as_uri())
            page.screenshot(path=target)
            browser.close()


if __name__ == "__main__":
    draw(PICTURE)
