"""The real TRON case over TronGrid, with an issuer that blocks one of its endpoints: the report says so."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from chaintrace.case.result import open_case
from tests.chaintrace.case.test_tron_over_network import folder_of, ledger, wallets
from tests.hostile.server import HostileServer
from tests.hostile.tron_issuer import ADDED, DESTROYED, REMOVED, Issue
from tests.hostile.trongrid_server import TrongridServer

if TYPE_CHECKING:
    from pathlib import Path

BLOCKED, FREED = "TGfH7imvH9h6yxusNNPkkwrDzKCg7kFDTf", "TNaRAoLUyYEV2uF7GUrzSjRQTU8v5ZJ5VR"
"""A deposit address and a hot wallet of the case; that an issuer dealt with them is made up here."""
BEFORE, AFTER = 1_600_000_000, 4_000_000_000
"""Before everything in the case, and after its last block (Unix, UTC)."""
ISSUED = (
    *(Issue(BEFORE, ADDED, BLOCKED), Issue(BEFORE, ADDED, FREED), Issue(BEFORE + 60, REMOVED, FREED)),
    *(Issue(BEFORE + 90, DESTROYED, BLOCKED, 7), Issue(AFTER, REMOVED, BLOCKED)),
)


def states(folder: Path) -> dict[str, set[tuple[str, str, str]]]:
    with (folder / "report" / "endpoints.csv").open(encoding="utf-8-sig", newline="") as file:
        found: dict[str, set[tuple[str, str, str]]] = {}
        for row in csv.DictReader(file):
            cells = (row["issuer"], row["issuer_power"], row["issuer_state"])
            found.setdefault(row["address"], set()).add(cells)
    return found


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "report").iterdir()}


@pytest.mark.parametrize("rules", [True, False])
@pytest.mark.parametrize(("calls", "free"), [(True, "not blocked"), (False, "no block listed")])
def test_the_endpoints_of_the_case_have_the_state_of_their_issuer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, rules: bool, calls: bool, free: str
) -> None:
    """By the contract's answer, which knows of nothing after the head; else by the events up to the tip."""
    monkeypatch.setenv("CHAINTRACE_NETWORK", "own")
    issued = ISSUED[:-1] if calls else ISSUED
    grid = TrongridServer(ledger(), whole=wallets(), issued=issued)
    grid.offers = grid.offers if calls else grid.offers - {"states"}
    with HostileServer(grid) as server:
        folder = folder_of(tmp_path / "case", "trongrid", server.url)
        if not rules:
            text = (folder / "case.toml").read_text("utf-8")
            assert text.count("[rules]") <= 1
            (folder / "case.toml").write_text(text.partition("[rules]")[0] + "\n[rules]\nuse = []\n", "utf-8")
        result = open_case(folder).follow()
    found = states(folder)
    assert len(found) >= 3
    assert {cells for several in found.values() for cells in several} <= {
        ("Tether", "wipe", "blocked"),
        ("Tether", "wipe", free),
    }
    blocked = {address for address, several in found.items() if ("Tether", "wipe", "blocked") in several}
    assert blocked == ({BLOCKED} & found.keys())
    assert (bool(blocked), FREED in found) == (rules, not rules)
    assert {row["issuer_state_height"] for row in result.endpoints} == {ledger().height}
    before = files(folder)
    page = before["report.html"].decode()
    assert "whether it will is Tether&#x27;s decision or a court&#x27;s" in page
    assert ("By an event at height" in page) == (rules and not calls)
    open_case(folder).follow(offline=True)
    assert files(folder) == before
