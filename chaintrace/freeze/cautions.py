"""What a person should know before a request is sent, though it may be complete."""

from collections.abc import Iterator

from chaintrace.adapters.issuers import BLOCKED
from chaintrace.freeze.findings import Finding
from chaintrace.freeze.given import CHINESE
from chaintrace.freeze.request import AT_SERVICE, Request
from chaintrace.i18n import Say

UNKNOWN_FIELDS = ("channel", "legal_basis")
"""What must be found out before anything can be sent."""


def cautions(request: Request, say: Say) -> Iterator[Finding]:
    """The warnings: about addresses, then about the recipient, then about the report."""
    for sentence, where in (*_addresses(request, say), *_recipient(request, say), *_report(request, say)):
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
        if place.is_contested:
            text = say(
                "claims about whose address it is contradict each other: read them in the report before you send"
            )
            yield text, where
        if place.lacks_memo:
            text = say(
                "no memo or destination tag of a credit is known: look it up, for by it a service names the account"
            )
            yield text, where
        if place.reason:
            yield say("the amount is one that the case states, not the least over the methods"), where


def _recipient(request: Request, say: Say) -> Iterator[tuple[str, str]]:
    recipient = request.recipient
    file = f"recipients/{recipient.id}.yaml"
    for field in UNKNOWN_FIELDS:
        if not recipient.knows(field):
            text = say("how the recipient wants to be asked is not known ({field}): find out before you send")
            yield text.format(field=field), file
    if request.language == CHINESE and recipient["language"].startswith("English"):
        yield say("the recipient asks for English: send the English letter too"), file
    if request.language == CHINESE:
        yield say("let a lawyer of the place confirm the form before it is relied on"), "request.docx"


def _report(request: Request, say: Say) -> Iterator[tuple[str, str]]:
    if not request.evidence.complete:
        yield say("the report says that it is not complete: read its reasons first"), "report/report.html"
