"""Names that strangers choose, through the whole program: shown in page, tables and terminal, and never run."""

from __future__ import annotations

import base64
import contextlib
import csv
import hashlib
import io
import json
import re
from html.parser import HTMLParser

import pytest

from chaintrace.cli import run
from chaintrace.report.csv_files import STARTS_FORMULA
from chaintrace.report.markup import VOID
from tests.faults.running import trace
from tests.hostile.texts import TEXTS, clean

REFUSED = ("tab formula", "surrogate", "empty-like")
NASTY = {name: text for name, text in TEXTS.items() if (clean(text) or name == "bidi") and name not in REFUSED}
"""Those that a source may hold: of the others, a line that holds one is refused."""


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


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
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
    assert page.policy.startswith("default-src 'none'; ")
    for kind, data, inside in re.findall(
        r"<(script|style)( type=\"application/json\")?>(.*?)</\1>", content, re.DOTALL
    ):
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert data or f"{kind}-src 'sha256-{digest}'" in page.policy
    assert content.count("<script") == content.count("<script>") + content.count('<script type="application/json">')
    assert not page.elements & {"img", "iframe", "object", "embed", "link", "form", "base"}
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert not [value for _, value in page.attributes if value.strip().lower().startswith(("javascript:", "data:text"))]
    assert clean(content)
    json.loads((folder / "report" / "trace.json").read_text("utf-8"))


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
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


def typed(*arguments: str) -> tuple[int, str]:
    """Run a command in this process: its code, and both streams."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run([str(one) for one in arguments])
    return code, out.getvalue() + err.getvalue()


@pytest.mark.parametrize("name", ["bidi", "console markup", "out of markup", "look-alike", "combining"])
def test_every_command_that_prints_names_prints_text_alone(tmp_path, monkeypatch, name):
    monkeypatch.setenv("CHAINTRACE_HOME", str(tmp_path / "home"))
    folder = hostile_case(tmp_path / "case", TEXTS[name])
    (tmp_path / "list.txt").write_text(f"0x{'a' * 40} {TEXTS[name]}\n", "utf-8")
    assert trace(folder).code in {0, 3}
    for command in (
        ("show", f"shop {TEXTS[name]}", "--chain", "ledger", "--from", folder),
        ("show", f"2 {TEXTS[name]}", "--chain", "ledger", "--from", folder),
        ("findings", folder),
        ("cluster", "a", "--chain", "ledger", "--from", folder),
        ("tags", "check", folder / "tags.csv"),
        ("tags", "import", folder / "tags.csv"),
        ("tags", "lookup", f"shop {TEXTS[name]}", "--chain", "ledger"),
        ("screen", tmp_path / "list.txt", "--case", folder, "--cases", tmp_path),
        ("export", folder, "--format", "csv", "--to", tmp_path / "csv"),
        ("queries", folder),
        ("case", "note", folder, TEXTS[name], "--by", TEXTS[name]),
        ("case", "verify", folder),
        ("doctor", folder),
        ("freeze", folder, "--to", TEXTS[name]),
    ):
        code, told = typed(*command)
        assert code != 1, (command[0], told[-500:])
        assert clean(told), (command[0], ascii(told)[-500:])


@pytest.mark.parametrize("name", ["bidi", "our own mark", "formula"])
def test_a_package_of_such_a_case_is_accepted_by_its_own_program(tmp_path, name):
    folder = hostile_case(tmp_path / "case", TEXTS[name])
    assert trace(folder).code == 0
    assert typed("evidence", folder, "--to", tmp_path / "package")[0] == 0
    code, told = typed("verify", tmp_path / "package")
    assert (code, clean(told)) == (0, True), told
