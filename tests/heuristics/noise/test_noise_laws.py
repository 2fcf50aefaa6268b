"""Laws of the rules about noise over random ledgers: they name what is there, ask for nothing, and order is nothing."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from chaintrace.model.chain import Account, Asset
from chaintrace.model.finding import Noise
from chaintrace.model.provenance import Observation
from chaintrace.report.wording import violations
from heuristics import ALL
from tests.heuristics.control.account_chain import Chain, Seeing

RULES = tuple(rule for rule in ALL if rule.stage == "noise" and rule.subject == "address")
ENDS = "wDW3WY"
ADDRESSES = ["T" + letter * (33 - len(ENDS)) + ENDS for letter in "abc"] + ["T" + "d" * 33, "T" + "e" * 30 + "3WY"]
TOKEN = "T" + "z" * 33
PAYMENT = st.fixed_dictionaries(
    {
        "payer": st.sampled_from([*ADDRESSES, None]),
        "payee": st.sampled_from(ADDRESSES),
        "value": st.sampled_from([0, 1, 9, 10_000, 2**256 - 1]),
        "asset": st.sampled_from(["", TOKEN]),
        "fee": st.sampled_from([0, 3]),
        "status": st.sampled_from([None, None, None, "failed"]),
    }
)
NAMES = st.sampled_from(["USDT", "win.com", "GOLD"])


def ledger(payments) -> Chain:
    chain = Chain()
    for one in payments:
        chain.pay(**one)
    return chain


def said(chain, name, **known) -> list:
    notes = [Observation("tron", TOKEN, "symbol", None, name), Observation("tron", "t1", "memo", None, "an offer")]
    view = Seeing(chain.view(**known), notes)
    accounts = [Account(one, Asset("tron", token)) for one in ADDRESSES for token in ("", TOKEN)]
    return [one for rule in RULES for account in accounts for one in rule.rule(account, view)]


def test_there_are_such_rules():
    assert {rule.id for rule in RULES} >= {"poisoning", "fake_token", "airdrop_spam", "memo_spam", "self_transfer"}


@given(st.lists(PAYMENT, max_size=14), NAMES)
def test_what_is_named_is_there(payments, name):
    chain = ledger(payments)
    txids = {one.txid for one in chain.made}
    for one in said(chain, name):
        assert isinstance(one, Noise)
        assert one.subject == one.evidence[0]
        assert one.object in ADDRESSES
        assert set(one.evidence) <= txids
        assert list(violations(one.text)) == []


@given(st.lists(PAYMENT, max_size=14), NAMES)
def test_no_value_that_an_address_sends_to_a_look_alike_is_noise(payments, name):
    poisoned = [rule for rule in RULES if rule.id == "poisoning"]
    chain = ledger(payments)
    view = Seeing(chain.view(), [Observation("tron", TOKEN, "symbol", None, name)])
    moved = {one.txid: one.transfers for one in chain.made}
    for address in ADDRESSES:
        for token in ("", TOKEN):
            for one in poisoned[0].rule(Account(address, Asset("tron", token)), view):
                parts = [part for part in moved[one.subject] if part.outputs and part.inputs]
                assert all(part.inputs[0].address != address or not part.value for part in parts)


@given(st.lists(PAYMENT, max_size=14), NAMES, st.randoms(use_true_random=False))
def test_the_order_in_which_facts_came_does_not_matter(payments, name, rng: random.Random):
    chain = ledger(payments)
    shuffled = list(chain.made)
    rng.shuffle(shuffled)
    assert said(chain, name, order=shuffled) == said(chain, name)


@given(st.lists(PAYMENT, max_size=14), NAMES)
def test_where_no_history_is_held_nothing_is_said_and_nothing_is_asked_for(payments, name):
    chain = ledger(payments)
    assert said(chain, name, complete=()) == []
    view = chain.view(complete=ADDRESSES[:1])
    for rule in RULES:
        list(rule.rule(Account(ADDRESSES[1], Asset("tron", "")), view))
    assert view.missing == ()
