"""The store as one TagPack or one CSV, which import as the same tags. Written row by row."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from typing import TextIO

from chaintrace.tags.claims import StoredTag
from chaintrace.tags.csv_file import HEADER, OF_STORE
from chaintrace.tags.formula_cells import safe
from chaintrace.tags.row_check import network_of

FORMATS = ("tagpack", "csv")
CSV_COLUMNS = (*HEADER, *OF_STORE)
"""Those of a user's tags file, then what only the store keeps; `more` is JSON."""

_NOT_YAML = re.compile("[^\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""What YAML does not print (YAML 1.1, section 5.1), and the byte order mark."""


def write_csv(tags: Iterable[StoredTag], file: TextIO) -> int:
    """Write a CSV whose cells no spreadsheet runs; how many rows."""
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    number = 0
    for number, tag in enumerate(tags, 1):  # noqa: B007  # the last number is the count
        one = tag.claim
        more = "" if one.more == "{}" else one.more
        cells = {"chain": tag.chain, "address": tag.address, "more": more}
        row = [cells[name] if name in cells else str(getattr(one, name)) for name in CSV_COLUMNS]
        writer.writerow([safe(cell) for cell in row])
    return number


def csv_text(tags: Iterable[StoredTag]) -> str:
    """The same CSV as text."""
    file = io.StringIO(newline="")
    write_csv(tags, file)
    return file.getvalue()


def write_tagpack(tags: Iterable[StoredTag], file: TextIO, title: str) -> int:
    """Write a TagPack; how many tags. Every field stands in its tag, so that nothing is inherited."""
    file.write(f"title: {quoted(title)}\ncreator: chaintrace\ntags:")
    number = 0
    for number, tag in enumerate(tags, 1):
        sign = "\n-" if number == 1 else "-"
        for name, value in _fields(tag):
            file.write(f"{sign} {name}: {value}\n")
            sign = " "
    if not number:
        file.write(" []\n")
    return number


def _fields(tag: StoredTag) -> Iterator[tuple[str, str]]:
    """The fields of a tag as YAML; empty ones are left out."""
    one = tag.claim
    more = json.loads(one.more)
    network = more.pop("network", network_of(tag.chain))
    currency = more.pop("currency", network)
    yield "address", quoted(tag.address)
    given = {"chain": tag.chain, "network": network, "currency": currency}
    names = (
        "label", "actor", "category", "abuse", "confidence", "source", "source_family", "lastmod", "licence",
        "valid_from", "valid_to",
    )  # fmt: skip
    given |= {name: getattr(one, name) for name in names}
    for name, value in given.items():
        if value:
            yield name, quoted(value)
    for name, value in more.items():
        yield quoted(name), quoted(value)


def quoted(value: object) -> str:
    """Text, a list or a mapping as YAML: JSON, with what YAML does not print written as its own escapes."""
    return _NOT_YAML.sub(_escape, json.dumps(value, ensure_ascii=False))


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
