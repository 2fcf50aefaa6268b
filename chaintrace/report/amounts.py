"""How numbers are printed: exact decimal text, shares rounded down, times in UTC. No float comes near a value."""

from datetime import UTC, datetime
from fractions import Fraction

from chaintrace.model import amounts
from chaintrace.model.amounts import amount, figure
from chaintrace.model.chain import Asset
from chaintrace.report.mixed_scripts import marked

__all__ = ["amount", "figure", "iso", "per_cent", "prose", "scaled", "share", "unit"]

SHARE_DIGITS = 6
"""Digits after the point of a share. Shares are rounded down, so that they never sum to more than one."""


def share(part: int, whole: int) -> str | None:
    """`part` of `whole` as decimal text with six digits, rounded down; None where the whole is nothing."""
    return amount(part * 10**SHARE_DIGITS // whole, SHARE_DIGITS) if whole else None


def unit(asset: Asset) -> str:
    """What a person calls an asset, with letters marked that only look Latin: a token is named by whoever made it."""
    return marked(amounts.unit(asset))


def prose(value: int, asset: Asset) -> str:
    """An amount for a sentence, with its unit: `190,000 USDT`."""
    return f"{figure(value, asset)} {unit(asset)}"


def per_cent(part: int, whole: int) -> str:
    """`part` of `whole` in per cent with one digit, rounded half up, for people; empty where the whole is nothing.

    What is not all never reads as 100.0 %, and what is not nothing never as 0.0 %.
    """
    if not whole:
        return ""
    tenths = (part * 2000 + whole) // (2 * whole)
    if part < whole and tenths == 1000:
        return "over 99.9 %"
    if part and not tenths:
        return "under 0.1 %"
    return f"{amount(tenths, 1)} %"


def iso(time: int | None) -> str | None:
    """Unix seconds as UTC, ISO 8601 with `Z`; None where the time is not known."""
    return None if time is None else datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def scaled(value: int, decimals: int | None) -> Fraction:
    """A value in whole units of its asset, exactly, for ranking; base units where the decimals are not known."""
    return Fraction(value, 10 ** (decimals or 0))
