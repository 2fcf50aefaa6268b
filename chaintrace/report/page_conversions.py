"""The page's section on what became a substitute asset (M23): each conversion with its amounts, and by whose word."""

from chaintrace.i18n import Say
from chaintrace.model.conversion import Conversion
from chaintrace.model.finding import Continues
from chaintrace.report.amounts import figure, prose
from chaintrace.report.conversions import delay, difference, price
from chaintrace.report.interface import Report
from chaintrace.report.markup import Child, Html, code, joined, origin, table, tag
from chaintrace.report.page_tables import cut
from chaintrace.report.spoken import several, words
from chaintrace.report.wording import CONVERTED, LEADS


def conversions(report: Report, say: Say) -> Html:
    """A line for each payment of each conversion, what each rests on, and the leads that nobody followed."""
    made = report.inputs.trace.conversions
    rows = [_row(say, one, *part) for one in made for part in one.traced]
    leads = [one for one in report.inputs.findings if isinstance(one, Continues) and one.is_lead]
    if not rows and not leads:
        nothing = tag("p", say("Nothing was converted on the way."))
        return joined((tag("h2", say("Conversions"), id="conversions"), nothing))
    went = words(say, "Step", "Payment", "Out", "All that went out")
    headings = (*went, *words(say, "In", "All that came in", "From", "To", "By"))
    return joined(
        (
            tag("h2", say("Conversions"), id="conversions"),
            tag("p", say(CONVERTED), class_="soft"),
            cut(say, rows, "conversions.csv", headings, (0, 2, 3, 4, 5))
            if rows
            else tag("p", say("Nothing was converted.")),
            tag("ul", (tag("li", _in_words(one, say)) for one in made)) if made else None,
            _leads(leads, say),
        )
    )


def _row(say: Say, made: Conversion, name: str, went: int, came: int) -> tuple[Child, ...]:
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
        joined((said.rule, tag("span", say(", confidence {number}").format(number=said.confidence), class_="sub"))),
    )


def _step(made: Conversion) -> int:
    """The step at which it came in first."""
    return made.steps[0] if made.steps else made.step


def _in_words(made: Conversion, say: Say) -> Html:
    """The price, the key, the time between, what is missing on the other side, and who says so."""
    said, late, less = made.continues, delay(made), difference(made)
    parts: tuple[Child, ...] = (
        joined(
            (
                say("step {number}, ").format(number=_step(made)),
                tag("b", said.protocol or said.rule),
                f": {price(made)}",
            )
        ),
        joined((say("key"), " ", code(said.key))) if said.key else None,
        joined((say("delivered to"), " ", code(said.recipient))) if said.recipient else None,
        say("{number} s later").format(number=late) if late else None,
        say("{amount} less came in").format(amount=less) if less else None,
        said.text or None,
        said.accepted or None,
    )
    told = [part for part in parts if part]
    return joined(part if not number else joined(("; ", part)) for number, part in enumerate(told))


def _leads(leads: list[Continues], say: Say) -> Html | None:
    """What is too weak to follow, in a table of its own."""
    if not leads:
        return None
    rows = [(one.rule, one.confidence, code(one.subject), code(one.object), one.text) for one in leads]
    title = several(
        say, len(leads), "Leads: {number} continuation not followed", "Leads: {number} continuations not followed"
    )
    return joined(
        (
            tag("h3", title),
            tag("p", say(LEADS), class_="soft"),
            table(words(say, "Rule", "Confidence", "From", "Perhaps to", "What was found"), rows, numbers=(1,)),
        )
    )
