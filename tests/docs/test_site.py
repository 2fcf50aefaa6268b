"""The documentation as a site: every page is in it, no link is broken, and no page fetches anything from anywhere.

mkdocs runs strictly, so that a link or an anchor that leads nowhere ends the build.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from docs.building.copying import shell_commands, statements
from docs.building.docstrings import fenced
from tests.conftest import ROOT
from tests.docs.pages import CONSOLE, blocks, commands, pages, site_pages

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FETCHED = re.compile(r"""<(?:script|link|img|iframe|source)\b[^>]*?\b(?:src|href)=["']?(?:https?:)?//""")
"""What a browser would fetch from another host without being asked: a link to read is no such thing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make docs` does, by a process whose sockets lead nowhere."""
    folder = tmp_path_factory.mktemp("site")
    blocked = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, **blocked, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_every_page_is_in_the_site(site: Path):
    names = [page.removeprefix("docs/") for page in pages() if page != "README.md"]
    missing = [name for name in names if not (site / name).with_suffix(".html").is_file()]
    assert missing == []
    assert (site / "readme.html").is_file()


def test_no_page_fetches_anything_from_another_host(site: Path):
    found = {
        page.name: FETCHED.search(page.read_text("utf-8")) for page in site.rglob("*.html") if page.name != "404.html"
    }
    assert {name: match[0] for name, match in found.items() if match} == {}
    assert FETCHED.search('<script src="https://example.org/x.js">')


def test_blocks_keep_the_names_that_their_text_is_saved_as(site: Path):
    page = (site / "start.html").read_text("utf-8")
    assert '<span class="filename">ledger.csv</span>' in page


def test_the_search_finds_a_word_of_a_page_and_a_name_of_a_docstring(site: Path):
    found = json.loads((site / "search" / "search_index.json").read_text("utf-8"))["docs"]
    texts = {entry["location"]: entry["text"] for entry in found}
    assert any(name.startswith("concepts.html") and "haircut" in text for name, text in texts.items())
    assert any(name.startswith("reference/heuristics.html") and "coinjoin" in name for name in texts)


class Silent(SimpleHTTPRequestHandler):
    """A server of files that prints nothing for each question."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def served(site: Path) -> Iterator[str]:
    """The site as `python -m http.server` serves it, on this machine only."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(site))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture
def reading(browser: Browser, served: str) -> Iterator[Page]:
    """A page of the browser on the width of a phone, whose every request must go to the site itself."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    yield page
    context.close()
    assert [url for url in asked if not url.startswith((served, "blob:", "data:"))] == []


def search(reading: Page, served: str, words: str) -> None:
    """Write words into the search. It looks when a key is let go: words that come at once are passed over else."""
    reading.goto(f"{served}/index.html")
    reading.click("label[for=__search]")
    reading.fill("input.md-search__input", words)
    reading.press("input.md-search__input", "End")


@pytest.mark.page
@pytest.mark.parametrize(("words", "title"), [("lowest balance", "The method, numbered"), ("充值地址", "词汇表")])
def test_a_reader_finds_english_and_chinese_words_without_a_network(reading: Page, served: str, words, title):
    search(reading, served, words)
    reading.wait_for_selector(f".md-search-result__item:has-text('{title}')")
    found = int(reading.inner_text(".md-search-result__meta").split()[0])
    assert found < len(pages()), "a word that matches everything is in the question"


@pytest.mark.page
@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("seed phrase", "Seed phrases and private keys"),
        ('complete = "all"', "complete or not"),
        ("CHAINTRACE_NETWORK=own", "Your own node"),
    ],
)
def test_a_search_names_first_what_explains(reading: Page, served: str, words, title):
    """A line of a case file is searched for by its words; a reference stands behind the pages that explain."""
    search(reading, served, words)
    reading.wait_for_selector(f".md-search-result__item:first-child:has-text('{title}')")


@pytest.mark.page
@pytest.mark.parametrize("name", ["clusters", "reference/chaintrace"])
def test_the_button_of_a_block_copies_what_is_typed_alone(reading: Page, served: str, name):
    """Pressed beside each block of a page; what a shell or Python would not take is not copied."""
    reading.context.grant_permissions(["clipboard-read", "clipboard-write"])
    reading.goto(f"{served}/{name}.html", wait_until="load")
    copied = []
    for block in reading.locator(".highlight:has(.gp)").all():
        block.hover()
        block.locator("button.md-clipboard, button[data-clipboard-target]").first.click()
        copied.append(reading.evaluate("navigator.clipboard.readText()"))
    lines = [line for text in copied for line in text.splitlines()]
    assert lines
    assert [line for line in lines if line.startswith(("$ ", "> ", "…", ">>>", "..."))] == []
    if not name.startswith("reference/"):
        assert copied == [shell_commands(b.text) for b in blocks(f"docs/{name}.md") if b.language in CONSOLE]


@pytest.mark.page
@pytest.mark.parametrize("name", ["index", "sources", "commands", "walkthrough", "concepts", "notebooks/zh/index"])
def test_a_page_is_no_wider_than_a_phone(reading: Page, served: str, name):
    """A table or a block of code that is wider moves by itself, and the page does not."""
    reading.goto(f"{served}/{name}.html", wait_until="domcontentloaded")
    assert reading.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_every_console_block_copies_the_commands_that_the_tests_run(site: Path):
    counted = 0
    for page in site_pages():
        found = [block for block in blocks(page) if block.language in CONSOLE]
        for block in found:
            joined = re.sub(r"\\\n *", "", shell_commands(block.text))
            assert joined.splitlines() == [command.text for command in commands(block)], (page, block.line)
        name = "readme.md" if page == "README.md" else page.removeprefix("docs/")
        beside = site / name.replace("README.md", "index.md")  # which is how mkdocs names it
        if found and beside.with_suffix(".html").is_file():  # a case that no page links to is not in the site
            written = beside.with_suffix(".html").read_text("utf-8")
            assert len(re.findall(r'language-(?:console|sh) highlight" data-copy="', written)) == len(found), page
            counted += len(found)
    assert counted


def test_copied_commands_keep_their_other_lines_and_lose_the_answers():
    text = "$ # a note\n$ cat > f <<'END'\n> one\n> $ two\n> END\nthree\n$ cat <<-E\n$ four\n\tE\nfive\n"
    assert shell_commands(text) == "# a note\ncat > f <<'END'\none\n$ two\nEND\ncat <<-E\n$ four\n\tE"
    text = "$ for a in 1 2\n> do echo $a\n> done\n1\n> 2\n$ cat <<< six\nsix\n$ chaintrace \\\n    demo\n… out\n"
    assert shell_commands(text) == "for a in 1 2\ndo echo $a\ndone\ncat <<< six\nchaintrace \\\n    demo"
    assert shell_commands("no prompt\n") == ""


def test_copied_statements_lose_their_prompts_and_answers():
    assert statements(">>> for a in b:\n...     a\n...\n1\n>>> c\n2\n") == "for a in b:\n    a\n\nc"
    assert statements("import chaintrace\n") == ""


def test_a_link_to_a_page_bears_its_title_in_the_menu(site: Path):
    page = (site / "start.html").read_text("utf-8")
    assert re.search(r'<a href="concepts.html">Concepts</a>', page)
    assert re.search(r'<a href="method.html">The method, numbered</a>', page)
    assert [name for name in re.findall(r"<a [^>]*>([\w./-]+\.md)</a>", page) if "/" not in name] == []


def test_a_doctest_in_a_docstring_becomes_a_block():
    text = "Meaning.\n\n    >>> 1 + 1\n    2\n    >>> [3][0]\n    3\n\nMore."
    assert fenced(text) == "Meaning.\n\n\n```pycon\n>>> 1 + 1\n2\n>>> [3][0]\n3\n```\n\n\nMore."
