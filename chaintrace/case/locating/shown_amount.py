"""An amount as an app shows it: the ways to read it, and the exact values that it may stand for.

An app groups digits, writes a point or a comma, and shows fewer places than the chain has: rounded half up, or cut off.
So one text stands for a range of base units. Everything here is whole numbers; nothing is read in one way silently.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from chaintrace.case.table import shown
from chaintrace.errors import InputError
from chaintrace.model.amounts import amount

Close: TypeAlias = Literal["exact", "rounded", "cut", "rounded or cut"]
"""How a value is shown: as it is, rounded half up, cut off after the shown places, or as both of these show it."""

Fee: TypeAlias = Literal["", "less", "plus"]
"""Whether the value on the chain is the amount, the amount less the fee, or the amount plus the fee."""

MOST_SCALE = 78
"""Scales tried where nobody said an asset's decimals: 2^256-1 has 78 digits."""

_LONGEST = 120
_BLANKS = " '\u2019_"
_SIGN = re.compile("[-+\u2212\u2013]\\s*")
_BY_THREE = re.compile(r"[1-9][0-9]{0,2}(?:[^0-9][0-9]{3})+\Z")
_BY_LAKH = re.compile(r"[1-9][0-9]?(?:[^0-9][0-9]{2})+[^0-9][0-9]{3}\Z")
_MARKS = {",": "comma", ".": "point"}


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read an amount: `digits` over 10^`places`. `how` says it where there is another way, else `""`."""

    digits: int
    places: int
    how: str = ""

    def __str__(self) -> str:
        """Plain decimal text with the places that were shown."""
        return amount(self.digits, self.places) or ""


class Fit(NamedTuple):
    """One way in which a value on the chain is the amount that an app showed.

    `fee` is the reading of the fee where there is one; `decimals` the scale at which it fits where the source does not
    say the asset's own, else None.
    """

    reading: Reading
    close: Close
    side: Fee = ""
    fee: Reading | None = None
    decimals: int | None = None

    @property
    def rank(self) -> tuple[int, int]:
        """Its place among others: what is exact first, what needs no fee first."""
        return (self.close != "exact", ("", "less", "plus").index(self.side))

    def __str__(self) -> str:
        """The reason in words."""
        deducted = "" if self.fee is None else f" {self.side} the fee {self.fee}"
        text = f"{self.reading}{deducted}, {_CLOSE[self.close]}"
        if self.reading.how:
            text += f" ({self.reading.how})"
        if self.decimals is not None:
            text += f", if the asset has {self.decimals} decimals, which the source does not say"
        return text


_CLOSE: dict[Close, str] = {
    "exact": "exactly",
    "rounded": "rounded",
    "cut": "cut off",
    "rounded or cut": "rounded or cut off",
}


def readings(text: str, option: str) -> tuple[Reading, ...]:
    """Every way to read an amount: `1,000.5` has one, `1,000` two (one thousand, or one with three places).

    Digits may be grouped by threes, or as in India, with commas, points, blanks or apostrophes. A sign in front is left
    alone: it says from whose side the app looks. Raises InputError, naming the option, for what is no amount.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    plain = _SIGN.sub("", plain, count=1) if _SIGN.match(plain) else plain
    found = list(_ways(plain)) if len(plain) <= _LONGEST else []
    if not found:
        raise InputError(
            f"{option} is {shown(text)}, which cannot be read as an amount: write the digits alone, as in 1000.5 or "
            "1,000.50, and name the asset with --asset"
        )
    if len(found) == 1:
        return (Reading(found[0][0], found[0][1]),)
    return tuple(Reading(*one) for one in found)


def _ways(plain: str) -> Iterator[tuple[int, int, str]]:
    """Digits, places and how, for each mark that may be the decimal one, and for none."""
    for mark in ("", ".", ","):
        whole, part = plain, ""
        if mark:
            whole, found, part = plain.partition(mark)
            if not found or not re.fullmatch(r"[0-9]+", part):
                continue
        digits = _grouped(whole or ("0" if mark else " "), mark)
        if digits is None:
            continue
        between = next((one for one in plain if one in _MARKS), "")
        how = f"its {_MARKS[mark]} parts the decimals" if mark else f"its {_MARKS.get(between, '')} groups thousands"
        yield int(digits + part), len(part), how


def _grouped(whole: str, mark: str) -> str | None:
    """The digits of a whole number without what groups them; None where that is no grouping."""
    marks = {one for one in whole if not "0" <= one <= "9"}
    if not marks:
        return whole
    if len(marks) > 1 or mark in marks or not marks <= {",", ".", *_BLANKS}:
        return None
    if not (_BY_THREE.match(whole) or _BY_LAKH.match(whole)):
        return None
    return "".join(one for one in whole if "0" <= one <= "9")


def fits(value: int, decimals: int | None, amounts: Sequence[Reading], fees: Sequence[Reading]) -> tuple[Fit, ...]:
    """Every way in which a value (base units) is one of these amounts, alone or with one of the fees; best first.

    An exchange deducts its fee: then the value on the chain is the amount less the fee. A fee counts to its last digit.
    Where the decimals are not known, every scale is tried.
    """
    if decimals is not None:
        return tuple(sorted(_fits(value, decimals, amounts, fees), key=lambda fit: fit.rank))
    found: dict[tuple[Reading, Fee, Reading | None], Fit] = {}
    for scale in range(MOST_SCALE):
        for fit in _fits(value, scale, amounts, fees):
            if fit.close == "exact" or fit.reading.digits:  # at a large scale everything is cut to nothing
                found.setdefault((fit.reading, fit.side, fit.fee), fit._replace(decimals=scale))
    return tuple(sorted(found.values(), key=lambda fit: fit.rank))


def _fits(value: int, decimals: int, amounts: Sequence[Reading], fees: Sequence[Reading]) -> Iterator[Fit]:
    for reading in amounts:
        if close := _close(value, decimals, reading):
            yield Fit(reading, close)
        for fee in fees:
            units, rest = divmod(fee.digits * 10**decimals, 10**fee.places)
            if rest or not units:
                continue
            if close := _close(value + units, decimals, reading):
                yield Fit(reading, close, "less", fee)
            if value >= units and (close := _close(value - units, decimals, reading)):
                yield Fit(reading, close, "plus", fee)


def _close(value: int, decimals: int, reading: Reading) -> Close | None:
    """How an app that shows the reading's places comes from this value to its digits; None where it does not."""
    if reading.places >= decimals:
        return "exact" if value * 10 ** (reading.places - decimals) == reading.digits else None
    unit = 10 ** (decimals - reading.places)
    cut, rest = divmod(value, unit)
    if not rest:
        return "exact" if cut == reading.digits else None
    rounded = cut + (2 * rest >= unit)
    if cut == reading.digits:
        return "rounded or cut" if rounded == cut else "cut"
    return "rounded" if rounded == reading.digits else None
