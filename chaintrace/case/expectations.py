"""expect.toml of a shipped case: what its trace must give, to the base unit, gaps included (data/cases/README.md)."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from chaintrace.case.result import Trace
from chaintrace.model.trace import OUTCOME_NAMES, AnyOutcome, Endpoint, NotFollowed, Resting, Returned

FILE_NAME, RULES_OFF = "expect.toml", "expect-rules-off.toml"
"""What must come out of the case as it ships; and, where that uses rules, what must without any."""

FORMAT = 1

Key = tuple[str, str, str, str]
"""Method, origin, outcome, and where: an address, an outpoint, a reason, or nothing."""


def differences(result: Trace, folder: Path) -> tuple[str, ...]:
    """Every way in which a result is not what its case expects, one sentence each; empty when all holds."""
    without = not result.report.inputs.rules and (folder / RULES_OFF).is_file()
    name = RULES_OFF if without else FILE_NAME
    expected = tomllib.loads((folder / name).read_text("utf-8"))
    if expected.get("format") != FORMAT:
        return (f"{name} has the format {expected.get('format')!r}, this version reads {FORMAT}",)
    wanted = {(str(m), str(o), str(out), str(where)): int(value) for m, o, out, where, value in expected["rows"]}
    return (*_rows(wanted, found_rows(result)), *_gaps(expected["gaps"], result))


def _rows(wanted: Mapping[Key, int], found: Mapping[Key, int]) -> Iterator[str]:
    for key in sorted({*wanted, *found}):
        if wanted.get(key, 0) != found.get(key, 0):
            place = " / ".join(part for part in key if part)
            yield f"{place}: {wanted.get(key, 0)} expected, {found.get(key, 0)} found"


def found_rows(result: Trace) -> dict[Key, int]:
    """The sums of a result by method, origin, outcome and place, in base units; zeros are left out."""
    sums: dict[Key, int] = {}
    for method, trace in result.report.inputs.traces.items():
        for claim in trace.claims:
            key = (method, claim.origin, "seed", "")
            sums[key] = sums.get(key, 0) + claim.claimed
        for outcome in trace.outcomes:
            name, where = _place(outcome)
            key = (method, outcome.origin, name, where)
            sums[key] = sums.get(key, 0) + outcome.value
    return {key: value for key, value in sums.items() if value}


def _place(outcome: AnyOutcome) -> tuple[str, str]:
    """An outcome's name and the place that tells it from others of its name."""
    name = OUTCOME_NAMES[type(outcome)]
    match outcome:
        case Endpoint() | Returned():
            return name, outcome.address
        case Resting():
            return name, str(outcome.outpoint or outcome.address)
        case NotFollowed():
            return name, outcome.reason
        case _:
            return name, ""


def _gaps(wanted: list[dict[str, object]], result: Trace) -> Iterator[str]:
    """Gaps that are expected and absent, absent and expected, or of another value."""
    found = {(str(row["kind"]), str(row["subject"])): row["effect_value"] for row in result.table("gaps")}
    asked = {(str(gap["kind"]), str(gap["subject"])): gap.get("value") for gap in wanted}
    for key in sorted({*found, *asked}):
        kind, subject = key
        if key not in found:
            yield f"gap / {kind} / {subject}: expected, not found"
        elif key not in asked:
            yield f"gap / {kind} / {subject}: found, not expected"
        elif asked[key] is not None and asked[key] != found[key]:
            yield f"gap / {kind} / {subject}: {asked[key]} expected, {found[key]} found"
