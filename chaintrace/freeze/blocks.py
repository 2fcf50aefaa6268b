"""What a letter is made of, in no format: the PDF and the DOCX are drawn from the same blocks, so they say the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from chaintrace.i18n import Say

BLANK = "________________"
"""The line that stands where the case gives nothing."""


def blank(name: str) -> str:
    """A visible blank with the name of what belongs there."""
    return f"{BLANK} [{name}]"


@dataclass(frozen=True, slots=True)
class Title:
    """The letter's title, and a line below it."""

    text: str
    under: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a section."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph. A `quoted` one holds words of the authority, which are not ours."""

    text: str
    style: Literal["body", "lead", "note", "quoted"] = "body"


@dataclass(frozen=True, slots=True)
class Fields:
    """Names and values, one a line; a value that is not given is a blank with its name."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Points:
    """A list of short points."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table.

    `shares` are the widths of its columns in parts of a hundred. `codes` are the columns whose letters have one width,
    `numbers` those that are set flush right.
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    shares: tuple[int, ...]
    codes: frozenset[int] = frozenset()
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Break:
    """A new page; from a `wide` one on, up to the next break, the pages of a PDF lie on their side."""

    wide: bool = False


Block: TypeAlias = Title | Heading | Paragraph | Fields | Points | Grid | Break


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter: its blocks in order, its language, and the line at the foot of each page."""

    blocks: tuple[Block, ...]
    language: str
    foot: str

    def title(self) -> str:
        """The text of its first title."""
        return next(block.text for block in self.blocks if isinstance(block, Title))

    def own_words(self) -> Iterator[tuple[str, str]]:
        """The texts that are ours to answer for, with where each stands: all but what the authority says itself."""
        for number, block in enumerate(self.blocks, 1):
            place = f"block {number}"
            match block:
                case Paragraph(text, style) if style != "quoted":
                    yield place, text
                case Heading(text):
                    yield place, text
                case Title(text, under):
                    yield from ((place, text), (place, under))
                case Points(items):
                    yield from ((place, item) for item in items)
                case Grid(_, rows):
                    yield from ((place, cell) for row in rows for cell in row)
                case _:
                    pass


def numbered(say: Say, names: tuple[str, ...]) -> dict[str, str]:
    """The headings of sections, `1. What is asked`, by their message."""
    return {name: f"{number}. {say(name)}" for number, name in enumerate(names, 1)}
