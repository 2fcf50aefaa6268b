"""Tables on a terminal: numbers stay whole at every width, and nothing is cut."""

from __future__ import annotations

import re

import pytest

from chaintrace.cli.printing import table

COLUMNS = ("rank", "origin", "amount", "asset", "range", "attributed to", "address", "by")
HUOBI = "TNaRAoLUyYEV2uF7GUrzSjRQTU8v5ZJ5VR"
ROWS = [
    [1, "payment A", "53302.030288", "USDT", "50301.471564-53302.030288", "huobi", HUOBI],
    [2, "payment B", "1685.290070", "USDT", "0.000000-7482.169350", "binance", "TAUN6FwrnwwmaEqYcckffC7wYmbaS6cBiX"],
]


@pytest.fixture
def drawn(capsys, monkeypatch):
    """What a terminal of a width shows."""

    def draw(width: int, rows: list[list[object]]) -> list[str]:
        monkeypatch.setattr("sys.stdout.isatty", lambda: True)
        monkeypatch.setenv("COLUMNS", str(width))
        table("Endpoints", COLUMNS, [[*row, "Tronscan (tag in its public answers)"] for row in rows])
        return re.sub("\x1b\\[[0-9;]*m", "", capsys.readouterr().out).splitlines()

    return draw


@pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
def test_no_number_is_folded_or_cut(drawn, width):
    lines = drawn(width, ROWS)
    assert max(map(len, lines)) <= max(width, 52)
    for number in ("53302.030288", "1685.290070", "50301.471564", "7482.169350"):
        assert any(re.search(rf"(?<![\d.]){re.escape(number)}(?![\d.])", line) for line in lines), number
    assert "…" not in "".join(lines)


def test_eighty_columns_hold_the_table_with_addresses_folded(drawn):
    lines = drawn(80, ROWS)
    assert max(map(len, lines)) <= 80
    first = next(line for line in lines if line.lstrip().startswith("1 "))
    assert first.split()[:6] == ["1", "payment", "A", "53302.030288", "USDT", "50301.471564-"]
    assert HUOBI not in "".join(lines)
    assert any(line.rstrip().endswith(" Tronscan") for line in lines)


def test_numbers_that_leave_no_room_make_each_row_a_block(drawn):
    largest = str(2**256 - 1)
    lines = drawn(80, [[1, "payment A", largest, "X", f"0-{largest}", "huobi", "T1"]])
    assert f"amount        {largest}" in lines
    assert f"range         0-{largest}" in lines
