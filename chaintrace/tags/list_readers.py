"""Readers of lists: each gives the rows of one format, one at a time, and what is wrong with those it cannot give."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from chaintrace.errors import InputError
from chaintrace.tags.chain_names import chain_name, elsewhere
from chaintrace.tags.claims import More, Problem, Raw
from chaintrace.tags.formula_cells import bare
from chaintrace.tags.row_check import FIELDS
from chaintrace.tags.source_family import OFAC
from chaintrace.tags.tag_file import plain
from chaintrace.tags.yaml_stream import PackStream

ALIASES: Mapping[str, str] = {
    "blockchain": "chain",
    "chain_id": "chain",
    "license": "licence",
    "name": "label",
    "tag": "label",
    "wallet": "address",
}
"""Other names of columns and fields that mean one of ours, where ours is absent."""

LIVE_HEADER = ("address", "chain", "sdn_entry_name", "sdn_entry_id", "listing_date", "removed_at_utc")
"""The live list of OFAC's addresses as a CSV with dates of listing and delisting (recupero, CC0)."""

OFAC_SOURCE = "https://sanctionslistservice.ofac.treas.gov"
"""Where the Office of Foreign Assets Control publishes its lists."""

ABOUT = ("title", "creator", "description", "uri")
"""Fields of a TagPack's header that describe the pack and are not inherited by its tags."""

SANCTIONED: Mapping[str, str] = {"abuse": "sanction", "confidence": "authority_data", "source_family": OFAC}
"""What every row of OFAC's list says; TagPacks write the same word in `abuse`."""


@dataclass(slots=True)
class Listing:
    """A file that is being read: what it says of itself, and its rows. `actors` is filled while the rows are read."""

    kind: str
    rows: Iterator[Raw | Problem]
    title: str = ""
    creator: str = ""
    defaults: Mapping[str, str] = field(default_factory=dict)
    actors: list[tuple[str, str, str]] = field(default_factory=list)
    """Id, label and every other field as JSON."""
    problems: list[Problem] = field(default_factory=list)
    """What is wrong with the file as a whole."""
    notes: list[str] = field(default_factory=list)
    """What a person may want to know."""


def tagpack(path: Path, shown: str) -> Listing:
    """A TagPack, or an actor pack. Raises InputError, also while its rows are read."""
    stream = PackStream(path, shown)
    about = {name: value for name, value in stream.header.items() if name in ABOUT and isinstance(value, str)}
    listing = Listing("tagpack", iter(()), about.get("title", ""), about.get("creator", ""), problems=stream.problems)
    if stream.kind == "actors":
        listing.kind = "actorpack"
        listing.rows = _actors(stream, listing)
    else:
        inherited = {name: value for name, value in stream.header.items() if name not in ABOUT}
        listing.rows = _tags(stream, inherited)
    return listing


def _tags(stream: PackStream, inherited: Mapping[str, More]) -> Iterator[Raw | Problem]:
    for entry in stream.entries():
        yield entry if isinstance(entry, Problem) else _parted({**inherited, **entry[1]}, entry[0])


def _parted(fields: Mapping[str, More], line: int) -> Raw | Problem:
    """The fields that have a column, and the others."""
    ours: dict[str, str] = {}
    more: dict[str, More] = {}
    for name, value in fields.items():
        known = name if name in FIELDS else ALIASES.get(name, "") if name == "license" else ""
        if not known:
            more[name] = value
        elif isinstance(value, str):
            ours.setdefault(known, value)
        else:
            return Problem("field", f"the field {name} must be text: correct it", line)
    return Raw(line, ours, more)


def _actors(stream: PackStream, listing: Listing) -> Iterator[Raw | Problem]:
    seen: dict[str, int] = {}
    for entry in stream.entries():
        if isinstance(entry, Problem):
            yield entry
            continue
        line, fields = entry
        named, called = fields.pop("id", ""), fields.pop("label", "")
        if not (isinstance(named, str) and isinstance(called, str) and named and called):
            yield Problem("field", "an actor needs an id and a label: add them", line)
        elif seen.setdefault(named, line) != line:
            sentence = f"the actor {named[:60]!r} stands on line {seen[named]} already: the first one is kept"
            yield Problem("duplicate", sentence, line)
        else:
            listing.actors.append((named, called, json.dumps(fields, ensure_ascii=False, sort_keys=True)))


def table(path: Path, shown: str, columns: Mapping[str, str]) -> Listing:
    """A CSV with a header: our tags, the live list of OFAC, or one whose columns `columns` maps (ours: theirs)."""
    with opened(path, shown) as file:
        header = next(_cells(file, shown), (1, []))[1]
    names = [name.strip() for name in header]
    if tuple(name.lower() for name in names) == LIVE_HEADER and not columns:
        return Listing("ofac-live", _live(path, shown), "OFAC SDN list, live", defaults=SANCTIONED)
    places, others = _places(names, columns, shown)
    notes = [
        f"the column {names[at][:60]!r} is none of ours and is kept as it is" for at in others if names[at] != "more"
    ]
    return Listing("csv", _rows(path, shown, places, [(at, names[at]) for at in others]), notes=notes)


def _places(names: Sequence[str], columns: Mapping[str, str], shown: str) -> tuple[dict[str, int], list[int]]:
    """Where each of our fields stands in the header, and which columns are none of ours."""
    _unlike_ours(names, shown)
    for name in columns.values():
        if name not in names:
            raise InputError(f"--column names {name[:60]!r}, which the header lacks: correct it", path=shown, line=1)
    places = {ours: names.index(theirs) for ours, theirs in columns.items()}
    lower = [name.lower() for name in names]
    for ours in FIELDS:
        if ours in lower:
            places.setdefault(ours, lower.index(ours))
    for theirs, ours in ALIASES.items():
        if theirs in lower:
            places.setdefault(ours, lower.index(theirs))
    if "address" not in places:
        sentence = "the column address is missing: add a header, or say which it is with --column address=NAME"
        raise InputError(sentence, path=shown, line=1)
    taken = set(places.values())
    return places, [at for at, name in enumerate(names) if at not in taken and name]


def _unlike_ours(names: Sequence[str], shown: str) -> None:
    """Raises InputError for a header of another kind of file."""
    for sign, signs in ((";", "semicolons"), ("\t", "tabs")):
        if len(names) == 1 and sign in names[0]:
            raise InputError(f"the file uses {signs}: save it with commas", path=shown, line=1)
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice:
        raise InputError(f"the column {twice[:60]!r} stands twice: take one away", path=shown, line=1)


def _rows(
    path: Path, shown: str, places: Mapping[str, int], others: Sequence[tuple[int, str]]
) -> Iterator[Raw | Problem]:
    with opened(path, shown) as file:
        cells = _cells(file, shown)
        width = len(next(cells)[1])
        for line, row in cells:
            if len(row) != width:
                sentence = f"the row has {len(row)} cells, the header {width}: quote cells that hold commas"
                yield Problem("field", sentence, line)
                continue
            fields = {ours: bare(row[at].strip()) for ours, at in places.items()}
            more: dict[str, More] = {}
            wrong = ""
            for at, name in others:
                text = bare(row[at].strip())
                if name != "more":
                    more |= {name: plain(text)} if text else {}
                elif text:
                    wrong = _unpacked(text, more)
            yield Problem("field", wrong, line) if wrong else Raw(line, fields, more)


def _unpacked(text: str, more: dict[str, More]) -> str:
    """Put what the column `more` holds into the others; why it cannot be, else nothing."""
    try:
        found = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not _is_text(found):
        return "the column more is no JSON object of texts: correct it or leave it empty"
    more.update(found)
    return ""


def _is_text(value: object) -> bool:
    if isinstance(value, dict):
        return all(map(_is_text, value.values()))
    return isinstance(value, str) or (isinstance(value, list) and all(map(_is_text, value)))


def _live(path: Path, shown: str) -> Iterator[Raw | Problem]:
    """OFAC's live list: `listing_date` and `removed_at_utc` are when the claim began and ended."""
    with opened(path, shown) as file:
        cells = _cells(file, shown)
        next(cells)
        for line, row in cells:
            if len(row) != len(LIVE_HEADER):
                yield Problem("field", f"the row has {len(row)} cells, the header {len(LIVE_HEADER)}: correct it", line)
                continue
            address, chain, name, entry, listed, removed = (cell.strip() for cell in row)
            fields = {"address": address, "chain": chain, "label": name, "valid_from": listed, "valid_to": removed}
            yield from sanctioned(line, fields, entry, {})


def sanctioned(line: int, fields: dict[str, str], entry: str, others: Mapping[str, More]) -> Iterator[Raw | Problem]:
    """A row of OFAC's list, kept on the chain that its address is of; that the list says otherwise is told."""
    address = fields["address"]
    named = chain_name(fields.get("chain", "") or fields.get("currency", ""), address)
    if found := elsewhere(named, address):
        yield Problem("chain", f"{address} is no address of {named}, but of {found}: kept there", line)
        fields["chain"] = found
    yield Raw(line, {**fields, "source": f"{OFAC_SOURCE} SDN entry {entry}"}, {"sdn_entry": entry, **others})


def addresses(path: Path, shown: str) -> Listing:
    """One address a line; empty lines and what follows a `#` are passed over. All else is declared."""
    return Listing("list", _lines(path, shown))


def _lines(path: Path, shown: str) -> Iterator[Raw | Problem]:
    with opened(path, shown) as file:
        number = 0
        try:
            for number, line in enumerate(file, 1):
                text = line.partition("#")[0].strip()
                if text:
                    yield Raw(number, {"address": text})
        except UnicodeDecodeError as error:
            raise InputError("the file is not UTF-8: save it as UTF-8", path=shown, line=number + 1) from error


@contextmanager
def opened(path: Path, shown: str) -> Iterator[TextIO]:
    """The file as text, lines as they are. Raises InputError when it cannot be read."""
    try:
        file = path.open(encoding="utf-8-sig", newline="")
    except OSError as error:
        raise InputError(f"it cannot be read ({error.strerror}): correct the path", path=shown) from error
    with file:
        yield file


def _cells(file: TextIO, shown: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not empty, with the line on which it begins."""
    reader = csv.reader(file, strict=True)
    line = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise InputError(f"the row is no CSV ({error}): correct its quotes", path=shown, line=line) from error
    except UnicodeDecodeError as error:
        raise InputError("the file is not UTF-8: save it as UTF-8", path=shown, line=line) from error
