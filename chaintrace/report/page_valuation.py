"""The page's section on values in money: by which rule, from which prices, and the table."""

from collections.abc import Mapping
from decimal import Decimal

from chaintrace.model.chain import Asset
from chaintrace.report.amounts import prose
from chaintrace.report.credited import assets_of, case_key
from chaintrace.report.interface import Cell, Report
from chaintrace.report.markup import Child, Html, code, joined, moment, origin, short, tag
from chaintrace.report.page_tables import cut
from chaintrace.report.valued import declarations
from chaintrace.report.wording import VALUED, counted
from chaintrace.valuation import PLACES
from chaintrace.valuation.worth import CONVERTED

HEADINGS = ("What", "Payment", "Where", "Time", "Amount", "Price", "Price as of", "Value", "Basis")


def valuation(report: Report) -> Html:
    """What the payments, credits and remainders were worth; nothing where the case did not ask."""
    asked = report.inputs.valuation
    if asked is None:
        return Html()
    records = list(report.tables["valuation"].records())
    assets = assets_of(report.inputs)
    bases = dict.fromkeys((str(record["rule"]), str(record["source"])) for record in records if record["rule"])
    numbers = {basis: number for number, basis in enumerate(bases, 1)}
    rows = [_row(record, assets, numbers) for record in records]
    empty = sum(1 for record in records if record["reason"])
    lacking = tag("p", f"{counted(empty, 'value is', 'values are')} not stated; the last column says why.")
    declared = [f"{case_key(*key)} at {told}" for key, told in declarations(report.inputs, asked).items()]
    policy = (
        f"Declared in the case, and no market's price: {'; '.join(declared)}."
        if declared
        else "No price is declared: a stablecoin has the price of the source, never 1.00 by itself."
    )
    convert = f"Prices in other currencies: {CONVERTED[asked.ecb]}." if asked.ecb else "No price is converted."
    return joined(
        (
            tag("h2", f"Value in {asked.currency}", id="valuation"),
            tag("p", VALUED, f" Printed values are rounded half up to {PLACES} decimal places."),
            tag("p", f"{policy} {convert} The digest of each file of prices and rates stands under Sources."),
            tag("ol", (tag("li", f"{told}: {rule}.") for rule, told in bases)) if bases else None,
            lacking if empty else None,
            cut(rows, "valuation.csv", HEADINGS, (4, 5, 7)) if rows else tag("p", "There is nothing to value."),
        ),
    )


def _row(
    record: dict[str, Cell], assets: Mapping[tuple[str, str], Asset], bases: Mapping[tuple[str, str], int]
) -> tuple[Child, ...]:
    """A row; its basis is the number of the rule and source in the list above the table, or why there is none."""
    told = {name: "" if cell is None else str(cell) for name, cell in record.items()}
    where = joined((code(told["address"]), " " if told["address"] else "", code(told["txid"])))
    amount = prose(int(told["value"]), assets[told["chain"], told["contract"]])
    rates = f"÷ {told['ecb_from']} × {told['ecb_to']} of {told['ecb_date']}" if told["ecb_date"] else ""
    price = joined((f"{told['price']} {told['price_currency']}".strip(), " ", tag("span", rates, class_="sub")))
    return (
        *(short(told["what"]), origin(told["origin"]), where, moment(told["time"]), amount),
        *(price if told["price"] else "", moment(told["price_time"])),
        tag("b", f"{Decimal(told['worth']):,} {told['currency']}") if told["worth"] else "",
        told["reason"] or bases[told["rule"], told["source"]],
    )
