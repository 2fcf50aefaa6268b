"""What the Electrum adapter makes of well-formed answers that are not true: bytes decide, or the report says so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from chaintrace.adapters.electrum import Electrum
from chaintrace.errors import Malformed, Unavailable
from tests.chaintrace.adapters.electrum_tale import (
    BALANCE,
    BRANCH,
    CHAIN,
    GET,
    HEADER,
    HISTORY,
    LAST,
    QUESTIONS,
    TIP,
    UNSPENT,
    Desk,
    desk,
    endpoint,
    failing,
    spender,
    tale,
    transaction,
)
from tests.nodes.chain import mine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TALE = tale()


@pytest.fixture
def at_desk(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path / "archive", TALE.ledger(TALE.late)) as made:
        yield made


LIES: list[tuple[str, str, Callable[[Any, Any], Any], str]] = [
    ("transaction", GET, lambda _p, _a: TALE.fund.raw.hex(), "are those of"),
    ("transaction", GET, lambda _p, a: a[:-8], "cut off"),
    ("transaction", GET, lambda _p, a: a + "00", "follow the transaction"),
    ("transaction", GET, lambda _p, a: a[1:], "bytes in hex"),
    ("transaction", GET, lambda _p, _a: None, "bytes in hex"),
    ("transaction", GET, lambda _p, a: {"hex": a}, "bytes in hex"),
    ("transaction", BRANCH, lambda _p, a: {**a, "merkle": ["ab" * 32, *a["merkle"][1:]]}, "does not lead to block"),
    ("transaction", BRANCH, lambda _p, a: {**a, "merkle": a["merkle"][:-1]}, "does not lead to block"),
    ("transaction", BRANCH, lambda _p, a: {**a, "pos": a["pos"] ^ 1}, "does not lead to block"),
    ("transaction", BRANCH, lambda _p, a: {**a, "pos": a["pos"] + 4}, "does not lead to block"),
    ("transaction", BRANCH, lambda _p, a: {**a, "pos": "1"}, "no whole number"),
    ("transaction", BRANCH, lambda _p, a: {**a, "merkle": None}, "no list"),
    ("transaction", BRANCH, lambda _p, a: {**a, "merkle": [7]}, "no hash"),
    ("transaction", BRANCH, lambda _p, _a: [], "no object"),
    ("transaction", HEADER, lambda _p, a: a[:-2], "79 bytes"),
    ("transaction", HEADER, lambda _p, _a: 17, "bytes in hex"),
    ("spender", HISTORY, lambda _p, _a: {}, "no list"),
    ("spender", HISTORY, lambda _p, _a: None, "no list"),
    ("spender", HISTORY, lambda _p, _a: ["ab" * 32], "no object"),
    ("spender", HISTORY, lambda _p, a: [{**a[0], "height": 3.0}, *a[1:]], "no whole number"),
    ("spender", HISTORY, lambda _p, a: [{**a[0], "height": -2}, *a[1:]], "out of bounds"),
    ("spender", HISTORY, lambda _p, a: [{**a[0], "height": True}, *a[1:]], "no whole number"),
    ("spender", HISTORY, lambda _p, a: [*a, {**a[0], "height": 2}], "a transaction is in one block"),
    ("spender", HISTORY, lambda _p, a: [{**a[0], "tx_hash": "xy"}, *a[1:]], "no hash"),
    ("spender", HISTORY, lambda _p, a: a[1:], "it is not complete"),
    ("history", UNSPENT, lambda _p, a: [{**a[0], "value": 1.5}] if a else [{"value": 1.5}], "no whole number|no hash"),
    ("history", BALANCE, lambda _p, a: {**a, "confirmed": 12.0}, "no whole number"),
    ("history", BALANCE, lambda _p, a: {**a, "confirmed": "12"}, "no whole number"),
    ("history", BALANCE, lambda _p, a: {**a, "confirmed": 2**70}, "out of bounds"),
    ("history", BALANCE, lambda _p, _a: 7, "no object"),
]


@pytest.mark.parametrize(("question", "method", "lie", "said"), LIES)
def test_a_lie_is_malformed_and_an_honest_answer_is_asked_for_again(
    question: str, method: str, lie: Callable[[Any, Any], Any], said: str, tmp_path: Path
) -> None:
    with desk(tmp_path / "archive", TALE.ledger()) as made:
        made.server.change(lie, method)
        error = failing(made, QUESTIONS[question])
        assert type(error) is Malformed
        assert re.search(said, str(error))
        made.server.good()
        reply = made.source.reply(QUESTIONS[question], TIP)
        assert TALE.split.txid in {each.txid for each in reply.transactions}
        assert reply.gaps == ()


def test_a_history_with_a_transaction_that_is_none_is_asked_for_again_at_the_next_tip(at_desk: Desk) -> None:
    at_desk.server.change(lambda _p, a: [*a, {"tx_hash": "ab" * 32, "height": 4}], HISTORY)
    error = failing(at_desk, QUESTIONS["history"])
    assert type(error) is Malformed
    assert "contradict each other" in str(error)
    at_desk.server.good()
    at_desk.server.ledger = TALE.ledger(TALE.late, blocks=(*TALE.blocks, mine(TALE.tip)))
    assert at_desk.ask(QUESTIONS["history"]).coverage[0].how == "balance equal"


def test_a_branch_for_another_height_is_malformed(at_desk: Desk) -> None:
    at_desk.server.change(lambda _p, a: [{**a[0], "height": 2}, *a[1:]], HISTORY)
    at_desk.server.change(lambda p, _a: at_desk.server.ledger.branch(p[0], 3), BRANCH)
    assert type(failing(at_desk, transaction(TALE.theft))) is Malformed


def test_a_place_that_only_pads_the_block_is_no_position(at_desk: Desk) -> None:
    at_desk.server.change(lambda _p, a: {**a, "pos": 3}, BRANCH)
    assert "does not lead to block" in str(failing(at_desk, transaction(TALE.child)))
    at_desk.server.good()
    assert at_desk.source.reply(transaction(TALE.child), TIP).transactions[0].position == 2


def test_a_height_that_the_server_does_not_stand_by_is_unavailable(at_desk: Desk) -> None:
    at_desk.server.change(lambda _p, a: [{**line, "height": 2} for line in a], HISTORY)
    error = failing(at_desk, transaction(TALE.theft))
    assert type(error) is Unavailable
    assert "re-organised" in str(error)


def test_a_header_without_work_is_malformed(at_desk: Desk) -> None:
    idle = next(
        header
        for nonce in range(100)
        if (header := TALE.tip.raw[:76] + nonce.to_bytes(4, "little")) and block_hash(header)[:1] >= "8"
    )
    at_desk.server.change(lambda _p, _a: idle.hex(), HEADER)
    with pytest.raises(Malformed, match="nobody mined it"):
        at_desk.source.block_hash(5)
    at_desk.server.good()
    at_desk.server.change(lambda _p, a: {**a, "hex": idle.hex()}, LAST)
    with pytest.raises(Malformed, match="nobody mined it"):
        at_desk.source.status()


def block_hash(header: bytes) -> str:
    from tests.hostile.electrum_ledger import sha256d

    return sha256d(header)[::-1].hex()


@pytest.mark.parametrize("lie", [lambda _p, a: a + a, lambda _p, a: a[::-1], lambda _p, a: [*a[1:], *a, *a[:1]]])
@pytest.mark.parametrize("question", QUESTIONS)
def test_repeats_and_disorder_change_nothing(question: str, lie: Callable[[Any, Any], Any], at_desk: Desk) -> None:
    honest = at_desk.source.reply(QUESTIONS[question], TIP)
    next_tip = mine(TALE.tip)
    at_desk.server.ledger = TALE.ledger(TALE.late, blocks=(*TALE.blocks, next_tip))
    at_desk.server.change(lie, HISTORY)
    at_desk.server.change(lie, UNSPENT)
    reply = at_desk.ask(QUESTIONS[question])
    assert reply.transactions == honest.transactions
    assert reply.gaps == ()


def test_a_transaction_listed_as_pending_and_in_a_block_was_just_mined(at_desk: Desk) -> None:
    at_desk.server.change(lambda _p, a: [*a, {**a[0], "height": 0}], HISTORY)
    assert at_desk.source.reply(transaction(TALE.theft), TIP).transactions[0].height == 3


def test_an_empty_history_of_a_script_that_was_paid_is_not_believed(at_desk: Desk) -> None:
    at_desk.server.change(lambda _p, _a: [], HISTORY)
    reply = at_desk.source.reply(QUESTIONS["spender"], TIP)
    assert reply.still_missing
    assert reply.unspent == ()
    assert "leaves out what it holds" in reply.gaps[0].text


def test_an_empty_history_with_a_balance_is_a_gap(at_desk: Desk) -> None:
    at_desk.server.change(lambda _p, _a: [], HISTORY)
    at_desk.server.change(lambda _p, a: {**a, "confirmed": 7}, BALANCE)
    reply = at_desk.source.reply(QUESTIONS["history"], TIP)
    assert [each.how for each in reply.coverage] == ["claimed"]
    assert (reply.gaps[0].kind, reply.gaps[0].effect_value) == ("balance", 7)


def test_a_history_that_lacks_the_spender_leaves_the_question_open(at_desk: Desk) -> None:
    at_desk.server.change(lambda _p, a: [line for line in a if line["tx_hash"] != TALE.split.txid], HISTORY)
    reply = at_desk.source.reply(QUESTIONS["spender"], TIP)
    assert reply.still_missing
    assert (reply.transactions, reply.unspent, reply.absent) == ((), (), False)
    assert "not complete; ask another source" in reply.gaps[0].text


def test_a_history_that_shrank_once_is_asked_again(at_desk: Desk) -> None:
    at_desk.server.change(lambda _p, a: a[:1], HISTORY, times=1)
    reply = at_desk.source.reply(QUESTIONS["spender"], TIP)
    assert reply.transactions[0].txid == TALE.split.txid
    assert at_desk.calls("scripthash.get_history") == 2


def test_an_unspent_output_with_another_value_is_malformed(at_desk: Desk) -> None:
    at_desk.server.change(lambda _p, a: [{**line, "value": line["value"] - 1} for line in a], UNSPENT)
    error = failing(at_desk, spender(TALE.child, 0))
    assert type(error) is Malformed
    assert "is not used" in str(error)


@pytest.mark.parametrize("question", ["history"])
@pytest.mark.parametrize(
    ("method", "lie"),
    [
        (BALANCE, lambda _p, a: {**a, "confirmed": a["confirmed"] + 1}),
        (UNSPENT, lambda _p, a: [*a, {"tx_hash": "ab" * 32, "tx_pos": 0, "value": 5, "height": 4}]),
        (HISTORY, lambda _p, a: [line for line in a if line["tx_hash"] != TALE.split.txid]),
    ],
)
def test_counts_that_do_not_agree_are_a_gap(question: str, method: str, lie: Any, at_desk: Desk) -> None:
    at_desk.server.change(lie, method)
    reply = at_desk.source.reply(QUESTIONS[question], TIP)
    assert [each.how for each in reply.coverage] == ["claimed"]
    assert [gap.kind for gap in reply.gaps] == ["balance"]
    assert "ask another source" in reply.gaps[0].text
    assert reply.transactions


def test_counts_that_do_not_agree_because_a_block_came_are_asked_again(at_desk: Desk) -> None:
    at_desk.server.change(lambda _p, a: {**a, "confirmed": a["confirmed"] + 1}, BALANCE)
    at_desk.server.ledger = TALE.ledger(TALE.late, blocks=(*TALE.blocks, mine(TALE.tip)))
    error = failing(at_desk, QUESTIONS["history"])
    assert type(error) is Unavailable
    assert "went on from height 5 to 6" in str(error)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_server_that_is_behind_or_on_another_branch_answers_nothing(question: str, at_desk: Desk) -> None:
    at_desk.server.ledger = TALE.ledger(blocks=TALE.blocks[:4])
    assert "does not have block 5 yet" in str(failing(at_desk, QUESTIONS[question]))
    at_desk.server.ledger = TALE.ledger(blocks=(*TALE.blocks[:4], mine(TALE.blocks[3], tag=b"rival")))
    error = failing(at_desk, QUESTIONS[question])
    assert type(error) is Unavailable
    assert "on another branch" in str(error)


def test_a_chain_that_is_reorganised_between_two_questions_is_noticed(at_desk: Desk) -> None:
    rival = TALE.ledger(blocks=(*TALE.blocks[:4], mine(TALE.blocks[3], tag=b"rival")))

    def reorganise(_params: Any, answer: Any) -> Any:
        at_desk.server.ledger = rival
        return answer

    at_desk.server.change(reorganise, UNSPENT)
    error = failing(at_desk, spender(TALE.child, 0))
    assert type(error) is Unavailable
    assert "re-organised meanwhile" in str(error)


def test_a_server_of_another_chain_is_named_and_not_asked(at_desk: Desk) -> None:
    source = Electrum().connect(endpoint(at_desk.server.url, "bitcoin"), at_desk.door)
    status = source.status()
    assert status.chain == CHAIN
    with pytest.raises(Malformed, match=rf"server of {CHAIN}, and the source is declared as bitcoin"):
        source.reply(transaction(TALE.theft), status)


def test_a_chain_that_nobody_knows_is_named_by_its_first_block(at_desk: Desk) -> None:
    at_desk.server.change(lambda p, a: TALE.blocks[0].raw[:80].hex() if p == (0,) else a, HEADER)
    assert at_desk.source.status().chain == f"bip122:{TALE.blocks[0].hash[:32]}"


def test_easy_blocks_are_no_blocks_of_the_main_network(at_desk: Desk) -> None:
    source = Electrum().connect(endpoint(at_desk.server.url, "bitcoin"), at_desk.door)
    with pytest.raises(Malformed, match="lacks the work that bitcoin asks for"):
        source.block_hash(5)


def test_too_many_candidates_are_said(at_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chaintrace.adapters.electrum.spending.MOST_CANDIDATES", 0)
    opened = at_desk.source.reply(QUESTIONS["spender"], TIP)
    assert opened.still_missing
    assert "more than the 0 that are read" in opened.gaps[0].text
    change = spender(TALE.theft, 1)
    assert at_desk.source.reply(change, TIP).unspent[0].how == "asked twice"
    at_desk.server.change(lambda _p, a: [*a, {"tx_hash": "ab" * 32, "height": 5}], HISTORY)
    listed = at_desk.source.reply(spender(TALE.child, 0), TIP)
    assert [fact.how for fact in listed.unspent] == ["claimed"]
    assert [gap.kind for gap in listed.gaps] == ["claimed"]


def test_a_history_that_is_too_long_to_read_is_said(at_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chaintrace.adapters.electrum.histories.MOST_TRANSACTIONS", 2)
    reply = at_desk.source.reply(QUESTIONS["history"], TIP)
    assert reply.still_missing
    assert "has 3 transactions, more than the 2" in reply.gaps[0].text
