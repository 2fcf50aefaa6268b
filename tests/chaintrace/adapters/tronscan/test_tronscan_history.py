"""Histories in a TRC-20 token: every page, in windows, held against the counter and the balance."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from chaintrace.adapters.tronscan import history
from chaintrace.errors import Malformed, Refused, Unavailable
from chaintrace.model.chain import MAX_VALUE
from chaintrace.store.merging import merged
from tests.chaintrace.adapters.tron.making import ALICE, BOB, CAROL, NOBODY, TOKEN
from tests.chaintrace.adapters.tronscan.scan import at_slot, kinds, many, moved, paid, scanning, txid
from tests.hostile.tronscan_server import OPTIONAL

if TYPE_CHECKING:
    from pathlib import Path

LIST = "/api/token_trc20/transfers"


def rows_changed(change):
    """A change of the rows of each page."""

    def how(_, given):
        told = json.loads(given.body)
        told["token_transfers"] = [change(row) for row in told["token_transfers"]]
        return replace(given, body=json.dumps(told).encode())

    return how


def test_a_history_that_agrees_with_the_balance_is_complete_from_the_first_transfer(tmp_path: Path) -> None:
    with scanning(tmp_path, many(7)) as scan:
        reply = scan.history()
        (coverage,) = reply.coverage
        assert moved(reply) == [1_000, -500, 1_002, -500, 1_004, -500, 1_006]
        assert (coverage.how, coverage.opening, coverage.start, coverage.end) == ("balance equal", 0, 0, scan.at.time)
        assert coverage.addresses == {BOB}
        assert coverage.contracts == {TOKEN}
        assert reply.gaps == ()
        first = reply.transactions[0]
        assert (first.txid, first.block.height, first.block.time) == (txid(1), 1_001, at_slot(1))
        assert first.transfers[0].order == (at_slot(1), 0, 0)
        assert first.transfers[0].index.startswith("row:")
        assert scan.asked("token_trc20/transfers") == 1


@pytest.mark.parametrize(("page", "count"), [(50, 120), (20, 120), (7, 50), (50, 100), (1, 5)])
def test_pages_that_are_short_are_read_to_the_end(tmp_path: Path, page: int, count: int) -> None:
    with scanning(tmp_path, many(count), page=page) as scan:
        reply = scan.history()
        assert len(reply.transactions) == count
        assert reply.coverage[0].how == "balance equal"
        assert scan.asked("token_trc20/transfers") == -(-count // page)


@pytest.mark.parametrize("window", [10, 12, 25, 50])
def test_beyond_the_window_the_list_goes_on_by_time(tmp_path: Path, window: int) -> None:
    with scanning(tmp_path, many(61), window=window, page=6) as scan:
        reply = scan.history()
        assert len(reply.transactions) == 61
        assert reply.coverage[0].how == "balance equal"
        assert max(int(one.path.partition("start=")[2].partition("&")[0] or 0) for one in scan.server.asked) < window


def test_a_second_that_is_listed_in_two_windows_is_counted_once(tmp_path: Path) -> None:
    rows = [paid(number, ALICE, BOB, number, slot=number // 4) for number in range(1, 40)]
    with scanning(tmp_path, rows, window=10) as scan:
        reply = scan.history()
        assert sorted(moved(reply)) == list(range(1, 40))
        assert reply.coverage[0].how == "balance equal"
        assert kinds(reply) == ["order"]
        assert scan.asked("transaction-info") == 0


def test_a_second_with_more_than_a_window_is_claimed(tmp_path: Path) -> None:
    rows = [paid(number, ALICE, BOB, number, slot=1) for number in range(1, 16)]
    with scanning(tmp_path, rows, window=10) as scan:
        reply = scan.history()
        assert len(reply.transactions) == 10
        assert reply.coverage[0].how == "claimed"
        assert "one second has more than 10 entries" in next(gap.text for gap in reply.gaps if gap.kind == "claimed")


def test_without_a_key_the_counter_counts(tmp_path: Path) -> None:
    with scanning(tmp_path, many(5), key="secret") as scan:
        reply = scan.history()
        assert (reply.coverage[0].how, reply.coverage[0].opening) == ("counter equal", 0)
        assert reply.gaps == ()


def test_the_key_goes_into_the_header_and_nowhere_else(tmp_path: Path) -> None:
    with scanning(tmp_path, many(5), key="secret", environment={"CHAINTRACE_TRONSCAN_KEY": "secret"}) as scan:
        assert scan.history().coverage[0].how == "balance equal"
        assert all("secret" not in one.path for one in scan.server.asked)
    assert b"secret" not in b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_a_service_without_a_list_of_tokens_is_asked_about_the_account(tmp_path: Path) -> None:
    with scanning(tmp_path, many(5), offers=OPTIONAL - {"account/tokens"}) as scan:
        assert scan.history().coverage[0].how == "balance equal"
        assert scan.asked("accountv2") == 1
        assert scan.history(ALICE).coverage[0].how == "counter equal"  # it has none left, and is in no list


def test_a_balance_that_differs_is_a_gap_with_its_size(tmp_path: Path) -> None:
    with scanning(tmp_path, many(4), balances={(BOB, TOKEN): 1_009}) as scan:
        reply = scan.history()
        assert moved(reply) == [1_000, -500, 1_002, -500]
        (coverage,) = reply.coverage
        assert (coverage.how, coverage.opening) == ("claimed", None)
        gap = next(gap for gap in reply.gaps if gap.kind == "balance")
        assert (gap.subject, gap.effect_value, gap.contract) == (BOB, 7, TOKEN)
        assert "7 base units more" in gap.text
        assert sorted(kinds(reply)) == ["balance", "claimed"]


def test_a_counter_that_differs_is_read_again_and_then_claimed_though_the_balance_agrees(tmp_path: Path) -> None:
    """In and out of the same size may both be lost, so that a balance alone does not outweigh a counter."""
    lost = [paid(1, ALICE, BOB, 70), paid(2, BOB, CAROL, 70), paid(3, ALICE, BOB, 5)]
    with scanning(tmp_path, lost) as scan:

        def shorter(_, given):
            told = json.loads(given.body)
            told["token_transfers"] = [row for row in told["token_transfers"] if row["quant"] != "70"]
            return replace(given, body=json.dumps(told).encode())

        scan.server.change(shorter, on=LIST)
        reply = scan.history()
        assert moved(reply) == [5]
        assert reply.coverage[0].how == "claimed"
        assert kinds(reply) == ["claimed"]
        assert "it counts 3 transfers, and its pages give 1" in reply.gaps[0].text


def test_a_total_that_lies_low_does_not_end_a_history(tmp_path: Path) -> None:
    with scanning(tmp_path, many(120)) as scan:

        def lying(_, given):
            return replace(given, body=json.dumps(json.loads(given.body) | {"total": 50, "rangeTotal": 50}).encode())

        scan.server.change(lying, on=LIST)
        reply = scan.history()
        assert len(reply.transactions) == 120
        assert reply.coverage[0].how == "claimed"
        assert "it counts 50 transfers, and its pages give 120" in reply.gaps[-1].text


def test_what_moved_after_the_tip_is_told_to_nobody_and_the_balance_still_agrees(tmp_path: Path) -> None:
    with scanning(tmp_path, many(5)) as scan:
        tip = scan.at.height - 1_000
        later = paid(tip + 30, ALICE, BOB, 77)
        scan.explorer.ledger.paid.append(later)
        reply = scan.history()
        assert 77 not in moved(reply)
        assert reply.coverage[0].how == "balance equal"
        assert reply.coverage[0].end == scan.at.time


def test_a_busy_address_is_known_from_its_first_page(tmp_path: Path) -> None:
    with scanning(tmp_path, many(5), complete=frozenset({ALICE})) as scan:
        reply = scan.history()
        assert reply.still_missing
        assert reply.coverage == ()
        (gap,) = reply.gaps
        assert (gap.kind, gap.subject) == ("source", BOB)
        assert "has 1,000,000 transfers of this token" in gap.text
        assert "looks like a service's address" in gap.text
        assert scan.asked("token_trc20/transfers") == 1


def test_the_longest_history_is_a_constant_of_the_adapter(tmp_path: Path) -> None:
    assert history.MOST == 10_000
    with scanning(tmp_path, many(9), most=8) as scan:
        assert scan.history().still_missing
    with scanning(tmp_path / "more", many(9), most=9) as scan:
        assert not scan.history().still_missing


def test_an_address_without_a_transfer_has_an_empty_history_that_is_complete(tmp_path: Path) -> None:
    with scanning(tmp_path, many(2)) as scan:
        reply = scan.history(NOBODY)
        assert reply.transactions == ()
        assert reply.coverage[0].how == "balance equal"


def test_mints_burns_and_transfers_to_oneself_are_what_nodes_make_of_them(tmp_path: Path) -> None:
    rows = [paid(1, NOBODY, BOB, 9), paid(2, BOB, BOB, 4), paid(3, BOB, NOBODY, 5)]
    with scanning(tmp_path, rows) as scan:
        reply = scan.history()
        transfers = [transfer for one in reply.transactions for transfer in one.transfers]
        assert [(one.kind, len(one.inputs), len(one.outputs)) for one in transfers] == [
            ("mint", 0, 1),
            ("token", 1, 1),
            ("burn", 1, 0),
        ]
        assert reply.coverage[0].how == "balance equal"


def test_the_largest_value_survives(tmp_path: Path) -> None:
    with scanning(tmp_path, [paid(1, ALICE, BOB, MAX_VALUE)]) as scan:
        assert moved(scan.history()) == [MAX_VALUE]


def test_a_failed_transfer_moves_nothing(tmp_path: Path) -> None:
    rows = [paid(1, ALICE, BOB, 9), paid(2, BOB, CAROL, 9), paid(3, BOB, CAROL, 8)]
    with scanning(tmp_path, rows, failed=frozenset({txid(2)})) as scan:
        reply = scan.history()
        assert moved(reply) == [9, -8]
        assert reply.coverage[0].how == "balance equal"


def test_an_approval_moves_nothing(tmp_path: Path) -> None:
    with scanning(tmp_path, many(2), balances={(BOB, TOKEN): 1_000}) as scan:
        approval = {"event_type": "Approval"}
        scan.server.change(rows_changed(lambda row: row | approval if row["quant"] == "500" else row), on=LIST)
        reply = scan.history()
        assert moved(reply) == [1_000]
        assert reply.coverage[0].how == "balance equal"


def test_two_equal_transfers_in_one_transaction_stay_two(tmp_path: Path) -> None:
    rows = [paid(1, ALICE, BOB, 9, log=0), paid(1, ALICE, BOB, 9, log=2), paid(2, BOB, CAROL, 9)]
    with scanning(tmp_path, rows) as scan:
        reply = scan.history()
        assert moved(reply) == [9, 9, -9]
        assert reply.coverage[0].how == "balance equal"
        assert scan.asked("transaction-info") == 1
        assert [one.index for one in reply.transactions[0].transfers] == ["log:0", "log:2", "fee"]


def test_a_row_that_is_listed_twice_is_one_transfer(tmp_path: Path) -> None:
    with scanning(tmp_path, many(3)) as scan:

        def twice(_, given):
            told = json.loads(given.body)
            told["token_transfers"] = [*told["token_transfers"], told["token_transfers"][-1]]
            return replace(given, body=json.dumps(told).encode())

        scan.server.change(twice, on=LIST)
        reply = scan.history()
        assert moved(reply) == [1_000, -500, 1_002]
        assert reply.coverage[0].how == "balance equal"
        assert scan.asked("transaction-info") == 1


def test_in_and_out_of_one_transaction_come_in_the_order_of_its_events(tmp_path: Path) -> None:
    rows = [paid(1, ALICE, BOB, 9, log=0), paid(1, BOB, CAROL, 4, log=1)]
    with scanning(tmp_path, rows) as scan:
        assert moved(scan.history()) == [9, -4]


def test_the_lists_of_sender_and_receiver_name_a_transfer_alike(tmp_path: Path) -> None:
    with scanning(tmp_path, [paid(1, ALICE, BOB, 9)]) as scan:
        (one,), (other,), (whole,) = (
            reply.transactions for reply in (scan.history(ALICE), scan.history(BOB), scan.about(1))
        )
        assert one.transfers == other.transfers
        assert merged(one, other).transfers == one.transfers
        assert [transfer.index for transfer in merged(one, whole).transfers] == ["log:0", "fee"]
        assert [transfer.index for transfer in merged(whole, other).transfers] == ["log:0", "fee"]


def test_near_the_tip_a_block_is_told_with_its_hash(tmp_path: Path) -> None:
    ledger_end = [paid(1, ALICE, BOB, 9), paid(100, ALICE, BOB, 8)]
    with scanning(tmp_path, ledger_end) as scan:
        old, young = scan.history().transactions
        assert (old.block.hash, young.block.hash) == ("", "")
    ledger = scan.explorer.ledger
    ledger.tip = at_slot(105)
    with scanning(tmp_path / "young", ledger=ledger) as scan:
        old, young = scan.history().transactions
        assert (old.block.hash, young.block.hash) == ("", ledger.block_id(1_100))


def test_tags_are_a_third_party_s_claims_and_keep_their_answer(tmp_path: Path) -> None:
    with scanning(tmp_path, many(3), tags={ALICE: "Binance-Hot 9", CAROL: "x\x1b[2J"}) as scan:
        reply = scan.history()
        found = {(one.subject, one.what, one.value) for one in reply.observations}
        assert found == {(ALICE, "tag", "Binance-Hot 9"), (CAROL, "tag", "x?[2J"), (TOKEN, "decimals", "6")}
        assert all(one.height is None and one.source.retrieved_at is not None for one in reply.observations)


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        ({"quant": 1.5}, "no whole number"),
        ({"quant": "1e3"}, "no whole number"),
        ({"quant": "-1"}, "no whole number"),
        ({"quant": None}, "has no quant"),
        ({"block_ts": 5_000}, "no time from 2009"),
        ({"block_ts": 5}, "without its block or time"),
        ({"block": None}, "has no block"),
        ({"contract_type": []}, "where a word belongs"),
        ({"transaction_id": "00"}, "where a txid belongs"),
        ({"to_address": "T1"}, "no TRON address"),
        ({"from_address": CAROL, "to_address": CAROL}, "neither of it nor of its token"),
        ({"contract_address": CAROL}, "neither of it nor of its token"),
    ],
)
def test_a_row_that_is_none_is_malformed(tmp_path: Path, edit: dict, sentence: str) -> None:
    with scanning(tmp_path, many(1)) as scan:
        scan.server.change(rows_changed(lambda row: row | edit), on=LIST)
        with pytest.raises(Malformed, match=sentence):
            scan.history()


@pytest.mark.parametrize(
    ("body", "error", "sentence"),
    [
        ({"Error": "ApiKey not exists"}, Refused, "ApiKey not exists"),
        ({"message": "no access"}, Refused, "look at its url, key and plan"),
        ({"Error": "exceeds the frequency limit"}, Unavailable, "asked too often"),
        ({}, Malformed, "not even an empty list"),
        ([], Malformed, "where an object belongs"),
        ({"token_transfers": [1]}, Malformed, "where an object belongs"),
    ],
)
def test_an_error_is_never_an_empty_history(tmp_path: Path, body: object, error: type, sentence: str) -> None:
    with scanning(tmp_path, many(3)) as scan:
        scan.server.change(lambda _, given: replace(given, body=json.dumps(body).encode()), on=LIST)
        with pytest.raises(error, match=sentence):
            scan.history()


def test_pieces_of_a_collection_are_left_open(tmp_path: Path) -> None:
    with scanning(tmp_path, many(3)) as scan:
        scan.server.change(rows_changed(lambda row: row | {"contract_type": "trc721"}), on=LIST)
        reply = scan.history()
        assert reply.still_missing
        assert "trc721" in reply.gaps[0].text


def test_a_trc_10_token_is_left_open(tmp_path: Path) -> None:
    with scanning(tmp_path, many(3)) as scan:
        reply = scan.history(contract="1002000")
        assert reply.still_missing
        assert "TRC-10 token 1002000" in reply.gaps[0].text
        assert scan.asked("token_trc20/transfers") == 0


_TRANSFERS = st.lists(
    st.tuples(st.integers(1, 12), st.sampled_from([(ALICE, BOB), (BOB, CAROL), (BOB, BOB)]), st.integers(0, 9)),
    max_size=25,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_TRANSFERS, st.integers(1, 7), st.integers(9, 30))
def test_any_history_is_told_whole_whatever_the_pages(tmp_path: Path, told: list, page: int, window: int) -> None:
    """Every third is in one transaction with others of its second; no second has more than a window."""
    rows = [paid(number, *sides, value, slot=number, log=log) for log, (number, sides, value) in enumerate(told)]
    rows = [replace(row, txid=txid(100 + log)) if log % 3 else row for log, row in enumerate(rows)]
    rows.append(paid(99, ALICE, BOB, 1_000))  # nobody has less than nothing
    assume(max(Counter(row.time for row in rows).values(), default=0) < window)
    with scanning(tmp_path / str(abs(hash((str(told), page, window)))), rows, page=page, window=window) as scan:
        reply = scan.history()
        expected = [row.value * ((row.receiver == BOB) - (row.sender == BOB)) for row in rows]
        assert sorted(value for value in moved(reply) if value) == sorted(value for value in expected if value)
        assert reply.coverage[0].how == "balance equal"
