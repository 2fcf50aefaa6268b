"""Memo spam, transfers to oneself, wash loops, dust and forced reuse: when each speaks, and when not."""

from __future__ import annotations

import gzip
import json

import pytest

from chaintrace.model.provenance import Observation
from heuristics.noise.dust import MANY, TINY, dust
from heuristics.noise.forced_address_reuse import forced_address_reuse
from heuristics.noise.memo_spam import memo_spam
from heuristics.noise.self_transfer import self_transfer
from heuristics.noise.wash_loop import BACK, TIMES, wash_loop
from tests.heuristics.control.account_chain import Chain, Seeing
from tests.heuristics.control.output_chain import Outputs

START = 1_600_000_000


def memos(value=9, what="memo", paid=False, name="tron"):
    chain = Chain(name)
    if paid:
        chain.pay("ann", "shop", 5)
    spam = chain.pay("shop", "ann", value)
    view = Seeing(chain.view(), [Observation(name, spam.txid, what, None, "cheap energy at shop")])
    return list(memo_spam(chain.account("ann"), view))


def test_an_advertisement_in_a_memo():
    [found] = memos()
    assert "shop sent 9 sun with the memo 'cheap energy at shop'" in found.text
    assert memos(10)
    assert not memos(11)
    assert not memos(paid=True)
    assert not memos(what="tag")
    assert not memos(name="ethereum")


def test_a_transfer_to_oneself():
    chain = Chain()
    chain.pay("ann", "ann", 7)
    chain.pay("ann", "bob", 7)
    [found] = self_transfer(chain.account("ann"), chain.view())
    assert (found.subject, found.object) == ("t0", "ann")
    assert list(self_transfer(chain.account("bob"), chain.view())) == []


def loops(times=TIMES, back=60, value=5, other="bob"):
    chain = Chain()
    for number in range(times):
        chain.pay("ann", "bob", 5, time=START + number * 10_000)
        chain.pay(other, "ann", value, time=START + number * 10_000 + back)
    return list(wash_loop(chain.account("ann"), chain.view()))


def test_the_same_value_out_and_back_three_times():
    assert [one.evidence for one in loops()] == [("t0", "t1"), ("t2", "t3"), ("t4", "t5")]
    assert loops(back=BACK)
    assert not loops(times=TIMES - 1)
    assert not loops(back=BACK + 1)
    assert not loops(value=4)
    assert not loops(other="carl")


def spray(number=MANY, value=TINY, more=(), others=0):
    chain = Outputs()
    coin = chain.mint("spammer", 10**9)
    outputs = [(f"v{place}", value) for place in range(number)] + [(f"o{place}", 10**6) for place in range(others)]
    chain.spend([coin], [*outputs, ("spammer", 10**6), *more])
    return chain, list(dust(chain.last, chain.view()))


def test_dust_to_many_is_named_output_by_output():
    chain, found = spray()
    assert [one.object for one in found] == [f"v{place}" for place in range(MANY)]
    assert found[3].subject == f"{chain.last.txid}:3"
    assert found[3].evidence == (chain.last.txid,)


@pytest.mark.parametrize(
    "form",
    [{"number": MANY - 1}, {"value": TINY + 1}, {"more": [(None, 0)]}, {"others": MANY}],
    ids=["too few", "too much", "a protocol", "a batch of payments"],
)
def test_what_is_no_spray(form):
    assert spray(**form)[1] == []


def reuse(value=555, more=(), before=True, payer="spammer"):
    chain = Outputs()
    if before:
        chain.spend([chain.mint("shop", 10**6)], [("ann", 5_000), ("shop", 9 * 10**5)])
    chain.spend([chain.mint(payer, 10**6)], [("ann", value), ("change", 9 * 10**5), *more])
    return chain


def test_dust_to_an_address_that_was_used_before():
    chain = reuse()
    [found] = forced_address_reuse(chain.last, chain.view(complete=None))
    assert (found.subject, found.object) == (f"{chain.last.txid}:0", "ann")
    assert found.evidence == (chain.last.txid, chain.made[1].txid)


@pytest.mark.parametrize(
    "form",
    [{"value": TINY + 1}, {"more": [(None, 0)]}, {"before": False}, {"payer": "shop"}, {"payer": "ann"}],
    ids=["too much", "a protocol", "a new address", "who paid it before", "itself"],
)
def test_what_is_no_forced_reuse(form):
    chain = reuse(**form)
    assert list(forced_address_reuse(chain.last, chain.view(complete=None))) == []


def test_without_the_history_nothing_is_said():
    chain = reuse()
    assert list(forced_address_reuse(chain.last, chain.view())) == []


def test_a_recorded_dust_attack_has_one_output_of_dust(shared):
    """It went to one address alone: that dust names none is its known failure."""
    path = shared / "data/bitcoin/esplora/dust-attack-555.json.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        told = json.load(file)
    assert sum(one["value"] <= TINY for one in told["vout"]) == 1
