"""What a letter needs of its authority, what the case gives of it, and the visible blank for what it does not give."""

from chaintrace.freeze.authority import DATES, FIELDS, FILES
from chaintrace.freeze.blocks import blank
from chaintrace.freeze.moments import everywhere
from chaintrace.freeze.recipients import NAMES, NOT_KNOWN
from chaintrace.freeze.request import ORDERED, UNTIL, Request
from chaintrace.i18n import ENGLISH, Say, message

ALWAYS = (
    *("agency", "unit", "case_number", "officer", "rank", "official_mail", "phone", "address"),
    *("legal_basis", "facts", "contest", "signed_facts"),
)
"""Keys of `[authority]` that every letter needs."""

CHINESE_FORM = (
    *("document_number", "filing_decision", "filing_decision_attached"),
    *("officer_id", "second_officer", "second_officer_id", "credentials_attached"),
)
"""What the Chinese forms need besides: a number, the decision to file the case, two officers with their numbers."""

CHINESE = "zh"

FIELD_NAMES = {
    "entity": message("legal entity"),
    "channel": message("channel"),
    "legal_basis": message("legal basis asked for"),
    "formats": message("formats"),
    "language": message("language"),
    "response_time": message("response time"),
    "preservation": message("preservation"),
    "freeze": message("freeze"),
    "production": message("production of records"),
    "time_zone": message("time zone"),
}
"""The fields of a recipient's file, as people are told them."""


def needed(request: Request) -> tuple[str, ...]:
    """Keys of `[authority]` without which the request is not complete."""
    keys = [*ALWAYS, *(("order_attached",) if request.kind in ORDERED else ())]
    keys += ["reissue_wallet"] if request.kind == "seize" else ["supersedes"] if request.kind == "release" else []
    keys += [*request.recipient.requires, *(CHINESE_FORM if request.language == CHINESE else ())]
    return tuple(dict.fromkeys(keys))


def needed_date(request: Request) -> str:
    """The key of `[clock]` without which it is not complete; empty for none."""
    return UNTIL.get(request.kind, "")


def named(key: str, say: Say) -> str:
    """What a key stands for, in the reader's language."""
    return say({**FIELDS, **FILES, **DATES}[key])


def headed(key: str, say: Say) -> str:
    """The same as the name of a line."""
    name = named(key, say)
    return name[:1].upper() + name[1:]


def given(request: Request, key: str, say: Say) -> str:
    """What the authority gives under a key, else a visible blank with its name."""
    return request.asker.authority[key] or blank(named(key, say))


def until(request: Request, say: Say) -> str:
    """When the measure is to end, else a visible blank."""
    key = UNTIL.get(request.kind, "order_expires")
    at = request.asker.clock.dates.get(key)
    return everywhere(at, request) if at else blank(named(key, say))


def recipient_text(request: Request, field: str, say: Say) -> str:
    """What the recipient's file says of a field, in the reader's language where it has a translation."""
    recipient, text = request.recipient, request.recipient[field]
    if text == NOT_KNOWN:
        return say("not known")
    if request.language == ENGLISH or field in NAMES:
        return text
    translated = recipient.translations.get(request.language, {}).get(field)
    return translated or say("{text} (quoted in the original)").format(text=text)
