"""The last page of a letter: what the recipient fills in and sends back. A long one where records are produced."""

from collections.abc import Iterator

from chaintrace.freeze.blocks import BLANK, Block, Fields, Grid, Paragraph, Title
from chaintrace.freeze.given import given
from chaintrace.freeze.request import Request
from chaintrace.i18n import Say

MOST_ROWS = 40
"""Transfers for which the form has a line; for more, the schedule is filled in."""


def return_form(request: Request, say: Say) -> Iterator[Block]:
    """The form: that the letter arrived, what was done, and for a production a line for each transfer."""
    yield Title(say("Reply"), say("to be filled in by the recipient"))
    yield Fields(
        (
            (say("Case number"), given(request, "case_number", say)),
            (say("Received on"), BLANK),
            (say("Your reference"), BLANK),
            (say("Done, and when"), BLANK),
            (say("Amount restrained, by asset"), BLANK),
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
    rows = [
        (str(place.number), f"{credit.txid}\n{credit.index}", "", "", "")
        for place in request.places
        for credit in place.credits
    ]
    heads = (say("No."), say("Txid and index"), say("Account credited"), say("Balance now"), say("Files returned"))
    yield Grid(heads, tuple(rows[:MOST_ROWS]), (5, 45, 20, 15, 15), frozenset({1}))
    if len(rows) > MOST_ROWS:
        yield Paragraph(say("For the other transfers, please fill in the schedule."), "note")
