"""The rows of a CSV: where each stands, which are passed over, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chaintrace.adapters.csv_rows import csv_rows
from chaintrace.adapters.interface import SourceSpec
from chaintrace.adapters.prices.csv_file import read_prices
from chaintrace.adapters.rows import COLUMNS, RowReader
from chaintrace.errors import InputError
from chaintrace.model.provenance import Source


def refuse(sentence, line=None, *, cause=None):
    raise InputError(sentence, path="a.csv", line=line) from cause


def rows(text: str) -> list[tuple[int, list[str]]]:
    return list(csv_rows(text.splitlines(keepends=True), refuse))


def test_the_header_comes_first_and_each_row_with_its_last_line():
    assert rows(' a , b\n1,2\n\n , \n"x\ny",3\n') == [
        (1, ["a", "b"]),
        (2, ["1", "2"]),
        (6, ["x\ny", "3"]),
    ]


def test_a_file_without_lines_has_an_empty_header():
    assert rows("") == [(1, [])]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1\n", "line 2.*the row has 1 cells, the header 2: correct it"),
        ("a,b\n1,2\n1,2,3\n", "line 3.*the row has 3 cells, the header 2"),
        ('a,b\n"1"x,2\n', "line 2.*this is no CSV with commas and double quotes"),
        ('a,"b\n1,2\n', "this is no CSV with commas and double quotes"),
    ],
)
def test_what_is_no_row_is_refused_with_its_line(text, words):
    with pytest.raises(InputError, match=words):
        rows(text)


SHORT = "the row has 1 cells, the header .*: correct it"


def test_a_file_of_transfers_with_a_short_row_is_refused_in_these_words(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(",".join(COLUMNS) + "\nx\n", encoding="utf-8")
    reader = RowReader(SourceSpec("transfers-csv", "ledger", path, "t.csv", "all"))
    with pytest.raises(InputError, match=SHORT):
        list(reader.rows())


def test_a_file_of_prices_with_a_short_row_is_refused_in_these_words():
    source = Source("file", "p.csv", "0", datetime(2026, 1, 1, 12, tzinfo=UTC))
    with pytest.raises(InputError, match=SHORT):
        read_prices(b"chain,contract,time,price,currency\nx\n", source, "day", "x")
