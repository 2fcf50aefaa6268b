"""The checklist: preservation first, what ends next, every finding, and how the recipient wants to be asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from chaintrace.freeze.authority import Asker, Clock
from chaintrace.freeze.checklist import checklist
from chaintrace.freeze.findings import Finding
from chaintrace.freeze.letter import letter
from chaintrace.freeze.linter import checked
from chaintrace.freeze.recipients import NAMES, NOT_KNOWN, TEXTS, recipients
from tests.chaintrace.freeze.samples import filled, request


def of(asked) -> str:
    return checklist(asked, checked(asked, letter(asked)))


def test_preservation_comes_first():
    assert "\n1. Preservation first: send `--kind preserve` today" in of(request())
    assert "\n1. Send this letter today" in of(request(kind="preserve"))


def test_the_next_expiry_is_told_before_the_later_ones():
    dates = {
        "order_expires": datetime(2026, 7, 5, tzinfo=UTC),
        "preserved_until": datetime(2026, 2, 1, tzinfo=UTC),
        "reported": datetime(2026, 1, 1, tzinfo=UTC),
    }
    text = of(request(asker=Asker(clock=Clock(dates, "Asia/Shanghai"))))
    assert (
        "2. Dates: next to end: preserved until 2026-02-01 00:00:00 UTC; 2026-02-01 08:00:00 +08:00 (Asia/Shanghai); "
        "order in force until 2026-07-05"
    ) in text
    assert "none is given in [clock]" in of(request())


def test_what_has_passed_is_not_what_ends_next():
    dates = {
        "order_expires": datetime(2026, 7, 5, tzinfo=UTC),
        "hold_expires": datetime(2026, 3, 1, tzinfo=UTC),
        "preserved_until": datetime(2026, 2, 1, tzinfo=UTC),
    }
    asked = request(asker=Asker(clock=Clock(dates)), today=date(2026, 2, 15))
    assert (
        "2. Dates, as of 2026-02-15 (UTC): next to end: hold until 2026-03-01 00:00:00 UTC; order in force until "
        "2026-07-05 00:00:00 UTC; **has passed**: preserved until 2026-02-01 00:00:00 UTC\n"
    ) in of(asked)
    late = of(request(asker=Asker(clock=Clock(dates)), today=date(2026, 12, 1)))
    assert "next to end" not in late
    assert "as of 2026-12-01 (UTC): **has passed**: preserved until 2026-02-01" in late
    chinese = of(request(asker=Asker(clock=Clock(dates)), today=date(2026, 2, 15), language="zh"))
    assert "2. 期限（以 2026-02-15 UTC 为准）：最近到期：暂缓至 2026-03-01 00:00:00 UTC" in chinese


def test_every_finding_is_a_box_to_tick():
    asked = request()
    findings = checked(asked, letter(asked))
    text = of(asked)
    assert text.count("- [ ] ") == len(findings) > 10
    assert "The request is not complete." in text
    assert "(`case.toml [authority] case_number`)" in text


def test_a_complete_request_is_said_to_be_so(tmp_path):
    text = of(filled(request(), tmp_path))
    assert "The request is complete as far as the linter can tell." in text
    assert "**missing**" not in text
    assert "Nothing." in checklist(request(), ())


@pytest.mark.parametrize("name", sorted(recipients()))
def test_how_each_recipient_wants_to_be_asked_stands_there_with_its_source(name):
    one = recipients()[name]
    text = of(request(recipient=one, entity="Somebody"))
    assert f"* channel: {one['channel']}" in text
    assert all(page.url in text for page in one.sources)
    assert f"Read on {one.checked.isoformat()}." in text


@pytest.mark.parametrize("name", sorted(recipients()))
def test_a_chinese_checklist_tells_all_of_it_in_chinese(name):
    one = recipients()[name]
    text = of(request(recipient=one, entity="Somebody", language="zh"))
    for field in set(TEXTS) - NAMES:
        assert not one.knows(field) or one[field] not in text or one[field] == "Kodex."
    assert "未翻译" not in text
    untold = of(request(recipient=replace(one, translations={}), entity="Somebody", language="zh"))
    assert ("（原文引用，未翻译）" in untold) == any(one[field] != NOT_KNOWN for field in set(TEXTS) - NAMES)


def test_the_chinese_checklist_is_chinese():
    text = of(request(language="zh"))
    assert text.startswith("# 核对清单: 协助冻结财产通知书")
    assert "1. 保全优先" in text
    assert "* 时区: 不详" in text


def test_markup_of_strangers_is_none():
    text = checklist(request(), (Finding("wording", "x <script> [a](http://b) *c*\u202e", "row 1"),))
    assert "x &lt;script&gt; [a]\\(http://b) \\*c\\*⟨U+202E⟩" in text


def test_blanks_are_to_be_filled_only_where_there_are_some(tmp_path):
    for language, blanks, mend, read in (
        ("en", "4. Fill the blanks in case.toml", "4. Mend what the linter found", "4. Read the letter, the schedule"),
        ("zh", "4. 在 case.toml 中填写空白", "4. 改正检查所列各项", "4. 通读文书、明细表"),
    ):
        whole = filled(request(language=language), tmp_path)
        missing, wording = Finding("missing", "x", "case.toml"), Finding("wording", "x", "row 1")
        told = {
            blanks: checklist(whole, (missing, wording)),
            mend: checklist(whole, (wording,)),
            read: checklist(whole, (Finding("warning", "x", "row 1"),)),
        }
        for text in told.values():
            assert [begin for begin in told if f"\n{begin}" in text] == [begin for begin in told if told[begin] is text]
        assert f"\n{read}" in of(whole)
