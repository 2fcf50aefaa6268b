"""A report folder (architecture, section 6) against the oracle: every difference as one line.

Text is compared as the contract writes it: `contract`, or `asset` where there is no contract, names the asset.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from tests.oracle.oracle import run
from tests.oracle.reading import same

METHODS = ("fifo", "lifo", "libr", "haircut")


def differences(case_dir: Path, report_dir: Path | None = None) -> list[str]:
    """What the report says and the oracle does not, or the other way round. Empty when all is equal to the unit.

    reconciliation.csv and methods.csv are compared for every method, the other files for the case's first one.
    """
    return against(run(case_dir), Path(report_dir or Path(case_dir) / "report"))


def against(ours: dict[str, Any], report: Path) -> list[str]:
    """The same for what `run` found elsewhere."""
    first = ours["methods"][0]
    found = compare("reconciliation", ours["reconciliation"], reconciliation(report))
    found += compare("endpoints", of_method(ours["endpoints"], first), endpoints(report))
    found += compare("resting", of_method(ours["resting"], first), resting(report))
    found += compare("not_followed", of_method(ours["not_followed"], first), not_followed(report))
    values, poison = methods(report, ours["methods"])
    found += compare("methods", ours["endpoints"], values)
    found += [
        f"poison_reached {key}: the oracle says {ours['poison_reached'].get(key, False)}, the report {said}"
        for key, said in poison.items()
        if said != ours["poison_reached"].get(key, False)
    ]
    return found + compare("hops", hops_of(ours["hops"], first), hops(report))


def compare(name: str, ours: dict[Any, Any], theirs: dict[Any, Any]) -> list[str]:
    """Lines for the keys whose values differ; a value of 0 and an absent key are the same."""
    keys = sorted({*ours, *theirs}, key=str)
    return [
        f"{name} {key}: the oracle says {ours.get(key, 0)}, the report {theirs.get(key, 0)}"
        for key in keys
        if ours.get(key, 0) != theirs.get(key, 0)
    ]


def of_method(table: dict[tuple[str, ...], int], method: str) -> dict[tuple[str, ...], int]:
    return {key[1:]: value for key, value in table.items() if key[0] == method}


def rows(path: Path) -> list[dict[str, str]]:
    """The cells of a CSV; the quote that guards against formulas is taken off."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [{name: cell.removeprefix("'") for name, cell in row.items()} for row in csv.DictReader(file)]


def asset(row: dict[str, str]) -> str:
    return same(row["chain"], row["contract"] or row["asset"])


def address(row: dict[str, str]) -> str:
    return ";".join(sorted(same(row["chain"], part) for part in row["address"].split(";")))


def reconciliation(report: Path) -> dict[Any, int]:
    return {
        (row["method"], row["origin"], row["chain"], asset(row), row["outcome"]): int(row["value"])
        for row in rows(report / "reconciliation.csv")
        if row["method"] in METHODS
    }


def endpoints(report: Path) -> dict[Any, int]:
    table: dict[Any, int] = defaultdict(int)
    for row in rows(report / "endpoints.csv"):
        table[row["origin"], row["chain"], address(row), asset(row)] += int(row["traced_value"])
    return table


def resting(report: Path) -> dict[Any, int]:
    table: dict[Any, int] = defaultdict(int)
    for row in rows(report / "resting.csv"):
        table[row["origin"], row["chain"], address(row), row["outpoint"], asset(row)] += int(row["traced_value"])
    return table


def not_followed(report: Path) -> dict[Any, int]:
    table: dict[Any, int] = defaultdict(int)
    for row in rows(report / "not_followed.csv"):
        key = (row["origin"], row["chain"], address(row), row["txid"], row["outpoint"], asset(row), row["reason"])
        table[key] += int(row["traced_value"])
    return table


def methods(report: Path, ran: list[str]) -> tuple[dict[Any, int], dict[Any, bool]]:
    """methods.csv as values for each method that ran, and as yes or no for poison."""
    values: dict[Any, int] = {}
    poison = {}
    for row in rows(report / "methods.csv"):
        key = (row["origin"], row["chain"], address(row), asset(row))
        poison[key] = row["poison_reached"] == "yes"
        values |= {(method, *key): int(row[method] or 0) for method in ran}
    return values, poison


def hops_of(ours: list[dict[str, Any]], method: str) -> dict[Any, tuple[int, int]]:
    """(value, least hop) for each movement and origin; the claimed part and the rest of a leg are added."""
    table: dict[Any, tuple[int, int]] = {}
    for hop in ours:
        if hop["method"] == method:
            add(table, (hop["chain"], hop["txid"], str(hop["index"]), hop["origin"]), hop["value"], hop["hop"])
    return table


def hops(report: Path) -> dict[Any, tuple[int, int]]:
    """hops.csv in the same form; a row for a fee is left out, for the oracle's list has none."""
    table: dict[Any, tuple[int, int]] = {}
    for row in rows(report / "hops.csv"):
        if row["index"] != "fee" and int(row["traced_value"]):
            key = (row["chain"], row["txid"], row["index"], row["origin"])
            add(table, key, int(row["traced_value"]), int(row["hop"]))
    return table


def add(table: dict[Any, tuple[int, int]], key: Any, value: int, hop: int) -> None:
    before, least = table.get(key, (0, hop))
    table[key] = (before + value, min(least, hop))


if __name__ == "__main__":
    lines = differences(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
    sys.stdout.write("".join(f"{line}\n" for line in lines) or "equal\n")
    sys.exit(1 if lines else 0)
