"""Exclusions: what is known of an account from when on, whom it dealt with, and who is left out."""

from __future__ import annotations

import pytest

from chaintrace.model.provenance import Observation
from heuristics.control.exclusions import CODE, MANY, funded, is_excluded, is_whole, known_history, paid, paid_by
from tests.heuristics.control.account_chain import Chain


def shop(customers: int) -> Chain:
    chain = Chain()
    for number in range(customers):
        chain.pay(f"customer{number}", "shop", 5, fee=1)
        chain.pay("shop", f"supplier{number}", 5, fee=1)
    return chain


@pytest.mark.parametrize(("since", "known"), [(4, False), (5, True), (6, True), (None, True)])
def test_a_history_is_known_from_the_beginning_of_its_coverage_on(since, known):
    chain = shop(3)
    assert (known_history(chain.view(start=5), chain.account("shop"), since) is not None) == known
    assert (funded(chain.view(start=5), chain.account("shop"), since or 5) is not None) == known


def test_whom_an_account_paid_and_who_paid_it_each_once_and_never_itself():
    chain = shop(2)
    chain.pay("shop", "supplier0", 7)
    chain.pay("shop", "shop", 7)
    chain.pay("stranger", "shop", 0)
    history = known_history(chain.view(), chain.account("shop"))
    assert paid(history) == ("supplier0", "supplier1")
    assert paid_by(history) == ("customer0", "customer1")


def test_one_more_than_many_is_enough_to_know():
    history = known_history(shop(MANY + 9).view(), Chain().account("shop"))
    assert len(paid(history)) == len(paid_by(history)) == MANY + 1


def test_how_many_an_account_funded_is_not_told_beyond_the_limit():
    account = Chain().account("shop")
    assert funded(shop(MANY).view(), account, 0) == MANY
    assert funded(shop(MANY + 1).view(), account, 0) is None


@pytest.mark.parametrize(
    ("told", "whole"),
    [
        ({}, True),
        ({"start": 0, "how": "balance equal"}, True),
        ({"start": 3, "how": "balance equal", "opening": 0}, False),
        ({"start": 3, "how": "declared"}, True),
        ({"opening": 0}, True),
        ({"opening": 1}, False),
    ],
)
def test_whole_is_what_is_held_from_the_first_block_on_or_declared(told, whole):
    chain = shop(3)
    assert is_whole(known_history(chain.view(**told), chain.account("shop"))) == whole


@pytest.mark.parametrize("category", sorted(CODE))
def test_a_tag_of_a_contract_excludes_and_one_of_a_person_does_not(category):
    chain = shop(1)
    assert is_excluded(chain.view(tags=[chain.tag("shop", category, stops=False)]), "tron", "shop")
    assert not is_excluded(chain.view(tags=[chain.tag("shop", "user", stops=False)]), "tron", "shop")
    assert not is_excluded(chain.view(services=["t0"]), "tron", "shop")


@pytest.mark.parametrize(
    ("seen", "excluded"),
    [
        ({}, False),
        ({"code": "0 bytes"}, False),
        ({"code": "171 bytes"}, True),
        ({"delegation": "0x" + "5a" * 20}, False),
        ({"code": "171 bytes", "signer": "somebody"}, False),
    ],
    ids=str,
)
def test_code_that_a_source_saw_excludes_unless_persons_sign_for_it(seen, excluded):
    class Seeing:
        def tags(self, *_):
            return ()

        findings = tags

        def observations(self, chain, address):
            return tuple(Observation(chain, address, what, 7, value) for what, value in seen.items())

    assert is_excluded(Seeing(), "ethereum", "shop") is excluded
