"""Names that strangers choose, through the whole program: shown in page, tables and terminal, and never run."""

from __future__ import annotations

import csv
import json
import unicodedata
from html.parser import HTMLParser

import pytest

from chaintrace.report.csv_files import STARTS_FORMULA
from chaintrace.report.markup import VOID
from tests.faults.running import trace

NASTY = [
    "<script>alert(1)</script>",
    "\"'&</td></table></title></style><img src=x onerror=alert(2)>",
    "]]><!--<svg onload=alert(3)>-->",
    '=HYPERLINK("http://example.org","x")',
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "＝1+1",
    "\u202egnp.exe\u2066x\u2069\u200b",
    "e\u0301\u0300" * 50,
    "漢字 ✅ \U0001f600",
    "{{7*7}} ${x} %s %(x)s {0} \\u0041",
    "[red]x[/red] [link=http://example.org]y[/link]",
    "javascript:alert(4)",
    "x" * 20_000,
    "null",
    "../../../etc/passwd",
]  # fmt: skip


class Page(HTMLParser):
    """Reads a page strictly: every element is closed where it should be; keeps elements and attributes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.policy = ""
        self.text: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.elements.add(tag)
        self.attributes |= {(name, value or "") for name, value in attrs}
        given = dict(attrs)
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given["content"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def hostile_case(folder, text: str):
    """A case in which `text` stands wherever a person or a file may put words of their own."""
    folder.mkdir()
    plain = "".join(char for char in text if char.isprintable())
    word = json.dumps(plain, ensure_ascii=False)
    (folder / "case.toml").write_text(
        f'[case]\nname = {word}\n[[source]]\nadapter = "transfers-csv"\npath = "transfers.csv"\ncomplete = "list.txt"\n'
        f'chain = "ledger"\n[[seed]]\npath = "victims.csv"\n[[tags]]\npath = "tags.csv"\n'
        f'[[wallet]]\nname = {word}\naddresses = ["a", "b"]\n[method]\npool = "wallet"\n',
        "utf-8",
    )
    rows = {
        "transfers.csv": [
            ["chain", "txid", "index", "height", "time", "asset", "decimals", "from", "to", "value"],
            ["ledger", text, text, "", 1_600_000_000, text, 2, "victim", "a", 100],
            ["ledger", f"2 {text}", 0, "", 1_600_000_010, text, 2, "b", f"shop {text}", 60],
            ["ledger", f"3 {text}", 0, "", 1_600_000_020, text, 2, "a", text, 30],
        ],
        "tags.csv": [
            ["chain", "address", "label", "actor", "category", "confidence", "source", "lastmod"],
            ["ledger", f"shop {text}", text, text, "exchange", 35, text, text],
        ],
        "victims.csv": [
            ["chain", "txid", "index", "origin", "return_address"],
            ["ledger", text, "", plain, ""],
        ],
    }
    for name, lines in rows.items():
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(lines)
    (folder / "list.txt").write_text(f"a\nb\n{text}\n", "utf-8")
    return folder


def clean(text: str) -> bool:
    """Whether a terminal sees printable text and line ends alone: nothing that turns, hides or moves it."""
    turning = {"\u200e", "\u200f", *map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}
    return not any((unicodedata.category(char) == "Cc" and char not in "\n\t") or char in turning for char in text)


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_a_hostile_name_is_shown_and_never_run(tmp_path, text):
    folder = hostile_case(tmp_path / "case", text)
    came = trace(folder)
    assert came.code in {0, 3}, came
    assert clean(came.out)
    assert clean(came.err)
    page = Page()
    content = (folder / "report" / "report.html").read_text("utf-8")
    page.feed(content)
    page.close()
    assert page.open == []
    assert "default-src 'none'" in page.policy
    assert "script-src" not in page.policy or "script-src 'none'" in page.policy
    assert not page.elements & {"script", "img", "iframe", "object", "embed", "link", "form", "base"}
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert not [value for _, value in page.attributes if value.strip().lower().startswith(("javascript:", "data:text"))]
    assert clean(content)
    json.loads((folder / "report" / "trace.json").read_text("utf-8"))


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_no_cell_is_taken_for_a_formula(tmp_path, text):
    folder = hostile_case(tmp_path / "case", text)
    assert trace(folder).code in {0, 3}
    for path in (folder / "report").glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.reader(file, strict=True):
                assert not [cell for cell in row if cell.lstrip().startswith(STARTS_FORMULA)], path.name


@pytest.mark.parametrize("key", ["name", "origin"])
def test_control_characters_in_a_case_are_refused(tmp_path, key):
    from tests.chaintrace.small_case import CASE, small_case
    from tests.faults.running import refused

    old = 'name = "Small"' if key == "name" else 'origin = "payment"'
    for sign in ("\\u001b[31m", "\\u202e", "\\u2028", "\\u0007"):
        folder = small_case(
            tmp_path / sign.strip("\\[").replace("[", ""), case=CASE.replace(old, f'{key} = "a{sign}b"')
        )
        sentence = refused(folder)
        assert key in sentence
        assert clean(sentence)
