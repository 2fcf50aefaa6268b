"""The line protocol over real sockets: ids, notices, connections, limits, deadlines, TLS names and proxies."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from chaintrace.adapters.transport import question, result
from chaintrace.errors import Malformed, Refused, Unavailable
from tests.hostile.doors import QUICK, quick_door
from tests.hostile.faults import CARRIAGE, HTTP_ONLY
from tests.hostile.lines import HostileLines
from tests.hostile.sockets import Socks, listening

FAULTS = [fault.name for fault in CARRIAGE if fault.name not in HTTP_ONLY | {"refused"}]


def echo(method, params):
    return [method, *params]


def test_one_connection_serves_a_thread_and_the_greeting_is_its_first_line(tmp_path):
    with HostileLines(echo) as server, quick_door(tmp_path) as door:
        greeting = question("electrum", server.url, "server.version", ["", "1.4"]).body
        for number in range(3):
            asked = replace(question("electrum", server.url, "m", [number]), greeting=greeting)
            assert result(door.ask(asked).content, asked) == ["m", number]
    assert [method for method, _ in server.asked] == ["server.version", "m", "m", "m"]
    assert server.connections == 1


def test_threads_get_each_their_own_answer(tmp_path):
    with HostileLines(echo) as server, quick_door(tmp_path) as door:
        questions = [question("electrum", server.url, "m", [number]) for number in range(200)]
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda asked: result(door.ask(asked).content, asked), questions))
    assert answers == [["m", number] for number in range(200)]
    assert server.connections <= 8


@pytest.mark.parametrize("fault", FAULTS)
def test_after_a_fault_a_new_connection_answers_the_next_question(tmp_path, fault):
    with HostileLines(echo) as server, quick_door(tmp_path, patience=replace(QUICK, tries=1)) as door:
        server.fault(fault, times=1)
        first = question("electrum", server.url, "first")
        with pytest.raises((Unavailable, Malformed)):
            result(door.ask(first).content, first)
        second = question("electrum", server.url, "second")
        assert result(door.ask(second).content, second) == ["second"]
    assert server.connections == 2


def test_what_may_pass_is_asked_again(tmp_path):
    with HostileLines(echo) as server, quick_door(tmp_path) as door:
        server.fault("half a body", times=2)
        asked = question("electrum", server.url, "m")
        assert result(door.ask(asked).content, asked) == ["m"]
    assert [query.status for query in door.queries] == [0, 0, 200]


def test_notices_are_passed_over_and_two_answers_in_one_piece_are_two(tmp_path):
    def talk(sock, _stopping):
        lines = sock.makefile("rb")
        while line := lines.readline():
            number = json.loads(line)["id"]
            notice = {"method": "blockchain.headers.subscribe", "params": [{"height": 7}]}
            for said in (notice, {"id": number, "result": 1}, notice):
                sock.sendall(json.dumps(said).encode() + b"\r\n")
        lines.close()

    with listening(talk) as host, quick_door(tmp_path) as door:
        for name in ("a", "b"):
            asked = question("electrum", f"tcp://{host}", name)
            assert result(door.ask(asked).content, asked) == 1


def test_a_line_has_a_longest_length(tmp_path):
    cut = pytest.raises(Malformed, match="more than the 1,000 bytes")
    with HostileLines(lambda *_: "x" * 2_000) as server, quick_door(tmp_path) as door, cut:
        door.ask(replace(question("electrum", server.url, "m"), size_limit=1_000))


def test_a_url_without_a_port_is_refused(tmp_path):
    with quick_door(tmp_path) as door, pytest.raises(Refused, match=r"has no port; write tcp://node\.example:port"):
        door.ask(question("electrum", "tcp://node.example", "m"))


def test_tls_that_is_none_is_unavailable(tmp_path):
    with HostileLines(echo) as server, quick_door(tmp_path) as door, pytest.raises(Unavailable):
        door.ask(question("electrum", f"tls://{server.host}", "m"))


def test_socks_is_given_the_name(tmp_path):
    with HostileLines(echo) as server:
        socks = Socks(server.host)
        with listening(socks) as host, quick_door(tmp_path, proxy=f"socks5://{host}") as door:
            asked = question("electrum", "tcp://abc.onion:50001", "m")
            assert result(door.ask(asked).content, asked) == ["m"]
    assert socks.wanted == [("abc.onion", 50_001)]


def test_an_http_proxy_does_not_carry_lines(tmp_path):
    refused = pytest.raises(Refused, match=r"through a SOCKS proxy only, not http://127\.0\.0\.1:9")
    with quick_door(tmp_path, proxy="http://127.0.0.1:9") as door, refused:
        door.ask(question("electrum", "tcp://node.example:50001", "m"))
