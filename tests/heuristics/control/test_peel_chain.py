"""Peel chains: each peel of a real one, what ends or hides a chain, and payments made so that their change is known."""

from __future__ import annotations

import pytest

from benchmarks import change_accuracy
from chaintrace.model.finding import UNION
from heuristics import ALL
from heuristics.control.change import change
from heuristics.control.peel_chain import peel_chain, peels
from tests.heuristics.control.output_chain import Outputs, named

COIN = 10**8


@pytest.fixture
def chain() -> Outputs:
    return Outputs()


def peeled_off(chain, rest, number, part=10, fee=1):
    """A number of payments, each of what the one before left; the peel stands first and last by turns."""
    for turn in range(number):
        outputs = [(f"payee{turn}", part), (f"rest{turn}", rest.value - part - fee)]
        made = chain.spend([rest], outputs if turn % 2 else outputs[::-1])
        rest = made[turn % 2]
    return rest


@pytest.mark.usefixtures("shared")
def test_the_chain_of_a_real_block_is_told_hop_by_hop():
    path = change_accuracy.SHARED / "blocks" / "block176149.blk"
    with change_accuracy.opened(path, "bitcoin") as (view, transactions):
        first = next(one for one in transactions if one.txid == change_accuracy.FIRST_PEEL)
        found = list(peels(first, view))
        said = [finding for one in transactions for finding in peel_chain(one, view) if one.txid == first.txid]
        unions = [finding for one in transactions for finding in change(one, view)]
    hops = found[1:]
    assert len(hops) == 21
    assert (found[0].goes_on.value, hops[-1].goes_on.value) == (194_506_340_407, 186_014_860_876)
    assert hops[-1].transaction.txid.startswith("ff764246")
    assert sum(hop.peeled.value for hop in hops) == 8_490_429_531
    fees = sum(hop.transaction.utxo.inputs[0].value - hop.peeled.value - hop.goes_on.value for hop in hops)
    assert fees == found[0].goes_on.value - hops[-1].goes_on.value - 8_490_429_531 == 21 * 50_000
    assert [one.object for one in said] == [hop.goes_on.address for hop in hops]
    assert said[0].text == "peel 2 of 22: 882016526 base units to 18LqRd1SW1QXhh4DEttE9FE7GxErGd6QGC"
    assert {one.object for one in unions} <= {hop.goes_on.address for hop in hops}


def test_a_chain_is_told_once_where_it_begins_as_leads(chain):
    peeled_off(chain, chain.mint("start", 100), 4)
    said = {one.txid: list(peel_chain(one, chain.view())) for one in chain.made}
    assert [len(found) for found in said.values()] == [0, 4, 0, 0, 0]
    first, *_, last = said[chain.made[1].txid]
    assert (first.subject, first.object) == ("start", "rest0")
    assert first.text == "peel 1 of 4: 10 base units to payee0"
    assert first.evidence == (chain.made[1].txid, chain.made[2].txid)
    assert last.evidence == (chain.last.txid,)
    assert last.text == "peel 4 of 4: 10 base units to payee3"
    (rule,) = (rule for rule in ALL if rule.id == "peel_chain")
    assert rule.confidence < UNION


def test_two_payments_in_a_row_are_no_chain(chain):
    peeled_off(chain, chain.mint("start", 100), 2)
    assert [list(peel_chain(one, chain.view())) for one in chain.made] == [[], [], []]


@pytest.mark.parametrize(
    "outputs", [[("p", 40), ("q", 40)], [("p", 10), ("q", 10), ("r", 60)], [("p", 80)], [(None, 0), ("p", 80)]]
)
def test_what_is_not_of_the_shape_or_leaves_two_equal_parts_ends_it(chain, outputs):
    rest = peeled_off(chain, chain.mint("start", 100), 3)
    before = len(list(peels(chain.made[1], chain.view())))
    made = chain.spend([rest], outputs)
    peeled_off(chain, made[-1], 1, part=1)
    assert before == 3
    assert len(list(peels(chain.made[1], chain.view()))) == 3


def test_both_outputs_going_on_ends_it_before_that(chain):
    rest = peeled_off(chain, chain.mint("start", 100), 3)
    third = chain.made[3].transfers[0].outputs
    chain.spend([rest], [("x", 10), ("y", 50)])
    assert len(list(peels(chain.made[1], chain.view()))) == 4
    other = next(leg for leg in third if leg.holding != rest.holding)
    chain.spend([other], [("x", 4), ("y", 5)])
    assert len(list(peels(chain.made[1], chain.view()))) == 2


def test_a_coinjoin_hides_it(chain):
    rest = peeled_off(chain, chain.mint("start", 100), 3)
    chain.spend([rest], [("x", 30), ("y", 40)])
    assert len(list(peels(chain.made[1], chain.view()))) == 4
    assert len(list(peels(chain.made[1], chain.view(coinjoins=[chain.last.txid])))) == 3
    assert list(peel_chain(chain.made[1], chain.view(coinjoins=[chain.made[1].txid]))) == []


def test_a_rest_that_goes_back_where_it_came_from_joins_nobody(chain):
    coin = chain.mint("start", 100)
    for turn in range(3):
        coin = chain.spend([coin], [(f"p{turn}", 10), ("start", coin.value - 10)])[1]
    assert len(list(peels(chain.made[1], chain.view()))) == 3
    assert list(peel_chain(chain.made[1], chain.view())) == []


def motifs() -> tuple[Outputs, dict[int, str]]:
    """Payments as BlockSci's test chain makes them, and by the number of each the address that is change.

    Source: citp/testchain-generator, `motifs/change.py` and `motifs/general.py`: peels of tenths of a coin, change
    below both inputs, of the inputs' type, spent with a locktime, sent back, at the only new address, and none at all.
    """
    chain, truth, fee = Outputs(), {}, 10_000

    def paid(inputs, outputs, is_change, **told):
        made = chain.spend(inputs, outputs, **told)
        truth[len(chain.made) - 1] = is_change
        return made

    rest = chain.mint("peel", 42 * COIN)
    for turn in range(10):
        outputs = [(f"dead{turn}", turn * COIN // 10), (f"peel{turn}", rest.value - fee - turn * COIN // 10)]
        order = outputs if turn % 3 else outputs[::-1]
        rest = paid([rest], order, f"peel{turn}")[order.index(outputs[1])]
    for turn, digits in enumerate(range(8, 2, -1)):
        spent = 123_456_789 // 10**digits * 10**digits
        coin = chain.mint(f"ten{turn}", 211_111_111)
        paid([coin], [(f"tenpaid{turn}", spent), (f"tenrest{turn}", 211_111_111 - spent - fee)], f"tenrest{turn}")
    coins = [chain.mint("one", COIN), chain.mint("two", 2 * COIN)]
    paid(coins, [("bought", 290_000_000), ("left", 10_000_000 - fee)], "left")
    coin = chain.spend([], [("key", 3 * COIN + fee, "p2pkh")])[0]
    three = [("script1", COIN, "p2sh"), ("keyrest", COIN, "p2pkh"), ("script2", COIN, "p2sh")]
    paid([coin], three, "keyrest")
    first, second, own = paid(
        [chain.mint("lock", 3 * COIN + fee)], [("l1", COIN), ("l2", COIN), ("l3", COIN)], "l3", locktime=110
    )
    for number, (leg, locktime) in enumerate(((first, 0), (second, 0), (own, 111))):
        chain.spend([leg], [(f"after{number}", COIN - fee)], locktime=locktime)
    paid([chain.mint("back", 3 * COIN + fee)], [("b1", COIN), ("back", COIN), ("b2", COIN)], "back")
    chain.mint("known1", COIN)
    chain.mint("known2", COIN)
    paid([chain.mint("client", 3 * COIN)], [("known1", COIN), ("new", COIN), ("known2", COIN)], "new")
    paid(
        [chain.mint(f"none{number}", COIN + fee) for number in range(3)], [("n1", 148_888_800), ("n2", 151_111_200)], ""
    )
    return chain, truth


def test_no_union_is_wrong_where_the_change_is_known_by_how_a_payment_is_made():
    chain, truth = motifs()
    said = {number: named(change(one, chain.view(None))) for number, one in enumerate(chain.made)}
    assert all(found == [] or found[0][1] == truth.get(number) for number, found in said.items())
    found = [truth[number] for number, several in said.items() if several]
    assert found == [*(f"peel{turn}" for turn in range(1, 9)), "left"]
