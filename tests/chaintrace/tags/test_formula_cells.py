"""A cell that a spreadsheet would run is quoted on the way out, and comes back as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.tags.formula_cells import bare, safe


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", "  =1", "'=1", "''-x", "' '@x"])
def test_a_formula_is_quoted(text):
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "x=1", "'quoted'", "1-2", "Huobi's"])
def test_other_text_is_left_alone(text):
    assert safe(text) == bare(text) == text


@given(st.text(st.sampled_from("'= @+-x"), max_size=6))
def test_what_was_quoted_comes_back(text):
    assert bare(safe(text)) == text
