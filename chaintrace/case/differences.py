"""How two reports differ: byte for byte, or cell by cell and field by field where only what they say is compared."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"

VERSIONS = ("versions",)
"""The fields of trace.json that name what made it."""
PAPER = "expert-report."
"""How the name of a paper begins that a package may hold beside the report: it is printed of the same, on wish."""
ABSENT = "nothing"


def differences(packed: Path, found: Path, *, exact: bool) -> Iterator[str]:
    """A line for each difference between the files of two reports; pages are compared only where `exact`.

    A table is compared cell by cell, trace.json field by field. Raises OSError as the system gives it.
    """
    both = {path.name for folder in (packed, found) for path in folder.iterdir() if path.is_file()}
    names = sorted(name for name in both if not name.startswith(PAPER))
    for name in names:
        if not exact and not name.endswith((".csv", ".json")):
            continue
        sides = [(folder / name).read_bytes() if (folder / name).is_file() else None for folder in (packed, found)]
        if sides[0] == sides[1]:
            continue
        if None in sides:
            yield f"{name}: only {'the replay' if sides[0] is None else 'the package'} has it"
            continue
        told = list(_compared(name, packed / name, found / name))
        yield from told
        if exact and not told:
            yield f"{name}: the bytes differ"


def _compared(name: str, packed: Path, found: Path) -> Iterator[str]:
    if name.endswith(".csv"):
        yield from _tables(name, _rows(packed), _rows(found))
    elif name.endswith(".json"):
        sides = [json.loads(path.read_bytes()) for path in (packed, found)]
        for side in sides:
            for key in VERSIONS:
                side.pop(key, None)
        yield from _fields(name, *sides)


def _rows(path: Path) -> list[list[str]]:
    return list(csv.reader(path.read_text("utf-8-sig").splitlines(keepends=True)))


def _tables(name: str, packed: list[list[str]], found: list[list[str]]) -> Iterator[str]:
    """Two tables by their columns' names: a later version may have more of them."""
    head, other = (rows[0] if rows else [] for rows in (packed, found))
    for column in head:
        if column not in other:
            yield f"{name}: the column {column} is gone"
    for column in other:
        if column not in head:
            yield f"{name}: the column {column} is new"
    if len(packed) != len(found):
        yield f"{name}: rows in the package {max(len(packed) - 1, 0)}, in the replay {max(len(found) - 1, 0)}"
    for number, (one, two) in enumerate(zip(packed[1:], found[1:], strict=False), 2):
        left, right = dict(zip(head, one, strict=False)), dict(zip(other, two, strict=False))
        for column, cell in left.items():
            if column in right and cell != right[column]:
                yield f"{name}:{number} {column}: {cell!r} in the package, {right[column]!r} in the replay"


def _fields(place: str, packed: Json, found: Json) -> Iterator[str]:
    """Two JSON values, field by field."""
    if isinstance(packed, dict) and isinstance(found, dict):
        for key in sorted(packed.keys() | found.keys()):
            yield from _fields(f"{place} {key}", packed.get(key, ABSENT), found.get(key, ABSENT))
    elif isinstance(packed, list) and isinstance(found, list) and len(packed) == len(found):
        for number, (one, two) in enumerate(zip(packed, found, strict=True)):
            yield from _fields(f"{place}[{number}]", one, two)
    elif packed != found:
        yield f"{place}: {_short(packed)} in the package, {_short(found)} in the replay"


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= 120 else f"{text[:120]}…"
