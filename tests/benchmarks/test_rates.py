"""The rates that reports print are those that are counted now, stand on the page, and have not fallen."""

from __future__ import annotations

import csv

import pytest

from benchmarks import accuracy, vectors
from benchmarks.rate import Rate, rate, section
from benchmarks.rate import as_csv as table

RIGHT_AND_MISSED = {
    ("coinjoin_wasabi1", "wasabi1_2018"): (152, 0),
    ("coinjoin_wasabi2", "emulated_wasabi2"): (6, 0),
    ("coinjoin_whirlpool", "whirlpool_202403"): (736, 0),
    ("coinjoin_joinmarket", "emulated_joinmarket"): (32, 0),
    ("whirlpool_tx0", "whirlpool_tx0"): (378, 0),
    ("coinjoin_generic", "wasabi1_2018, without its times"): (152, 0),
    ("coinjoin_generic", "whirlpool_202403, without its times"): (736, 0),
    ("coinjoin_generic", "emulated_joinmarket, without its times"): (32, 0),
    ("coinjoin_generic", "emulated_wasabi2, without its times"): (6, 0),
    ("change", "emulated_joinmarket"): (78, 3),
    ("change_joinmarket", "emulated_joinmarket, its coinjoins"): (130, 5),
    ("peel_chain", "emulated_joinmarket"): (81, 0),
}
"""Floors: what these rules found when they were measured last. Less is a fall, which nobody may ship unseen."""


@pytest.fixture(scope="module")
def shipped(data):
    with (data / "accuracy.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_no_rate_has_fallen(shipped):
    told = {(row["rule"], row["data"]): row for row in shipped}
    for key, (right, missed) in RIGHT_AND_MISSED.items():
        assert int(told[key]["right"]) >= right, key
        assert int(told[key]["missed"]) <= missed, key


FALSE = {("by_amount", "Nomad"): 1}
"""Ceilings: the one lead that was false when they were measured last. Of every other rule and set none was."""


def test_no_more_findings_on_a_known_set_are_false(shipped):
    told = {(row["rule"], row["data"]): int(row["false"]) for row in shipped}
    assert {key: number for key, number in told.items() if number > FALSE.get(key, 0)} == {}


@pytest.mark.slow
def test_what_ships_is_what_is_counted(shared, data, root):
    assert shared
    assert table(accuracy.measured()) == (data / "accuracy.csv").read_text("utf-8")
    told = (root / "docs" / "accuracy.md").read_text("utf-8")
    assert section(accuracy.measured()) in told
    assert accuracy.page() == told  # so the tests of the rules need not count again: they read the page


def test_the_page_has_every_row_of_the_table(shipped, root):
    page = (root / "docs" / "accuracy.md").read_text("utf-8")
    for row in shipped:
        kept = row | {"size": f"{row['size']} {row['unit']}"}
        assert f"| {' | '.join(cell for name, cell in kept.items() if name != 'unit')} |" in page


def test_without_larger_data_the_vectors_that_ship_are_counted(tmp_path, monkeypatch, capsys):
    for name in ("DATA", "PAGE", "TABLE"):
        monkeypatch.setattr(accuracy, name, tmp_path / "none" / name)
    accuracy.main()
    told = capsys.readouterr().out
    assert "counted on 32 transactions of data/vectors/rules alone" in told
    assert "| coinjoin_whirlpool | data/vectors/rules | 32 transactions |" in told
    assert not (tmp_path / "none").exists()


def test_the_rules_say_of_the_vectors_what_is_known():
    found = {one.rule: (one.right, one.false, one.missed) for one in vectors.rates()}
    assert found == {
        "coinjoin_joinmarket": (1, 0, 1),
        "coinjoin_wasabi1": (4, 0, 0),
        "coinjoin_wasabi2": (1, 0, 0),
        "coinjoin_whirlpool": (5, 0, 0),
        "whirlpool_tx0": (4, 0, 0),
        "change": (2, 0, 9),
        "peel_chain": (5, 0, 6),
    }


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 0, "-"),
        (152, 152, "1.000 (0.975-1.000)"),
        (0, 1, "0.000 (0.000-0.794)"),
        (11, 15, "0.733 (0.480-0.892)"),
        (999, 1000, "0.999 (0.994-1.000)"),
    ],
)
def test_a_share_is_rounded_down_and_has_wilsons_interval(part, whole, text):
    assert rate(part, whole) == text


def test_what_depends_on_each_other_has_no_interval():
    one = Rate("rule", "set", 1, "transactions", "2024", "real", 3, 1, 0, is_independent=False)
    assert (one.precision, one.recall) == ("0.750", "1.000")
    assert one.cells()[2:4] == ("1", "transaction")
