"""Logs by who emitted which event: the emitter decides, and the key stands where the event says."""

from __future__ import annotations

from chaintrace.case.events import logs_by_event, with_key
from chaintrace.model.log import Log

TOPIC, KEY = "0x" + "ab" * 32, "0x" + "01" * 32
DELIVERED = Log("base", "0x02", 1, "0xbridge", (TOPIC, KEY), "0x")
FORGED = Log("base", "0x03", 1, "0xforger", (TOPIC, KEY), "0x")
IN_DATA = Log("base", "0x04", 1, "0xbridge", (TOPIC,), "0x" + "00" * 32 + "01" * 32)


def test_a_forged_log_is_nobodys_answer():
    known = logs_by_event(log.observation(5, None) for log in (FORGED, DELIVERED, IN_DATA))
    assert with_key(known["base", "0xbridge", TOPIC], KEY, 1) == (DELIVERED,)
    assert with_key(known["base", "0xforger", TOPIC], KEY, 1) == (FORGED,)


def test_a_key_among_the_data_is_a_whole_word():
    assert with_key((DELIVERED, IN_DATA), KEY, 0) == (IN_DATA,)
    assert with_key((Log("base", "0x05", 1, "0xbridge", (TOPIC,), "0x00" + "01" * 32),), KEY, 0) == ()
    assert with_key((DELIVERED,), KEY, 2) == ()
