"""JSON-RPC: questions with ids that follow from them, and answers that are theirs."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from chaintrace.adapters.transport import RpcError, question, read_json, result
from chaintrace.errors import Malformed

ASKED = question("bitcoin-core", "http://127.0.0.1:8332", "getblock", ["00ab", 1])
ID = json.loads(ASKED.body)["id"]


def answered(**parts) -> bytes:
    return json.dumps({"id": ID, **parts}).encode()


def test_the_same_question_has_the_same_text_and_another_has_another_id():
    again = question("bitcoin-core", "http://127.0.0.1:8332", "getblock", ["00ab", 1])
    other = question("bitcoin-core", "http://127.0.0.1:8332", "getblock", ["00ab", 2])
    assert ASKED.text == again.text
    assert json.loads(other.body)["id"] != ID
    assert ASKED.text.startswith('POST http://127.0.0.1:8332 {"jsonrpc":"2.0","id":')


def test_a_result_and_an_error_are_told_apart():
    assert result(answered(result={"a": [1, None]}, error=None), ASKED) == {"a": [1, None]}
    assert result(answered(result=None), ASKED) is None
    assert result(answered(result=None, error={"code": -5, "message": "no such"}), ASKED) == RpcError(-5, "no such")
    assert result(answered(error="odd"), ASKED) == RpcError(0, "odd")
    assert result(b'{"id": null, "error": {"code": -32005, "message": "slowly"}}', ASKED) == RpcError(-32005, "slowly")


def test_numbers_are_exact():
    value = result(b'{"id": %d, "result": [0.1, 20999999.97690000, 1e-8, %d]}' % (ID, 2**256 - 1), ASKED)
    assert value == [Decimal("0.1"), Decimal("20999999.97690000"), Decimal("1E-8"), 2**256 - 1]
    assert [type(number) for number in value] == [Decimal, Decimal, Decimal, int]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "with nothing: "),
        (b"<!DOCTYPE html><html>", "a web page instead of JSON: look at the url"),
        (b'{"id": 1, "result": [', "JSON that is broken or cut short: nothing of it is used"),
        (b"Too many requests", "something that is not JSON"),
        (b'{"id": 1, "result": NaN}', "broken"),
        (b"[" * 100_000, "JSON that is nested too deep to be read"),
        (b'{"id": 1, "result": 1e999999999999999999999}', "broken"),
        (b'{"id": 1, "result": [1E-999999999999999999999]}', "broken"),
        (b"\xff\xfe", "something that is not JSON"),
        (b"[]", "no JSON-RPC answer"),
        (b'{"id": 1}', "no JSON-RPC answer"),
        (b'{"id": 1, "error": null}', "no JSON-RPC answer"),
        (b'{"id": 1, "result": 2}', "answers are mixed up"),
        (b'{"id": null, "result": 2}', "answers are mixed up"),
        (b'{"id": 1, "error": {"code": -1}}', "answers are mixed up"),
        (b'{"result": 2}', "answers are mixed up"),
    ],
)
def test_what_is_no_answer_is_malformed_and_named(content, said):
    with pytest.raises(Malformed, match=rf"^127\.0\.0\.1:8332 answered .*{said}"):
        result(content, ASKED)


def test_their_words_are_cut_and_made_plain():
    said = "A\x1b[2J\ud800\u202e\n" * 200_000
    for error in ({"code": 10**400, "message": said}, said):
        told = result(answered(error=error), ASKED)
        assert isinstance(told, RpcError)
        assert told.code == 0
        assert told.message.isprintable()
        assert len(told.message) < 400
    with pytest.raises(Malformed) as caught:
        result(json.dumps({"id": said, "result": 1}).encode(), ASKED)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 300


def test_plain_json_is_read_the_same_way():
    assert read_json(b'{"fee": 0.5}', ASKED) == {"fee": Decimal("0.5")}
