"""Every format is fed with every text of attackers, and what it wrote is opened by the program that it is for.

A format that is added is fed as well, and fails until it says here how it is opened.
"""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import networkx as nx
import openpyxl
import pandas as pd
import pytest

from chaintrace.case.exports import FORMATS, UTXO
from chaintrace.report.csv_files import STARTS_FORMULA, shown_text
from chaintrace.report.json_file import schema
from chaintrace.report.mixed_scripts import look_alikes, marked
from tests.chaintrace.report.foreign.hostile import hostile, many
from tests.hostile.texts import MORE, TEXTS, shown

WHOLE = ("json", "csv")
"""Formats from which each text can be read back as it was."""

SCHEMA = jsonschema.Draft202012Validator(json.loads(schema()))


def of_csv(paths: list[Path]) -> Iterator[str]:
    """Cells as a spreadsheet has them; pandas reads as many."""
    for path in paths:
        if path.suffix in {".anx", ".mtgx"}:
            yield from of_drawing(path)
        if path.suffix != ".csv":
            continue
        with path.open(encoding="utf-8-sig", newline="") as file:
            head, *rows = csv.reader(file, strict=True)
        assert {len(row) for row in rows} <= {len(head)}
        assert pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig").shape == (len(rows), len(head))
        cells = [cell for row in rows for cell in row]
        assert not [cell for cell in cells if cell.lstrip().startswith(STARTS_FORMULA)], path.name
        yield from cells


def of_drawing(path: Path) -> Iterator[str]:
    """Texts and attributes as a reader of XML has them, of a chart or of a graph in its zip file."""
    raw = zipfile.ZipFile(path).read("Graphs/Graph1.graphml") if path.suffix == ".mtgx" else path.read_bytes()
    assert b"<!" not in raw
    for one in ET.fromstring(raw).iter():  # noqa: S314  # what was just written
        yield from (one.text or "", *one.attrib.values())


def strings(value: object) -> Iterator[str]:
    """The texts of a JSON value."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from (key, *strings(one))
    elif isinstance(value, list):
        for one in value:
            yield from strings(one)
    elif isinstance(value, str):
        yield value


def of_json(paths: list[Path]) -> Iterator[str]:
    """Texts as a reader of JSON has them; trace.json has its schema, and its very text may stand on a terminal."""
    for path in paths:
        raw = path.read_text("utf-8")
        assert shown(raw), path.name
        documents = (
            [json.loads(line) for line in raw.splitlines()] if path.name.endswith(".ftm.json") else [json.loads(raw)]
        )
        for document in documents:
            if path.name == "trace.json":
                SCHEMA.validate(document)
            yield from strings(document)


def of_graph(paths: list[Path]) -> Iterator[str]:
    """Attributes as networkx has them; the file holds no entity of its own."""
    (path,) = paths
    graph = nx.read_graphml(path) if path.suffix == ".graphml" else nx.read_gexf(path)
    assert not {"DOCTYPE", "ENTITY"} & {
        word for word in ("DOCTYPE", "ENTITY") if f"<!{word}" in path.read_text("utf-8")
    }
    ET.parse(path)  # noqa: S314  # what was just written
    for told in (*(told for _, told in graph.nodes(data=True)), *(told for *_, told in graph.edges(data=True))):
        yield from (str(value) for value in told.values())


def of_workbook(paths: list[Path]) -> Iterator[str]:
    """Cells as openpyxl has them: no formula but the sums, no link."""
    (path,) = paths
    for sheet in openpyxl.load_workbook(path):
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f" or (sheet.title, cell.column_letter) == ("Sums", "H")
                assert cell.hyperlink is None
                yield str(cell.value)


OPENERS: dict[str, Callable[[list[Path]], Iterator[str]]] = {
    **dict.fromkeys(("csv", "i2", "maltego", "neo4j"), of_csv),
    **dict.fromkeys(("json", "stix", "ftm", "case-uco"), of_json),
    **dict.fromkeys(("graphml", "gexf"), of_graph),
    "xlsx": of_workbook,
}
"""How what a format wrote is opened. stix, ftm and case-uco pass their own validators in foreign/test_models.py too;
somebody else's programs read i2, maltego and neo4j in the tests beside it."""

ELSEWHERE = {"html": "test_the_page_runs_nothing_in_a_browser", UTXO: "holds nothing that a stranger can word"}


def test_every_format_is_opened():
    assert set(FORMATS) == {*OPENERS, *ELSEWHERE}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("name", [name for name in FORMATS if name not in ELSEWHERE])
def test_what_strangers_write_is_text_in_every_format(tmp_path, name, text):
    files = FORMATS[name].write(hostile(text), tmp_path)
    told = set(OPENERS[name]([tmp_path / file for file in files]))
    assert all(shown(one) for one in told if name != "json")
    whole = {"json": text.encode("utf-8", "surrogatepass").decode("utf-8", "surrogatepass"), "csv": shown_text(text)}
    wanted = whole[name] if name in WHOLE else marked(text).strip()
    assert any(wanted[:60] in one for one in told), wanted[:60]


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in ELSEWHERE])
def test_many_at_once_are_text_in_every_format(tmp_path, name):
    files = FORMATS[name].write(many(MORE.values()), tmp_path)
    told = set(OPENERS[name]([tmp_path / file for file in files]))
    assert all(shown(one) for one in told if name != "json")
    of = {
        "json": lambda text: text.encode("utf-8", "surrogatepass").decode("utf-8", "surrogatepass"),
        "csv": shown_text,
    }
    wanted = {key: of.get(name, lambda text: marked(text).strip())(text) for key, text in MORE.items()}
    assert [key for key, text in wanted.items() if not any(text in one for one in told)] == []


@pytest.mark.page
def test_the_page_runs_nothing_in_a_browser(tmp_path, page):
    """As many scripts as a page without attackers has, no element of theirs, nothing asked for, no dialog."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))

    def opened(text: str, name: str) -> dict[str, int]:
        folder = tmp_path / name
        folder.mkdir()
        (file,) = FORMATS["html"].write(hostile(text), folder)
        page.goto((folder / file).as_uri())
        seen = page.evaluate("document.documentElement.innerText")
        assert shown(seen)
        assert not look_alikes(text) or "⟨not Latin" in seen
        assert marked(text).strip()[:30].split()[:1] == [] or marked(text).split()[0][:20] in seen
        return page.evaluate(
            "(() => { const all = [...document.querySelectorAll('*')];"
            " const own = ['script', 'iframe', 'object', 'embed', 'form', 'base', 'link', 'img', 'image'];"
            " return {...Object.fromEntries(own.map(n => [n, document.querySelectorAll(n).length])),"
            " handlers: all.filter(e => [...e.attributes].some(a => a.name.startsWith('on'))).length,"
            " links: [...document.querySelectorAll('[href], [src]')].filter("
            " e => !(e.getAttribute('href') || '').startsWith('#')).length}; })()"
        )

    plain = opened("plain", "plain")
    assert plain | {"script": 0} == dict.fromkeys(plain, 0)
    for number, text in enumerate(TEXTS.values()):
        assert opened(text, str(number)) == plain
    assert [url for url in asked if not url.startswith("file:")] == []
