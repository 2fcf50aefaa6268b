"""Transactions that fall apart: two people's, each with change, and what chance makes look so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.coinjoins import BLOCK, UNDO
from benchmarks.payjoins import made, outputs
from chaintrace.adapters.bitcoin.blocksource import BlockSource
from chaintrace.case.view import CaseView
from chaintrace.store import MemoryFacts
from heuristics.control import separable
from heuristics.control.change import change
from heuristics.control.common_input import common_input, has_equal_outputs
from heuristics.control.separable import is_separable


@pytest.mark.parametrize(
    ("coins", "paid", "found"),
    [
        ([90_000_123, 40_000_077], [30_000_000, 59_999_000, 39_999_800], True),  # 90 pays 30 and 60, 40 pays 40
        ([90_000_123, 40_000_077], [30_000_000, 49_999_000, 49_999_800], False),  # the first pays the second 10
        ([90_000_123, 40_000_077], [89_999_000, 39_999_800], False),  # two outputs
        ([90_000_123, 40_000_077], [30_000_000, 55_000_000, 36_000_000], False),  # the fee is so large
        ([90_000_123, 40_000_077], [30_000_000, 59_999_000, 39_999_800, *range(700, 709)], False),  # so many
        ([50_000_111, 40_000_012, 40_000_077], [30_000_000, 59_999_000, 39_999_800], True),
    ],
)
def test_some_inputs_pay_for_some_outputs_and_the_others_for_the_rest(coins, paid, found):
    assert is_separable(made(coins, paid).transfers[0]) is found


def test_what_falls_apart_joins_nobody_and_has_no_change():
    one = made([90_000_123, 40_000_077], [30_000_000, 59_999_000, 39_999_800])
    view = CaseView(MemoryFacts((one,)))
    assert list(common_input(one, view)) == []
    assert list(change(one, view)) == []


def test_one_address_falls_into_nothing_and_unknown_values_say_nothing():
    transfer = made([90_000_123, 40_000_077], [30_000_000, 59_999_000, 39_999_800]).transfers[0]
    first, second = transfer.inputs
    assert not is_separable(replace(transfer, inputs=(first, replace(second, address=first.address))))
    assert not is_separable(replace(transfer, inputs=(first, replace(second, value=None))))
    assert not is_separable(replace(transfer, inputs=()))


def test_two_outputs_would_look_so_far_too_often(shared, monkeypatch):
    folder = shared / "data" / "bitcoin" / "blocks"
    with BlockSource(folder / BLOCK, "bitcoin", undo_path=folder / UNDO) as source:
        several = [one for one in source.transactions() if len({leg.address for leg in one.utxo.inputs}) > 1]
    two = [one.utxo for one in several if len(outputs(one)) == 2 and not has_equal_outputs(one.utxo)]
    monkeypatch.setattr(separable, "LEAST_OUTPUTS", 2)
    found = sum(map(is_separable, two))
    text = " ".join(Path(separable.__file__ or "").read_text("utf-8").split())
    assert f"Of {len(two)} transactions of 2014 with two outputs {found} do" in text
