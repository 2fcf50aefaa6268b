"""What a view remembers of accounts: of networks everything, of files a few, for rules what is long; up to a number."""

from __future__ import annotations

import pytest

from chaintrace.case.remembered import FEW, KEPT, LONG, Remembered
from chaintrace.case.view import CaseView
from chaintrace.model.chain import Account, Asset, Block
from chaintrace.model.provenance import Coverage
from chaintrace.model.transaction import Leg, Transaction, Transfer
from chaintrace.store import MemoryFacts

COIN = Asset("ledger", "COIN", "COIN", 2)
ALICE, BOB = Account("alice", COIN), Account("bob", COIN)


class Counting(MemoryFacts):
    """Facts that count how often an account's movements are read."""

    asked = 0

    def movements(self, account):
        self.asked += 1
        return super().movements(account)


def view(payments: int) -> tuple[Counting, CaseView]:
    legs = [(Leg(5, account, account.address),) for account in (ALICE, BOB)]
    facts = Counting(
        Transaction(
            "ledger", f"t{row}", Block(row, "", None), row, (Transfer("0", "token", COIN, *legs, (row, row, 0)),)
        )
        for row in range(payments)
    )
    return facts, CaseView(facts, (Coverage("ledger", None, None, 0, payments, None, None),))


@pytest.mark.parametrize(("payments", "for_rules"), [(LONG, True), (LONG - 1, True), (LONG, False), (1, False)])
def test_a_history_of_a_small_file_is_read_once(payments, for_rules):
    facts, made = view(payments)
    seen = made.with_findings({}, for_rules=for_rules)
    assert [len(seen.history(ALICE).movements) for _ in range(3)] == [payments] * 3
    assert facts.asked == 1


@pytest.mark.parametrize(("payments", "for_rules", "times"), [(LONG, True, 1), (LONG - 1, True, 3), (LONG, False, 3)])
def test_beyond_the_first_rules_read_a_long_history_of_a_file_once(payments, for_rules, times):
    facts, made = view(payments)
    made._moves.keep((BOB, 0), range(FEW))
    seen = made.with_findings({}, for_rules=for_rules)
    assert [len(seen.history(ALICE).movements) for _ in range(3)] == [payments] * 3
    assert facts.asked == times


def test_what_is_remembered_is_what_was_read():
    _, made = view(LONG)
    seen = made.with_findings({}, for_rules=True)
    assert seen.history(ALICE) == seen.history(ALICE) == made.history(ALICE)


def test_a_number_of_movements_is_kept_and_one_account_that_has_more():
    kept = Remembered()
    for place, length in enumerate([KEPT // 2, KEPT // 2, 1, KEPT + 1, KEPT + 1]):
        kept.keep((ALICE, place), range(length))
    assert [kept.get((ALICE, place)) is not None for place in range(6)] == [True, True, False, True, False, False]
