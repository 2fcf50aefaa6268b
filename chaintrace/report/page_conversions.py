"""The page's section on what became a substitute asset (M23): each conversion with its amounts, and by whose word."""

from chaintrace.model.conversion import Conversion
from chaintrace.model.finding import Continues
from chaintrace.report.amounts import figure, prose
from chaintrace.report.conversions import delay, difference, price
from chaintrace.report.interface import Report
from chaintrace.report.markup import Child, Html, code, joined, origin, table, tag
from chaintrace.report.page_tables import cut
from chaintrace.report.wording import CONVERTED, LEADS, counted

HEADINGS = ("Step", "Payment", "Out", "All that went out", "In", "All that came in", "From", "To", "By")


def conversions(report: Report) -> Html:
    """A line for each payment of each conversion, what each rests on, and the leads that nobody followed."""
    made = report.inputs.trace.conversions
    rows = [_row(one, *part) for one in made for part in one.traced]
    leads = [one for one in report.inputs.findings if isinstance(one, Continues) and one.is_lead]
    if not rows and not leads:
        return joined((tag("h2", "Conversions", id="conversions"), tag("p", "Nothing was converted on the way.")))
    return joined(
        (
            tag("h2", "Conversions", id="conversions"),
            tag("p", CONVERTED, class_="soft"),
            cut(rows, "conversions.csv", HEADINGS, (0, 2, 3, 4, 5)) if rows else tag("p", "Nothing was converted."),
            tag("ul", (tag("li", _in_words(one)) for one in made)) if made else None,
            _leads(leads),
        )
    )


def _row(made: Conversion, name: str, went: int, came: int) -> tuple[Child, ...]:
    said = made.continues
    return (
        _step(made),
        origin(name),
        tag("b", prose(went, made.asset_out)),
        figure(made.gross_out, made.asset_out),
        tag("b", prose(came, made.asset_in)),
        figure(made.gross_in, made.asset_in),
        joined((made.asset_out.chain, " ", code(said.outgoing[-1].txid))),
        joined((made.asset_in.chain, " ", code(said.incoming[0].txid))),
        joined((said.rule, tag("span", f", confidence {said.confidence}", class_="sub"))),
    )


def _step(made: Conversion) -> int:
    """The step at which it came in first."""
    return made.steps[0] if made.steps else made.step


def _in_words(made: Conversion) -> Html:
    """The price, the key, the time between, what is missing on the other side, and who says so."""
    said, late, less = made.continues, delay(made), difference(made)
    parts: tuple[Child, ...] = (
        joined((f"step {_step(made)}, ", tag("b", said.protocol or said.rule), f": {price(made)}")),
        joined(("key ", code(said.key))) if said.key else None,
        joined(("delivered to ", code(said.recipient))) if said.recipient else None,
        f"{late} s later" if late else None,
        f"{less} less came in" if less else None,
        said.text or None,
        said.accepted or None,
    )
    told = [part for part in parts if part]
    return joined(part if not number else joined(("; ", part)) for number, part in enumerate(told))


def _leads(leads: list[Continues]) -> Html | None:
    """What is too weak to follow, in a table of its own."""
    if not leads:
        return None
    rows = [(one.rule, one.confidence, code(one.subject), code(one.object), one.text) for one in leads]
    return joined(
        (
            tag("h3", f"Leads: {counted(len(leads), 'continuation')} not followed"),
            tag("p", LEADS, class_="soft"),
            table(("Rule", "Confidence", "From", "Perhaps to", "What was found"), rows, numbers=(1,)),
        )
    )
