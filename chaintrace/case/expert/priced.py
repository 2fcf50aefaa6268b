"""Section 15: on what values in money rest, or that none were asked for."""

from collections.abc import Iterator

from chaintrace.case.expert.opinion import Opinion, plain
from chaintrace.case.expert.told import price_rule
from chaintrace.freeze.blocks import Block, Grid, Paragraph, Points
from chaintrace.i18n import message
from chaintrace.report.page_valuation import policy
from chaintrace.report.spoken import words
from chaintrace.report.wording import VALUED
from chaintrace.valuation import PLACES

PRICED = (
    "origin",
    "address",
    "time",
    "amount",
    "asset",
    "price",
    "price_currency",
    "price_time",
    "worth",
    "currency",
)


WHAT = (message("loss"), message("credit"), message("endpoint"), message("resting"), message("report"))
"""What a row values, to be said as it is."""


def valuation(opinion: Opinion) -> Iterator[Block]:
    """15. What values in money rest on, with the time and the source of each price, or why there is no value."""
    say, report = opinion.say, opinion.report
    asked = report.inputs.valuation
    if asked is None or "valuation" not in report.tables:
        yield Paragraph(say("No values in money were asked for: every amount is in units of its own asset."))
        return
    yield Paragraph(say(VALUED))
    yield Paragraph(say("Printed values are rounded half up to {number} decimal places.").format(number=PLACES))
    for text in policy(report, asked, say):
        yield Paragraph(text)
    records = list(report.tables["valuation"].records())
    bases = dict.fromkeys((plain(row["rule"]), plain(row["source"])) for row in records if row["rule"])
    numbers = {basis: f"({number})" for number, basis in enumerate(bases, 1)}
    told = say("{name}: {value}")
    yield Points(
        tuple(
            f"{numbers[rule, source]} {told.format(name=source, value=price_rule(rule, say))}" for rule, source in bases
        )
    )
    rows = tuple(
        (
            say(plain(row["what"])),
            *(plain(row[key]) for key in PRICED),
            plain(row["reason"]) or numbers[plain(row["rule"]), plain(row["source"])],
        )
        for row in records
    )
    heads = words(say, "What", "Payment", "Address", "Time", "Amount", "Asset", "Price", "Price in", "Price as of")
    money = words(say, "Value", "Currency", "Basis")
    shares = (8, 8, 13, 11, 9, 6, 8, 5, 11, 9, 5, 7)
    yield Grid((*heads, *money), rows, shares, frozenset({2}), frozenset({4, 6, 9}))
