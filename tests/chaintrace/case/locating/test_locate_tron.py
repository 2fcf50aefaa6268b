"""The real ledger on TRON, behind stand-ins of two explorers: the payment is found, and all tellings are one."""

from __future__ import annotations

import csv
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from chaintrace.case.access import Access
from chaintrace.case.comparing.tellings import Question as Subject
from chaintrace.case.comparing.tellings import compared
from chaintrace.case.locating.locate import Question, locate
from chaintrace.case.result import now
from tests.hostile.server import HostileServer
from tests.hostile.tron_ledger import Paid, TronLedger
from tests.hostile.trongrid_server import TrongridServer
from tests.hostile.tronscan_server import Tronscan

if TYPE_CHECKING:
    from pathlib import Path

PAYMENT_A = "1d2a1786e07264df313d060f36c5952f1536f7804ec5dd3cafaa8f9777d975a2"
WALLET = "TXRBsytHfJDoAKRdcedgLsoHudh1xJGUdC"
OWN = Access("own")
CLUES = Question("100000", "2021-08-05", "2021-08-05", "tron", WALLET, fee="1", asset="USDT", zone="UTC")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def file(data) -> Path:
    return data / "cases" / "tron-usdt" / "transfers.csv"


@contextmanager
def served(file: Path, *, lost: int | None = None):
    """Both explorers over the wallet's part of the ledger; `lost` is a row that the second one lacks."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if WALLET in {row["from"], row["to"]}]
    paid = [
        Paid(row["txid"], int(row["time"]), row["asset"], row["from"], row["to"], int(row["value"])) for row in rows
    ]
    other = [one for number, one in enumerate(paid) if number != lost]
    tip = max(one.time for one in paid) + 600
    with (
        HostileServer(TrongridServer(TronLedger(paid, tip=tip))) as grid,
        HostileServer(Tronscan(TronLedger(other, tip=tip))) as scan,
    ):
        yield f"trongrid={grid.url}", f"tronscan={scan.url}/api", paid


def test_the_payment_is_found_in_each_as_in_the_file(file):
    with served(file) as (grid, scan, _):
        found = [
            [one.payment.transaction.txid for one in locate(replace(CLUES, source=where), OWN, now, print).candidates]
            for where in (str(file), grid, scan)
        ]
    assert PAYMENT_A in found[0]
    assert found[0] == found[1] == found[2]


def test_the_file_and_both_explorers_tell_the_same(file):
    with served(file) as (grid, scan, paid):
        made = compared(Subject(WALLET, (str(file), grid, scan), "tron", "USDT"), OWN, now, print)
    assert made.differences == ()
    assert [len(one.rows) for one in made.sources] == [len(paid)] * 3


def test_a_row_that_one_explorer_lost_is_the_difference(file):
    with served(file, lost=7) as (grid, scan, paid):
        made = compared(Subject(WALLET, (grid, scan), "tron", "USDT"), OWN, now, print)
    assert [(one.only_in, one.row.txid) for one in made.differences] == [(0, paid[7].txid)]
