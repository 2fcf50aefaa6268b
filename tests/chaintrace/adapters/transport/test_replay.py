"""The shut door: what was recorded, and never an empty list."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chaintrace.adapters.transport import ReplayDoor, Request
from chaintrace.errors import Malformed, Unavailable
from tests.chaintrace.adapters.transport.fakes import FakeDoor, given

TIP = Request("esplora", "https://api.example/blocks/tip/height")


def test_the_latest_record_answers_also_for_what_does_not_last(tmp_path):
    door = FakeDoor(tmp_path, given(b"1"), given(b"2"))
    door.ask(TIP)
    door.ask(TIP)
    answer = ReplayDoor(door.archive).ask(TIP)
    assert (answer.content, answer.replayed) == (b"2", True)


@pytest.mark.usefixtures("no_sockets")
def test_what_was_never_recorded_is_unavailable(tmp_path):
    door = FakeDoor(tmp_path, given(b"1"))
    door.ask(TIP)
    for other in (replace(TIP, adapter="electrum"), replace(TIP, pin="00"), replace(TIP, url=TIP.url + "/x")):
        with pytest.raises(Unavailable, match=r"^api\.example may not be asked now.*record it"):
            ReplayDoor(door.archive).ask(other)


def test_a_record_that_does_not_pass_is_none(tmp_path):
    def never(content, _status):
        raise Malformed(content.decode())

    door = FakeDoor(tmp_path, given(b"1"))
    door.ask(TIP)
    with pytest.raises(Unavailable):
        ReplayDoor(door.archive).ask(replace(TIP, check=never))


def test_an_empty_body_is_an_answer(tmp_path):
    door = FakeDoor(tmp_path, given(b"", 404))
    request = replace(TIP, accept=frozenset({404}))
    door.ask(request)
    assert (ReplayDoor(door.archive).ask(request).content, ReplayDoor(door.archive).ask(request).status) == (b"", 404)
