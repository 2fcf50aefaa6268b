"""Every fault of docs/reliability.md against the adapter `trongrid`, over a real connection."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from chaintrace.errors import AdapterError, Malformed, Unavailable
from tests.chaintrace.adapters.tron.making import ALICE, BOB, TOKEN, info, signed
from tests.chaintrace.adapters.trongrid.asked import START, asked, many, source_of, txid
from tests.hostile import reliability
from tests.hostile.doors import quick_door
from tests.hostile.faults import CARRIAGE
from tests.hostile.server import Asked, Given
from tests.hostile.tron_ledger import TronLedger

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from tests.chaintrace.adapters.trongrid.asked import AskedGrid
    from tests.hostile.server import Change

LIST = f"/v1/accounts/{ALICE}/transactions/trc20"
BY_ID = "/wallet/gettransactionbyid"
PAYMENT = signed("TransferContract", (1, BOB), (2, ALICE), (3, 5))
OTHER = signed("TransferContract", (1, BOB), (2, ALICE), (3, 6))
_NOT_POSSIBLE = {
    "wrong id": "Not possible: the API has no JSON-RPC",
    "merkle branch": "Not possible: the API has no merkle branches",
}


def ledger(count: int = 45) -> TronLedger:
    made = TronLedger.of(many(count))
    made.add(PAYMENT, info(PAYMENT), START + 90_000, ALICE, BOB)
    return made


def changed(how: Callable[[dict[str, Any]], object]) -> Change:
    def change(_asked: Asked, given: Given) -> Given:
        page = json.loads(given.body)
        how(page)
        return replace(given, body=json.dumps(page).encode())

    return change


def carriage(folder: Path, name: str) -> str:
    """A fault of the connection, met by the first page of a history; then all is well, and nothing is lost."""
    with asked(folder, ledger()) as a:
        a.transaction(PAYMENT["txID"])
        a.server.fault(name, on=LIST)
        if name == "refused":  # by a connection of its own: the old one would be answered still
            with quick_door(folder) as door:
                source = source_of(a.server, door)
                return reliability.outcome(lambda: source.reply(a.missing(), a.at), a.server.host)
        said = reliability.outcome(a.history, a.server.host)
        a.server.good()
        assert len(a.history().transactions) == 45
        return said


def gap(a: AskedGrid) -> str:
    """The last gap of a history that is not shown to be whole: nothing that was listed is lost."""
    reply = a.history()
    (coverage,) = reply.coverage
    if coverage.how == "balance equal":
        assert len(reply.transactions) == 45
        return "Answered: the list is asked for again from its other end, until the balance is equal"
    assert reply.transactions
    assert coverage.how == "claimed"
    return f"Gap: {reply.gaps[-1].text.replace(a.server.host, reliability.HOST)}"


def twice(a: AskedGrid) -> None:
    """The first page, whatever was asked for."""
    page = a.grid(Asked("GET", f"{LIST}?contract_address={TOKEN}&limit=20&order_by=block_timestamp,asc", b"", {}))
    a.server.change(lambda *_: page, on=LIST)


def out_of_order(a: AskedGrid) -> None:
    """The second page first, and the first one never."""
    page = a.grid(
        Asked("GET", f"{LIST}?contract_address={TOKEN}&limit=20&order_by=block_timestamp,asc&fingerprint=20", b"", {})
    )
    a.server.change(lambda request, given: given if "fingerprint" in request.path else page, on=LIST)


def shrinking(a: AskedGrid) -> None:
    """Each page has lost its last row."""
    a.server.change(changed(lambda page: page["data"].pop() if page["data"] else None), on=LIST)


def counters(a: AskedGrid) -> None:
    """Another balance than the rows leave."""
    word = {"result": {"result": True}, "constant_result": [f"{7:064x}"]}
    a.server.change(lambda *_: Given.json(word), on="/wallet/triggerconstantcontract")


PAGES = {"page twice": twice, "page out of order": out_of_order, "page shrinks": shrinking, "counters": counters}


def content(folder: Path) -> dict[str, str]:
    """The faults of content."""
    found: dict[str, str] = {}
    raised: dict[str, tuple[Change, str]] = {
        "wrong bytes": (changed(lambda told: told.update(raw_data_hex=OTHER["raw_data_hex"])), BY_ID),
        "other chain": (_at(0, blockID="00" * 32), "/wallet/getblockbynum"),
        "unsynced": (_at(None), "/wallet/getblockbynum"),
        "fork": (_at(None, blockID="55" * 32), "/wallet/getblockbynum"),
    }
    for name, (change, on) in raised.items():
        with asked(folder / name, ledger()) as a:
            a.server.change(change, on=on)
            found[name] = reliability.outcome(lambda a=a: a.transaction(PAYMENT["txID"]), a.server.host)
    for name, spoil in PAGES.items():
        with asked(folder / name, ledger(), page=20) as a:
            spoil(a)
            found[name] = gap(a)
    with asked(folder / "floats", ledger()) as a:
        a.server.change(changed(lambda page: page["data"][0].update(value=1e6)), on=LIST)
        found["floats"] = reliability.outcome(a.history, a.server.host)
    return found


def _at(height: int | None, **fields: str) -> Change:
    """A change of the block at a height, or of every one but the genesis block; without fields there is none."""

    def change(request: Asked, given: Given) -> Given:
        number = json.loads(request.body)["num"]
        if number != height and (height is not None or number == 0):
            return given
        return Given.json(json.loads(given.body) | fields if fields else {})

    return change


def test_every_fault_has_its_outcome_and_the_page_says_so(tmp_path: Path) -> None:
    outcomes = {
        fault.name: carriage(tmp_path / fault.name, fault.name) for fault in CARRIAGE if fault.name != "wrong id"
    }
    outcomes |= _NOT_POSSIBLE | content(tmp_path)
    for name, said in outcomes.items():
        assert name in _NOT_POSSIBLE or any(
            word in said for word in ("again", "another source", "url", "check", "key", "do not use")
        ), said
    reliability.compare("trongrid", outcomes)


@pytest.mark.parametrize("name", ["half a body", "web page", "reset", "500", "429", "403", "200 MB"])
@pytest.mark.parametrize("on", ["/v1/", "/wallet/triggerconstantcontract", "/wallet/getblockbynum"])
def test_no_fault_makes_a_history_shorter(tmp_path: Path, name: str, on: str) -> None:
    with asked(tmp_path, ledger(), page=20) as a:
        a.server.fault(name, on=on)
        with suppress(AdapterError):
            assert len(a.history().transactions) == 45
        a.server.good()
        assert len(a.history().transactions) == 45


@pytest.mark.parametrize("on", ["/v1/", "/wallet/triggerconstantcontract"])
def test_asked_too_often_is_asked_again_and_a_wrong_key_is_not(tmp_path: Path, on: str) -> None:
    """TronGrid says both with status 403."""
    with asked(tmp_path, ledger()) as a:
        often = {"Error": "The key exceeds the frequency limit(15), and the query server is suspended for 30s"}
        a.server.change(lambda *_: Given.json(often, 403), on=on, times=2)
        assert len(a.history().transactions) == 45
        assert a.history().coverage[0].how == "balance equal"
        a.server.change(lambda *_: Given.json(often, 403), on=on)
        with pytest.raises(Unavailable, match=r"asked too often .*CHAINTRACE_TRONGRID_KEY"):
            a.history(BOB)


def test_a_refusal_in_a_page_is_one(tmp_path: Path) -> None:
    with asked(tmp_path, ledger()) as a:
        a.server.change(lambda *_: Given.json({"success": False, "error": "rate limit", "statusCode": 200}), on="/v1/")
        with pytest.raises(Unavailable, match="too often"):
            a.history()


def test_after_a_cut_the_pages_that_came_are_not_asked_for_again(tmp_path: Path) -> None:
    with asked(tmp_path, ledger(), page=20) as a:
        a.server.change(_cut_after(1), on=LIST)
        with pytest.raises(Malformed):
            a.history()
        a.server.good()
        first = next(path for path in a.paths() if path.startswith(LIST))
        assert len(a.history().transactions) == 45
        assert a.paths().count(first) == 1


def _cut_after(count: int) -> Change:
    """So many good pages, and then half a one."""
    seen: list[str] = []

    def change(request: Asked, given: Given) -> Given:
        seen.append(request.path)
        return given if len(seen) <= count else replace(given, body=given.body[: len(given.body) // 2])

    return change


def test_a_key_goes_in_its_header_and_is_never_shown(tmp_path: Path) -> None:
    environment = {"CHAINTRACE_TRONGRID_KEY": "0f3d-secret"}
    with asked(tmp_path, ledger(), environment=environment) as a:
        a.history()
        assert {one.headers.get("tron-pro-api-key") for one in a.server.asked} == {"0f3d-secret"}
        assert "0f3d-secret" not in repr(a.door.queries)


def test_without_a_key_no_header_goes(tmp_path: Path) -> None:
    with asked(tmp_path, ledger()) as a:
        a.history()
        assert all("tron-pro-api-key" not in one.headers for one in a.server.asked)


def test_it_reads_what_it_was_told_again_without_the_network(tmp_path: Path) -> None:
    from chaintrace.adapters.transport import ReplayDoor

    with asked(tmp_path, ledger()) as a:
        first = a.history()
        source = source_of(a.server, ReplayDoor(a.door.archive))
        assert source.reply(a.missing(), a.at) == first
    assert txid(0) == first.transactions[0].txid
