"""What is taken out of a text, and what is left in it."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.adapters.transport import Redactor, in_short
from chaintrace.adapters.transport.redaction import without_credentials


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("http://user:pa%40ss@127.0.0.1:8332/", "http://127.0.0.1:8332/"),
        ("http://user:p@ss@host/x", "http://host/x"),
        ("https://api.example/api?module=tx&apikey=ABC&page=2", "https://api.example/api?module=tx&apikey=***&page=2"),
        ("https://api.example/?API-KEY=ABC#x", "https://api.example/?API-KEY=***#x"),
        ("https://api.example/?apikey={key}", "https://api.example/?apikey={key}"),
        ("Authorization: Bearer abc.def-ghi", "Authorization: Bearer ***"),
        ("https://api.example/?monkey=1&offset=2", "https://api.example/?monkey=1&offset=2"),
        ("https://api.example/@name?x=1", "https://api.example/@name?x=1"),
        ("GET https://api.example/tx/aa @ 00ab", "GET https://api.example/tx/aa @ 00ab"),
    ],
)
def test_what_looks_like_a_credential_goes_and_the_rest_stays(text, clean):
    assert without_credentials(text) == clean


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=40))
def test_a_known_secret_goes_in_every_form(secret):
    redactor = Redactor()
    redactor.learn(secret)
    for form in (secret, quote(secret, safe=""), base64.b64encode(secret.encode()).decode()):
        assert redactor.finds(b"<<" + form.encode() + b">>")
        assert form not in redactor.clean(f"| {form} |") or form in "| *** |"


@given(st.one_of(st.text(st.characters(exclude_categories=())), st.integers(), st.lists(st.text())), st.integers(1, 99))
def test_what_others_say_is_one_short_line_that_can_be_written(value, longest):
    short = in_short(value, longest)
    assert len(short) <= longest + 1
    assert short.isprintable()
    assert short.encode().decode() == short


def test_a_short_password_is_taken_out_and_does_not_make_an_answer_suspect():
    redactor = Redactor()
    redactor.learn("test", "user:test")
    assert redactor.clean("says user:test") == "says ***"
    assert not redactor.finds(b'{"chain":"regtest"}')
    assert redactor.finds(b"user:test")


def test_plain_words_stay_as_they_are():
    assert in_short(" No such\n transaction: 7 ") == "No such transaction: 7"


def test_a_short_secret_would_take_ordinary_words_out():
    redactor = Redactor()
    redactor.learn("", "tx")
    assert redactor.clean("the tx") == "the tx"
