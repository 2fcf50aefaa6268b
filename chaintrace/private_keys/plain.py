"""A text as it is read: without hidden signs, escapes, tags, wide letters; and where each of its signs stood."""

import re
import unicodedata
from typing import NamedTuple

_HIDDEN = "\u00ad\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufe0e\ufe0f\ufeff"
_WIDE = "\u00a0\u2000-\u200a\u202f\u3000\uff01-\uff5e\U0001d400-\U0001d7ff"
_OTHERWISE = re.compile(
    rf"(?P<hidden>[{_HIDDEN}])|(?P<wide>[{_WIDE}])|(?P<blank>\\+[nrt]|</?[A-Za-z][^<>]{{0,200}}>|&nbsp;|%20)"
    r"|\\+u(?P<code>[0-9a-fA-F]{4})|&\#(?P<number>[0-9]{1,7});|&\#[xX](?P<hexadecimal>[0-9a-fA-F]{1,6});"
)
_QUICK = re.compile(rf"[{_HIDDEN}{_WIDE}]|\\|<|&|%20")
_MOST = 0x10FFFF


class Plain(NamedTuple):
    """The text, and for each of its signs the place in the other one; one more at the end."""

    text: str
    places: list[int]


def plain(text: str) -> Plain | None:
    """What the text says when it is shown; None where that is the text itself."""
    if not _QUICK.search(text):
        return None
    parts: list[str] = []
    places: list[int] = []
    at = 0
    for found in _OTHERWISE.finditer(text):
        parts.append(text[at : found.start()])
        places.extend(range(at, found.start()))
        said = _said(found)
        parts.append(said)
        places.extend([found.start()] * len(said))
        at = found.end()
    if not at:
        return None
    parts.append(text[at:])
    places.extend(range(at, len(text) + 1))
    return Plain("".join(parts), places)


def _said(found: "re.Match[str]") -> str:
    """What stands for a hidden sign, a wide letter or an escape."""
    if found["hidden"]:
        return ""
    if found["wide"]:
        return unicodedata.normalize("NFKC", found["wide"])
    if found["blank"]:
        return " "
    code = int(found["code"] or found["hexadecimal"] or "0", 16) if not found["number"] else int(found["number"])
    return chr(code) if code <= _MOST and not 0xD800 <= code <= 0xDFFF else " "
