"""The text of a request: the same for the same question, another for another, without credentials."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chaintrace.adapters.transport import Request
from chaintrace.adapters.transport.request import recorded_status, recorded_text

PLAIN = Request("esplora", "https://api.example/tx/aa")


def test_the_text_says_what_is_asked():
    assert PLAIN.text == "GET https://api.example/tx/aa"
    assert replace(PLAIN, method="POST", body=b"[1]").text == "POST https://api.example/tx/aa [1]"
    assert replace(PLAIN, pin="00ab").text == "GET https://api.example/tx/aa @ 00ab"


def test_a_settled_question_needs_no_tip():
    assert replace(PLAIN, settled=True, pin="00ab").text == replace(PLAIN, settled=True).text


def test_a_long_body_is_its_digest():
    text = replace(PLAIN, method="POST", body=b"x" * 1_001).text
    assert len(text) < 150
    assert "sha256:" in text


def test_headers_and_checks_are_not_part_of_the_question():
    other = replace(PLAIN, headers=(("X-Key", "secret"),), check=lambda *_: None)
    assert other.text == PLAIN.text


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://API.example/x", "api.example"),
        ("http://user:pass@127.0.0.1:8332/x?y=@z", "127.0.0.1:8332"),
        ("tcp://[::1]:50001", "[::1]:50001"),
    ],
)
def test_the_host_has_its_port_and_no_credentials(url, host):
    assert replace(PLAIN, url=url).host == host


@pytest.mark.parametrize("status", [200, 404, 500])
def test_the_status_is_recorded_with_the_request(status):
    assert recorded_status(recorded_text(PLAIN.text, status)) == (PLAIN.text, status)
