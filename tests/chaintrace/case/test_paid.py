"""The history of an address on a chain of outputs: what pays it and what spends that, from what was read whole."""

from __future__ import annotations

import pytest

from chaintrace.case import paid as module
from chaintrace.case.paid import may_pay_outputs, paid
from chaintrace.case.view import CaseView
from chaintrace.model.chain import Account, Asset, OutPoint
from chaintrace.model.provenance import Coverage
from chaintrace.model.view import History, MissingHistory
from chaintrace.store import MemoryFacts
from tests.chaintrace.tracing.ledger import coins

LEDGER = coins(
    ("a", [], [("ann", 5), ("bob", 6)]),
    ("b", ["a:0"], [("bob", 4), (None, 1)]),
    ("c", ["a:1", "b:0"], [("carl", 9)]),
    ("d", ["c:0"], [("carl", 9)]),
)
BTC = Asset("bitcoin", "", "BTC", 8)


def view(covered: frozenset[str] | None = None, *, end: int = 9) -> CaseView:
    cover = Coverage("bitcoin", covered, None, 0, end, end, None)
    return CaseView(MemoryFacts(LEDGER.transactions.values()), (cover,))


def txids(found: History | MissingHistory) -> list[str]:
    assert isinstance(found, History)
    return [one.transaction.txid for one in found.movements]


@pytest.mark.parametrize(
    ("address", "expected"), [("ann", ["a", "b"]), ("bob", ["a", "b", "c"]), ("carl", ["c", "d"]), ("dora", [])]
)
def test_what_pays_an_address_and_what_spends_that_in_chain_order_each_once(address, expected):
    assert txids(view().history(Account(address, BTC))) == expected


def test_where_the_address_is_not_covered_it_is_missing():
    account = Account("bob", BTC)
    assert view(frozenset({"ann"})).history(account) == MissingHistory(account)


def test_until_leaves_out_what_came_later():
    time = LEDGER.transactions["b"].time
    assert txids(view().until(time).history(Account("bob", BTC))) == ["a", "b"]


def test_until_leaves_out_what_spends_an_output_later():
    early, late = OutPoint("bitcoin", "a", 0), OutPoint("bitcoin", "a", 1)
    whole, ended = view(), view().until(LEDGER.transactions["b"].time)
    assert [whole.spender(one).txid for one in (early, late)] == ["b", "c"]
    assert ended.spender(early).txid == "b"
    assert ended.spender(late) is None


def test_of_too_many_transactions_none_is_put_in_order(monkeypatch):
    assert paid(LEDGER.transactions.values()).keys() == {"ann", "bob", "carl"}
    monkeypatch.setattr(module, "MOST", 3)
    assert paid(LEDGER.transactions.values()) == {}


def test_chains_of_accounts_are_not_looked_through():
    assert [may_pay_outputs(chain) for chain in ("bitcoin", "litecoin", "ethereum", "tron")] == [
        True,
        True,
        False,
        False,
    ]
    token = Account("bob", Asset("bitcoin", "a token"))
    assert txids(view().history(token)) == []
