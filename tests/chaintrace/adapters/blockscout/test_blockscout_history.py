"""Histories over a real connection: everything that the ledger has comes back, and how it is known is said."""

from __future__ import annotations

import pytest

from chaintrace.model.transaction import PENDING_RANK
from tests.chaintrace.adapters.blockscout.case import USDT, A, B, C, D, asked, story, told
from tests.hostile.blockscout_ledger import Call, Ledger, Move, Tx, address


@pytest.mark.parametrize("who", [A, B, C, D])
@pytest.mark.parametrize("contract", ["", USDT])
@pytest.mark.parametrize("version", [6, 11, 12])
@pytest.mark.parametrize("page", [2, 50])
def test_a_history_is_what_the_ledger_has_and_its_balance_shows_it(tmp_path, who, contract, version, page):
    with asked(tmp_path, version=version, page=page) as a:
        reply = a.history(who, contract)
        assert told(reply, who, contract) == a.ledger.told(who, contract)
        (coverage,) = reply.coverage
        assert (coverage.how, coverage.opening, coverage.start) == ("balance equal", 0, 0)
        assert (coverage.end, coverage.height, coverage.time) == (a.at.height, a.at.height, a.at.time)
        assert (coverage.addresses, coverage.contracts) == (frozenset({who}), frozenset({contract}))
        assert not reply.gaps
        assert not reply.still_missing


def test_what_waits_is_told_as_pending_and_counts_for_nothing(tmp_path):
    with asked(tmp_path) as a:
        (pending,) = [made for made in a.history(A).transactions if made.status == "pending"]
        assert pending.block is None
        assert [(one.index, one.value, one.order[0]) for one in pending.transfers] == [("value", 77, PENDING_RANK)]


def test_a_failed_transaction_moves_its_fee_only(tmp_path):
    with asked(tmp_path) as a:
        (failed,) = [made for made in a.history(A).transactions if made.status == "failed"]
        assert [(one.kind, one.value) for one in failed.transfers] == [("fee", 350_000)]
        txid = a.ledger.blocks[2].txs[2].txid
        assert txid not in {made.txid for made in a.history(C).transactions}


def test_places_inside_and_positions_are_those_of_the_chain(tmp_path):
    with asked(tmp_path) as a:
        for contract in ("", USDT):
            for made in a.history(A, contract).transactions:
                tx = next((one for one in a.ledger.everything() if one.txid == made.txid), None)
                if tx is not None:
                    assert (made.height, made.position) == (tx.height, tx.position)
                    assert [one.order[:2] for one in made.transfers] == [(tx.height, tx.position)] * len(made.transfers)
                    assert [one.order for one in made.transfers] == sorted(one.order for one in made.transfers)


def test_calls_of_both_parties_lists_have_one_name(tmp_path):
    with asked(tmp_path) as a:
        names = [
            {
                (made.txid, one.index)
                for made in a.history(who).transactions
                for one in made.transfers
                if one.kind == "internal"
            }
            for who in (A, D)
        ]
        paid = {made.txid for made in a.history(A).transactions} & {txid for txid, _ in names[1]}
        assert paid
        assert {(txid, name) for txid, name in names[0] if name.startswith("row:")} <= names[1] | names[0]
        one = Ledger()
        one.mine(issues=(("alice", 10), ("bob", 1_000_000)))
        one.mine(Tx(B, D, 5, calls=[Call(D, A, 5)], gas_used=1))
    with asked(tmp_path / "one", one) as a:
        (mine,) = [made for made in a.history(A).transactions if made.txid.startswith("0x")]
        (theirs,) = [made for made in a.history(D).transactions if made.txid.startswith("0x")]
        assert mine.transfers[0].index == theirs.transfers[-1].index
        assert mine.transfers[0].index.startswith("row:")


def test_a_call_that_its_caller_undid_is_found_out_by_the_balance(tmp_path):
    ledger = Ledger()
    ledger.mine(issues=(("bob", 10**9),))
    ledger.mine(Tx(B, C, 0, data="0x01", calls=[Call(C, A, 500, undone=True)]))
    ledger.mine(Tx(B, A, 5))
    with asked(tmp_path, ledger) as a:
        reply = a.history(A)
        assert told(reply, A) == ledger.told(A, "")
        assert reply.coverage[0].how == "balance equal"


def test_two_calls_in_one_transaction_are_asked_whole(tmp_path):
    ledger = Ledger()
    ledger.mine(issues=(("bob", 10**9), ("router", 10**9)))
    ledger.mine(Tx(B, D, 0, data="0x01", calls=[Call(D, A, 500, undone=True), Call(A, D, 500, undone=True)]))
    ledger.mine(Tx(B, D, 0, data="0x01", calls=[Call(D, A, 5), Call(A, D, 5), Call(D, A, 9)]))
    with asked(tmp_path, ledger) as a:
        reply = a.history(A)
        assert told(reply, A) == ledger.told(A, "")
        inner = [one.index for made in reply.transactions for one in made.transfers if one.kind == "internal"]
        assert inner == ["call:0", "call:1", "call:2"]


def test_equal_token_transfers_stay_two_and_no_transaction_is_asked_by_itself_where_logs_place_them(tmp_path):
    with asked(tmp_path, story(blocks=5)) as a:
        transfers = [one for made in a.history(A, USDT).transactions for one in made.transfers]
        assert [one.index for one in transfers if one.value == 100] == ["log:0", "log:1"]
        assert [one.kind for one in transfers if one.value == 700] == ["mint"]
        assert not [path for path in a.paths() if path.startswith("/transactions/")]


def test_without_logs_positions_are_asked_of_the_transactions(tmp_path):
    with asked(tmp_path, story(blocks=5), methods=frozenset({"eth_chainId"})) as a:
        reply = a.history(A, USDT)
        assert told(reply, A, USDT) == a.ledger.told(A, USDT)
        assert {path for path in a.paths() if path.startswith("/transactions/")} == {
            f"/transactions/{made.txid}" for made in reply.transactions
        }
        assert reply.coverage[0].how == "balance equal"  # by the list of token balances


def test_counters_stand_in_for_a_balance_that_is_not_told(tmp_path):
    with asked(tmp_path, balances=False) as a:
        reply = a.history(A)
        assert (reply.coverage[0].how, reply.coverage[0].opening, reply.gaps) == ("counter equal", 0, ())
    with asked(tmp_path / "none", balances=False, counters=False) as a:
        reply = a.history(A)
        assert told(reply, A) == a.ledger.told(A, "")
        assert (reply.coverage[0].how, reply.coverage[0].opening) == ("claimed", None)
        assert [gap.kind for gap in reply.gaps] == ["claimed"]
        assert "its balance is not told, and no counter shows" in reply.gaps[0].text


def test_an_old_balance_holds_where_nothing_moved_since_and_proves_nothing_where_something_did(tmp_path):
    with asked(tmp_path, balance_height=9) as a:
        assert a.history(A).coverage[0].how == "balance equal"
    with asked(tmp_path / "older", balance_height=8, counters=False) as a:
        reply = a.history(A)
        assert reply.coverage[0].how == "claimed"
        assert "as of height 8 only" in reply.gaps[0].text


def test_rows_above_the_tip_of_the_run_are_not_told(tmp_path):
    with asked(tmp_path) as a:
        a.ledger.mine(Tx(B, A, 1_000), Tx(B, USDT, moves=[Move(USDT, B, A, 1_000)]))
        for contract in ("", USDT):
            reply = a.history(A, contract)
            assert max(made.height or 0 for made in reply.transactions) <= a.at.height
            assert reply.coverage[0].how == "balance equal"


def test_a_row_that_vanished_is_a_gap_with_its_size(tmp_path):
    with asked(tmp_path) as a:
        a.scout.hidden.add(a.ledger.blocks[2].txs[0].txid)
        reply = a.history(A)
        assert reply.coverage[0].how == "claimed"
        (gap,) = reply.gaps
        assert (gap.kind, gap.subject, gap.effect_value, gap.contract) == ("balance", A, 2 * 10**18, "")
        assert "larger by 2000000000000000000 base units" in gap.text


def test_a_busy_address_is_not_downloaded(tmp_path):
    with asked(tmp_path, story(blocks=30), page=5, most=20) as a:
        for contract in ("", USDT):
            a.server.asked.clear()
            reply = a.history(A, contract)
            assert (reply.still_missing, reply.transactions, reply.coverage) == (True, (), ())
            assert "as a service's address has" in reply.gaps[0].text
            assert len(a.paths()) < 12
            assert contract or not [path for path in a.paths() if path.startswith(f"/addresses/{A}/transactions")]


def test_one_who_was_never_seen_has_an_empty_history_that_is_counted(tmp_path):
    with asked(tmp_path, balances=False) as a:
        reply = a.history(address("nobody knows"))
        assert (reply.transactions, reply.coverage[0].how, reply.gaps) == ((), "counter equal", ())


def test_blocks_that_are_not_settled_have_their_hashes(tmp_path):
    with asked(tmp_path, finalized=7) as a:
        assert a.at.finalized == 7
        for made in a.history(A).transactions:
            if made.block is not None and made.height > 7:
                assert made.block.hash == a.ledger.blocks[made.height].hash


def test_the_hosted_api_is_asked_with_the_key_and_an_instance_without(tmp_path):
    with asked(tmp_path, path="/1", environment={"CHAINTRACE_BLOCKSCOUT_KEY": "proapi_secret"}) as a:
        assert a.history(A).coverage[0].how == "balance equal"
        assert {one.headers.get("authorization") for one in a.server.asked} == {"Bearer proapi_secret"}
        assert {one.path.split("?")[0].split("/")[1] for one in a.server.asked} == {"1"}
        assert all("proapi_secret" not in query.request for query in a.door.queries)
    with asked(tmp_path / "own", environment={"CHAINTRACE_BLOCKSCOUT_KEY": "proapi_secret"}) as a:
        a.history(A)
        assert {one.headers.get("authorization") for one in a.server.asked} == {None}
