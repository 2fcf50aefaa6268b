"""Files tell the same transactions in many ways: what the rules about coinjoins say does not hang on how."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from chaintrace.addresses import BITCOIN
from chaintrace.case.look import everything, look, named
from chaintrace.case.result import now
from tests.heuristics.services.rounds import RULES, with_legs

SETS = {
    "wasabi1_2018": "coinjoin_wasabi1",
    "emulated_wasabi2": "coinjoin_wasabi2",
    "whirlpool_202403": "coinjoin_whirlpool",
    "emulated_joinmarket": "coinjoin_joinmarket",
    "whirlpool_tx0": "whirlpool_tx0",
}


@pytest.fixture(scope="module", params=SETS)
def told(request, shared):
    """A set: the rule of its family, its transactions, the view, and which rules speak of each."""
    path = shared / "data" / "bitcoin" / "coinjoin" / f"{request.param}.jsonl.gz"
    chain = "bitcoin-regtest" if request.param.startswith("emulated") else "bitcoin"
    assert chain in BITCOIN
    with look(named(str(path)), chain, now) as view:
        rows = tuple(everything(view, chain))
        yield SETS[request.param], rows, view, spoken(rows, view)


def spoken(rows, view):
    return [tuple(name for name, rule in RULES.items() if list(rule(one, view))) for one in rows]


def test_the_order_of_the_inputs_does_not_matter(told):
    _, rows, view, said = told
    dealt = random.Random(1)
    mixed = [with_legs(one, inputs=tuple(dealt.sample(one.utxo.inputs, len(one.utxo.inputs)))) for one in rows]
    assert spoken(mixed, view) == said


def test_without_scripts_the_addresses_are_enough_and_no_preparation_is_called_a_coinjoin(told):
    family, rows, view, said = told

    def bare(legs):
        return tuple(replace(leg, script="", script_type="") for leg in legs)

    plain = [with_legs(one, inputs=bare(one.utxo.inputs), outputs=bare(one.utxo.outputs)) for one in rows]
    without = spoken(plain, view)
    if family != "whirlpool_tx0":
        assert without == said
        return
    for one, now_said in zip(said, without, strict=True):
        assert now_said in {one, ()}


def test_without_height_and_time_no_family_is_named(told):
    family, rows, view, said = told
    undated = spoken([replace(one, block=None) for one in rows], view)
    for one, now_said in zip(said, undated, strict=True):
        assert now_said == (("coinjoin_generic",) if any(name.startswith("coinjoin") for name in one) else ())
    assert family in {name for several in said for name in several}


@pytest.mark.parametrize("time", [1_230_768_000, 1_400_000_000])
def test_before_a_family_existed_its_name_is_not_given(told, time):
    _, rows, view, _ = told
    early = [replace(one, block=replace(one.block, height=None, time=time)) for one in rows if one.block]
    assert {name for several in spoken(early, view) for name in several} <= {"coinjoin_generic"}


def test_a_preparation_is_never_called_a_coinjoin(told):
    _, rows, _, said = told
    for one, several in zip(rows, said, strict=True):
        if any(leg.script_type == "nulldata" for leg in one.utxo.outputs):
            assert all(name == "whirlpool_tx0" for name in several)
        assert len(several) <= 1
