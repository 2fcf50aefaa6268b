"""What a person should know before a request is sent, though it may be complete."""

from collections.abc import Iterator

from chaintrace.adapters.issuers import BLOCKED
from chaintrace.freeze.amounts import sums
from chaintrace.freeze.findings import Finding
from chaintrace.freeze.given import CHINESE, FIELD_NAMES, named, needed_date
from chaintrace.freeze.moments import utc
from chaintrace.freeze.request import AT_SERVICE, NO_LETTER, Place, Request
from chaintrace.i18n import Say

UNKNOWN_FIELDS = ("channel", "legal_basis")
"""What must be found out before anything can be sent."""

WEAK = "claimed"
"""The grade of what no independent source supports."""


def cautions(request: Request, say: Say) -> Iterator[Finding]:
    """The warnings: about addresses, amounts and dates, then about the recipient, then about the report."""
    about = (_addresses, _amounts, _dates, _recipient, _report)
    for sentence, where in (told for part in about for told in part(request, say)):
        yield Finding("warning", sentence, where)


def _addresses(request: Request, say: Say) -> Iterator[tuple[str, str]]:
    issuer = request.recipient.kind == "issuer"
    for place in request.places:
        where = say("row {number}").format(number=place.number)
        if issuer and place.shape in AT_SERVICE:
            text = say(
                "the address looks like a service's ({entity}): to block it may touch many who are not concerned; ask "
                "the service first"
            )
            yield text.format(entity=place.called or say("not known")), where
        elif not issuer and place.shape == "service wallet":
            text = say(
                "the address is a wallet of the service by its label, not a deposit address: the recipient has to find "
                "the account by the txids"
            )
            yield text, where
        if issuer and place.state.startswith(BLOCKED):
            yield (
                say("the token's contract says that the address is blocked already: ask what for, and until when"),
                where,
            )
        if not issuer and place.category in NO_LETTER:
            text = say("by its label the address is called {category}, where no accounts are kept: ask who runs it")
            yield text.format(category=place.category), where
        if place.is_contested:
            text = say(
                "claims about whose address it is contradict each other: read them in the report before you send"
            )
            yield text, where
        yield from ((text, where) for text in (() if issuer else _support(place, say)))
        if place.lacks_memo:
            text = say(
                "no memo or destination tag of a credit is known: look it up, for by it a service names the account"
            )
            yield text, where


def _support(place: Place, say: Say) -> Iterator[str]:
    """What a recipient asks of an attribution: how well it is supported, and whether it is younger than a credit."""
    if place.grade == WEAK:
        text = say(
            "whose address it is said to be is graded “{grade}” (confidence {number} of 100): look for a second source "
            "before you send"
        )
        yield text.format(grade=say(place.grade), number=place.confidence)
    if place.is_labelled_later:
        text = say("the label is of {day}, after the first credit: of the time of that credit it says nothing")
        yield text.format(day=place.labelled)


def _amounts(request: Request, say: Say) -> Iterator[tuple[str, str]]:
    """Amounts that are not the least of their rows, and what no method goes below in all."""
    if not request.names_amount:
        return
    for place in request.places:
        where = say("row {number}").format(number=place.number)
        if place.reason:
            yield say("the amount is one that the case states, not the least over the methods"), where
        elif request.kind == "release" and not place.asked and any(value for _, value in request.asked()):
            yield say("the least over the methods is nothing, so nothing of this row would stay restrained"), where
    asked = dict(request.asked())
    more = [(asset, value) for asset, value in request.in_all if value > asked.get(asset, 0)]
    if more and not any(place.reason for place in request.places):
        text = say(
            "no method brings less than {in_all} to these addresses in all, and the least of the rows sum to less: to "
            "ask for more, state it in [[ask]] with the reason"
        )
        yield text.format(in_all=sums(more)), "case.toml [[ask]]"


def _dates(request: Request, say: Say) -> Iterator[tuple[str, str]]:
    """Dates that have passed, but the one on which the letter itself ends."""
    for at, key in request.asker.clock.expiries():
        if request.passed(at) and key != needed_date(request):
            text = say("{name}: that has passed ({when})").format(name=named(key, say), when=utc(at))
            yield text, f"case.toml [clock] {key}"


def _recipient(request: Request, say: Say) -> Iterator[tuple[str, str]]:
    recipient = request.recipient
    file = f"recipients/{recipient.id}.yaml"
    for field in UNKNOWN_FIELDS:
        if not recipient.knows(field):
            text = say("how the recipient wants to be asked is not known ({field}): find out before you send")
            yield text.format(field=say(FIELD_NAMES[field])), file
    if request.language == CHINESE and recipient["language"].startswith("English"):
        yield say("the recipient asks for English: send the English letter too"), file
    if request.language == CHINESE:
        yield say("let a lawyer of the place confirm the form before it is relied on"), "request.docx"


def _report(request: Request, say: Say) -> Iterator[tuple[str, str]]:
    if not request.evidence.complete:
        text = say(
            "the report on which the letter rests is not complete (what was not followed or is assumed stands there): "
            "read its reasons before you send"
        )
        yield text, "report/report.html"
