"""By code: the last four digits of a payment to an account of the table name a chain, and the lead says no more."""

from __future__ import annotations

import pytest

from chaintrace.model.finding import FOLLOWED
from chaintrace.model.protocol import Protocols
from heuristics import ALL
from heuristics.continuations.by_code import by_code
from tests.heuristics.continuations.making import NATIVE, SHIPPED, receipt, row, town, who

THIEF, DAI = who("thief"), who("dai")
ACCOUNT = row("Orbiter", "coded", "ethereum").contract


def found(*moves, known=SHIPPED, **more):
    one = receipt("coded", *moves, sender=THIEF, to=ACCOUNT, **more)
    return list(by_code(one.transaction, town(one, known=known)))


@pytest.mark.parametrize("asset", [NATIVE, DAI])
def test_a_payment_whose_digits_name_a_chain_is_a_lead(asset):
    [lead] = found((asset, THIEF, ACCOUNT, 998_798_000_000_009_003))
    assert (lead.key, lead.to_chain, lead.recipient, lead.incoming) == ("9003", "zksync-lite", THIEF, ())
    assert len(lead.outgoing) == 1


def test_a_chain_that_no_table_numbers_is_named_by_its_number_and_a_case_may_number_it():
    [lead] = found((NATIVE, THIEF, ACCOUNT, 19_999))
    assert lead.to_chain == "orbiter:9999"
    known = SHIPPED.with_more(Protocols(numbers={"orbiter": {9999: "ledger"}}))
    [lead] = found((NATIVE, THIEF, ACCOUNT, 19_999), known=known)
    assert lead.to_chain == "ledger"


@pytest.mark.parametrize(
    "move",
    [(NATIVE, THIEF, ACCOUNT, 9_000), (NATIVE, THIEF, ACCOUNT, 1_234), (NATIVE, THIEF, who("other"), 19_003)],
    ids=["no chain", "no code", "another account"],
)
def test_what_names_no_chain(move):
    assert found(move) == []


def test_a_payment_that_failed_names_none():
    assert found((NATIVE, THIEF, ACCOUNT, 19_003), status="failed") == []


def test_no_trace_follows_it():
    assert next(rule for rule in ALL if rule.id == "by_code").confidence < FOLLOWED
