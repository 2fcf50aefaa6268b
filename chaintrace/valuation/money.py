"""How money is printed: the one place where a value is rounded."""

from fractions import Fraction

from chaintrace.model.amounts import amount

PLACES = 2
"""Decimal places of a printed value, in every currency."""


def rounded(exact: Fraction, places: int = PLACES) -> str:
    """A value that is not negative as decimal text, rounded half up; sums are made before, never of rounded values."""
    if exact < 0:
        raise ValueError("a value is not negative")
    scaled = exact * 10**places
    return amount((2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator), places) or ""
