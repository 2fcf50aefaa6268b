"""The adapter `tron-node` over loopback: what it answers, what it leaves open, and what it does not believe."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from chaintrace.adapters.tron_node import TronNode
from chaintrace.adapters.tron_node.standing import chains
from chaintrace.errors import InputError, Malformed, Refused, Unavailable
from chaintrace.model.chain import Account, Asset, OutPoint
from chaintrace.model.view import MissingHistory, MissingSpender, MissingTransaction
from chaintrace.resources import read_text
from tests.chaintrace.adapters.tron.making import ALICE, BOB, TIME, TOKEN, call, info, inner, log, signed
from tests.chaintrace.adapters.tron_node.node import MAINNET, Node, asking, endpoint
from tests.hostile.server import Asked, Given

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from chaintrace.adapters.network import Reply
    from tests.chaintrace.adapters.tron_node.node import Asking

PAID = signed("TransferContract", (1, ALICE), (2, BOB), (3, 5))
CALLED = call(7)
CALLED_INFO = info(
    CALLED, 9, log=[log(ALICE, BOB, 2**255)], internal_transactions=[inner(TOKEN, BOB, {"callValue": 3})]
)


def small() -> Node:
    """Five blocks; the second holds a payment and a call."""
    node = Node()
    node.mine()
    node.mine((PAID, info(PAID)), (CALLED, CALLED_INFO))
    for _ in range(3):
        node.mine()
    return node


def about(a: Asking, told: dict[str, Any]) -> Reply:
    return a.source.reply(MissingTransaction("tron", told["txID"]), a.at)


def test_it_says_what_it_is(tmp_path: Path) -> None:
    with asking(small(), tmp_path) as a:
        assert (a.at.chain, a.at.height, a.at.finalized, a.at.synced) == ("tron", 5, 3, None)
        assert a.at.time == TIME + 15
        assert a.source.block_hash(2) == f"{2:016x}" + "ab" * 24
        with pytest.raises(Unavailable, match="no block at height 9"):
            a.source.block_hash(9)


def test_a_node_without_the_solid_questions_says_nothing_of_them(tmp_path: Path) -> None:
    node = small()
    node.solid = None
    with asking(node, tmp_path) as a:
        assert a.at.finalized is None


def test_a_transaction_with_its_place_and_all_that_it_did(tmp_path: Path) -> None:
    with asking(small(), tmp_path) as a:
        reply = about(a, CALLED)
    (found,) = reply.transactions
    assert (found.height, found.position, found.time, found.status) == (2, 1, TIME + 6, "confirmed")
    assert [(one.index, one.value) for one in found.transfers] == [
        ("value", 7),
        ("call:0", 3),
        ("log:0", 2**255),
        ("fee", 9),
    ]
    assert reply.gaps == ()
    assert not reply.still_missing
    assert found.source is not None
    assert found.source.adapter == "tron-node"


def test_what_waits_is_pending_and_what_is_not_there_is_absent(tmp_path: Path) -> None:
    node = small()
    waits = signed("TransferContract", (1, ALICE), (2, BOB), (3, 6))
    node.waiting[waits["txID"]] = waits
    with asking(node, tmp_path) as a:
        (found,) = about(a, waits).transactions
        assert (found.status, found.height, [one.index for one in found.transfers]) == ("pending", None, ["value"])
        assert about(a, {"txID": "cd" * 32}).absent


def test_what_came_after_the_tip_is_pending_as_of_it(tmp_path: Path) -> None:
    with asking(small(), tmp_path) as a:
        earlier = replace(a.at, height=1, block_hash=f"{1:016x}" + "ab" * 24)
        (found,) = a.source.reply(MissingTransaction("tron", PAID["txID"]), earlier).transactions
        assert found.status == "pending"


def test_other_questions_stay_open_with_a_gap(tmp_path: Path) -> None:
    with asking(small(), tmp_path) as a:
        for missing in (MissingHistory(Account(ALICE, Asset("tron", ""))), MissingSpender(OutPoint("tron", "ab", 0))):
            reply = a.source.reply(missing, a.at)
            assert reply.still_missing
            assert "add a source" in reply.gaps[0].text


def test_a_node_of_another_chain_is_not_used(tmp_path: Path) -> None:
    node = small()
    node.blocks[0]["blockID"] = MAINNET[:-8] + "cd8690dc"
    with asking(node, tmp_path) as a:
        assert a.at.chain == "tron-nile"
        with pytest.raises(Malformed, match="one of tron-nile, not of tron"):
            about(a, PAID)


def test_another_fork_and_a_reorganisation_are_noticed(tmp_path: Path) -> None:
    node = small()
    with asking(node, tmp_path) as a:
        with pytest.raises(Unavailable, match="follows another fork"):
            a.source.reply(MissingTransaction("tron", PAID["txID"]), replace(a.at, block_hash="cd" * 32))
        with pytest.raises(Unavailable, match="not synced"):
            a.source.reply(MissingTransaction("tron", PAID["txID"]), replace(a.at, height=9))
        node.blocks[2]["transactions"] = [CALLED]
        with pytest.raises(Unavailable, match="no longer does"):
            about(a, PAID)
        del node.infos[CALLED["txID"]]
        with pytest.raises(Unavailable, match="does not tell what came of it"):
            about(a, CALLED)


def test_absence_holds_only_while_the_tip_is_in_the_chain(tmp_path: Path) -> None:
    node = small()
    with asking(node, tmp_path) as a:
        about(a, PAID)
        node.blocks[5]["blockID"] = "ef" * 32
        with pytest.raises(Unavailable, match="re-organised"):
            about(a, {"txID": "cd" * 32})


def test_what_a_lite_node_does_not_have_may_exist(tmp_path: Path) -> None:
    node = small()
    node.blocks[1] = {}
    with asking(node, tmp_path) as a:
        reply = about(a, {"txID": "cd" * 32})
        assert not reply.absent
        assert reply.still_missing
        assert "lite node" in reply.gaps[0].text
        assert about(a, PAID).transactions


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("gettransactionbyid", {**CALLED}),
        ("gettransactionbyid", {**PAID, "raw_data_hex": CALLED["raw_data_hex"]}),
        ("gettransactionbyid", []),
        ("gettransactioninfobyid", {**CALLED_INFO}),
        ("gettransactioninfobyid", {**info(PAID), "blockNumber": 2, "blockTimeStamp": 1.5}),
        ("getblockbynum", {"blockID": "ab"}),
    ],
)
def test_answers_about_something_else_are_malformed(tmp_path: Path, path: str, body: object) -> None:
    with asking(small(), tmp_path) as a:
        a.server.change(lambda _asked, _given: Given.json(body), on=f"/wallet/{path}")
        with pytest.raises(Malformed):
            about(a, PAID)


def test_an_error_in_an_answer_is_a_refusal_never_an_absence(tmp_path: Path) -> None:
    def refuse(_asked: Asked, _given: Given) -> Given:
        return Given.json({"Error": "class org.tron.core.exception: busy"})

    with asking(small(), tmp_path) as a:
        a.server.change(refuse, on="/wallet/gettransactionbyid")
        with pytest.raises(Refused, match="answers wallet/gettransactionbyid with an error"):
            about(a, PAID)


@pytest.mark.parametrize("fault", ["reset", "500", "half a body", "web page", "gzip bomb", "redirect", "429", "403"])
def test_a_fault_is_an_error_and_never_an_empty_answer(tmp_path: Path, fault: str) -> None:
    with asking(small(), tmp_path) as a:
        a.server.fault(fault, on="/wallet/gettransactioninfobyid")
        with pytest.raises((Unavailable, Refused, Malformed)):
            about(a, PAID)


@pytest.mark.parametrize("url", ["ftp://127.0.0.1", "http://", "http://127.0.0.1:8090/?a=b"])
def test_a_url_that_cannot_be_a_node_is_bad_input(url: str) -> None:
    with pytest.raises(InputError, match="cannot be the url of a node"):
        TronNode().connect(endpoint(url), None)


def test_its_chains_are_those_of_the_data() -> None:
    table = tomllib.loads(read_text("chains.toml"))
    assert set(TronNode.chains) == {name for name, entry in table.items() if entry["address"] == "tron"}
    assert set(chains().values()) == set(TronNode.chains)
