"""The page of the benchmarks: a row that is measured anew leaves the others as they were."""

import pytest

from benchmarks.page import Page, write
from benchmarks.verdicts import Finding, Measure

OLD = """# Benchmarks

Some words.

Measured on Monday.

## Goals

| row | what | must / aim | measured | |
|---|---|---|---|---|
| 4 | fast | at least 4× | 5× | met |
| 12 | small | at most 2× | 3× | **missed by 50%** |

## Row 4: tracing

| a | b |
|---|---:|
| 12 | of row 4 |

## Row 12: starting

Words.
"""


def finding(row: int, got: int) -> Finding:
    measures = [Measure("speed", got, 2), Measure("size", 1, 2, sense="at most")]
    return Finding(row, "title", "all.", measures, ["side", "time"], [["ours", "1 s"]], ["A note."])


def test_a_row_is_added_in_its_place_and_the_others_keep_their_words_and_their_day():
    page = Page(OLD)
    page.take(finding(9, 3), "Measured on Tuesday.")
    text = str(page)
    goals, *rows = text.split("\n## Row ")
    assert [row.partition(":")[0] for row in rows] == ["4", "9", "12"]
    assert [line[:9] for line in goals.splitlines() if line[:3] in {"| 4", "| 9", "| 1"}] == [
        "| 4 | fas", "| 9 | spe", "| 9 | siz", "| 12 | sm",
    ]  # fmt: skip  # one line a row reads better
    assert rows[0] == "4: tracing\n\n| a | b |\n|---|---:|\n| 12 | of row 4 |\n\nMeasured on Monday.\n"
    assert rows[1].endswith("A note.\n\nMeasured on Tuesday.\n")
    assert rows[2] == "12: starting\n\nWords.\n\nMeasured on Monday.\n"
    assert "Measured on Monday" not in goals


def test_a_page_that_is_read_and_written_stays_as_it_is():
    page = Page(OLD)
    page.take(finding(9, 3), "Measured on Tuesday.")
    assert str(Page(str(page))) == str(page)


@pytest.mark.parametrize("row", [4, 9])
def test_a_row_that_is_measured_anew_replaces_what_was_said_of_it(tmp_path, row):
    path = tmp_path / "page.md"
    path.write_text(OLD, encoding="utf-8")
    write(path, [finding(row, 1)], "Measured on Tuesday.")
    write(path, [finding(row, 3)], "Measured on Wednesday.")
    text = path.read_text("utf-8")
    assert text.count(f"## Row {row}:") == 1
    assert f"| {row} | speed | at least 2× | 3× | met |" in text
    assert "Tuesday" not in text
    assert "missed by 50%** |\n\n## Row" in text


def test_a_goal_that_is_missed_by_a_hair_is_not_missed_by_nothing() -> None:
    assert Measure("speed", 0.499, 0.5).verdict == "**missed by less than 1%**"
    assert Measure("speed", 0.49, 0.5).verdict == "**missed by 2%**"
