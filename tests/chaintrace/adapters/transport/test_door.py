"""The open door: what it asks, how often, what it waits for, what it records, and what it says when it gives up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from chaintrace.adapters.transport import Patience, Rate, Rates, Request
from chaintrace.errors import Malformed, Refused, Unavailable
from chaintrace.store.archive import FileArchive
from tests.chaintrace.adapters.transport.fakes import START, FakeDoor, given

TIP = Request("esplora", "https://api.example/blocks/tip/height")
SETTLED = replace(TIP, url="https://api.example/tx/aa/hex", settled=True)
PINNED = replace(TIP, url="https://api.example/address/x/txs", pin="00ab")


def refuse(content, _status):
    if content == b"bad":
        raise Malformed("not the bytes of its txid")


def test_an_answer_is_in_the_archive_with_request_and_time(tmp_path):
    door = FakeDoor(tmp_path, given(b"812345"))
    answer = door.ask(TIP)
    assert (answer.content, answer.status, answer.replayed) == (b"812345", 200, False)
    assert answer.source.request == "GET https://api.example/blocks/tip/height"
    assert answer.source.retrieved_at == START
    assert door.archive.read(answer.source.sha256) == b"812345"
    (query,) = door.queries
    assert (query.adapter, query.host, query.status, query.size) == ("esplora", "api.example", 200, 6)
    assert query.sha256 == answer.source.sha256
    assert query.time == "2026-01-01T00:00:00.000000Z"


def test_what_is_neither_settled_nor_pinned_is_asked_each_time(tmp_path):
    door = FakeDoor(tmp_path, given(b"1"), given(b"2"))
    assert [door.ask(TIP).content for _ in range(2)] == [b"1", b"2"]


@pytest.mark.parametrize("request_", [SETTLED, PINNED])
def test_what_lasts_is_asked_once_also_by_a_later_run(tmp_path, request_):
    first = FakeDoor(tmp_path, given(b"1"))
    assert [first.ask(request_).replayed for _ in range(2)] == [False, True]
    later = FakeDoor(tmp_path, given(b"2"))
    answer = later.ask(request_)
    assert (answer.content, answer.replayed, later.wire.sent, later.queries) == (b"1", True, [], [])


def test_another_tip_is_another_question(tmp_path):
    door = FakeDoor(tmp_path, given(b"1"), given(b"2"))
    assert door.ask(PINNED).content == b"1"
    assert door.ask(replace(PINNED, pin="00cd")).content == b"2"
    assert door.ask(PINNED).content == b"1"


def test_sixty_four_threads_with_one_question_ask_it_once(tmp_path):
    door = FakeDoor(tmp_path, given(b"1"))
    with ThreadPoolExecutor(64) as pool:
        answers = list(pool.map(door.ask, [SETTLED] * 256))
    assert {answer.content for answer in answers} == {b"1"}
    assert len(door.wire.sent) == len(door.queries) == 1


def test_an_accepted_status_is_an_answer_and_is_replayed_with_its_status(tmp_path):
    request = replace(SETTLED, accept=frozenset({404}))
    assert FakeDoor(tmp_path, given(b"Transaction not found", 404)).ask(request).status == 404
    again = FakeDoor(tmp_path, given()).ask(request)
    assert (again.status, again.content, again.replayed) == (404, b"Transaction not found", True)
    assert again.source.request.endswith(" -> 404")


def test_a_status_of_500_is_an_answer_only_with_an_object(tmp_path):
    request = replace(TIP, accept=frozenset({500}))
    assert FakeDoor(tmp_path / "a", given(b' {"error": {}}', 500)).ask(request).status == 500
    with pytest.raises(Unavailable, match=r"status 500.*asked 5 times"):
        FakeDoor(tmp_path / "b", given(b"<html>", 500)).ask(request)


def test_a_bad_answer_is_archived_and_refused_and_never_replayed(tmp_path):
    request = replace(SETTLED, check=refuse)
    with pytest.raises(Malformed, match="not the bytes"):
        FakeDoor(tmp_path, given(b"bad")).ask(request)
    assert [source.request for source in FileArchive(tmp_path, lambda: START).records()] == [SETTLED.text]
    later = FakeDoor(tmp_path, given(b"good"))
    assert later.ask(request).content == b"good"
    assert FakeDoor(tmp_path, given(b"bad")).ask(request).content == b"good"


def test_a_check_that_says_not_now_is_asked_again(tmp_path):
    def warming(content, _status):
        if content == b"warming":
            raise Unavailable("the node is warming up")

    door = FakeDoor(tmp_path, given(b"warming"), given(b"ready"))
    assert door.ask(replace(TIP, check=warming)).content == b"ready"
    assert door.watch.pauses == [0.375]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 522])
def test_what_may_pass_is_asked_again_with_growing_scattered_pauses(tmp_path, status):
    door = FakeDoor(tmp_path, given(status=status), given(status=status), given(status=status), given(b"1"))
    assert door.ask(TIP).content == b"1"
    assert door.watch.pauses == [0.375, 0.75, 1.5]
    assert [query.status for query in door.queries] == [status, status, status, 200]
    assert len(door.archive.records()) == 1


def test_a_failure_of_the_connection_is_asked_again_and_then_given_up(tmp_path):
    door = FakeDoor(tmp_path, Unavailable("api.example closed the connection"))
    with pytest.raises(
        Unavailable, match=r"^api\.example closed the connection; it was asked 5 times: try again later"
    ):
        door.ask(TIP)
    assert [(query.status, query.sha256) for query in door.queries] == [(0, "")] * 5
    assert door.archive.records() == ()


def test_what_may_not_be_repeated_is_asked_once(tmp_path):
    door = FakeDoor(tmp_path, Unavailable("gone"), given())
    with pytest.raises(Unavailable, match="asked once"):
        door.ask(replace(TIP, once=True))
    assert len(door.wire.sent) == 1


@pytest.mark.parametrize("status", [204, 206, 302, 400, 401, 402, 403, 404, 410, 501])
def test_what_will_not_pass_is_asked_once_and_says_what_to_do(tmp_path, status):
    door = FakeDoor(tmp_path, given(b"no", status))
    with pytest.raises((Refused, Malformed), match=rf"^api\.example .*status {status}.*: "):
        door.ask(TIP)
    assert len(door.wire.sent) == 1
    assert door.queries[0].status == status
    assert door.archive.records() == ()


def test_retry_after_is_obeyed_by_everybody_who_asks_that_host(tmp_path):
    door = FakeDoor(tmp_path, given(status=429, retry_after="7"), given(b"1"))
    door.ask(TIP)
    assert door.watch.pauses == [7]
    later = FakeDoor(tmp_path / "date", given(status=503, retry_after="Thu, 01 Jan 2026 00:00:09 GMT"), given(b"1"))
    later.ask(TIP)
    assert later.watch.pauses == [9]


def test_a_longer_pause_than_we_make_is_said(tmp_path):
    door = FakeDoor(tmp_path, given(status=429, retry_after="3600"))
    with pytest.raises(Unavailable, match=r"status 429\), and wants a pause of 3600 s; it was asked once: try again"):
        door.ask(TIP)
    assert door.watch.pauses == []


def test_no_try_begins_after_the_total(tmp_path):
    patience = Patience(total=10, tries=100)
    door = FakeDoor(tmp_path, given(status=503, retry_after="4"), patience=patience)
    with pytest.raises(Unavailable, match="asked 3 times"):
        door.ask(TIP)
    assert door.watch.seconds == 8


def test_the_wire_is_told_the_deadline_and_the_size(tmp_path):
    door = FakeDoor(tmp_path, given(), patience=Patience(deadline=33, size=44))
    door.ask(TIP)
    door.ask(replace(TIP, size_limit=55))
    assert door.wire.limits == [(44, 33), (55, 33)]


def test_a_host_is_asked_no_faster_than_its_rate(tmp_path):
    door = FakeDoor(tmp_path, given(), rates=Rates(public=Rate(2, burst=3)))
    for _ in range(7):
        door.ask(TIP)
    assert door.watch.pauses == [0.5] * 4


@pytest.mark.parametrize(("allowed", "reach"), [("none", "own"), ("none", "public"), ("own", "public")])
def test_a_host_that_may_not_be_asked_is_not(tmp_path, allowed, reach):
    door = FakeDoor(tmp_path, given(), allowed=allowed)
    with pytest.raises(Refused, match=r"^api\.example was not asked, because .*CHAINTRACE_NETWORK"):
        door.ask(replace(TIP, reach=reach))
    assert (door.wire.sent, door.queries) == ([], [])


def test_with_the_network_off_the_archive_still_answers(tmp_path):
    FakeDoor(tmp_path, given(b"1")).ask(SETTLED)
    assert FakeDoor(tmp_path, allowed="none").ask(SETTLED).content == b"1"


def test_own_hosts_are_asked_when_own_is_allowed(tmp_path):
    assert FakeDoor(tmp_path, given(b"1"), allowed="own").ask(replace(TIP, reach="own")).content == b"1"


def test_a_redirect_within_the_host_is_followed_and_each_step_is_a_query(tmp_path):
    door = FakeDoor(tmp_path, given(status=301, location="/v2/height?x=1"), given(b"1"))
    answer = door.ask(TIP)
    assert [request.url for request in door.wire.sent] == [TIP.url, "https://api.example/v2/height?x=1"]
    assert [query.status for query in door.queries] == [301, 200]
    assert answer.source.request == TIP.text


@pytest.mark.parametrize(
    "location", ["https://evil.example/x", "http://api.example/x", "//evil.example/x", "https://api.example:444/x"]
)
def test_a_redirect_to_another_host_is_not_followed(tmp_path, location):
    door = FakeDoor(tmp_path, given(status=302, location=location), given(b"1"))
    with pytest.raises(Refused, match=r"^api\.example redirects to .*nothing was sent there"):
        door.ask(TIP)
    assert len(door.wire.sent) == 1


@pytest.mark.parametrize("location", ["http://[", "//[evil.example/", "https://\u2100.example/", "https://[1:2]x/"])
def test_a_redirect_to_what_is_no_url_is_refused(tmp_path, location):
    with pytest.raises(Refused, match=r"^api\.example redirects to what is no url: check the url of the source"):
        FakeDoor(tmp_path, given(status=302, location=location)).ask(TIP)


def test_where_a_redirect_leads_is_shown_in_short_and_plain(tmp_path):
    with pytest.raises(Refused) as caught:
        FakeDoor(tmp_path, given(status=302, location="https://\x9b31m" + "a" * 60_000)).ask(TIP)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 300


def test_a_redirect_in_a_circle_ends(tmp_path):
    door = FakeDoor(tmp_path, given(status=302, location="/blocks/tip/height"))
    with pytest.raises(Refused, match="in a circle"):
        door.ask(TIP)
    assert len(door.wire.sent) == 4


def test_a_scheme_without_a_wire_is_refused(tmp_path):
    with pytest.raises(Refused, match="cannot be asked over file"):
        FakeDoor(tmp_path, given()).ask(replace(TIP, url="file://x/etc/passwd"))


def test_closing_closes_the_wires(tmp_path):
    with FakeDoor(tmp_path, given()) as door:
        assert not door.wire.closed
    assert door.wire.closed


def test_threads_with_many_questions_lose_no_record(tmp_path):
    door = FakeDoor(tmp_path, given(b"1"))
    requests = [replace(SETTLED, url=f"https://api.example/tx/{number}") for number in range(300)]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(door.ask, requests))
    assert len(FileArchive(Path(tmp_path), lambda: START).records()) == 300
