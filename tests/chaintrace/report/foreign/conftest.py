"""Reports, and what the format for Neo4j writes of each, for every test of it."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import chaintrace as ct
from chaintrace.case.result import open_case
from chaintrace.model.chain import OutPoint
from chaintrace.model.trace import Resting
from chaintrace.report import Report, Table, build
from chaintrace.report.foreign import FORMATS
from chaintrace.report.foreign.neo4j import LOAD, QUESTIONS
from chaintrace.report.foreign.neo4j_load import NODES, OUTCOMES, RELATIONSHIPS
from tests.chaintrace.report.foreign.several import REPORTS
from tests.chaintrace.report.samples import BTC, T0, accounts, outputs
from tests.chaintrace.small_case import CASE, small_case

TWICE = '\n[[seed]]\nchain = "ledger"\ntxid = "t2"\nindex = 0\norigin = "payment"\n'
"""A second payment of the same origin, which takes what the method did not move there."""


def quiet(case: Any) -> Report:
    """What a case reports, without a word meanwhile."""
    return case.follow(observer=lambda *_: None).report


def named_twice(folder: Path) -> Report:
    """A transfer of 160, of which the method moves 60 of a payment, and a seed names the other 100 by the same name."""
    moved = "chain,txid,index,height,time,asset,decimals,from,to,value\n" + "".join(
        f"ledger,{txid},0,,{time},GOLD,2,{ends},{value}\n"
        for txid, time, ends, value in (
            ("t0", 1599999990, "elsewhere,taker", 100),
            ("t1", 1600000000, "victim,taker", 100),
            ("t2", 1600000010, "taker,shop", 160),
        )
    )
    return quiet(open_case(small_case(folder, case=CASE + TWICE, transfers=moved)))


def without_address() -> Report:
    """Value that rests in an output without an address."""
    inputs = outputs()
    trace = inputs.traces["fifo"]
    hops = tuple(hop._replace(to_address="") if hop.txid == "j1" else hop for hop in trace.hops)
    rests = tuple(
        Resting(origin, BTC, value, "", "j1", "0", T0, 100, OutPoint("bitcoin", "j1", 0), 990, 1, 2)
        for origin, value in (("P", 600), ("Q", 390))
    )
    return build(replace(inputs, traces={"fifo": replace(trace, hops=hops, outcomes=(*rests, trace.outcomes[-1]))}))


def with_decimals(decimals: int | None) -> Report:
    """A report in which no amount has other decimals than these; its amounts are left as they were."""
    report = build(accounts())
    tables = {
        name: Table(name, table.columns, tuple(
            tuple(decimals if key == "decimals" else cell for key, cell in zip(table.columns, row, strict=True))
            for row in table.rows
        ))
        for name, table in report.tables.items()
    }  # fmt: skip
    return replace(report, tables=tables)


@pytest.fixture(scope="session")
def shipped(tmp_path_factory) -> Report:
    """USDT on TRON, to deposit addresses of three exchanges."""
    return quiet(ct.demo_case("tron-usdt", tmp_path_factory.mktemp("shipped")))


@pytest.fixture(scope="session")
def neo4j_reports(shipped, tmp_path_factory) -> dict[str, Report]:
    """Every report, by a name that a folder may have; of the first payments one address has two roles."""
    return {
        "shipped": shipped,
        "first": quiet(ct.demo_case("first-payments", tmp_path_factory.mktemp("first"))),
        "twice": named_twice(tmp_path_factory.mktemp("twice") / "case"),
        "bare": without_address(),
        **{f"decimals-{decimals}": with_decimals(decimals) for decimals in (None, 0, 255)},
        **{f"r{number}": report for number, report in enumerate(REPORTS.values())},
    }


@pytest.fixture(scope="session")
def neo4j_root(neo4j_reports, tmp_path_factory) -> Path:
    """A folder with the files of each report in a folder of its own."""
    root = tmp_path_factory.mktemp("neo4j")
    for name, report in neo4j_reports.items():
        (root / name).mkdir()
        written = FORMATS["neo4j"].write(report, root / name)
        assert written == (NODES, OUTCOMES, RELATIONSHIPS, LOAD, QUESTIONS)
    return root


@pytest.fixture(scope="session")
def neo4j_cells(neo4j_root, neo4j_reports) -> dict[str, dict[str, list[list[str]]]]:
    """The cells of the three tables of each report, the header first."""

    def cells(path: Path) -> list[list[str]]:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file, strict=True))

    tables = (NODES, OUTCOMES, RELATIONSHIPS)
    return {name: {table: cells(neo4j_root / name / table) for table in tables} for name in neo4j_reports}
