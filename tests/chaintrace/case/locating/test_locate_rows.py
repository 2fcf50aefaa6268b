"""What `locate` prints of an explorer's list can be used as it stands: as a place in the transaction, or as a row."""

from __future__ import annotations

import csv
import io

import pytest

from chaintrace.case.access import Access
from chaintrace.case.locating.exact_index import MOST
from chaintrace.case.locating.locate import Question, locate
from chaintrace.case.result import now
from chaintrace.cli import run
from tests.chaintrace.adapters.etherscan.town import PATH, TOKEN
from tests.hostile.etherscan_books import Books, address
from tests.hostile.etherscan_server import Explorer
from tests.hostile.server import HostileServer


@pytest.fixture
def books():
    books = Books()
    books.pay("shop", TOKEN, tokens=[(TOKEN, "0x" + "0" * 40, "victim", 9_000_000)])
    books.pay("victim", TOKEN, tokens=[(TOKEN, "victim", "dust", 3), (TOKEN, "victim", "thief", 5_000_000)])
    books.pay("thief", TOKEN, tokens=[(TOKEN, "thief", "next", 5_000_000)])
    books.pay("victim", "hub", 7 * 10**9, inside=[("hub", "thief", 7 * 10**9)])
    return books


def looked(server, party="victim", amount="5", asset=TOKEN):
    question = Question(
        amount, "2022-01-01", "2023-01-01", "ethereum", address(party), asset=asset, zone="UTC",
        source=f"etherscan={server.url}{PATH}",
    )  # fmt: skip
    return locate(question, Access("own"), now, print).candidates


def traced(folder, server, monkeypatch, txid, index):
    """Where `trace TXID --index` begins."""
    monkeypatch.setenv("CHAINTRACE_NETWORK", "own")
    url = f"etherscan={server.url}{PATH}"
    code = run(["trace", txid, "--chain", "ethereum", "--index", index, "--from", url, "--to", str(folder)])
    assert code in {0, 3}
    (first, *_) = csv.DictReader(io.StringIO((folder / "report" / "hops.csv").read_text("utf-8-sig")))
    return first["txid"], first["index"]


def test_the_index_is_the_exact_one_where_the_explorer_tells_the_transaction(tmp_path, books, monkeypatch):
    with HostileServer(Explorer(books)) as server:
        (one,) = looked(server)
        assert (one.payment.transaction.txid, one.payment.index) == (books.mined[1].txid, "log:1")
        assert one.payment.asset.decimals == 6
        txid = books.mined[1].txid
        assert traced(tmp_path / "a", server, monkeypatch, txid, "log:1") == (txid, "log:1")


def test_the_name_of_a_row_still_means_the_transfer_once_its_place_is_known(tmp_path, books, monkeypatch):
    with HostileServer(Explorer(books, has_proxy=False)) as server:
        (one,) = looked(server)
        assert one.payment.index.startswith("row:")
    with HostileServer(Explorer(books)) as server:
        txid = books.mined[1].txid
        assert traced(tmp_path / "a", server, monkeypatch, txid, one.payment.index) == (txid, "log:1")


def test_a_call_that_no_list_places_is_named_alike_by_both(tmp_path, books, monkeypatch):
    with HostileServer(Explorer(books)) as server:
        (one,) = looked(server, "thief", "0.000000007", "ETH")
        txid = books.mined[3].txid
        assert one.payment.index.startswith("row:")
        assert traced(tmp_path / "a", server, monkeypatch, txid, one.payment.index) == (txid, one.payment.index)


def test_no_more_transactions_are_asked_for_than_a_person_looks_at(books):
    for _ in range(MOST + 2):
        books.pay("victim", TOKEN, tokens=[(TOKEN, "victim", "thief", 1_000)])
    with HostileServer(Explorer(books)) as server:
        found = [one.payment.index[:4] for one in looked(server, amount="0.001")]
        assert found == ["log:"] * MOST + ["row:"] * 2
