"""Every fault of docs/reliability.md against the adapter `esplora`, over a real connection."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from chaintrace.adapters.bitcoin.networks import native
from chaintrace.errors import Malformed, Unavailable
from chaintrace.model.chain import Account
from chaintrace.model.view import MissingHistory, MissingSpender, MissingTransaction
from tests.chaintrace.adapters.esplora_case import CHAIN, Theft, address, asked, connected, outpoint
from tests.hostile import reliability
from tests.hostile.doors import quick_door
from tests.hostile.esplora_ledger import txid
from tests.hostile.faults import CARRIAGE
from tests.hostile.server import Given

TX = "/api/tx/"
_NOT_POSSIBLE = {"wrong id": "Not possible: the API has no JSON-RPC"}


def bytes_of(raw: bytes):
    return lambda _, given: replace(given, body=raw.hex().encode())


def edited(**fields):
    """A change of a JSON object's fields."""
    return lambda _, given: replace(given, body=json.dumps(json.loads(given.body) | fields).encode())


def each(edit):
    """A change of each entry of a JSON list."""
    return lambda _, given: replace(given, body=json.dumps([edit(one) for one in json.loads(given.body)]).encode())


def cut(fields: slice):
    return lambda _, given: replace(given, body=json.dumps(json.loads(given.body)[fields]).encode())


def with_points(one: dict) -> dict:
    for output in one["vout"]:
        output["value"] = output["value"] + 0.5
    return one


def missing(a) -> MissingTransaction:
    return MissingTransaction(CHAIN, txid(a.theft.merge))


def history() -> MissingHistory:
    return MissingHistory(Account(address("busy"), native(CHAIN)))


def history_outcome(a) -> str:
    """The gap of a history: nothing that was listed is lost, and no history is empty."""
    reply = a.source.reply(history(), a.at)
    assert reply.transactions
    assert [coverage.how for coverage in reply.coverage] == ["claimed"]
    return f"Gap: {reply.gaps[0].text.replace(a.server.host, reliability.HOST)}"


def carriage(folder, name: str) -> str:
    """A fault of the connection, met by the first question of a transaction; then all is well, and nothing is lost."""
    with asked(folder) as a:
        a.source.reply(MissingTransaction(CHAIN, txid(a.theft.stolen)), a.at)
        a.server.fault(name, on=TX)
        if name == "refused":  # by a connection of its own: the old one would be answered still
            with quick_door(folder) as door:
                source = connected(a.server, door)
                return reliability.outcome(lambda: source.reply(missing(a), a.at), a.server.host)
        said = reliability.outcome(lambda: a.source.reply(missing(a), a.at), a.server.host)
        a.server.good()
        assert a.source.reply(missing(a), a.at).transactions[0].txid == txid(a.theft.merge)
        return said


def twice(a) -> None:
    """The first page, whatever was asked for."""
    page = a.esplora.answer(f"/address/{address('busy')}/txs/chain")
    a.server.change(lambda *_: page, on=PAGED)


def out_of_order(a) -> None:
    """The second page first, and the first one never."""
    second = a.esplora.answer(f"/address/{address('busy')}/txs/chain/{a.theft.ledger.coinbase(8)}")
    a.server.change(lambda request, given: second if request.path == PAGED else given, on=PAGED)


def counters(a) -> None:
    """Seven of everything."""
    names = ("tx_count", "funded_txo_count", "funded_txo_sum", "spent_txo_count", "spent_txo_sum")
    said = edited(chain_stats=dict.fromkeys(names, 7))
    plain = f"/api/address/{address('busy')}"
    a.server.change(lambda request, given: said(request, given) if request.path == plain else given, on=plain)


PAGED = f"/api/address/{address('busy')}/txs/chain"
PAGES = {
    "page twice": twice,
    "page out of order": out_of_order,
    "page shrinks": lambda a: a.server.change(cut(slice(1, None)), on=PAGED),
    "counters": counters,
}


def content(folder) -> dict[str, str]:
    """The faults of content."""
    found: dict[str, str] = {}
    raised = {
        "wrong bytes": (bytes_of(Theft().split), f"{TX}{txid(Theft().merge)}/hex"),
        "merkle branch": (edited(merkle=["11" * 32, "22" * 32]), f"{TX}{txid(Theft().merge)}/merkle-proof"),
        "other chain": (lambda *_: Given(("44" * 32).encode()), "/api/block-height/0"),
        "unsynced": (lambda *_: Given(b"Block not found", 404), "/api/block-height/4"),
        "fork": (lambda *_: Given(("55" * 32).encode()), "/api/block-height/4"),
    }
    for name, (change, on) in raised.items():
        with asked(folder / name) as a:
            a.server.change(change, on=on)
            found[name] = reliability.outcome(lambda a=a: a.source.reply(missing(a), a.at), a.server.host)
    for name, spoil in PAGES.items():
        theft = Theft()
        theft.busy(7)
        with asked(folder / name, theft) as a:
            a.esplora.page = 4
            spoil(a)
            found[name] = history_outcome(a)
    theft = Theft()
    theft.busy(3)
    with asked(folder / "floats", theft) as a:
        a.server.change(each(with_points), on=f"/api/address/{address('busy')}/txs/chain")
        found["floats"] = reliability.outcome(lambda: a.source.reply(history(), a.at), a.server.host)
    return found


def test_every_fault_has_its_outcome_and_the_page_says_so(tmp_path):
    outcomes = {
        fault.name: carriage(tmp_path / fault.name, fault.name) for fault in CARRIAGE if fault.name != "wrong id"
    }
    outcomes |= _NOT_POSSIBLE | content(tmp_path)
    for name, said in outcomes.items():
        assert name in _NOT_POSSIBLE or any(
            word in said for word in ("again", "another source", "url", "check", "key")
        ), said
    reliability.compare("esplora", outcomes)


@pytest.mark.parametrize("name", ["half a body", "web page", "reset", "500", "429", "200 MB"])
@pytest.mark.parametrize("on", ["", "/txs/chain", "/txs/mempool"])
def test_no_fault_makes_a_history_shorter(tmp_path, name, on):
    theft = Theft()
    theft.busy(3)
    with asked(tmp_path, theft) as a:
        a.server.fault(name, on=f"/api/address/{address('busy')}{on}")
        reliability.outcome(lambda: a.source.reply(history(), a.at), a.server.host)
        a.server.good()
        assert len(a.source.reply(history(), a.at).transactions) == 3


@pytest.mark.parametrize("name", ["half a body", "web page", "reset", "500", "429"])
@pytest.mark.parametrize("on", ["/outspend/", "/utxo"])
def test_no_fault_makes_an_output_unspent(tmp_path, name, on):
    with asked(tmp_path) as a:
        spot = outpoint(a.theft.split, 0)
        a.server.fault(name, on=f"{TX}{spot.txid}{on}" if on == "/outspend/" else f"/api/address/{address('rest')}{on}")
        reliability.outcome(lambda: a.source.reply(MissingSpender(spot), a.at), a.server.host)


@pytest.mark.parametrize("said", ["A\x1b[2J\ud800" * 100_000, 1e300, [1] * 100_000])
def test_what_a_server_says_instead_of_a_number_is_shown_in_short_and_plain(tmp_path, said):
    with asked(tmp_path) as a:
        a.server.change(edited(pos=said, block_height=said), on=f"{TX}{txid(a.theft.merge)}/merkle-proof")
        with pytest.raises(Malformed) as caught:
            a.source.reply(missing(a), a.at)
        assert str(caught.value).isprintable()
        assert len(str(caught.value)) < 400


def test_a_refusal_is_shown_in_plain_letters(tmp_path):
    with asked(tmp_path) as a:
        a.server.change(lambda *_: Given(b"Too many \x1b[2J outputs", 400), on=f"/api/address/{address('rest')}/utxo")
        (gap,) = a.source.reply(MissingSpender(outpoint(a.theft.split, 0)), a.at).gaps
        assert "(Too many ?[2J outputs)" in gap.text


@pytest.mark.parametrize(
    "body",
    [
        b"Transaction not found",
        b'{"error":"Transaction not found"}',
        b"No such mempool or blockchain transaction. Use gettransaction for wallet transactions.",
    ],
)
def test_what_electrs_and_mempool_say_of_a_transaction_that_is_not_there_is_its_absence(tmp_path, body):
    with asked(tmp_path) as a:
        a.server.change(lambda *_: Given(body, 404), on=TX)
        assert a.source.reply(missing(a), a.at).absent


@pytest.mark.parametrize("body", [b"", b"[]", b'{"error":1}', b"{", b"404 page", b"not found " * 40])
def test_other_words_with_status_404_are_malformed(tmp_path, body):
    with asked(tmp_path) as a:
        a.server.change(lambda *_: Given(body, 404), on=TX)
        with pytest.raises(Malformed, match=r"look at the url of the source|nothing of it is used"):
            a.source.reply(missing(a), a.at)


def test_a_web_page_with_status_404_is_not_the_absence_of_a_transaction(tmp_path):
    with asked(tmp_path) as a:
        a.server.change(lambda *_: Given(b"<html>Not Found</html>", 404, "text/html"), on=TX)
        with pytest.raises(Malformed, match="a page of status 404 that is not the API's: look at the url"):
            a.source.reply(missing(a), a.at)
        a.server.good()
        assert a.source.reply(missing(a), a.at).transactions


def test_after_429_the_rest_is_asked_and_nothing_again(tmp_path):
    with asked(tmp_path) as a:
        a.server.fault("429 and when", on=f"{TX}{txid(a.theft.split)}", times=2)
        assert a.source.reply(missing(a), a.at).transactions
        assert 1.9 < sum(a.door.pauses) < 3.1
        paths = a.paths()
        assert [path for path in set(paths) if paths.count(path) > 1] == [f"/tx/{txid(a.theft.split)}/hex"]


SPENT = {
    "another spender": (
        lambda theft: {"spent": True, "txid": txid(theft.stolen), "vin": 0},
        Malformed,
        "and its bytes do not",
    ),
    "a spender that is not there": (
        lambda _: {"spent": True, "txid": "66" * 32, "vin": 0},
        Unavailable,
        "and does not have it: try again later",
    ),
    "no word of it": (lambda _: {}, Malformed, "which is neither true nor false"),
    "unspent though it is": (lambda _: {"spent": False}, Malformed, "one of the two is wrong, so neither is used"),
}


@pytest.mark.parametrize("name", SPENT)
def test_a_lie_about_what_spends_an_output_is_noticed(tmp_path, name):
    said, error, sentence = SPENT[name]
    with asked(tmp_path) as a:
        spot = outpoint(a.theft.split, 1)
        a.server.change(lambda *_: Given.json(said(a.theft)), on=f"{TX}{spot.txid}/outspend/")
        with pytest.raises(error, match=sentence):
            a.source.reply(MissingSpender(spot), a.at)


def test_a_spending_between_the_two_questions_is_found(tmp_path):
    with asked(tmp_path) as a:
        spot = outpoint(a.theft.split, 1)
        a.server.change(lambda *_: Given.json({"spent": False}), on=f"{TX}{spot.txid}/outspend/", times=1)
        assert [found.txid for found in a.source.reply(MissingSpender(spot), a.at).transactions] == [
            txid(a.theft.merge)
        ]


def test_an_amount_with_a_point_in_the_list_of_unspent_outputs_is_malformed(tmp_path):
    with asked(tmp_path) as a:
        a.server.change(each(lambda one: one | {"value": 20.5e8}), on=f"/api/address/{address('rest')}/utxo")
        with pytest.raises(Malformed, match="amounts with a point are not exact"):
            a.source.reply(MissingSpender(outpoint(a.theft.split, 0)), a.at)


PROOFS = {
    "position": (edited(pos=9), "does not lead to block"),
    "height": (edited(block_height=2), "where height 3 was said before"),
    "a position that is no number": (edited(pos="1"), "which is no whole number"),
    "a branch that is no list": (edited(merkle="11"), "which is no list"),
}


@pytest.mark.parametrize("name", PROOFS)
def test_a_merkle_proof_that_says_anything_else_is_malformed(tmp_path, name):
    change, sentence = PROOFS[name]
    with asked(tmp_path) as a:
        a.server.change(change, on=f"{TX}{txid(a.theft.merge)}/merkle-proof")
        with pytest.raises(Malformed, match=sentence):
            a.source.reply(missing(a), a.at)


def test_a_header_without_work_or_of_another_block_is_malformed(tmp_path):
    with asked(tmp_path) as a:
        header = a.theft.ledger.headers[a.theft.ledger.blocks[2].header.hash]
        a.server.change(bytes_of(header), on=f"/api/block/{a.theft.ledger.blocks[3].header.hash}/header")
        with pytest.raises(Malformed, match="is that of"):
            a.source.reply(missing(a), a.at)


def test_a_transaction_whose_block_is_not_in_the_chain_is_unavailable(tmp_path):
    with asked(tmp_path) as a:
        a.server.change(lambda *_: Given(("77" * 32).encode()), on="/api/block-height/3")
        with pytest.raises(Unavailable, match="the chain was re-organised meanwhile; try again later"):
            a.source.reply(missing(a), a.at)
