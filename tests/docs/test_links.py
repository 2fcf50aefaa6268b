"""The documents lead somewhere: each relative link meets a file, and each page can be reached from the README."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.house.tree import ROOT, texts

PAGES = sorted(name for name in texts() if name.endswith(".md"))
LINK = re.compile(r"!?\[[^\]]*\]\((?!https?:|mailto:|#)([^)\s#]+)")


def links(page: str) -> set[Path]:
    """The files to which a page links, outside its blocks of code."""
    text = re.sub(r"^```.*?^```", "", texts()[page], flags=re.MULTILINE | re.DOTALL)
    return {(ROOT / page).parent.joinpath(link).resolve() for link in LINK.findall(text)}


@pytest.mark.parametrize("page", PAGES)
def test_each_link_meets_a_file(page):
    assert sorted(str(path.relative_to(ROOT)) for path in links(page) if not path.exists()) == []


def test_every_page_of_docs_can_be_reached_from_the_readme():
    reached, waiting = set(), {"README.md"}
    while waiting:
        page = waiting.pop()
        reached.add(page)
        found = {path.relative_to(ROOT).as_posix() for path in links(page) if ROOT in path.parents}
        waiting |= {name for name in found if name in texts() and name.endswith(".md")} - reached
    assert [page for page in PAGES if page.startswith("docs/") and page not in reached] == []
