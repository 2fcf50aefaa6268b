"""Rows are a sequence like any other, and a frame of them loses nothing."""

from __future__ import annotations

import pandas as pd

from chaintrace.case.rows import Rows
from chaintrace.report import Table, build
from chaintrace.report.columns import COUNTS, TIMES, VALUES
from tests.chaintrace.report.samples import accounts, outputs

MOST = 2**256 - 1
EXACT = f"{str(MOST)[:-18]}.{str(MOST)[-18:]}"
TABLE = Table(
    "hops",
    ("txid", "value", "amount", "decimals", "time"),
    (
        ("a", MOST, EXACT, 18, "2021-08-05T10:17:00Z"),
        ("b", 0, "0", 0, "1969-12-31T23:59:59Z"),
        ("c", None, None, None, None),
        ("d", 2**53 + 1, None, None, "9999-12-31T23:59:59Z"),
    ),
)


def test_rows_are_a_sequence():
    rows = Rows(TABLE)
    assert len(rows) == 4
    assert rows[0]["value"] == rows[-4]["value"] == MOST
    assert [row["txid"] for row in rows] == ["a", "b", "c", "d"]
    assert [row["txid"] for row in reversed(rows)] == ["d", "c", "b", "a"]
    assert rows[1] in rows
    assert rows.index(rows[2]) == 2
    assert (rows.name, rows.columns) == ("hops", TABLE.columns)


def test_a_slice_is_rows_again():
    rows = Rows(TABLE)
    assert isinstance(rows[1:3], Rows)
    assert list(rows[1:3]) == list(rows)[1:3]
    assert list(rows[::-2]) == list(rows)[::-2]
    assert repr(rows[:1]) == "<1 row of hops>"
    assert rows[:1].to_frame().shape == (1, 5)
    assert rows[4:].to_frame().shape == (0, 5)


def test_rows_are_equal_where_their_cells_are():
    rows, same = Rows(TABLE), Rows(Table("other", TABLE.columns, TABLE.rows))
    assert rows == same
    assert hash(rows) == hash(same)
    assert rows[:2] != rows
    assert rows != list(rows)


def test_a_change_of_a_row_does_not_reach_the_table():
    rows = Rows(TABLE)
    row = dict(rows[0])
    row["value"] = 1
    assert rows[0]["value"] == MOST


def test_a_frame_keeps_whole_numbers_exact_text_and_moments():
    frame = Rows(TABLE).to_frame()
    assert frame["value"].dtype == object
    assert [type(value) for value in frame["value"]] == [int, int, type(None), int]
    assert frame["value"].dropna().sum() == MOST + 2**53 + 1
    assert frame["amount"].dtype == object
    assert frame["amount"][0] == EXACT
    assert frame.isna()[["value", "amount", "time"]].to_numpy().tolist() == [
        [False, False, False], [False, False, False], [True, True, True], [False, True, False],
    ]  # fmt: skip
    assert str(frame["time"].dt.tz) == "UTC"
    assert [frame["time"][place].year for place in (0, 1, 3)] == [2021, 1969, 9999]


def test_every_frame_of_a_report_gives_back_its_cells():
    for report in (build(accounts()), build(outputs())):
        for table in report.tables.values():
            frame = Rows(table).to_frame()
            for name, column in zip(table.columns, zip(*table.rows, strict=True), strict=False):
                if name in TIMES:
                    stamped = [None if pd.isna(one) else one.strftime("%Y-%m-%dT%H:%M:%SZ") for one in frame[name]]
                    assert stamped == list(column)
                else:
                    assert frame[name].tolist() == list(column)
                if name in VALUES | COUNTS:
                    assert {type(one) for one in frame[name]} <= {int, type(None)}
