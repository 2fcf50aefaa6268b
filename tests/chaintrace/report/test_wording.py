"""Every text that we print is read: pages, tables, sentences, messages in the source, documents, case pages."""

from __future__ import annotations

import ast
import re

import pytest

from chaintrace.case.expert import Opinion, document
from chaintrace.freeze.linter import CHINESE_WORDS
from chaintrace.freeze.markup import page as expert_page
from chaintrace.i18n import LANGUAGES
from chaintrace.report import build
from chaintrace.report.html import page as html_page
from chaintrace.report.wording import FORBIDDEN, METHOD_TEXTS, counted, listed, method_name, violations
from tests.chaintrace.report.samples import accounts, outputs
from tests.house.tree import PACKAGES, sources, texts

RULE = "chaintrace/report/wording.py"
"""The file that names the phrases in order to forbid them."""

# What must name a forbidden phrase: a fixed id of the TagPack scale, a protocol's field, a list of what is not said.
ALLOWED = {
    ("chaintrace/adapters/tron/schema.py", "owner\nmessage"),
    ("chaintrace/model/attribution.py", "ownership"),
    ("docs/case-file.md", "ownership"),
    ("docs/method.md", "ownership"),
    ("docs/method.md", "It proves that the balance was at least that value"),
}


def said(text: str, file: str = "") -> list[str]:
    """The violations of a text, without what this file must name."""
    for name, phrase in ALLOWED:
        if file == name:
            text = text.replace(phrase, "")
    return list(violations(text))


@pytest.mark.parametrize(
    "phrase",
    [
        "This address belongs to Bob.",
        "the owner is known",
        "Owned by X",
        "the suspect's wallet",
        "this proves the theft",
        "the laundered coins",
        "dirty money",
        "is consistent with theft",
        "stolen funds",
        "a hacker",
        "The trail ends here",
    ],
)
def test_each_forbidden_phrase_is_found(phrase):
    assert said(phrase) != []


@pytest.mark.parametrize(
    "phrase",
    [
        "credited to 3 addresses attributed by S to Bank under FIFO at height 7",
        "approved, improved, a proof of work, downer, power",
        "This report does not identify any person.",
    ],
)
def test_the_words_that_may_be_said_pass(phrase):
    assert said(phrase) == []


@pytest.mark.parametrize("inputs", [accounts(), outputs()], ids=["accounts", "outputs"])
def test_the_page_and_the_tables_say_nothing_forbidden(inputs):
    report = build(inputs)
    cells = [str(cell) for table in report.tables.values() for row in table.rows for cell in row if cell is not None]
    visible = re.sub(r"<style>.*?</style>|<[^>]+>", " ", html_page(report), flags=re.DOTALL)
    assert said("\n".join((visible, report.sentence, *report.reasons, *cells))) == []
    assert report.sentence.endswith("This report does not identify any person.")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("inputs", [accounts(), outputs()], ids=["accounts", "outputs"])
def test_the_expert_s_report_says_nothing_forbidden(inputs, language):
    made = expert_page(document(Opinion(build(inputs), language=language)))
    visible = re.sub(r"<style>.*?</style>|<[^>]+>", " ", made, flags=re.DOTALL)
    assert said(visible) == []
    assert CHINESE_WORDS.findall(visible) == []


def literals(name: str, text: str) -> str:
    """The string literals of a Python source, one a line; docstrings only where they are printed."""
    tree = ast.parse(text)
    printed = name.startswith(("heuristics/", "chaintrace/cli/", "chaintrace/accounting"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    quiet = set() if printed else {id(n.body[0].value) for n in ast.walk(tree) if isinstance(n, documented) and doc(n)}
    strings = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in quiet)
    return "\n".join(string for string in strings if isinstance(string, str))


def doc(node: ast.Module | ast.ClassDef | ast.FunctionDef) -> bool:
    """Whether the node begins with a docstring."""
    return ast.get_docstring(node, clean=False) is not None


def test_docstrings_are_read_where_they_are_printed():
    source = '"""Module."""\ndef rule():\n    """Printed."""\n    return "message"\n'
    assert literals("heuristics/x.py", source).split() == ["Module.", "Printed.", "message"]
    assert literals("chaintrace/x.py", source).split() == ["message"]


def test_no_message_in_the_source_says_anything_forbidden():
    read = {name: literals(name, text) for name, text in sources(*PACKAGES).items() if name != RULE}
    assert {name: told for name, text in read.items() if (told := said(text, name))} == {}


def test_no_document_and_no_case_page_says_anything_forbidden():
    documents = {
        name: text
        for name, text in texts().items()
        if name.startswith(("docs/", "data/cases/")) or name in ("README.md", "CHANGELOG.md")
        if name.endswith((".md", ".toml", ".json", ".csv"))
    }
    assert documents
    found = {name: told for name, text in documents.items() if (told := said(unquoted(name, text), name))}
    assert found == {}


def unquoted(name: str, text: str) -> str:
    """A document without what it quotes in order to avoid it: the glossary's last column."""
    if name != "docs/glossary.md":
        return text
    return "\n".join(
        line.rstrip("| ").rpartition("|")[0] if line.startswith("|") else line for line in text.splitlines()
    )


def test_every_method_is_explained_and_libr_says_what_it_assumes():
    assert set(METHOD_TEXTS) == {"fifo", "lifo", "libr", "haircut", "poison"}
    assert "assumes that all unidentified value was the wrongdoer's" in METHOD_TEXTS["libr"]
    assert "never a sum" in METHOD_TEXTS["poison"]


def test_names_lists_and_counts():
    assert method_name("fifo", positional=True) == "positional FIFO"
    assert method_name("libr", positional=True) == "LIBR"
    assert [listed("abc"[:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]
    assert (counted(1, "address", "addresses"), counted(1200, "row")) == ("1 address", "1,200 rows")


def test_each_rule_says_what_to_say_instead():
    assert all(instead.strip() for instead in FORBIDDEN.values())
