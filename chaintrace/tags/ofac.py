"""OFAC's list of specially designated nationals: `sdn.xml`, `sdn_advanced.xml` and `sdn.csv`, one row at a time.

Sources: OFAC's data specification (treasury.gov, dat_spec.txt) for the CSV; the elements of both XML forms as
github.com/0xB10C/ofac-sanctioned-digital-currency-addresses and published test files of other readers have them. The
advanced form alone has dates of listing (`SanctionsEntry/EntryEvent/Date`). None has dates of delisting: whoever is
delisted is missing from the next list.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat  # the reader below refuses DOCTYPE, and with it every entity

from chaintrace.errors import InputError
from chaintrace.tags.claims import Problem, Raw
from chaintrace.tags.list_readers import SANCTIONED, Listing, opened, sanctioned
from chaintrace.tags.tag_file import day

CURRENCY = re.compile(r"Digital Currency Address\s*-\s*([A-Z0-9]+)\s*\Z")
_REMARK = re.compile(r"Digital Currency Address\s*-\s*([A-Z0-9]+)\s+(\S+?)\s*(;|\.?\s*\Z)")
NULL = "-0-"
COLUMNS = 12
"""Columns of sdn.csv: ent_num, SDN_Name, SDN_Type, Program, Title, …, Remarks."""
_LONGEST = 1_000
"""The most characters of an element that we read; addresses and names are far shorter."""
_CHUNK = 1 << 16


@dataclass(slots=True)
class _Party:
    """One entry of the list: its number, names, programmes and addresses (line, currency, address)."""

    number: str = ""
    names: list[str] = field(default_factory=list)
    programs: list[str] = field(default_factory=list)
    addresses: list[tuple[int, str, str]] = field(default_factory=list)


def xml(path: Path, shown: str) -> Listing:
    """Either XML form. Raises InputError, also while its rows are read."""
    return Listing("ofac-sdn", _xml_rows(path, shown), "OFAC SDN list", "OFAC", defaults=SANCTIONED)


def _xml_rows(path: Path, shown: str) -> Iterator[Raw | Problem]:
    reader = _Sdn()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                reader.feed(chunk)
            reader.feed(b"", last=True)
    except OSError as error:
        raise InputError(f"it cannot be read ({error.strerror}): correct the path", path=shown) from error
    except expat.ExpatError as error:
        sentence = f"the file is no XML ({expat.ErrorString(error.code)}): download it again"
        raise InputError(sentence, path=shown, line=error.lineno) from error
    except _DoctypeError as error:
        raise InputError(
            "the file has a DOCTYPE, which OFAC's lists have not: download it again", path=shown
        ) from error
    if not reader.is_list:
        raise InputError("the file has neither sdnList nor Sanctions: give OFAC's XML", path=shown)
    yield from reader.rows()


class _DoctypeError(Exception):
    """The file declares entities or could."""


class _Sdn:
    """What one pass over the XML collects: the parties that have addresses. Memory grows with those alone."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._data
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._path: list[str] = []
        self._attributes: dict[str, str] = {}
        self._text: list[str] = []
        self._party = _Party()
        self._parties: list[_Party] = []
        self._types: dict[str, str] = {}
        self._feature = self._id_type = self._type_id = self._profile = ""
        self._is_primary = False
        self._date: dict[str, str] = {}
        self._listed: dict[str, str] = {}
        self._programs: dict[str, list[str]] = {}
        self._published = ""
        self.is_list = False

    def feed(self, chunk: bytes, *, last: bool = False) -> None:
        """Read on. Raises ExpatError or _DoctypeError."""
        self._parser.Parse(chunk, last)

    def rows(self) -> Iterator[Raw | Problem]:
        """Every address, once all was read."""
        for party in self._parties:
            programs = party.programs or self._programs.get(party.number, [])
            for line, currency, address in party.addresses:
                fields = {
                    "address": address,
                    "currency": currency,
                    "label": " ".join(party.names),
                    "lastmod": self._published,
                    "valid_from": self._listed.get(party.number, ""),
                }
                yield from sanctioned(line, fields, party.number, {"programs": ", ".join(programs)})

    def _doctype(self, *_: object) -> None:
        raise _DoctypeError

    def _data(self, text: str) -> None:
        if sum(map(len, self._text)) < _LONGEST:
            self._text.append(text)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(" ")[2]
        self.is_list = self.is_list or (not self._path and name in {"sdnList", "Sanctions", "SanctionsData"})
        self._path.append(name)
        self._text.clear()
        match name:
            case "sdnEntry" | "DistinctParty":
                self._party = _Party(attributes.get("FixedRef", ""))
            case "FeatureType":
                self._type_id = attributes.get("ID", "")
            case "Feature":
                self._feature = self._types.get(attributes.get("FeatureTypeID", ""), "")
            case "Alias":
                self._is_primary = attributes.get("Primary") == "true"
            case "DocumentedName":  # the same name in another script follows: the first one is enough
                self._is_primary = self._is_primary and not self._party.names
            case "SanctionsEntry":
                self._profile = attributes.get("ProfileID", "")
            case "Date" | "DateOfIssue":
                self._date = {}

    def _end(self, name: str) -> None:
        name = name.rpartition(" ")[2]
        text = " ".join("".join(self._text).split())
        self._text.clear()
        self._path.pop()
        parent = self._path[-1] if self._path else ""
        if name in {"sdnEntry", "DistinctParty"}:
            if self._party.addresses:
                self._parties.append(self._party)
        elif parent in {"sdnEntry", "id", "programList"}:
            self._classic(parent, name, text)
        else:
            self._advanced(parent, name, text)

    def _classic(self, parent: str, name: str, text: str) -> None:
        """An element of an entry of sdn.xml."""
        match parent, name:
            case "sdnEntry", "uid":
                self._party.number = text
            case "sdnEntry", "firstName":
                self._party.names.insert(0, text)
            case "sdnEntry", "lastName":
                self._party.names.append(text)
            case "programList", "program":
                self._party.programs.append(text)
            case "id", "idType":
                found = CURRENCY.match(text)
                self._id_type = found[1] if found else ""
            case "id", "idNumber" if self._id_type and text:
                self._party.addresses.append((self._parser.CurrentLineNumber, self._id_type, text))

    def _advanced(self, parent: str, name: str, text: str) -> None:
        """An element of sdn_advanced.xml, or the date of publication of either."""
        match name:
            case "Publish_Date":
                self._published = day(text)
            case "FeatureType" if found := CURRENCY.match(text):
                self._types[self._type_id] = found[1]
            case "NamePartValue" if self._is_primary:
                self._party.names.append(text)
            case "VersionDetail" if self._feature and text:
                self._party.addresses.append((self._parser.CurrentLineNumber, self._feature, text))
            case "Year" | "Month" | "Day":
                self._date[name] = text
            case "DateOfIssue":
                self._published = self._dated()
            case "Date" if parent == "EntryEvent" and (when := self._dated()):
                held = self._listed.get(self._profile)
                self._listed[self._profile] = min(held, when) if held else when
            case "Comment" if parent == "SanctionsMeasure" and text:
                self._programs.setdefault(self._profile, []).append(text)

    def _dated(self) -> str:
        """The date of the three elements last read; "" when they are none."""
        year, month, number = (self._date.get(name, "") for name in ("Year", "Month", "Day"))
        return day(f"{year:0>4}-{month:0>2}-{number:0>2}")


def is_sdn_csv(path: Path, shown: str) -> bool:
    """Whether the first row is one of sdn.csv, which has no header: a number, a name, twelve columns in all."""
    with opened(path, shown) as file:
        try:
            row = next(csv.reader(file), [])
        except (UnicodeDecodeError, csv.Error):  # whoever reads the file says what is wrong with it
            return False
    return len(row) == COLUMNS and row[0].strip().isdigit()


def sdn_csv(path: Path, shown: str) -> Listing:
    """sdn.csv, whose addresses stand in the remarks. Raises InputError, also while its rows are read."""
    return Listing("ofac-sdn-csv", _csv_rows(path, shown), "OFAC SDN list", "OFAC", defaults=SANCTIONED)


def _csv_rows(path: Path, shown: str) -> Iterator[Raw | Problem]:
    with opened(path, shown) as file:
        reader = csv.reader(file)
        try:
            for row in reader:
                if len(row) == COLUMNS:
                    yield from _remarks([cell.strip() for cell in row], reader.line_num)
                elif any(cell.strip(" \x1a") for cell in row):  # DOS ends the file with Control-Z
                    yield Problem("field", f"the row has {len(row)} cells, not {COLUMNS}: left out", reader.line_num)
        except csv.Error as error:
            raise InputError(
                f"the row is no CSV ({error}): download the file again", path=shown, line=reader.line_num
            ) from error
        except UnicodeDecodeError as error:
            sentence = "the file is not UTF-8: save it as UTF-8"
            raise InputError(sentence, path=shown, line=reader.line_num + 1) from error


def _remarks(row: list[str], line: int) -> Iterator[Raw | Problem]:
    """The addresses in the remarks of one entry. OFAC cuts remarks at 1000 characters: what was cut off is told."""
    number, name, program, remarks = row[0], row[1], row[3], row[11]
    found = list(_REMARK.finditer(remarks))
    for one in found:
        fields = {"address": one[2], "currency": one[1], "label": name}
        yield from sanctioned(line, fields, number, {"programs": "" if program == NULL else program})
    if len(found) != remarks.count("Digital Currency Address") or (found and len(remarks) >= _LONGEST):
        sentence = f"the remarks of entry {number} are cut: addresses may be missing, import sdn_advanced.xml as well"
        yield Problem("field", sentence, line)
