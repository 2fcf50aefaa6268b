"""Models that are one JSON object: how it is written, and what each says of the report as a whole."""

import json
from pathlib import Path
from typing import TypeAlias

from chaintrace.report.foreign.links import text
from chaintrace.report.interface import Report

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"


def write_object(path: Path, told: Json) -> tuple[str, ...]:
    """Write one object in ASCII, its keys sorted; return the file's name. Raises OSError as the system gives it."""
    made = json.dumps(told, ensure_ascii=True, indent=1, sort_keys=True)
    path.write_text(f"{made}\n", encoding="utf-8", newline="\n")
    return (path.name,)


def opening(report: Report) -> list[str]:
    """What the report says first, and what it lacks, a sentence each."""
    return [text(report.sentence), *(f"Not complete: {text(reason)}" for reason in report.reasons)]
