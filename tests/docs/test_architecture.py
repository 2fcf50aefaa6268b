"""The page on the house is the house: its rooms, its table of imports, and every file that a page of ours names."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.docs.pages import pages
from tests.house.tree import ROOT, texts

PAGE = "docs/architecture.md"
NAMED = re.compile(r"`((?:chaintrace|heuristics|tests|data|benchmarks|docs|requirements)/[\w./-]+)`")


def test_every_room_stands_in_the_picture_of_the_rooms():
    shown = texts()[PAGE].partition("## The rooms")[2].partition("## ")[0]
    names = {name.split("/")[1] for name in texts() if name.startswith("chaintrace/")}
    rooms = {name for name in names if not name.startswith("__") and name != "py.typed"}
    assert sorted(room for room in rooms if f"\n  {room if room.endswith('.py') else room + '/'} " not in shown) == []


def test_every_room_of_the_picture_is_there():
    shown = texts()[PAGE].partition("## The rooms")[2].partition("## ")[0]
    rooms = re.findall(r"^  ([\w.]+/?) ", shown, re.MULTILINE)
    assert rooms
    assert [room for room in rooms if not (ROOT / "chaintrace" / room).exists()] == []


def test_the_table_of_imports_is_the_one_that_is_enforced():
    layers = tomllib.loads(texts()["pyproject.toml"])["tool"]["importlinter"]["contracts"][0]["layers"]
    assert "```\n" + "\n".join(layers) + "\n```" in texts()[PAGE]


@pytest.mark.parametrize("page", pages())
def test_every_file_that_a_page_names_is_there(page):
    named = (path for path in NAMED.findall(texts()[page]) if "<" not in path)
    assert sorted({path for path in named if not (ROOT / path).exists()}) == []
