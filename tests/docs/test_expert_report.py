"""docs/expert-report.md says where each thing stands that is asked for: under headings that the reports have."""

from __future__ import annotations

import re
from pathlib import Path

from chaintrace.case.expert import Opinion, document
from chaintrace.freeze.blocks import Fields, Grid, Heading
from chaintrace.i18n import speaker
from chaintrace.model.provenance import Source
from chaintrace.report import build
from tests.chaintrace.report.samples import accounts

PAGE = Path(__file__).resolve().parents[2] / "docs" / "expert-report.md"
READ = (Source("file", "case.toml", "0" * 64),)


def table(section: str) -> list[list[str]]:
    """The rows of the first table of a section of the page, without its head."""
    text = PAGE.read_text("utf-8").split(f"## {section}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


def headings(language: str) -> list[str]:
    made = document(Opinion(build(accounts()), language=language))
    return [block.text for block in made.blocks if isinstance(block, Heading)]


def test_what_is_asked_for_stands_under_headings_that_there_are() -> None:
    named = {row[2] for row in table("What is asked of such a report, and where it stands")}
    assert named <= set(headings("en"))
    assert set(headings("en")) - named == {"Appendix D: resting places"}


def test_the_parts_of_the_page_are_those_of_the_report_in_their_order() -> None:
    parts = [row[0] for row in table("What is in it, in its order")]
    assert parts[:-1] == [text.replace(".", "", 1).lower() for text in headings("en")[:16]]
    letters = re.findall(r"\b([A-F]) ", table("What is in it, in its order")[-1][1])
    assert letters == [text.split(":")[0][-1] for text in headings("en")[16:]]


def test_the_record_in_chinese_has_every_name_of_the_page() -> None:
    opinion = Opinion(build(accounts()), records=READ, language="zh")
    made = document(opinion)
    place = next(at for at, block in enumerate(made.blocks) if getattr(block, "text", "").startswith("附录 F"))
    names = set[str]()
    for block in made.blocks[place:]:
        if isinstance(block, Fields):
            names |= {name for name, _ in block.rows}
        elif isinstance(block, Grid):
            names |= set(block.headings)
    said = {row[1] for row in table("In Chinese")}
    others = {speaker("zh")(text) for text in ("second investigator, unit and number", "end of the collection")}
    assert said <= names
    assert names - said == others | {speaker("zh")("No."), speaker("zh")("Time")}
