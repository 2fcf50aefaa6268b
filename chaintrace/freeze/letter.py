"""A request as a letter: who asks whom for what, and what the ledger shows. Pure; the same request, the same blocks."""

from collections.abc import Iterator

from chaintrace.freeze import phrases
from chaintrace.freeze.amounts import asked_for, figures, range_of, share_of, sums
from chaintrace.freeze.blocks import Block, Break, Fields, Grid, Heading, Letter, Paragraph, Title, blank, numbered
from chaintrace.freeze.given import given, until
from chaintrace.freeze.local_form import closing, heading_rows, measure
from chaintrace.freeze.moments import everywhere, there, utc, zones
from chaintrace.freeze.request import KINDS, Credit, Place, Request
from chaintrace.freeze.retold import retold, rule_in
from chaintrace.freeze.return_form import return_form
from chaintrace.freeze.terms import terms
from chaintrace.i18n import Say, message, speaker
from chaintrace.model.amounts import unit
from chaintrace.report.wording import method_name

SECTIONS = (
    message("What is asked"),
    message("Facts and legal basis"),
    message("What the ledger shows"),
    message("Transfers"),
    message("Information asked for"),
    message("Confidentiality"),
    message("Rights of others"),
    message("Duration"),
    message("Evidence"),
    message("Enclosures"),
)

FIRST_CREDITS = 25
"""Transfers that the letter prints; the schedule holds all of them."""

FIRST_PLACES = 40
"""Addresses that the letter prints; the schedule holds all of them."""

NAMED_PAYMENTS = 6
"""Payments that the letter names by txid; the report lists all of them."""


def letter(request: Request) -> Letter:
    """The whole letter in the request's language."""
    say = speaker(request.language)
    heads = numbered(say, SECTIONS)
    blocks = (
        *_head(request, say),
        Heading(heads["What is asked"]),
        Paragraph(lead(request, say), "lead"),
        *measure(request, say),
        *_stated(request, say),
        Heading(heads["Facts and legal basis"]),
        *_facts(request, say),
        Heading(heads["What the ledger shows"]),
        *_shown(request, say),
        Heading(heads["Transfers"]),
        *_transfers(request, say),
        *terms(request, say, heads),
        *closing(request, say),
        Break(),
        *return_form(request, say),
    )
    number = request.asker.authority["case_number"] or say("case number not filled in")
    return Letter(blocks, request.language, " · ".join(text for text in (number, request.called) if text))


def lead(request: Request, say: Say) -> str:
    """The one sentence that says what the recipient is asked to do."""
    leads = phrases.ISSUER_LEADS if request.recipient.kind == "issuer" else phrases.LEADS
    text = leads.get(request.kind, phrases.LEADS[request.kind])
    if request.kind == "release" and not any(value for _, value in request.asked()):
        text = phrases.RELEASE_ALL
    return say(text).format(
        asked=asked_for(request),
        until=until(request, say),
        wallet=given(request, "reissue_wallet", say),
        earlier=given(request, "supersedes", say),
    )


def _head(request: Request, say: Say) -> Iterator[Block]:
    yield Title(say(KINDS[request.kind]), request.called or blank(say("name of the recipient")))
    rows = [(say("To"), request.called or blank(say("name of the recipient")))]
    if request.recipient.knows("entity"):
        rows.append((say("Legal entity"), request.recipient["entity"]))
    for name, key in (("From", "agency"), ("Unit", "unit"), ("Address", "address"), ("Case number", "case_number")):
        rows.append((say(name), given(request, key, say)))
    rows.extend(heading_rows(request, say))
    officer = f"{given(request, 'officer', say)}, {given(request, 'rank', say)}"
    rows.append((say("Officer"), officer))
    rows.append((say("Contact"), f"{given(request, 'official_mail', say)}; {given(request, 'phone', say)}"))
    yield Fields(tuple(rows))


_FIELD_NAMES = (
    message("To"),
    message("Legal entity"),
    message("From"),
    message("Unit"),
    message("Address"),
    message("Case number"),
    message("Officer"),
    message("Contact"),
)
"""The names of the head's lines, where the catalogue finds them."""


def _stated(request: Request, say: Say) -> Iterator[Block]:
    """How the amount came about, and what is asked for in the place of the least, with the reason."""
    if not request.names_amount:
        return
    yield Paragraph(say(phrases.LEAST).format(methods=_methods(request, say)))
    for place in request.places:
        if place.reason:
            yield Paragraph(
                say(phrases.STATED).format(
                    number=place.number,
                    asked=figures(place.asked, place.asset),
                    low=figures(place.low, place.asset),
                    reason=place.reason,
                )
            )


def _facts(request: Request, say: Say) -> Iterator[Block]:
    yield Paragraph(say("As the authority states them; they are its words, not those of the report:"))
    yield Paragraph(given(request, "facts", say), "quoted")
    reported = request.asker.clock.dates.get("reported")
    rows = [(say("Legal basis"), given(request, "legal_basis", say))]
    if reported:
        rows.append((say("Reported"), everywhere(reported, request)))
    yield Fields(tuple(rows))


def _shown(request: Request, say: Say) -> Iterator[Block]:
    evidence = request.evidence
    paid = "; ".join(f"{amount} ({txid})" for _, amount, txid in evidence.paid[:NAMED_PAYMENTS])
    if len(evidence.paid) > NAMED_PAYMENTS:
        paid += say("; and {number} more, which the report lists").format(number=len(evidence.paid) - NAMED_PAYMENTS)
    yield Paragraph(
        say(phrases.TRACED).format(
            paid=paid,
            method=say(method_name(evidence.method)),
            traced=sums(request.traced()),
            methods=_methods(request, say),
            low=sums((place.asset, place.low) for place in request.places),
            high=sums((place.asset, place.high) for place in request.places),
            in_all=sums(request.in_all or ((place.asset, place.low) for place in request.places)),
        )
    )
    yield places_grid(request, say)
    if len(request.places) > FIRST_PLACES:
        text = say("The schedule holds all {number} rows.")
        yield Paragraph(text.format(number=len(request.places)), "note")
    for shape in dict.fromkeys(place.shape for place in request.places):
        places = [place for place in request.places if place.shape == shape]
        yield from _said_of(places, request, say)
    yield Paragraph(say(phrases.CLAIMS), "note")


def _said_of(places: list[Place], request: Request, say: Say) -> Iterator[Block]:
    """A sentence for each thing that is said of addresses of one shape."""
    said: dict[str, list[str]] = {}
    for place in places:
        text = say(phrases.SHAPES[place.shape]).format(service=place.service_address, entity=place.called)
        numbers = said.setdefault(text, [])
        numbers.append(str(place.number))
        if place.remark:
            text = retold(place.remark, request.language, say)
            remark = say("what the report says of it: {text}").format(text=text)
            said.setdefault(remark, []).append(str(place.number))
    for text, numbers in said.items():
        yield Paragraph(say("No. {numbers}: {text}.").format(numbers=", ".join(numbers), text=text), "note")


def places_grid(request: Request, say: Say) -> Grid:
    """The addresses: one row for each payment and asset that reached one."""
    amounts = request.names_amount
    headings = (
        *(say("No."), say("Address, token and payment"), say("Attributed to, by"), say("Whole credits")),
        *(say("Traced"), say("Least–most"), *((say("Asked for"),) if amounts else ())),
    )
    rows = tuple(
        (
            *(str(place.number), _address(place, say), _label(place, say)),
            *(figures(place.gross, place.asset) if place.credits else "", figures(place.traced, place.asset)),
            range_of(place),
            *((figures(place.asked, place.asset),) if amounts else ()),
        )
        for place in request.places[:FIRST_PLACES]
    )
    shares = (6, 28, 14, 13, 13, 13, 13) if amounts else (6, 34, 20, 13, 13, 14)
    return Grid(headings, rows, shares, frozenset({1}), frozenset(range(3, len(headings))))


def _address(place: Place, say: Say) -> str:
    lines = [*place.address.split(";"), *([say("memo {memo}").format(memo=place.memo)] if place.memo else [])]
    lines.append(f"{place.chain}, {_token(place, say)}")
    lines.append(say("of {origin}").format(origin=place.origin))
    if place.state:
        state = "; ".join(say(one) for one in place.state.split(";"))
        told = f"{state} ({place.state_height})" if place.state_height is not None else state
        lines.append(say("state at the token's contract (height): {state}").format(state=told))
    if place.rests:
        lines.append(say("rests there {when}").format(when=utc(place.as_of)))
        balance = figures(place.balance, place.asset) if place.balance is not None else say("not known")
        lines.append(say("balance: {balance}").format(balance=balance))
    return "\n".join(lines)


def _label(place: Place, say: Say) -> str:
    source = rule_in(place.label_source, say) or place.label_source
    if not place.entity:
        return source or say("nobody")
    confidence = say("confidence {number} of 100").format(number=place.confidence)
    lines = [f"{place.called}:", source, confidence]
    if place.grade:
        lines.append(say("grade: {grade}").format(grade=say(place.grade)))
    if place.is_labelled_later:
        lines.append(say("label of {day}, after the first credit").format(day=place.labelled))
    return "\n".join(lines)


def _token(place: Place, say: Say) -> str:
    asset = place.asset
    return f"{unit(asset)} {asset.contract}" if asset.contract else say("{asset} (native)").format(asset=unit(asset))


def _transfers(request: Request, say: Say) -> Iterator[Block]:
    rows, elsewhere = [], zones(request)
    for place in request.places:
        for credit in place.credits:
            times = (utc(credit.time), *(there(credit.time, where) for _, where in elsewhere))
            rows.append(
                (
                    *(str(place.number), "\n".join(times), _named(credit, say)),
                    *(figures(credit.gross, place.asset), figures(credit.traced, place.asset)),
                    share_of(credit.traced, credit.gross),
                )
            )
    if not rows:
        yield Paragraph(say("No single transfer is listed: the value rests at the addresses above by the method."))
        return
    heads = (say("No."), say("Time"), say("Txid and index"), say("Whole"), say("Traced"), say("Share"))
    yield Grid(heads, tuple(rows[:FIRST_CREDITS]), (6, 25, 34, 13, 13, 9), frozenset({2}), frozenset({3, 4, 5}))
    if elsewhere:
        names = ", ".join(name for name, _ in elsewhere)
        yield Paragraph(say("Times: UTC, and below it {zones}.").format(zones=names), "note")
    text = say(
        "The schedule (schedule.xlsx, schedule.csv) holds all {number} transfers, with addresses and txids as text."
    )
    yield Paragraph(text.format(number=len(rows)), "note")


def _named(credit: Credit, say: Say) -> str:
    """A transfer's txid and index, and what was written beside it."""
    lines = [credit.txid, say("index {index}").format(index=credit.index)]
    return "\n".join([*lines, *([say("memo {memo}").format(memo=credit.memo)] if credit.memo else [])])


def _methods(request: Request, say: Say) -> str:
    return ", ".join(say(method_name(method)) for method in request.evidence.methods)
