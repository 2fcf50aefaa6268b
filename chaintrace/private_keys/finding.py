"""The secrets of a text: found, refused, and never shown."""

from collections.abc import Iterator
from pathlib import Path

from chaintrace.errors import InputError
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
    yield from keys(text)
    yield from phrases(text)
    shown = plain(text)
    if shown is not None:
        for one in (*keys(shown.text), *phrases(shown.text)):
            yield Secret(one.kind, shown.places[one.start], shown.places[one.end - 1] + 1)


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

    Text that is not UTF-8 is read as far as it is. `shown` is how a sentence names the file.
    """
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        kept, line = "", 1
        while piece := file.read(_PIECE):
            text = kept + piece
            several = found(text)
            if several:
                at = line + text.count("\n", 0, several[0].start)
                refuse(text, path if shown is None else shown, at)
            kept = text[-_OVERLAP:]
            line += text.count("\n", 0, len(text) - len(kept))
