"""A list of objects in JSON, as labels are often passed on: one object at a time, in memory that does not grow."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TextIO

from chaintrace.errors import InputError
from chaintrace.tags.claims import More, Problem, Raw
from chaintrace.tags.list_readers import ALIASES, Listing, opened
from chaintrace.tags.row_check import FIELDS

_CHUNK = 1 << 16
_LONGEST = 1 << 20
"""The most characters of one object: tags are far shorter."""
_BLANK = " \t\r\n"
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)


def json_list(path: Path, shown: str, columns: Mapping[str, str]) -> Listing:
    """A JSON list of objects. `columns` says how they call a field (ours: theirs). Raises InputError while read."""
    return Listing("json", _rows(path, shown, columns))


def _rows(path: Path, shown: str, columns: Mapping[str, str]) -> Iterator[Raw | Problem]:
    theirs = {name: ours for ours, name in columns.items()}
    for line, entry in _entries(path, shown):
        if isinstance(entry, dict):
            yield _row(line, entry, theirs)
        else:
            yield Problem("field", "the entry is no object with fields: correct it", line)


def _row(line: int, entry: Mapping[str, object], theirs: Mapping[str, str]) -> Raw | Problem:
    """The fields that have a column, and the others. A field that is named outright comes before one of our name."""
    fields: dict[str, str] = {}
    more: dict[str, More] = {}
    known = {name: theirs.get(name) or _ours(name, entry, theirs) for name in entry}
    for name, value in sorted(entry.items(), key=lambda item: item[0] not in theirs):
        text, ours = _text(value), known[name]
        if not ours or ours in fields:
            more |= {name: text} if text else {}
        elif isinstance(text, str):
            fields[ours] = text.strip()
        else:
            return Problem("field", f"the field {name[:60]} must be text: correct it", line)
    return Raw(line, fields, more)


def _ours(name: str, entry: Mapping[str, object], theirs: Mapping[str, str]) -> str:
    """Our field of a name that nobody declared: of that name, or of another name where ours is absent."""
    lower = name.lower()
    ours = lower if lower in FIELDS else ALIASES.get(lower, "")
    return "" if lower not in FIELDS and (ours in entry or ours in theirs.values()) else ours


def _text(value: object) -> More:
    """A value of JSON with texts in the place of its numbers and words; nothing for null."""
    if isinstance(value, dict):
        return {name: _text(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_text(item) for item in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _entries(path: Path, shown: str) -> Iterator[tuple[int, object]]:
    """Each entry of the list with the line on which it begins. Raises InputError for what is no such list."""
    with opened(path, shown) as file:
        text = _Text(file, shown)
        if text.sign() != "[":
            raise InputError("the file is no JSON list of objects: give one", path=shown)
        text.step()
        while text.sign() != "]":
            yield text.line, text.value()
            if text.sign() == ",":
                text.step()
            elif text.sign() != "]":
                raise text.error("a comma or a ] is missing")


class _Text:
    """The part of a file that is looked at, and the line on which we stand in it."""

    def __init__(self, file: TextIO, shown: str) -> None:
        self._file, self._shown = file, shown
        self._held, self._at = "", 0
        self.line = 1

    def error(self, why: str) -> InputError:
        """The complaint that this is no JSON."""
        return InputError(f"the file is no JSON ({why}): correct it", path=self._shown, line=self.line)

    def sign(self) -> str:
        """The next character that is not blank. Raises InputError at the end of the file."""
        while True:
            while self._at < len(self._held):
                found = self._held[self._at]
                if found not in _BLANK:
                    return found
                self.step()
            if not self._more():
                raise self.error("it ends too early")

    def step(self) -> None:
        """Go on by one character."""
        self.line += self._held[self._at] == "\n"
        self._at += 1

    def value(self) -> object:
        """The value that begins here. Raises InputError for none, and for one that is too long or too deep."""
        while True:
            try:
                found, end = _DECODER.raw_decode(self._held, self._at)
            except RecursionError as error:
                raise self.error("an entry is too deep") from error
            except ValueError as error:
                if len(self._held) - self._at > _LONGEST:
                    raise self.error("an entry is broken or too long") from error
                if not self._more():
                    raise self.error("an entry is broken") from error
            else:
                self.line += self._held.count("\n", self._at, end)
                self._at = end
                return found

    def _more(self) -> bool:
        """Read on; False at the end of the file."""
        try:
            chunk = self._file.read(_CHUNK)
        except UnicodeDecodeError as error:
            raise InputError("the file is not UTF-8: save it as UTF-8", path=self._shown, line=self.line) from error
        self._held, self._at = self._held[self._at :] + chunk, 0
        return bool(chunk)
