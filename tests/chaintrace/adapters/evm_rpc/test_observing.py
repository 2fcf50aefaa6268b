"""`evm-rpc` notes dated facts beside a history, and believes no contract what it says of itself."""

from __future__ import annotations

import pytest

from chaintrace.adapters.evm_rpc.control import ADDED, CHANGES, GET_OWNERS, REMOVED, owners_of
from chaintrace.adapters.evm_rpc.observing import text_of
from tests.chaintrace.adapters.evm.making import C, topic, word
from tests.chaintrace.adapters.evm.test_delegations import SIGNER, signed
from tests.chaintrace.adapters.evm_rpc.chain import TOKEN, Chain, event, who
from tests.chaintrace.adapters.evm_rpc.chain_asking import asking
from tests.chaintrace.adapters.evm_rpc.chain_node import Failure, Node

A, B = who(1), who(2)
TIP = 300


def string(text: str) -> bytes:
    raw = text.encode()
    return word(32) + word(len(raw)) + raw + bytes(-len(raw) % 32)


def asked(folder, code: str = "0x", **answers: bytes):
    """The observations of A, and of the token that answers so."""
    chain = Chain(TIP)
    chain.pay(10, B, A, 5)
    node = Node(chain)
    node.codes[A] = code
    selectors = {"0x313ce567": "decimals", "0x95d89b41": "symbol", "0x06fdde03": "name"}
    plain = node._eth_call

    def call(what, name):
        if what["data"] not in selectors:
            return plain(what, name)
        if selectors[what["data"]] not in answers:
            raise Failure(3, "execution reverted")
        return "0x" + answers[selectors[what["data"]]].hex()

    node.more["eth_call"] = call
    with asking(node, folder) as a:
        reply = a.reply(A)
        assert reply.coverage[0].how == "balance equal"
        assert all(one.height == TIP for one in reply.observations)
        return {(one.subject, one.what): one.value for one in reply.observations}


def test_how_a_token_names_and_divides_itself_is_noted_at_a_height(tmp_path):
    told = asked(tmp_path, decimals=word(6), symbol=string("USDT"), name=b"Tether USD".ljust(32, b"\0"))
    assert told == {(TOKEN, "decimals"): "6", (TOKEN, "symbol"): "USDT", (TOKEN, "name"): "Tether USD"}


@pytest.mark.parametrize("scale", [word(10**77), word(256), b"", bytes(64), b"\x06"])
def test_a_scale_that_cannot_be_is_not_known(tmp_path, scale):
    assert asked(tmp_path, decimals=scale) == {}


def test_a_name_that_is_a_script_stays_a_text_in_plain_letters(tmp_path):
    told = asked(tmp_path, symbol=string("<script>\x1b[2J\u202e" + "A" * 900), name=string("a\nb"))
    shown = told[TOKEN, "symbol"]
    assert shown.startswith("<script>?[2J?AAA")
    assert len(shown) == 64
    assert told[TOKEN, "name"] == "a b"


@pytest.mark.parametrize(
    "said", [b"", b"\1", word(32), word(32) + word(2**255), word(64) + word(1) + word(1), word(32) + word(40) + word(1)]
)
def test_what_is_no_string_is_no_name(said):
    assert text_of(said) in {"", " "} or said == word(32)


def test_code_and_delegation_of_an_account_are_noted(tmp_path):
    assert asked(tmp_path / "code", "0x6001") == {(A, "code"): "2 bytes"}
    assert asked(tmp_path / "lent", "0xef0100" + B[2:]) == {(A, "delegation"): B}


def test_what_an_account_signed_to_run_another_s_code_is_noted_where_its_history_has_it(tmp_path):
    chain = Chain(TIP)
    chain.pay(10, B, A, 5)
    chain.txs[-1].update(type="0x4", authorizationList=[signed()])
    with asking(Node(chain), tmp_path) as a:
        reply = a.reply(A)
        (seen,) = [one for one in reply.observations if one.what == "delegation signed"]
        assert (seen.subject, seen.value, seen.height) == (SIGNER.address.lower(), C, 10)
        assert reply.coverage[0].how == "balance equal"


def test_nothing_depends_on_an_observation(tmp_path):
    chain = Chain(TIP)
    chain.pay(10, B, A, 5)
    node = Node(chain)
    node.more["eth_getCode"] = lambda *_: "no hex"
    with asking(node, tmp_path) as a:
        reply = a.reply(A, since=10)
        assert (reply.coverage[0].how, reply.observations) == ("balance equal", ())


def test_the_owners_of_a_safe_and_their_changes_are_noted(tmp_path):
    safe, first, second, third = who(5), who(6), who(7), who(8)
    chain = Chain(TIP)
    chain.pay(10, B, safe, 5)
    chain.send(20, B, safe, data="0x01", logs=[event(safe, [ADDED, topic(second)])])
    chain.send(30, B, safe, data="0x01", logs=[event(safe, [REMOVED], word(third))])
    node = Node(chain)
    node.codes[safe] = "0x6001"
    plain = node._eth_call

    def call(what, name):
        if (what["to"], what["data"]) == (safe, GET_OWNERS):
            return "0x" + (word(32) + word(2) + word(first) + word(second)).hex()
        return plain(what, name)

    node.more["eth_call"] = call
    with asking(node, tmp_path) as a:
        told = [(one.what, one.height, one.value) for one in a.reply(safe).observations]
        assert told[1:] == [
            ("signer", TIP, first),
            ("signer", TIP, second),
            ("signer added", 20, second),
            ("signer removed", 30, third),
        ]
        assert all(one.source is not None for one in a.reply(safe).observations)


@pytest.mark.parametrize(
    "said", [b"", word(32), word(32) + word(2) + word(A), word(32) + word(1) + word(2**200), word(0) * 3, b"\1" * 97]
)
def test_what_is_no_list_of_owners_names_none(said):
    assert owners_of(said) == ()


def test_topics_and_selector_follow_from_their_signatures():
    from web3 import Web3

    for found, (signature, _) in CHANGES.items():
        assert Web3.to_hex(Web3.keccak(text=signature)) == found
    assert Web3.to_hex(Web3.keccak(text="getOwners()"))[:10] == GET_OWNERS
