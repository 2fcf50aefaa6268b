"""Histories of TRC-20 tokens at TronGrid: read to the end, held against a balance, and never shorter than they are."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from chaintrace.adapters.listing import row_index
from chaintrace.errors import Malformed
from tests.chaintrace.adapters.tron.making import ALICE, BOB, CAROL, NOBODY, TOKEN
from tests.chaintrace.adapters.trongrid.asked import START, asked, many, paid, txid
from tests.hostile.server import Asked, Given
from tests.hostile.tron_ledger import USDT, TronLedger, seizure_ledger

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from chaintrace.adapters.network import Reply

LIST = f"/v1/accounts/{ALICE}/transactions/trc20"
NO_BALANCE = frozenset({"solid", "events", "blocks"})


def edited(how: Callable[[dict[str, Any]], object]) -> Callable[[Asked, Given], Given]:
    """A change of a page, made in place."""

    def change(_asked: Asked, given: Given) -> Given:
        page = json.loads(given.body)
        how(page)
        return replace(given, body=json.dumps(page).encode())

    return change


def how(reply: Reply) -> str:
    (coverage,) = reply.coverage
    return coverage.how


def test_a_history_is_held_against_the_balance(tmp_path: Path) -> None:
    ledger = TronLedger.of(many(5))
    with asked(tmp_path, ledger) as a:
        reply = a.history()
    assert [one.txid for one in reply.transactions] == [txid(number) for number in range(5)]
    first = reply.transactions[0]
    assert (first.time, first.height, first.position) == (START, None, 0)
    (transfer,) = first.transfers
    assert transfer.index == row_index(TOKEN, BOB, ALICE, 2)
    assert transfer.order == (START, 0, 0)
    (coverage,) = reply.coverage
    assert (coverage.how, coverage.opening, coverage.start, coverage.end) == ("balance equal", 0, 0, a.at.time)
    assert coverage.addresses == {ALICE}
    assert coverage.contracts == {TOKEN}
    assert reply.gaps == ()


def test_without_a_balance_a_second_question_by_time_decides(tmp_path: Path) -> None:
    with asked(tmp_path, TronLedger.of(many(5)), offers=NO_BALANCE) as a:
        reply = a.history()
        assert how(reply) == "second source equal"
        assert any("order_by=block_timestamp%2Cdesc" in path for path in a.paths())


@pytest.mark.parametrize("count", [1, 199, 200, 201, 400, 401, 1_000])
@pytest.mark.parametrize("loses", [False, True])
def test_a_missing_fingerprint_is_never_the_end(tmp_path: Path, count: int, loses: bool) -> None:
    with asked(tmp_path, TronLedger.of(many(count)), loses_fingerprints=loses, offers=NO_BALANCE) as a:
        reply = a.history()
    assert len(reply.transactions) == count
    assert how(reply) == "second source equal"


def test_a_server_with_shorter_pages_is_read_to_its_end_too(tmp_path: Path) -> None:
    with asked(tmp_path, TronLedger.of(many(95)), page=20, loses_fingerprints=True) as a:
        assert len(a.history().transactions) == 95


def test_rows_that_the_list_has_lost_are_noticed_by_the_balance(tmp_path: Path) -> None:
    ledger = TronLedger.of(many(7))
    with asked(tmp_path, ledger, drops=frozenset({txid(4)})) as a:
        reply = a.history()
    assert how(reply) == "claimed"
    assert len(reply.transactions) == 6
    balance, claimed = reply.gaps
    assert (balance.kind, balance.subject, balance.contract, balance.effect_value) == ("balance", ALICE, TOKEN, 10)
    assert claimed.kind == "claimed"
    assert reply.coverage[0].opening is None


def test_what_came_after_the_tip_is_counted_and_not_told(tmp_path: Path) -> None:
    ledger = TronLedger.of(many(5))
    with asked(tmp_path, ledger) as a:
        assert a.at.time is not None
        later = (a.at.time + 3, a.at.time + 3, a.at.time + 6)
        ledger.paid += [paid(90 + place, BOB, ALICE, 1000 + place, time=time) for place, time in enumerate(later)]
        reply = a.history()
    assert how(reply) == "balance equal"
    assert len(reply.transactions) == 5


def test_the_balance_of_the_tip_counts_though_the_list_is_ahead(tmp_path: Path) -> None:
    """A node that lags behind the list tells the balance of a block before the last."""
    ledger = TronLedger.of(many(5))
    with asked(tmp_path, ledger) as a:
        assert a.at.time is not None
        before = ledger.balance(ALICE, TOKEN)
        ledger.paid += [paid(90, BOB, ALICE, 1000, time=a.at.time + 3), paid(91, BOB, ALICE, 7, time=a.at.time + 6)]
        word = f"{before + 1000:064x}"
        a.server.change(
            lambda *_: Given.json({"result": {"result": True}, "constant_result": [word]}),
            on="/wallet/triggerconstantcontract",
        )
        assert how(a.history()) == "balance equal"


def test_an_approval_moves_nothing_and_a_zero_stays(tmp_path: Path) -> None:
    def approve(page: dict[str, Any]) -> None:
        for row in page["data"]:
            if row["transaction_id"] == txid(1):
                row["type"] = "Approval"

    ledger = TronLedger.of([paid(0, BOB, ALICE, 5), paid(1, ALICE, CAROL, 9), paid(2, CAROL, ALICE, 0)])
    with asked(tmp_path, ledger, offers=NO_BALANCE) as a:
        a.server.change(edited(approve), on=LIST)
        assert [one.transfers[0].value for one in a.history().transactions] == [5, 0]


def test_mints_and_burns_have_one_side(tmp_path: Path) -> None:
    most = 2**256 - 1
    with asked(tmp_path, TronLedger.of([paid(0, NOBODY, ALICE, most), paid(1, ALICE, NOBODY, 3)])) as a:
        mint, burn = (one.transfers[0] for one in a.history().transactions)
    assert (mint.kind, mint.inputs, mint.value) == ("mint", (), most)
    assert (burn.kind, burn.outputs) == ("burn", ())
    assert burn.index == row_index(TOKEN, ALICE, "", 3)


def test_two_transactions_of_one_block_are_put_in_their_order(tmp_path: Path) -> None:
    """The list gives the one that came second first."""
    ledger = TronLedger.of([paid(1, BOB, CAROL, 1, time=START), paid(2, BOB, ALICE, 9, time=START)])
    ledger.paid += [paid(0, ALICE, BOB, 4, time=START)]
    with asked(tmp_path, ledger) as a:
        a.server.change(edited(lambda page: page["data"].reverse()), on=LIST)
        reply = a.history()
    assert [(one.txid, one.position) for one in reply.transactions] == [(txid(2), 1), (txid(0), 2)]
    assert [one.transfers[0].index for one in reply.transactions] == ["log:0", "log:0"]
    assert reply.gaps == ()
    assert how(reply) == "balance equal"


def test_where_nobody_tells_the_order_a_gap_says_so(tmp_path: Path) -> None:
    ledger = TronLedger.of([paid(1, BOB, ALICE, 9, time=START), paid(2, ALICE, BOB, 4, time=START)])
    with asked(tmp_path, ledger, offers=frozenset({"balance"})) as a:
        reply = a.history()
    assert [gap.kind for gap in reply.gaps] == ["order", "order"]
    assert how(reply) == "balance equal"
    assert len(reply.transactions) == 2


def test_an_account_twice_in_one_transaction_is_told_whole(tmp_path: Path) -> None:
    """Two equal transfers stay two, and are named by their events."""
    twice = [paid(1, BOB, ALICE, 9, log=2), paid(1, BOB, ALICE, 9, log=4), paid(1, BOB, CAROL, 1, log=3)]
    with asked(tmp_path, TronLedger.of(twice)) as a:
        (one,) = a.history().transactions
    assert [(part.index, part.value) for part in one.transfers] == [("log:2", 9), ("log:3", 1), ("log:4", 9)]


@pytest.mark.parametrize("loses", [False, True])
def test_equal_transfers_on_both_sides_of_a_page_stay_two(tmp_path: Path, loses: bool) -> None:
    twins = [paid(50, BOB, ALICE, 9, log=0), paid(50, BOB, ALICE, 9, log=1)]
    before, after = ([paid(number, BOB, ALICE, 1) for number in range(start, start + 19)] for start in (0, 60))
    with asked(tmp_path, TronLedger.of([*before, *twins, *after]), page=20, loses_fingerprints=loses) as a:
        reply = a.history()
        assert sum("desc" in path for path in a.paths()) <= 1
    assert how(reply) == "balance equal"
    assert [part.index for part in reply.transactions[19].transfers] == ["log:0", "log:1"]


def test_a_page_that_comes_twice_makes_no_transfer_two(tmp_path: Path) -> None:
    ledger = TronLedger.of(many(45))
    with asked(tmp_path, ledger, page=20) as a:
        first = a.grid(_get(f"{LIST}?contract_address={TOKEN}&limit=20&order_by=block_timestamp,asc"))
        a.server.change(lambda *_: first, on=LIST, times=2)
        reply = a.history()
    assert len(reply.transactions) == 45
    assert how(reply) == "balance equal"


def test_more_rows_in_one_block_than_a_page_holds(tmp_path: Path) -> None:
    crowd = [paid(number, BOB, ALICE, 1, time=START) for number in range(100, 130)]
    ledger = TronLedger.of([*crowd, paid(7, ALICE, BOB, 5)])
    with asked(tmp_path, ledger, page=20, offers=frozenset({"balance"})) as a:
        reply = a.history()
        assert len(reply.transactions) == 31
        assert how(reply) == "balance equal"
    with asked(tmp_path / "lost", ledger, page=20, offers=frozenset({"balance"}), loses_fingerprints=True) as a:
        reply = a.history()
        assert len(reply.transactions) == 21
        assert how(reply) == "claimed"
        assert any("one block fills a page" in gap.text for gap in reply.gaps)


def test_blocks_that_are_not_final_are_told_with_their_hash(tmp_path: Path) -> None:
    """So that it is noticed when they leave the chain."""
    ledger = TronLedger.of(many(5))
    ledger.tip = ledger.paid[-1].time + 30
    with asked(tmp_path, ledger) as a:
        reply = a.history()
    assert [bool(one.block and one.block.hash) for one in reply.transactions] == [False, False, False, True, True]


def test_a_settled_tip_is_asked_about_with_what_is_confirmed_only(tmp_path: Path) -> None:
    ledger = TronLedger.of(many(2))
    ledger.solid = 0
    with asked(tmp_path, ledger) as a:
        a.history()
        assert all("only_confirmed=true" in path for path in a.paths() if path.startswith(LIST))


def test_rows_of_another_token_and_of_others_are_not_taken(tmp_path: Path) -> None:
    def others(page: dict[str, Any]) -> None:
        page["data"][0] |= {"from": CAROL, "to": BOB}

    with asked(tmp_path, TronLedger.of(many(3))) as a:
        a.server.change(edited(others), on=LIST)
        with pytest.raises(Malformed, match="between others"):
            a.history()
    foreign = paid(9, BOB, ALICE, 7, contract=USDT)
    with asked(tmp_path / "b", TronLedger.of([*many(3), foreign])) as a:
        page = a.grid(_get(f"{LIST}?limit=200&order_by=block_timestamp,asc"))
        a.server.change(lambda *_: page, on=LIST)
        assert txid(9) not in {one.txid for one in a.history().transactions}


@pytest.mark.parametrize("value", [1.5, "1e18", None, -1, True, str(2**256)])
def test_amounts_that_are_no_whole_numbers_are_malformed(tmp_path: Path, value: object) -> None:
    with asked(tmp_path, TronLedger.of(many(3))) as a:
        a.server.change(edited(lambda page: page["data"][0].update(value=value)), on=LIST)
        with pytest.raises(Malformed):
            a.history()


def test_a_token_that_the_host_knows_nothing_of_is_the_one_that_was_asked_for(tmp_path: Path) -> None:
    with asked(tmp_path, TronLedger.of(many(3))) as a:
        a.server.change(edited(lambda page: [row.update(token_info={}) for row in page["data"]]), on=LIST)
        assert {part.asset.contract for one in a.history().transactions for part in one.transfers} == {TOKEN}


def test_what_is_no_token_has_no_list(tmp_path: Path) -> None:
    with asked(tmp_path, TronLedger.of(many(1))) as a:
        reply = a.history(contract="USDT")
        assert reply.still_missing
        assert "no token of TRON" in reply.gaps[0].text


def test_somebody_without_any_movement_has_an_empty_history(tmp_path: Path) -> None:
    with asked(tmp_path, TronLedger.of(many(3))) as a:
        reply = a.history(CAROL)
        assert (reply.transactions, how(reply), reply.gaps) == ((), "balance equal", ())


@pytest.mark.parametrize("options", [{}, {"loses_fingerprints": True}, {"offers": NO_BALANCE}])
def test_the_forty_wallets_of_the_real_ledger(shared: Path, tmp_path: Path, options: dict[str, Any]) -> None:
    """10,525 real transfers, counted again without the adapter."""
    ledger, wallets = seizure_ledger(shared / "data" / "tron" / "israel-seizure-orders" / "trc20_xfers.csv")
    assert (len(ledger.paid), len(wallets)) == (10_525, 40)
    with asked(tmp_path, ledger, whole=wallets, **options) as a:
        for wallet in sorted(wallets):
            reply = a.history(wallet, USDT)
            mine = [one for one in ledger.paid if wallet in {one.sender, one.receiver}]
            assert {one.txid for one in reply.transactions} == {one.txid for one in mine}
            told = [one for each in reply.transactions for one in each.transfers]
            counted = sum(one.value for one in mine if one.receiver == wallet)
            assert sum(one.value or 0 for one in told if one.outputs[0].address == wallet) == counted
            assert how(reply) == ("second source equal" if options.get("offers") else "balance equal")
            assert reply.gaps == ()


def _get(path: str) -> Asked:
    return Asked("GET", path, b"", {})
