"""Readings of a transaction: worked vectors to the last unit, a plain count beside it, and what it costs."""

from __future__ import annotations

import gzip
import json
import random
from decimal import Decimal
from fractions import Fraction
from itertools import product
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.case.mixing.groups import TooMany
from chaintrace.case.mixing.linking import INTRAFEES, bits, intrafees, linked

EXACT = Fraction(0)
VECTORS = 19


def test_the_solved_vectors_are_reproduced_exactly(shared):
    solved = json.loads((shared / "data/bitcoin/solved/boltzmann_vectors.json").read_text("utf-8"))
    assert len(solved) == VECTORS
    for one in solved:
        inputs, outputs = one["inputs"], one["outputs"]
        found = linked(inputs, outputs, Fraction(str(one["max_cj_intrafees_ratio"])))
        assert found.fee == one["fee"], one["name"]
        assert found.readings == one["expected_nb_combinations"], one["name"]
        assert abs(found.entropy - Decimal(str(one["expected_entropy_bits"]))) < Decimal("1e-11"), one["name"]
        rows = sorted(range(len(outputs)), key=lambda number: -outputs[number])
        columns = sorted(range(len(inputs)), key=lambda number: -inputs[number])
        expected = one["expected_linkability_counts_out_x_in"]
        told = [[found.links[o][i] for i in columns] for o in rows]
        assert expected is None or told == expected, one["name"]


def parts(rest):
    """Every way to deal a list out into groups that are not empty."""
    if not rest:
        yield []
        return
    for chosen in product([False, True], repeat=len(rest) - 1):
        group = [rest[0], *(one for one, is_in in zip(rest[1:], chosen, strict=True) if is_in)]
        left = [one for one, is_in in zip(rest[1:], chosen, strict=True) if not is_in]
        yield from ([group, *further] for further in parts(left))


def plainly(inputs, outputs, ratio):
    """The same count without any thought: every partition, every way to give outputs to its groups."""
    maker, taker = intrafees(inputs, outputs, ratio)
    fee, count, links = sum(inputs) - sum(outputs), 0, [[0] * len(inputs) for _ in outputs]
    for groups in parts(list(range(len(inputs)))):
        for given_to in product(range(len(groups)), repeat=len(outputs)):
            kept = [sum(inputs[i] for i in group) for group in groups]
            for output, number in enumerate(given_to):
                kept[number] -= outputs[output]
            if all(-maker <= one <= fee + taker for one in kept):
                count += 1
                for output, number in enumerate(given_to):
                    for i in groups[number]:
                        links[output][i] += 1
    return count, tuple(map(tuple, links))


SMALL = st.lists(st.integers(1, 12), min_size=1, max_size=4)


@given(SMALL, SMALL, st.sampled_from([EXACT, INTRAFEES, Fraction(1, 5), Fraction(1, 2)]))
def test_it_agrees_with_a_count_of_every_partition(inputs, outputs, ratio):
    if sum(outputs) > sum(inputs):
        inputs, outputs = outputs, inputs
    found = linked(inputs, outputs, ratio)
    assert (found.readings, found.links) == plainly(inputs, outputs, ratio)


def equal_payers(n):
    """The readings of n equal payments: the first payer's group has k payers and k outputs; the rest is dealt out."""
    return sum(comb(n - 1, k - 1) * comb(n, k) * equal_payers(n - k) for k in range(1, n + 1)) if n else 1


@pytest.mark.parametrize(
    ("inputs", "outputs"),
    [
        ([5] * 12, [5] * 12),
        ([1_000_000 + 137 * number for number in range(12)], [1_000_000] * 12),
    ],
    ids=["equal", "equal outputs with a premium"],
)
def test_twelve_equal_payers_are_counted_at_once(inputs, outputs):
    found = linked(inputs, outputs)
    assert found.readings == equal_payers(12)
    assert not found.deterministic


def test_twelve_and_twelve_of_any_value_are_counted():
    rng = random.Random(7)
    inputs = [rng.randint(10**5, 10**8) for _ in range(12)]
    cuts = sorted(rng.randint(1, sum(inputs) - 20_000) for _ in range(11))
    outputs = [high - low for low, high in zip([0, *cuts], [*cuts, sum(inputs) - 20_000], strict=True)]
    found = linked(inputs, outputs)
    assert found.readings > 1
    assert all(0 <= count <= found.readings for row in found.links for count in row)


def test_what_cannot_be_counted_is_said():
    with pytest.raises(TooMany):
        linked([2**number for number in range(14)], [1] * 3)
    with pytest.raises(TooMany):
        linked([100 + number * number for number in range(9)], [50 + number for number in range(9)], steps=1_000)
    with pytest.raises(ValueError, match="exceed"):
        linked([1], [2])
    with pytest.raises(ValueError, match="spends nothing"):
        linked([], [])


def test_a_single_reading_says_nothing_of_links():
    alone = linked([7, 5], [11], EXACT)
    assert (alone.readings, alone.deterministic, alone.candidates(0)) == (1, (), (0, 1))
    parted = linked([1_000, 7], [1_000, 4, 3], EXACT)
    assert parted.readings == 2
    swap = linked([49, 1], [49, 1], EXACT)
    assert swap.readings == 2
    assert swap.deterministic == ((0, 0), (1, 1))


def test_entropies_are_exact_to_their_places():
    assert f"{bits(1):f}" == "0.000000000000"
    assert f"{bits(2**70):f}" == "70.000000000000"
    assert f"{bits(3):f}" == "1.584962500721"


def test_intrafees_are_those_of_the_value_that_most_have():
    assert intrafees([9, 9, 9], [200, 200, 7], Fraction(5, 1000)) == (1, 1)
    assert intrafees([9], [200, 200, 7], Fraction(5, 1000)) == (1, 0)
    assert intrafees([9, 9], [1, 2, 3], Fraction(1, 2)) == (0, 0)


def test_no_deterministic_link_is_wrong_where_wallets_are_known(shared):
    """JoinMarket, whose taker pays the makers: with payments allowed for all are right, without most are wrong."""
    wrong = {ratio: [0, 0] for ratio in (EXACT, INTRAFEES)}
    with gzip.open(shared / "data/bitcoin/coinjoin/emulated_joinmarket.jsonl.gz", "rt", encoding="utf-8") as lines:
        coinjoins = [row for row in map(json.loads, lines) if row["is_coinjoin"]]
    assert len(coinjoins) == 32
    for row in coinjoins:
        for ratio, counts in wrong.items():
            found = linked([one["value"] for one in row["inputs"]], [one["value"] for one in row["outputs"]], ratio)
            for output, spent in found.deterministic:
                counts[row["outputs"][output]["owner"] != row["inputs"][spent]["owner"]] += 1
    assert wrong[INTRAFEES] == [57, 0]
    assert wrong[EXACT][1] > wrong[EXACT][0]
