"""A TRON transaction's events and its call as observations: the same form as on Ethereum-like chains."""

from __future__ import annotations

from types import SimpleNamespace

from chaintrace.adapters.tron.events import Log
from chaintrace.adapters.tron.told import MOST_BYTES, told
from chaintrace.model.log import logs_in, sent_in

OWNER, CONTRACT = "TNaRAoLUyYEV2uF7GUrzSjRQTU8v5ZJ5VR", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"


def raw(data: str = "a9059cbb"):
    texts, numbers = {"data": data, "contract_address": CONTRACT}, {"call_value": 7}
    return SimpleNamespace(
        txid="ab",
        contract=SimpleNamespace(kind="TriggerSmartContract", owner=OWNER, text=texts.get, number=numbers.get),
    )


def test_events_and_the_call_are_told_at_the_txid():
    events = [Log("log:0", CONTRACT, [b"\x01" * 32], b"\xff"), Log("log:1", CONTRACT, [], b"")]
    seen = list(told(raw(), events, ("tron", 9), None))
    first, second = logs_in(seen)
    assert (first.index, first.emitter, first.topics, first.data) == (0, CONTRACT, ("0x" + "01" * 32,), "0xff")
    assert (second.index, second.topics, second.data) == (1, (), "0x")
    (sent,) = sent_in(seen)
    assert (sent.sender, sent.to, sent.input, sent.value) == (OWNER, CONTRACT, "0xa9059cbb", 7)
    assert {one.height for one in seen} == {9}


def test_of_a_transaction_without_events_nothing_is_told_and_of_huge_ones_no_logs():
    assert list(told(raw(), [], ("tron", 9), None)) == []
    huge = [Log("log:0", CONTRACT, [], b"\0" * (MOST_BYTES + 1))]
    assert [one.what for one in told(raw(), huge, ("tron", 9), None)] == ["sent"]
