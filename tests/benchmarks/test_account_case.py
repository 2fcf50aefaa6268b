"""The case that is timed: its ledger is what it says, and a result that differs by a unit is not timed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks import account_case, loopback
from benchmarks.account_ledger import STOLEN, ledger

SIZE = 60


def test_the_theft_reaches_the_addresses_and_ends_somewhere_to_the_unit():
    told, ends = ledger(SIZE), ledger(SIZE).expected
    assert sum(ends.ends.values()) + sum(ends.rests.values()) == STOLEN
    assert not ends.left
    assert {address for _, address in ends.ends} <= set(told.exchanges)
    assert len({hop[2] for hop in ends.hops} - set(told.exchanges)) > SIZE / 2
    assert len({row.txid for row in told.rows}) == len(told.rows) > 3 * SIZE


def other_ending(told):
    """The same ledger, but for one payment to an exchange that goes to another one and takes traced value there."""
    for place, row in enumerate(told.rows):
        if row.receiver in told.exchanges:
            other = next(one for one in told.exchanges if one != row.receiver)
            rows = [*told.rows[:place], row._replace(receiver=other), *told.rows[place + 1 :]]
            changed = replace(told, rows=rows)
            if changed.expected != told.expected:
                return changed
    raise AssertionError


def test_a_case_over_the_late_server_is_right_and_a_wrong_one_is_not_timed(tmp_path):
    told = ledger(SIZE)
    with loopback.server(1, "benchmarks.trongrid", str(SIZE)) as served:
        found = account_case.run(tmp_path / "right", told, served.url, rate=None)
        assert 0 < found.share < 1
        assert 0 < found.fetched < found.seconds < found.whole
        with pytest.raises(ValueError, match="were expected"):
            account_case.run(tmp_path / "wrong", other_ending(told), served.url, rate=None)
    assert served.answered > 2 * found.requests - 20
