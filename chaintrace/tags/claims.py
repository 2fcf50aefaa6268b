"""What the tag store keeps: claims about addresses, as somebody's list states them, and what can be wrong with a row.

A claim is the text of a tag without the address: a pack's tags mostly share it. Nothing here is a fact.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from chaintrace.model import attribution
from chaintrace.model.attribution import Grade, Tag
from chaintrace.tags.tag_file import plain

More: TypeAlias = "str | list[More] | dict[str, More]"
"""A field that has no column: text, or the lists and mappings of a TagPack. Numbers stay the text that they were."""

Kind: TypeAlias = Literal[
    "address", "category", "chain", "confidence", "conflict", "date", "duplicate", "field", "label"
]
"""What is wrong with a row."""

REFUSING: frozenset[Kind] = frozenset({"address", "field"})
"""The kinds for which a row is not imported; of the others it is, and they are told."""

PROGRAMS = "programs"
"""The further field of a sanctions list that names its programmes."""

COLUMNS = (
    "label", "actor", "category", "abuse", "confidence", "level", "source", "source_family", "lastmod", "licence",
    "valid_from", "valid_to", "more",
)  # fmt: skip
"""The columns of a claim, in the order in which the store keeps them."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a list says about an address. `confidence` is as given (a TagPack id or 0-100), `level` its number.

    `valid_from` and `valid_to` are when the claim was listed and delisted, as dates; empty where nobody says.
    `more` is JSON: every other field of the list, unchanged.
    """

    label: str
    actor: str = ""
    category: str = ""
    abuse: str = ""
    confidence: str = "unknown"
    level: int = 5
    source: str = ""
    source_family: str = ""
    lastmod: str = ""
    licence: str = ""
    valid_from: str = ""
    valid_to: str = ""
    more: str = "{}"

    def cells(self) -> tuple[str | int, ...]:
        """The values of `COLUMNS`."""
        return tuple(getattr(self, name) for name in COLUMNS)


@dataclass(frozen=True, slots=True)
class Pack:
    """A list that was imported: its name, the SHA-256 of its bytes, and who imported it when (UTC)."""

    name: str
    sha256: str
    kind: str
    title: str = ""
    creator: str = ""
    lastmod: str = ""
    imported_by: str = ""
    imported_at: str = ""
    declared: str = "{}"


@dataclass(frozen=True, slots=True)
class StoredTag:
    """A claim about one address, and the pack that it came with."""

    chain: str
    address: str
    claim: Claim
    pack: Pack
    stops: bool = False
    actor_label: str = ""

    def tag(self) -> Tag:
        """The same as a trace knows tags."""
        one = self.claim
        return Tag(
            self.chain, self.address, one.label, one.actor, one.category, one.level, one.source, one.lastmod,
            self.stops, one.source_family, one.valid_from, one.valid_to, further(one.more, PROGRAMS),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a list, where it stands (line from 1, None: the whole), and what came of it."""

    kind: Kind
    sentence: str
    line: int | None = None

    @property
    def refused(self) -> bool:
        """Whether the row was left out."""
        return self.kind in REFUSING


class RowError(Exception):
    """A row that cannot be imported; the reader of the file goes on with the next one."""

    def __init__(self, kind: Kind, sentence: str) -> None:
        self.kind: Kind = kind
        self.sentence = sentence
        super().__init__(sentence)


@dataclass(frozen=True, slots=True)
class Raw:
    """A row as a reader found it: its line, the fields that have a column, and every other one."""

    line: int
    fields: Mapping[str, str]
    more: Mapping[str, More] = field(default_factory=dict)


def further(more: str, name: str) -> str:
    """The text of one further field of a claim; "" where it is not there, or no text."""
    if f'"{name}"' not in more:
        return ""
    try:
        found = json.loads(more)
    except (ValueError, RecursionError):
        return ""
    text = found.get(name, "") if isinstance(found, dict) else ""
    return plain(text) if isinstance(text, str) else ""


def grade(tags: Iterable[StoredTag], one: StoredTag) -> Grade:
    """How well a tag is supported by the tags of its address."""
    return attribution.grade([tag.tag() for tag in tags], one.tag())
