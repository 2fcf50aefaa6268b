"""HTML and SVG, escaped by default: every text is text until `tag` has made it markup.

Labels and names come from strangers. What they hold is shown, never run: markup is escaped, and characters that turn
or hide text (bidirectional controls, zero-width signs, control characters) are printed as their code points.
"""

import html
import re
import unicodedata
from collections.abc import Iterable
from typing import TypeAlias

HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that print nothing of their own or turn what stands beside them."""

SHORT = 24
"""Characters that a narrow column can hold on one line; a wide one counts twice."""

MOST_NARROW = 5
"""Columns of a table that a tablet can hold beside each other."""

LONGEST_WORD = 30
"""Signs of a number that a column keeps on one line; in a longer one, or a contract beside it, a line may break."""

VOID = frozenset({"br", "meta", "col", "hr"})
_MARKS = re.compile(r"<[^>]*>")
_SUSPICIOUS = re.compile(r"[^\x20-\x7e]")


class Html(str):
    """Markup that is safe to print: only `tag`, `joined` and `raw` make it."""

    __slots__ = ()


Child: TypeAlias = "str | int | Html | Iterable[Child] | None"


def visible(text: str) -> str:
    """The text with every hidden character printed as `⟨U+202E⟩`; line breaks and tabs become blanks."""
    return _SUSPICIOUS.sub(lambda found: _shown(found.group()), text)


def _shown(character: str) -> str:
    if character in "\t\n\r":
        return " "
    return f"⟨U+{ord(character):04X}⟩" if unicodedata.category(character) in HIDDEN else character


def escaped(child: Child) -> Html:
    """A child as markup: Html as it is, text escaped and made visible, None as nothing, a list joined."""
    if isinstance(child, Html):
        return child
    if child is None:
        return Html()
    if isinstance(child, str | int):
        return Html(html.escape(visible(str(child)), quote=True))
    return joined(child)


def joined(children: Iterable[Child]) -> Html:
    """Children one after the other."""
    return Html("".join(escaped(child) for child in children))


def raw(text: str) -> Html:
    """Our own constant markup or style sheet. Never call it with anything that was read."""
    return Html(text)


def tag(element: str, /, *children: Child, **attributes: str | int | None) -> Html:
    """An element. Attributes that are None are left out; `class_` is class, and `_` in a name is `-`."""
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escaped(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Html(f"<{element}{told}>") if element in VOID else Html(f"<{element}{told}>{joined(children)}</{element}>")


def table(headings: Iterable[str], rows: Iterable[Iterable[Child]], *, numbers: Iterable[int] = ()) -> Html:
    """A table that becomes a list of cards on a narrow screen: each cell knows its column's heading.

    `numbers` are the columns (from 0) that are set flush right.
    """
    names, right = list(headings), frozenset(numbers)
    heads = (
        tag("th", name, scope="col", class_=_flush(name) if at in right else None) for at, name in enumerate(names)
    )
    body = (
        tag(
            "tr",
            (_cell(cell, name, flush=at in right) for at, (name, cell) in enumerate(zip(names, cells, strict=True))),
        )
        for cells in rows
    )
    many = "many" if len(names) > MOST_NARROW else None
    return tag("table", tag("thead", tag("tr", heads)), tag("tbody", body), class_=many)


def _cell(child: Child, heading: str, *, flush: bool) -> Html:
    """A cell; markup inside stands in a block of its own, so that a card keeps it together."""
    inside = tag("div", child) if isinstance(child, Html) and child else child
    return tag("td", inside, data_label=heading, class_=_flush(child) if flush else None)


def _flush(child: Child) -> str:
    """The class of what is set flush right: whether its lines may break anywhere."""
    words = _MARKS.sub(" ", escaped(child)).split()
    return "n broken" if any(len(word) > LONGEST_WORD for word in words) else "n"


def code(text: str | None) -> Html:
    """An address, a txid or a digest: in one width, and broken anywhere when the line is short."""
    return tag("code", text) if text else Html()


def moment(text: str | None) -> Html:
    """A time, kept on one line."""
    return tag("time", text, datetime=text) if text else Html()


def room(text: str) -> int:
    """The room that a text takes, in letters: the signs of Chinese are twice as wide as one."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def short(text: str) -> Html:
    """A word that a narrow column keeps whole: a chain, an asset."""
    return tag("span", text, class_="short" if room(text) <= SHORT else None)


def origin(name: str) -> Html:
    """The name of a payment; a short one is kept on one line."""
    return tag("span", name, class_="origin" if room(name) <= SHORT else "long")
