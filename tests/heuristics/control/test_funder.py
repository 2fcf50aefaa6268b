"""Funder: who created an account on TRON, who sent the first gas elsewhere, and when it is better to say nothing."""

from __future__ import annotations

import json

import pytest

from chaintrace.adapters.tron.listings import page, trongrid_transaction
from chaintrace.addresses import tron_from_hex
from chaintrace.case.view import CaseView
from chaintrace.model.chain import Account, Asset
from chaintrace.model.finding import CommonControl
from chaintrace.model.provenance import Coverage
from chaintrace.store import MemoryFacts
from heuristics.control.exclusions import MANY
from heuristics.control.funder import funder
from tests.heuristics.control.account_chain import END, GOLD, Chain, pairs

CREATED = 1_100_000


def created(fee=CREATED, **more) -> Chain:
    chain = Chain()
    chain.pay("earlier", "operator", 10**9)
    chain.pay("operator", "new", 5_000_000, fee=fee, **more)
    chain.pay("new", "elsewhere", 1_000_000, fee=1)
    return chain


def gassed(name="ethereum", value=10**17) -> Chain:
    chain = Chain(name)
    chain.pay("earlier", "operator", 10**18)
    chain.pay("operator", "new", value, fee=21_000)
    chain.pay("new", "elsewhere", 10**16, fee=22_000)
    return chain


def said(chain: Chain, address: str = "new", **known) -> list[tuple[str, str]]:
    return pairs(funder(chain.account(address), chain.view(**known)))


@pytest.mark.parametrize("fee", [CREATED, 100_000])
def test_who_paid_for_the_creation_of_the_address_is_named(fee):
    chain = created(fee)
    (found,) = funder(chain.account("new"), chain.view())
    text = "a lead: operator is known to have paid 1 address"
    assert found == CommonControl("tron", "new", "operator", ("t1",), text=text)


def test_the_address_that_was_asked_about_is_the_subject_and_nothing_is_said_twice():
    chain = created()
    assert said(chain, "operator") == []
    assert said(chain, "operator", complete={"operator"}) == [("operator", "new")]


def test_the_asset_that_arrived_changes_nothing():
    chain = created()
    assert pairs(funder(chain.account("new", "token"), chain.view())) == [("new", "operator")]


@pytest.mark.parametrize("fee", [0, 1_000_000, 1_099_999, 1_100_001, 100_001, 2_100_000, 345_000])
def test_another_fee_creates_nobody(fee):
    assert said(created(fee)) == []


def test_the_payers_record_is_enough_where_that_of_the_new_account_is_not_known():
    assert said(created(), "operator", complete={"operator"}) == [("operator", "new")]
    assert said(created(5), "operator", complete={"operator"}) == []


def test_who_pays_is_not_named_while_its_own_history_is_not_known():
    assert said(created(), complete={"new"}) == []


def test_a_history_that_began_earlier_contradicts_the_fee():
    chain = Chain()
    chain.pay("stranger", "new", 1)
    chain.pay("operator", "new", 5_000_000, fee=CREATED)
    assert said(chain) == said(chain, "operator") == []


@pytest.mark.parametrize("more", [{"kind": "internal"}, {"sender": "relayer"}, {"status": "failed"}, {"asset": GOLD}])
def test_only_a_payment_of_the_payers_own_creates(more):
    assert said(created(**more)) == []


def test_a_call_that_moves_more_than_its_value_is_no_plain_payment():
    more = [("log:0", "token", GOLD, "operator", "new", 7)]
    assert said(created(more=more)) == []


@pytest.mark.parametrize("address", ["operator", "new"])
@pytest.mark.parametrize("category", ["exchange", "faucet", "payment_processor", "service", "mixing_service"])
def test_what_a_stopping_tag_speaks_of_is_never_named(address, category):
    chain = created()
    assert said(chain, tags=[chain.tag(address, category)]) == []


@pytest.mark.parametrize("address", ["operator", "new"])
def test_a_tag_of_a_contract_and_a_finding_of_a_service_exclude(address):
    chain = created()
    assert said(chain, tags=[chain.tag(address, "defi_dex", stops=False)]) == []
    assert said(chain, services=[address]) == []


def test_two_actors_are_not_joined_and_one_is():
    chain = created()
    known = [chain.tag("operator", "organization", "Acme", stops=False)]
    other = chain.tag("new", "organization", "Bolt", stops=False)
    same = chain.tag("new", "organization", "acme", stops=False)
    assert said(chain, tags=[*known, other]) == []
    assert said(chain, tags=known) == said(chain, tags=[*known, same]) == [("new", "operator")]


def faucet(customers: int) -> Chain:
    chain = Chain()
    chain.pay("earlier", "faucet", 10**12)
    for number in range(customers):
        chain.pay("faucet", f"customer{number}", 5_000_000, fee=CREATED)
    return chain


def test_who_pays_more_than_that_many_addresses_is_a_business():
    few, many = faucet(MANY), faucet(MANY + 1)
    assert len(said(few, "faucet", complete={"faucet"})) == MANY
    assert said(few, "customer3") == [("customer3", "faucet")]
    assert said(many, "faucet", complete={"faucet"}) == said(many, "customer3") == []


def test_lent_energy_moves_no_coin_and_names_nobody():
    chain = Chain()
    chain.pay("operator", "new", 50, asset=GOLD)
    chain.pay("new", "elsewhere", 50, asset=GOLD)
    assert said(chain) == []


def test_the_first_gas_of_an_account_that_spends_later():
    chain = gassed()
    (found,) = funder(chain.account("new"), chain.view())
    assert (found.subject, found.object, found.evidence) == ("new", "operator", ("t1", "t2"))


def test_no_gas_without_the_whole_history_or_without_a_later_spending():
    assert said(gassed(), complete={"operator"}) == []
    assert said(gassed(), complete={"new"}) == []
    chain = Chain("ethereum")
    chain.pay("operator", "new", 10**17, fee=21_000)
    assert said(chain) == []


def test_a_file_that_is_declared_complete_is_whole_and_the_end_of_a_record_is_not():
    chain = gassed()
    assert said(chain, start=1) == [("new", "operator")]
    assert said(chain, start=1, how="counter equal") == said(chain, start=1, how="balance equal", opening=0) == []
    assert said(chain, how="counter equal", opening=0) == [("new", "operator")]


def test_a_balance_before_the_creation_contradicts_it():
    assert said(created(), opening=0) == [("new", "operator")]
    assert said(created(), opening=1) == []


def test_nothing_that_is_not_held_is_asked_for():
    """What a rule asks for in vain, a case may fetch: leads are not worth that."""
    for chain in (created(), gassed()):
        view = chain.view(complete={"new"})
        assert list(funder(chain.account("new"), view)) == []
        assert view.missing == ()


def test_what_a_contract_hands_on_is_no_spending_of_gas():
    chain = Chain("ethereum")
    chain.pay("earlier", "operator", 10**18)
    chain.pay("operator", "new", 10**17, fee=21_000)
    chain.pay("new", "elsewhere", 10**16, kind="internal")
    assert said(chain) == []


def test_dust_that_could_not_pay_for_the_first_spending_is_no_gas():
    assert said(gassed(value=21_999)) == []


def test_chains_of_outputs_and_private_ledgers_have_no_funders():
    assert said(gassed("ledger")) == []
    assert said(gassed("bitcoin")) == []


def test_of_the_recorded_account_the_two_that_it_created(shared):
    """Both rows bear the fee of a creation, and nothing is known of the two but that."""
    recorded = shared / "data/tron/trongrid-responses/v1_accounts_transactions.json"
    answer = page(json.loads(recorded.read_text("utf-8")), "the file")
    told = [trongrid_transaction("tron", row).transaction for row in answer.rows]
    account = "TAVrrARNdnjHgCGMQYeQV7hv4PSu7mVsMj"
    coverage = (Coverage("tron", frozenset({account}), None, 0, END, None, None),)
    view = CaseView(MemoryFacts(told), coverage)
    found = list(funder(Account(account, Asset("tron", "")), view))
    assert [(one.subject, one.evidence) for one in found] == [
        (account, ("6e12360e2f181d8e0baf02584eec18580c38a3670670bbde6da1dda577924543",)),
        (account, ("b0b68ea41e7b46f06196ea0ff47837afe821f985eb966a4915eb3809ac893461",)),
    ]
    hexes = ("416b90a6acca849649284011b150cac6357a405535", "41f03c5fb459d4f746ff01692b940c5a8a01480db1")
    assert [one.object for one in found] == [tron_from_hex(one) for one in hexes]
    assert list(funder(Account(found[0].object, Asset("tron", "")), view)) == []


def test_of_the_recorded_thief_nobody_is_named_for_the_payers_history_is_not_known(shared):
    """The first gas came from an address that is labelled as an exchange elsewhere: nothing here says so."""
    rows = json.loads((shared / "data/evm/ronin-2022/ronin_txlist.json").read_text("utf-8"))["result"]
    chain = Chain("ethereum")
    for row in rows:
        if row["isError"] == "0" and int(row["value"]):
            fee = int(row["gasUsed"]) * int(row["gasPrice"])
            chain.pay(row["from"], row["to"], int(row["value"]), fee=fee, time=int(row["timeStamp"]))
    thief = "0x098b716b8aaf21512996dc57eb0615e2383e2f96"
    assert said(chain, thief, complete={thief}) == []
    assert said(chain, thief) == [(thief, "0x4976a4a02f38326660d17bf34b431dc6e2eb2327")]
