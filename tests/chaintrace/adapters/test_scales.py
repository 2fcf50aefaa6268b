"""Explorers and nodes tell what they claim of a token's decimals; what no unsigned byte holds is nobody's claim."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.adapters.scales import scale, scales
from chaintrace.model.provenance import Source
from chaintrace.model.view import MissingTransaction
from tests.chaintrace.adapters.blockscout import case as scout
from tests.chaintrace.adapters.etherscan import town
from tests.chaintrace.adapters.evm.making import word
from tests.chaintrace.adapters.evm_rpc.chain import TOKEN, Chain, transfer, who
from tests.chaintrace.adapters.evm_rpc.chain_asking import asking
from tests.chaintrace.adapters.evm_rpc.chain_node import Failure, Node
from tests.chaintrace.adapters.tron.making import ALICE, BOB
from tests.chaintrace.adapters.tron.making import TOKEN as TRC20
from tests.chaintrace.adapters.trongrid import asked as grid
from tests.chaintrace.adapters.tronscan import scan
from tests.hostile.etherscan_books import Books
from tests.hostile.tron_ledger import TronLedger

CLAIMS = [(18, "18"), (0, "0"), (255, "255"), (256, None), (10**77, None), (-1, None), (None, None), ("x", None)]
"""What a list says, as a number or a text, and what is observed."""
A, B = who(1), who(2)
USDT = "0xdac17f958d2ee523a2206206994597c13d831ec7"


def scaled(reply):
    """What a reply observed of decimals; of a transaction told whole it observes more."""
    return [one for one in reply.observations if one.what == "decimals"]


def told(reply, contract):
    """The scales that a reply observed, which are all of the contract."""
    found = scaled(reply)
    assert {one.subject for one in found} <= {contract}
    assert all(one.source is not None for one in found)
    return [one.value for one in found]


def changed(**fields):
    """An answer in which every object that has one of these fields has it with another value; None takes it out."""

    def walk(value):
        if isinstance(value, dict):
            kept = {name: walk(fields.get(name, one)) for name, one in value.items()}
            return {name: one for name, one in kept.items() if not (name in fields and one is None)}
        return [walk(one) for one in value] if isinstance(value, list) else value

    return lambda _, given: replace(given, body=json.dumps(walk(json.loads(given.body))).encode())


@pytest.mark.parametrize(("said", "seen"), CLAIMS)
def test_etherscan(tmp_path, said, seen):
    books = Books()
    books.pay("victim", town.TOKEN, tokens=[(town.TOKEN, "victim", "thief", 5)])
    with town.asked(tmp_path, books) as a:
        a.server.change(changed(tokenDecimal=None if said is None else str(said)), on=f"{town.LIST}tokentx")
        reply = a.history("thief", town.TOKEN)
    assert told(reply, town.TOKEN) == ([] if seen is None else [seen])
    assert reply.coverage[0].how == "balance equal"


@pytest.mark.parametrize(("said", "seen"), CLAIMS)
def test_blockscout(tmp_path, said, seen):
    with scout.asked(tmp_path) as a:
        path = f"/api/v2/addresses/{scout.A}/token-transfers"
        a.server.change(changed(decimals=None if said is None else str(said)), on=path)
        reply = a.history(scout.A, scout.USDT)
    assert told(reply, scout.USDT) == ([] if seen is None else [seen])


@pytest.mark.parametrize(("said", "seen"), CLAIMS)
def test_trongrid(tmp_path, said, seen):
    with grid.asked(tmp_path, TronLedger.of(grid.many(3))) as a:
        a.server.change(changed(decimals=said), on=f"/v1/accounts/{ALICE}/transactions/trc20")
        reply = a.history()
    assert told(reply, TRC20) == ([] if seen is None else [seen])


@pytest.mark.parametrize(("said", "seen"), CLAIMS)
def test_tronscan(tmp_path, said, seen):
    with scan.scanning(tmp_path, [scan.paid(1, ALICE, BOB, 9)]) as a:
        a.server.change(changed(tokenDecimal=said, decimals=said))
        assert told(a.history(), TRC20) == ([] if seen is None else [seen])
        assert told(a.about(1), TRC20) == ([] if seen is None else [seen])


def test_rows_that_differ_are_both_told(tmp_path):
    books = Books()
    for _ in range(2):
        books.pay("victim", town.TOKEN, tokens=[(town.TOKEN, "victim", "thief", 5)])
    with town.asked(tmp_path, books) as a:

        def differing(_, given):
            page = json.loads(given.body)
            page["result"][0]["tokenDecimal"] = "18"
            return replace(given, body=json.dumps(page).encode())

        a.server.change(differing, on=f"{town.LIST}tokentx")
        assert sorted(told(a.history("thief", town.TOKEN), town.TOKEN)) == ["18", "6"]


def several(count: int) -> tuple[Chain, str]:
    """A chain with a transaction that moves as many tokens."""
    chain = Chain(300)
    tokens = [f"0x{number:040x}" for number in range(1_000, 1_000 + count)]
    return chain, chain.send(10, A, B, data="0x01", logs=[transfer(A, B, 5, token=token) for token in tokens])


def transaction(a, txid):
    return a.source.reply(MissingTransaction("ethereum", txid), a.source.status())


@pytest.mark.parametrize(("said", "seen"), [(word(18), ["18"]), (word(256), []), (word(10**77), []), (b"", [])])
def test_a_node_is_asked_for_the_scale_of_a_transactions_token_at_its_tip(tmp_path, said, seen):
    chain = Chain(300)
    txid = chain.pay(10, B, A, 5)
    node = Node(chain)
    node.more["eth_call"] = lambda *_: "0x" + said.hex()
    with asking(node, tmp_path) as a:
        reply = transaction(a, txid)
    assert told(reply, TOKEN) == seen
    assert [one.height for one in scaled(reply)] == [300] * len(seen)


def test_at_most_twenty_tokens_of_a_transaction_are_asked_for(tmp_path):
    chain, txid = several(25)
    node = Node(chain)
    node.more["eth_call"] = lambda *_: "0x" + word(6).hex()
    with asking(node, tmp_path) as a:
        reply = transaction(a, txid)
        assert (a.calls("eth_call"), len(scaled(reply))) == (20, 20)
    assert len(reply.transactions[0].transfers) == 26


def test_a_token_that_refuses_or_answers_nonsense_stays_without_a_scale_and_the_others_do_not(tmp_path):
    chain, txid = several(3)
    node = Node(chain)

    def call(what, _name):
        if what["to"].endswith("e8"):
            raise Failure(3, "execution reverted")
        return "no hex" if what["to"].endswith("e9") else "0x" + word(6).hex()

    node.more["eth_call"] = call
    with asking(node, tmp_path) as a:
        (seen,) = scaled(transaction(a, txid))
    assert (seen.subject[-2:], seen.value) == ("ea", "6")


def test_a_token_of_chains_toml_is_not_asked_for(tmp_path):
    chain = Chain(300)
    txid = chain.pay(10, B, A, 5, token=USDT)
    with asking(Node(chain), tmp_path) as a:
        reply = transaction(a, txid)
        assert (a.calls("eth_call"), scaled(reply)) == (0, [])
    assert [one.asset.decimals for one in reply.transactions[0].transfers if one.kind == "token"] == [6]


@given(st.one_of(st.integers(), st.text(max_size=5), st.booleans(), st.none(), st.decimals(), st.just([])))
def test_only_whole_numbers_of_a_byte_are_a_scale(said):
    found = scale(said)
    assert found is None or (0 <= found <= 255 and found == int(said) and not isinstance(said, bool | Decimal))


def test_each_scale_of_a_contract_is_told_once_and_the_native_asset_has_none():
    first, second = Source("x", "a", "1"), Source("x", "b", "2")
    seen = scales("tron", [("c", 6, first), ("c", 6, second), ("c", 8, second), ("", 6, first), ("d", None, first)])
    assert [(one.subject, one.value, one.source) for one in seen] == [("c", "6", first), ("c", "8", second)]
