"""`show` of a transaction that a TRON node is asked for, in the shape of the contract."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from chaintrace.cli import run
from tests.chaintrace.adapters.tron.making import ALICE, BOB, TOKEN, call, info
from tests.chaintrace.adapters.tron_node.test_tron_node import CALLED, small
from tests.hostile.server import HostileServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.chdir(tmp_path)
    node = small()
    node.mine((FAILED, info(FAILED, 345_000, result="FAILED", receipt={"result": "OUT_OF_ENERGY"})))
    with HostileServer(node.answer) as server:
        yield server.url


FAILED = {**call(3), "ret": [{"contractRet": "OUT_OF_ENERGY"}]}


def shown(url: str, txid: str, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    assert run(["show", txid, "--chain", "tron", "--from", f"tron-node={url}", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert isinstance(told, dict)
    return told


def test_a_call_with_all_that_it_moved(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = shown(url, CALLED["txID"], capsys)
    assert told["fee"] == {"payer": ALICE, "asset": "TRX", "value": "9"}
    assert (told["status"], told["height"], told["time"]) == ("confirmed", 2, "2024-06-03T13:02:03Z")
    trx = {"asset": "TRX", "contract": None, "decimals": 6, "token_id": None}
    assert told["transfers"] == [
        {"index": "value", "kind": "native", **trx, "from": ALICE, "to": TOKEN, "value": "7"},
        {"index": "call:0", "kind": "internal", **trx, "from": TOKEN, "to": BOB, "value": "3"},
        {
            "index": "log:0",
            "kind": "token",
            "asset": TOKEN,
            "contract": TOKEN,
            "decimals": None,
            "token_id": None,
            "from": ALICE,
            "to": BOB,
            "value": str(2**255),
        },
    ]


def test_a_failed_call_has_its_fee_and_nothing_else(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = shown(url, FAILED["txID"], capsys)
    assert (told["status"], told["transfers"]) == ("failed", [])
    assert told["fee"] == {"payer": ALICE, "asset": "TRX", "value": "345000"}


def test_what_is_not_there_is_2(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "cd" * 32, "--chain", "tron", "--from", f"tron-node={url}"]) == 2
    assert "is not in the sources of tron" in capsys.readouterr().err
