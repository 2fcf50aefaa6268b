"""Single transactions: whole, with fee, calls and logs; by the receipt, and without it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chaintrace.adapters.blockscout import Blockscout
from chaintrace.adapters.blockscout.asking import routes
from chaintrace.adapters.evm.topics import APPROVAL
from chaintrace.adapters.network import Endpoint
from chaintrace.errors import InputError, Malformed, Unavailable
from chaintrace.model.approval import approvals_in
from chaintrace.model.transaction import PENDING_RANK
from chaintrace.model.view import MissingTransaction
from tests.chaintrace.adapters.blockscout.case import CHAIN, USDT, A, B, C, D, asked
from tests.hostile import blockscout_rpc
from tests.hostile.blockscout_ledger import Call, Ledger, Move, Tx, address
from tests.hostile.blockscout_rpc import transfer_log
from tests.hostile.server import Given

NO_RPC = frozenset({"eth_chainId"})
NFT = address("nft")


def ledger_of(tx: Tx) -> Ledger:
    """A ledger whose second block has this transaction."""
    ledger = Ledger()
    ledger.mine(issues=(("alice", 10**20), ("router", 10**20)))
    ledger.mine(Tx(B, C, 0), tx)
    ledger.mine()
    return ledger


def whole(a, tx: Tx):
    """The reply about a transaction."""
    return a.source.reply(MissingTransaction(CHAIN, tx.txid), a.at)


def kinds(reply) -> list[tuple[str, str, int | None]]:
    (made,) = reply.transactions
    return [(one.index, one.kind, one.value) for one in made.transfers]


def busy() -> Tx:
    return Tx(
        A,
        D,
        100,
        data="0xabcdef01",
        calls=[
            Call(D, C, 30),
            Call(D, A, 20),
            Call(D, A, 20),
            Call(D, B, 9, failed=True),
            Call(C, B, 8, "delegatecall"),
        ],
        moves=[Move(USDT, A, B, 5), Move(USDT, A, B, 5), Move(NFT, A, B, 1, 7, "ERC-721")],
        extra_fee=13,
    )


@pytest.mark.parametrize("methods", [None, NO_RPC])
def test_a_transaction_is_whole_with_its_calls_in_their_places(tmp_path, methods):
    tx = busy()
    with asked(tmp_path, ledger_of(tx), **({"methods": methods} if methods else {})) as a:
        reply = whole(a, tx)
        assert kinds(reply) == [
            ("fee", "fee", 350_013),
            ("value", "native", 100),
            ("call:0", "internal", 30),
            ("call:1", "internal", 20),
            ("call:2", "internal", 20),
            ("log:0", "token", 5),
            ("log:1", "token", 5),
            ("log:2", "nft", 1),
        ]
        (made,) = reply.transactions
        assert (made.height, made.position, made.status) == (2, 1, "confirmed")
        assert made.block.hash == a.ledger.blocks[2].hash
        assert [gap.text for gap in reply.gaps if "a list, which nobody counts" not in gap.text] == []
        assert bool(reply.gaps) == bool(methods)


def test_without_a_raw_trace_the_calls_are_named_by_what_they_are_and_stay_in_order(tmp_path):
    tx = busy()
    with asked(tmp_path, ledger_of(tx), raw_trace=False) as a:
        told = kinds(whole(a, tx))
        assert [(kind, value) for _, kind, value in told][:5] == [
            ("fee", 350_013),
            ("native", 100),
            ("internal", 30),
            ("internal", 20),
            ("internal", 20),
        ]
        names = [name for name, kind, _ in told if kind == "internal"]
        assert all(name.startswith("row:") for name in names)
        assert len(set(names)) == 3


def test_what_its_caller_undid_moves_nothing(tmp_path):
    tx = Tx(A, D, 0, data="0x01", calls=[Call(D, A, 500, undone=True), Call(D, A, 1)])
    with asked(tmp_path, ledger_of(tx)) as a:
        assert kinds(whole(a, tx))[1:] == [("call:1", "internal", 1)]


def test_a_failed_transaction_moves_its_fee_only(tmp_path):
    tx = Tx(A, D, 50, ok=False, calls=[Call(D, A, 50)], moves=[Move(USDT, A, B, 1)])
    with asked(tmp_path, ledger_of(tx)) as a:
        reply = whole(a, tx)
        assert kinds(reply) == [("fee", "fee", 350_000)]
        assert reply.transactions[0].status == "failed"
        assert not reply.gaps


def test_a_contract_that_is_made_receives_the_value(tmp_path):
    tx = Tx(A, None, 50, data="0x60", created=C)
    with asked(tmp_path, ledger_of(tx)) as a:
        assert whole(a, tx).transactions[0].transfers[1].outputs[0].address == C


def test_blobs_and_the_part_for_ethereum_are_in_the_fee(tmp_path):
    tx = Tx(A, B, 1, kind=3)
    with asked(tmp_path, ledger_of(tx)) as a:
        a.server.change(edited(blob_gas_used="131072", blob_gas_price="3"), on=f"/api/v2/transactions/{tx.txid}")
        assert kinds(whole(a, tx))[0] == ("fee", "fee", 350_000 + 3 * 131_072)
    with asked(tmp_path / "untold", ledger_of(tx)) as a:
        (gap,) = [gap for gap in whole(a, tx).gaps if "blobs" in gap.text]
        assert "its fee may be higher" in gap.text
    rollup = Tx(A, B, 1, extra_fee=99)
    with asked(tmp_path / "rollup", ledger_of(rollup), chain="base") as a:
        reply = a.source.reply(MissingTransaction("base", rollup.txid), a.at)
        assert kinds(reply)[0] == ("fee", "fee", 350_099)
        assert not [gap for gap in reply.gaps if "fee" in gap.text]


def edited(**fields):
    """A change of a JSON object's fields."""
    import json

    def change(_, given):
        told = json.loads(given.body)
        return replace(given, body=json.dumps(told | fields).encode()) if isinstance(told, dict) else given

    return change


def test_what_waits_and_what_came_after_the_tip_is_pending_and_what_is_not_there_is_absent(tmp_path):
    ledger = ledger_of(busy())
    waits = ledger.broadcast(Tx(A, B, 5, data="0x01"))
    with asked(tmp_path, ledger) as a:
        later = Tx(A, B, 6)
        ledger.mine(later)
        for tx in (waits, later):
            (made,) = whole(a, tx).transactions
            assert (made.status, made.block) == ("pending", None)
            assert [(one.index, one.value, one.order[0]) for one in made.transfers] == [
                ("value", tx.value, PENDING_RANK)
            ]
        assert whole(a, replace(later, txid="0x" + "11" * 32)).absent


def test_an_instance_that_has_not_read_every_block_has_no_absence_and_no_whole_history(tmp_path):
    with asked(tmp_path, finished=False) as a:
        assert a.at.synced is False
        with pytest.raises(Unavailable, match="has not read every block of its chain"):
            whole(a, Tx(A, B, txid="0x" + "11" * 32))
        reply = a.history(A)
        assert reply.coverage[0].how == "claimed"
        assert "has not read every block of its chain yet" in reply.gaps[0].text
    with asked(tmp_path / "unsaid", finished=None) as a:
        assert a.at.synced is None
        assert a.history(A).coverage[0].how == "balance equal"


def test_the_status_names_chain_tip_and_what_is_final(tmp_path):
    with asked(tmp_path, finalized=3) as a:
        at, tip = a.at, a.ledger.tip
        assert (at.chain, at.height, at.block_hash, at.time) == (CHAIN, tip.height, tip.hash, tip.time)
        assert (at.synced, at.finalized, at.indices) == (True, 3, frozenset({"txid", "address"}))
        assert a.source.block_hash(1) == a.ledger.blocks[1].hash
        with pytest.raises(Unavailable, match="has no block at height 99"):
            a.source.block_hash(99)


@pytest.mark.parametrize(
    ("on", "said"),
    [
        ("/api/v2/transactions/", {"hash": "0x" + "22" * 32}),
        ("/api/v2/transactions/", {"value": "1.5e18"}),
        ("/api/v2/transactions/", {"value": 1.5e18}),
        ("/api/v2/transactions/", {"fee": {"type": "actual", "value": "3.5"}}),
        ("/api/v2/transactions/", {"from": {"hash": "0x12"}}),
        ("/api/v2/transactions/", {"status": "maybe"}),
        ("/api/v2/transactions/", {"timestamp": "yesterday"}),
        ("/api/v2/transactions/", {"timestamp": "1801-02-30T00:00:00Z"}),
        ("/api/v2/transactions/", {"position": None}),
        ("/api/v2/transactions/", {"block_number": None, "block": None}),
    ],
)
def test_a_view_that_is_not_one_is_malformed(tmp_path, on, said):
    tx = busy()
    with asked(tmp_path, ledger_of(tx)) as a:
        a.server.change(edited(**said), on=on + tx.txid)
        with pytest.raises(Malformed, match=r"ask another source"):
            whole(a, tx)


def test_a_receipt_of_another_block_is_malformed(tmp_path):
    tx = busy()
    with asked(tmp_path, ledger_of(tx)) as a:

        def moved(_, given):
            return replace(given, body=given.body.replace(b'"blockNumber": "0x2"', b'"blockNumber": "0x1"'))

        a.server.change(moved, on="eth_getTransactionReceipt")
        with pytest.raises(Malformed, match="says blockNumber 1, the transaction 2"):
            whole(a, tx)


def test_a_web_page_instead_of_absence_is_malformed(tmp_path):
    with asked(tmp_path) as a:
        a.server.change(lambda *_: Given(b"<html>Not Found</html>", 404, "text/html"), on="/api/v2/transactions/")
        with pytest.raises(Malformed, match="a page of status 404 that is not the API's"):
            whole(a, Tx(A, B, txid="0x" + "11" * 32))


@pytest.mark.parametrize(
    ("url", "rest", "rpc", "hosted"),
    [
        (
            "https://eth.blockscout.com",
            "https://eth.blockscout.com/api/v2",
            "https://eth.blockscout.com/api/eth-rpc",
            False,
        ),
        (
            "https://eth.blockscout.com/api/v2/",
            "https://eth.blockscout.com/api/v2",
            "https://eth.blockscout.com/api/eth-rpc",
            False,
        ),
        (
            "https://api.blockscout.com",
            "https://api.blockscout.com/1/api/v2",
            "https://api.blockscout.com/1/json-rpc",
            True,
        ),
        (
            "https://api.blockscout.com/10",
            "https://api.blockscout.com/10/api/v2",
            "https://api.blockscout.com/10/json-rpc",
            True,
        ),
        (
            "http://127.0.0.1:4000/scout",
            "http://127.0.0.1:4000/scout/api/v2",
            "http://127.0.0.1:4000/scout/api/eth-rpc",
            False,
        ),
    ],
)
def test_urls_lead_to_rest_and_json_rpc(url, rest, rpc, hosted):
    assert routes(url, 1) == (rest, rpc, hosted)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("https://eth.blockscout.com?apikey=1", "write it without a query"),
        ("ftp://eth.blockscout.com", "is no url of a Blockscout explorer"),
        ("eth.blockscout.com", "is no url of a Blockscout explorer"),
    ],
)
def test_what_cannot_be_an_instance_is_bad_input(url, sentence):
    with pytest.raises(InputError, match=sentence):
        Blockscout().connect(Endpoint("blockscout", "ethereum", url, url, "public"), None)


@pytest.mark.parametrize("methods", [None, NO_RPC])
def test_the_approvals_in_its_logs_are_told(tmp_path, monkeypatch, methods):
    """Of the receipt that is read anyway, or of the list of logs: nothing more is asked for."""

    def approval(move: Move) -> dict[str, object]:
        log = transfer_log(move)
        return {**log, "topics": [APPROVAL, *log["topics"][1:]]}

    monkeypatch.setattr(blockscout_rpc, "transfer_log", approval)
    tx = Tx(A, USDT, 0, data="0x095ea7b3", moves=[Move(USDT, A, B, 5)])
    with asked(tmp_path, ledger_of(tx), **({"methods": methods} if methods else {})) as a:
        reply = whole(a, tx)
    (allowed,) = approvals_in(reply.observations)
    assert (allowed.holder, allowed.spender, allowed.contract, allowed.allowance) == (A, B, USDT, 5)
    assert (allowed.height, allowed.txid, allowed.sender) == (2, tx.txid, A)
    assert [one for one in kinds(reply) if one[1] == "token"] == []
