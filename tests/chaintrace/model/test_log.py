"""Event logs and sent transactions as observations: written and read again; what has another form is passed over."""

from __future__ import annotations

import json

import pytest

from chaintrace.model.log import Log, Sent, logs_in, sent_in
from chaintrace.model.provenance import Observation

TOPIC = "0x" + "ab" * 32
ONE = Log("ethereum", "0x01", 7, "0xee", (TOPIC, "0x" + "00" * 32), "0x00ff")
CALL = Sent("ethereum", "0x01", "0xaa", "", "0x", 2**255)


def test_what_is_written_is_read():
    assert logs_in([ONE.observation(9, None)] * 2) == (ONE,)
    assert sent_in([CALL.observation(None, None), ONE.observation(9, None)]) == (CALL,)
    assert (ONE.topic, Log("e", "t", 0, "0xee", (), "0x").topic) == (TOPIC, "")


def test_a_price_of_gas_is_written_where_it_is_told():
    dear = Sent("ethereum", "0x01", "0xaa", "", "0x", 2**255, 5 * 10**9)
    assert "price" not in json.loads(CALL.observation(9, None).value)
    assert sent_in([CALL.observation(9, None), dear.observation(9, None)]) == (dear, CALL)
    odd = json.loads(dear.observation(9, None).value) | {"price": 7}
    assert sent_in([Observation("ethereum", "0x01", "sent", 9, json.dumps(odd))]) == (CALL,)


def test_a_batch_is_written_where_it_is_told_and_heard_before_a_telling_without_it():
    shown = Sent("zksync", "0x01", "0xaa", "", "0x", 0, 7, (497_156, 2_167))
    early = Sent("zksync", "0x01", "0xaa", "", "0x", 0, 7)
    assert json.loads(shown.observation(9, None).value)["batch"] == ["497156", "2167"]
    assert "batch" not in json.loads(early.observation(9, None).value)
    assert sent_in([early.observation(9, None), shown.observation(9, None)]) == (shown, early)
    for odd in (7, ["1"], ["1", 2], ["1", "x"], ["1", "2", "3"]):
        value = json.dumps(json.loads(shown.observation(9, None).value) | {"batch": odd})
        assert sent_in([Observation("zksync", "0x01", "sent", 9, value)]) == (early,)


def test_logs_come_in_the_order_of_their_places():
    later = Log("ethereum", "0x01", 10, "0xee", (), "0x")
    assert logs_in([later.observation(9, None), ONE.observation(9, None)]) == (ONE, later)


@pytest.mark.parametrize(
    "changed",
    [
        {"index": "7"}, {"index": True}, {"index": -1}, {"emitter": 3}, {"topics": "0x"}, {"topics": ["0xAB"]},
        {"topics": [TOPIC] * 5}, {"data": "00"}, {"data": None},
    ],
)  # fmt: skip
def test_another_form_is_no_log(changed):
    seen = ONE.observation(9, None)
    value = json.dumps(json.loads(seen.value) | changed)
    assert logs_in([Observation("ethereum", "0x01", "log", 9, value)]) == ()


@pytest.mark.parametrize(
    "value", ["", "[1]", "{", "[" * 2000, '{"from": 1}', '{"from": "a", "to": "b", "input": "0x"}']
)
def test_another_form_is_no_call(value):
    assert sent_in([Observation("ethereum", "0x01", "sent", 9, value)]) == ()
    assert logs_in([Observation("ethereum", "0x01", "log", 9, value)]) == ()
