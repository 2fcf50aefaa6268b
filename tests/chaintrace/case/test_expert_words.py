"""The words of the expert's report: careful in both languages, and Chinese wherever nobody else is quoted."""

from __future__ import annotations

import hashlib
import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chaintrace import plugins
from chaintrace.case.expert import Opinion, document
from chaintrace.case.expert.rule_words import RULES
from chaintrace.case.expert.told import covered, finding, gap, note, price_rule, rate, reading
from chaintrace.case.links import DOCUMENTED
from chaintrace.case.log import Entry
from chaintrace.case.measured import measured
from chaintrace.case.noise import counted
from chaintrace.case.reporting import write_report
from chaintrace.case.result import open_case
from chaintrace.errors import InputError
from chaintrace.freeze.blocks import Fields, Grid, Letter, Paragraph, Points
from chaintrace.freeze.given import FIELD_NAMES
from chaintrace.i18n import speaker
from chaintrace.model.chain import Asset
from chaintrace.model.finding import Noise
from chaintrace.model.provenance import Gap, Source
from chaintrace.report import Report, build
from chaintrace.report.spoken import enumerated, filled
from chaintrace.report.wording import violations
from chaintrace.tracing.openings import opening_gap
from tests.chaintrace.report.samples import accounts
from tests.chaintrace.small_case import small_case

SHIPPED = Path(__file__).resolve().parents[3] / "data" / "cases"
CHINESE = speaker("zh")
ENGLISH = speaker("en")

CLAIMS = re.compile("属于|归属|所有人|所有者|嫌疑|证实|证明(?!文件)|赃|洗钱|黑客|犯罪|骗")
"""What no Chinese text of ours says of an address or of value."""

SENTENCE = re.compile(r"(?:[A-Za-z'’]{2,},? ){3}[A-Za-z'’]{2,}")
"""Four English words in a row."""


def clock() -> datetime:
    return datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.fixture(scope="module", params=["tron-usdt", "colonial-pipeline", "first-payments"])
def shipped(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder = tmp_path_factory.mktemp(request.param) / "case"
    shutil.copytree(SHIPPED / request.param, folder)
    return open_case(folder).follow(clock=clock, environment={}, offline=True).report


def texts(made: Letter) -> list[str]:
    """Every text of a report, names of fields and headings of tables too."""
    found = [text for _, text in made.own_words()]
    for block in made.blocks:
        match block:
            case Fields(rows):
                found += [text for row in rows for text in row]
            case Grid(headings):
                found += headings
            case Paragraph(text):
                found.append(text)
            case Points(several):
                found += several
    return found


def quoted(report: Report) -> list[str]:
    """What other people wrote and rules say of themselves, the longest first."""
    inputs = report.inputs
    said = [inputs.note, inputs.case, *(rule.text for rule in inputs.rules), *inputs.notes]
    said += [str(row[key]) for row in report.tables["tags"].records() for key in ("label", "source")]
    return sorted(filter(None, said), key=len, reverse=True)


def test_nothing_is_left_in_english_but_what_is_quoted(shipped: Report) -> None:
    entry = Entry(1, "2026-11-28T12:00:00Z", "trace", {"methods": ["fifo"], "complete": False}, "", "0" * 64)
    made = document(Opinion(shipped, (entry,), language="zh"))
    left = list[str]()
    for text in texts(made):
        rest = text
        for said in quoted(shipped):
            rest = rest.replace(said, "")
        left += SENTENCE.findall(rest)
    assert left == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_text_of_a_shipped_case_claims_what_no_ledger_shows(shipped: Report, language: str) -> None:
    for text in texts(document(Opinion(shipped, language=language))):
        rest = text
        for said in quoted(shipped):
            rest = rest.replace(said, "")
        assert list(violations(rest)) == []
        assert CLAIMS.findall(rest) == []


@pytest.mark.parametrize(
    ("language", "letters", "field"), [("en", "freeze letters", "freeze"), ("zh", "冻结文书", "冻结")]
)
def test_the_log_says_that_letters_were_written_and_not_that_anything_was_frozen(language, letters, field) -> None:
    entry = Entry(1, "2026-11-28T12:00:00Z", "freeze", {}, "", "0" * 64)
    said = texts(document(Opinion(build(accounts()), (entry,), language=language)))
    assert letters in said
    assert field not in said
    assert speaker(language)(FIELD_NAMES["freeze"]) == field


def test_what_was_assumed_stands_under_every_method_that_met_it() -> None:
    only = Gap("inflow", "ledger", "X", 25, "Only the second method met this.", "TOKEN")
    inputs = accounts()
    traces = {**inputs.traces, "lifo": replace(inputs.traces["lifo"], gaps=(*inputs.traces["lifo"].gaps, only))}
    report = build(replace(inputs, traces=traces))
    made = document(Opinion(report))
    grid = next(block for block in made.blocks if isinstance(block, Grid) and "Under" in block.headings)
    met = {one for trace in report.inputs.traces.values() for one in trace.gaps} | set(report.inputs.gaps)
    assert {row[3] for row in grid.rows} == {one.text for one in met}
    assert {row[3:] for row in grid.rows if row[0] == "inflow"} == {(only.text, "0.25 USD", "LIFO")}


def test_sentences_of_the_program_are_told_again_and_others_stay() -> None:
    usdt = Asset("tron", "T", "USDT", 6)
    assert gap(opening_gap(usdt, "TX", 12).text, CHINESE).startswith(
        "TX 的转出多于来源所载的转入：假定其期初余额为 12 个"
    )
    assert gap("A text of somebody else.", CHINESE) == "A text of somebody else."
    assert covered("40 addresses (declared in the case)", CHINESE) == "40 个地址（案件声明）"
    assert covered("what it was asked, as of block 7 (ab)", CHINESE) == "所查询的内容，截至区块 7（ab）"
    assert note("delisted on 2024-01-02", CHINESE) == "2024-01-02 移出名单"
    both = "last price at or before the moment, less than one 1h old; nothing interpolated; converted at the ECB's "
    assert price_rule(f"{both}reference rates of the same day (UTC)", CHINESE).endswith(
        "按欧洲中央银行当日（UTC）参考汇率换算"
    )
    assert finding("a rule's own words", "zh", CHINESE) == "a rule's own words（报告原文，未翻译）"


def test_every_measured_rate_is_told_in_chinese_with_its_numbers() -> None:
    for text in (*measured().values(), "not measured"):
        told = rate(text, CHINESE)
        assert rate(text, ENGLISH) == text
        assert re.search("测", told)
        assert re.findall(r"\d\.\d{3}", told) == re.findall(r"\d\.\d{3}", text)
        assert re.findall(r"n=\d+", told) == re.findall(r"n=\d+", text)
        assert ("并非对本案的估计" in told) is ("not an estimate for this case" in text)


def test_every_rule_that_ships_has_a_text_in_short() -> None:
    assert set(RULES) == {rule.id for rule in plugins.heuristics()} | {DOCUMENTED}
    assert all(CHINESE(text) != text for text in RULES.values())


def test_the_record_has_sm3_of_the_bytes_that_were_kept(tmp_path: Path) -> None:
    case = small_case(tmp_path / "case")
    open_case(case).follow(clock=clock)
    made = write_report(case, tmp_path / "zh.html", "zh", clock).read_text("utf-8")
    kept = [path for path in (case / "archive/raw").rglob("*") if path.is_file()]
    assert len(kept) == 4
    for path in kept:
        assert (hashlib.new("sm3", path.read_bytes()).hexdigest() in made) is ("sm3" in hashlib.algorithms_available)
    kept[0].chmod(0o644)
    kept[0].write_bytes(kept[0].read_bytes()[:-1] + b"#")
    with pytest.raises(InputError, match="no longer have that digest"):
        write_report(case, tmp_path / "zh.html", "zh", clock)


@pytest.mark.parametrize(
    ("adapter", "request_text", "kind", "how"),
    [
        ("esplora", "GET https://host.example/tx/aa @ 00ab", "HTTP GET", "网络请求"),
        ("tron", "POST https://host.example/wallet/x.json", "HTTP POST", "网络请求"),
        ("blocks", "blk00000.dat, offset 8", "dat", "从案件文件夹读取"),
        ("file", "case.toml", "toml", "从案件文件夹读取"),
        ("file", "LICENCE", "不详", "从案件文件夹读取"),
    ],
)
def test_the_record_says_of_each_reading_its_form_and_access(
    adapter: str, request_text: str, kind: str, how: str
) -> None:
    one = Source(adapter, request_text, "ab" * 32, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    made = document(Opinion(build(accounts()), records=(one,), language="zh"))
    (row,) = next(block for block in made.blocks if isinstance(block, Grid) and "文件格式" in block.headings).rows
    assert row[2:] == (kind, one.sha256, request_text, how, "2026-01-02T03:04:05Z")


def test_a_note_of_the_program_on_noise_is_told_in_chinese_and_the_note_of_somebody_stays() -> None:
    (note_on_noise,) = counted([Noise("ledger", "tx", "0", ("tx",), "dust")], ())
    assert reading(note_on_noise, ENGLISH) == note_on_noise
    said = reading(note_on_noise, CHINESE)
    assert said.startswith("干扰：本报告各地址上被规则认为不是有意义的付款的转移：1 笔")
    assert "（dust 1）" in said
    assert reading("Noise: said by an analyst.", CHINESE) == "Noise: said by an analyst."


def test_no_space_of_ours_parts_chinese_words_and_signs() -> None:
    assert enumerated(CHINESE, ["FIFO", "LIBR（最低中间余额）", "haircut"]) == "FIFO、LIBR（最低中间余额）和 haircut"
    assert filled("由 {source} 标注为 {name}", source="规则 busy", name="Bank") == "由规则 busy 标注为 Bank"
    assert filled("由 {source} 标注为 {name}", source="某 名单", name="Bank") == "由某 名单标注为 Bank"
    assert filled("{so_far} and {last}", so_far="币安", last="火币") == "币安 and 火币"


def test_a_rule_on_which_nothing_rests_is_one_line_and_no_text() -> None:
    inputs = accounts()
    busy, silent = inputs.rules[0], replace(inputs.rules[0], id="silent", version=3, text="A long text of a rule.")
    (finding_of_busy, *_) = (one for one in inputs.findings if one.rule == busy.id)
    said = document(Opinion(build(replace(inputs, findings=(finding_of_busy,), rules=(busy, silent)))))
    (grid,) = (one for one in said.blocks if isinstance(one, Grid) and "How often it errs" in one.headings)
    assert [row[0] for row in grid.rows] == ["busy"]
    assert "silent, version 3: asked, no finding in this report" in texts(said)
    assert silent.text not in str(said.blocks)
