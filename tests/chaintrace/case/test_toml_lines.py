"""On which line a key stands."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from chaintrace.case.toml_lines import key_lines

TEXT = '''\
top = 1
[case] # a comment
name = "a"

[[seed]]
txid = """
index = 7
"""
index = 3
[[seed]]
  "index" = 4
[limits.min_value]
"ledger:GOLD" = "1"
'''


def test_each_key_has_its_line():
    assert tomllib.loads(TEXT)["seed"][0]["index"] == 3
    lines = key_lines(TEXT)
    assert lines.of("", 0, "top") == 1
    assert lines.of("case", 0, "name") == 3
    assert lines.of("seed", 0, "index") == 9
    assert lines.of("seed", 1, "index") == 11
    assert lines.of("limits.min_value", 0, "ledger:GOLD") == 13


def test_a_key_that_is_not_there_has_the_line_of_its_table():
    assert key_lines(TEXT).of("seed", 1, "origin") == 10
    assert key_lines(TEXT).of("nothing", 0, "x") is None


def test_dotted_and_inline_tables_have_the_line_on_which_they_stand():
    lines = key_lines('limits.max_hops = 3\nmethod = { pool = "wallet" }\n')
    assert lines.of("limits", 0, "max_hops") == 1
    assert lines.of("method", 0, "pool") == 2


@given(st.text())
def test_no_text_is_too_odd(text):
    key_lines(text)
