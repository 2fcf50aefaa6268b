"""Histories in TRX: transactions with their fees and calls inside, balanced to the sun."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from chaintrace.errors import Malformed
from tests.chaintrace.adapters.tron.making import ALICE, BOB, CAROL, TOKEN
from tests.chaintrace.adapters.tronscan.scan import at_slot, kinds, moved, paid, scanning, txid
from tests.hostile.tronscan_server import called, inner, sent_trx

if TYPE_CHECKING:
    from pathlib import Path

SENT = [
    sent_trx(txid(1), at_slot(1), ALICE, BOB, 100_000_000, 1_100_000),
    called(txid(2), at_slot(2), BOB, TOKEN, 30_000_000, 6_428_500),
    called(txid(3), at_slot(3), BOB, TOKEN, 9, 500, result="OUT_OF_ENERGY"),
    sent_trx(txid(4), at_slot(4), BOB, CAROL, 20_000_000, 345_000),
]
CALLS = [
    inner(txid(2), at_slot(2), TOKEN, BOB, 11),
    inner(txid(2), at_slot(2), TOKEN, BOB, 12, rejected=True),
    inner(txid(7), at_slot(7), TOKEN, BOB, 5),
]
BALANCE = 100_000_000 - 30_000_000 - 6_428_500 - 500 - 20_000_000 - 345_000 + 11 + 5
EARLIER = [paid(900, ALICE, CAROL, 1)]


def options(**more: Any) -> dict[str, Any]:
    return {"sent": SENT, "calls": CALLS, "balances": {(BOB, ""): BALANCE}} | more


def test_it_balances_with_fees_and_calls_inside(tmp_path: Path) -> None:
    with scanning(tmp_path, EARLIER, **options()) as scan:
        reply = scan.history(contract="")
        assert moved(reply, contract="") == [
            100_000_000,
            -30_000_000,
            11,
            -6_428_500,
            -500,
            -20_000_000,
            -345_000,
            5,
        ]
        (coverage,) = reply.coverage
        assert (coverage.how, coverage.opening, coverage.contracts) == ("balance equal", 0, {""})
        assert reply.gaps == ()
        assert [one.status for one in reply.transactions] == [
            "confirmed",
            "confirmed",
            "failed",
            "confirmed",
            "confirmed",
        ]
        call = [transfer.index for transfer in reply.transactions[1].transfers]
        assert (call[0], call[-1]) == ("value", "fee")
        assert call[1].startswith("row:")


@pytest.mark.parametrize("page", [1, 2, 3])
def test_both_lists_are_read_page_by_page(tmp_path: Path, page: int) -> None:
    with scanning(tmp_path, EARLIER, **options(page=page)) as scan:
        assert scan.history(contract="").coverage[0].how == "balance equal"


def test_without_a_balance_it_is_claimed_for_no_counter_counts_the_calls(tmp_path: Path) -> None:
    with scanning(tmp_path, EARLIER, **options(key="secret")) as scan:
        reply = scan.history(contract="")
        assert (reply.coverage[0].how, reply.coverage[0].opening) == ("claimed", None)
        assert "no balance is told" in reply.gaps[0].text
        assert len(reply.transactions) == 5


@pytest.mark.parametrize("name", ["totalFrozenV2", "unfreezeV2", "delegatedFrozenV2BalanceForEnergy"])
def test_of_an_account_that_stakes_no_balance_is_compared(tmp_path: Path, name: str) -> None:
    with scanning(tmp_path, EARLIER, **options(held={name: 7})) as scan:
        assert kinds(scan.history(contract="")) == ["claimed"]


def test_a_lost_call_is_seen_in_the_balance(tmp_path: Path) -> None:
    with scanning(tmp_path, EARLIER, **options(calls=CALLS[:2])) as scan:
        reply = scan.history(contract="")
        assert reply.coverage[0].how == "claimed"
        gap = next(gap for gap in reply.gaps if gap.kind == "balance")
        assert (gap.effect_value, gap.contract) == (5, "")


def test_what_came_after_the_tip_is_only_for_the_balance(tmp_path: Path) -> None:
    with scanning(tmp_path, EARLIER, **options()) as scan:
        late = at_slot(scan.at.height - 1_000 + 9)
        scan.explorer.sent.append(sent_trx(txid(50), late, BOB, CAROL, 1_000, 10))
        scan.explorer.balances[BOB, ""] -= 1_010
        reply = scan.history(contract="")
        assert txid(50) not in {one.txid for one in reply.transactions}
        assert reply.coverage[0].how == "balance equal"
        scan.explorer.sent.pop()


def test_a_reward_is_said_and_shows_in_the_balance(tmp_path: Path) -> None:
    reward = sent_trx(txid(6), at_slot(6), BOB, BOB, 0) | {"contractType": 13, "contractData": {"owner_address": BOB}}
    with scanning(tmp_path, EARLIER, **options(sent=[*SENT, reward], balances={(BOB, ""): BALANCE + 77})) as scan:
        reply = scan.history(contract="")
        assert {gap.effect_value for gap in reply.gaps if gap.kind == "balance"} == {77}
        assert any("the reward that" in gap.text for gap in reply.gaps)


def test_staking_and_lending_move_nothing(tmp_path: Path) -> None:
    lent = sent_trx(txid(6), at_slot(6), CAROL, BOB, 0, 279_000) | {"contractType": 57}
    lent["contractData"] = {"owner_address": CAROL, "receiver_address": BOB, "balance": 1_000_000, "resource": "ENERGY"}
    with scanning(tmp_path, EARLIER, **options(sent=[*SENT, lent])) as scan:
        reply = scan.history(contract="")
        assert reply.coverage[0].how == "balance equal"
        assert "DelegateResourceContract" in {one.what for one in reply.observations}


def test_a_busy_address_is_left_open_by_either_list(tmp_path: Path) -> None:
    with scanning(tmp_path, EARLIER, most=3, **options()) as scan:
        reply = scan.history(contract="")
        assert reply.still_missing
        assert "4 transactions" in reply.gaps[0].text
    with scanning(tmp_path / "calls", EARLIER, most=2, **options(sent=[])) as scan:
        assert "more than 2 calls inside" in scan.history(contract="").gaps[0].text


def test_a_transaction_of_another_account_is_malformed(tmp_path: Path) -> None:
    with scanning(tmp_path, EARLIER, **options(calls=[])) as scan:
        scan.explorer.sent = [sent_trx(txid(1), at_slot(1), ALICE, BOB, 5)]
        scan.server.change(
            lambda _, given: type(given)(given.body.replace(BOB.encode(), CAROL.encode())), on="/api/transaction?"
        )
        with pytest.raises(Malformed, match="it is not of it"):
            scan.history(contract="")


def test_a_call_of_another_account_is_malformed(tmp_path: Path) -> None:
    with scanning(tmp_path, EARLIER, **options(sent=[])) as scan:
        scan.explorer.calls = [CALLS[0] | {"from": CAROL, "to": BOB}]
        scan.server.change(
            lambda _, given: type(given)(given.body.replace(BOB.encode(), CAROL.encode())),
            on="/api/internal-transaction",
        )
        with pytest.raises(Malformed, match="it is not of it"):
            scan.history(contract="")
