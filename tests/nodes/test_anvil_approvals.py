"""Approvals in a real node's receipts: all that were given are told, and who takes to others is joined with nobody."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chaintrace.case.endpoints import connected, endpoint
from chaintrace.case.view import CaseView
from chaintrace.model.approval import approvals_in
from chaintrace.model.chain import Account, Asset
from chaintrace.model.provenance import Coverage, Observation
from chaintrace.model.view import MissingTransaction
from chaintrace.store import MemoryFacts
from heuristics.control.self_authorisation import self_authorisation
from tests.heuristics.control.account_chain import Seeing
from tests.hostile.doors import quick_door
from tests.nodes.anvil import CHAIN, address
from tests.nodes.evm_histories import PATIENT
from tests.nodes.evm_story import MOST, UNIT

GIVEN = {"approval", "leave to split", "leave to spend", "leave for coins"}
END = 10**9


@pytest.fixture(scope="module")
def replies(anvil, evm_told, tmp_path_factory):
    """Every transaction of the story by its name, as the node told it."""
    with quick_door(tmp_path_factory.mktemp("approvals"), patience=PATIENT) as door:
        source = connected(endpoint("evm-rpc", CHAIN, anvil.url), door)
        at = source.status()
        return {
            name: source.reply(MissingTransaction(CHAIN, page.txid), at) for name, page in evm_told.books.pages.items()
        }


@pytest.fixture(scope="module")
def codes(anvil, replies):
    """What code each address has, as a source that looks for it says."""
    told = (one for reply in replies.values() for one in approvals_in(reply.observations))
    looked = {address for one in told for address in (one.holder, one.spender)}
    sizes = {one: len(anvil.rpc("eth_getCode", one, "latest")) // 2 - 1 for one in looked}
    return tuple(Observation(CHAIN, one, "code", END, f"{size} bytes") for one, size in sizes.items())


def said(replies, codes, without=()):
    """Who is joined with whom, where these transactions are not known, and all else is."""
    known = {name: reply for name, reply in replies.items() if name not in without}
    told = [one for reply in known.values() for one in reply.transactions]
    view = CaseView(MemoryFacts(told), (Coverage(CHAIN, None, None, 0, END, None, None),))
    seen = Seeing(view, [*codes, *(one for reply in known.values() for one in reply.observations)])
    asked = {one.subject for one in codes}
    found = (one for who in sorted(asked) for one in self_authorisation(Account(who, Asset(CHAIN, "")), seen))
    return {(one.subject, one.object) for one in found}


def test_the_approvals_of_the_story_are_told_and_no_others_were_given(evm_told, replies):
    told = {name: approvals_in(reply.observations) for name, reply in replies.items()}
    given = {name: [one for one in several if one.sender == one.holder] for name, several in told.items()}
    assert {name for name, several in given.items() if several} == GIVEN
    pairs = {name: (one.holder, one.spender, one.contract, one.allowance) for name in GIVEN for one in given[name]}
    assert pairs == {
        "approval": (address("victim"), evm_told.drainer, evm_told.tether, MOST),
        "leave to split": (address("thief"), evm_told.splitter, evm_told.tether, 3_000 * UNIT),
        "leave to spend": (address("mule eight"), address("spender"), evm_told.tether, 900 * UNIT),
        "leave for coins": (address("thief"), evm_told.splitter, evm_told.coin, MOST),
    }
    assert all(
        (one.height, one.txid) == (page.height, page.txid)
        for name, page in evm_told.books.pages.items()
        for one in told[name]
    )


def test_nobody_is_joined_with_a_drainer_nor_with_who_takes_to_others(replies, codes):
    assert said(replies, codes) == set()


def test_it_is_the_taking_alone_that_keeps_the_spender_apart(replies, codes):
    pair = address("mule eight"), address("spender")
    assert said(replies, codes, {"third party"}) == {pair, pair[::-1]}


def test_a_drainer_without_code_is_kept_apart_by_its_operators_taking_too(evm_told, replies, codes):
    """As if the contract were an account: what it takes goes to others, in a transaction that another one sent."""
    blind = tuple(replace(one, value="0 bytes") for one in codes)
    drained = {address("victim"), evm_told.drainer}
    assert not any(set(pair) == drained for pair in said(replies, blind))
