"""Amounts as a letter prints them: exact, grouped in thousands, with their unit; shares cut, never rounded up."""

from collections.abc import Iterable

from chaintrace.freeze.request import Place, Request, totals
from chaintrace.model.amounts import figure, prose
from chaintrace.model.chain import Asset
from chaintrace.report.amounts import share


def figures(value: int, asset: Asset) -> str:
    """The number alone: `46,006.901685`."""
    return figure(value, asset)


def sums(values: Iterable[tuple[Asset, int]]) -> str:
    """Amounts by asset with their units, joined: `63.7 BTC + 190,000 USDT`; empty for none."""
    return " + ".join(prose(value, asset) for asset, value in totals(values))


def asked_for(request: Request) -> str:
    """What a letter asks for in all, without assets of which nothing is asked for; `0` where nothing is."""
    return sums((asset, value) for asset, value in request.asked() if value) or "0"


def range_of(place: Place) -> str:
    """The ends over the methods."""
    low, high = figure(place.low, place.asset), figure(place.high, place.asset)
    return low if place.low == place.high else f"{low}–\n{high}"


def share_of(traced: int, gross: int) -> str:
    """The traced part of a transfer, as the report's credits.csv prints it; empty for a transfer of nothing."""
    return str(share(traced, gross) or "") if gross else ""
