"""Every fault of docs/reliability.md against the adapter `bitcoin-core`, over a real connection."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from chaintrace.adapters.bitcoin_core import BitcoinCore
from chaintrace.errors import Malformed
from chaintrace.model.view import MissingTransaction
from tests.chaintrace.adapters.bitcoin_core.asking import ABSENT, TOLD, asking, endpoint
from tests.hostile import reliability
from tests.hostile.doors import quick_door
from tests.hostile.faults import CARRIAGE
from tests.hostile.server import HostileServer
from tests.nodes import story
from tests.nodes.core import Core, merkle_block

PAGES = ("page twice", "page out of order", "page shrinks", "counters")
NOWHERE = MissingTransaction(story.CHAIN, ABSENT)
_NOT_POSSIBLE = dict.fromkeys(PAGES, "Not possible: a node has no histories, so it has no pages and no counters")


def told(result):
    """A change of the whole result of a call."""
    return lambda asked, given: replace(
        given, body=json.dumps({"result": result, "error": None, "id": json.loads(asked.body)["id"]}).encode()
    )


def carriage(folder, name: str) -> str:
    """A fault of the connection while a transaction is fetched; then all is well, and nothing is lost."""
    with HostileServer(Core(TOLD.blocks).answer) as server, asking(server.url, folder) as a:
        a.transaction("theft")
        server.fault(name, on="getrawtransaction")
        if name == "refused":  # by a connection of its own: the old one would be answered still
            with quick_door(folder, allowed="own") as door:
                source = BitcoinCore().connect(endpoint(server.url), door)
                return reliability.outcome(lambda: source.reply(missing("split"), a.at), server.host)
        said = reliability.outcome(lambda: a.transaction("split"), server.host)
        server.good()
        before = len(server.asked)
        assert a.transaction("theft").transactions[0].txid == TOLD.theft.txid
        assert len(server.asked) == before
        assert a.transaction("split").transactions[0].txid == TOLD.payments["split"].txid
        return said


def missing(name: str) -> MissingTransaction:
    return MissingTransaction(story.CHAIN, TOLD.payments[name].txid)


def wrong_bytes(server) -> None:
    """The bytes of another transaction, where bytes are asked for."""
    raw = told(TOLD.payments["merge"].raw.hex())

    def lie(asked, given):
        return raw(asked, given) if json.loads(asked.body)["params"][1] == 0 else given

    server.change(lie, on="getrawtransaction")


def wrong_branch(server) -> None:
    """A branch of the right block, with another hash in it."""
    block = TOLD.block_of("split")
    proof = merkle_block(block.raw[:80], (ABSENT, *block.txids[1:]), TOLD.payments["split"].txid)
    server.change(told(proof.hex()), on="gettxoutproof")


def floats(server) -> None:
    """An amount of more digits than a satoshi has."""

    def lie(_, given):
        return replace(given, body=given.body.replace(b'"value": 3.99985109', b'"value": 3.9998510900000001'))

    server.change(lie, on="gettxout")


def content(folder) -> dict[str, str]:
    """The faults of content."""
    found: dict[str, str] = {}
    for name, lie in (("wrong bytes", wrong_bytes), ("merkle branch", wrong_branch)):
        with HostileServer(Core(TOLD.blocks).answer) as server, asking(server.url, folder / name) as a:
            lie(server)
            found[name] = reliability.outcome(lambda a=a: a.transaction("split"), server.host)
    with HostileServer(Core(TOLD.blocks).answer) as server, asking(server.url, folder / "floats") as a:
        floats(server)
        found["floats"] = reliability.outcome(lambda: a.spender("late", 1), server.host)
    loading = Core(TOLD.blocks, loading=True, headers=900)
    other = Core(TOLD.blocks, chain_genesis="4" * 64)
    for name, core in (("unsynced", loading), ("other chain", other), ("fork", Core(TOLD.blocks))):
        with HostileServer(core.answer) as server, asking(server.url, folder / name) as a:
            at = replace(a.at, block_hash="55" * 32) if name == "fork" else a.at
            found[name] = reliability.outcome(lambda a=a, at=at: a.source.reply(NOWHERE, at), server.host)
    return found


def test_every_fault_has_its_outcome_and_the_page_says_so(tmp_path):
    outcomes = {fault.name: carriage(tmp_path / fault.name, fault.name) for fault in CARRIAGE}
    outcomes |= content(tmp_path) | _NOT_POSSIBLE
    reliability.compare("bitcoin-core", outcomes)


@pytest.mark.parametrize("number", [b"1e999999", b"1e-999999", b"3." + b"0" * 40 + b"1", b"9" * 4000, b"-1.0"])
def test_an_amount_beyond_all_bounds_is_malformed(tmp_path, number):
    def lie(_, given):
        return replace(given, body=given.body.replace(b'"value": 3.99985109', b'"value": ' + number))

    with HostileServer(Core(TOLD.blocks).answer) as server, asking(server.url, tmp_path) as a:
        server.change(lie, on="gettxout")
        with pytest.raises(Malformed, match="no whole number of satoshi"):
            a.spender("late", 1)


def test_a_height_beyond_all_bounds_is_malformed(tmp_path):
    def lie(_, given):
        return replace(given, body=given.body.replace(b'"blocks": 442', b'"blocks": 99999999999999999999'))

    with HostileServer(Core(TOLD.blocks).answer) as server, asking(server.url, tmp_path) as a:
        server.change(lie, on="getblockchaininfo")
        with pytest.raises(Malformed, match="a whole number was expected"):
            a.source.status()


def test_amounts_with_a_point_or_an_exponent_are_read_to_the_satoshi(tmp_path):
    def exponent(_, given):
        return replace(given, body=given.body.replace(b'"value": 3.99985109', b'"value": 399985109e-8'))

    with HostileServer(Core(TOLD.blocks).answer) as server, asking(server.url, tmp_path) as a:
        server.change(exponent, on="gettxout")
        assert [rests.how for rests in a.spender("late", 1).unspent] == ["unspent set"]
