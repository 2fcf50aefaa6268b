"""What the forward trace does at each turn, on ledgers small enough to check by hand."""

from __future__ import annotations

import pytest

from chaintrace.errors import InputError
from chaintrace.model.finding import Service
from chaintrace.model.trace import (
    OUTCOME_NAMES,
    Burned,
    Converted,
    Endpoint,
    FeePaid,
    Limits,
    NotFollowed,
    Options,
    Resting,
    Returned,
    Trace,
    Wallet,
)
from chaintrace.model.view import MissingHistory, MissingSpender
from chaintrace.tracing import screen, trace
from tests.chaintrace.tracing.ledger import FEE, START, coins, payments


def told(found: Trace) -> list[tuple]:
    """(outcome, origin, address, value) of every outcome, in order."""
    return [(OUTCOME_NAMES[type(end)], end.origin, end.address, end.value) for end in found.outcomes]


def test_value_is_followed_to_where_it_rests() -> None:
    ledger = payments(("victim", "ann", 10), ("ann", "bob", 4), ("bob", "carl", 1))
    found = trace(ledger, (ledger.seed("t1"),), "fifo")
    assert told(found) == [("resting", "t1", "ann", 6), ("resting", "t1", "bob", 3), ("resting", "t1", "carl", 1)]
    assert [(hop.to_address, hop.traced, hop.hop, hop.rule) for hop in found.hops] == [
        ("ann", 10, 0, "seed"),
        ("bob", 4, 1, "fifo"),
        ("carl", 1, 2, "fifo"),
    ]
    rest = next(found.of(Resting))
    assert isinstance(rest, Resting)
    assert (rest.height, rest.since_height) == (3, 1)
    assert found.gaps == ()
    assert found.missing == ()


def test_steps_are_lines_for_a_pencil() -> None:
    ledger = payments(("x", "ann", 5), ("victim", "ann", 10), ("ann", "bob", 8))
    found = trace(ledger, (ledger.seed("t2"),), "fifo", steps=True)
    (step,) = found.steps
    assert [(lot.value, lot.origin) for lot in step.before] == [(5, None), (10, "t2")]
    assert [(lot.value, lot.origin) for lot in step.taken] == [(5, None), (3, "t2")]
    assert [(lot.value, lot.origin) for lot in step.kept] == [(7, "t2")]
    assert trace(ledger, (ledger.seed("t2"),), "fifo").steps == ()


def test_an_opening_is_implied_when_more_leaves_than_came() -> None:
    ledger = payments(("victim", "ann", 10), ("ann", "bob", 25), ("x", "ann", 9), ("ann", "carl", 9))
    found = trace(ledger, (ledger.seed("t1"),), "fifo")
    (gap,) = (gap for gap in found.gaps if gap.subject == "ann")
    assert (gap.kind, gap.effect_value) == ("opening", 15)
    assert told(found) == [("resting", "t1", "bob", 10)]


def test_a_known_opening_is_no_gap_unless_the_movements_contradict_it() -> None:
    ledger = payments(("victim", "ann", 10), ("ann", "bob", 25))
    seeds = (ledger.seed("t1"),)
    assert trace(ledger.opened(ann=20), seeds, "fifo").gaps == ()
    (gap,) = trace(ledger.opened(ann=3), seeds, "fifo").gaps
    assert (gap.kind, gap.effect_value) == ("opening", 15)


def test_a_transfer_to_itself_moves_nothing_but_shows_what_was_there() -> None:
    ledger = payments(("victim", "ann", 10), ("ann", "ann", 30), ("ann", "bob", 20))
    found = trace(ledger, (ledger.seed("t1"),), "fifo")
    assert told(found) == [("resting", "t1", "ann", 10)]
    assert [(gap.kind, gap.effect_value) for gap in found.gaps] == [("opening", 20)]
    with pytest.raises(InputError, match="to itself"):
        trace(ledger, (ledger.seed("t2", "0"),), "fifo")


def test_what_reaches_an_uncovered_account_is_not_followed() -> None:
    ledger = payments(("victim", "ann", 10), ("ann", "bob", 4), ("bob", "carl", 4), ("bob", "ann", 3)).cover("ann")
    found = trace(ledger, (ledger.seed("t1"),), "fifo")
    assert told(found) == [("not_followed", "t1", "bob", 4), ("resting", "t1", "ann", 6)]
    end = next(found.of(NotFollowed))
    assert isinstance(end, NotFollowed)
    assert (end.reason, end.txid, end.height) == ("history not in the sources", "t2", 2)
    assert found.missing == (MissingHistory(ledger.account("bob"), since=2),)
    assert [(gap.kind, gap.subject, gap.effect_value) for gap in found.gaps] == [("inflow", "ann", 3)]


@pytest.mark.parametrize("method", ["fifo", "lifo", "libr", "haircut"])
def test_what_is_pending_rests_where_it_goes_and_has_no_time_yet(method):
    """It comes after every block that the coverage ends with, as on chains of outputs."""
    ledger = payments(("victim", "ann", 10), ("ann", "bob", 4)).pending("t2")
    found = trace(ledger, (ledger.seed("t1"),), method)
    rests = [(end.address, end.value, end.since) for end in found.of(Resting)]
    assert rests == [("ann", 6, START + 600), ("bob", 4, None)]
    assert [hop.transaction.block for hop in found.hops][1:] == [None]
    assert found.gaps == ()
    elsewhere = trace(ledger.cover("ann"), (ledger.seed("t1"),), method)
    assert [(end.address, end.value) for end in elsewhere.of(NotFollowed)] == [("bob", 4)]


def test_a_stop_is_an_endpoint_and_what_leaves_it_is_unidentified() -> None:
    ledger = payments(("victim", "ann", 10), ("ann", "bank", 10), ("bank", "bob", 10)).tag("bank")
    found = trace(ledger, (ledger.seed("t1"),), "fifo")
    (end,) = found.outcomes
    assert isinstance(end, Endpoint)
    assert (end.address, end.value, end.gross, end.tags[0].label) == ("bank", 10, 10, "bank service")
    assert len(found.hops) == 2


def test_a_weak_tag_does_not_stop_and_a_service_finding_does() -> None:
    ledger = payments(("victim", "ann", 10), ("ann", "bob", 10)).tag("ann", confidence=20)
    assert told(trace(ledger, (ledger.seed("t1"),), "fifo", Limits(min_tag_confidence=21))) == [
        ("resting", "t1", "bob", 10)
    ]
    ledger.found["bob"] = (Service("ledger", "bob", "", ("t2",), "busy", 1, 50),)
    (end,) = trace(ledger, (ledger.seed("t1"),), "fifo", Limits(min_tag_confidence=21)).outcomes
    assert isinstance(end, Endpoint)
    assert end.rule == "busy"


def test_value_is_returned_to_the_victim_of_its_own_origin_only() -> None:
    ledger = payments(("vic", "ann", 10), ("vera", "ann", 10), ("ann", "vic", 10), ("ann", "vera", 5), ("x", "vera", 1))
    seeds = (ledger.seed("t1", "0", "a", "vic"), ledger.seed("t2", "0", "b", "vera"))
    assert told(trace(ledger, seeds, "fifo")) == [
        ("returned", "a", "vic", 10),
        ("returned", "b", "vera", 5),
        ("resting", "b", "ann", 5),
    ]
    assert told(trace(ledger, seeds, "lifo")) == [
        ("resting", "a", "ann", 5),
        ("resting", "b", "vic", 10),
        ("resting", "a", "vera", 5),
    ]


def test_what_rests_is_told_in_the_order_of_its_first_arrival_so_that_a_peel_chain_reads_from_its_beginning() -> None:
    """Each wallet keeps 1 and pays the rest on; by address the chain would read b, c, d, w, z."""
    chain = ("z", "d", "w", "b", "c")
    steps = [("vic", "z", 5), *((chain[n], chain[n + 1], 4 - n) for n in range(4))]
    ledger = payments(*steps)
    assert told(trace(ledger, (ledger.seed("t1"),), "fifo")) == [("resting", "t1", name, 1) for name in chain]
    spent = coins(("t", [], [("z", 5)]), ("u", ["t:0"], [("d", 1), ("w", 4)]), ("v", ["u:1"], [("b", 1), ("c", 3)]))
    found = trace(spent, (spent.seed("t"),), "fifo")
    assert told(found) == [("resting", "t", "d", 1), ("resting", "t", "b", 1), ("resting", "t", "c", 3)]


def test_burns_and_fees_are_outcomes() -> None:
    ledger = payments(("victim", "ann", 10), [("ann", FEE, 1), ("ann", "", 4)])
    assert told(trace(ledger, (ledger.seed("t1"),), "fifo")) == [
        ("fee", "t1", "ann", 1),
        ("burned", "t1", "", 4),
        ("resting", "t1", "ann", 5),
    ]


def test_two_seeds_on_one_leg_never_claim_a_coin_twice() -> None:
    ledger = payments(("victim", "ann", 10), ("ann", "bob", 15), ("x", "bob", 1))
    seeds = (ledger.seed("t1", "0", "a"), ledger.seed("t2", "0", "b"))
    found = trace(ledger, seeds, "lifo")
    assert [(claim.origin, claim.leg_value, claim.claimed) for claim in found.claims] == [("a", 10, 10), ("b", 15, 5)]
    assert ("seed", "t2:0", 10) in [(gap.kind, gap.subject, gap.effect_value) for gap in found.gaps]
    assert sorted(told(found)) == [("resting", "a", "bob", 10), ("resting", "b", "bob", 5)]


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        (Limits(max_hops=1), [("limit: max_hops", "bob", 4)]),
        (Limits(max_transactions=1), [("limit: max_transactions", "bob", 4)]),
        (Limits(min_value={("ledger", "X"): 5}), [("below min_value", "bob", 4)]),
        (Limits(max_hops=0), [("limit: max_hops", "ann", 10)]),
        (Limits(min_value={("ledger", "X"): 4}), []),
    ],
)
def test_a_limit_ends_value_where_it_arrives(limits: Limits, expected: list[tuple]) -> None:
    ledger = payments(("victim", "ann", 10), ("ann", "bob", 4), ("ann", "ann", 1))
    found = trace(ledger, (ledger.seed("t1"),), "fifo", limits)
    ends = [(end.reason, end.address, end.value) for end in found.outcomes if isinstance(end, NotFollowed)]
    assert ends == expected


def test_until_is_inclusive_and_a_later_seed_is_bad_input() -> None:
    ledger = payments(("victim", "ann", 10), ("ann", "bob", 4), ("ann", "carl", 6))
    found = trace(ledger, (ledger.seed("t1"),), "fifo", Limits(until=1_600_001_200))
    assert told(found) == [("resting", "t1", "ann", 6), ("resting", "t1", "bob", 4)]
    assert {end.time for end in found.outcomes} == {1_600_001_200}
    with pytest.raises(InputError, match="later than until"):
        trace(ledger, (ledger.seed("t3"),), "fifo", Limits(until=1_600_001_200))


def test_a_declared_wallet_is_one_pool() -> None:
    ledger = payments(("victim", "ann", 10), ("x", "anna", 10), ("ann", "anna", 10), ("anna", "bank", 10)).tag("bank")
    seeds = (ledger.seed("t1"),)
    assert told(trace(ledger, seeds, "lifo")) == [("endpoint", "t1", "bank", 10)]
    options = Options(wallets=(Wallet("W", frozenset({"ann", "anna"})),))
    assert told(trace(ledger, seeds, "lifo", None, options)) == [("resting", "t1", "ann;anna", 10)]
    assert told(trace(ledger, seeds, "fifo", None, options)) == [("endpoint", "t1", "bank", 10)]
    with pytest.raises(InputError, match="stays inside one pool"):
        trace(ledger, (ledger.seed("t3"),), "fifo", None, options)


def test_coins_go_by_position_and_the_rest_is_the_fee() -> None:
    ledger = coins(
        ("c1", [], [("ann", 10)]),
        ("c2", [], [("ann", 10)]),
        ("t3", ["c1:0", "c2:0"], [("bob", 12), ("carl", 7)]),
    )
    seeds = (ledger.seed("c2"),)
    assert told(trace(ledger, seeds, "fifo")) == [
        ("fee", "c2", "", 1),
        ("resting", "c2", "bob", 2),
        ("resting", "c2", "carl", 7),
    ]
    assert told(trace(ledger, seeds, "lifo")) == [("resting", "c2", "bob", 10)]


def test_unspendable_outputs_burn_and_unknown_inputs_end_the_way() -> None:
    ledger = coins(
        ("c1", [], [("ann", 10)]),
        ("t2", ["c1:0"], [(None, 3), ("bob", 7)]),
        ("t3", [("gone:0", None, "x"), "t2:1"], [("carl", 9)]),
    )
    found = trace(ledger, (ledger.seed("c1"),), "fifo")
    assert told(found) == [("burned", "c1", "", 3), ("not_followed", "c1", "bob", 7)]
    end = found.outcomes[1]
    assert isinstance(end, NotFollowed)
    assert (end.reason, str(end.outpoint), end.txid) == ("input values unknown", "t2:1", "t3")


def test_an_unspent_output_rests_only_where_its_address_is_covered() -> None:
    ledger = coins(("c1", [], [("ann", 10)]), ("t2", ["c1:0"], [("bob", 4), ("carl", 6)])).cover("bob")
    found = trace(ledger, (ledger.seed("c1"),), "fifo")
    assert told(found) == [("not_followed", "c1", "carl", 6), ("resting", "c1", "bob", 4)]
    assert [type(missing) for missing in found.missing] == [MissingSpender]


def test_a_seed_may_be_an_outpoint_that_only_its_spender_shows() -> None:
    ledger = coins(("t1", [("gone:3", 7, "dan"), ("far:0", 1, "x")], [("bob", 8)]))
    found = trace(ledger, (ledger.seed("gone", "3", "theft"),), "fifo")
    assert told(found) == [("resting", "theft", "bob", 7)]
    assert (found.hops[0].hop, found.hops[0].transaction, found.hops[0].to_address) == (0, None, "dan")
    assert [(gap.kind, gap.subject) for gap in found.gaps] == [("history", "gone:3")]
    with pytest.raises(InputError, match="not in the sources"):
        trace(ledger, (ledger.seed("gone", "4"),), "fifo")


def test_a_seed_without_index_takes_the_payment_and_says_what_it_left_out() -> None:
    ledger = coins(("c1", [], [("ann", 10)]), ("t2", ["c1:0"], [("bob", 4), ("ann", 5)]))
    found = trace(ledger, (ledger.seed("t2"),), "fifo")
    assert told(found) == [("resting", "t2", "bob", 4)]
    assert found.left_out == ("t2:1 (5 base units) returns to ann, an address of an input",)
    assert sum(claim.claimed for claim in trace(ledger, (ledger.seed("t2", "all"),), "fifo").claims) == 9
    several = coins(("c1", [], [("ann", 10)]), ("t2", ["c1:0"], [("bob", 4), ("carl", 5)]))
    with pytest.raises(InputError, match=r'index = "all": 0 \(4 base units to bob\), 1 \(5 base units to carl\)'):
        trace(several, (several.seed("t2"),), "fifo")
    with pytest.raises(InputError, match="has no output 7; its outputs are: 0 to 1"):
        trace(several, (several.seed("t2", "7"),), "fifo")
    with pytest.raises(InputError, match="has no output 7; its only output is: 0"):
        trace(several, (several.seed("c1", "7"),), "fifo")


def test_the_screen_passes_what_the_methods_cannot() -> None:
    ledger = coins(
        ("c1", [], [("ann", 10)]),
        ("t2", [("gone:0", None, "x"), "c1:0"], [("bank", 30)]),
    ).tag("bank")
    assert screen(ledger, (ledger.seed("c1"),)).reached == {("c1", "bitcoin", "bank", "")}


def test_every_outcome_has_a_name() -> None:
    assert {Burned, Converted, Endpoint, FeePaid, NotFollowed, Resting, Returned} == set(OUTCOME_NAMES)
