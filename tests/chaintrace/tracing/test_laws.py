"""The laws that every trace keeps, over random histories of both kinds (M26 and the order of M2)."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.accounting import METHODS
from chaintrace.model.chain import MAX_VALUE
from chaintrace.model.trace import OUTCOME_NAMES, Limits, Resting, Trace
from chaintrace.tracing import screen, trace
from tests.chaintrace.tracing.ledger import FEE, Ledger, coins, payments
from tests.chaintrace.tracing.linking import continues, link

NAMES = st.sampled_from(["ann", "bob", "carl", "dora"])
VALUES = st.one_of(st.integers(0, 12), st.integers(0, MAX_VALUE))
PAYMENT = st.tuples(st.one_of(NAMES, st.just("")), NAMES, VALUES) | st.tuples(NAMES, st.sampled_from(["", FEE]), VALUES)
HISTORY = st.lists(PAYMENT | st.lists(PAYMENT, min_size=1, max_size=3), max_size=14)
ALL = sorted(METHODS)


def seeded(rows: list) -> tuple[Ledger, tuple]:
    """A victim's payment to ann, and a second one to bob, before whatever happens then."""
    ledger = payments(("victim", "ann", 7), ("other", "bob", 2**200), *rows)
    return ledger, (ledger.seed("t1", "0", "theft"), ledger.seed("t2", "0", "fraud"))


def told(found: Trace) -> Counter:
    """What came out, without heights and times: (origin, outcome, address, reason) to value."""
    table: Counter = Counter()
    for outcome in found.outcomes:
        table[outcome.origin, OUTCOME_NAMES[type(outcome)], outcome.address, getattr(outcome, "reason", "")] += (
            outcome.value
        )
    return table


@pytest.mark.parametrize("method", ALL)
@given(rows=HISTORY)
def test_what_was_claimed_is_what_came_out(method: str, rows: list) -> None:
    ledger, seeds = seeded(rows)
    found = trace(ledger.tag("dora"), seeds, method, Limits(max_hops=5))
    claimed = Counter({claim.origin: claim.claimed for claim in found.claims})
    assert claimed == {"theft": 7, "fraud": 2**200}
    came_out: Counter = Counter()
    for outcome in found.outcomes:
        assert outcome.value > 0
        came_out[outcome.origin] += outcome.value
    assert came_out == claimed


@pytest.mark.parametrize("method", ALL)
@given(rows=HISTORY, places=st.lists(st.integers(0, 14), max_size=5), value=VALUES)
def test_unrelated_transfers_change_nothing(method: str, rows: list, places: list[int], value: int) -> None:
    ledger, seeds = seeded(rows)
    alone = told(trace(ledger, seeds, method))
    crowd = list(rows)
    for place in places:
        crowd.insert(place, ("xenia", "yves", value))
    ledger, seeds = seeded(crowd)
    assert told(trace(ledger, seeds, method)) == alone


@pytest.mark.parametrize("method", ALL)
@given(rows=HISTORY)
def test_the_order_of_what_does_not_meet_changes_nothing(method: str, rows: list) -> None:
    """Transfers of another asset may stand before or after those of the traced one."""
    other = [[(*leg[:3], "Y") for leg in (row if isinstance(row, list) else [row])] for row in rows]
    ledger, seeds = seeded([*other, *rows])
    first = told(trace(ledger, seeds, method))
    ledger, seeds = seeded([*rows, *other])
    assert told(trace(ledger, seeds, method)) == first


@pytest.mark.parametrize("method", [*ALL, "poison"])
@given(rows=HISTORY)
def test_the_same_facts_give_the_same_trace(method: str, rows: list) -> None:
    ledger, seeds = seeded(rows)
    assert trace(ledger, seeds, method, steps=True) == trace(ledger, seeds, method, steps=True)


@given(rows=HISTORY)
def test_libr_leaves_no_less_than_any_other_method_in_the_first_pool(rows: list) -> None:
    """Unidentified value leaves first, so while nothing returns, no method keeps more of the claim where it arrived."""
    onward = [row for row in rows if not isinstance(row, list) and row[1] != "ann"]
    ledger, seeds = seeded(onward)

    def left(method: str) -> int:
        found = trace(ledger, seeds[:1], method)
        return sum(rest.value for rest in found.of(Resting) if rest.address == "ann")

    assert left("libr") == max(left(method) for method in ALL)


@given(rows=HISTORY)
def test_poison_reaches_whatever_a_method_reaches(rows: list) -> None:
    ledger, seeds = seeded(rows)
    ledger = ledger.tag("dora")
    reached = screen(ledger, seeds).reached
    for method in ALL:
        for end in trace(ledger, seeds, method).outcomes:
            if OUTCOME_NAMES[type(end)] == "endpoint":
                assert (end.origin, end.asset.chain, end.address, end.asset.contract) in reached


LEG = st.tuples(st.integers(1, 9), st.integers(0, 2))
LEGS = st.lists(LEG, min_size=1, max_size=2)


@st.composite
def continuations(draw: st.DrawFn) -> tuple:
    """Up to four continuations between movements of random histories: most of what they say cannot be."""
    made = []
    for _ in range(draw(st.integers(1, 4))):
        names = [[f"t{at}:{index}" for at, index in draw(LEGS)] for _ in range(3)]
        back = names[2] if draw(st.booleans()) else ()
        made.append(continues(names[0], names[1] if draw(st.integers(0, 5)) else (), back))
    return tuple(made)


SWAPS = st.lists(
    st.tuples(NAMES, NAMES, st.integers(0, 12), st.sampled_from(["X", "X", "Y"])).map(list)
    | st.tuples(NAMES, st.just("dora"), VALUES, VALUES).map(
        lambda row: [(row[0], row[1], row[2]), (row[1], row[0], row[3], "Y")]
    ),
    min_size=3,
    max_size=10,
).map(lambda rows: [tuple(row) if isinstance(row[0], str) else row for row in rows])


@pytest.mark.parametrize("method", ALL)
@given(rows=SWAPS, links=continuations(), data=st.data())
def test_whatever_goes_over_nothing_is_made_or_lost(method: str, rows: list, links: tuple, data: st.DataObject) -> None:
    """By asset: claimed and what came in is what came out; and no coin carries more origins than it has value."""
    ledger, seeds = seeded(rows)
    swaps = [f"t{at}" for at, row in enumerate(rows, 3) if isinstance(row, list)]
    chosen = sorted(data.draw(st.sets(st.sampled_from(swaps)))) if swaps else []
    honest = tuple(continues([f"{txid}:0"], [f"{txid}:1"]) for txid in chosen)
    found = trace(link(ledger, *honest, *links), seeds, method, Limits(max_hops=6))
    balance: Counter = Counter()
    for claim in found.claims:
        balance[claim.origin, claim.asset] += claim.claimed
    for key, value in found.converted_in().items():
        balance[key] += value
    for outcome in found.outcomes:
        balance[outcome.origin, outcome.asset] -= outcome.value
    assert set(balance.values()) <= {0}
    moved: Counter = Counter()
    for hop in found.hops:
        moved[hop.txid, hop.index, hop.value] += hop.traced
    assert all(value <= gross for (_, _, gross), value in moved.items())


@st.composite
def chains_of_coins(draw: st.DrawFn) -> Ledger:
    """A coinbase, and transactions that each spend some outputs that are left and pay at most what they take."""
    rows: list[tuple] = [("c0", [], [("ann", draw(st.integers(1, MAX_VALUE)))])]
    left = {"c0:0": rows[0][2][0][1]}
    for number in range(1, draw(st.integers(1, 6))):
        spent = draw(st.lists(st.sampled_from(sorted(left)), min_size=1, max_size=3, unique=True))
        pot = sum(left.pop(outpoint) for outpoint in spent)
        outputs = []
        for vout in range(draw(st.integers(1, 3))):
            part = draw(st.integers(0, min(pot, MAX_VALUE)))
            pot -= part
            to = draw(st.sampled_from(["ann", "bob", "", None]))
            outputs.append((to, part))
            if to is not None:
                left[f"c{number}:{vout}"] = part
        fresh = draw(st.integers(0, 9))
        rows.extend([(f"c{number}", spent, outputs), (f"m{number}", [], [("mia", fresh)])])
        left[f"m{number}:0"] = fresh
        if not any(left.values()):
            break
    return coins(*rows)


@pytest.mark.parametrize("method", ALL)
@given(ledger=chains_of_coins())
def test_coins_are_neither_made_nor_lost(method: str, ledger: Ledger) -> None:
    found = trace(ledger, (ledger.seed("c0", "0", "theft"),), method)
    claimed = sum(claim.claimed for claim in found.claims)
    assert claimed == ledger.transactions["c0"].utxo.outputs[0].value
    assert sum(outcome.value for outcome in found.outcomes) == claimed
