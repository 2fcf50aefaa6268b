"""Transactions by their txid: what was signed, the events with their places, the calls inside, the fee."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from chaintrace.errors import Malformed, Unavailable
from tests.chaintrace.adapters.tron.making import ALICE, BOB, CAROL, NOBODY, TOKEN
from tests.chaintrace.adapters.tronscan.scan import BEGIN, Scan, at_slot, paid, scanning, txid
from tests.hostile.tronscan_server import EVENTS, OPTIONAL, bare, called, sent_trx

if TYPE_CHECKING:
    from pathlib import Path

    from chaintrace.adapters.network import Reply

WTRX = "TNUC9Qb1rRpS5CbWLmNMxXBjyFoydXjWFR"
COST = {
    "net_fee": 345_000,
    "energy_fee": 6_428_500,
    "fee": 1_100_000,
    "memoFee": 1_000_000,
    "account_create_fee": 100_000,
}


def lines(reply: Reply) -> list[tuple[str, str, int]]:
    return [(one.index, one.kind, one.value or 0) for one in reply.transactions[0].transfers]


def sentences(reply: Reply) -> str:
    return "\n".join(gap.text for gap in reply.gaps)


def served(folder: Path, about: dict[str, Any], events: list[dict[str, Any]] | None = None) -> Any:
    """A stand-in that tells one transaction, with its events."""
    context = scanning(folder, [paid(900, ALICE, BOB, 1)], more={about["hash"]: about})

    class Ready:
        def __enter__(self) -> Scan:
            self.scan = context.__enter__()
            body = json.dumps({"event_list": events or [], "list": []}).encode()
            self.scan.server.change(lambda _, given: replace(given, body=body), on=f"/api/{EVENTS}")
            return self.scan

        def __exit__(self, *caught: object) -> None:
            context.__exit__(*caught)

    return Ready()


def event(index: int, name: str, arguments: str, *values: str, contract: str = TOKEN) -> dict[str, Any]:
    fields = {"transaction_id": txid(1), "contract_address": contract, "event_index": index, "event_name": name}
    return fields | {"event": f"{name}({arguments})", "result": {str(at): value for at, value in enumerate(values)}}


MOVED = "address indexed from, address indexed to, uint256 value"


def test_a_token_s_transfer_has_its_place_and_its_fee_comes_last(tmp_path: Path) -> None:
    with scanning(tmp_path, [paid(1, ALICE, BOB, 9, log=3)], tags={ALICE: "Binance-Hot 9"}) as scan:
        reply = scan.about(1)
        assert lines(reply) == [("log:3", "token", 9), ("fee", "fee", 27_255_900)]
        (one,) = reply.transactions
        assert (one.block.height, one.block.time) == (1_001, BEGIN + 3)
        assert one.block.hash == scan.explorer.ledger.block_id(1_001)
        assert [transfer.order for transfer in one.transfers] == [(at_slot(1), 0, 0), (at_slot(1), 0, 1)]
        assert "the bytes of" in sentences(reply)
        assert len(reply.gaps) == 1
        tags = {(one.subject, one.value) for one in reply.observations if one.what == "tag"}
        assert tags == {(ALICE, "Binance-Hot 9"), (TOKEN, "USDT Token")}


def test_without_events_the_transfers_are_named_by_what_they_are(tmp_path: Path) -> None:
    with scanning(
        tmp_path, [paid(1, ALICE, BOB, 9), paid(1, ALICE, BOB, 9, log=1)], offers=OPTIONAL - {EVENTS}
    ) as scan:
        reply = scan.about(1)
        names = [name for name, kind, _ in lines(reply) if kind == "token"]
        assert len(set(names)) == 2
        assert all(name.startswith("row:") for name in names)


def test_trx_that_are_sent(tmp_path: Path) -> None:
    about = sent_trx(txid(1), at_slot(1), ALICE, BOB, 40_000_000) | {"cost": COST}
    with served(tmp_path, about) as scan:
        reply = scan.about(1)
        assert lines(reply) == [("value", "native", 40_000_000), ("fee", "fee", 345_000 + 6_428_500 + 1_100_000)]
        assert scan.asked(EVENTS) == 0


def test_a_fee_whose_parts_are_not_told_is_not_made_up(tmp_path: Path) -> None:
    about = sent_trx(txid(1), at_slot(1), ALICE, BOB, 40) | {"cost": {"fee": 5}}
    with served(tmp_path, about) as scan:
        reply = scan.about(1)
        assert lines(reply) == [("value", "native", 40)]
        assert "does not tell the fee" in sentences(reply)


def test_a_failed_call_moves_its_fee_though_the_attempt_is_listed(tmp_path: Path) -> None:
    with scanning(tmp_path, [paid(1, ALICE, BOB, 9)], failed=frozenset({txid(1)})) as scan:
        reply = scan.about(1)
        assert scan.explorer.info(txid(1))["trc20TransferInfo"]
        assert lines(reply) == [("fee", "fee", 27_255_900)]
        assert reply.transactions[0].status == "failed"


def test_calls_inside_move_trx_and_trc_10_and_are_named_by_what_they_are(tmp_path: Path) -> None:
    def call(value: int, which: str = "_", note: str = "call", *, rejected: bool = False) -> dict[str, Any]:
        sides = {"caller_address": TOKEN, "transfer_to_address": BOB, "note": note, "rejected": rejected}
        return sides | {"token_list": [{"token_id": which, "call_value": value}]}

    inside = {
        "1": [call(0), call(7), call(5, rejected=True), call(3, "1002000")],
        "2": [call(7), call(2, note="freeze"), call(4, note="odd")],
    }
    about = called(txid(1), at_slot(1), ALICE, TOKEN, 30) | {
        "cost": COST,
        "internal_transactions": inside,
        "event_count": 0,
    }
    with served(tmp_path, about) as scan:
        reply = scan.about(1)
        assert [(kind, value) for _, kind, value in lines(reply)] == [
            ("native", 30),
            ("internal", 7),
            ("internal", 3),
            ("internal", 7),
            ("fee", 7_873_500),
        ]
        names = [name for name, kind, _ in lines(reply) if kind == "internal"]
        assert len(set(names)) == 3
        assert "unknown note 'odd'" in sentences(reply)


def test_events_are_read_as_a_node_s_logs_are(tmp_path: Path) -> None:
    events = [
        event(5, "Withdrawal", "address indexed src, uint256 wad", bare(ALICE), "6", contract=WTRX),
        event(0, "Transfer", MOVED, bare(NOBODY), bare(ALICE), "10"),
        event(1, "Swap", "uint256 amount", "1"),
        event(2, "Transfer", "address indexed a, address indexed b, uint256 indexed id", bare(ALICE), bare(BOB), "77"),
        event(3, "Deposit", "address indexed dst, uint256 wad", bare(ALICE), "6", contract=WTRX),
        event(4, "Deposit", "address indexed dst, uint256 wad", bare(ALICE), "6", contract=CAROL),
    ]
    about = called(txid(1), at_slot(1), ALICE, TOKEN, 0) | {"cost": COST, "event_count": 6}
    with served(tmp_path, about, events) as scan:
        reply = scan.about(1)
        assert lines(reply)[:-1] == [
            ("log:0", "mint", 10),
            ("log:2", "nft", 1),
            ("log:3", "mint", 6),
            ("log:5", "burn", 6),
        ]
        assert reply.transactions[0].transfers[1].token_id == 77
        assert len(reply.gaps) == 1


def test_events_that_may_move_something_and_are_not_read_are_said(tmp_path: Path) -> None:
    events = [
        event(0, "Transfer", "address a, address b, uint256 c, bytes d", bare(ALICE), bare(BOB), "1", "00"),
        event(1, "TransferBatch", "address a, address b, address c, uint256[] d, uint256[] e"),
    ]
    about = called(txid(1), at_slot(1), ALICE, TOKEN, 0) | {"cost": COST, "event_count": 2}
    with served(tmp_path, about, events) as scan:
        assert sentences(scan.about(1)).count("in a form that is not read") == 2


@pytest.mark.parametrize("name", [None, ""])
def test_an_event_without_its_name_is_said(tmp_path: Path, name: object) -> None:
    events = [event(0, "Transfer", MOVED, bare(ALICE), bare(BOB), "1") | {"event_name": name}]
    about = called(txid(1), at_slot(1), ALICE, TOKEN, 0) | {"cost": COST, "event_count": 1}
    with served(tmp_path, about, events) as scan:
        assert "an event without a name of" in sentences(scan.about(1))


def test_events_that_are_fewer_than_the_explorer_counts_are_said(tmp_path: Path) -> None:
    events = [event(1, "Transfer", MOVED, bare(ALICE), bare(BOB), "1")]
    about = called(txid(1), at_slot(1), ALICE, TOKEN, 0) | {"cost": COST, "event_count": 2}
    with served(tmp_path, about, events) as scan:
        reply = scan.about(1)
        assert lines(reply)[0] == ("log:1", "token", 1)
        assert "made 2 events, of which the explorer shows 1; what the others moved" in sentences(reply)


def test_a_sum_of_events_that_leaves_some_out_is_said(tmp_path: Path) -> None:
    about = called(txid(1), at_slot(1), ALICE, TOKEN, 0) | {"cost": COST, "event_count": 4}
    moved = {"type": "Transfer", "from_address": ALICE, "to_address": BOB, "contract_address": TOKEN, "amount_str": "3"}
    about["trc20TransferInfo"] = [moved, {"type": "Transfer", "tokenType": "trc721"}]
    with served(tmp_path, about) as scan:
        reply = scan.about(1)
        assert [(kind, value) for _, kind, value in lines(reply)] == [("token", 3), ("fee", 7_873_500)]
        assert "made 4 events, of which the explorer shows 2" in sentences(reply)
        assert "of the sort ['Transfer', 'trc721']" in sentences(reply)


def test_of_a_reward_and_of_an_unknown_contract_it_is_said_what_is_not_told(tmp_path: Path) -> None:
    about = sent_trx(txid(1), at_slot(1), ALICE, BOB, 1) | {"cost": COST, "contractType": 13}
    about["contractData"] = {"owner_address": ALICE}
    with served(tmp_path, about) as scan:
        assert "the reward that" in sentences(scan.about(1))
    about = about | {"contractType": 99}
    with served(tmp_path / "other", about) as scan:
        assert "whose movements are not read" in sentences(scan.about(1))


def test_what_no_block_up_to_the_tip_holds_is_pending(tmp_path: Path) -> None:
    about = sent_trx(txid(1), at_slot(2_000), ALICE, BOB, 7) | {"cost": COST}
    with served(tmp_path, about) as scan:
        (one,) = scan.about(1).transactions
        assert (one.status, one.block) == ("pending", None)
        assert [transfer.kind for transfer in one.transfers] == ["native"]


def test_a_transaction_that_is_not_there_is_absent_while_the_tip_stands(tmp_path: Path) -> None:
    with scanning(tmp_path, [paid(1, ALICE, BOB, 9)]) as scan:
        assert scan.about("ab" * 32).absent


@pytest.mark.parametrize(
    ("edit", "error", "sentence"),
    [
        ({"hash": "ab" * 32}, Malformed, "gave transaction abab"),
        ({"hash": None}, Malformed, "without its txid"),
        ({"contractRet": None}, Malformed, "has no contractRet"),
        ({"block": None}, Malformed, "has no block"),
        ({"contractType": None}, Malformed, "has no contractType"),
        ({"ownerAddress": CAROL}, Malformed, "two senders"),
        ({"timestamp": 1_700_000_001_000}, Unavailable, "the chain was re-organised"),
        ({"revert": True}, Unavailable, "taken back together with its block"),
        ({"cost": COST | {"energy_fee": 1.5}}, Malformed, "no whole number"),
        ({"contractData": {"owner_address": ALICE, "to_address": BOB, "amount": "1e3"}}, Malformed, "no whole number"),
    ],
)
def test_an_answer_that_does_not_hold_together_is_not_used(
    tmp_path: Path, edit: dict, error: type, sentence: str
) -> None:
    about = sent_trx(txid(1), at_slot(1), ALICE, BOB, 7) | {"cost": COST}
    with served(tmp_path, about) as scan:
        scan.explorer.more[txid(1)] = about | edit
        with pytest.raises(error, match=sentence):
            scan.about(1)


@pytest.mark.parametrize(
    ("events", "sentence"),
    [
        ([event(0, "Transfer", MOVED, bare(ALICE), bare(BOB))], "an argument without a value"),
        ([event(0, "Transfer", MOVED, bare(ALICE), bare(BOB), "1"), event(0, "A", "", contract=BOB)], "one place"),
        ([event(0, "A", "") | {"transaction_id": "cd" * 32}], "events of another transaction"),
        ([event(0, "A", "") | {"event_index": None}], "one place"),
        ([event(10**9, "A", "")], "no whole number"),
        ([event(0, "Transfer", MOVED, "0x00", bare(BOB), "1")], "no TRON address"),
    ],
)
def test_events_that_are_none_are_malformed(tmp_path: Path, events: list, sentence: str) -> None:
    about = called(txid(1), at_slot(1), ALICE, TOKEN, 0) | {"cost": COST, "event_count": 1}
    with served(tmp_path, about, events) as scan, pytest.raises(Malformed, match=sentence):
        scan.about(1)
