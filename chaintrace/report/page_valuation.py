"""The page's section on values in money: by which rule, from which prices, and the table."""

from collections.abc import Mapping
from decimal import Decimal

from chaintrace.i18n import Say
from chaintrace.model.chain import Asset
from chaintrace.report.amounts import prose
from chaintrace.report.credited import assets_of, case_key
from chaintrace.report.interface import Cell, Report
from chaintrace.report.markup import Child, Html, code, joined, moment, origin, short, tag
from chaintrace.report.page_tables import cut
from chaintrace.report.spoken import several, words
from chaintrace.report.valued import declarations
from chaintrace.report.wording import VALUED
from chaintrace.valuation import PLACES, Valuation
from chaintrace.valuation.worth import CONVERTED


def valuation(report: Report, say: Say) -> Html:
    """What the payments, credits and remainders were worth; nothing where the case did not ask."""
    asked = report.inputs.valuation
    if asked is None:
        return Html()
    records = list(report.tables["valuation"].records())
    assets = assets_of(report.inputs)
    bases = dict.fromkeys((str(record["rule"]), str(record["source"])) for record in records if record["rule"])
    numbers = {basis: number for number, basis in enumerate(bases, 1)}
    rows = [_row(record, assets, numbers, say) for record in records]
    empty = sum(1 for record in records if record["reason"])
    lacking = several(
        say,
        empty,
        "{number} value is not stated; the last column says why.",
        "{number} values are not stated; the last column says why.",
    )
    what = words(say, "What", "Payment", "Where", "Time", "Amount")
    headings = (*what, *words(say, "Price as of", "Value", "Basis"))
    rounded = say("Printed values are rounded half up to {number} decimal places.").format(number=PLACES)
    nothing = tag("p", say("There is nothing to value."))
    return joined(
        (
            tag("h2", say("Value in {currency}").format(currency=asked.currency), id="valuation"),
            tag("p", say(VALUED), " ", rounded),
            tag("p", " ".join(policy(report, asked, say))),
            tag("ol", (tag("li", f"{told}: {rule}.") for rule, told in bases)) if bases else None,
            tag("p", lacking) if empty else None,
            cut(say, rows, "valuation.csv", headings, (4, 5, 6)) if rows else nothing,
        ),
    )


def policy(report: Report, asked: Valuation, say: Say) -> tuple[str, ...]:
    """Sentences: whether a price is declared, whether one is converted, and where the digests of the files stand."""
    at = say(" at ")
    declared = [f"{case_key(*key)}{at}{told}" for key, told in declarations(report.inputs, asked).items()]
    return (
        say("Declared in the case, and no market's price: {prices}.").format(prices="; ".join(declared))
        if declared
        else say("No price is declared: a stablecoin has the price of the source, never 1.00 by itself."),
        say("Prices in other currencies: {how}.").format(how=CONVERTED[asked.ecb])
        if asked.ecb
        else say("No price is converted."),
        say("The digest of each file of prices and rates stands under Sources."),
    )


def _row(
    record: dict[str, Cell], assets: Mapping[tuple[str, str], Asset], bases: Mapping[tuple[str, str], int], say: Say
) -> tuple[Child, ...]:
    """A row; its basis is the number of the rule and source in the list above the table, or why there is none."""
    told = {name: "" if cell is None else str(cell) for name, cell in record.items()}
    where = joined((code(told["address"]), " " if told["address"] else "", code(told["txid"])))
    amount = prose(int(told["value"]), assets[told["chain"], told["contract"]])
    rates = (
        say("÷ {divided} × {times} of {day}").format(
            divided=told["ecb_from"], times=told["ecb_to"], day=told["ecb_date"]
        )
        if told["ecb_date"]
        else ""
    )
    quoted = f"{told['price']} {told['price_currency']}".strip()
    price = joined((quoted, " ", moment(told["price_time"]), " ", tag("span", rates, class_="sub") if rates else None))
    return (
        *(short(say(told["what"])), origin(told["origin"]), where, moment(told["time"]), amount),
        price if told["price"] else "",
        tag("b", f"{Decimal(told['worth']):,} {told['currency']}") if told["worth"] else "",
        told["reason"] or bases[told["rule"], told["source"]],
    )
