"""The user's own tags: a CSV with the header `chain,address,label,actor,category,confidence,source,lastmod`."""

import csv
import io
from collections.abc import Iterator

from chaintrace.errors import InputError
from chaintrace.model.attribution import Tag
from chaintrace.tags.categories import categories, confidence_level, nearest, stops
from chaintrace.tags.formula_cells import bare
from chaintrace.tags.tag_file import TagFile, checked_address, decoded, plain

HEADER = ("chain", "address", "label", "actor", "category", "confidence", "source", "lastmod")
"""The columns, all required."""

OF_STORE = ("abuse", "source_family", "licence", "valid_from", "valid_to", "more")
"""Further columns of a CSV that `chaintrace tags export` wrote; a case passes them over."""


def read_csv(content: bytes, shown: str) -> TagFile:
    """The tags of a CSV. An unknown category or confidence is bad input; no category does not stop.

    Raises InputError with file and line.
    """
    tags: dict[Tag, None] = {}
    for line, row in _rows(decoded(content, shown), shown):
        tags.setdefault(_tag(row, shown, line))
    return TagFile(shown, tuple(tags))


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


def _tag(row: dict[str, str], shown: str, line: int) -> Tag:
    category = row["category"]
    if category and category not in categories():
        close = nearest(category, categories())
        sentence = f"the category {category[:60]!r} is unknown{close}: use one of the list in docs/method.md, or none"
        raise InputError(sentence, path=shown, line=line)
    if not row["chain"]:
        raise InputError("a tag without a chain: fill the column chain", path=shown, line=line)
    try:
        confidence = confidence_level(row["confidence"])
    except ValueError as error:
        raise InputError(f"{error}: correct it or leave it empty", path=shown, line=line) from error
    return Tag(
        chain=row["chain"],
        address=checked_address(row["chain"], row["address"], shown, line),
        label=plain(row["label"]),
        actor=plain(row["actor"]),
        category=category,
        confidence=confidence,
        source=plain(row["source"]) or shown,
        lastmod=plain(row["lastmod"]),
        stops=stops(category),
    )
