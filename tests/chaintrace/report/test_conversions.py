"""What a report says of conversions: prices as fractions, differences, bridges of which nobody holds the other side."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chaintrace.model.chain import Asset
from chaintrace.model.conversion import Conversion
from chaintrace.model.finding import Continues, Moved
from chaintrace.model.trace import Endpoint
from chaintrace.report import build
from chaintrace.report.conversions import behind, conversion_steps, delay, difference, price
from chaintrace.report.html import page
from chaintrace.tracing import trace
from tests.chaintrace.report.samples import BTC, USD, accounts, outputs
from tests.chaintrace.tracing.ledger import payments
from tests.chaintrace.tracing.linking import continues, link

SAID = Continues(
    *("ledger", "t1", "t2", ("t1",), "bridge", 1, 90),
    outgoing=(Moved("ledger", "t1", "0"),),
    incoming=(Moved("base", "t2", "0"),),
    protocol="Hop",
    key="7",
    to_chain="base",
    recipient="0xr",
)


def made(out: Asset, into: Asset, gross_out: int, gross_in: int) -> Conversion:
    return Conversion(SAID, out, into, gross_out, gross_in, "a", "b", (("A", 1, 1),), 1, (2,), 100, 40)


@pytest.mark.parametrize(
    ("out", "into", "values", "said"),
    [
        (USD, BTC, (300, 1), "1/300000000 BTC for 1 USD"),
        (USD, USD, (300, 600), "2 USD for 1 USD"),
        (Asset("ledger", "T", "T"), BTC, (3, 2), "2/3 base units for 1 base unit"),
        (USD, BTC, (0, 1), ""),
    ],
)
def test_the_implied_price_is_an_exact_fraction(out, into, values, said):
    assert price(made(out, into, *values)) == said


def test_what_is_missing_on_the_other_side_is_a_difference_also_between_scales():
    coarse = Asset("base", "U", "USD", 1)
    assert difference(made(USD, coarse, 1000, 95)) == "0.5 USD"
    assert difference(made(USD, coarse, 1000, 101)) == "-0.1 USD"
    assert difference(made(USD, BTC, 1000, 1)) == ""
    assert delay(made(USD, coarse, 1, 1)) == -60


def test_what_is_known_of_the_other_side_is_a_next_step():
    assert behind(SAID) == "bridge to base, recipient 0xr, key 7"
    assert behind(replace(SAID, to_chain="ledger", key="")) == "swap on ledger, recipient 0xr"
    assert behind(replace(SAID, to_chain="", key="", recipient="", protocol="")) == "continued on ledger"


def test_a_bridge_that_nobody_saw_the_end_of_is_an_endpoint_by_its_key():
    inputs = accounts()
    trace = inputs.trace
    first = next(end for end in trace.outcomes if isinstance(end, Endpoint))
    ends = [replace(first, value=first.value - 5, rule="bridge", continues=SAID, tags=())]
    ends.append(replace(ends[0], value=5, continues=replace(SAID, key="8")))
    changed = replace(trace, outcomes=(*ends, *(end for end in trace.outcomes if end is not first)))
    report = build(replace(inputs, traces={**inputs.traces, "fifo": changed}))
    rows = [row for row in report.tables["endpoints"].records() if row["category"] == "defi_bridge"]
    assert [(row["entity"], row["memo"], row["traced_value"], row["route"]) for row in rows] == [
        ("Hop", "bridge to base, recipient 0xr, key 7", first.value - 5, "no"),
        ("Hop", "bridge to base, recipient 0xr, key 8", 5, "no"),
    ]


def test_later_rows_carry_the_last_conversion_until_the_place_is_drained():
    ledger = payments(
        ("victim", "ann", 10),
        [("ann", "pool", 4), ("pool", "ann", 40, "Y")],
        ("ann", "bob", 40, "Y"),
        ("victim", "ann", 7, "Y"),
        ("ann", "carl", 7, "Y"),
        [("bob", "pool", 40, "Y"), ("pool", "bob", 3)],
        ("bob", "ann", 3),
        ("ann", "dora", 9),
    )
    ledger = link(ledger, continues(["t2:0"], ["t2:1"]), continues(["t6:0"], ["t6:1"]))
    found = trace(ledger, (ledger.seed("t1", "0", "S"), ledger.seed("t4", "0", "S")), "fifo")
    told = [
        (hop.txid, hop.index, hop.step, through)
        for hop, through in zip(found.hops, conversion_steps(found), strict=True)
    ]
    assert told == [
        ("t1", "0", 1, None),
        ("t2", "0", 2, None),
        ("t2", "1", 3, 3),
        ("t3", "0", 4, 3),
        ("t4", "0", 5, None),
        ("t5", "0", 6, None),
        ("t6", "0", 7, 3),
        ("t6", "1", 8, 8),
        ("t7", "0", 9, 8),
        ("t8", "0", 10, 8),
    ]


def test_the_page_has_the_section_only_where_something_was_converted_or_could_be():
    assert 'id="conversions"' in page(build(outputs()))
    assert 'id="conversions"' not in page(build(accounts()))
    lead = replace(SAID, confidence=20, text="The amounts agree.")
    text = page(build(accounts(findings=(lead,))))
    assert "Leads: 1 continuation not followed" in text
    assert "The amounts agree." in text
