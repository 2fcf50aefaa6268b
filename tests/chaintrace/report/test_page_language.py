"""The page in Chinese says the same numbers as the English one, and nothing of ours is left in English."""

from __future__ import annotations

import re
from html import unescape

import pytest

from chaintrace.i18n import speaker
from chaintrace.report import build
from chaintrace.report.html import page
from chaintrace.report.wording import QUOTED
from tests.chaintrace.i18n.catalogues import PACKAGE
from tests.chaintrace.report.samples import accounts, outputs

NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
HEADINGS = re.compile(r"<h2[^>]*>(.*?)</h2>")
HEADS = re.compile(r'<th scope="col"[^>]*>(.*?)</th>')


def text(markup: str) -> str:
    """What a person reads: no script, no style, no picture, whose layout says numbers of its own."""
    without = re.sub(r"<(script|style|svg)\b.*?</\1>", "", markup, flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]*>", "\n", without))


@pytest.fixture(scope="module", params=["accounts", "outputs"])
def told(request) -> tuple[str, str]:
    """The page of a sample in English and in Chinese."""
    report = build({"accounts": accounts, "outputs": outputs}[request.param]())
    return page(report), page(report, "zh")


def test_every_number_of_the_english_page_stands_in_the_chinese_one(told):
    english, chinese = (sorted(NUMBER.findall(text(one))) for one in told)
    assert chinese == english


def test_headings_and_columns_are_in_chinese(told):
    _, chinese = told
    assert '<html lang="zh-Hans">' in chinese
    said = [*HEADINGS.findall(chinese), *HEADS.findall(chinese)]
    assert len(said) > 60
    plain = {re.sub(r"<[^>]*>", "", one) for one in said}
    assert {one for one in plain if not re.search(r"[\u4e00-\u9fff]", one)} <= {"SHA-256"}


def test_what_an_answer_depends_on_is_said_in_chinese(told):
    english, chinese = told
    ours = r"the allocation rule:|whether the rule|tag of the category|\bby rule [a-z]|not measured|: (?:yes|no)<"
    assert re.search(ours, english)
    assert re.findall(ours, chinese) == []


def test_what_this_report_says_is_not_what_somebody_reported(told):
    """A word with two meanings has two messages: the one of letters is the time at which police were told."""
    english, chinese = told
    assert "报案" not in chinese
    assert chinese.count("本报告所列") == english.count("In this report")
    assert set(re.findall(r'data-label="冲突"[^>]*>([^<]*)', chinese)) <= {"是", "否"}


def test_a_page_in_another_language_says_that_texts_are_quoted_and_the_english_one_does_not(told):
    english, chinese = told
    assert speaker("zh")(QUOTED) in chinese
    assert QUOTED not in english


def test_nothing_is_said_of_an_empty_message():
    """A catalogue answers the empty message with its own header."""
    assert speaker("zh")("") == ""


def test_the_policy_and_the_script_are_the_same(told):
    english, chinese = (re.findall(r'content="(default-src[^"]*)"', one) for one in told)
    assert english == chinese
    assert len(english) == 1


def test_the_first_sentence_is_said_whole(told):
    _, chinese = told
    (answer,) = re.findall(r'<p class="answer">(.*?)</p>', chinese)
    assert speaker("zh")("This report does not identify any person.") in answer
    assert not re.search(r"\b(?:under|was|rests|including|credited)\b", answer)


def test_no_message_of_the_page_is_said_past_the_catalogue():
    """Text between quotes that reaches a tag without `say` would stay in English."""
    loose = re.compile(r"""tag\(\s*"(?:h2|h3|p|summary|th|dt|b)",\s*f?"[A-Za-z]""")
    found = {
        path.name: loose.findall(path.read_text("utf-8")) for path in sorted((PACKAGE / "report").glob("page_*.py"))
    }
    assert {name: hits for name, hits in found.items() if hits} == {}
    assert loose.search('tag("p", "Nothing rests.")')
