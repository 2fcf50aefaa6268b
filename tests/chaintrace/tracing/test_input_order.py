"""The range over all orders of a UTXO transaction's inputs (M7): against the trace of every permutation."""

from __future__ import annotations

import json
from itertools import permutations
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.model.sensitivity import Sensitivity
from chaintrace.model.trace import FeePaid, Limits, Trace
from chaintrace.tracing import input_order, sensitivities, trace
from chaintrace.tracing.orders import Effort
from tests.chaintrace.tracing.ledger import Ledger, coins

BOTH = ("fifo", "lifo")


def told(ledger: Ledger, seeds: tuple, limits: Limits | None = None) -> list[Sensitivity]:
    """The input orders that matter under FIFO and LIFO."""
    traces = {method: trace(ledger, seeds, method, limits) for method in BOTH}
    found = sensitivities(ledger, seeds, traces, limits)
    assert {one.kind for one in found} <= {"input order"}
    return list(found)


def brought(found: Trace) -> dict[tuple[str, str], int]:
    """What each output and each fee took of each origin: ("txid:vout", origin) to value."""
    table: dict[tuple[str, str], int] = {}
    for hop in found.hops:
        if hop.rule != "seed":
            key = (f"{hop.txid}:{hop.index}", hop.origin)
            table[key] = table.get(key, 0) + hop.traced
    for end in found.of(FeePaid):
        table[f"{end.txid}:fee", end.origin] = end.value
    return table


def test_one_traced_input_among_others() -> None:
    """Of 10 traced and 5 and 2 others, 9 leave first: the 10 begin at 0, 2, 5 or 7."""
    ledger = coins(
        ("v", [], [("ann", 10)]),
        ("m", [], [("bob", 5), ("bob", 2)]),
        ("t", ["v:0", "m:0", "m:1"], [("ex", 9), ("x", 7)]),
    ).tag("ex")
    found = told(ledger, (ledger.seed("v"),))
    assert [(one.method, one.place, one.value, one.low, one.high, one.exact) for one in found] == [
        ("fifo", "t:0", 9, 2, 9, True),
        ("fifo", "t:1", 1, 1, 7, True),
        ("fifo", "t:fee", 0, 0, 1, True),
        ("lifo", "t:0", 2, 2, 9, True),
        ("lifo", "t:1", 7, 1, 7, True),
        ("lifo", "t:fee", 1, 0, 1, True),
    ]
    assert {(one.kind, one.subject, one.origin, one.chain) for one in found} == {("input order", "t", "v", "bitcoin")}
    assert found[0].text == (
        "The order of the inputs of t is a choice of the wallet software: over all orders, FIFO puts from "
        "0.00000002 to 0.00000009 BTC of v into output t:0, paid to ex; in the chain's order, 0.00000009."
    )


def test_an_endpoint_further_on_is_a_place_too() -> None:
    ledger = coins(
        ("v", [], [("ann", 10)]),
        ("m", [], [("bob", 10)]),
        ("t", ["v:0", "m:0"], [("carl", 20)]),
        ("u", ["t:0"], [("dora", 12), ("ex", 8)]),
    ).tag("ex")
    found = told(ledger, (ledger.seed("v"),))
    assert [(one.method, one.place, one.value, one.low, one.high) for one in found] == [
        ("fifo", "u:0", 10, 2, 10),
        ("fifo", "u:1", 0, 0, 8),
        ("lifo", "u:0", 2, 2, 10),
        ("lifo", "u:1", 8, 0, 8),
    ]


@pytest.mark.parametrize("limits", [Limits(max_hops=2), Limits(min_value={("bitcoin", ""): 1})])
def test_nothing_is_derived_past_a_limit(limits: Limits) -> None:
    ledger = coins(
        ("v", [], [("ann", 10)]),
        ("m", [], [("bob", 10)]),
        ("t", ["v:0", "m:0"], [("carl", 8), ("carl", 12)]),
        ("u", ["t:1"], [("dora", 6), ("ex", 6)]),
        ("w", ["u:0"], [("eve", 3), ("ex", 3)]),
    ).tag("ex")
    places = {one.place for one in told(ledger, (ledger.seed("v"),), limits)}
    assert {"t:0", "t:1"} <= places
    assert not any(place.startswith("w") for place in places)


def test_one_input_and_equal_inputs_have_one_order() -> None:
    ledger = coins(("v", [], [("ann", 10)]), ("t", ["v:0"], [("bob", 4), ("ex", 6)])).tag("ex")
    assert told(ledger, (ledger.seed("v"),)) == []
    ledger = coins(("v", [], [("ann", 5), ("ann", 5)]), ("t", ["v:0", "v:1"], [("bob", 4), ("ex", 6)])).tag("ex")
    assert told(ledger, (ledger.seed("v", "all"),)) == []


def test_what_was_left_out_is_said(monkeypatch) -> None:
    monkeypatch.setattr(input_order, "MOST_TRANSACTIONS", 1)
    ledger = coins(
        ("v", [], [("ann", 10), ("ann", 3)]),
        ("m", [], [("bob", 10), ("bob", 3)]),
        ("t", ["v:0", "m:0"], [("carl", 15), ("carl", 5)]),
        ("u", ["v:1", "m:1"], [("dora", 4), ("dora", 2)]),
    )
    found = told(ledger, (ledger.seed("v", "all"),))
    assert {one.subject for one in found} == {"t"}
    assert found[-1].text.endswith("Transactions whose inputs were not varied: 1.")


@st.composite
def mixed(draw: st.DrawFn) -> Ledger:
    """Two traced coins and three others, `t` that spends some of them, and transactions that spend what is left."""
    values = [draw(st.integers(1, 9)) for _ in range(5)]
    rows: list[tuple] = [
        ("v", [], [("ann", values[0])]),
        ("w", [], [("ann", values[1])]),
        ("m", [], [("bob", value) for value in values[2:]]),
    ]
    left = {"v:0": values[0], "w:0": values[1], **{f"m:{n}": value for n, value in enumerate(values[2:])}}
    for name in ["s", "t", "u", "x"][: draw(st.integers(1, 4))]:
        spent = draw(st.lists(st.sampled_from(sorted(left)), min_size=1, max_size=4, unique=True))
        pot = sum(left.pop(outpoint) for outpoint in spent)
        outputs = []
        for vout in range(draw(st.integers(1, 3))):
            part = draw(st.integers(0, pot))
            pot -= part
            to = draw(st.sampled_from(["carl", "carl", "ex"]))
            outputs.append((to, part))
            left[f"{name}:{vout}"] = part
        rows.append((name, spent, outputs))
        if not left:
            break
    return coins(*rows).tag("ex")


@pytest.mark.parametrize("method", BOTH)
@given(ledger=mixed())
def test_the_ends_are_those_of_the_traces_of_all_permutations(method: str, ledger: Ledger) -> None:
    """Every printed range is attained and no more; at the varied transaction itself nothing that varies is left out."""
    seeds = (ledger.seed("v", "0", "first"), ledger.seed("w", "0", "second"))
    base = trace(ledger, seeds, method)
    found = {
        (one.subject, one.place, one.origin): one
        for one in sensitivities(ledger, seeds, {method: base})
        if one.kind == "input order"
    }
    ends = {
        f"{name}:{leg.index}"
        for name, tx in ledger.transactions.items()
        for leg in tx.utxo.outputs
        if leg.address == "ex" or ledger.spender(leg.holding) is None
    }
    for name, tx in ledger.transactions.items():
        if len(tx.utxo.inputs) < 2:
            continue
        every = [
            brought(trace(ledger.reordered(name, order), seeds, method))
            for order in permutations(range(len(tx.utxo.inputs)))
        ]
        for place, origin in {key for table in every for key in table}:
            values = [table.get((place, origin), 0) for table in every]
            one = found.pop((name, place, origin), None)
            if one is not None:
                assert (one.value, one.low, one.high) == (
                    brought(base).get((place, origin), 0),
                    min(values),
                    max(values),
                )
                assert one.exact
            elif place.startswith(f"{name}:") or place in ends:
                assert min(values) == max(values)
    assert found == {}


def test_the_colonial_case_has_the_range_that_its_page_names(data) -> None:
    """All orders of the 24 inputs of daf38c7b, in a moment."""
    folder = data / "cases" / "colonial-pipeline"
    rows = [json.loads(line) for line in (folder / "transactions.jsonl").read_text(encoding="utf-8").splitlines()]
    ledger = coins(
        *(
            (
                row["txid"],
                [(f"{i['prev_txid']}:{i['prev_vout']}", i["value"], i["address"]) for i in row["inputs"]],
                [(output["address"], output["value"]) for output in row["outputs"]],
            )
            for row in rows
        )
    )
    place = "943f2d576ed8d9f388ba75eb82fe35cce29479b84121827ac368a5a94f44cf7a:1"
    ledger = ledger.cover(*(folder / "addresses.txt").read_text(encoding="utf-8").split())
    ledger = ledger.tag("bc1qpx7vyv5tp7dm0g475ev527krg764t73dh77gls", "law_enforcement")
    seed = ledger.seed("9436dbf0435b15378f309c35754a110db880fa9bb66a062160a25533bb4a212a", "0")
    start = process_time()
    found = {one.method: one for one in told(ledger, (seed,)) if one.place == place}
    assert process_time() - start < 1
    assert {method: (one.value, one.low, one.high, one.exact) for method, one in found.items()} == {
        "fifo": (6_146_816_619, 5_779_577_823, 6_369_996_546, True),
        "lifo": (6_003_750_526, 5_779_577_823, 6_369_996_546, True),
    }


def test_many_dear_transactions_are_cut_short_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first transaction spends what may be spent on ranges; the others are named by their number."""
    ledger = coins(
        ("v", [], [("ann", 10), ("ann", 7), ("ann", 3)]),
        ("m", [], [("bob", 5), ("bob", 2), ("bob", 4)]),
        ("t", ["v:0", "m:0"], [("ex", 9), ("x", 6)]),
        ("u", ["v:1", "m:1"], [("ex", 4), ("x", 5)]),
        ("w", ["v:2", "m:2"], [("ex", 4), ("x", 3)]),
    ).tag("ex")
    seeds = (ledger.seed("v", "all"),)
    monkeypatch.setattr(input_order, "Effort", lambda: Effort(1))
    found = told(ledger, seeds)
    assert {one.subject for one in found} == {"t"}
    assert [one.method for one in found if one.text.endswith("whose inputs were not varied: 2.")] == list(BOTH)
