"""The expert's report: the parts that it must have, in order; every step by its number; blanks where we know none."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
from dataclasses import replace as replace_fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader

from chaintrace.case import log
from chaintrace.case.attesting import Wish
from chaintrace.case.expert import Opinion, document
from chaintrace.case.expert.attributed import labels
from chaintrace.case.expert.document import SECTIONS
from chaintrace.case.notes import note
from chaintrace.case.replaying import replay
from chaintrace.case.reporting import write_report
from chaintrace.case.result import open_case
from chaintrace.case.sealing import evidence
from chaintrace.cli import run
from chaintrace.errors import InputError
from chaintrace.evidence.verify import verify
from chaintrace.freeze.blocks import BLANK, Fields, Grid, Heading, Paragraph, Points
from chaintrace.freeze.linter import CHINESE_WORDS
from chaintrace.freeze.markup import page
from chaintrace.i18n import LANGUAGES, speaker
from chaintrace.model.amounts import figure, prose, unit
from chaintrace.model.trace import NotFollowed
from chaintrace.report import Table, build
from chaintrace.report.columns import COLUMNS
from chaintrace.report.credited import assets_of
from chaintrace.report.wording import violations
from tests.chaintrace.case.test_prices import FILE as PRICE_FILE
from tests.chaintrace.case.test_prices import PRICES
from tests.chaintrace.freeze.printing import need_printing
from tests.chaintrace.report.samples import accounts, outputs
from tests.chaintrace.small_case import CASE, TAGS, small_case

if TYPE_CHECKING:
    from chaintrace.report import Report

SHIPPED = Path(__file__).resolve().parents[3] / "data" / "cases"
SAMPLES = {"accounts": accounts, "outputs": outputs}
CONTENTS = (
    *("Qualifications", "Instructions and questions", "Material facts, and who supplied them"),
    *("Sources of data, with time and height", "Tools, versions and configuration", "Method, and why", "Steps"),
    *("Who did what", "Range of opinion, and reasons", "Assumptions", "Limits and error rates", "Other explanations"),
    *("Attributions, graded, with sources", "What was not followed", "Basis of values in money", "Declaration"),
)
"""What an expert's report must contain, in its order."""
SCHEDULES = (
    *("Appendix A: transactions", "Appendix B: addresses", "Appendix C: labels", "Appendix D: resting places"),
    "Appendix E: digests",
)
RECORDS = ("Appendix F: record of electronic data",)
"""What only Chinese practice asks for."""


def clock() -> datetime:
    return datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.fixture(params=sorted(SAMPLES))
def report(request: pytest.FixtureRequest) -> Report:
    return build(SAMPLES[request.param]())


def section(opinion: Opinion, name: str) -> list[object]:
    """The blocks of one section."""
    return list(dict(SECTIONS)[name](opinion))


def texts(blocks: list[object]) -> str:
    """Everything that blocks say, in lines."""
    lines: list[str] = []
    for block in blocks:
        match block:
            case Paragraph(text):
                lines.append(text)
            case Points(items):
                lines += items
            case Fields(rows) | Grid(_, rows):
                lines += [" | ".join(row) for row in rows]
    return "\n".join(lines)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_parts_stand_in_their_order(report: Report, language: str) -> None:
    made, say = document(Opinion(report, language=language)), speaker(language)
    heads = [block.text for block in made.blocks if isinstance(block, Heading)]
    assert heads[:16] == [f"{number}. {say(name)}" for number, name in enumerate(CONTENTS, 1)]
    assert heads[16:] == [say(name) for name in (*SCHEDULES, *RECORDS) if name in SCHEDULES or language == "zh"]


def test_every_sentence_about_a_movement_has_its_step(report: Report) -> None:
    told = section(Opinion(report), "Steps")
    points = next(block for block in told if isinstance(block, Points))
    hops = sorted(report.inputs.trace.hops, key=lambda hop: hop.step)
    assert [line.partition(":")[0] for line in points.items] == [f"Step {hop.step}" for hop in hops]
    for hop, line in zip(hops, points.items, strict=True):
        assert hop.txid in line
        assert f"“{hop.origin}”" in line
        assert f"{prose(hop.value, hop.asset)} " in line
        assert prose(hop.traced, hop.asset) in line
    pencil = [block for block in told if isinstance(block, Grid) and "After" in block.headings]
    assert [row[0] for grid in pencil for row in grid.rows] == [str(step.step) for step in report.inputs.trace.steps]


def test_no_movement_is_told_without_its_step_in_the_schedule(report: Report) -> None:
    made = document(Opinion(report))
    place = next(at for at, b in enumerate(made.blocks) if isinstance(b, Heading) and b.text.startswith("Appendix A"))
    schedule = next(block for block in made.blocks[place:] if isinstance(block, Grid))
    assert [row[0] for row in schedule.rows] == [str(row["step"]) for row in report.tables["hops"].records()]


def test_every_range_and_every_reading_is_printed(report: Report) -> None:
    said = texts(section(Opinion(report), "Range of opinion, and reasons"))
    assets = assets_of(report.inputs)
    for row in report.tables["methods"].records():
        values = [value for name in report.inputs.methods if isinstance(value := row[name], int)]
        told = [figure(value, assets[str(row["chain"]), str(row["contract"])]) for value in values]
        assert (f"{row['address']} | " in said) is any(values)
        assert not any(values) or f"{' | '.join(told)} | " in said
    assert all(one.subject in said and one.place in said for one in report.inputs.sensitivities)
    assert report.sentence in said


def test_every_assumption_limit_and_reason_is_listed(report: Report) -> None:
    opinion = Opinion(report)
    said = texts(section(opinion, "Assumptions"))
    assert all(str(row["text"]) in said for row in report.tables["gaps"].records())
    assert all(source.path in said for source in report.inputs.sources)
    said = texts(section(opinion, "Limits and error rates"))
    assert all(reason in said for reason in report.reasons)
    assert all(rule.id in said and rule.measured in said for rule in report.inputs.rules)


def test_everything_that_was_left_and_every_tag_is_listed(report: Report) -> None:
    opinion = Opinion(report)
    said = texts(section(opinion, "What was not followed"))
    lost = [one for one in report.inputs.trace.outcomes if isinstance(one, NotFollowed)]
    assert all(f"{figure(one.value, one.asset)} | {unit(one.asset)} | {one.reason}" in said for one in lost)
    said = texts(list(labels(opinion)))
    for row in report.tables["tags"].records():
        assert f"{row['grade']} | {row['source']}" in said


def test_what_was_left_has_the_step_of_its_own_movement() -> None:
    """Two movements of one transaction to one address are two steps."""
    inputs = accounts()
    trace = inputs.trace
    *others, lost = trace.outcomes
    *before, hop = trace.hops
    two = (replace_fields(lost, value=lost.value - 500), replace_fields(lost, value=500, index="1"))
    hops = (hop._replace(traced=hop.traced - 500), hop._replace(step=4, index="1", traced=500))
    made = replace_fields(trace, outcomes=(*others, *two), hops=(*before, *hops))
    report = build(replace_fields(inputs, traces={**inputs.traces, inputs.method: made}))
    [grid] = (block for block in section(Opinion(report), "What was not followed") if isinstance(block, Grid))
    assert [(row[0], row[5]) for row in grid.rows] == [("3", "7"), ("4", "5")]


def test_the_name_of_a_payment_is_no_word_of_ours() -> None:
    """A name that the catalogue holds as a word stays as the case has it."""
    report, name = build(accounts()), "payment"
    rows = tuple((name, *row[1:]) for row in report.tables["not_followed"].rows)
    tables = {**report.tables, "not_followed": Table("not_followed", COLUMNS["not_followed"], rows)}
    told = section(Opinion(replace_fields(report, tables=tables), language="zh"), "What was not followed")
    [grid] = (block for block in told if isinstance(block, Grid))
    assert speaker("zh")(name) != name
    assert [(row[1], row[-1]) for row in grid.rows] == [(name, speaker("zh")(str(rows[0][-1])))]


@pytest.mark.parametrize("name", ["Qualifications", "Declaration"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_the_expert_s_stands_open(report: Report, name: str, language: str) -> None:
    fields = [block for block in section(Opinion(report, language=language), name) if isinstance(block, Fields)]
    assert fields
    assert {value for block in fields for _, value in block.rows} == {BLANK}


@pytest.mark.parametrize("name", ["Instructions and questions", "Material facts, and who supplied them"])
def test_what_only_the_expert_knows_of_facts_stands_open(report: Report, name: str) -> None:
    assert BLANK in texts(section(Opinion(report), name))


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_words_are_those_that_we_may_say(report: Report, language: str) -> None:
    made = document(Opinion(report, language=language))
    said = "\n".join(text for _, text in made.own_words())
    assert list(violations(said)) == []
    assert CHINESE_WORDS.findall(said) == []


def test_what_strangers_wrote_is_shown_and_never_run(tmp_path: Path) -> None:
    case = small_case(tmp_path / "case", tags=TAGS.replace("The Shop", "<script>alert(1)</script>"))
    open_case(case).follow(clock=clock)
    made = write_report(case, tmp_path / "made.html", "en", clock).read_text("utf-8")
    assert "<script" not in made
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in made


@pytest.fixture(scope="module")
def usdt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("usdt") / "case"
    shutil.copytree(SHIPPED / "tron-usdt", folder)
    open_case(folder).follow(clock=clock)
    note(folder, "The table of wallets was compared with the order.", "An Analyst", clock)
    return folder


def test_the_record_of_electronic_data_has_every_reading(usdt: Path, tmp_path: Path) -> None:
    made = write_report(usdt, tmp_path / "zh.html", "zh", clock).read_text("utf-8")
    for line in (usdt / "archive/index.jsonl").read_text("utf-8").splitlines():
        assert re.findall(r'"sha256": "([0-9a-f]{64})"', line)[0] in made
    for words in ("完整性校验值（SHA-256）", "侦查人员一", "侦查人员二", "工具及版本", "访问方式", "文件格式"):
        assert words in made
    assert "侦查人员" not in write_report(usdt, tmp_path / "en.html", "en", clock).read_text("utf-8")


def test_the_log_says_who_did_what_and_that_it_was_written(usdt: Path, tmp_path: Path) -> None:
    made = write_report(usdt, tmp_path / "made.html", "en", clock)
    assert "An Analyst" in made.read_text("utf-8")
    last = log.read(usdt)[-1]
    assert (last.action, last.details["sha256"]) == ("expert report", hashlib.sha256(made.read_bytes()).hexdigest())
    again = write_report(usdt, tmp_path / "again.html", "en", clock)
    assert again.read_bytes() == made.read_bytes()


def test_the_digests_of_the_report_are_those_of_its_files(usdt: Path, tmp_path: Path) -> None:
    made = write_report(usdt, tmp_path / "made.html", "en", clock).read_text("utf-8")
    for path in (usdt / "report").iterdir():
        assert hashlib.sha256(path.read_bytes()).hexdigest() in made


def test_as_pdf_it_is_the_same_each_time(usdt: Path, tmp_path: Path) -> None:
    need_printing()
    first, second = (write_report(usdt, tmp_path / f"{name}.pdf", "zh", clock).read_bytes() for name in "ab")
    assert first == second
    assert first.startswith(b"%PDF-")
    sizes = [page.mediabox for page in PdfReader(io.BytesIO(first)).pages]
    assert {size.width > size.height for size in sizes} == {True, False}  # wide tables lie on their side


def test_the_package_can_hold_it_with_the_tables_attached(usdt: Path, tmp_path: Path) -> None:
    need_printing()
    wish = Wish(paper="en")
    first, second = (evidence(usdt, tmp_path / name, clock, wish=wish) for name in "ab")
    paper = first / "data/report/expert-report.en.pdf"
    assert paper.read_bytes() == (second / "data/report/expert-report.en.pdf").read_bytes()
    tables = {path.name: path.read_bytes() for path in (usdt / "report").iterdir() if path.suffix in {".csv", ".json"}}
    assert {name: content[0] for name, content in PdfReader(paper).attachments.items()} == tables
    said = verify(first)
    assert {layer: said.failures[layer] for layer in said.failures if said.failures[layer]} == {}
    assert replay(first, tmp_path / "again", clock).differences == ()


def test_a_page_needs_nothing_from_elsewhere(report: Report) -> None:
    made = page(document(Opinion(report)))
    assert re.findall(r"(?:src|href)=|url\(|@import", made) == []


def test_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = small_case(tmp_path / "case")
    assert run(["report", str(case), "--lang", "zh"]) == 0
    assert (case / "expert-report.zh.html").is_file()
    assert run(["report", str(case), "--to", str(tmp_path / "made.docx")]) == 2
    assert "name the file" in capsys.readouterr().err
    with pytest.raises(InputError):
        write_report(tmp_path / "nowhere", tmp_path / "made.html", "en", clock)


def test_values_in_money_state_their_price_its_time_and_its_source(tmp_path: Path) -> None:
    case = small_case(tmp_path / "case", case=f'{CASE}\n[valuation]\ncurrency = "USD"\n{PRICE_FILE}')
    (case / "prices.csv").write_text(PRICES, "utf-8")
    made = write_report(case, tmp_path / "made.html", "en", clock).read_text("utf-8")
    for cell in ("3.505", "2020-09-13T00:00:00Z", "2.10", "USD"):
        assert f">{cell}</td>" in made
    assert "(1) a list: last price at or before the moment" in made
    assert made.count(">(1)</td>") > 1
    assert "nothing is interpolated" in made


def test_what_went_on_as_another_asset_has_its_step(report: Report) -> None:
    columns = COLUMNS["conversions"]
    told = {"step": 7, "origin": "loss", "rule": "bridge_key", "from_txid": "out", "to_txid": "in", "to_chain": "tron"}
    table = Table("conversions", columns, (tuple(told.get(name) for name in columns),))
    made = replace_fields(report, tables={**report.tables, "conversions": table})
    said = texts(section(Opinion(made), "Steps"))
    assert "7 | loss | bridge_key |  | out |  |  | tron | in |  | " in said
