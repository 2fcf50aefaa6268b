"""TRX that was paid to Alice, followed over TronGrid through calls, fees and two transactions of one block."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from chaintrace.case.result import open_case
from chaintrace.cli import run
from chaintrace.model.trace import FeePaid
from tests.chaintrace.adapters.tron.making import ALICE, BOB, CAROL, info
from tests.chaintrace.adapters.trongrid.asked import START
from tests.chaintrace.adapters.trongrid.test_coins import Story, pay
from tests.hostile.server import HostileServer
from tests.hostile.trongrid_server import TrongridServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CASE = """\
[case]
name = "TRX over TronGrid"

[[source]]
adapter = "trongrid"
url = "{url}"
chain = "tron"

[[seed]]
chain = "tron"
txid = "{txid}"
origin = "theft"
"""


class Followed(Story):
    """What Carol got goes on to Dave's place in one block with what she was paid before: out first, then in."""

    def __init__(self) -> None:
        super().__init__()
        out, back = pay(CAROL, BOB, 20_000_000), pay(BOB, CAROL, 4_000_000)
        for told in (out, back):
            self.ledger.add(told, info(told, 1_000 if told is out else 0), START + 300, CAROL, BOB)
        self.ledger.coins[CAROL] = {"balance": 30_000_000 - 20_000_000 - 1_000 + 4_000_000}
        self.ledger.coins[BOB] = {"balance": 7}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("CHAINTRACE_NETWORK", "own")
    story = Followed()
    with HostileServer(TrongridServer(story.ledger, whole=frozenset({ALICE, CAROL}))) as server:
        case = tmp_path / "case"
        case.mkdir()
        (case / "case.toml").write_text(CASE.format(url=server.url, txid=story.first), "utf-8")
        yield case


def test_trx_is_followed_to_the_sun(folder: Path) -> None:
    result = open_case(folder).follow()
    traces = result.report.inputs.traces
    assert {"fifo", "lifo", "libr", "haircut"} <= set(traces)
    for name, trace in traces.items():
        sums: Counter[str] = Counter()
        for outcome in trace.outcomes:
            sums[type(outcome).__name__] += outcome.value
        assert sum(sums.values()) == 100_000_000, name
        assert {gap.kind for gap in trace.gaps} & {"claimed", "balance", "order", "opening"} == set(), name
    fees = {(out.txid, out.value) for out in traces["fifo"].outcomes if isinstance(out, FeePaid)}
    assert {value for _, value in fees} == {1_100_000, 345_000, 55, 1_000}


def test_it_is_the_same_without_the_network(folder: Path) -> None:
    assert run(["trace", str(folder)]) == 3
    before = tables(folder)
    assert before["reconciliation.csv"]
    assert run(["trace", str(folder), "--offline"]) == 3
    assert tables(folder) == before


def tables(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted((folder / "report").glob("*.csv"))}
