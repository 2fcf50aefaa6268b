"""From the files that a case names to one view: merged where they agree, refused with both lines where they do not."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from chaintrace.adapters import ADAPTERS, SourceSpec
from chaintrace.case.opening import open_view
from chaintrace.errors import InputError
from chaintrace.model.chain import Account, Asset, OutPoint
from chaintrace.model.view import MissingHistory
from chaintrace.store import FileArchive, MemoryStore, SqliteStore

HEADER = "chain,txid,index,height,time,asset,decimals,from,to,value\n"
COIN = Asset("ledger", "COIN")
ROW = "ledger,t1,0,,1600000000,COIN,2,alice,bob,100\n"
A, B, C = "a" * 64, "b" * 64, "c" * 64


@pytest.fixture(params=[MemoryStore, SqliteStore])
def opened(request, tmp_path):
    archive = FileArchive(tmp_path / "archive", lambda: datetime(2026, 1, 1, tzinfo=UTC))
    store = MemoryStore() if request.param is MemoryStore else SqliteStore(tmp_path / "facts.sqlite")

    def made(*files, complete="all"):
        specs = []
        for number, (chain, text) in enumerate(files):
            name = f"{number}.csv" if text.startswith("chain") else f"{number}.jsonl"
            (tmp_path / name).write_text(text, "utf-8")
            adapter = "transfers-csv" if name.endswith("csv") else "transactions-jsonl"
            specs.append(SourceSpec(adapter, chain, tmp_path / name, name, complete, number * 10**9))
        return open_view(specs, archive, store, tmp_path, ADAPTERS)

    yield made
    store.close()


def coins(txid, height, value=50, **more):
    entry = {"txid": txid, "block_height": height, "coinbase": True, "outputs": [{"value": value}], **more}
    return json.dumps(entry) + "\n"


def spend(txid, height, prev, value=50, **more):
    inputs = [{"prev_txid": prev, "prev_vout": 0, **more}]
    return json.dumps({"txid": txid, "block_height": height, "inputs": inputs, "outputs": [{"value": value}]}) + "\n"


def test_two_files_of_one_ledger_are_one(opened):
    rest = ROW.replace("t1,0", "t1,1") + ROW.replace("t1", "t0").replace(",2,", ",,")
    view = opened(("ledger", HEADER + ROW), ("ledger", HEADER + ROW + rest))
    history = view.history(Account("bob", COIN))
    assert [(m.transaction.txid, m.transfer.index, m.order[1]) for m in history.movements] == [
        ("t1", "0", 0),
        ("t1", "1", 10**9 + 1),
        ("t0", "0", 10**9 + 2),
    ]
    assert len(history.coverage) == 2
    assert [source.request for source in view.sources] == ["0.csv", "1.csv"]
    assert view.assets("ledger")[0].decimals == 2


def test_two_chains_in_one_file_are_two_sources(opened):
    text = HEADER + ROW + ROW.replace("ledger", "other")
    view = opened(("ledger", text), ("other", text))
    assert view.transaction("ledger", "t1").chain == "ledger"
    assert view.transaction("other", "t1").chain == "other"
    assert isinstance(view.history(Account("bob", Asset("third", "COIN"))), MissingHistory)


def test_two_files_that_contradict_are_refused_with_both_lines(opened):
    with pytest.raises(InputError) as caught:
        opened(("ledger", HEADER + ROW), ("ledger", HEADER + ROW.replace("t1", "t0") + ROW.replace(",100", ",101")))
    assert str(caught.value).startswith(
        "1.csv, line 3: Its value differs from what 0.csv, line 2 says of ledger t1, index 0: "
    )


def test_an_edited_file_leaves_nothing_behind(opened):
    opened(("ledger", HEADER + ROW + ROW.replace("t1", "t2")))
    view = opened(("ledger", HEADER + ROW.replace(",100", ",7")))
    assert [m.transfer.value for m in view.history(Account("bob", COIN)).movements] == [7]


def test_a_file_that_is_given_twice_is_one(opened):
    view = opened(("ledger", HEADER + ROW), ("ledger", HEADER + ROW))
    assert len(view.history(Account("bob", COIN)).movements) == 1


def test_heights_in_one_file_of_a_chain_only_are_refused(opened):
    with pytest.raises(InputError, match=r"^1\.csv: it has block heights and 0\.csv has none: sources of one chain"):
        opened(("ledger", HEADER + ROW), ("ledger", HEADER + ROW.replace("t1,0,,", "t2,0,5,")))


def test_scales_that_differ_are_refused(opened):
    with pytest.raises(InputError, match="COIN on ledger has 2 decimals in one source and 3 in another"):
        opened(("ledger", HEADER + ROW), ("ledger", HEADER + ROW.replace("t1", "t2").replace(",2,", ",3,")))


def test_inputs_are_completed_over_files(opened):
    view = opened(("bitcoin", coins(A, 1)), ("bitcoin", spend(B, 2, A)))
    assert view.transaction("bitcoin", B).utxo.inputs[0].value == 50
    assert view.spender(OutPoint("bitcoin", A, 0)).txid == B
    assert view.spender(OutPoint("bitcoin", B, 0)) is None


def test_an_output_that_two_files_spend_is_refused_with_both_lines(opened):
    with pytest.raises(InputError) as caught:
        opened(("bitcoin", coins(A, 1) + spend(B, 2, A)), ("bitcoin", spend(C, 3, A)))
    assert str(caught.value).startswith(f"1.jsonl, line 1: {C} spends {A}:0, which {B} of 0.jsonl, line 2 spends too")


def test_a_case_without_whole_sources_asks_its_look_ups(shared, tmp_path):
    archive = FileArchive(tmp_path / "archive", lambda: datetime(2026, 1, 1, tzinfo=UTC))
    path = shared / "data" / "bitcoin" / "blocks" / "firstblocks.blk"
    spec = SourceSpec("blocks", "bitcoin", path, "firstblocks.blk")
    view = open_view([spec], archive, MemoryStore(), tmp_path, ADAPTERS)
    coinbase = "0437cd7f8525ceed2324359c2d0ba26006d92d856a9c20fa0241106ee5a597c9"
    payment = "f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16"
    assert view.transaction("bitcoin", coinbase).height == 9
    assert view.spender(OutPoint("bitcoin", coinbase, 0)).txid == payment
    assert view.spender(OutPoint("bitcoin", payment, 0)) is None
    assert view.missing == ()
