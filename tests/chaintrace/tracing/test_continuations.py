"""What goes on as another asset or on another chain (M23), on ledgers small enough to check by hand."""

from __future__ import annotations

import pytest

from chaintrace.accounting import METHODS
from chaintrace.model.trace import OUTCOME_NAMES, Endpoint, Limits, Trace
from chaintrace.tracing import screen, sensitivities, trace
from tests.chaintrace.tracing.ledger import Ledger, payments
from tests.chaintrace.tracing.linking import continues, link

ALL = sorted(METHODS)


def told(found: Trace) -> list[tuple]:
    """(outcome, origin, address, asset, value) of every outcome, in order."""
    return [
        (OUTCOME_NAMES[type(end)], end.origin, end.address, end.asset.contract, end.value) for end in found.outcomes
    ]


def hops(found: Trace) -> list[tuple]:
    """(from, to, asset, traced, hop, rule) of every hop."""
    return [(hop.from_address, hop.to_address, hop.asset.contract, hop.traced, hop.hop, hop.rule) for hop in found.hops]


def swapped(*later: tuple) -> Ledger:
    """A victim pays ann 10 X, ann swaps them at a pool for 500 Y, and whatever follows."""
    ledger = payments(("victim", "ann", 10), [("ann", "pool", 10), ("pool", "ann", 500, "Y")], *later)
    return link(ledger, continues(["t2:0"], ["t2:1"]))


@pytest.mark.parametrize("method", ALL)
def test_a_swap_is_followed_into_the_substitute(method: str) -> None:
    ledger = swapped(("ann", "bob", 200, "Y"))
    found = trace(ledger, (ledger.seed("t1"),), method)
    assert told(found) == [
        ("converted_out", "t1", "pool", "X", 10),
        ("resting", "t1", "ann", "Y", 300),
        ("resting", "t1", "bob", "Y", 200),
    ]
    assert hops(found) == [
        ("victim", "ann", "X", 10, 0, "seed"),
        ("ann", "pool", "X", 10, 1, method),
        ("pool", "ann", "Y", 500, 2, "swap"),
        ("ann", "bob", "Y", 200, 3, method),
    ]
    (made,) = found.conversions
    assert (made.gross_out, made.gross_in, made.traced) == (10, 500, (("t1", 10, 500),))
    assert (made.step, made.steps) == (2, (3,))
    assert found.gaps == ()


def test_a_part_of_what_goes_out_is_that_part_of_what_comes_in() -> None:
    """Of 7 X that go out 3 are the victim's; so are 3 * 500 / 7 = 214 2/7 of 500 Y, and the larger rest rounds up."""
    ledger = payments(("x", "ann", 4), ("victim", "ann", 3), [("ann", "pool", 7), ("pool", "ann", 500, "Y")])
    found = trace(link(ledger, continues(["t3:0"], ["t3:1"])), (ledger.seed("t2"),), "fifo")
    assert told(found) == [("converted_out", "t2", "pool", "X", 3), ("resting", "t2", "ann", "Y", 214)]


def test_several_legs_share_in_their_order() -> None:
    """[x 1, v 9] go out in two legs; 7 Y: 1 * 7/10 = 0.7 and 6.3, so 1 and 6; of a first leg of 3: 0.43, 2.57: 0, 3."""
    ledger = payments(
        ("x", "ann", 1),
        ("victim", "ann", 9),
        [("ann", "pool", 4), ("ann", "other pool", 6), ("pool", "bob", 3, "Y"), ("other pool", "carl", 4, "Y")],
    )
    found = trace(link(ledger, continues(["t3:0", "t3:1"], ["t3:2", "t3:3"])), (ledger.seed("t2"),), "fifo")
    assert told(found) == [
        ("converted_out", "t2", "other pool", "X", 9),
        ("resting", "t2", "bob", "Y", 3),
        ("resting", "t2", "carl", "Y", 3),
    ]


def test_a_leg_that_carries_nothing_traced_has_its_part_too() -> None:
    """Ann's 3 X and bob's 7 go out together: 3 * 500 / 10 = 150."""
    ledger = payments(
        ("victim", "ann", 3), ("x", "bob", 7), [("bob", "pool", 7), ("ann", "pool", 3), ("pool", "carl", 500, "Y")]
    )
    found = trace(link(ledger, continues(["t3:0", "t3:1"], ["t3:2"])), (ledger.seed("t1"),), "fifo")
    assert told(found) == [("converted_out", "t1", "pool", "X", 3), ("resting", "t1", "carl", "Y", 150)]


def test_what_comes_back_is_not_converted() -> None:
    ledger = payments(
        ("victim", "ann", 10), [("ann", "pool", 10), ("pool", "ann", 500, "Y"), ("pool", "ann", 4), ("ann", "bob", 4)]
    )
    found = trace(link(ledger, continues(["t2:0"], ["t2:1"], ["t2:2"])), (ledger.seed("t1"),), "fifo")
    assert told(found) == [
        ("converted_out", "t1", "pool", "X", 6),
        ("resting", "t1", "ann", "Y", 500),
        ("resting", "t1", "bob", "X", 4),
    ]
    assert found.conversions[0].gross_out == 6


@pytest.mark.parametrize("method", ALL)
def test_a_pool_may_pay_before_it_is_paid(method: str) -> None:
    ledger = payments(("victim", "ann", 10), [("pool", "ann", 500, "Y"), ("ann", "pool", 10)], ("ann", "bob", 100, "Y"))
    found = trace(link(ledger, continues(["t2:1"], ["t2:0"])), (ledger.seed("t1"),), method)
    assert told(found) == [
        ("converted_out", "t1", "pool", "X", 10),
        ("resting", "t1", "ann", "Y", 400),
        ("resting", "t1", "bob", "Y", 100),
    ]


def test_what_was_passed_on_before_it_was_paid_for_is_not_followed() -> None:
    rows = [("pool", "ann", 500, "Y"), ("ann", "bob", 500, "Y"), ("ann", "pool", 10)]
    ledger = payments(("victim", "ann", 10), rows)
    found = trace(link(ledger, continues(["t2:2"], ["t2:0"])), (ledger.seed("t1"),), "fifo")
    assert told(found) == [("resting", "t1", "pool", "X", 10)]
    assert [(gap.kind, gap.subject) for gap in found.gaps] == [("continuation", "t2")]


def test_one_leg_goes_on_from_a_swap_into_another() -> None:
    ledger = payments(
        ("victim", "ann", 10), [("ann", "pool", 10), ("pool", "second", 50, "Y"), ("second", "ann", 7, "Z")]
    )
    ledger = link(ledger, continues(["t2:0"], ["t2:1"]), continues(["t2:1"], ["t2:2"], rule="bridge"))
    found = trace(ledger, (ledger.seed("t1"),), "haircut")
    assert told(found) == [
        ("converted_out", "t1", "pool", "X", 10),
        ("converted_out", "t1", "second", "Y", 50),
        ("resting", "t1", "ann", "Z", 7),
    ]


def test_a_pool_inherits_nothing_and_keeps_what_it_had() -> None:
    """The pool holds 10 of another's when it is paid; what it pays ann later is that and nothing of the swap's."""
    ledger = payments(
        ("other", "pool", 10),
        ("victim", "ann", 10),
        [("ann", "pool", 10), ("pool", "ann", 500, "Y")],
        ("pool", "carl", 20),
    )
    ledger = link(ledger, continues(["t3:0"], ["t3:1"]))
    found = trace(ledger, (ledger.seed("t2"), ledger.seed("t1")), "fifo")
    assert ("resting", "t1", "carl", "X", 10) in told(found)
    assert {end.origin for end in found.outcomes if end.address == "carl"} == {"t1"}


def test_no_coin_has_two_origins() -> None:
    """The pool pays with 200 Y of another's: they stay that one's, and the swap brings 300 of its 500."""
    ledger = payments(
        ("other", "pool", 200, "Y"), ("victim", "ann", 10), [("ann", "pool", 10), ("pool", "ann", 500, "Y")]
    )
    ledger = link(ledger, continues(["t3:0"], ["t3:1"]))
    found = trace(ledger.opened(pool=300), (ledger.seed("t2"), ledger.seed("t1")), "lifo")
    assert sorted(told(found))[1:] == [("resting", "t1", "ann", "Y", 200), ("resting", "t2", "ann", "Y", 300)]
    [over] = found.conversions
    assert over.traced == (("t2", 10, 300),)  # of 500 that were to come in


def test_a_bridge_goes_before_the_tag_of_its_contract() -> None:
    ledger = swapped().tag("pool", "defi_bridge")
    assert told(trace(ledger, (ledger.seed("t1"),), "fifo"))[0][0] == "converted_out"
    assert told(trace(link(ledger), (ledger.seed("t1"),), "fifo")) == [("endpoint", "t1", "pool", "X", 10)]


def test_a_bridge_of_which_nobody_holds_the_other_side_is_an_endpoint() -> None:
    ledger = payments(("victim", "ann", 10), [("ann", "bridge", 10), ("bridge", "ann", 1)])
    finding = continues(["t2:0"], (), ["t2:1"], "bridge", key="7", to_chain="base", recipient="0xr")
    found = trace(link(ledger, finding), (ledger.seed("t1"),), "fifo")
    assert told(found) == [("endpoint", "t1", "bridge", "X", 9), ("resting", "t1", "ann", "X", 1)]
    end = next(found.of(Endpoint))
    assert isinstance(end, Endpoint)
    assert (end.rule, end.continues) == ("bridge", finding)
    assert screen(link(ledger, finding), (ledger.seed("t1"),)).reached == {("t1", "ledger", "bridge", "X")}


def test_a_burn_goes_on_where_it_is_minted() -> None:
    ledger = payments(("victim", "ann", 10), ("ann", "", 10), ("", "bob", 9, "Y"))
    found = trace(link(ledger, continues(["t2:0"], ["t3:0"])), (ledger.seed("t1"),), "fifo")
    assert told(found) == [("converted_out", "t1", "", "X", 10), ("resting", "t1", "bob", "Y", 9)]


def test_limits_hold_before_and_after() -> None:
    ledger = swapped(("ann", "bob", 200, "Y"))
    seeds = (ledger.seed("t1"),)
    assert told(trace(ledger, seeds, "fifo", Limits(max_hops=1))) == [("not_followed", "t1", "pool", "X", 10)]
    assert told(trace(ledger, seeds, "fifo", Limits(max_hops=2))) == [
        ("converted_out", "t1", "pool", "X", 10),
        ("not_followed", "t1", "ann", "Y", 500),
    ]
    small = Limits(min_value={("ledger", "X"): 11})
    assert told(trace(ledger, seeds, "fifo", small)) == [("not_followed", "t1", "ann", "X", 10)]


@pytest.mark.parametrize("method", [*ALL, "poison"])
def test_two_claims_on_one_leg_are_none(method: str) -> None:
    """A key used twice: nobody can say which claim is wrong."""
    ledger = payments(
        ("victim", "ann", 10), ("ann", "bridge", 10), ("bridge", "bob", 9, "Y"), ("bridge", "carl", 9, "Y")
    )
    ledger = link(ledger, continues(["t2:0"], ["t3:0"]), continues(["t2:0"], ["t4:0"]))
    found = trace(ledger, (ledger.seed("t1"),), method)
    assert {end[2] for end in told(found)} == {"bridge"}
    assert [(gap.kind, gap.subject) for gap in found.gaps if gap.kind == "continuation"] == [("continuation", "t2")]
    assert found.conversions == ()


def test_two_claims_on_what_came_in_are_none() -> None:
    ledger = payments(("victim", "ann", 10), ("ann", "bridge", 4), ("ann", "bridge", 6), ("bridge", "bob", 9, "Y"))
    ledger = link(ledger, continues(["t2:0"], ["t4:0"]), continues(["t3:0"], ["t4:0"]))
    found = trace(ledger, (ledger.seed("t1"),), "fifo")
    assert told(found) == [("resting", "t1", "bridge", "X", 10)]
    assert [gap.subject for gap in found.gaps] == ["t2", "t3"]


def test_equal_claims_of_two_rules_are_one() -> None:
    ledger = swapped()
    ledger = link(ledger, continues(["t2:0"], ["t2:1"]), continues(["t2:0"], ["t2:1"], rule="wrap"))
    assert trace(ledger, (ledger.seed("t1"),), "fifo").gaps == ()


@pytest.mark.parametrize(
    ("outgoing", "incoming", "why"),
    [
        (["t2:0"], ["t2:7"], "has no movement 7"),
        (["t2:0", "t2:1"], ["t3:0"], "several assets"),
        (["t2:0"], ["t3:1"], "nothing came in"),
        (["t3:0"], ["t2:0"], "older than what went out"),
        (["t2:0"], ["t3:2"], "from an address to itself"),
        (["t2:0"], ["t2:0"], "names one movement twice"),
    ],
)
def test_what_contradicts_itself_is_not_followed(outgoing: list[str], incoming: list[str], why: str) -> None:
    ledger = payments(
        ("victim", "ann", 10),
        [("ann", "pool", 4), ("pool", "ann", 5, "Y")],
        [("ann", "pool", 6), ("pool", "ann", 0, "Y"), ("ann", "ann", 5, "Y")],
    )
    found = trace(link(ledger, continues(outgoing, incoming)), (ledger.seed("t1"),), "fifo")
    assert told(found) == [("resting", "t1", "pool", "X", 10)]
    assert [(gap.kind, why in gap.text) for gap in found.gaps] == [("continuation", True)]


def test_a_flaw_that_no_traced_value_meets_is_no_gap() -> None:
    ledger = payments(("victim", "ann", 10), ("x", "pool", 4))
    ledger = link(ledger, continues(["t2:0"], ["t2:7"]))
    assert trace(ledger, (ledger.seed("t1"),), "fifo").gaps == ()


def test_legs_that_go_round_inside_a_transaction_are_not_followed() -> None:
    ledger = payments(
        ("victim", "ann", 10), [("ann", "p", 10), ("p", "q", 5, "Y"), ("q", "ann", 10)], ("ann", "bob", 10)
    )
    ledger = link(ledger, continues(["t2:0"], ["t2:1"]), continues(["t2:1"], ["t2:0"]))
    found = trace(ledger, (ledger.seed("t1"),), "fifo")
    assert [gap.kind for gap in found.gaps if gap.kind != "opening"] == ["continuation"]
    assert found.conversions == ()


def test_other_readings_follow_continuations_too() -> None:
    """With 10 X of ann's own before, FIFO lets those go out first, and nothing of the theft reaches the exchange."""
    ledger = swapped(("ann", "bob", 500, "Y")).tag("bob")
    seeds = (ledger.seed("t1"),)
    assert screen(ledger, seeds).reached == {("t1", "ledger", "bob", "Y")}
    found = sensitivities(ledger, seeds, {"fifo": trace(ledger, seeds, "fifo")})
    assert {(one.kind, one.subject, one.place, one.value, one.low) for one in found} == {
        ("opening", "ann", "bob", 500, 0),
    }
