"""Cells of the expert's report: amounts as sentences write them, and when each network source was read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chaintrace.case.expert import Opinion, document
from chaintrace.case.expert.document import SECTIONS
from chaintrace.freeze.blocks import Break, Grid, Heading
from chaintrace.i18n import LANGUAGES, speaker
from chaintrace.model.chain import Asset
from chaintrace.model.provenance import Source
from chaintrace.model.trace import NotFollowed, Resting
from chaintrace.report import build
from chaintrace.report.interface import Inputs, SourceLine
from tests.chaintrace.report.samples import account_trace, accounts

TIMES = 10**9
"""How much larger the values of the sample are made: so large that they have to be grouped."""
UPRIGHT, ACROSS = 172, 259
"""Millimetres between the margins of a page, as letter.css has them."""
ETHEREUM = 14.3
"""Millimetres of `ethereum` in the 7 points of a table (12.1 in DejaVu Sans), its padding and its frame."""
PLACES = ("What was not followed", "Appendix A: transactions", "Appendix D: resting places")


def enlarged(decimals: int | None) -> Inputs:
    """The sample with large values, of an asset of so many decimals."""
    inputs = accounts()
    asset, trace = Asset("ledger", "TOKEN", "USD", decimals), account_trace(inputs.method, 8_000, kept=100)
    made = replace(
        trace,
        claims=tuple(
            replace(one, leg_value=TIMES * one.leg_value, claimed=TIMES * one.claimed, asset=asset)
            for one in trace.claims
        ),
        outcomes=tuple(replace(one, value=TIMES * one.value, asset=asset) for one in trace.outcomes),
        hops=tuple(hop._replace(value=TIMES * hop.value, traced=TIMES * hop.traced, asset=asset) for hop in trace.hops),
    )
    return replace(inputs, methods=(inputs.method,), traces={inputs.method: made})


def grid_under(opinion: Opinion, heading: str) -> Grid:
    """The first table under a heading of the report."""
    blocks = document(opinion).blocks
    said = speaker(opinion.language)(heading)
    place = next(at for at, one in enumerate(blocks) if isinstance(one, Heading) and one.text.endswith(said))
    return next(one for one in blocks[place:] if isinstance(one, Grid))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("decimals", "asset"), [(2, "USD"), (None, "base units of USD")])
def test_amounts_are_grouped_and_never_empty(place: str, language: str, decimals: int | None, asset: str) -> None:
    inputs = enlarged(decimals)
    table = grid_under(Opinion(build(inputs), language=language), place)
    at = table.headings.index(speaker(language)("Asset"))
    values = {
        "What was not followed": [one.value for one in inputs.trace.outcomes if isinstance(one, NotFollowed)],
        "Appendix A: transactions": [hop.traced for hop in inputs.trace.hops],
        "Appendix D: resting places": [one.value for one in inputs.trace.outcomes if isinstance(one, Resting)],
    }[place]
    unit = 1 if decimals is None else 10**decimals
    assert values
    assert [(row[at - 1], row[at]) for row in table.rows] == [(f"{value // unit:,}", asset) for value in values]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_column_of_chains_has_room_for_the_name_of_a_chain(language: str) -> None:
    seen, page = [], UPRIGHT
    for block in document(Opinion(build(enlarged(2)), language=language)).blocks:
        if isinstance(block, Break):
            page = ACROSS if block.wide else UPRIGHT
        if isinstance(block, Grid) and speaker(language)("Chain") in block.headings:
            seen.append(page * block.shares[block.headings.index(speaker(language)("Chain"))] / 100)
            assert sum(block.shares) == 100
    assert len(seen) > 5
    assert min(seen) >= ETHEREUM


def reading(request: str, second: int, adapter: str = "etherscan") -> Source:
    return Source(adapter, request, f"{second:064x}", datetime(2026, 1, 2, 3, 4, second, tzinfo=UTC))


def read_at(lines: tuple[SourceLine, ...], *records: Source) -> list[str]:
    """What the table of sources says of when each was read."""
    inputs = replace(accounts(), sources=lines)
    blocks = dict(SECTIONS)["Sources of data, with time and height"](Opinion(build(inputs), records=records))
    table = next(one for one in blocks if isinstance(one, Grid) and "Read at" in one.headings)
    return [row[table.headings.index("Read at")] for row in table.rows]


def line(url: str, chain: str, adapter: str = "etherscan") -> SourceLine:
    return SourceLine(adapter, url, "", chain, "what it was asked")


def test_two_chains_behind_one_url_have_each_their_own_times() -> None:
    url = "https://api.example/v2/api"
    told = read_at(
        (line(url, "ethereum"), line(url, "polygon"), line(url, "base")),
        reading(f"GET {url}?chainid=1&module=proxy", 1),
        reading(f"GET {url}?module=proxy&chainid=1 @ 0xab", 2),
        reading(f"GET {url}?chainid=137&module=proxy", 3),
    )
    assert told == ["2026-01-02T03:04:01Z–2026-01-02T03:04:02Z", "2026-01-02T03:04:03Z", "not known"]


def test_two_urls_of_one_adapter_have_each_their_own_times() -> None:
    one, inside = "https://me:key@a.example/api?apikey=secret", "https://a.example/api/test"
    told = read_at(
        (line(one, "bitcoin", "esplora"), line(inside, "bitcoin-testnet", "esplora")),
        reading("GET https://a.example/api/tx/00", 1, "esplora"),
        reading("GET https://a.example/api/test/tx/00", 2, "esplora"),
    )
    assert told == ["2026-01-02T03:04:01Z", "2026-01-02T03:04:02Z"]


def test_the_only_source_of_an_adapter_has_all_its_readings_wherever_it_was_sent() -> None:
    told = read_at((line("https://a.example/api", "bitcoin"),), reading("GET https://b.example/moved", 1))
    assert told == ["2026-01-02T03:04:01Z"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_method_alone_has_no_column_of_least_and_most(language: str) -> None:
    say = speaker(language)
    for names in (("fifo",), ("fifo", "lifo")):
        traces = {name: account_trace(name, 8_500) for name in names}
        opinion = Opinion(build(accounts(methods=names, traces=traces)), language=language)
        places = next(
            block
            for block in dict(SECTIONS)["Range of opinion, and reasons"](opinion)
            if isinstance(block, Grid) and block.headings[1:2] == (say("Address"),)
        )
        assert (say("Least–most") in places.headings) == (len(names) > 1)
        assert {len(row) for row in places.rows} == {len(places.headings)} == {len(places.shares)}
