"""checklist.md: what to do before a request is sent, preservation first, with the next date on which something ends."""

from collections.abc import Iterator

from chaintrace.freeze.findings import FINDING_KINDS, Finding, complete
from chaintrace.freeze.given import FIELD_NAMES, named, recipient_text
from chaintrace.freeze.moments import everywhere
from chaintrace.freeze.recipients import TEXTS
from chaintrace.freeze.request import AUTHORITY, DARK_WEB, KINDS, NoCustodian, Request
from chaintrace.i18n import Say, speaker
from chaintrace.report.markup import visible

_HARMLESS = {"<": "&lt;", ">": "&gt;", "*": "\\*"}
"""Signs that Markdown would read as markup, as themselves."""


def checklist(request: Request, findings: tuple[Finding, ...]) -> str:
    """The checklist of one request, as Markdown."""
    say = speaker(request.language)
    lines = (_head(request, findings, say), _steps(request, findings, say), _found(findings, say), _rules(request, say))
    return "".join(f"{line}\n" for part in lines for line in part)


def note(found: NoCustodian, language: str) -> str:
    """The note on a place without a custodian, as Markdown: why no letter is written, and what can be done."""
    say = speaker(language)
    lines = [f"# {plain(found.entity) or say('not known')}"]
    for category in dict.fromkeys(place.category for place in found.places):
        lines += ["", *_why(category, say), ""]
        lines += [f"* {place.chain} {plain(place.address)}" for place in found.places if place.category == category]
    return "".join(f"{line}\n" for line in lines)


def _why(category: str, say: Say) -> Iterator[str]:
    """Why no letter is written about addresses of one category, and what can be done."""
    if category == AUTHORITY:
        yield say("No letter is written: the value is attributed to an authority. Ask that authority.")
        return
    if category == DARK_WEB:
        text = say(
            "No letter is written: behind what is called {category} here no custodian is known who answers a request."
        )
        yield text.format(category=plain(category))
        yield ""
        yield say(
            "What can be done: follow the value from there on, ask the token's issuer where there is one, and ask the "
            "offices for cybercrime of other countries whether servers or records of that service were secured."
        )
        return
    text = say(
        "No letter is written: what is called {category} here keeps no accounts, so nobody can freeze one or tell who "
        "has it. A contract whose keys somebody holds can sometimes be paused: who holds them is a question of its own."
    )
    yield text.format(category=plain(category))
    yield ""
    yield say(
        "What can be done: follow the value on the other side (another chain, another asset), and ask those who run "
        "the website or the relayers to preserve their logs."
    )


def plain(text: str) -> str:
    """Text of strangers in Markdown: on one line, its signs shown as they are."""
    return "".join(_HARMLESS.get(sign, sign) for sign in visible(text)).replace("](", "]\\(")


def _head(request: Request, findings: tuple[Finding, ...], say: Say) -> Iterator[str]:
    yield f"# {say('Checklist')}: {say(KINDS[request.kind])}, {plain(request.called) or say('not known')}"
    yield ""
    if complete(findings):
        yield say("The request is complete as far as the linter can tell. Read it before you sign it.")
    else:
        yield say("The request is not complete. What blocks it stands below.")
    yield ""


def _steps(request: Request, findings: tuple[Finding, ...], say: Say) -> Iterator[str]:
    yield f"## {say('In this order')}"
    yield ""
    steps = [
        say("Preservation first: send `--kind preserve` today, by the channel below; it asks for no data.")
        if request.kind != "preserve"
        else say("Send this letter today, by the channel below: it preserves. The other letters follow."),
        _dates(request, say),
        say("Look up the recipient's own page: what is written below was read on {day}.").format(
            day=request.recipient.checked.isoformat()
        ),
        _reading(findings, say),
        say("Sign and date the letter by hand; seal it where your law asks for it."),
        say(
            "Send request.pdf with schedule.xlsx or schedule.csv, flow.pdf and the enclosures by the channel below; "
            "where that is e-mail, from the official address."
        ),
        say("Keep the answer with the case, and mark its date in [clock]."),
    ]
    yield from (f"{number}. {step}" for number, step in enumerate(steps, 1))
    yield ""


def _reading(findings: tuple[Finding, ...], say: Say) -> str:
    """What is left to do before the letter is read: blanks are filled only where there are any."""
    if any(finding.kind == "missing" for finding in findings):
        return say("Fill the blanks in case.toml, run again, and read the letter, the schedule and the picture.")
    if not complete(findings):
        return say("Mend what the linter found, run again, and read the letter, the schedule and the picture.")
    return say("Read the letter, the schedule and the picture.")


def _dates(request: Request, say: Say) -> str:
    """What ends next, what later, and what has ended, as of the day that the request was given."""
    ends = request.asker.clock.expiries()
    coming = [f"{named(key, say)} {everywhere(at, request)}" for at, key in ends if not request.passed(at)]
    past = [f"{named(key, say)} {everywhere(at, request)}" for at, key in ends if request.passed(at)]
    parts = [say("next to end: {first}").format(first="; ".join(coming))] if coming else []
    parts += [say("**has passed**: {dates}").format(dates="; ".join(past))] if past else []
    told = say("; ").join(parts) or say("none is given in [clock]")
    if request.today is None:
        return say("Dates: {dates}").format(dates=told)
    return say("Dates, as of {day} (UTC): {dates}").format(day=request.today.isoformat(), dates=told)


def _found(findings: tuple[Finding, ...], say: Say) -> Iterator[str]:
    yield f"## {say('What the linter found')}"
    yield ""
    for finding in findings:
        yield f"- [ ] **{say(FINDING_KINDS[finding.kind])}**: {plain(finding.sentence)} (`{plain(finding.where)}`)"
    if not findings:
        yield say("Nothing.")
    yield ""


def _rules(request: Request, say: Say) -> Iterator[str]:
    recipient = request.recipient
    yield f"## {say('How the recipient wants to be asked')}"
    yield ""
    for field in TEXTS:
        yield f"* {say(FIELD_NAMES[field])}: {plain(recipient_text(request, field, say))}"
    yield ""
    pages = [f"* {page.url} ({say(page.grade)})" for page in recipient.sources]
    yield from pages or [say("No page of this recipient was read.")]
    yield ""
    yield f"{say('Read on')} {recipient.checked.isoformat()}."
