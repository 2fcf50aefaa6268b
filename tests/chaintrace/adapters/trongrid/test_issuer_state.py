"""What USDT on TRON says of an address: by its question, else by the events that TronGrid lists; faults are told."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from chaintrace.adapters.issuers import CODE, NO_CODE, balance_at, state_at, wiped_at
from chaintrace.adapters.tron_node.issuer_state import issuer_state
from chaintrace.errors import Malformed
from chaintrace.model.chain import Account, Asset
from chaintrace.model.view import MissingState
from tests.chaintrace.adapters.tron.making import ALICE, BOB, CAROL
from tests.chaintrace.adapters.trongrid.asked import START, asked, paid
from tests.hostile.server import Given
from tests.hostile.tron_issuer import ADDED, DESTROYED, REMOVED, Issue
from tests.hostile.tron_ledger import TronLedger

USDT = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
CALL, EVENTS, HEAD = "/wallet/triggerconstantcontract", f"/v1/contracts/{USDT}/events", "/wallet/getnowblock"
NO_CALLS = frozenset({"account", "solid", "events", "blocks", "internal"})


def ledger():
    """Bob pays Alice 700 and Carol 5."""
    told = TronLedger.of([paid(0, BOB, ALICE, 700, contract=USDT), paid(1, BOB, CAROL, 5, contract=USDT)])
    told.coins[ALICE] = {"address": ALICE, "balance": 1}
    told.coins[CAROL] = {"address": CAROL, "type": "Contract"}
    return told


def ask(grid, who=ALICE, **more):
    return grid.source.state(MissingState(Account(who, Asset("tron", USDT))), replace(grid.at, **more))


def words(reply):
    return {one.what: (one.value, one.height) for one in reply.observations}


def test_by_its_question_as_of_the_head(tmp_path):
    issued = (Issue(START, ADDED, BOB), Issue(START, ADDED, ALICE), Issue(START + 60, REMOVED, ALICE))
    with asked(tmp_path, ledger(), issued=issued) as grid:
        head = grid.at.height
        free, blocked, code = ask(grid), ask(grid, BOB), ask(grid, CAROL)
    assert words(free) == {
        state_at(USDT): ("not blocked", head),
        balance_at(USDT): ("700", head),
        CODE: (NO_CODE, None),
    }
    assert words(blocked)[state_at(USDT)] == ("blocked", head)
    assert words(code)[CODE][0] != NO_CODE
    assert [(one.gaps, one.still_missing) for one in (free, blocked, code)] == [((), False)] * 3
    assert all(one.source is not None and one.source.sha256 for one in free.observations if one.what != CODE)


def test_while_the_head_moves_it_is_asked_again_and_then_nothing_is_told(tmp_path):
    """A block between the two looks at the head: as of which one the contract answered nobody can say."""
    with asked(tmp_path, ledger()) as grid:
        heads = iter(range(100))

        def moving(_, given):
            block = json.loads(given.body)
            number = next(heads) // moving.calm
            block["blockID"] = f"{number:064x}"
            return replace(given, body=json.dumps(block).encode())

        moving.calm = 1
        grid.server.change(moving, on=HEAD)
        restless = ask(grid)
        moving.calm = 2
        calmer = ask(grid)
    assert (restless.observations, restless.still_missing) == ((), True)
    assert ["another block each time" in gap.text for gap in restless.gaps] == [True]
    assert words(calmer)[state_at(USDT)][0] == "not blocked"


@pytest.mark.parametrize("loses", [False, True])
def test_where_the_question_is_not_answered_the_events_are_read(tmp_path, loses):
    """Page by page, also where the marks of pages are lost; later events than the tip are not asked for."""
    others = tuple(Issue(START + n, ADDED, BOB) for n in range(7))
    issued = (
        *(*others, Issue(START + 10, ADDED, ALICE), Issue(START + 20, REMOVED, ALICE), Issue(START + 30, ADDED, ALICE)),
        *(Issue(START + 40, DESTROYED, ALICE, 700), Issue(START + 20, ADDED, CAROL), Issue(START + 30, REMOVED, CAROL)),
        Issue(START + 9_000_000, REMOVED, ALICE),
    )
    options = {"issued": issued, "offers": NO_CALLS, "page": 3, "loses_fingerprints": loses}
    with asked(tmp_path / "late", ledger(), **options) as grid:
        alice, carol = ask(grid, time=START + 1_000), ask(grid, CAROL, time=START + 1_000)
        height = grid.at.height
    with asked(tmp_path / "early", ledger(), **options) as grid:
        early = ask(grid, time=START + 25)
    assert words(alice)[state_at(USDT)] == ("blocked", height)
    assert words(alice)[wiped_at(USDT)][0] == "700"
    assert words(carol)[state_at(USDT)] == ("no block listed", height)
    assert (words(early)[state_at(USDT)], wiped_at(USDT) in words(early)) == (("no block listed", height), False)
    assert (alice.still_missing, carol.still_missing) == (False, False)


def test_what_is_not_in_the_list_is_never_said_not_to_be_blocked(tmp_path):
    with asked(tmp_path, ledger(), offers=NO_CALLS) as grid:
        reply = ask(grid)
    assert words(reply)[state_at(USDT)][0] == "no block listed"
    assert balance_at(USDT) not in words(reply)


def test_a_block_and_a_release_of_one_moment_are_not_put_in_an_order(tmp_path):
    issued = (Issue(START, ADDED, ALICE), Issue(START, REMOVED, ALICE))
    with asked(tmp_path, ledger(), issued=issued, offers=NO_CALLS) as grid:
        reply = ask(grid)
    assert (reply.still_missing, state_at(USDT) in words(reply)) == (True, False)
    assert any("of one moment" in gap.text for gap in reply.gaps)


def test_without_the_question_and_without_events_nothing_is_known(tmp_path):
    with asked(tmp_path, ledger(), offers=NO_CALLS - {"events"}) as grid:
        reply = ask(grid)
    assert (set(words(reply)), reply.still_missing) == ({CODE}, True)
    assert any("does not list the events" in gap.text for gap in reply.gaps)


@pytest.mark.parametrize(
    "answer",
    [
        {"result": {"result": True}, "constant_result": [f"{2:064x}"]},
        {"result": {"result": True}, "constant_result": ["01"]},
        {"result": {"result": True}, "constant_result": [f"{0:0128x}"]},
        {"result": {"result": True}, "constant_result": ["08c379a0" + "00" * 96]},
    ],
)
def test_an_answer_that_is_neither_yes_nor_no_is_none(tmp_path, answer):
    """And no event of such a contract is believed instead."""

    def change(asked_, given):
        is_state = b"isBlackListed" in asked_.body
        return Given.json(answer) if is_state else given

    with asked(tmp_path, ledger(), issued=(Issue(START, ADDED, ALICE),)) as grid:
        grid.server.change(change, on=CALL)
        reply = ask(grid)
        paths = grid.paths()
    assert (reply.still_missing, state_at(USDT) in words(reply)) == (True, False)
    assert any("neither yes nor no" in gap.text for gap in reply.gaps)
    assert not any(path.startswith(EVENTS) for path in paths)
    assert words(reply)[balance_at(USDT)][0] == "700"


def test_events_of_another_name_are_not_used(tmp_path):
    def change(_, given):
        return replace(given, body=given.body.replace(ADDED.encode(), REMOVED.encode()))

    with asked(tmp_path, ledger(), issued=(Issue(START, ADDED, ALICE),), offers=NO_CALLS) as grid:
        grid.server.change(change, on=EVENTS)
        with pytest.raises(Malformed, match="came where AddedBlackList was asked"):
            ask(grid)


def test_a_node_alone_has_no_events(tmp_path):
    """The same question at a node: without the call, the state is open."""
    with asked(tmp_path, ledger(), issued=(Issue(START, ADDED, ALICE),), offers=NO_CALLS) as grid:
        reply = issuer_state(grid.source._grid, Account(ALICE, Asset("tron", USDT)))
    assert (reply.still_missing, [gap.subject for gap in reply.gaps]) == (True, [ALICE, ALICE])
