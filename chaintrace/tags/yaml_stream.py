"""A TagPack read event by event: memory does not grow with the file, and every entry knows its line.

All scalars stay text, as in `tagpack.py`. An alias is not followed (a few lines of them can stand for gigabytes), and a
tag that names a type of a program is not obeyed: the entry that holds one is refused, the others are kept.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from chaintrace.errors import InputError
from chaintrace.tags.claims import More, Problem
from chaintrace.tags.tag_file import plain

DEEPEST = 8
"""How deep lists and mappings may stand in one another inside an entry; the fields of TagPacks need three."""

MOST_NODES = 2_000
"""How many scalars, lists and mappings one entry may have."""

_OWN = "tag:yaml.org,2002:"
_OWN_TAGS = frozenset(
    {"!", *(f"{_OWN}{name}" for name in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq"))}
)
"""YAML's own plain types; `!` asks for text."""
_AHEAD = re.compile(rb"(?:tags|actors)[ \t]*:")
_KEY = re.compile(rb"[A-Za-z_\"'?%&*!{\[]")


class EntryError(Exception):
    """An entry that is refused."""


class PackStream:
    """One file. `header` has the fields outside of the list `tags` or `actors`; `entries` gives those of the list."""

    def __init__(self, path: Path, shown: str) -> None:
        self._path, self._shown = path, shown
        self.kind = ""
        """`tags` or `actors`: which list the file has."""
        self.header: dict[str, More] = {}
        self.problems: list[Problem] = []
        late = not _list_is_last(path)
        for _ in self._walk(keep=True, whole=late):
            pass  # the header may stand behind the list, so it is read before the first entry
        if not self.kind:
            raise InputError("a TagPack needs a list `tags`: add it, or name the file .csv", path=shown)

    def entries(self) -> Iterator[tuple[int, dict[str, More]] | Problem]:
        """Each entry with the line on which it begins, or why it is refused. Raises InputError for what is no YAML."""
        yield from self._walk(keep=False, whole=True)

    def _walk(self, *, keep: bool, whole: bool) -> Iterator[tuple[int, dict[str, More]] | Problem]:
        """One way through the file: for the header alone (`keep`), or for the entries."""
        import yaml

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            with self._path.open("rb") as file:
                events = _Events(loader(file).get_event)
                events.expect_root(self._shown)
                while not events.at("MappingEndEvent"):
                    yield from self._field(events, keep=keep, whole=whole)
                    if keep and self.kind and not whole:
                        return
                events.expect_end(self._shown)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else None
            raise InputError(
                f"the file is no YAML ({error.problem}): correct it", path=self._shown, line=line
            ) from error
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise InputError("the file is no YAML: save it as plain UTF-8 text", path=self._shown) from error

    def _field(self, events: "_Events", *, keep: bool, whole: bool) -> Iterator[tuple[int, dict[str, More]] | Problem]:
        """One field of the root: the list, or a field of the header."""
        try:
            name = events.text()
        except EntryError as error:
            raise InputError(f"{error}: name the fields of the file in plain text", path=self._shown) from error
        if name in {"tags", "actors"} and self.kind in {name, ""} and events.at("SequenceStartEvent"):
            self.kind = name
            if whole:
                yield from _entries(events, skip=keep)
            return
        line = events.line
        try:
            value = events.value()
        except EntryError as error:
            if name in {"tags", "actors"}:
                raise InputError(f"the list `{name}` is refused: {error}", path=self._shown, line=line) from error
            if keep:
                self.problems.append(
                    Problem("field", f"the field {name[:60]!r} of the header is left out: {error}", line)
                )
            return
        if name in {"tags", "actors"}:
            raise InputError(f"the list `{name}` is none, or stands twice: correct it", path=self._shown, line=line)
        if keep:
            self.header.setdefault(name, value)


def _entries(events: "_Events", *, skip: bool) -> Iterator[tuple[int, dict[str, More]] | Problem]:
    """The entries of the list on which the events stand."""
    events.next()
    while not events.at("SequenceEndEvent"):
        line = events.line
        if skip:
            events.skip()
            continue
        try:
            value = events.value()
        except EntryError as error:
            yield Problem("field", f"the entry is refused: {error}", line)
            continue
        if isinstance(value, dict):
            yield line, value
        else:
            yield Problem("field", "the entry is no mapping of fields: correct it", line)
    events.next()


class _Events:
    """The events of a YAML stream, one ahead."""

    def __init__(self, events: Callable[[], Any]) -> None:
        self._events = events
        self._held = events()
        self._nodes = 0

    @property
    def line(self) -> int:
        return int(self._held.start_mark.line) + 1

    def at(self, name: str) -> bool:
        return type(self._held).__name__ == name

    def next(self) -> Any:  # noqa: ANN401  # PyYAML says nothing of the types of its events
        """The event on which we stand; from here on, on the next one."""
        event = self._held
        self._held = self._events()
        return event

    def expect_root(self, shown: str) -> None:
        """Go into the mapping that is the file. Raises InputError when it is something else."""
        while self.at("StreamStartEvent") or self.at("DocumentStartEvent"):
            self.next()
        if not self.at("MappingStartEvent"):
            raise InputError("a TagPack is a mapping of fields with a list `tags`: correct it", path=shown)
        self.next()

    def expect_end(self, shown: str) -> None:
        """Leave the mapping that is the file. Raises InputError when another document follows."""
        self.next()
        while self.at("DocumentEndEvent"):
            self.next()
        if not self.at("StreamEndEvent"):
            why = "a second document begins here, and a TagPack is one: make it a file of its own"
            raise InputError(why, path=shown, line=self.line)

    def text(self) -> str:
        """A scalar, for a key. Raises EntryError, with the events behind whatever stands there instead."""
        if not self.at("ScalarEvent"):
            self.skip()
            raise EntryError("a name of a field is no text")
        event = self.next()
        _own(event)
        return plain(str(event.value))

    def value(self) -> More:
        """The node on which we stand. Raises EntryError once it has been passed, so that reading can go on."""
        self._nodes = 0
        found, trouble = self._node(0)
        if trouble:
            raise EntryError(trouble)
        return found

    def _node(self, depth: int) -> tuple[More, str]:
        """The node and, if it cannot be used, why."""
        self._nodes += 1
        if depth > DEEPEST or self._nodes > MOST_NODES:
            self.skip()
            return "", "it is too deep or too large"
        event = self.next()
        kind = type(event).__name__
        if kind == "ScalarEvent":
            return plain(event.value), "" if event.tag is None or event.tag in _OWN_TAGS else _foreign(event)
        if kind == "AliasEvent":
            return "", f"it uses the alias *{str(event.anchor)[:40]}: write out what it stands for"
        trouble = "" if event.tag is None or event.tag in _OWN_TAGS else _foreign(event)
        if kind == "SequenceStartEvent":
            items: list[More] = []
            while not self.at("SequenceEndEvent"):
                item, why = self._node(depth + 1)
                items.append(item)
                trouble = trouble or why
            self.next()
            return items, trouble
        return self._mapping(depth, trouble)

    def _mapping(self, depth: int, trouble: str) -> tuple[More, str]:
        fields: dict[str, More] = {}
        while not self.at("MappingEndEvent"):
            name, why = self._node(depth + 1)
            value, also = self._node(depth + 1)
            if type(name) is not str:
                name, why = "", "a name of a field is no text"
            elif name in fields:
                why = why or f"the field {name[:60]!r} stands twice"
            fields.setdefault(name, value)
            trouble = trouble or why or also
        self.next()
        return fields, trouble

    def skip(self) -> None:
        """Pass the node on which we stand, however deep it is."""
        depth = 0
        while True:
            kind = type(self.next()).__name__
            depth += kind in {"SequenceStartEvent", "MappingStartEvent"}
            depth -= kind in {"SequenceEndEvent", "MappingEndEvent"}
            if depth <= 0:
                return


def _own(event: Any) -> None:  # noqa: ANN401  # an event of PyYAML
    """Raises EntryError for a type that is none of YAML's own plain ones."""
    if event.tag is not None and event.tag not in _OWN_TAGS:
        raise EntryError(_foreign(event))


def _foreign(event: Any) -> str:  # noqa: ANN401  # an event of PyYAML
    """Why a node with the type of a program is refused."""
    return f"it uses the type {event.tag[:60]!r}"


def _list_is_last(path: Path) -> bool:
    """Whether the list begins a line and nothing but the list follows: then the header stands before it.

    A file of another shape is read twice. A line of a long text that looks like a field costs that too, and no more.
    """
    seen = False
    with path.open("rb") as file:
        for line in file:
            if seen and _KEY.match(line):
                return False
            seen = seen or _AHEAD.match(line) is not None
    return seen
