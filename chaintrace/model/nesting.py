"""How deep a text of JSON is nested, looked at before a parser walks it.

Python's parser recurses in C. A library that raises the recursion limit of the process (one that web3 loads does) takes
its guard away, and a hostile answer of brackets would then end the process instead of raising RecursionError.
"""

import re
from typing import TypeVar

MOST = 800
"""Brackets inside brackets: far more than any honest answer has, far fewer than the C stack bears."""

_Text = TypeVar("_Text", str, bytes)
_MARKS = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[\]{}]', re.DOTALL)
_BYTE_MARKS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[\]{}]', re.DOTALL)


def shallow(text: _Text, most: int = MOST) -> _Text:
    """The text itself, when it is nested at most `most` deep; brackets in strings do not count.

    Raises RecursionError when it is deeper.
    """
    if isinstance(text, bytes):
        few = text.count(b"[") + text.count(b"{") <= most
        marks = (found[0][:1] for found in _BYTE_MARKS.finditer(text)) if not few else iter(())
    else:
        few = text.count("[") + text.count("{") <= most
        marks = (found[0][:1].encode() for found in _MARKS.finditer(text)) if not few else iter(())
    depth = 0
    for mark in marks:
        if mark in b"[{":
            depth += 1
            if depth > most:
                raise RecursionError(f"brackets are nested more than {most} deep")
        elif mark in b"]}":
            depth -= 1
    return text
