"""One table of case.toml, read with types: every complaint names the key, the reason, the remedy, and the line."""

import re
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from chaintrace.case.toml_lines import KeyLines
from chaintrace.errors import InputError
from chaintrace.private_keys import refuse_file

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
SOURCE = "source"
"""The table of what adapters read."""

_TYPES = {bool: "true or false", int: "an integer", float: "a number with a point", str: "text", list: "a list"}


def shown(value: object) -> str:
    """A value as a sentence prints it: one line, cut where nobody would read on."""
    text = value if isinstance(value, str) else str(value)
    text = _CONTROL.sub(" ", text)
    return repr(text if len(text) <= 80 else text[:77] + "…")


def nearest(word: str, known: Iterable[str]) -> str:
    """` (did you mean 'x'?)` for the known word that looks most like it, else nothing."""
    close = get_close_matches(word, list(known), 1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def kind_of(value: object) -> str:
    """What a TOML value is, in words."""
    return _TYPES.get(type(value), "a table" if isinstance(value, dict) else "a date or time")


@dataclass(frozen=True, slots=True)
class Table:
    """The keys of one table. `number` counts the tables of an array from 0; `path` is the file as the user named it."""

    path: Path
    lines: KeyLines
    name: str
    number: int
    values: dict[str, object]

    def error(self, sentence: str, key: str = "") -> InputError:
        """Bad input at a key of this table (or at its header)."""
        return InputError(sentence, path=self.path, line=self.lines.of(self.name, self.number, key))

    def only(self, allowed: Sequence[str]) -> None:
        """Raise InputError when a key stands here that means nothing."""
        for key in self.values:
            if key not in allowed:
                place = f"[{self.name}]" if self.name else "case.toml"
                known = f"it may hold {', '.join(allowed)}"
                raise self.error(f"unknown key {shown(key)} in {place}{nearest(key, allowed)}: {known}", key)

    def wrong(self, key: str, should: str) -> InputError:
        """The complaint that a key holds a value of another type."""
        return self.error(f"{key} must be {should}, not {kind_of(self.values[key])}: correct it", key)

    def text(self, key: str, default: str | None = None) -> str:
        """A text of at least one character and without control characters; required where there is no default."""
        if key not in self.values:
            if default is None:
                raise self.error(f"{key} is missing in [{self.name}]: add it")
            return default
        value = self.values[key]
        if not isinstance(value, str):
            raise self.wrong(key, "text")
        if not value.strip():
            raise self.error(f"{key} is empty: fill it or remove the line", key)
        if _CONTROL.search(value):
            raise self.error(f"{key} holds control characters: remove them", key)
        return value

    def integer(self, key: str, default: int, lowest: int, highest: int | None = None) -> int:
        """An integer within bounds; true and false are none."""
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.wrong(key, "an integer")
        if value < lowest or (highest is not None and value > highest):
            bounds = f"at least {lowest}" if highest is None else f"{lowest} to {highest}"
            raise self.error(f"{key} is {value}: it must be {bounds}", key)
        return value

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of texts, none of them empty."""
        if key not in self.values:
            return default
        value = self.values[key]
        if not isinstance(value, list):
            raise self.wrong(key, "a list of texts")
        for item in value:
            if not isinstance(item, str) or not item.strip() or _CONTROL.search(item):
                raise self.error(f"{key} holds {shown(item)}, which is no text: write a list of texts", key)
        return tuple(value)

    def choice(self, key: str, allowed: Sequence[str], default: str) -> str:
        """One of a few words."""
        value = self.text(key, default)
        if value not in allowed:
            sentence = f"{key} is {shown(value)}{nearest(value, allowed)}: it must be {' or '.join(allowed)}"
            raise self.error(sentence, key)
        return value

    def _refuse(self, path: Path, key: str) -> None:
        """Raise InputError for a file that holds a secret, before anything of it is kept."""
        try:
            _without_secrets(_seen(path), path)
        except OSError as error:
            raise self.error(
                f"{key} names a file that cannot be read ({error.strerror}): check its rights", key
            ) from error

    def file(self, key: str, *, folder: bool = False) -> tuple[Path, str]:
        """The path that a key names, from the folder of case.toml, and how a report shows it.

        It must be a file, which can be read from first to last more than once, or a folder where that may be named.
        """
        name = self.text(key)
        path = self.path.parent / name
        try:
            kind = path.stat().st_mode if path.exists() else None
        except OSError as error:
            raise self.error(f"{key} names {shown(name)} ({error.strerror}): correct the path", key) from error
        if kind is None:
            raise self.error(f"{key} names {shown(name)}, which does not exist: correct the path", key)
        if not (stat.S_ISREG(kind) or (folder and stat.S_ISDIR(kind))):
            what = "a folder" if stat.S_ISDIR(kind) else "no plain file"
            raise self.error(f"{key} names {shown(name)}, which is {what}: name the file", key)
        if self.name != SOURCE or key != "path":  # what an adapter reads may be larger than anybody writes by hand
            self._refuse(path, key)
        return path, Path(name).name if Path(name).is_absolute() else Path(name).as_posix()


def _seen(path: Path) -> tuple[str, int, int]:
    found = path.stat()
    return str(path), found.st_size, found.st_mtime_ns


@lru_cache(maxsize=256)
def _without_secrets(seen: tuple[str, int, int], path: Path) -> None:
    """Raise InputError for a file that holds a secret, OSError as it comes; one that holds none is read once."""
    del seen
    refuse_file(path)


def tables(parent: Table, key: str, *, many: bool) -> tuple[Table, ...]:
    """The tables of a name: `[[key]]` when there may be many, `[key]` when there is at most one."""
    value = parent.values.get(key, [] if many else {})
    if many and isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return tuple(Table(parent.path, parent.lines, key, number, item) for number, item in enumerate(value))
    if not many and isinstance(value, dict):
        return (Table(parent.path, parent.lines, key, 0, value),)
    written = f"[[{key}]]" if many else f"[{key}]"
    raise InputError(f"{key} must be written {written}: correct it", path=parent.path, line=parent.lines.of(key))
