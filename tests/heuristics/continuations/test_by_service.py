"""By service: what a mixer or an exchanger paid out soon after, of about the value: leads, with how many fit."""

from __future__ import annotations

import pytest

from chaintrace.model.attribution import Tag
from chaintrace.model.finding import FOLLOWED
from heuristics import ALL
from heuristics.continuations.by_service import MOST, WINDOW, by_service
from tests.heuristics.control.account_chain import Chain
from tests.heuristics.control.output_chain import CHAIN, Outputs

USDT = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
DAY = 1_600_000_000


def tagged(chain, address, category="mixing_service"):
    return Tag(chain, address, "The Mixer", "mixer", category, 50, "a list", stops=True)


def made(*paid, category="mixing_service", complete=None):
    """The leads about 1,000 that thief paid to mix; `paid` are (payee, value, seconds after)."""
    chain = Chain()
    chain.pay("thief", "mix", 1_000, asset=USDT, time=DAY)
    for payee, value, after in paid:
        chain.pay("mix", payee, value, asset=USDT, time=DAY + after)
    view = chain.view(complete=complete, tags=[tagged("tron", "mix", category)])
    return list(by_service(chain.made[0], view))


def test_what_was_paid_out_of_about_the_value_is_listed_with_how_many_fit():
    leads = made(("ann", 950, 60), ("bob", 1_000, 120), ("less", 899, 60), ("more", 1_001, 60))
    assert [(lead.recipient, lead.object) for lead in leads] == [("ann", "t1"), ("bob", "t2")]
    assert [leg.txid for lead in leads for leg in (*lead.outgoing, *lead.incoming)] == ["t0", "t1", "t0", "t2"]
    assert {lead.details for lead in leads} == {("payments that fit by time and amount: 2",)}
    assert "mixer may have paid it out to ann: 950 base units 60 seconds later, 1 of 2 that fit" in leads[0].text


@pytest.mark.parametrize("after", [-1, WINDOW + 1])
def test_before_the_payment_and_after_a_day_nothing_fits(after):
    assert made(("ann", 1_000, after)) == []


def test_an_exchange_an_address_without_a_tag_and_one_whose_history_is_not_held_list_nothing():
    assert made(("ann", 1_000, 60), category="exchange") == []
    assert made(("ann", 1_000, 60), complete=["thief"]) == []
    assert len(made(("ann", 1_000, 60), category="service")) == 1


def test_of_many_the_first_are_listed_and_all_are_counted():
    leads = made(*((f"p{number}", 1_000, number) for number in range(MOST + 5)))
    assert len(leads) == MOST
    assert leads[-1].details == (f"payments that fit by time and amount: {MOST + 5}",)


def test_on_a_chain_of_outputs_an_output_is_named():
    chain = Outputs()
    [paid] = chain.spend([chain.mint("thief", 1_000)], [("mix", 1_000)])
    transaction = chain.last
    chain.spend([paid], [("ann", 40), ("bob", 950)])
    view = chain.view(complete=None).with_tags({(CHAIN, "mix"): (tagged(CHAIN, "mix"),)})
    [lead] = by_service(transaction, view)
    assert (lead.recipient, lead.incoming[0].index, lead.outgoing[0].index) == ("bob", "1", "0")


def test_no_trace_follows_it():
    [own] = [rule for rule in ALL if rule.id == "by_service"]
    assert own.confidence < FOLLOWED
