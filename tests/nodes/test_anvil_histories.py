"""Histories from a real node: for every account of the books, each of its movements, proven by its balance."""

from __future__ import annotations

import pytest

from chaintrace.case.endpoints import connected, endpoint
from chaintrace.model.view import MissingHistory
from tests.hostile.doors import quick_door
from tests.nodes.anvil import CHAIN, address
from tests.nodes.evm_histories import PATIENT, PROVEN, account, booked, opened, told
from tests.nodes.evm_story import SUPPLY


@pytest.fixture(scope="module")
def asked(tmp_path_factory, anvil, evm_told):  # noqa: ARG001  # the story comes first
    """The source, and the tip as of which it is asked."""
    with quick_door(tmp_path_factory.mktemp("door"), patience=PATIENT) as door:
        source = connected(endpoint("evm-rpc", CHAIN, anvil.url), door)
        yield source, source.status()


def test_every_account_has_every_movement_and_its_balance_proves_it(asked, evm_told):
    source, at = asked
    books = evm_told.books
    assert len(books.balances) >= 50
    for place, contract in books.balances:
        reply = source.reply(MissingHistory(account(place, contract), 1), at)
        assert told(reply, place, contract) == booked(books, place, contract)
        (held,) = reply.coverage
        assert (held.addresses, held.contracts) == (frozenset({place}), frozenset({contract}))
        assert (held.height, held.start <= 1, held.end >= at.height) == (at.height, True, True)
        if (place, contract) != (address("rich 0"), evm_told.tether):
            assert (place, contract, reply.gaps, reply.still_missing) == (place, contract, (), False)
            assert (held.how in PROVEN, held.opening) == (True, opened(books, place, contract, held.start))


def test_a_supply_that_no_log_tells_of_is_missed_and_the_difference_named(asked, evm_told):
    """As of the token on Ethereum: its constructor gives the issuer everything, and logs nothing."""
    source, at = asked
    reply = source.reply(MissingHistory(account(address("rich 0"), evm_told.tether), 1), at)
    (gap,) = [gap for gap in reply.gaps if gap.kind == "balance"]
    assert (gap.subject, gap.contract, gap.effect_value) == (address("rich 0"), evm_told.tether, SUPPLY)
    assert {held.how for held in reply.coverage} == {"claimed"}


@pytest.mark.parametrize("name", ["split", "tether out"])
def test_from_a_height_on_the_opening_is_what_was_there_just_before(asked, evm_told, name):
    source, at = asked
    books, since = evm_told.books, evm_told.books.pages[name].height
    both = [key for key in books.balances if 0 < len(booked(books, *key, since)) < len(booked(books, *key))]
    assert len(both) > 5
    for place, contract in both:
        reply = source.reply(MissingHistory(account(place, contract), since), at)
        (held,) = reply.coverage
        assert (place, reply.gaps, held.start <= since) == (place, (), True)
        assert held.opening == opened(books, place, contract, held.start)
        later = booked(books, place, contract, held.start)
        assert [one for one in told(reply, place, contract) if one in later] == later
