"""The comparison itself: a report of the oracle's own numbers is equal, and one changed unit is seen in each file."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from tests.oracle import casewriting as cw
from tests.oracle.compare import METHODS, differences
from tests.oracle.generate import write_case
from tests.oracle.oracle import run

HEADERS = {
    "reconciliation": "method,origin,chain,asset,contract,outcome,value",
    "endpoints": "origin,chain,address,asset,contract,traced_value",
    "resting": "origin,chain,address,outpoint,asset,contract,traced_value",
    "not_followed": "origin,chain,address,txid,outpoint,asset,contract,traced_value,reason",
    "methods": "origin,chain,address,asset,contract,fifo,lifo,libr,haircut,poison_reached",
    "hops": "chain,txid,index,origin,traced_value,hop",
}


def report_of(result: dict[str, Any]) -> dict[str, list[list[Any]]]:
    """The oracle's own numbers as rows of the files that a report has; `contract` is left empty."""
    first = result["methods"][0]
    whole = result["reconciliation"].items()
    mine = {
        name: [(*key[1:], value) for key, value in result[name].items() if key[0] == first]
        for name in ("endpoints", "resting", "not_followed")
    }
    return {
        "reconciliation": [[*key[:4], "", key[4], value] for key, value in whole],
        "endpoints": [[*row[:4], "", row[4]] for row in mine["endpoints"]],
        "resting": [[*row[:5], "", row[5]] for row in mine["resting"]],
        "not_followed": [[*row[:6], "", row[7], row[6]] for row in mine["not_followed"]],
        "methods": [
            [*place, "", *(result["endpoints"].get((m, *place), 0) for m in METHODS), "yes" if marked else "no"]
            for place, marked in result["poison_reached"].items()
        ],
        "hops": [
            [hop[name] for name in ("chain", "txid", "index", "origin", "value", "hop")]
            for hop in result["hops"]
            if hop["method"] == first
        ],
    }


def write(folder: Path, tables: dict[str, list[list[Any]]]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, rows in tables.items():
        cw.write_rows(folder / f"{name}.csv", HEADERS[name], rows)
    return folder


@pytest.mark.parametrize("kind", ["account", "utxo"])
def test_equal_reports_are_equal_and_one_unit_is_seen(tmp_path: Path, kind: str) -> None:
    seen = set()
    for seed in range(40):
        case = tmp_path / f"{seed}"
        write_case(random.Random(seed), case, kind)
        tables = report_of(run(case))
        assert differences(case, write(case / "report", tables)) == []
        for name, rows in tables.items():
            if rows:
                place = (
                    HEADERS[name]
                    .split(",")
                    .index({"reconciliation": "value", "methods": "libr"}.get(name, "traced_value"))
                )
                changed = [[*rows[0][:place], rows[0][place] + 1, *rows[0][place + 1 :]], *rows[1:]]
                found = differences(case, write(tmp_path / "changed", {**tables, name: changed}))
                assert len(found) == 1, found
                assert found[0].startswith(name)
                seen.add(name)
    assert seen == set(HEADERS)
