"""The last page of a letter: what the recipient fills in and sends back. A long one where records are produced."""

from collections.abc import Iterator

from chaintrace.freeze.blocks import BLANK, Block, Fields, Grid, Paragraph, Title
from chaintrace.freeze.given import given
from chaintrace.freeze.request import Place, Request
from chaintrace.i18n import Say

MOST_ROWS = 40
"""Transfers for which the form has a line; for more, the schedule is filled in."""


def return_form(request: Request, say: Say) -> Iterator[Block]:
    """The form: that the letter arrived, what was done, and for a production a line for each transfer."""
    yield Title(say("Reply"), say("to be filled in by the recipient"))
    restrained = ((say("Amount restrained, by asset"), BLANK),) if request.names_amount else ()
    yield Fields(
        (
            (say("Case number"), given(request, "case_number", say)),
            (say("Received on"), BLANK),
            (say("Your reference"), BLANK),
            (say("Done, and when"), BLANK),
            *restrained,
            (say("Not done, and why"), BLANK),
            (say("Kept until"), BLANK),
        )
    )
    if request.kind == "production":
        yield from _lines(request, say)
        yield Paragraph(
            say(
                "I say that the records returned with this form were made by the recipient in the course of its "
                "business, at or near the time of what they record, and that the list of files with their SHA-256 is "
                "enclosed."
            )
        )
    yield Fields(((say("Name and office"), BLANK), (say("Signature"), BLANK), (say("Date"), BLANK)))


def _lines(request: Request, say: Say) -> Iterator[Block]:
    """A line for each transfer, and for each address of which no transfer is listed."""
    rows = [(str(place.number), what, "", "", "") for place in request.places for what in _of(place)]
    what = (
        say("Txid and index") if all(place.credits for place in request.places) else say("Txid and index, or address")
    )
    issuer = request.recipient.kind == "issuer"
    who = say("Customer, where you know one") if issuer else say("Account credited")
    heads = (say("No."), what, who, say("Balance now"), say("Files returned"))
    yield Grid(heads, tuple(rows[:MOST_ROWS]), (6, 44, 20, 15, 15), frozenset({1}))
    if len(rows) > MOST_ROWS:
        yield Paragraph(say("For the other transfers, please fill in the schedule."), "note")


def _of(place: Place) -> Iterator[str]:
    if not place.credits:
        yield place.address.replace(";", "\n")
    for credit in place.credits:
        yield f"{credit.txid}\n{credit.index}"
