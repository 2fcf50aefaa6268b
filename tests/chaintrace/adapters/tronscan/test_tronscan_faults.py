"""Every fault of docs/reliability.md against the adapter `tronscan`, over a real connection."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from chaintrace.adapters.network import Endpoint
from chaintrace.adapters.tronscan import TronscanSource
from chaintrace.model.view import MissingHistory
from tests.chaintrace.adapters.tron.making import BOB
from tests.chaintrace.adapters.tronscan.scan import Scan, account, many, moved, scanning, txid
from tests.hostile import reliability
from tests.hostile.doors import quick_door
from tests.hostile.faults import CARRIAGE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

INFO, LIST = "/api/transaction-info", "/api/token_trc20/transfers"
_NOT_POSSIBLE = {
    "wrong id": "Not possible: the API has no JSON-RPC",
    "merkle branch": "Not possible: the explorer gives no branches",
}


def told(change: Callable[[dict[str, Any]], dict[str, Any]]):
    """A change of a JSON object."""
    return lambda _, given: replace(given, body=json.dumps(change(json.loads(given.body))).encode())


def carriage(folder: Path, name: str) -> str:
    """A fault of the connection, met in the middle of a history; then all is well, and nothing is lost."""
    with scanning(folder, many(120)) as scan:
        second = f"{LIST}?relatedAddress={BOB}&contract_address={account().asset.contract}&start=50"
        scan.server.fault(name, on=second)
        if name == "refused":  # by a connection of its own: the old one would be answered still
            with quick_door(folder) as door:
                url = f"{scan.server.url}/api"
                other = TronscanSource(Endpoint("tronscan", "tron", url, url, "public"), door)
                return reliability.outcome(lambda: other.reply(MissingHistory(account()), scan.at), scan.server.host)
        said = reliability.outcome(scan.history, scan.server.host)
        scan.server.good()
        scan.server.asked.clear()
        assert len(scan.history().transactions) == 120
        assert scan.asked("token_trc20/transfers") == 2  # what was fetched is not fetched again
        return said


def twice(scan: Scan) -> None:
    """The first page, whatever was asked for."""
    first = scan.explorer.answer("token_trc20/transfers", _asked(0))
    scan.server.change(lambda *_: first, on=LIST)


def out_of_order(scan: Scan) -> None:
    """The second page first, and the first one never."""
    pages = [scan.explorer.answer("token_trc20/transfers", _asked(start)) for start in (4, 0, 8)]

    def answer(asked, given):
        start = int(asked.path.partition("start=")[2].partition("&")[0])
        return pages[0] if start == 0 else pages[2] if start == 4 else given

    scan.server.change(answer, on=LIST)


def _asked(start: int) -> dict[str, str]:
    return {"relatedAddress": BOB, "contract_address": account().asset.contract, "start": str(start), "limit": "50"}


PAGES = {
    "page twice": twice,
    "page out of order": out_of_order,
    "page shrinks": lambda scan: scan.server.change(
        told(lambda page: page | {"token_transfers": page["token_transfers"][1:]}), on=LIST
    ),
    "counters": lambda scan: scan.server.change(told(lambda page: page | {"rangeTotal": 7}), on=LIST),
}


def content(folder: Path) -> dict[str, str]:
    """The faults of content."""
    found: dict[str, str] = {}
    other = {"data": [{"number": 0, "hash": "44" * 32, "timestamp": 0}]}
    raised = {
        "wrong bytes": (told(lambda about: about | {"hash": txid(9)}), INFO),
        "other chain": (told(lambda _: other), "/api/block?number=0"),
        "unsynced": (told(lambda _: {"data": []}), "/api/block?number=1"),
        "fork": (told(lambda page: {"data": [page["data"][0] | {"hash": "55" * 32}]}), "/api/block?number=1"),
    }
    for name, (change, on) in raised.items():
        with scanning(folder / name, many(5)) as scan:
            scan.server.change(change, on=on)
            found[name] = reliability.outcome(lambda scan=scan: scan.about(1), scan.server.host)
    for name, spoil in PAGES.items():
        with scanning(folder / name, many(9), page=4) as scan:
            spoil(scan)
            reply = scan.history()
            assert reply.transactions
            assert [coverage.how for coverage in reply.coverage] == ["claimed"]
            assert reply.coverage[0].opening is None
            gap = next(gap for gap in reply.gaps if gap.kind == "claimed")
            found[name] = f"Gap: {gap.text.replace(scan.server.host, reliability.HOST)}"
    with scanning(folder / "floats", many(5)) as scan:
        scan.server.change(
            told(lambda page: page | {"token_transfers": [row | {"quant": 1.5} for row in page["token_transfers"]]}),
            on=LIST,
        )
        found["floats"] = reliability.outcome(scan.history, scan.server.host)
    return found


def test_every_fault_has_its_outcome_and_the_page_says_so(tmp_path: Path) -> None:
    outcomes = {
        fault.name: carriage(tmp_path / fault.name, fault.name) for fault in CARRIAGE if fault.name not in _NOT_POSSIBLE
    }
    outcomes |= _NOT_POSSIBLE | content(tmp_path)
    for name, said in outcomes.items():
        assert name in _NOT_POSSIBLE or any(
            word in said for word in ("again", "another source", "url", "check", "key", "nothing of this page")
        ), said
    reliability.compare("tronscan", outcomes)


@pytest.mark.parametrize("name", ["half a body", "web page", "reset", "500", "429", "200 MB"])
@pytest.mark.parametrize("on", [LIST, "/api/account/tokens", "/api/block?number="])
def test_no_fault_makes_a_history_shorter(tmp_path: Path, name: str, on: str) -> None:
    with scanning(tmp_path, many(60)) as scan:
        scan.server.fault(name, on=on)
        reliability.outcome(scan.history, scan.server.host)
        scan.server.good()
        reply = scan.history()
        assert len(moved(reply)) == 60
        assert reply.coverage[0].how == "balance equal"


def test_after_429_the_rest_is_asked_and_nothing_again(tmp_path: Path) -> None:
    with scanning(tmp_path, many(120)) as scan:
        scan.server.fault("429 and when", on=f"{LIST}?relatedAddress={BOB}", times=2)
        assert len(scan.history().transactions) == 120
        assert 1.9 < sum(scan.door.pauses[:2]) < 3.1
        assert scan.asked("token_trc20/transfers") == 5


@pytest.mark.parametrize(
    ("on", "change"),
    [
        (LIST, lambda told: told | {"token_transfers": [row | {"quant": 1.5} for row in told["token_transfers"]]}),
        (INFO, lambda told: told | {"cost": told["cost"] | {"energy_fee": 1.5}}),
        (INFO, lambda told: told | {"trc20TransferInfo": [{"type": "Transfer"}]}),
        ("/api/contracts", lambda told: {"event_list": [told["event_list"][0] | {"event_index": "x"}]}),
    ],
)
def test_what_was_wrong_once_is_not_used_again(tmp_path: Path, on: str, change: Callable) -> None:
    """A bad answer is in the archive, and the next time the explorer is asked anew."""
    with scanning(tmp_path, many(3)) as scan:
        scan.server.change(told(change), on=on, times=1)
        ask = scan.history if on == LIST else lambda: scan.about(1)
        assert "ask another source" in reliability.outcome(ask, scan.server.host)
        assert ask().transactions
