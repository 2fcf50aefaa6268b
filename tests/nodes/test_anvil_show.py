"""`show TXID` on a real node: for every transaction of the story, what the script did, and not a unit more."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from chaintrace.cli import run
from tests.nodes.anvil import CHAIN, address
from tests.nodes.evm_books import NOBODY
from tests.nodes.evm_story import ETH

MOVES = ("index", "kind", "contract", "from", "to", "value")


def show(node, txid, capsys):
    """The exit code, and what was printed as JSON."""
    code = run(["show", txid, "--chain", CHAIN, "--from", f"evm-rpc={node.url}", "--json"])
    out, err = capsys.readouterr()
    assert (code, err) == (0, "")
    return json.loads(out)


def kind(move):
    """The word for a movement, by its place in the transaction and its sides."""
    if move.index == "value":
        return "native"
    if NOBODY in {move.sender, move.receiver}:
        return "mint" if move.sender == NOBODY else "burn"
    return "internal" if move.index.startswith("call") else "token"


def booked(page):
    """The transfers of a page as `show` writes them."""
    return [
        (move.index, kind(move), move.asset or None, move.sender or None, move.receiver or None, str(move.value))
        for move in page.moves
        if not move.silent
    ]


def kinds_of(books):
    """A transaction of every kind that the story has: what is called, what moves, and whether it failed."""
    shapes = {}
    for page in books.pages.values():
        deed, moves = books.deeds[page.name], [(move.index, kind(move)) for move in page.moves]
        shapes.setdefault((page.failed, deed.to is None, deed.data[:4], *moves), page)
    return shapes.values()


def test_transactions_of_every_kind_are_shown_as_the_books_have_them(anvil, evm_told, capsys):
    assert len(kinds_of(evm_told.books)) >= 25
    for page in kinds_of(evm_told.books):
        told = show(anvil, page.txid, capsys)
        assert (page.name, told["status"]) == (page.name, "failed" if page.failed else "confirmed")
        assert (told["height"], told["time"]) == (
            page.height,
            datetime.fromtimestamp(page.time, UTC).strftime("%FT%TZ"),
        )
        assert told["fee"] == {"payer": page.sender, "asset": "ETH", "value": str(page.fee)}
        assert (page.name, [tuple(one[part] for part in MOVES) for one in told["transfers"]]) == (
            page.name,
            booked(page),
        )


@pytest.mark.parametrize("name", ["refused", "too late"])
def test_a_failed_one_moves_its_fee_only(anvil, evm_told, capsys, name):
    told = show(anvil, evm_told.books.pages[name].txid, capsys)
    assert (told["status"], told["transfers"]) == ("failed", [])
    assert int(told["fee"]["value"]) > 0


def test_what_a_contract_refuses_has_not_moved_nor_what_it_sent_on_before(anvil, evm_told, capsys):
    told = show(anvil, evm_told.books.pages["split"].txid, capsys)
    assert evm_told.refuser not in json.dumps(told)
    assert [one["index"] for one in told["transfers"]] == ["value", "call:0", "call:2"]


def test_whoever_pays_the_gas_of_a_drain_is_not_who_is_drained(anvil, evm_told, capsys):
    told = show(anvil, evm_told.books.pages["drain"].txid, capsys)
    assert told["fee"]["payer"] == address("operator")
    assert {one["from"] for one in told["transfers"]} == {address("victim")}


def test_a_contract_is_made_with_value_and_destroyed_with_more(anvil, evm_told, capsys):
    made, closed = (evm_told.books.pages[name] for name in ("vault", "close"))
    (value,) = show(anvil, made.txid, capsys)["transfers"]
    (gone,) = show(anvil, closed.txid, capsys)["transfers"]
    assert value["to"] == gone["from"] == made.created
    assert (int(value["value"]), int(gone["value"])) == (6 * ETH, 7 * ETH)
    (_, burned) = show(anvil, evm_told.books.pages["burned"].txid, capsys)["transfers"]
    assert (burned["kind"], burned["to"]) == ("burn", None)


def test_a_pending_one_is_shown_as_pending(tmp_path, capsys, anvil_program):  # noqa: ARG001  # asked first
    from tests.nodes import anvil as nodes
    from tests.nodes import evm_books

    with nodes.anvil(tmp_path) as node:
        books = evm_books.Books(node)
        deed = evm_books.pay("waiting", "rich 0", address("thief"), 7)
        txid = node.rpc("eth_sendRawTransaction", books.signed(deed))
        told = show(node, txid, capsys)
        assert (told["status"], told["height"], told["fee"]) == ("pending", None, None)
        assert [(one["to"], one["value"]) for one in told["transfers"]] == [(address("thief"), "7")]
        node.rpc("evm_mine")
        assert show(node, txid, capsys)["status"] == "confirmed"
