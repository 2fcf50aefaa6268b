"""Both stores keep what networks observed beside movements, and give tokens the scales that they agree on."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.errors import InputError
from chaintrace.model.approval import Approval, approvals_in
from chaintrace.model.chain import Account, Asset, Block
from chaintrace.model.provenance import Observation, Source
from chaintrace.model.transaction import Leg, Transaction, Transfer
from chaintrace.model.view import MissingHistory, MissingTransaction
from chaintrace.store import Answered, Network, SqliteStore
from chaintrace.store.observed import Noted, heard_of, scale_of, scales

DAY = datetime(2026, 1, 1, tzinfo=UTC)
CHAIN, TOKEN = "ethereum", "0x" + "77" * 20
NODE, SITE = Network(CHAIN, "evm-rpc", "node"), Network(CHAIN, "etherscan", "site")
ONE, TWO = (Source("transfers-csv", f"{name}.csv", name * 64) for name in "12")
READ = Source("etherscan", "GET list", "5" * 64, DAY)
TIP = Block(100, "f" * 64, 1_600_000_000)


def pay(txid="t1", decimals=None, name=TOKEN, source=READ, contract=TOKEN):
    asset = Asset(CHAIN, contract, name, decimals)
    legs = [(Leg(5, Account(side, asset), side),) for side in ("ann", "bob")]
    transfer = Transfer("log:0", "token", asset, *legs, (90, 0, 0))
    return Transaction(CHAIN, txid, Block(90, "e" * 64, 1_600_000_000), 0, (transfer,), source=source)


def decimals(value, height=None, subject=TOKEN, source=READ):
    return Observation(CHAIN, subject, "decimals", height, str(value), source)


def asks(name="ann"):
    return MissingHistory(Account(name, Asset(CHAIN, TOKEN)))


def told(store, network, *seen, question=None, transactions=None):
    transactions = (pay(),) if transactions is None else transactions
    store.tell([Answered(network, question or asks(), "told", transactions, observations=seen)])


def scale_in(facts, contract=TOKEN):
    """The decimals of the token wherever a report looks for them: the list of assets, a movement, a transaction."""
    (listed,) = [asset.decimals for asset in facts.assets(CHAIN) if asset.contract == contract]
    (moved,) = facts.movements(Account("bob", Asset(CHAIN, contract)))
    (whole,) = facts.transaction(CHAIN, "t1").transfers
    assert whole.outputs[0].holding.asset.decimals == moved.transfer.outputs[0].holding.asset.decimals
    assert listed == moved.transfer.asset.decimals == whole.asset.decimals
    return listed


def test_what_was_observed_is_heard_in_one_order_from_the_networks_of_a_case(store):
    store.pin(CHAIN, TIP, DAY)
    memo = Observation(CHAIN, "t1", "memo", 90, "a\ud800\nb", None)
    told(store, SITE, decimals(18), memo, memo)
    told(store, NODE, replace(memo, value="c"), question=asks("bob"), transactions=())
    own = Source("etherscan", "site", "")
    kept = replace(memo, value="a\\ud800\nb", source=own)
    assert store.facts([], networks=[SITE]).heard.observations == (decimals(18), kept)
    both = store.facts([], networks=[NODE, SITE]).heard.observations
    assert [seen.value for seen in both] == ["18", "a\\ud800\nb", "c"]
    assert both == store.facts([], networks=[SITE, NODE]).heard.observations
    assert store.facts([], networks=[]).heard.observations == ()


def test_the_same_question_answered_anew_replaces_what_it_observed(store):
    store.pin(CHAIN, TIP, DAY)
    told(store, SITE, decimals(18), Observation(CHAIN, "bob", "tag", None, "x", READ))
    told(store, SITE, Observation(CHAIN, "bob", "tag", None, "y", READ))
    assert [seen.value for seen in store.facts([], networks=[SITE]).heard.observations] == ["y"]


def test_heights_outlive_a_pin_and_of_what_has_none_the_newest_word_counts(store):
    store.pin(CHAIN, TIP, DAY)
    tags = [Observation(CHAIN, "bob", "tag", None, label, READ) for label in ("old", "older")]
    told(store, SITE, *tags, decimals(6, 100), Observation(CHAIN, "ann", "tag", None, "stays", READ))
    store.pin(CHAIN, replace(TIP, height=200), DAY)
    told(store, SITE, replace(tags[0], value="new"), decimals(8, 200))
    facts = store.facts([], networks=[SITE])
    found = [(seen.subject, seen.what, seen.height, seen.value) for seen in facts.heard.observations]
    assert found == [
        (TOKEN, "decimals", 100, "6"),
        (TOKEN, "decimals", 200, "8"),
        ("ann", "tag", None, "stays"),
        ("bob", "tag", None, "new"),
    ]
    assert scale_in(facts) == 8


def test_approvals_of_one_block_stay_under_whichever_pin_they_were_told(store):
    given = [Approval(CHAIN, 90, "ann", "eve", TOKEN, 5, txid, "ann") for txid in ("t1", "t2")]
    for number, one in enumerate(given):
        store.pin(CHAIN, replace(TIP, height=TIP.height + number), DAY)
        told(store, SITE, *one.observations(READ), question=MissingTransaction(CHAIN, one.txid), transactions=())
    heard = store.facts([], networks=[SITE]).heard.observations
    assert [seen.what for seen in heard] == ["approval", "approval", "approved by", "approved by"]
    assert approvals_in(heard) == tuple(given)


def test_decimals_that_nobody_else_knows_come_from_what_was_observed(store):
    store.pin(CHAIN, TIP, DAY)
    told(store, SITE, decimals(18))
    facts = store.facts([], networks=[SITE])
    assert (scale_in(facts), facts.heard.doubts) == (18, ())
    told(store, NODE, decimals(18, 100), question=MissingTransaction(CHAIN, "t1"))
    assert scale_in(store.facts([], networks=[NODE, SITE])) == 18


def test_where_networks_differ_none_is_used_and_one_gap_says_so(store):
    store.pin(CHAIN, TIP, DAY)
    told(store, SITE, decimals(18))
    told(store, NODE, decimals(6, 100), question=asks("bob"), transactions=())
    facts = store.facts([], networks=[SITE, NODE])
    assert scale_in(facts) is None
    (gap,) = facts.heard.doubts
    assert (gap.kind, gap.subject, gap.contract) == ("source", TOKEN, TOKEN)
    assert "node says 6, site says 18: none is used" in gap.text
    assert scale_in(store.facts([], networks=[SITE])) == 18


def test_one_network_that_contradicts_itself_is_not_believed(store):
    store.pin(CHAIN, TIP, DAY)
    told(store, SITE, decimals(18), decimals(6))
    facts = store.facts([], networks=[SITE])
    assert (scale_in(facts), len(facts.heard.doubts)) == (None, 1)


@pytest.mark.parametrize("value", ["1" + "0" * 77, "256", "-1", "1e1", "6.0", "", " 6", "٦", "0x6"])
def test_what_no_asset_can_have_is_no_word_at_all(store, value):
    store.pin(CHAIN, TIP, DAY)
    told(store, SITE, decimals(value))
    facts = store.facts([], networks=[SITE])
    assert (scale_in(facts), facts.heard.doubts) == (None, ())
    told(store, NODE, decimals(255, 100), question=asks("bob"), transactions=())
    assert scale_in(store.facts([], networks=[SITE, NODE])) == 255


@pytest.mark.parametrize("source", [ONE, replace(READ, request="known tokens")])
def test_a_file_and_the_list_of_known_tokens_win_and_a_gap_names_who_differs(store, source):
    store.pin(CHAIN, TIP, DAY)
    mine = pay(decimals=6, source=source)
    if source is ONE:
        store.add([mine], ONE)
    told(store, SITE, decimals(18), transactions=() if source is ONE else (mine,))
    facts = store.facts([ONE], networks=[SITE])
    assert scale_in(facts) == 6
    (gap,) = facts.heard.doubts
    assert "site says 18" in gap.text
    assert "says 6, which is used" in gap.text


def test_a_networks_word_that_contradicts_a_file_refuses_nothing_and_two_files_are_refused(store):
    store.pin(CHAIN, TIP, DAY)
    store.add([pay(decimals=6)], ONE)
    told(store, SITE, transactions=(pay("t2", decimals=8),))
    facts = store.facts([ONE], networks=[SITE])
    assert {asset.decimals for asset in facts.assets(CHAIN)} == {6}
    assert facts.transaction(CHAIN, "t2").transfers[0].asset.decimals == 6
    assert [gap.subject for gap in facts.heard.doubts] == [TOKEN]
    store.add([pay(decimals=8)], TWO)
    with pytest.raises(InputError, match="has 6 decimals in one source and 8 in another"):
        store.facts([ONE, TWO], networks=[SITE])


def test_a_piece_of_a_collection_has_no_scale(store):
    store.pin(CHAIN, TIP, DAY)
    told(store, SITE, decimals(18), transactions=(pay(contract=f"{TOKEN}/7"),))
    facts = store.facts([], networks=[SITE])
    assert (scale_in(facts, f"{TOKEN}/7"), facts.heard.doubts) == (None, ())


def test_observations_outlive_the_run(tmp_path):
    first = SqliteStore(tmp_path / "facts.sqlite")
    first.pin(CHAIN, TIP, DAY)
    told(first, SITE, decimals(18))
    first.close()
    again = SqliteStore(tmp_path / "facts.sqlite")
    assert scale_in(again.facts([], networks=[SITE])) == 18
    again.close()


def test_a_store_from_before_is_brought_up_with_what_it_holds_and_observes_from_then_on(tmp_path):
    path = tmp_path / "facts.sqlite"
    before = SqliteStore(path)
    before.pin(CHAIN, TIP, DAY)
    told(before, SITE)
    before.close()
    with closing(sqlite3.connect(path)) as old:
        old.executescript("DROP TABLE observations; PRAGMA user_version = 3;")
    again = SqliteStore(path)
    facts = again.facts([], networks=[SITE])
    assert (scale_in(facts), facts.heard.observations, facts.heard.questions) == (None, (), {asks(): "told"})
    told(again, SITE, decimals(18))
    assert scale_in(again.facts([], networks=[SITE])) == 18
    again.close()


NOTED = st.builds(
    Noted,
    st.integers(1, 3),
    st.sampled_from(["node", "site"]),
    st.builds(
        Observation,
        st.just(CHAIN),
        st.sampled_from(["a", "b"]),
        st.sampled_from(["decimals", "tag"]),
        st.none() | st.integers(0, 2),
        st.sampled_from(["1", "18", "256"]),
        st.sampled_from([None, READ, ONE]),
    ),
)


@given(st.lists(NOTED, max_size=12).flatmap(lambda few: st.tuples(st.just(few), st.permutations(few))))
def test_the_order_of_answers_changes_nothing(two):
    assert heard_of(two[0]) == heard_of(two[1])
    assert scales(heard_of(two[0])) == scales(heard_of(two[1]))
    heard = heard_of(two[0])
    assert len({(one.network, one.observation.subject, one.observation.what, one.observation.height,
                 one.observation.value) for one in heard}) == len(heard)  # fmt: skip
    latest = {(one.network, one.observation.subject, one.observation.what, one.observation.height) for one in two[0]}
    assert {(one.network, *_thing(one)) for one in heard} == latest


def _thing(one):
    return one.observation.subject, one.observation.what, one.observation.height


@given(st.text(max_size=4))
def test_a_scale_is_what_an_unsigned_byte_holds(text):
    found = scale_of(decimals(text))
    assert found is None or (0 <= found <= 255 and str(found) == text.lstrip("0").rjust(1, "0"))
