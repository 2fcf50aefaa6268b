"""What in a request does not agree with the ledger, the report, the schedule or itself."""

from collections.abc import Iterator, Sequence

from chaintrace.addresses import normalise, normalise_txid
from chaintrace.freeze.amounts import figures
from chaintrace.freeze.authority import DATES
from chaintrace.freeze.findings import Finding
from chaintrace.freeze.given import named, needed_date
from chaintrace.freeze.moments import utc
from chaintrace.freeze.recipients import issuer_of
from chaintrace.freeze.request import AT_SERVICE, Place, Request
from chaintrace.freeze.schedule import COLUMNS, schedule
from chaintrace.i18n import ENGLISH, Say
from chaintrace.model.chain import Asset

ASKED = COLUMNS.index("asked_value")


def agreement(request: Request, say: Say) -> Iterator[Finding]:
    """Every contradiction, the report's first."""
    yield from _report(request, say)
    yield from _amounts(request, say)
    for place in request.places:
        where = say("row {number}").format(number=place.number)
        amounts = _asked(place, say) if request.names_amount else ()
        for sentence in (
            *_forms(place, request.language, say),
            *_values(place, say),
            *amounts,
            *_recipient(request, place, say),
        ):
            yield Finding("inconsistent", sentence, where)
    yield from _dates(request, say)


def _report(request: Request, say: Say) -> Iterator[Finding]:
    evidence = request.evidence
    if not evidence.standing:
        text = say("no report stands in the case's folder, so nobody can compare its digest: run `chaintrace trace`")
        yield Finding("inconsistent", text, "report/trace.json")
    elif evidence.standing != evidence.sha256:
        text = say(
            "the report in the case's folder is another one (other methods, other facts): run `chaintrace trace` "
            "again, then `chaintrace freeze`"
        )
        yield Finding("inconsistent", text, "report/trace.json")


def _amounts(request: Request, say: Say) -> Iterator[Finding]:
    if not request.names_amount:
        return
    cells = (row[ASKED] for row in schedule(request).rows)
    listed = sum(cell for cell in cells if isinstance(cell, int))
    asked = sum(value for _, value in request.asked())
    if listed != asked:
        text = say("the letter asks for {asked} base units and the schedule's rows sum to {listed}")
        yield Finding("inconsistent", text.format(asked=asked, listed=listed), "schedule.csv")
    for text in _beyond(request.places, say):
        yield Finding("inconsistent", text, "case.toml [[ask]]")
    yield from _lacking(request.places, say)
    if not asked and request.kind != "release":
        text = say(
            "the least over the methods is nothing, so nothing would be restrained: ask with --kind preserve, or state "
            "an amount with its reason in [[ask]]"
        )
        yield Finding("inconsistent", text, "case.toml [[ask]]")
    if not asked and request.kind == "release" and not all(place.reason for place in request.places):
        text = say(
            "the least over the methods is nothing, so all that is restrained would be released: state in [[ask]] what "
            "stays, and 0 with the reason where nothing does"
        )
        yield Finding("inconsistent", text, "case.toml [[ask]]")


def _beyond(places: Sequence[Place], say: Say) -> Iterator[str]:
    """Rows of one address that together ask for more than its transfers moved, each transfer counted once."""
    rows: dict[tuple[str, Asset], list[Place]] = {}
    for place in places:
        if not place.rests:
            rows.setdefault((place.address, place.asset), []).append(place)
    for (address, asset), several in rows.items():
        moved = {(credit.txid, credit.index): credit.gross for place in several for credit in place.credits}
        asked, gross = sum(place.asked for place in several), sum(moved.values())
        if len(several) > 1 and asked > gross:
            text = say("{asked} is asked for at {address} in all rows, and all transfers together moved {gross}")
            yield text.format(asked=figures(asked, asset), address=address, gross=figures(gross, asset))


def _forms(place: Place, language: str, say: Say) -> Iterator[str]:
    """An address or a txid that has not the form of its chain."""
    for address in place.address.split(";"):
        try:
            if normalise(place.chain, address) != address:
                yield say("{address} is not written as {chain} writes it").format(address=address, chain=place.chain)
        except ValueError as error:
            text = say("{address} is no address of {chain}").format(address=address, chain=place.chain)
            yield str(error) if language == ENGLISH else text
    for credit in place.credits:
        try:
            normalise_txid(place.chain, credit.txid)
        except ValueError as error:
            text = say("{txid} is no txid of {chain}").format(txid=credit.txid, chain=place.chain)
            yield str(error) if language == ENGLISH else text


def _values(place: Place, say: Say) -> Iterator[str]:
    asset, traced = place.asset, sum(credit.traced for credit in place.credits)
    if place.credits and traced != place.traced:
        text = say("its transfers hold {parts} traced, and the row says {whole}")
        yield text.format(parts=figures(traced, asset), whole=figures(place.traced, asset))
    if any(credit.traced > credit.gross for credit in place.credits):
        yield say("more is traced of a transfer than it moved")
    if place.balance is not None and None not in (place.height, place.state_height) and _older(place):
        text = say("the trace ends at height {end} and what is known of the address is of {height}: trace again")
        yield text.format(end=place.height, height=place.state_height)


def _asked(place: Place, say: Say) -> Iterator[str]:
    """An amount that is asked for and should not be."""
    asset = place.asset
    if place.asked > place.gross and not place.rests:
        text = say("{asked} is asked for, and all transfers together moved {gross}")
        yield text.format(asked=figures(place.asked, asset), gross=figures(place.gross, asset))
    if place.asked > place.low and not place.reason:
        text = say("{asked} is asked for, which is more than the least over the methods ({low}), without a reason")
        yield text.format(asked=figures(place.asked, asset), low=figures(place.low, asset))
    if place.balance is not None and place.asked > place.balance:
        text = say("{asked} is asked for, and {balance} was there when somebody looked: trace up to that height")
        yield text.format(asked=figures(place.asked, asset), balance=figures(place.balance, asset))


def _older(place: Place) -> bool:
    """Whether the trace ends before what is known of the address was read."""
    return (place.height or 0) < (place.state_height or 0)


def _lacking(places: Sequence[Place], say: Say) -> Iterator[Finding]:
    """Rows of one resting place that together ask for more than was there, though none of them does alone."""
    rows: dict[tuple[str, Asset], list[Place]] = {}
    for place in places:
        if place.rests and place.balance is not None:
            rows.setdefault((place.address, place.asset), []).append(place)
    for (address, asset), several in rows.items():
        asked, balance = sum(place.asked for place in several), several[0].balance or 0
        if asked > balance and all(place.asked <= balance for place in several):
            text = say("{asked} is asked for, and {balance} was there when somebody looked: trace up to that height")
            told = text.format(asked=figures(asked, asset), balance=figures(balance, asset))
            yield Finding("inconsistent", told, address)


def _recipient(request: Request, place: Place, say: Say) -> Iterator[str]:
    issuer = request.recipient.kind == "issuer"
    if issuer and issuer_of(place.chain, place.asset.contract) != request.recipient:
        text = say("the token {contract} on {chain} is not one that this issuer issues")
        yield text.format(contract=place.asset.contract or "-", chain=place.chain)
    if not issuer and place.shape not in AT_SERVICE:
        yield say(
            "nobody attributes the address to the recipient: a private wallet is nothing that a service can freeze; "
            "ask the token's issuer, or name the tag"
        )


def _dates(request: Request, say: Say) -> Iterator[Finding]:
    dates = request.asker.clock.dates
    reported, until = dates.get("reported"), needed_date(request)
    if until in dates and request.passed(dates[until]):
        text = say("{name}: that has passed ({when}), so the letter would ask for nothing more")
        told = text.format(name=named(until, say), when=utc(dates[until]))
        yield Finding("inconsistent", told, f"case.toml [clock] {until}")
    for key in DATES:
        if reported and key != "reported" and key in dates and dates[key] < reported:
            text = say("{name}: that is before the loss was reported").format(name=named(key, say))
            yield Finding("inconsistent", text, f"case.toml [clock] {key}")
