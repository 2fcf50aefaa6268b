"""The secrets of a text: found, refused, and never shown."""

import codecs
from collections.abc import Iterator
from pathlib import Path

from chaintrace.errors import InputError
from chaintrace.private_keys.hexadecimal import named_keys
from chaintrace.private_keys.keys import keys
from chaintrace.private_keys.phrases import phrases
from chaintrace.private_keys.plain import plain
from chaintrace.private_keys.secret import Secret

REDACTED = "[a secret that moves coins: removed]"
"""What stands in its place."""

ADVICE = (
    "nothing of it was kept: whoever has it can move the coins, which is an authorised officer's act; keep it apart, "
    "and remove it from here"
)

_PIECE, _OVERLAP = 1 << 18, 4096
"""Characters of a file that are read at once, and how many of them are looked at again with the next: more than the
longest phrase has, however it is written down."""


_HEAD = 64
_MARKS = ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
          (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_ZEROS = (("utf-32-le", 4, (1, 2, 3)), ("utf-32-be", 4, (0, 1, 2)), ("utf-16-le", 2, (1,)), ("utf-16-be", 2, (0,)))
"""Encodings in which Latin letters have bytes of zero: how many bytes a letter has, and which of them are zero."""


def found(text: str) -> tuple[Secret, ...]:
    """The secrets of a text, in their order; those that overlap are one."""
    several: list[Secret] = []
    for at in range(0, len(text), _PIECE):
        begin = max(0, at - _OVERLAP)
        piece = text[begin : at + _PIECE]
        several += (Secret(one.kind, one.start + begin, one.end + begin) for one in _in_piece(piece))
    several.sort(key=lambda one: (one.start, -one.end))
    kept: list[Secret] = []
    for one in several:
        if kept and one.start < kept[-1].end:
            kept[-1] = kept[-1]._replace(end=max(kept[-1].end, one.end))
        else:
            kept.append(one)
    return tuple(kept)


def _in_piece(text: str) -> Iterator[Secret]:
    """The secrets of a text as it stands, and as it is read."""
    yield from _as_it_stands(text)
    shown = plain(text)
    if shown is not None:
        for one in _as_it_stands(shown.text):
            yield Secret(one.kind, shown.places[one.start], shown.places[one.end - 1] + 1)


def _as_it_stands(text: str) -> Iterator[Secret]:
    yield from keys(text)
    yield from named_keys(text)
    yield from phrases(text)


def redacted(text: str) -> str:
    """The text without its secrets."""
    for one in reversed(found(text)):
        text = text[: one.start] + REDACTED + text[one.end :]
    return text


def refuse(text: str, path: Path | str, line: int | None = None) -> None:
    """Raise InputError where a text holds a secret, with what it is and where, and never the secret itself."""
    several = found(text)
    if several:
        first = several[0]
        at = text.count("\n", 0, first.start) + 1 if line is None else line
        raise InputError(f"it holds {first.kind}: {ADVICE}", path=Path(path), line=at)


def refuse_file(path: Path, shown: Path | str | None = None) -> None:
    """`refuse` for a file of any size: read piece by piece, each with the end of the one before. OSError as it comes.

    What is neither UTF-8, UTF-16 nor UTF-32 is read as far as it is UTF-8. `shown` is how a sentence names the file.
    """
    with path.open("rb") as raw:
        encoding = _encoding(raw.read(_HEAD))
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        kept, line = "", 1
        while piece := file.read(_PIECE):
            text = kept + piece
            several = found(text)
            if several:
                at = line + text.count("\n", 0, several[0].start)
                refuse(text, path if shown is None else shown, at)
            kept = text[-_OVERLAP:]
            line += text.count("\n", 0, len(text) - len(kept))


def _encoding(head: bytes) -> str:
    """How a text is written that begins so: as its mark says, else by where its zeros are."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    for name, size, zeros in _ZEROS:
        whole = head[: len(head) // size * size]
        if whole and all((byte == 0) == (at % size in zeros) for at, byte in enumerate(whole)):
            return name
    return "utf-8"
