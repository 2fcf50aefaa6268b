"""Contract: code ends a trace, signers and labels speak first, and a file's own asset names are no contracts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chaintrace.model.chain import Account, Asset
from chaintrace.model.finding import Service
from chaintrace.model.provenance import Observation
from heuristics.services.contract import NO_CODE, contract
from tests.heuristics.services.swept import ledger, tag

USDT = "0xdac17f958d2ee523a2206206994597c13d831ec7"


def seen(what: str, value: str, height: int | None = 9) -> Observation:
    return Observation("ledger", "C", what, height, value)


def said(*observed: Observation, tags=()):
    made = replace(ledger(("ann", "C", 5), tags=tags), observed=observed)
    return list(contract(made.account("C"), made))


def test_code_ends_a_trace_and_says_how_much_of_it_and_as_of_when():
    [found] = said(seen("code", "120 bytes"))
    assert isinstance(found, Service)
    assert (found.subject, found.object, found.evidence) == ("C", "", ())
    assert found.text == "the address is a contract (120 bytes of code at height 9): what it pays out follows its code."
    assert "of code):" in said(seen("code", "120 bytes", None))[0].text


@pytest.mark.parametrize(
    "observed",
    [(), (seen("code", NO_CODE),), (seen("balance", "120 bytes"),), (seen("code", "120 bytes"), seen("signer", "0x1"))],
    ids=["nobody looked", "no code", "something else", "persons sign for it"],
)
def test_it_is_silent(observed):
    assert not said(*observed)


def test_a_label_says_it_better():
    assert not said(seen("code", "120 bytes"), tags=(tag("C", category="defi_bridge"),))
    assert said(seen("code", "120 bytes"), tags=(tag("C", category="defi", stops=False),))


@pytest.mark.parametrize(("chain", "speaks"), [("ethereum", True), ("ledger", False)])
def test_the_contract_of_a_token_is_one_without_anybody_looking(chain, speaks):
    made = ledger(("ann", USDT, 5), tags=())
    transfers = {
        txid: replace(tx, transfers=tuple(replace(part, asset=Asset(chain, USDT)) for part in tx.transfers))
        for txid, tx in made.transactions.items()
    }
    made = replace(made, chain=chain, transactions=transfers)
    assert bool(list(contract(Account(USDT, Asset(chain, USDT)), made))) is speaks


def test_which_other_tokens_are_known_does_not_matter():
    made = replace(ledger(("ann", USDT, 5), ("x", "y", 1), tags=()), chain="ethereum")
    other = {
        txid: replace(tx, transfers=tuple(replace(part, asset=Asset("ethereum", name)) for part in tx.transfers))
        for (txid, tx), name in zip(made.transactions.items(), ("0xother", USDT), strict=True)
    }
    made = replace(made, transactions=other)
    assert USDT in {asset.contract for asset in made.assets("ethereum")}
    assert not list(contract(Account(USDT, Asset("ethereum", "0xother")), made))


def test_an_account_that_lends_itself_code_is_no_contract():
    assert not said(seen("delegation", USDT), seen("delegation signed", USDT))


SPLIT = [("ann", "C", 50), ("C", "bob", 20), ("C", "carl", 30)]


@pytest.mark.parametrize(
    ("rows", "opening", "speaks"),
    [
        ([SPLIT], 0, False),
        ([SPLIT, SPLIT, [("dan", "C", 7), ("C", "eve", 7)]], 0, False),
        ([SPLIT[:2]], 0, True),
        ([SPLIT[:1], SPLIT[1:]], 0, True),
        ([SPLIT, [("dan", "C", 7)]], 0, True),
        ([SPLIT], 9, True),
        ([[("ann", "bob", 1)]], 0, True),
    ],
    ids=["splits", "always", "keeps a part", "later", "kept once", "had something", "was never paid"],
)
def test_a_contract_that_passes_on_in_the_same_transaction_is_followed(rows, opening, speaks):
    made = replace(ledger(*rows, tags=()).opened(C=opening), observed=(seen("code", "34 bytes"),))
    assert bool(list(contract(made.account("C"), made))) is speaks


def test_where_the_history_is_not_known_code_ends_a_trace():
    made = replace(ledger(SPLIT, tags=()).cover("ann"), observed=(seen("code", "34 bytes"),))
    assert list(contract(made.account("C"), made))


def test_what_is_pending_does_not_count():
    made = replace(ledger(SPLIT, [("dan", "C", 7)], tags=()).pending("t2"), observed=(seen("code", "34 bytes"),))
    assert not list(contract(made.account("C"), made))
