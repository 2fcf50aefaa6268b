"""The prices of a case: those of its files, and those that are asked over the network for what was traced."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial

from chaintrace.adapters.prices import CoinbaseExchange, Pair
from chaintrace.adapters.transport import Door
from chaintrace.case.access import opened_door
from chaintrace.case.config import CaseConfig
from chaintrace.case.online import Session, noted
from chaintrace.case.rooms import Rooms
from chaintrace.case.valuation import PriceService, Wanted
from chaintrace.errors import AdapterError, InputError
from chaintrace.model.prices import PriceSeries
from chaintrace.model.provenance import Source
from chaintrace.report import Inputs, Report, SourceLine
from chaintrace.report.credited import ranked
from chaintrace.report.valued import subjects
from chaintrace.report.wording import counted
from chaintrace.valuation import Valuation

Times = Mapping[tuple[str, str], Iterable[int]]
"""The moments at which an asset is valued (Unix seconds, UTC), by (chain, contract)."""


def priced(config: CaseConfig, inputs: Inputs, rooms: Rooms, session: Session) -> Inputs:
    """The inputs of a report with what its valuation needs; as they are where the case asks for none.

    Who is asked over the network learns the products and the days. What could not be had is the reason of an empty
    value. Raises InputError for a file that was changed meanwhile, and for a product that is quoted in no currency.
    """
    wanted = config.valuation
    if wanted is None:
        return inputs
    for source, _ in wanted.sources:
        if source not in rooms.files:
            raise InputError("the file was changed while it was read: run the command again", path=source.request)
    series = {(one.chain, one.contract): one for one in wanted.series}
    refused: dict[tuple[str, str], str] = {}
    lines = [
        SourceLine(_adapter(source, wanted), source.request, source.sha256, "", told) for source, told in wanted.sources
    ]
    if wanted.service is not None:
        session.observer("prices")
        with opened_door(rooms.archive, session.allowed, partial(noted, session.writer)) as door:
            for one in _asked(config, wanted.service, door, _times(inputs, wanted), refused):
                series[one.chain, one.contract] = one
                lines += [
                    SourceLine(CoinbaseExchange.name, source.request, source.sha256, one.chain, one.told)
                    for source in one.sources
                ]
    made = Valuation(wanted.currency, wanted.moments, series, wanted.declared, refused, wanted.ecb, wanted.rates)
    return replace(inputs, valuation=made, sources=tuple(dict.fromkeys((*inputs.sources, *lines))))


def _adapter(source: Source, wanted: Wanted) -> str:
    """How a report calls the reader of a file: one of prices, or one of rates."""
    return "prices-csv" if any(source in one.sources for one in wanted.series) else "ecb"


def _times(inputs: Inputs, wanted: Wanted) -> Times:
    """When each asset is valued."""
    found: dict[tuple[str, str], set[int]] = {}
    for one in subjects(inputs, ranked(inputs), wanted.moments):
        if one.time is not None:
            found.setdefault((one.asset.chain, one.asset.contract), set()).add(one.time)
    return found


def _asked(
    config: CaseConfig, service: PriceService, door: Door, times: Times, refused: dict[tuple[str, str], str]
) -> Iterable[PriceSeries]:
    """The series of each asset that was traced; why there is none goes into `refused`."""
    exchange = CoinbaseExchange(service.url, door, service.reach)
    for pair in service.pairs:
        moments = {time for name in pair.contracts for time in times.get((pair.chain, name), ())}
        if moments:
            yield from _series(config, exchange, pair, moments, refused)


def _series(
    config: CaseConfig,
    exchange: CoinbaseExchange,
    pair: Pair,
    moments: set[int],
    refused: dict[tuple[str, str], str],
) -> tuple[PriceSeries, ...]:
    try:
        return exchange.series(pair, moments)
    except InputError as error:
        raise config.error(error.sentence, "valuation", "pairs") from error
    except AdapterError as error:
        refused.update(dict.fromkeys(((pair.chain, name) for name in pair.contracts), f"no price: {error}"))
        return ()


def unvalued(made: Report) -> tuple[str, ...]:
    """A sentence for the person who runs the case where values could not be stated."""
    if "valuation" not in made.tables:
        return ()
    rows = list(made.tables["valuation"].records())
    empty = sum(1 for row in rows if row["reason"])
    return (f"{empty} of {counted(len(rows), 'value')} could not be stated: valuation.csv says why.",) if empty else ()
