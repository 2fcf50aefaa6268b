"""The shut door: what was recorded, and never an empty list."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chaintrace.adapters.transport import ReplayDoor, Request
from chaintrace.errors import Malformed, Refused, Unavailable
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


def test_that_there_was_no_such_thing_is_told_again_though_it_settles_nothing(tmp_path):
    def there(_content, status):
        if status == 404:
            raise Refused("not found")

    request = replace(TIP, settled=True, accept=frozenset({404}), check=there)
    door = FakeDoor(tmp_path, given(b"no", 404), given(b"no", 404), given(b"yes"))
    for _ in range(2):  # whoever can be asked is asked again
        with pytest.raises(Refused):
            door.ask(request)
    with pytest.raises(Refused, match="not found"):
        ReplayDoor(door.archive).ask(request)
    door.ask(request)
    assert ReplayDoor(door.archive).ask(request).content == b"yes"
