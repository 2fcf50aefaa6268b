"""Letters that look like Latin ones are named; a name in one script, whichever it is, is left as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.report.mixed_scripts import look_alikes, marked


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("B\u0456nance", "\u0456"),
        ("Bitfin\u0435x \u041ekx", "\u0435\u041e"),
        ("Kr\u03b1ken", "\u03b1"),
        ("\U0001d401inance", "\U0001d401"),
        ("\uff22inance", "\uff22"),
        ("Binance", ""),
        ("Бинанс", ""),
        ("Δίκη", ""),
        ("币安 Binance", ""),
        ("Société Générale", ""),
        ("Bank и Binance", ""),
    ],
)
def test_look_alikes_are_named(text: str, signs: str) -> None:
    assert "".join(look_alikes(text)) == signs
    assert ("not Latin" in marked(text)) == bool(signs)


def test_hidden_signs_are_shown() -> None:
    assert marked("a\u202eb\0") == "a⟨U+202E⟩b⟨U+0000⟩"


@given(st.text())
def test_any_text_is_marked(text: str) -> None:
    assert marked(text).isprintable()
