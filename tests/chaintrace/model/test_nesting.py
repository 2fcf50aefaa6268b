"""Brackets are counted before a parser walks them, whatever the recursion limit of the process is."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.model.nesting import MOST, shallow

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


def depth(value: object) -> int:
    """How deep a value is nested, counted on the parsed value."""
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth, inner), default=0)


@given(value=JSON, most=st.integers(0, 4), ascii_only=st.booleans())
def test_a_text_is_refused_exactly_when_it_is_deeper(value: object, most: int, ascii_only: bool) -> None:  # drawn
    text = json.dumps(value, ensure_ascii=ascii_only)
    for told in (text, text.encode()):
        if depth(value) > most:
            with pytest.raises(RecursionError, match="nested more than"):
                shallow(told, most)
        else:
            assert shallow(told, most) is told


@pytest.mark.parametrize("text", ['"' + "[" * 2000, '"\\"' + "[" * 2000 + '"', "]" * 2000 + "[" * MOST])
def test_brackets_in_strings_do_not_count_and_what_is_unbalanced_is_left_to_the_parser(text: str) -> None:
    assert shallow(text) == text


def test_a_hostile_answer_cannot_end_a_process_whose_limit_a_library_raised() -> None:
    source = (
        "import sys; sys.setrecursionlimit(100_000)\n"
        "from chaintrace.adapters.transport import Request, read_json\n"
        "from chaintrace.errors import Malformed\n"
        "try: read_json(b'[' * 1_000_000, Request('esplora', 'http://127.0.0.1/x'))\n"
        "except Malformed as error: print('refused')\n"
    )
    ran = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=False)  # ours
    assert (ran.returncode, ran.stdout.strip()) == (0, "refused"), ran.stderr
