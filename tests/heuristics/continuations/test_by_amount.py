"""By amount: leads about what may have been delivered, with how many fit, and only where the key is not found."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from benchmarks import continuations
from benchmarks.receipts import Receipts
from chaintrace.model.chain import Asset, Block
from chaintrace.model.finding import FOLLOWED
from chaintrace.model.provenance import Coverage
from chaintrace.model.transaction import Movement
from chaintrace.model.view import History
from heuristics import ALL
from heuristics.continuations.by_amount import RATE, WINDOW, by_amount
from tests.heuristics.continuations.crossing_cases import (
    ARRIVED,
    ESCROW,
    HERE,
    NAME,
    RECIPIENT,
    RELAYER,
    SENT,
    THERE,
    THIEF,
    across,
)
from tests.heuristics.continuations.making import SHIPPED, receipt


@dataclass
class Held(Receipts):
    """A view that holds the movements of one address of one asset too."""

    movements: list[Movement] = field(default_factory=list)

    def coverage(self, chain, address, contract):
        held = Coverage(chain, frozenset({RECIPIENT}), frozenset({THERE}), 0, 9, None, None)
        return (held,) if held.covers(address, contract) and chain == "arbitrum" else ()

    def assets(self, chain):
        return (Asset(chain, THERE),) if chain == "arbitrum" else ()

    def history(self, account, since=0):
        return (
            History(account, self.movements, 0, ()) if account.address == RECIPIENT else super().history(account, since)
        )


def paid(name: str, value: int, after: int, sender: str = RELAYER, to: str = RECIPIENT, logs=()):
    one = receipt(name, (THERE, sender, to, value), chain="arbitrum", logs=logs)
    block = Block(1, "", 1_700_000_000 + after)
    return replace(one, transaction=replace(one.transaction, block=block))


def found(*several, deposit=None):
    first = deposit or receipt(NAME, (HERE, THIEF, ESCROW, SENT), logs=across().sent, sender=THIEF, to=ESCROW)
    held = [
        Movement(one.transaction.transfers[0].order, one.transaction, one.transaction.transfers[0]) for one in several
    ]
    view = Held((first, *several), SHIPPED, held)
    return list(by_amount(first.transaction, view))


def test_a_payment_of_the_same_value_within_a_day_is_a_lead():
    one = paid("one", ARRIVED, 60)
    [lead] = found(one, paid("other value", ARRIVED + 1, 60), paid("its own", ARRIVED, 60, RECIPIENT, RELAYER))
    assert (lead.object, lead.key) == (one.transaction.txid, "1:7")
    assert [leg.index for leg in lead.incoming + lead.outgoing] == ["log:0", "log:0"]
    assert lead.text.endswith(f"a payment of the same value 60 seconds later, 1 of 1 that fit. Measured: {RATE}.")


def test_several_that_fit_are_all_named_with_their_number():
    leads = found(paid("one", ARRIVED, 60), paid("two", SENT, 50))
    assert [f"later, {number} of 2 that fit. " in leads[number - 1].text for number in (1, 2)] == [True, True]
    assert {lead.details for lead in leads} == {("payments that fit by recipient, value and time: 2",)}


@pytest.mark.parametrize("after", [-1, WINDOW + 1])
def test_before_the_deposit_and_after_a_day_nothing_fits(after):
    assert found(paid("late", ARRIVED, after)) == []


def test_where_the_key_is_found_there_is_no_lead():
    assert found(paid("delivery", ARRIVED, 60, logs=across().received)) == []


def test_a_deposit_without_a_time_has_no_lead():
    first = receipt(NAME, (HERE, THIEF, ESCROW, SENT), logs=across().sent, sender=THIEF, to=ESCROW)
    first = replace(first, transaction=replace(first.transaction, block=Block(1, "", None)))
    assert found(paid("one", ARRIVED, 60), deposit=first) == []


def test_no_trace_follows_it():
    [own] = [rule for rule in ALL if rule.id == "by_amount"]
    assert own.confidence < FOLLOWED


def test_what_its_text_says_was_measured_is_measured_again(shared):
    assert shared.is_dir()
    [row] = [row for row in continuations.of_amounts() if row[0] == "24 hours"]
    _, pairs, right, wrong, several, none, _ = map(str.strip, row)
    text = " ".join((by_amount.__doc__ or "").split())
    said = f"of {int(pairs):,} true pairs of Nomad one payment fits {int(right) + int(wrong):,} deposits"
    assert said in text
    fits = f"one payment fits {int(right) + int(wrong):,} of {int(pairs):,} deposits, and it is the right one of"
    assert f"of true pairs of Nomad, {fits} {int(right):,}" == RATE
    assert f"the right one of {int(right):,}; several fit {several}, and none fits {none}." in text


def test_the_measured_pairs_are_matched_and_none_is_wrong(shared):
    assert shared.is_dir()
    rows = continuations.of_pairs()
    assert all(row[4] == 0 for row in rows)
    assert rows[0][1] == rows[0][3]
