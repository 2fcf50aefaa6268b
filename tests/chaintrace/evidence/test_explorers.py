"""Packages of the real TRON case as explorers tell it: checked, and replayed without them."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from chaintrace.case.replaying import replay
from chaintrace.case.result import open_case
from chaintrace.case.sealing import evidence
from chaintrace.evidence.verify import LAYERS, verify
from tests.chaintrace.case.test_tron_over_network import folder_of, stand_in
from tests.chaintrace.evidence.packages import moment

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("adapter", ["tronscan", "trongrid"])
def test_what_explorers_of_tron_tell_is_packed_checked_and_replayed(
    adapter: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHAINTRACE_NETWORK", "own")
    server, path = stand_in(adapter)
    with server:
        case = folder_of(tmp_path / "case", adapter, f"{server.url}{path}")
        open_case(case).follow(clock=moment)
        package = evidence(case, tmp_path / "package", moment)
    said = verify(package)
    assert {layer: said.failures[layer] for layer in LAYERS if said.failures[layer]} == {}
    with (package / "data/proofs/unproven.csv").open(encoding="utf-8-sig", newline="") as file:
        assert all(row["reason"] for row in csv.DictReader(file))
    assert replay(package, tmp_path / "again", moment).differences == ()
