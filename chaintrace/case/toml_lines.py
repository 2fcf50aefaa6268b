"""On which line of a TOML file a key stands: the parser of the standard library does not say."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|'[^']*'|[\w.-]+(?:\s*\.\s*[\w-]+)*)\s*=""")
_LONG_QUOTES = re.compile(r"\"\"\"|'''")


@dataclass(frozen=True, slots=True)
class KeyLines:
    """Lines (from 1) by table, number of the table among those of its name (from 0), and key."""

    lines: Mapping[tuple[str, int, str], int] = field(default_factory=dict)

    def of(self, table: str, number: int = 0, key: str = "") -> int | None:
        """The line of a key; of its table's header when the key is not there; None when neither is."""
        places = [(table, number, key), ("", 0, f"{table}.{key}"), (table, number, ""), ("", 0, table)]
        places += [] if table else [(key, 0, "")]
        return next((self.lines[place] for place in places if place in self.lines), None)


def key_lines(text: str) -> KeyLines:
    """Find the lines of a TOML text that the parser accepts; what stands inside other values is not looked at."""
    lines: dict[tuple[str, int, str], int] = {}
    counts: dict[str, int] = {}
    table, number = "", 0
    for line, content in _outside_long_strings(text):
        if header := _HEADER.match(content):
            table = _unquoted(header[2])
            number = counts.get(table, 0)
            if header[1] == "[[":
                counts[table] = number + 1
            lines.setdefault((table, number, ""), line)
        elif key := _KEY.match(content):
            lines.setdefault((table, number, _unquoted(key[1])), line)
    return KeyLines(lines)


def _outside_long_strings(text: str) -> Iterator[tuple[int, str]]:
    """Number and text of each line that does not begin inside a string of three quotes."""
    inside = False
    for line, content in enumerate(text.split("\n"), 1):
        if not inside:
            yield line, content
        if len(_LONG_QUOTES.findall(content)) % 2:
            inside = not inside


def _unquoted(key: str) -> str:
    """A bare, dotted or quoted key in its plain form."""
    key = key.strip()
    if len(key) > 1 and key[0] == key[-1] and key[0] in "\"'":
        return key[1:-1]
    return re.sub(r"\s*\.\s*", ".", key)
