"""The user's own tags: a CSV with the header `chain,address,label,actor,category,confidence,source,lastmod`."""

import csv
import io
from collections.abc import Iterator

from chaintrace.errors import InputError
from chaintrace.model.attribution import Actor, Tag
from chaintrace.tags.categories import categories, confidence_level, nearest, stops
from chaintrace.tags.claims import PROGRAMS, further
from chaintrace.tags.formula_cells import bare
from chaintrace.tags.source_family import family
from chaintrace.tags.tag_file import TagFile, checked_address, day, decoded, plain

HEADER = ("chain", "address", "label", "actor", "category", "confidence", "source", "lastmod")
"""The columns, all required."""

OF_STORE = ("abuse", "source_family", "licence", "valid_from", "valid_to", "more")
"""Further columns, which `chaintrace tags export` writes. A case reads whose statement it is, the two dates, and
of `more` the programmes of a sanctions list and how a person calls the actor."""

ACTOR_LABEL = "actor_label"
"""The field of the column `more` that says how a person calls the actor."""


def read_csv(content: bytes, shown: str, *, strict: bool = True) -> TagFile:
    """The tags of a CSV. An unknown category or confidence is bad input; no category does not stop.

    A list that we wrote ourselves, of what others claim, is read with `strict` off: an unknown category does not stop.
    The field `actor_label` in the column `more` is how a person calls the actor. Raises InputError with file and line.
    """
    tags: dict[Tag, None] = {}
    actors: dict[str, Actor] = {}
    for line, row in _rows(decoded(content, shown), shown):
        tag = _tag(row, shown, line, strict=strict)
        tags.setdefault(tag)
        label = further(row.get("more", ""), ACTOR_LABEL)
        if tag.actor and label:
            actors.setdefault(tag.actor, Actor(tag.actor, label))
    return TagFile(shown, tuple(tags), actors=tuple(actors.values()))


def _rows(text: str, shown: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row with the line on which it begins (from 1); empty lines are passed over."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] | None = None
    line = 1
    try:
        for cells in reader:
            if header is None:
                header = _checked_header([cell.strip() for cell in cells], shown)
            elif any(cell.strip() for cell in cells):
                if len(cells) != len(header):
                    sentence = f"the row has {len(cells)} cells, the header {len(header)}: quote cells that hold commas"
                    raise InputError(sentence, path=shown, line=line)
                yield line, dict(zip(header, (bare(cell.strip()) for cell in cells), strict=True))
            line = reader.line_num + 1
    except csv.Error as error:
        raise InputError(f"the row is no CSV ({error}): correct its quotes", path=shown, line=line) from error
    if header is None:
        _checked_header([], shown)


def _checked_header(header: list[str], shown: str) -> list[str]:
    """The header when it has every column once and no other. Raises InputError."""
    should = ",".join(HEADER)
    for sign, signs in ((";", "semicolons"), ("\t", "tabs")):
        if len(header) == 1 and sign in header[0]:
            raise InputError(f"the file uses {signs}: save it with commas", path=shown, line=1)
    for column in HEADER:
        if column not in header:
            raise InputError(f"the column {column} is missing: the header must be {should}", path=shown, line=1)
    for column in header:
        if column not in (*HEADER, *OF_STORE) or header.count(column) > 1:
            sentence = f"the column {column[:60]!r} is unknown or stands twice: the header must be {should}"
            raise InputError(sentence, path=shown, line=1)
    return header


def _tag(row: dict[str, str], shown: str, line: int, *, strict: bool) -> Tag:
    category = row["category"]
    if strict and category and category not in categories():
        close = nearest(category, categories())
        sentence = f"the category {category[:60]!r} is unknown{close}: use one of the list in docs/method.md, or none"
        raise InputError(sentence, path=shown, line=line)
    if not row["chain"]:
        raise InputError("a tag without a chain: fill the column chain", path=shown, line=line)
    try:
        confidence = confidence_level(row["confidence"])
    except ValueError as error:
        raise InputError(f"{error}: correct it or leave it empty", path=shown, line=line) from error
    source = plain(row["source"]) or shown
    return Tag(
        chain=row["chain"],
        address=checked_address(row["chain"], row["address"], shown, line),
        label=plain(row["label"]),
        actor=plain(row["actor"]),
        category=category,
        confidence=confidence,
        source=source,
        lastmod=plain(row["lastmod"]),
        stops=stops(category),
        source_family=plain(row.get("source_family", "")) or family(source, shown),
        valid_from=_date(row, "valid_from", shown, line),
        valid_to=_date(row, "valid_to", shown, line),
        programs=further(row.get("more", ""), PROGRAMS),
    )


def _date(row: dict[str, str], column: str, shown: str, line: int) -> str:
    """The date of a cell as YYYY-MM-DD; "" for an empty one."""
    text = row.get(column, "")
    found = day(text) if text else ""
    if text and not found:
        raise InputError(f"{column} is {text[:60]!r}: write a date like 2024-12-31", path=shown, line=line)
    return found
