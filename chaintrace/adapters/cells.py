"""What stands in one cell: whole numbers and times, within the bounds of M4.

Each function gives the value or raises ValueError with the rest of a sentence that begins with the column's name.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache

from chaintrace.model.chain import MAX_TIME, MAX_VALUE, MIN_TIME
from chaintrace.model.transaction import PENDING_RANK

_DIGITS = re.compile(r"[0-9]+\Z")
_ISO = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,](?P<part>[0-9]+))?)?"
    r"(?P<zone>[Zz]|[+-][0-9]{2}:?[0-9]{2})?\Z",
)
_SHOWN = 60
_MOST_DIGITS = len(str(MAX_VALUE))
MAX_DECIMALS = 255
"""The most decimals of an asset (M4)."""

MOST_MEMO = 1_000
"""The most characters of a memo: a bound of ours, far above what names an account at a service."""


def whole(text: str, most: int) -> int:
    """A plain number of ASCII digits from 0 to `most`."""
    if not _DIGITS.match(text):
        raise ValueError(f"is {shown(text)}: it must be a whole number of plain digits, without sign, point or space")
    digits = text if len(text) <= _MOST_DIGITS else text.lstrip("0") or "0"
    if len(digits) > _MOST_DIGITS or (number := int(digits)) > most:
        raise ValueError(f"is {shown(text)}: the largest that there can be is {most}")
    return number


def base_units(text: str) -> int:
    """A value in base units, 0 to 2^256-1."""
    if not text:
        raise ValueError("is empty: it must be a whole number of base units")
    try:
        return whole(text, MAX_VALUE)
    except ValueError as error:
        bound = str(error).replace(str(MAX_VALUE), "2^256-1")
        raise ValueError(f"{bound}; amounts are given in base units") from error


@lru_cache(maxsize=256)
def decimals(text: str) -> int | None:
    """How many decimals an asset has, 0 to 255; None where the cell is empty."""
    return whole(text, MAX_DECIMALS) if text else None


def height(text: str) -> int | None:
    """A block's height; None where the cell is empty."""
    return whole(text, PENDING_RANK - 1) if text else None


def time(text: str) -> int:
    """Unix seconds (UTC) of a cell that holds Unix seconds, or ISO 8601 with `Z` or an offset; whole seconds only."""
    if not text:
        raise ValueError("is empty: it must be Unix seconds or ISO 8601 with Z")
    return bounded_time(whole(text, 10**20) if _DIGITS.match(text) else _iso(text), text)


def bounded_time(seconds: int, text: str) -> int:
    """`seconds` when it lies in the years 2009 to 2100 (M4)."""
    if not MIN_TIME <= seconds <= MAX_TIME:
        hint = "; is it in milliseconds?" if MIN_TIME <= seconds // 1000 <= MAX_TIME else ""
        raise ValueError(f"is {shown(text)}: times lie in the years 2009 to 2100{hint}")
    return seconds


def _iso(text: str) -> int:
    """Unix seconds of an ISO 8601 time that says its zone."""
    match = _ISO.match(text)
    if match is None:
        raise ValueError(f"is {shown(text)}: it must be Unix seconds or ISO 8601 such as 2021-08-05T14:03:00Z")
    if match["zone"] is None:
        raise ValueError(f"is {shown(text)}: it does not say its time zone; add Z for UTC")
    if (match["part"] or "").strip("0"):
        raise ValueError(f"is {shown(text)}: times are whole seconds")
    plain = text.upper() if match["part"] is None else text[: match.start("part") - 1] + match["zone"].upper()
    try:
        moment = datetime.fromisoformat(plain).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"is {shown(text)}: there is no such time") from error
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())


def memo(text: str) -> str:
    """What was written beside a transfer: blanks round it left out, control and direction marks as escapes.

    It is anybody's words. A long one is not cut: two that begin alike would name one account.
    """
    text = text.strip()
    if len(text) > MOST_MEMO:
        raise ValueError(f"is {shown(text)}: it has {len(text):,} characters, and at most {MOST_MEMO:,} are read")
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)


def separator(header: Sequence[str]) -> str:
    """What a header that commas do not part has between its columns: "" where commas do, or nothing does."""
    if len(header) != 1:
        return ""
    return next((word for sign, word in ((";", "semicolons"), ("\t", "tabs")) if sign in header[0]), "")


def shown(text: str) -> str:
    """A cell's text in quotes, cut where nobody would read on."""
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")


def header_fault(header: Sequence[str], columns: Sequence[str], further: Sequence[str] = ()) -> str:
    """Why a CSV's header cannot be used, as a sentence; empty where it can.

    It must hold all of `columns`, and none of them or of `further` twice.
    """
    if not any(header):
        return f"the file is empty, or its first line is: that line must hold {','.join(columns)}"
    if signs := separator(header):
        return f"the file uses {signs}: save it with commas"
    missing = [name for name in columns if name not in header]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        return f"{', '.join(missing)} {verb} missing: the header must hold {','.join(columns)}"
    twice = [name for name in (*columns, *further) if header.count(name) > 1]
    return f"the column {twice[0]} stands twice in the header: leave one" if twice else ""
