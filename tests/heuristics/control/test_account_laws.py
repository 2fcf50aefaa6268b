"""Laws of the rules of control on account chains, over random ledgers: they hold whatever happened."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.accuracy import joined
from heuristics.control.funder import funder
from heuristics.control.shared_consolidation import shared_consolidation
from heuristics.control.top_up_sweep import top_up_sweep
from tests.heuristics.control.account_chain import Chain

ADDRESSES = ["a", "b", "c", "d", "e"]
SIDE = st.sampled_from([*ADDRESSES, None])
PAYMENT = st.fixed_dictionaries(
    {
        "payer": st.sampled_from([*ADDRESSES, *ADDRESSES, None]),
        "payee": st.sampled_from([*ADDRESSES, *ADDRESSES, None]),
        "value": st.sampled_from([0, 1, 5, 10, 2**256 - 1]),
        "asset": st.sampled_from(["", "", "token", "other"]),
        "fee": st.sampled_from([0, 3, 100_000, 1_100_000]),
        "sender": st.sampled_from([None, None, None, "e"]),
        "kind": st.sampled_from([None, None, None, "internal", "nft"]),
        "status": st.sampled_from([None, None, None, "failed"]),
        "more": st.lists(
            st.tuples(st.just("log:1"), st.sampled_from(["token", "mint", "burn"]), st.just("token"), SIDE, SIDE,
                      st.just(7)).filter(lambda part: part[3] or part[4]),
            max_size=1,
        ),
    }
).filter(lambda one: one["payer"] or one["payee"])  # fmt: skip
EASY = st.fixed_dictionaries(
    {
        "payer": st.sampled_from(ADDRESSES),
        "payee": st.sampled_from(ADDRESSES),
        "value": st.just(10),
        "asset": st.sampled_from(["", "token"]),
        "fee": st.sampled_from([3, 1_100_000]),
    }
)


def story(names, gas) -> list[dict]:
    """A source pays two addresses tokens, somebody sends one of them gas, and both are emptied into one."""
    source, operator, one, other, main = names
    tokens = {"value": 10, "asset": "token"}
    return [
        {"payer": source, "payee": one, **tokens},
        {"payer": operator, "payee": one, "value": gas, "fee": 1_100_000},
        {"payer": one, "payee": main, "fee": 3, **tokens},
        {"payer": source, "payee": other, **tokens},
        {"payer": other, "payee": main, **tokens},
    ]


TOLD = st.builds(story, st.permutations(ADDRESSES), st.sampled_from([2, 3, 10]))
LEDGER = st.one_of(
    st.lists(PAYMENT, max_size=12),
    st.lists(EASY, min_size=5, max_size=14),
    st.builds(lambda told, rest: told + rest, TOLD, st.lists(st.one_of(PAYMENT, EASY), max_size=4)),
    st.builds(lambda rest, told: rest + told, st.lists(st.one_of(PAYMENT, EASY), max_size=2), TOLD),
)
CHAINS = st.sampled_from(["tron", "ethereum", "ledger"])


def ledger(name, payments) -> Chain:
    chain = Chain(name)
    for one in payments:
        chain.pay(**one)
    return chain


def everything(chain: Chain, view) -> list:
    """What the three rules say about every transaction, and about every address in every asset."""
    found = [one for transaction in chain.made for one in top_up_sweep(transaction, view)]
    for rule in (funder, shared_consolidation):
        for address in ADDRESSES:
            for token in ("", "token", "other"):
                found += rule(chain.account(address, token), view)
    return found


@given(CHAINS, LEDGER)
def test_two_addresses_are_named_with_evidence_and_never_one_with_itself(name, payments):
    chain = ledger(name, payments)
    txids = {one.txid for one in chain.made}
    for one in everything(chain, chain.view()):
        assert one.chain == name
        assert one.subject != one.object
        assert {one.subject, one.object} <= set(ADDRESSES)
        assert one.evidence
        assert set(one.evidence) <= txids


@given(CHAINS, LEDGER, st.sets(st.sampled_from(ADDRESSES)), st.integers(0, 6))
def test_nothing_that_is_not_held_is_asked_for(name, payments, complete, start):
    chain = ledger(name, payments)
    view = chain.view(complete=complete, start=start)
    everything(chain, view)
    assert view.missing == ()


@given(CHAINS, LEDGER)
def test_where_no_history_is_known_nothing_is_said(name, payments):
    chain = ledger(name, payments)
    assert everything(chain, chain.view(complete=())) == []


@given(CHAINS, LEDGER, st.randoms(use_true_random=False))
def test_the_order_in_which_facts_came_does_not_matter(name, payments, random):
    chain = ledger(name, payments)
    shuffled = list(chain.made)
    random.shuffle(shuffled)
    assert everything(chain, chain.view(order=shuffled)) == everything(chain, chain.view())


@given(CHAINS, LEDGER, st.sets(st.sampled_from(ADDRESSES)), st.booleans())
def test_what_a_stop_speaks_of_is_never_named(name, payments, stops, by_rule):
    chain = ledger(name, payments)
    known = {"services": stops} if by_rule else {"tags": [chain.tag(one) for one in stops]}
    named = {address for one in everything(chain, chain.view(**known)) for address in (one.subject, one.object)}
    assert not named & stops


@given(CHAINS, LEDGER, st.sets(st.sampled_from(ADDRESSES)))
def test_to_know_of_more_services_joins_nobody_else(name, payments, stops):
    chain = ledger(name, payments)
    groups = joined([(one.subject, one.object) for one in everything(chain, chain.view())])
    for one in everything(chain, chain.view(services=stops)):
        assert any({one.subject, one.object} <= group for group in groups)
