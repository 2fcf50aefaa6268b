"""Histories in TRX and in TRC-10 tokens: payments, calls inside, fees, rewards, and what is frozen all the same."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from chaintrace.adapters.listing import row_index
from tests.chaintrace.adapters.tron.making import ALICE, BOB, CAROL, TOKEN, call, info, inner, message, signed
from tests.chaintrace.adapters.trongrid.asked import START, asked
from tests.hostile.tron_ledger import TronLedger

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from chaintrace.adapters.network import Reply

TRX = ""
BARE = frozenset({"account", "solid", "blocks"})


def inside(txid: str, time: int, sender: str, receiver: str, values: dict[str, int], **more: Any) -> dict[str, Any]:
    """A call inside, in the shape in which TronGrid mixes it in."""
    data = {"note": more.pop("note", "call").encode().hex(), "rejected": False, "call_value": values, **more}
    name = hashlib.sha256(repr((txid, sender, receiver, values, data)).encode()).hexdigest()
    row = {"internal_tx_id": name, "tx_id": txid, "block_timestamp": time * 1000}
    return {**row, "from_address": sender, "to_address": receiver, "data": data}


def pay(sender: str, receiver: str, value: int, **more: Any) -> dict[str, Any]:
    return signed("TransferContract", (1, sender), (2, receiver), (3, value), **more)


class Story:
    """Alice is paid 100 TRX, pays 30 with a new account for 1.1, and calls the token with 5, of which 2 come back."""

    def __init__(self) -> None:
        self.ledger = TronLedger()
        self.first = self.ledger.add(first := pay(BOB, ALICE, 100_000_000), info(first), START, ALICE, BOB)
        paid = pay(ALICE, CAROL, 30_000_000, memo=b"hello")
        parts = {"net_fee": 100_000}
        self.second = self.ledger.add(paid, info(paid, 1_100_000, receipt=parts), START + 60, ALICE, CAROL)
        called = call(5_000_000)
        back = inner(TOKEN, ALICE, {"callValue": 2_000_000})
        self.third = self.ledger.add(
            called,
            info(called, 345_000, internal_transactions=[back]),
            START + 120,
            ALICE,
            TOKEN,
            inside=(inside(called["txID"], START + 120, TOKEN, ALICE, {"_": 2_000_000}),),
        )
        failed = {**call(7_000_000, b"\x01"), "ret": [{"contractRet": "REVERT"}]}
        self.fourth = self.ledger.add(
            failed, info(failed, 55, result="FAILED", receipt={"result": "REVERT"}), START + 180, ALICE, TOKEN
        )
        self.left = 100_000_000 - 30_000_000 - 1_100_000 - 5_000_000 + 2_000_000 - 345_000 - 55
        self.ledger.coins[ALICE] = {"address": ALICE, "balance": self.left}


def told(reply: Reply) -> list[tuple[str, int]]:
    return [(part.index, part.value or 0) for one in reply.transactions for part in one.transfers]


def how(reply: Reply) -> str:
    return reply.coverage[0].how


def test_a_history_in_trx_balances_with_its_fees(tmp_path: Path) -> None:
    story = Story()
    with asked(tmp_path, story.ledger, offers=BARE) as a:
        reply = a.history(contract=TRX)
    assert how(reply) == "balance equal"
    assert told(reply) == [
        ("value", 100_000_000),
        ("fee", 0),
        ("value", 30_000_000),
        ("fee", 1_100_000),
        ("value", 5_000_000),
        (row_index("", TOKEN, ALICE, 2_000_000), 2_000_000),
        ("fee", 345_000),
        ("fee", 55),
    ]
    assert [one.status for one in reply.transactions] == ["confirmed"] * 3 + ["failed"]
    assert [one.height is not None for one in reply.transactions] == [True] * 4
    assert reply.gaps == ()
    assert ("memo", "hello") in [(one.what, one.value) for one in reply.observations]
    assert any(one.what == "fee parts" and "other" in one.value for one in reply.observations)


def test_what_is_frozen_lent_or_waits_for_its_release_is_still_there(tmp_path: Path) -> None:
    story = Story()
    frozen = signed("FreezeBalanceV2Contract", (1, ALICE), (2, 40_000_000), (3, 1))
    lent = signed("DelegateResourceContract", (1, ALICE), (2, 1), (3, 10_000_000), (4, BOB))
    for place, one in enumerate((frozen, lent)):
        story.ledger.add(one, info(one), START + 300 + place * 60, ALICE)
    story.ledger.coins[ALICE] = {
        "balance": story.left - 61_000_000,
        "frozenV2": [{"amount": 20_000_000}, {"type": "ENERGY", "amount": 5_000_000}, {"type": "TRON_POWER"}],
        "unfrozenV2": [{"unfreeze_amount": 6_000_000, "unfreeze_expire_time": 1}],
        "delegated_frozenV2_balance_for_bandwidth": 4_000_000,
        "frozen": [{"frozen_balance": 9_000_000, "expire_time": 1}],
        "delegated_frozen_balance_for_bandwidth": 3_000_000,
        "account_resource": {
            "frozen_balance_for_energy": {"frozen_balance": 2_000_000},
            "delegated_frozen_balance_for_energy": 1_000_000,
            "delegated_frozenV2_balance_for_energy": 10_000_000,
        },
        "tron_power": {"frozen_balance": 1_000_000},
        "acquired_delegated_frozenV2_balance_for_bandwidth": 999,
    }
    with asked(tmp_path, story.ledger, offers=BARE) as a:
        reply = a.history(contract=TRX)
    assert how(reply) == "balance equal"
    facts = {one.what: one for one in reply.observations}
    assert facts["DelegateResourceContract"].subject == ALICE
    assert "FreezeBalanceV2Contract" in facts


def test_a_reward_is_asked_for_as_lists_do_not_tell_it(tmp_path: Path) -> None:
    story = Story()
    reward = signed("WithdrawBalanceContract", (1, ALICE))
    name = story.ledger.add(reward, info(reward, withdraw_amount=777), START + 300, ALICE)
    story.ledger.coins[ALICE]["balance"] += 777
    with asked(tmp_path, story.ledger, offers=BARE) as a:
        reply = a.history(contract=TRX)
        assert any("gettransactioninfobyid" in path for path in a.paths())
    (found,) = (one for one in reply.transactions if one.txid == name)
    assert [(part.kind, part.value) for part in found.transfers] == [("mint", 777), ("fee", 0)]
    assert (how(reply), reply.gaps) == ("balance equal", ())


def test_several_calls_inside_are_told_in_their_order(tmp_path: Path) -> None:
    story = Story()
    called = call(0, b"\x02")
    values = (3, 4)
    story.ledger.add(
        called,
        info(called, internal_transactions=[inner(TOKEN, ALICE, {"callValue": value}) for value in values]),
        START + 402,
        ALICE,
        TOKEN,
        inside=tuple(inside(called["txID"], START + 402, TOKEN, ALICE, {"_": value}) for value in reversed(values)),
    )
    story.ledger.coins[ALICE]["balance"] += sum(values)
    with asked(tmp_path, story.ledger, offers=BARE) as a:
        reply = a.history(contract=TRX)
    assert told(reply)[-3:] == [("call:0", 3), ("call:1", 4), ("fee", 0)]
    assert how(reply) == "balance equal"


def test_calls_inside_that_the_list_leaves_out_come_from_their_own(tmp_path: Path) -> None:
    """Only the list of the calls inside has the two that came back."""
    story = Story()
    with asked(tmp_path, story.ledger, offers=BARE | {"internal"}) as a:
        everything = a.grid._transactions

        def without(address: str) -> list[dict[str, Any]]:
            return [row for row in everything(address) if "internal_tx_id" not in row]

        a.grid._inside = lambda address: [row for row in everything(address) if "internal_tx_id" in row]  # type: ignore[method-assign]  # the stand-in is ours
        a.grid._transactions = without  # type: ignore[method-assign]  # the stand-in is ours
        reply = a.history(contract=TRX)
        assert how(reply) == "balance equal"
        assert any("internal-transactions" in path for path in a.paths())
        a.grid.offers = BARE
        story.ledger.coins[ALICE]["balance"] += 1
        assert how(a.history(contract=TRX)) == "claimed"


@pytest.mark.parametrize("note", ["freezeBalanceV2ForEnergy", "withdrawReward", "suicide", "other"])
def test_a_call_inside_of_another_kind_is_left_to_its_transaction(tmp_path: Path, note: str) -> None:
    story = Story()
    called = call(0, b"\x03")
    told_inside = inner(ALICE, ALICE, {"callValue": 9}, note=note)
    story.ledger.add(
        called,
        info(called, internal_transactions=[told_inside]),
        START + 501,
        ALICE,
        TOKEN,
        inside=(inside(called["txID"], START + 501, ALICE, ALICE, {"_": 9}, note=note),),
    )
    story.ledger.coins[ALICE]["balance"] += {"withdrawReward": 9, "suicide": -9}.get(note, 0)
    with asked(tmp_path, story.ledger, offers=BARE) as a:
        assert how(a.history(contract=TRX)) == "balance equal"


def test_a_token_of_trc10_has_the_same_list(tmp_path: Path) -> None:
    ledger = TronLedger()
    token = b"1002000"
    got = signed("TransferAssetContract", (1, token), (2, BOB), (3, ALICE), (4, 50))
    ledger.add(got, info(got), START, ALICE, BOB)
    paid = pay(ALICE, BOB, 1)
    ledger.add(paid, info(paid, 100), START + 60, ALICE, BOB)
    gave = signed("TransferAssetContract", (1, token), (2, ALICE), (3, CAROL), (4, 20))
    ledger.add(gave, info(gave, 267_000), START + 120, ALICE, CAROL)
    ledger.coins[ALICE] = {"balance": 0, "assetV2": [{"key": "1002000", "value": 30}, {"key": "1004920", "value": 7}]}
    with asked(tmp_path, ledger, offers=BARE) as a:
        reply = a.history(contract="1002000")
    assert told(reply) == [("value", 50), ("fee", 0), ("value", 20), ("fee", 267_000)]
    assert how(reply) == "balance equal"
    assert reply.coverage[0].contracts == {"1002000"}


def test_two_in_one_block_are_put_in_their_order(tmp_path: Path) -> None:
    story = Story()
    third, fourth = pay(BOB, ALICE, 5), pay(ALICE, BOB, 6)
    for one in (fourth, third):
        story.ledger.add(one, info(one), START + 600, ALICE, BOB)
    story.ledger.coins[ALICE]["balance"] -= 1
    with asked(tmp_path, story.ledger, offers=BARE) as a:
        reply = a.history(contract=TRX)
    assert [(one.position, part.value) for one in reply.transactions[-2:] for part in one.transfers] == [
        (0, 6),
        (0, 0),
        (1, 5),
        (1, 0),
    ]


def test_a_change_of_permissions_is_told(tmp_path: Path) -> None:
    story = Story()
    key = message((1, BOB), (2, 1))
    owner = message((3, b"owner"), (4, 1), (7, key))
    change = signed("AccountPermissionUpdateContract", (1, ALICE), (2, owner))
    story.ledger.add(change, info(change, 100_000_000), START + 702, ALICE)
    with asked(tmp_path, story.ledger, offers=BARE) as a:
        reply = a.history(contract=TRX)
    (fact,) = (one for one in reply.observations if one.what == "permissions")
    assert (fact.subject, BOB in fact.value) == (ALICE, True)
    assert how(reply) == "claimed"
    assert [gap.effect_value for gap in reply.gaps if gap.kind == "balance"] == [100_000_000]


def test_a_creation_that_is_paid_is_asked_for(tmp_path: Path) -> None:
    """A list does not tell the address of the contract that it pays."""
    story = Story()
    made = signed("CreateSmartContract", (1, ALICE), (2, message((5, 8))))
    story.ledger.add(made, info(made, contract_address=f"41{'cd' * 20}"), START + 801, ALICE)
    story.ledger.coins[ALICE]["balance"] -= 8
    with asked(tmp_path, story.ledger, offers=BARE) as a:
        reply = a.history(contract=TRX)
    assert (how(reply), reply.gaps) == ("balance equal", ())
