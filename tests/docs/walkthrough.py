"""Draws the pictures of docs/walkthrough.md: the report's first page by headless Chromium, the letter's by poppler.

`python -m tests.docs.walkthrough` makes them anew, from the page's own commands. The browser has no network.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.conftest import BROWSER_FLAGS, BROWSERS, ROOT
from tests.docs.pages import CONSOLE, blocks, commands

PAGE = "docs/walkthrough.md"
REPORT = ROOT / "docs" / "images" / "walkthrough-report.png"
LETTER = ROOT / "docs" / "images" / "walkthrough-letter.png"
WIDTH, HEIGHT = 1240, 1100
MOST_BYTES = 300_000


def follow(folder: Path) -> None:
    """Do what the page says, in a folder of its own: every block that is saved, and every command."""
    shutil.copytree(ROOT / "data" / "cases", folder / "data" / "cases")
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    for block in blocks(PAGE):
        if block.name:
            (folder / block.name).write_text(block.text, "utf-8")
        elif block.language in CONSOLE:
            for command in commands(block):
                subprocess.run(["bash", "-c", command.text], cwd=folder, env={**os.environ, "PATH": path}, check=False)


def draw() -> None:
    """Follow the page and take both pictures."""
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, BROWSERS)))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        follow(folder)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=BROWSER_FLAGS)
            page = browser.new_context(offline=True, viewport={"width": WIDTH, "height": HEIGHT}).new_page()
            page.goto((folder / "usdt" / "report" / "report.html").as_uri())
            page.screenshot(path=REPORT)
            browser.close()
        letter = folder / "usdt" / "freeze" / "htx" / "request.pdf"
        target = LETTER.with_suffix("")
        subprocess.run(["pdftoppm", "-png", "-r", "80", "-singlefile", str(letter), str(target)], check=True)


if __name__ == "__main__":
    draw()
