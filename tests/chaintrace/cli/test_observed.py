"""`show` prints what sources observed beside the movements: who says it, and nothing that a terminal would obey."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from chaintrace.case.opening import Ground
from chaintrace.cli import run
from chaintrace.cli.observed import of_address, of_transaction, plain, print_observed, shape
from chaintrace.cli.show import _show
from chaintrace.model.chain import Account, Asset, Block
from chaintrace.model.provenance import Observation, Source
from chaintrace.model.transaction import Leg, Transaction, Transfer
from chaintrace.model.view import MissingTransaction
from chaintrace.store import Answered, MemoryStore, Network
from chaintrace.store.interface import nowhere
from tests.chaintrace.adapters.tron.making import ALICE, BOB, TOKEN

NOON = datetime(2026, 1, 1, tzinfo=UTC)
CHAIN, SITE = "tron", Network("tron", "tronscan", "site")
TXID = "ab" * 32
READ = Source("tronscan", "GET transaction-info", "5" * 64, NOON)


def seen(subject, what, value, height=None):
    return Observation(CHAIN, subject, what, height, value, READ)


MEMO = seen(TXID, "memo", "for\x1b[2J rent\u202e" + "x" * 400, 7)
TAG = seen(BOB, "tag", "Binance-Hot 9")
NOW, LATER = (seen(ALICE, "permissions", '{"txid":"x"}', height) for height in (7, 8))
NAME, SCALE = seen(TOKEN, "symbol", "USDT\r\n<b>"), seen(TOKEN, "decimals", "6")
OTHERS = seen("TOther", "tag", "somebody else"), seen("TOther", "symbol", "NONE")


def view():
    asset = Asset(CHAIN, TOKEN, TOKEN)
    legs = [(Leg(5_000_001, Account(side, asset), side),) for side in (ALICE, BOB)]
    moved = Transfer("log:0", "token", asset, *legs, (7, 0, 0))
    tx = Transaction(CHAIN, TXID, Block(7, "e" * 64, 1_600_000_000), 0, (moved,), source=READ)
    store = MemoryStore()
    store.pin(CHAIN, Block(9, "f" * 64, 1_600_000_006), NOON)
    observed = (MEMO, TAG, NOW, LATER, NAME, SCALE, *OTHERS)
    store.tell([Answered(SITE, MissingTransaction(CHAIN, TXID), "told", (tx,), observations=observed)])
    return Ground(store, (), nowhere, (), {}, {}, (), (), (SITE,)).view(), tx


def test_of_a_transaction_its_own_facts_those_of_its_height_and_its_tokens_are_shown():
    opened, tx = view()
    assert set(of_transaction(opened, tx)) == {MEMO, TAG, NOW, NAME, SCALE}
    assert set(of_address(opened, CHAIN, ALICE, [tx])) == {NOW, LATER, NAME, SCALE, MEMO}
    assert set(of_address(opened, CHAIN, BOB, [])) == {TAG}


def test_the_memos_of_a_file_stand_at_the_transaction_and_at_the_addresses_of_their_transfers(tmp_path, capsys):
    """Each transfer of a txid has its own: of an address only those of what it paid and got."""
    rows = "xrp,t1,0,1,1600000000,XRP,6,ann,bank,70,4021\nxrp,t1,1,1,1600000000,XRP,6,bob,bank,3,77\n"
    header = "chain,txid,index,height,time,asset,decimals,from,to,value,memo\n"
    (tmp_path / "t.csv").write_text(header + rows, encoding="utf-8")
    for subject, memos in (("t1", ["4021", "77"]), ("bank", ["4021", "77"]), ("ann", ["4021"]), ("bob", ["77"])):
        named = ["show", subject, "--from", str(tmp_path / "t.csv"), "--chain", "xrp"]
        assert run(named) == 0
        lines = [line.split("\t") for line in capsys.readouterr().out.splitlines() if line.startswith("memo of ")]
        assert [line[3] for line in lines] == memos
        assert {line[1] for line in lines} == {"t1"}
        assert run([*named, "--json"]) == 0
        told = json.loads(capsys.readouterr().out)["observations"]
        assert [one["value"] for one in told if one["what"].startswith("memo of ")] == memos


def test_a_person_sees_plain_letters_and_who_claims_what(capsys):
    opened, _ = view()
    _show(opened, CHAIN, TXID, as_json=False)
    out = capsys.readouterr().out
    assert f"calls itself\t{TOKEN}\t\tUSDT\\r\\n<b>\tclaimed by tronscan" in out
    assert f"tag\t{BOB}\t\tBinance-Hot 9\tclaimed by tronscan" in out
    assert f"memo\t{TXID}\t7\tfor\\x1b[2J rent\\u202exxx" in out
    assert "\x1b" not in out
    assert "somebody else" not in out
    assert "log:0\ttoken\t" + TOKEN + "\t5000001\t5.000001\t" in out
    _show(opened, CHAIN, ALICE, as_json=False)
    assert f'permissions\t{ALICE}\t8\t{{"txid":"x"}}\ttronscan' in capsys.readouterr().out


def test_scripts_get_all_of_it_to_the_right(capsys):
    opened, _ = view()
    for subject, count in ((TXID, 5), (BOB, 4)):
        _show(opened, CHAIN, subject, as_json=True)
        told = json.loads(capsys.readouterr().out)
        assert list(told)[-1] == "observations"
        assert len(told["observations"]) == count
    assert shape([MEMO])[0]["value"] == MEMO.value
    assert shape([TAG]) == [
        {"what": "tag", "subject": BOB, "height": None, "value": "Binance-Hot 9", "source": f"tronscan {READ.request}"}
    ]


def test_where_nothing_was_observed_nothing_is_printed(capsys):
    print_observed([])
    assert capsys.readouterr().out == ""
    assert plain("é 能量") == "é 能量"
