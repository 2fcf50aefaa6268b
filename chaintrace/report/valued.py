"""valuation.csv: what the payments, the credits and what is left of them were worth, where a case asks for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from chaintrace.model.chain import Asset
from chaintrace.model.prices import plainly
from chaintrace.model.trace import Resting
from chaintrace.report.amounts import amount, iso
from chaintrace.report.columns import COLUMNS
from chaintrace.report.credited import Ranked, assets_of, memos_of
from chaintrace.report.endpoints import memo_of
from chaintrace.report.interface import Cell, Inputs, Table
from chaintrace.valuation import Moment, Rate, Unvalued, Valuation, Worth, rounded, worth

What: TypeAlias = Literal["loss", "credit", "endpoint", "resting", "report"]
"""What a row values: a payment when it was made, a credit when it came, and as of the end of coverage an endpoint's
credits together, what rests, and a payment as a whole."""


@dataclass(frozen=True, slots=True)
class Valued:
    """A value in base units and the moment (Unix seconds, UTC; None: not known) at which it is to be valued.

    `memo` is what was written beside the credits, as in endpoints.csv: on some chains a part of the endpoint.
    """

    what: What
    origin: str
    address: str
    txid: str
    index: str
    time: int | None
    asset: Asset
    value: int
    memo: str = ""


def subjects(inputs: Inputs, rows: tuple[Ranked, ...], moments: tuple[Moment, ...]) -> tuple[Valued, ...]:
    """What is to be valued at these moments, under the main method, in the order of the table."""
    made = {"loss": _losses(inputs), "credit": _credits(inputs, rows), "report": _at_the_end(inputs, rows)}
    return tuple(one for moment in moments for one in made[moment])


def _losses(inputs: Inputs) -> Iterator[Valued]:
    for claim in inputs.trace.claims:
        time = claim.transaction.time if claim.transaction is not None else None
        yield Valued("loss", claim.origin, claim.address, claim.txid, claim.index, time, claim.asset, claim.claimed)


def _credits(inputs: Inputs, rows: tuple[Ranked, ...]) -> Iterator[Valued]:
    for row in rows:
        for one in row.credits:
            place = (one.origin, one.address, one.txid, one.index)
            yield Valued("credit", *place, one.time, one.asset, one.value, "; ".join(memos_of(inputs, one)))


def _at_the_end(inputs: Inputs, rows: tuple[Ranked, ...]) -> Iterator[Valued]:
    ends = {chain: end.time for chain, end in inputs.as_of.items()}
    for row in rows:
        origin, chain, address, asset = row.place
        memo = memo_of(inputs, row.credits)
        yield Valued("endpoint", origin, address, "", "", ends.get(chain), asset, row.value, memo)
    for o in inputs.trace.outcomes:
        if isinstance(o, Resting):
            txid, index = (o.outpoint.txid, str(o.outpoint.vout)) if o.outpoint else ("", "")
            yield Valued("resting", o.origin, o.address, txid, index, o.time, o.asset, o.value)
    for (origin, asset), value in inputs.trace.claimed().items():
        yield Valued("report", origin, "", "", "", ends.get(asset.chain), asset, value)


def valuation(inputs: Inputs, rows: tuple[Ranked, ...], asked: Valuation) -> Table:
    """valuation.csv. What has no price has an empty value and the reason."""
    found = (_row(asked, one) for one in subjects(inputs, rows, asked.moments))
    return Table("valuation", COLUMNS["valuation"], tuple(found))


def declarations(inputs: Inputs, asked: Valuation) -> dict[tuple[str, str], str]:
    """What the case declares of the assets that were traced, by (chain, contract): a price and its currency."""
    found = sorted(asked.declared.items())
    traced = assets_of(inputs)
    return {key: f"{plainly(one.price)} {one.currency}" for key, one in found if key in traced}


def _row(asked: Valuation, one: Valued) -> tuple[Cell, ...]:
    asset = one.asset
    return (
        *(one.what, one.origin, asset.chain, one.address, one.txid, one.index, iso(one.time)),
        *(asset.name, asset.contract, asset.decimals, one.value, amount(one.value, asset.decimals)),
        *_cells(worth(asked, one.value, asset, one.time), asked.currency),
        one.memo,
    )


def _cells(found: Worth | Unvalued, currency: str) -> tuple[Cell, ...]:
    """Price, rates and value, or the reason why there are none."""
    if isinstance(found, Unvalued):
        return (None, "", None, None, None, "", None, currency, "", "", found.reason)
    return (
        *(plainly(found.price), found.price_currency, iso(found.price_time), *_rate(found.rate)),
        *(rounded(found.exact), currency, found.rule, found.told, ""),
    )


def _rate(rate: Rate | None) -> tuple[Cell, ...]:
    """The two reference rates and their day; nothing where nothing was converted."""
    return (None, None, "") if rate is None else (plainly(rate.given), plainly(rate.wanted), rate.day.isoformat())
