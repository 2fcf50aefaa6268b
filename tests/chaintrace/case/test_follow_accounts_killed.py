"""A follow of accounts that is killed at any moment and started again loses nothing and asks nothing twice."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from chaintrace.case.follow import Budgets, follow
from chaintrace.case.rules import nobody
from chaintrace.model.view import MissingHistory
from tests.chaintrace.case.account_ledgers import NAMES, goal_of, known, solvent, traces
from tests.chaintrace.case.fake_accounts import FakeAccounts
from tests.chaintrace.case.fake_source import ground
from tests.chaintrace.case.test_follow_killed import Killed, Mortal

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
MOST_KILLS = 8


@pytest.mark.parametrize("number", range(10))
def test_a_follow_that_ends_in_the_midst_goes_on(tmp_path, number):
    rng, ledger = random.Random(number), solvent(number, 60)
    kinds = {name: rng.choice(["whole", "since", "claimed"]) for name in NAMES}
    wanted, found, kills = goal_of(ledger), None, 0
    while found is None:
        source = FakeAccounts(ledger.transactions.values(), kinds=kinds, finalized=55)
        Mortal.moment = rng.choice(["", "before", "within", "after"]) if kills < MOST_KILLS else ""
        Mortal.left = rng.choice([0, 1, 1, 2, 3])
        dies = rng.randint(1, 8) if not Mortal.moment and kills < MOST_KILLS else 0
        source.failing = lambda _, source=source, dies=dies: Killed() if source.asked.total() == dies else None
        store = Mortal(tmp_path / "store.sqlite")
        heard = store.facts([], networks=[source.network]).heard
        held = {question for question in heard.questions if any(pin.is_open for pin in heard.pins.values())}
        try:
            budgets = Budgets(workers=2)
            found = follow(wanted, ground(store, source), [source], budgets, nobody, lambda: NOON)
            assert traces(wanted, found.view) == traces(wanted, known(ledger))
        except Killed:
            kills += 1
        finally:
            store.close()
        assert not held & {question for question in source.asked if isinstance(question, MissingHistory)}
    assert kills >= 1
