"""What the Electrum adapter makes of a server that fails or declines: no empty history, always a remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chaintrace.errors import Malformed, Refused, Unavailable
from tests.chaintrace.adapters.electrum_tale import (
    BALANCE,
    BRANCH,
    GET,
    HEADER,
    HISTORY,
    QUESTIONS,
    TIP,
    UNSPENT,
    Desk,
    desk,
    failing,
    spender,
    tale,
)
from tests.hostile.electrum_ledger import Refusal
from tests.hostile.faults import CARRIAGE, HTTP_ONLY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TALE = tale()
ON_A_LINE = [fault.name for fault in CARRIAGE if fault.name not in HTTP_ONLY]
QUICK_ONES = ["reset", "half a body", "web page", "wrong id"]
KINDS = {"web page": Malformed, "200 MB": Malformed, "wrong id": Malformed}


@pytest.fixture
def at_desk(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path / "archive", TALE.ledger(TALE.late)) as made:
        yield made


@pytest.mark.parametrize("fault", ON_A_LINE)
def test_a_bad_connection_is_an_error_and_nothing_is_lost(fault: str, at_desk: Desk) -> None:
    if fault == "refused":
        at_desk.server.fault(fault)
    else:
        at_desk.server.fault(fault, on=BRANCH)
    assert type(failing(at_desk, QUESTIONS["transaction"])) is KINDS.get(fault, Unavailable)
    if fault == "refused":
        return
    kept = [asked for asked in at_desk.server.asked if asked[0] != BRANCH]
    at_desk.server.good()
    reply = at_desk.source.reply(QUESTIONS["transaction"], TIP)
    assert reply.transactions[0].txid == TALE.split.txid
    assert [asked for asked in at_desk.server.asked if asked[0] != BRANCH] == kept  # the rest was not asked again


@pytest.mark.parametrize("fault", QUICK_ONES)
@pytest.mark.parametrize("method", ["server.version", HEADER, GET, HISTORY])
@pytest.mark.parametrize("question", QUESTIONS)
def test_wherever_the_connection_goes_bad(question: str, method: str, fault: str, at_desk: Desk) -> None:
    at_desk.server.fault(fault, on=method)
    assert type(failing(at_desk, QUESTIONS[question])) is KINDS.get(fault, Unavailable)


@pytest.mark.parametrize("fault", ["reset", "half a body", "time-out", "drip"])
def test_a_fault_that_passes_is_seen_through(fault: str, at_desk: Desk) -> None:
    at_desk.server.fault(fault, on=HISTORY, times=1)
    reply = at_desk.source.reply(QUESTIONS["spender"], TIP)
    assert reply.transactions[0].txid == TALE.split.txid
    assert at_desk.server.greetings >= 2  # a slow machine waits in vain more often


def test_an_answer_that_comes_late_is_not_taken_for_the_next(at_desk: Desk) -> None:
    at_desk.server.fault("wrong id", on=GET, times=1)
    assert isinstance(failing(at_desk, QUESTIONS["transaction"]), Malformed)
    assert at_desk.source.reply(QUESTIONS["transaction"], TIP).transactions[0].txid == TALE.split.txid


WORDS = [
    (-101, "excessive resource usage", Unavailable, "asked too much or too busy"),
    (-102, "server busy - request timed out", Unavailable, "too busy"),
    (1, "still catching up with daemon", Unavailable, "still reading the chain"),
    (1, "chaintip moved too many times, or DB not in sync with daemon, while processing request", Unavailable, ""),
    (2, "daemon error: DaemonError('connection refused')", Unavailable, "an error of its own or of its node"),
    (-32603, "internal error", Unavailable, "an error of its own"),
    (-32601, "unknown method", Refused, "protocol 1.4 to 1.6"),
]
DECLINED = [
    (10_001, "history too large", "MAX_SEND"),
    (1, "history too large", "max_history"),
    (1, "History for scripthash exceeds MaxHistory 125000", "of your own"),
    (4, "nonsense \x1b[2J with\nbreaks" + "x" * 500, "nonsense ?[2J with breaks"),
    ("x", 7, "refuses to answer the history of a script"),
]


@pytest.mark.parametrize(("code", "message", "kind", "said"), WORDS)
def test_the_servers_own_errors_are_ours(code: int, message: str, kind: type, said: str, at_desk: Desk) -> None:
    at_desk.server.refuse(code, message, HISTORY)
    error = failing(at_desk, QUESTIONS["spender"])
    assert type(error) is kind
    assert said in str(error)
    assert len(str(error)) < 600
    at_desk.server.good()
    assert at_desk.source.reply(QUESTIONS["spender"], TIP).transactions[0].txid == TALE.split.txid


@pytest.mark.parametrize(("code", "message", "said"), DECLINED)
def test_a_history_that_is_not_given_out_leaves_one_question_open_and_the_server_in_use(
    code: int, message: str, said: str, at_desk: Desk
) -> None:
    at_desk.server.refuse(code, message, HISTORY)
    for name in ("spender", "history"):
        reply = at_desk.source.reply(QUESTIONS[name], TIP)
        assert reply.still_missing
        assert (reply.transactions, reply.unspent, reply.coverage, reply.absent) == ((), (), (), False)
        assert said in reply.gaps[0].text
        assert len(reply.gaps[0].text) < 600
    listed = at_desk.source.reply(spender(TALE.child, 0), TIP)
    assert [fact.how for fact in listed.unspent] == ["claimed"]
    assert [gap.kind for gap in listed.gaps] == ["claimed"]


@pytest.mark.parametrize("method", [UNSPENT, BALANCE])
def test_a_list_or_a_balance_that_is_not_given_out_makes_the_rest_claimed(method: str, at_desk: Desk) -> None:
    at_desk.server.refuse(1, "history too large", method)
    reply = at_desk.source.reply(QUESTIONS["history"], TIP)
    assert len(reply.transactions) == 3
    assert [each.how for each in reply.coverage] == ["claimed"]
    assert [gap.kind for gap in reply.gaps] == ["claimed"]
    (fact,) = at_desk.source.reply(spender(TALE.child, 0), TIP).unspent
    assert fact.how == ("claimed" if method == UNSPENT else "asked twice")


def test_where_neither_history_nor_node_names_the_block_the_transaction_stays_open(at_desk: Desk) -> None:
    at_desk.server.refuse(1, "history too large", HISTORY)
    at_desk.server.change(lambda p, a: Refusal(1, "verbose is not supported") if p[1:] else a, GET)
    reply = at_desk.source.reply(QUESTIONS["transaction"], TIP)
    assert reply.still_missing
    assert (reply.transactions, reply.absent) == ((), False)
    assert "verbose is not supported" in reply.gaps[0].text


@pytest.mark.parametrize("version", ["1.3", "1.7", "2.0", "nonsense", ""])
def test_a_version_that_is_not_spoken_is_refused(version: str, tmp_path: Path) -> None:
    with (
        desk(tmp_path / "archive", TALE.ledger(), version=version) as made,
        pytest.raises(Refused, match=r"from 1[.]4 to 1[.]6"),
    ):
        made.source.status()


def test_a_server_that_does_not_want_our_version_is_refused(at_desk: Desk) -> None:
    at_desk.server.refuse(1, "unsupported protocol version: ['1.4', '1.6']", "server.version")
    with pytest.raises(Refused, match="does not speak the Electrum protocol"):
        at_desk.source.status()
    assert at_desk.server.greetings == 1
