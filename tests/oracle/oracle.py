"""A second tracer, written from the method's text alone: what the first one reports is compared with it, to the unit.

`run(folder)` reads a case folder (case.toml, transfers-csv, transactions-jsonl, tags CSV, victims.csv) with all rules
off. It is slow and plain on purpose. README.md beside it lists the readings that it chose.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from tests.oracle import poison
from tests.oracle.casefile import read_case
from tests.oracle.legs import Legs
from tests.oracle.links import Links
from tests.oracle.tracer import Tracer

OUTCOMES = (
    "seed", "converted_in", "endpoint", "returned", "burned", "resting", "fee", "not_followed", "converted_out"
)  # fmt: skip


def run(case_dir: Path) -> dict[str, Any]:
    """Every number of the case, in base units. Raises ValueError on bad input, AssertionError when M26 is broken.

    reconciliation  {(method, origin, chain, asset, outcome): value}, zeros too
    endpoints       {(method, origin, chain, address, asset): value}
    resting         {(method, origin, chain, address, outpoint or "", asset): value}
    not_followed    {(method, origin, chain, address, txid, outpoint or "", asset, reason): value}
    hops            [{method, chain, txid, index, from, to, asset, origin, value, hop, rule}]
    poison_reached  {(origin, chain, address, asset): bool} for every origin and every endpoint of any method or poison
    """
    case = read_case(Path(case_dir))
    legs = Legs(case)
    links = Links(case, legs)
    legs.openings = legs.least_openings(event for events in links.chains.values() for event in events)
    result: dict[str, Any] = {
        "methods": case.methods, "reconciliation": {}, "endpoints": {}, "resting": {}, "not_followed": {}, "hops": [],
    }  # fmt: skip
    for method in case.methods:
        tracer = Tracer(case, legs, links, method)
        tracer.run()
        for origin, chain, asset in sorted({key[:3] for key in tracer.outcomes}):
            for outcome in OUTCOMES:
                value = tracer.outcomes.get((origin, chain, asset, outcome), 0)
                result["reconciliation"][method, origin, chain, asset, outcome] = value
        for name in ("endpoints", "resting", "not_followed"):
            result[name] |= {(method, *key): value for key, value in getattr(tracer, name).items()}
        result["hops"] += tracer.hops
    result["poison_reached"] = poison_of(case, legs, links, result["endpoints"])
    return result


def poison_of(
    case: Any, legs: Legs, links: Links, endpoints: dict[tuple[str, ...], int]
) -> dict[tuple[str, ...], bool]:
    """Yes or no for every origin at every endpoint."""
    marked = poison.reached(case, legs, links)
    places = {key[2:] for key in endpoints} | {key[1:] for key in marked}
    origins = {seed.origin for seed in case.seeds}
    return {(origin, *place): (origin, *place) in marked for origin in sorted(origins) for place in sorted(places)}


def show(folder: Path) -> None:
    """Writes a run to standard output, one line a number."""
    result = run(folder)
    for name in ("reconciliation", "endpoints", "resting", "not_followed", "poison_reached"):
        sys.stdout.write(f"== {name}\n")
        for key, value in sorted(result[name].items(), key=str):
            sys.stdout.write("\t".join([*(str(part) or "-" for part in key), str(value)]) + "\n")


if __name__ == "__main__":
    show(Path(sys.argv[1]))
