"""Whatever stands in case.toml: it is read, or refused in one sentence with the file; never anything else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.case.config import load
from chaintrace.errors import InputError
from tests.chaintrace.small_case import CASE, small_case

FULL = f"""{CASE}
[rules]
use = ["*"]
off = []
[limits]
max_hops = 30
max_transactions = 20000
min_value = {{ "ledger:GOLD" = "1" }}
min_tag_confidence = 0
until = 2023-01-01T00:00:00Z
[method]
libr_between = "fifo"
pool = "wallet"
[[wallet]]
name = "W"
addresses = ["a"]
"""
LINES = [number for number, line in enumerate(FULL.splitlines()) if " = " in line]
VALUES = st.sampled_from(
    [
        *('""', '"x"', '"all"', '"\\u0000"', '"-1"', '"' + "9" * 90 + '"', '"../.."', '"tron:T"', '"2023-01-01"'),
        *("0", "-1", "1.5", "nan", "1e999", "true", str(2**300), "[]", "[[]]", '["a", 1]', "{}", "{ a = 1 }", "[{}]"),
        *("2023-01-01", "12:00:00", "2023-01-01T00:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
    ],
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return small_case(tmp_path_factory.mktemp("any"), case=FULL)


def test_the_case_that_is_changed_is_a_good_one(folder):
    (folder / "case.toml").write_text(FULL, encoding="utf-8")
    assert load(folder).limits.until == 1_672_531_200


@given(line=st.sampled_from(LINES), value=VALUES)
def test_any_value_is_read_or_refused(folder, line, value):
    lines = FULL.splitlines()
    lines[line] = f"{lines[line].partition(' = ')[0]} = {value}"
    refused_or_read(folder, "\n".join(lines))


@given(place=st.integers(0, len(FULL) - 1), text=st.text(max_size=4), gone=st.integers(0, 12))
def test_any_damage_is_read_or_refused(folder, place, text, gone):
    refused_or_read(folder, FULL[:place] + text.encode("utf-8", "ignore").decode() + FULL[place + gone :])


def refused_or_read(folder, text: str) -> None:
    (folder / "case.toml").write_bytes(text.encode("utf-8"))
    said = refusal(folder)
    assert "\n" not in said
    assert said == "" or said.startswith(str(folder))


def refusal(folder) -> str:
    """What is said of the case; nothing when it is read."""
    try:
        load(folder)
    except InputError as error:
        return str(error)
    return ""
