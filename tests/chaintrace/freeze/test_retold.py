"""What the report says of an address, in Chinese: sentences that reports make are known, others are quoted."""

from __future__ import annotations

import pytest

from chaintrace.freeze.retold import retold, rule_in
from chaintrace.i18n import speaker
from chaintrace.model.attribution import Tag
from tests.chaintrace.freeze.test_addressed import HOT, credit, report

ZH = speaker("zh")
SWEPT = (
    "swept to huobi's wallet in 4 of 5 outflows ({how}); consistent explanations: a customer account at huobi, a "
    "gateway, a broker or OTC desk that is huobi's customer; huobi may be able to identify the account credited."
)


def chinese(text: str) -> str:
    return retold(text, "zh", ZH)


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("3 of the value of one deposit, 1 of what had come since the outflow before", "3 笔等于单笔充值额，1 笔等于"),
        ("each together with 10 or more other addresses", "每笔均与至少 10 个其他地址一同转出"),
        ("in a way that nobody translated", "in a way that nobody translated"),
    ],
)
def test_the_sentence_of_a_deposit_address_is_told_with_its_numbers_and_names(how, told):
    text = chinese(SWEPT.format(how=how))
    assert text.startswith(f"5 笔转出中有 4 笔归集至 huobi 的钱包（{told}")
    assert "outflow" not in text
    assert "未翻译" not in text


def test_the_claims_of_tags_are_told_as_the_report_makes_them():
    tags = tuple(
        Tag("tron", HOT, "a label", "huobi", "exchange", 70, source, day, stops=True, valid_from=listed, valid_to=ended)
        for source, day, listed, ended in (("a list", "2026-01-01", "2020-01-01", "2021-01-01"), ("", "", "", ""))
    )
    made = report(fifo=[credit(HOT, 60, tags)])
    [row] = made.tables["endpoints"].records()
    assert chinese(str(row["reason"])) == (
        "a list 所作的 exchange 类标签，日期 2026-01-01，列入 2020-01-01，移出 2021-01-01；"
        "未写明者 所作的 exchange 类标签"
    )


@pytest.mark.parametrize(
    "clause",
    [
        "before the listing",
        "on the day of the listing or after it, and before the day given for the delisting",
        "on the day of the delisting or after it",
    ],
)
def test_the_dates_of_a_list_of_sanctions_are_told(clause):
    text = chinese(f"tag of the category exchange by a list. Value credited on 2020-01-01: {clause}.")
    assert text.startswith("a list 所作的 exchange 类标签；2020-01-01 转入：在")
    assert "未翻译" not in text


@pytest.mark.parametrize(
    "text",
    [
        "something else",
        "tag of the category exchange by a list, seen 2020-01-01",
        "tag of the category exchange by a list; something else",
        "rule busy. Value credited on 2020-01-01: never",
    ],
)
def test_what_nobody_translated_is_quoted_whole(text):
    assert chinese(f"{text}.") == f"{text}（报告原文，未翻译）"


def test_a_rule_without_words_is_named():
    assert chinese("rule busy") == rule_in("rule busy", ZH) == "规则 busy"
    assert rule_in("rules of an exchange", ZH) == ""


def test_in_english_the_report_speaks_for_itself():
    assert retold("something else.", "en", speaker("en")) == "something else"
    assert chinese("") == ""
