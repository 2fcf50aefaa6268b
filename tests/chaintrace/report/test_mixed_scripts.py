"""Letters that look like Latin ones are named; a name in one script, whichever it is, is left as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.model.chain import Asset
from chaintrace.report import build
from chaintrace.report.amounts import prose
from chaintrace.report.html import page
from chaintrace.report.mixed_scripts import look_alikes, marked
from tests.chaintrace.report import samples


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


def test_the_name_of_a_token_is_marked_wherever_an_amount_stands(monkeypatch):
    token = Asset(samples.USD.chain, samples.USD.contract, "USD\u0422", samples.USD.decimals)
    assert prose(12_345, token) == "123.45 USD\u0422 ⟨not Latin: U+0422⟩"
    monkeypatch.setattr(samples, "USD", token)
    monkeypatch.setattr(samples.transfer, "__defaults__", (token,))
    report = build(samples.accounts())
    assert "USD\u0422 ⟨not Latin: U+0422⟩" in page(report)
    assert "USD\u0422 ⟨not Latin: U+0422⟩" in report.sentence
    assert {row["asset"] for row in report.tables["hops"].records()} == {"USD\u0422"}  # a table keeps what it read
