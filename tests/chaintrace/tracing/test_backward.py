"""Where a payment's value came from (M28), by hand, over random histories, and on a case that ships."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chaintrace.case.config import load
from chaintrace.case.rooms import opened
from chaintrace.errors import InputError
from chaintrace.model.chain import MAX_VALUE
from chaintrace.model.sensitivity import SourceShare
from chaintrace.model.trace import Endpoint, Limits, Options, Seed, Wallet
from chaintrace.model.view import View
from chaintrace.tracing import backward, trace
from tests.chaintrace.tracing.ledger import FEE, Ledger, coins, payments


def shares(view: View, seeds: tuple[Seed, ...], *more: Limits | Options | None) -> tuple[SourceShare, ...]:
    """The shares alone, of what is found backward."""
    return backward(view, seeds, *more).shares


def told(found: tuple[SourceShare, ...]) -> list[tuple]:
    """(kind, address, txid, value, reach, hop) of every share, in order."""
    return [(share.kind, share.address, share.txid, share.value, share.reach, share.hop) for share in found]


def test_an_outflow_is_the_pool_s_shares_at_that_moment() -> None:
    """The worked vector: 100 and 60 lie there; 90 leave; of the 40 after them 25 and 15; the 50 come later."""
    ledger = payments(
        ("own", "w", 100), ("vic", "w", 60), ("w", "a", 90), ("w", "b", 40), ("own", "w", 50), ("w", "c", 20)
    ).cover("w", "a")
    assert told(shares(ledger, (ledger.seed("t4"),))) == [
        ("history not in the sources", "own", "t1", 25, 100, 2),
        ("history not in the sources", "vic", "t2", 15, 60, 2),
    ]


def test_it_is_not_the_ledger_played_in_reverse() -> None:
    """Played in reverse, ann's 5 that arrived after her payment would be among its sources."""
    ledger = payments(("x", "ann", 10), ("ann", "bob", 10), ("y", "ann", 5)).cover("ann")
    assert [share.address for share in shares(ledger, (ledger.seed("t2"),))] == ["x"]


def test_an_opening_is_a_source_and_the_oldest() -> None:
    ledger = payments(("", "ann", 4), ("ann", "bob", 6), ("ann", "carl", 6))
    found = shares(ledger, (ledger.seed("t3", None, "seed"),))
    assert told(found) == [("opening", "ann", "", 4, 8, 1), ("mint", "", "t1", 2, 4, 1)]
    known = shares(ledger.opened(ann=12), (ledger.seed("t3", None, "seed"),))
    assert sorted((share.kind, share.value) for share in known) == [("mint", 2), ("opening", 4)]


def test_an_implied_opening_is_a_gap_and_a_known_one_is_none() -> None:
    """Nobody says what ann held: the 100 are assumed, in the words of the forward trace of a payment to her."""
    ledger = payments(("ann", "bob", 100))
    (gap,) = backward(ledger, (ledger.seed("t1"),)).gaps
    assert (gap.kind, gap.subject, gap.effect_value) == ("opening", "ann", 100)
    assert backward(ledger.opened(ann=100), (ledger.seed("t1"),)).gaps == ()
    credited = payments(("x", "ann", 5), ("ann", "bob", 105)).cover("ann")
    forward = trace(credited, (credited.seed("t1"),), "fifo").gaps
    assert forward
    assert set(forward) <= set(backward(credited, (credited.seed("t2"),)).gaps)


def test_what_is_not_known_before_a_place_is_one_gap_with_its_value() -> None:
    ledger = payments(("x", "ann", 5), ("x", "ann", 4), ("", "ann", 1), ("ann", "bob", 10)).cover("ann")
    found = backward(ledger, (ledger.seed("t4"),)).gaps
    assert [(gap.kind, gap.subject, gap.effect_value) for gap in found] == [("history", "x", 9)]


def test_an_opening_is_one_source_with_the_least_steps_to_it() -> None:
    """Ann's 6 reach carl through bob and at once: one line, with the steps of the shorter way."""
    ledger = payments(("ann", "bob", 2), ("ann", "carl", 4), ("bob", "carl", 2), ("carl", "dora", 6)).opened(
        bob=0, carl=0
    )
    assert told(shares(ledger, (ledger.seed("t4"),))) == [("opening", "ann", "", 6, 6, 2)]


def test_an_empty_pool_forgets_what_lay_there() -> None:
    ledger = payments(("x", "ann", 7), ("ann", "bob", 7), ("y", "ann", 3), ("ann", "carl", 3)).cover("ann")
    assert [share.address for share in shares(ledger, (ledger.seed("t4"),))] == ["y"]


def test_a_stop_ends_the_way_with_its_tags() -> None:
    ledger = payments(("x", "ex", 9), ("ex", "ann", 9), ("ann", "bob", 4)).tag("ex")
    (share,) = shares(ledger, (ledger.seed("t3"),))
    assert told((share,)) == [("stop", "ex", "t2", 4, 9, 2)]
    assert [tag.label for tag in share.tags] == ["ex service"]


def test_the_seed_s_own_sender_may_be_a_stop() -> None:
    ledger = payments(("x", "ex", 9), ("ex", "ann", 9)).tag("ex").tag("ann")
    assert told(shares(ledger, (ledger.seed("t2"),))) == [("stop", "ex", "t2", 9, 9, 1)]


def test_limits_and_times_end_the_way() -> None:
    ledger = payments(("x", "ann", 9), ("ann", "bob", 9), ("bob", "carl", 9), ("carl", "dora", 9))
    found = shares(ledger, (ledger.seed("t4"),), Limits(max_hops=2))
    assert told(found) == [("limit", "bob", "t3", 9, 9, 2)]
    found = shares(ledger, (ledger.seed("t4"),), Limits(max_transactions=1))
    assert told(found) == [("limit", "bob", "t3", 9, 9, 2)]
    assert shares(ledger, (ledger.seed("t4"),), Limits(until=1_600_000_000)) == ()
    spent = coins(("c", [], [("ann", 9)]), ("t", ["c:0"], [("bob", 9)]), ("u", ["t:0"], [("carl", 9)]))
    for limits in (Limits(max_hops=1), Limits(max_transactions=1)):
        assert told(shares(spent, (spent.seed("u"),), limits)) == [("limit", "bob", "t", 9, 9, 1)]


def test_transfers_inside_a_pool_do_nothing() -> None:
    ledger = payments(("x", "ann", 6), ("y", "amy", 6), ("ann", "ann", 6), ("amy", "ann", 6), ("ann", "bob", 6)).cover(
        "ann", "amy"
    )
    seeds = (ledger.seed("t5"),)
    apart = [("history not in the sources", "x", "t1", 3, 6, 2), ("history not in the sources", "y", "t2", 3, 6, 3)]
    assert told(shares(ledger, seeds)) == apart
    pooled = Options(wallets=(Wallet("the two", frozenset({"ann", "amy"})),))
    assert [entry[-1] for entry in told(shares(ledger, seeds, None, pooled))] == [2, 2]
    with pytest.raises(InputError, match="stays inside one pool"):
        shares(ledger, (ledger.seed("t4"),), None, pooled)


def test_fees_leave_the_pool_by_the_same_rule() -> None:
    ledger = payments(("x", "ann", 6), ("y", "ann", 6), ("ann", FEE, 4), ("ann", "bob", 8)).cover("ann")
    assert Counter({share.address: share.value for share in shares(ledger, (ledger.seed("t4"),))}) == {"x": 4, "y": 4}


def test_a_movement_that_two_ways_need_is_divided_once() -> None:
    """Bob and carl both pay dora of what ann had; x and y's odd units are not rounded twice."""
    ledger = payments(
        ("x", "ann", 1), ("y", "ann", 2), ("ann", "bob", 3), ("bob", "dora", 1), ("bob", "dora", 2), ("dora", "eve", 3)
    ).cover("ann", "bob", "dora")
    assert {share.address: share.value for share in shares(ledger, (ledger.seed("t6"),))} == {"x": 1, "y": 2}


def test_outputs_are_parts_of_the_inputs_in_vout_order_and_the_fee_is_last() -> None:
    ledger = coins(
        ("c", [], [("ann", 50)]),
        ("t", ["c:0", ("gone:3", 7, "dan")], [("bob", 40), ("ex", 10), (None, 2)]),
        ("u", ["t:0"], [("carl", 39)]),
    )
    assert told(shares(ledger, (ledger.seed("u"),))) == [
        ("mint", "", "c", 34, 50, 2),
        ("history not in the sources", "dan", "gone", 5, 7, 2),
    ]
    by_ann = shares(ledger.tag("ann"), (ledger.seed("u"),))
    assert [(share.kind, share.address) for share in by_ann] == [
        ("stop", "ann"),
        ("history not in the sources", "dan"),
    ]


def test_unknown_input_values_and_absent_seeds_end_the_way() -> None:
    ledger = coins(("t", [("gone:0", None, "ann"), ("gone:1", 5, "bob")], [("carl", 9)]), ("u", ["t:0"], [("dora", 9)]))
    assert told(shares(ledger, (ledger.seed("u"),))) == [("input values unknown", "carl", "t", 9, 9, 1)]
    (gap,) = backward(ledger, (ledger.seed("u"),)).gaps
    assert (gap.kind, gap.subject, gap.effect_value) == ("history", "t:0", 9)
    (share,) = shares(ledger, (ledger.seed("gone", "1"),))
    assert told((share,)) == [("history not in the sources", "bob", "gone", 5, 5, 0)]
    assert (share.time, share.height) == (None, None)


def test_a_transaction_that_pays_more_than_it_takes_is_refused() -> None:
    ledger = coins(("c", [], [("ann", 5)]), ("t", ["c:0"], [("bob", 6)]))
    with pytest.raises(InputError, match="pays out more than its inputs hold"):
        shares(ledger, (ledger.seed("t"),))


# --- laws ---------------------------------------------------------------------------------------------

NAMES = st.sampled_from(["ann", "bob", "carl", "dora"])
VALUES = st.integers(0, 12) | st.integers(0, MAX_VALUE)
PAYMENT = st.tuples(NAMES | st.sampled_from(["", "x", "y"]), NAMES, VALUES) | st.tuples(
    NAMES, st.sampled_from(["", FEE, "x"]), VALUES
)


@st.composite
def ledgers(draw: st.DrawFn, values: st.SearchStrategy[int] = VALUES) -> Ledger:
    """Payments among four covered addresses, to and from others, and a last one from ann to bob."""
    rows = [(sender, receiver, draw(values)) for sender, receiver, _ in draw(st.lists(PAYMENT, max_size=16))]
    ledger = payments(*rows, ("ann", "bob", draw(values)))
    return ledger.cover("ann", "bob", "carl", "dora") if draw(st.booleans()) else ledger.cover("ann", "bob").tag("carl")


@st.composite
def coin_ledgers(draw: st.DrawFn) -> Ledger:
    """Coinbases, absent inputs, and transactions that spend what is left; the last one is `last`."""
    rows: list[tuple] = [("c", [], [("ann", draw(st.integers(1, MAX_VALUE)))])]
    left = {"c:0": rows[0][2][0][1]}
    for name in [*(f"t{n}" for n in range(draw(st.integers(0, 6)))), "last"]:
        spent: list = draw(st.lists(st.sampled_from(sorted(left)), max_size=3, unique=True)) if left else []
        pot = sum(left.pop(outpoint) for outpoint in spent)
        if draw(st.booleans()) or not spent:
            value = draw(st.integers(1, 9))
            spent.append((f"gone{name}:0", value, "dan"))
            pot += value
        outputs = []
        for vout in range(draw(st.integers(1, 3))):
            part = draw(st.integers(0, pot))
            pot -= part
            outputs.append((draw(st.sampled_from(["ann", "bob", ""])), part))
            left[f"{name}:{vout}"] = part
        rows.append((name, spent, outputs))
    return coins(*rows)


def last_seed(ledger: Ledger) -> tuple:
    """The ledger's last transaction, every leg of it."""
    return (ledger.seed(next(reversed(ledger.transactions)), "all", "seed"),)


@given(ledger=ledgers())
def test_every_unit_of_a_payment_has_a_source(ledger: Ledger) -> None:
    found = shares(ledger, last_seed(ledger))
    payment = list(ledger.transactions.values())[-1].transfers[0]
    assert sum(share.value for share in found) == payment.value
    assert all(share.value > 0 and share.hop >= 0 for share in found)
    assert found == shares(ledger, last_seed(ledger))


@given(ledger=coin_ledgers())
def test_every_unit_of_an_output_has_a_source(ledger: Ledger) -> None:
    found = shares(ledger, last_seed(ledger))
    assert sum(share.value for share in found) == ledger.transactions["last"].utxo.value
    assert all(share.value > 0 for share in found)


@given(ledger=ledgers(st.integers(0, 10**9)))
def test_a_share_is_what_that_source_s_value_would_bring_forward(ledger: Ledger) -> None:
    """Traced forward by haircut, a source brings its share to the payment, but for the division of odd units."""
    seed = last_seed(ledger)[0]
    for share in shares(ledger, (seed,)):
        if share.txid in {"", seed.txid}:
            continue
        forward = trace(ledger, (ledger.seed(share.txid, share.index),), "haircut")
        brought = sum(hop.traced for hop in forward.hops if hop.txid == seed.txid)
        assert abs(brought - share.value) <= len(ledger.transactions)


@given(ledger=ledgers(), other=st.integers(0, 16))
def test_another_seed_changes_no_share(ledger: Ledger, other: int) -> None:
    name = f"t{other % len(ledger.transactions) + 1}"
    transfer = ledger.transactions[name].transfers[0]
    seeds = last_seed(ledger)
    assume(transfer.kind != "fee")
    assume([leg.address for leg in transfer.inputs] != [leg.address for leg in transfer.outputs])
    both = shares(ledger, (*seeds, ledger.seed(name, "0", "another")))
    assert [share for share in both if share.origin == "seed"] == list(shares(ledger, seeds))


@pytest.fixture(scope="module")
def tron(data, tmp_path_factory):
    """The view and the seeds of the TRON case."""
    folder = tmp_path_factory.mktemp("tron") / "case"
    shutil.copytree(data / "cases" / "tron-usdt", folder)
    config = load(folder)
    with opened(config, lambda: datetime(2024, 1, 1, tzinfo=UTC)) as rooms:
        yield rooms.view, config.seeds


def test_the_payments_of_the_tron_case_came_from_senders_that_are_not_covered(tron) -> None:
    assert [(share.origin, share.kind, share.address, share.value, share.hop) for share in shares(*tron)] == [
        ("payment A", "history not in the sources", "TFJ7dHKrvW9rx2cwFpj6QUeFdGAegXKKmX", 100_000_000_000, 1),
        ("payment B", "history not in the sources", "TQZbTG4GTqdXGGkaSYxgzokcPRXB71JVnd", 90_000_000_000, 1),
    ]


def test_the_credits_of_the_tron_case_lead_back_to_the_payments(tron) -> None:
    """Back from every credit at a service, by haircut: what payment A and B brought there forward, within odd units."""
    view, seeds = tron
    reached = list(trace(view, seeds, "haircut").of(Endpoint))
    named = {(end.txid, end.index): None for end in reached}
    found = shares(view, tuple(Seed("tron", txid, index, txid) for txid, index in named))
    back = {(share.origin, share.txid): share.value for share in found}
    payments_of = {seed.origin: seed.txid for seed in seeds}
    assert len(reached) > 10
    for end in reached:
        assert abs(back.get((end.txid, payments_of[end.origin]), 0) - end.value) <= 2
