"""Histories of an explorer: read to the end whatever its pages are, held against the balance, told as decoding does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from chaintrace.errors import Malformed, Unavailable
from chaintrace.store.merging import merged
from tests.chaintrace.adapters.etherscan.town import LIST, TOKEN, account, asked
from tests.hostile.etherscan_books import ZERO, Books, address
from tests.hostile.server import Given

ETH = 10**18


def story() -> Books:
    """A thief is paid, by a call too, pays on, fails once, gives nothing once, and makes a contract."""
    books = Books()
    books.pay("victim", "thief", 5 * ETH)
    books.pay("victim", "bridge", inside=[("bridge", "thief", 7 * ETH)])
    books.pay("thief", "first", 2 * ETH)
    books.pay("thief", "first", ETH, failed=True)
    books.pay("victim", "bridge", inside=[("bridge", "thief", ETH, False)])
    books.pay("thief", "first")
    books.pay("thief", None, ETH, data="0x6000")
    return books


def moves(reply):
    """What a reply tells: the index, kind, value, and whether the account pays."""
    return [
        (one.index[:4], one.kind, one.value, [leg.address for leg in one.inputs])
        for transaction in reply.transactions
        for one in transaction.transfers
    ]


def test_a_native_history_adds_up_to_the_balance(tmp_path):
    with asked(tmp_path, story()) as a:
        reply = a.history("thief")
        (coverage,) = reply.coverage
        assert (coverage.how, coverage.opening, coverage.start, coverage.end) == ("balance equal", 0, 0, a.at.height)
        assert reply.gaps == ()
        victim, bridge, thief = address("victim"), address("bridge"), address("thief")
        assert moves(reply) == [
            ("valu", "native", 5 * ETH, [victim]),
            ("row:", "internal", 7 * ETH, [bridge]),
            ("fee", "fee", 210_000, [thief]),
            ("valu", "native", 2 * ETH, [thief]),
            ("fee", "fee", 210_000, [thief]),
            ("fee", "fee", 210_000, [thief]),
            ("valu", "native", 0, [thief]),
            ("fee", "fee", 600_000, [thief]),
            ("valu", "native", ETH, [thief]),
        ]
        assert [one.status for one in reply.transactions].count("failed") == 1
        made = reply.transactions[-1].transfers[-1].outputs[0].address
        assert made not in {"", thief}


def test_what_lists_tell_is_what_the_transaction_says_by_itself(tmp_path):
    with asked(tmp_path, story()) as a:
        for told in a.history("thief").transactions:
            whole = a.source._transactions.reply(told.txid, a.at).transactions[0]
            known = {(one.index, one.kind, one.inputs, one.outputs) for one in whole.transfers}
            assert {(one.index, one.kind, one.inputs, one.outputs) for one in told.transfers} <= known
            assert (told.block, told.status) == (whole.block, whole.status)
            assert told.position == whole.position
            for one in (merged(told, whole), merged(whole, told)):
                assert {each.index for each in one.transfers} == {each.index for each in whole.transfers}


@pytest.mark.parametrize("records", [1, 2, 3, 4, 7, 1_000])
@pytest.mark.parametrize("number", [1, 2, 3, 12])
def test_every_size_of_pages_gives_the_same_history(tmp_path, records, number):
    books = Books()
    for place in range(number):
        books.pay("victim", "thief", 1 + place, beside=place % 3 > 0)
        books.pay("thief", "other", 1, beside=place % 2 > 0)
    books.pay("victim", "thief", ETH)
    with asked(tmp_path, books, records=records) as a:
        reply = a.history("thief")
        assert len(reply.transactions) == 2 * number + 1
        assert reply.coverage[0].how == "balance equal"


@examples(st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 9)), max_size=25), st.integers(1, 9))
def test_no_row_is_lost_or_doubled_however_blocks_and_pages_fall(tmp_path_factory, story, records):
    books = Books()
    books.pay("bank", "thief", ETH)
    for comes, beside, value in story:
        books.pay(*(("victim", "thief") if comes else ("thief", "other")), value, beside=beside)
    with asked(tmp_path_factory.mktemp("town"), books, records=records) as a:
        reply = a.history("thief")
        assert len(reply.transactions) == len(story) + 1
        assert reply.coverage[0].how == "balance equal"
        assert reply.gaps == ()


def test_a_token_history_tells_transfers_mints_and_burns(tmp_path):
    books = Books()
    books.pay("issuer", TOKEN, tokens=[(TOKEN, ZERO, "thief", 100)])
    books.pay("thief", TOKEN, tokens=[(TOKEN, "thief", "other", 30)])
    books.pay("router", TOKEN, tokens=[(TOKEN, "thief", "other", 3), ("else", "thief", "other", 9)])
    books.pay("thief", TOKEN, tokens=[(TOKEN, "thief", ZERO, 7)])
    books.pay("thief", TOKEN, tokens=[(TOKEN, "thief", "thief", 5)])
    with asked(tmp_path, books) as a:
        reply = a.history("thief", TOKEN)
        thief = address("thief")
        assert moves(reply) == [
            ("row:", "mint", 100, []),
            ("row:", "token", 30, [thief]),
            ("row:", "token", 3, [thief]),
            ("row:", "burn", 7, [thief]),
            ("row:", "token", 5, [thief]),
        ]
        assert reply.coverage[0].how == "balance equal"
        assert {one.asset.contract for tx in reply.transactions for one in tx.transfers} == {TOKEN}


def test_two_rows_of_one_transaction_are_asked_whole(tmp_path):
    books = Books()
    books.pay("bank", "thief", ETH)
    swap = books.pay("x", TOKEN, tokens=[(TOKEN, "a", "thief", 4), (TOKEN, "thief", "b", 4), (TOKEN, "a", "thief", 4)])
    both = books.pay("x", "pool", inside=[("pool", "thief", 5), ("pool", "thief", 5), ("thief", "pool", 1)])
    with asked(tmp_path, books) as a:
        (told,) = a.history("thief", TOKEN).transactions
        assert (told.txid, [one.index for one in told.transfers][1:]) == (swap.txid, ["log:0", "log:1", "log:2"])
        native = a.history("thief").transactions[-1]
        assert native.txid == both.txid
        assert [one.value for one in native.transfers if one.kind == "internal"] == [5, 5, 1]
        assert len({one.index for one in native.transfers}) == len(native.transfers)


def test_both_lists_name_one_transfer_alike(tmp_path):
    books = Books()
    books.pay("bank", "thief", 9, tokens=[(TOKEN, "bank", "thief", 9)])
    books.pay("x", TOKEN, tokens=[(TOKEN, "thief", "other", 4)])
    books.pay("x", "pool", inside=[("thief", "other", 5)])
    with asked(tmp_path, books) as a:
        for contract in ("", TOKEN):
            mine, theirs = (a.history(name, contract).transactions for name in ("thief", "other"))
            assert [tx.transfers for tx in mine[1:]] == [tx.transfers for tx in theirs]
            assert theirs


def test_a_call_alone_in_a_block_near_the_tip_has_its_place_from_the_block(tmp_path):
    books = Books()
    books.pay("bank", "thief", ETH)
    books.pay("x", "pool", inside=[("pool", "thief", 5)], beside=True)
    books.pay("x", "pool", inside=[("pool", "thief", 5)])
    with asked(tmp_path, books) as a:
        history = a.history("thief")
        assert [tx.position for tx in history.transactions] == [1, 2, 1]
        assert "eth_getTransactionReceipt" not in a.actions()


def test_a_call_alone_in_an_old_block_with_more_has_its_place_from_the_block_too(tmp_path):
    books = Books()
    books.pay("bank", "thief", ETH)
    books.pay("x", "pool", inside=[("pool", "thief", 5)], beside=True)
    books.pay("x", "pool", inside=[("pool", "thief", 5)])
    books.head += 20_000
    with asked(tmp_path, books) as a:
        assert [tx.position for tx in a.history("thief").transactions] == [1, 2, 0]
        assert a.actions().count("eth_getBlockByNumber") == 1


def test_rows_above_the_tip_count_for_the_balance_and_are_not_told(tmp_path):
    books = story()
    with asked(tmp_path, books) as a:
        books.pay("victim", "thief", 3)
        reply = a.history("thief")
        assert len(reply.transactions) == 6
        assert reply.coverage[0].how == "balance equal"
        assert reply.coverage[0].end == a.at.height < books.head


def test_withdrawals_from_the_beacon_chain_explain_a_balance(tmp_path):
    books = story()
    books.withdraw("thief", 17)
    with asked(tmp_path, books) as a:
        reply = a.history("thief")
        made = reply.transactions[-1]
        assert (made.txid, made.transfers[0].kind, made.transfers[0].value) == (
            f"withdrawal:{books.head}",
            "mint",
            17 * 10**9,
        )
        assert reply.coverage[0].how == "balance equal"


def test_a_balance_that_differs_is_a_gap_of_its_size_after_a_second_reading(tmp_path):
    books = story()
    with asked(tmp_path, books) as a:
        books.balance = lambda party, contract="": 1 + Books.balance(books, party, contract)
        reply = a.history("thief")
        (gap,) = reply.gaps
        assert (gap.kind, gap.subject, gap.effect_value) == ("balance", address("thief"), 1)
        assert reply.coverage[0].how == "claimed"
        assert reply.coverage[0].opening is None
        assert len(reply.transactions) == 6
        assert a.actions().count("balance") == 2


def test_a_balance_that_is_not_told_leaves_the_history_claimed(tmp_path):
    with asked(tmp_path, story(), closed=frozenset({"balance"})) as a:
        reply = a.history("thief")
        assert [gap.kind for gap in reply.gaps] == ["claimed"]
        assert reply.coverage[0].how == "claimed"
        assert len(reply.transactions) == 6


def test_a_busy_address_is_not_downloaded(tmp_path):
    books = Books()
    for _ in range(1_000):
        books.pay("victim", "service", 1)
    with asked(tmp_path, books, records=100, most=500) as a:
        reply = a.history("service")
        assert reply.still_missing
        assert reply.transactions == ()
        (gap,) = reply.gaps
        assert "more than 500 movements" in gap.text
        assert len(a.explorer.asked) == 2


def test_nobody_has_an_empty_history_that_adds_up(tmp_path):
    with asked(tmp_path, story()) as a:
        reply = a.history("nobody")
        assert reply.transactions == ()
        assert reply.coverage[0].how == "balance equal"


def test_a_transaction_that_cannot_be_asked_whole_is_told_with_a_gap(tmp_path):
    books = Books()
    books.pay("x", TOKEN, tokens=[(TOKEN, "a", "thief", 4), (TOKEN, "a", "thief", 4)])
    with asked(tmp_path, books, closed=frozenset({"eth_getTransactionByHash", "tokenbalance"})) as a:
        reply = a.history("thief", TOKEN)
        (told,) = reply.transactions
        assert [one.value for one in told.transfers] == [4, 4]
        assert len({one.index for one in told.transfers}) == 2
        assert [gap.kind for gap in reply.gaps] == ["order", "claimed"]


def test_the_same_questions_are_not_asked_twice_under_one_tip(tmp_path: Path):
    with asked(tmp_path, story()) as a:
        first = a.history("thief")
        a.explorer.asked.clear()
        assert a.history("thief") == first
        assert a.explorer.asked == []


def test_the_largest_value_survives(tmp_path):
    books = Books()
    books.pay("issuer", TOKEN, tokens=[(TOKEN, ZERO, "thief", 2**256 - 1)])
    with asked(tmp_path, books) as a:
        (told,) = a.history("thief", TOKEN).transactions
        assert told.transfers[0].value == 2**256 - 1
        assert told.transfers[0].outputs[0].holding == account("thief", TOKEN)


@pytest.mark.parametrize("said", [{"isError": "1", "txreceipt_status": ""}, {"isError": "0", "txreceipt_status": "0"}])
def test_either_word_for_failure_leaves_only_the_fee(tmp_path, said):
    books = Books()
    books.pay("bank", "thief", ETH)
    books.pay("thief", "other", 5, failed=True)
    with asked(tmp_path, books) as a:

        def told(_, answer):
            envelope = json.loads(answer.body)
            rows = [row | (said if row["value"] == "5" else {}) for row in envelope["result"] or []]
            return Given.json(envelope | {"result": rows})

        a.server.change(told, on=f"{LIST}txlist&")
        reply = a.history("thief")
        assert moves(reply)[1:] == [("fee", "fee", 210_000, [address("thief")])]
        assert reply.coverage[0].how == "balance equal"


def test_a_list_that_lagged_behind_the_balance_is_read_again_past_the_archive(tmp_path):
    with asked(tmp_path, story()) as a:
        cut = a.explorer.answer({"action": "txlist", "address": address("thief"), "endblock": "103"})
        a.server.change(lambda *_: cut, on=f"{LIST}txlist&", times=2)
        reply = a.history("thief")
        assert reply.coverage[0].how == "balance equal"
        assert len(reply.transactions) == 6


def test_a_row_of_another_re_organised_block_is_noticed(tmp_path):
    with asked(tmp_path, story()) as a:

        def moved(_, answer):
            envelope = json.loads(answer.body)
            for place, row in enumerate(envelope["result"]):
                row |= {"blockHash": f"0x{place:064x}", "blockNumber": "101"}
            return Given.json(envelope)

        a.server.change(moved, on=f"{LIST}txlist&")
        with pytest.raises(Unavailable, match="two blocks for height 101"):
            a.history("thief")


def test_rows_of_others_are_left_out_and_noted(tmp_path):
    with asked(tmp_path, story()) as a:
        everybody = {"action": "txlist", "address": address("victim")}
        theirs = json.loads(a.explorer.answer(everybody).body)["result"]

        def mixed(request, answer):
            envelope = json.loads(answer.body)
            rows = [*envelope["result"], *theirs] if "startblock=0" in request.path else envelope["result"]
            return Given.json(envelope | {"result": sorted(rows, key=lambda row: int(row["blockNumber"]))})

        a.server.change(mixed, on=f"{LIST}txlist&")
        assert a.history("thief").coverage[0].how == "claimed"
        a.server.change(lambda *_: Given.json({"status": "1", "message": "OK", "result": theirs}), on=f"{LIST}txlist&")
        with pytest.raises(Malformed, match="in a list that was asked for"):
            a.history("stranger")
