"""The sums of the expert's report over the shipped cases, done again from its printed cells: a judge's arithmetic."""

from __future__ import annotations

import csv
import shutil
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from chaintrace.case.expert import Opinion
from chaintrace.case.expert.document import SECTIONS
from chaintrace.case.result import open_case
from chaintrace.freeze.blocks import Grid, Points
from chaintrace.report import Report

SHIPPED = Path(__file__).resolve().parents[3] / "data" / "cases"
CASES = ("tron-usdt", "colonial-pipeline", "first-payments")
WALLET = "TXRBsytHfJDoAKRdcedgLsoHudh1xJGUdC"
"""The wallet that both payments of the USDT case go to."""


def clock() -> datetime:
    return datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.fixture(scope="module", params=CASES)
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder = tmp_path_factory.mktemp(request.param) / "case"
    shutil.copytree(SHIPPED / request.param, folder)
    return open_case(folder).follow(clock=clock, environment={}, offline=True).report


def grid(report: Report, section: str, heading: str) -> Grid:
    """The table of a section that has a heading."""
    blocks = dict(SECTIONS)[section](Opinion(report))
    return next(block for block in blocks if isinstance(block, Grid) and heading in block.headings)


def number(cell: str) -> Decimal:
    return Decimal(cell.replace(",", "").replace("−", "-"))


def test_before_less_moved_is_after_and_the_lines_of_a_pool_join(report: Report) -> None:
    after: dict[str, Decimal] = {}
    for _, pool, _, since, *sums in grid(report, "Steps", "Change since").rows:
        before, of_before, moved, of_moved, left, of_left = map(number, sums)
        assert before - moved == left
        assert of_before - of_moved == of_left
        assert of_before <= before
        assert bool(since) is (pool in after)
        assert not since or after[pool] + number(since) == before
        after[pool] = left


def test_what_a_step_moves_of_payments_is_what_its_sentences_say(report: Report) -> None:
    moved: dict[tuple[str, str], Decimal] = {}
    for step, _, place, _, _, _, _, part, _, _ in grid(report, "Steps", "Change since").rows:
        moved[step, place] = number(part)
    told: dict[tuple[str, str], Decimal] = {}
    for row in report.tables["hops"].records():
        if row["rule"] == report.inputs.method:
            key = str(row["step"]), f"{row['to_address']}\nindex {row['index']}"
            told[key] = told.get(key, Decimal(0)) + Decimal(str(row["traced_amount"]))
    assert told == {key: value for key, value in moved.items() if key in told}
    assert all(key in told for key, value in moved.items() if value)


def test_what_is_claimed_of_a_payment_is_the_sum_of_where_it_is(report: Report) -> None:
    sums = grid(report, "Range of opinion, and reasons", "Claimed")
    came = "Came in by conversion" in sums.headings
    for row in sums.rows:
        claimed, *ends = map(number, row[3:])
        assert claimed + (ends.pop(0) if came else 0) == sum(ends)
    assert len(sums.rows) >= len(report.inputs.methods)


def test_what_is_credited_of_a_payment_is_the_sum_of_its_places(report: Report) -> None:
    credited: dict[tuple[str, str], Decimal] = {}
    sums = grid(report, "Range of opinion, and reasons", "Claimed")
    if "Credited" in sums.headings:
        for row in sums.rows:
            credited[row[0], row[1]] = number(row[sums.headings.index("Credited")])
        places = grid(report, "Range of opinion, and reasons", "Attributed to")
        for row in places.rows:
            ends = [number(cell) for cell in row[4:-1]]
            assert [number(end) for end in row[-1].split("–")] == sorted({min(ends), max(ends)})
            for method, value in zip(places.headings[4:-1], ends, strict=True):
                credited[row[0], method] -= value
    assert not any(credited.values())


@pytest.mark.parametrize("report", ["tron-usdt"], indirect=True)
def test_the_wallet_of_the_usdt_case_is_what_first_in_first_out_makes_of_its_rows(report: Report) -> None:
    seeds = {claim.txid for claim in report.inputs.trace.claims}
    lots, told = list[list[object]](), list[tuple[str, int, int, int]]()
    with (SHIPPED / "tron-usdt/transfers.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if WALLET in {row["from"], row["to"]} and row["from"] != row["to"]]
    for row in sorted(rows, key=lambda one: int(one["time"])):
        value = int(row["value"])
        if row["to"] == WALLET:
            lots.append([value, row["txid"] in seeds])
            continue
        before, left, ours = sum(int(str(lot[0])) for lot in lots), value, 0
        while left:
            part = min(int(str(lots[0][0])), left)
            lots[0][0], left = int(str(lots[0][0])) - part, left - part
            ours += part if lots[0][1] else 0
            if not lots[0][0]:
                lots.pop(0)
        if ours:
            told.append((row["to"], before, value, ours))
    printed = [
        (place.partition("\n")[0], *(int(number(cell) * 10**6) for cell in (before, moved, part)))
        for _, _, place, _, before, _, moved, part, _, _ in grid(report, "Steps", "Change since").rows
    ]
    assert printed == told


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_amount_of_a_sentence_is_that_of_its_row(report: Report, language: str) -> None:
    blocks = dict(SECTIONS)["Steps"](Opinion(report, language=language))
    lines = next(block for block in blocks if isinstance(block, Points)).items
    for line, row in zip(lines, report.tables["hops"].records(), strict=True):
        words = line.replace(f"“{row['origin']}”", "").split(f" {row['asset']}")[:-1]
        assert [number(part.split()[-1].rsplit("，")[-1]) for part in words] == [
            Decimal(str(row["amount"])),
            Decimal(str(row["traced_amount"])),
        ]
        assert str(row["step"]) in line
        assert str(row["txid"]) in line
        assert str(row["time"] or "") in line
