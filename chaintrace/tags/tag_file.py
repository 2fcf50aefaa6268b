"""What a file of tags gives, and the order in which the tags of one address stand."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from chaintrace.addresses import normalise
from chaintrace.errors import InputError
from chaintrace.model.attribution import Actor, Tag

_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?\Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_SLASHED = re.compile(r"(\d{2})/(\d{2})/(\d{4})\Z")


@dataclass(frozen=True, slots=True)
class TagFile:
    """The tags of one file in its order, each once, and what the report must say about the reading.

    An actor pack has no tags; it gives the labels of the actors that tags name.
    """

    shown: str
    tags: tuple[Tag, ...]
    notes: tuple[str, ...] = ()
    actors: tuple[Actor, ...] = ()


def by_address(tags: Iterable[Tag]) -> Mapping[tuple[str, str], tuple[Tag, ...]]:
    """Every tag by (chain, address): the most confident first, then by label, actor, category, source and date."""
    table: dict[tuple[str, str], set[Tag]] = {}
    for tag in tags:
        table.setdefault((tag.chain, tag.address), set()).add(tag)
    return {key: tuple(sorted(found, key=_rank)) for key, found in table.items()}


def _rank(tag: Tag) -> tuple[int, *tuple[str, ...]]:
    who = (tag.label, tag.actor, tag.category, tag.source, tag.lastmod)
    return (-tag.confidence, *who, tag.source_family, tag.valid_from, tag.valid_to, tag.programs)


def decoded(content: bytes, shown: str) -> str:
    """The text of a tags file. Raises InputError when it is not UTF-8 or holds NUL bytes."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError("the file is not UTF-8: save it as UTF-8", path=shown, line=line) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise InputError("the file holds a NUL character: save it as plain text", path=shown, line=line)
    return text


def checked_address(chain: str, address: str, shown: str, line: int | None) -> str:
    """The address in its one form. Raises InputError when it is empty or no address of a known chain."""
    if not address:
        raise InputError("a tag without an address: fill the column address", path=shown, line=line)
    try:
        return normalise(chain, address)
    except ValueError as error:
        raise InputError(f"{error}: correct it", path=shown, line=line) from error


def plain(text: str) -> str:
    """A claim's text on one line, without control characters: it comes from strangers."""
    if text.isascii() and text.isprintable():
        return text.strip()  # nearly all of them: a list has millions
    return _CONTROL.sub(" ", text).strip()


@lru_cache(maxsize=1024)  # the dates of a list are few
def day(text: str) -> str:
    """The date of `2024-12-31`, of a time that begins so, or of OFAC's `12/31/2024`; "" for anything else."""
    slashed = _SLASHED.match(text)
    found = _DAY.match(text)
    if slashed:
        parts = (slashed[3], slashed[1], slashed[2])
    elif found:
        parts = (found[1], found[2], found[3])
    else:
        return ""
    try:
        return date(*map(int, parts)).isoformat()
    except ValueError:
        return ""
