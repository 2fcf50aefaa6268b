"""What differs by where a letter comes from: numbers at its head, and who signs and seals at its end.

The Chinese letter follows the forms of the police there: a notice of assistance bears its own number, names the
decision to file the case, is brought by two officers with their numbers, and is sealed. Sources: 法发〔2016〕22号, and
公安机关办理刑事案件程序规定, art. 239, on what a notice of freezing states. A lawyer of that country must confirm a
template before it is relied on.
"""

from collections.abc import Iterator

from chaintrace.freeze.amounts import asked_for
from chaintrace.freeze.blocks import BLANK, Block, Fields, Heading
from chaintrace.freeze.given import CHINESE, CHINESE_FORM, given, headed, until
from chaintrace.freeze.request import Request
from chaintrace.i18n import Say, message
from chaintrace.model.amounts import unit

HELD = message("as the recipient's records show for the transfers below")
HEAD_KEYS = ("document_number", "filing_decision", "officer_id", "second_officer", "second_officer_id")


def heading_rows(request: Request, say: Say) -> Iterator[tuple[str, str]]:
    """Lines of the head that not every letter has: what the Chinese form or the recipient needs, or the case gives."""
    for key in HEAD_KEYS:
        wanted = request.language == CHINESE and key in CHINESE_FORM
        if wanted or key in request.recipient.requires or request.asker.authority.gives(key):
            yield headed(key, say), given(request, key, say)


def measure(request: Request, say: Say) -> Iterator[Block]:
    """What a Chinese notice of freezing states line by line: property, place, account, amount, term, scope, fruits."""
    if request.language != CHINESE or request.kind != "freeze":
        return
    issuer = request.recipient.kind == "issuer"
    assets = ", ".join(dict.fromkeys(unit(place.asset) for place in request.places))
    yield Fields(
        (
            (say("Kind of property"), assets),
            (say("Kept at"), say("the addresses listed below") if issuer else request.called or BLANK),
            (say("Name and number of the account"), say("none") if issuer else say(HELD)),
            (say("Amount to be frozen"), asked_for(request)),
            (say("Term"), until(request, say)),
            (say("Scope"), say("the amount above, and nothing beyond it")),
            (say("Whether fruits are included"), BLANK),
        )
    )


def closing(request: Request, say: Say) -> Iterator[Block]:
    """Signature, seal and date, which are always put by hand."""
    yield Heading(say("Signature"))
    rows = [(say("Officer"), f"{BLANK}  ({given(request, 'officer', say)})")]
    if request.language == CHINESE or request.asker.authority.gives("second_officer"):
        rows.append((headed("second_officer", say), f"{BLANK}  ({given(request, 'second_officer', say)})"))
    rows += [(say("Seal"), BLANK), (say("Date"), BLANK)]
    yield Fields(tuple(rows))
