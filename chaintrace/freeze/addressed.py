"""From a report to requests: which of its endpoints and resting places concern which recipient. Pure.

An endpoint goes to the recipient whose file names its actor, letter by letter, else to a generic letter for its entity;
a token's issuer is found by contract. Whether there is anybody to ask is decided row by row.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from chaintrace.errors import InputError
from chaintrace.freeze.authority import Ask, Asker
from chaintrace.freeze.places import endpoints, least_in_all, resting
from chaintrace.freeze.recipients import GENERIC, Recipient, issuer_of, of_actor, recipients
from chaintrace.freeze.request import NO_LETTER, Evidence, Kind, NoCustodian, Place, Request
from chaintrace.report.interface import Report


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the report: the kind of letter, its language, and the recipients that are meant (none: all).

    `today` is the day from which the dates of the case are counted, in UTC; None for no day.
    """

    kind: Kind = "freeze"
    language: str = "en"
    to: tuple[str, ...] = ()
    today: date | None = None


def addressed(
    report: Report, evidence: Evidence, asker: Asker, asked: Asked
) -> tuple[tuple[Request, ...], tuple[NoCustodian, ...]]:
    """The requests, by folder, and the notes on what has no custodian.

    Raises InputError where `asked.to` names nobody who is concerned, or where a stated amount matches no single row.
    """
    credited = _stated([*endpoints(report)], asker.asks)
    rests = _stated([*resting(report, len(credited))], asker.asks)
    _all_matched(asker.asks, (*credited, *rests))
    requests, notes, known = list[Request](), list[NoCustodian](), recipients()

    def request(who: Recipient, called: str, folder: str, places: Sequence[Place]) -> None:
        rows = tuple(replace(place, number=number) for number, place in enumerate(places, 1))
        least = least_in_all(report, rows)
        made = Request(who, called, folder, asked.kind, asked.language, asker, evidence, rows, least, asked.today)
        requests.append(made)

    for (recipient, entity), places in _by_entity(credited).items():
        folder = recipient or _slug(entity, (*requests, *notes))
        asks = [place for place in places if recipient or place.category not in NO_LETTER]
        if asks:
            request(known[recipient or GENERIC], asks[0].called, folder, asks)
        left = tuple(place for place in places if place not in asks)
        if left:
            beside = folder if asks else ""
            name = _unused(f"{folder}-note", (*requests, *notes)) if asks else folder
            notes.append(NoCustodian(left[0].called, name, left, beside))
    for issuer, held in _by_issuer((*rests, *credited)).values():
        request(
            issuer, issuer.name, issuer.id if issuer.id != GENERIC else _slug(issuer.name, (*requests, *notes)), held
        )
    return _meant(requests, notes, asked.to)


def _by_entity(places: Iterable[Place]) -> dict[tuple[str, str], list[Place]]:
    """Endpoints by whom they concern, in the order of their ranks; what an issuer's own letter holds is left to it.

    An endpoint that nobody attributes to anybody concerns no one.
    """
    found: dict[tuple[str, str], list[Place]] = {}
    for place in places:
        if not place.entity:
            continue  # nobody says whose it is, so there is nobody to ask
        recipient = of_actor(place.entity)
        if recipient is not None and recipient.kind == "issuer":
            if recipient == issuer_of(place.chain, place.asset.contract):
                continue
            recipient = None
        found.setdefault((recipient.id if recipient else "", "" if recipient else place.entity), []).append(place)
    return found


def _by_issuer(places: Iterable[Place]) -> dict[str, tuple[Recipient, tuple[Place, ...]]]:
    """Places by the name of the issuer of their token, with the issuer."""
    found: dict[str, tuple[Recipient, tuple[Place, ...]]] = {}
    for place in places:
        issuer = issuer_of(place.chain, place.asset.contract)
        if issuer is not None:
            found[issuer.issuer] = (issuer, (*found.get(issuer.issuer, (issuer, ()))[1], place))
    return found


def _slug(entity: str, others: Sequence[Request | NoCustodian]) -> str:
    """A folder's name for an entity without a file; two entities never share one."""
    plain = re.sub(r"[^a-z0-9]+", "-", entity.lower()).strip("-")[:40] or "unnamed"
    return _unused(f"{GENERIC}-{plain}", others)


def _unused(wanted: str, others: Sequence[Request | NoCustodian]) -> str:
    taken = {one.folder for one in others}
    names = (f"{wanted}{number}" for number in ("", *(f"-{n}" for n in range(2, len(taken) + 3))))
    return next(name for name in names if name not in taken)


def _meant(
    requests: list[Request], notes: list[NoCustodian], to: tuple[str, ...]
) -> tuple[tuple[Request, ...], tuple[NoCustodian, ...]]:
    """Those that are meant, by folder or by an actor of the recipient.

    Who means a letter means the note on other addresses of the same entity too.
    """
    there = sorted([*(one.folder for one in requests), *(one.folder for one in notes)])
    to = tuple(name if name in there else _acting_as(name) for name in to)
    for name in to:
        if name not in there:
            known = f"there are {', '.join(there)}" if there else "no address concerns anybody"
            raise InputError(f"nothing in this case concerns a recipient {name!r}: {known}")
    return (
        tuple(one for one in requests if not to or one.folder in to),
        tuple(one for one in notes if not to or one.folder in to or one.beside in to),
    )


def _acting_as(name: str) -> str:
    """The folder's name of the recipient whose file names this actor (huobi: htx); any other name as it is."""
    recipient = of_actor(name)
    return recipient.id if recipient is not None else name


def _fits(ask: Ask, place: Place) -> bool:
    same = (ask.chain, ask.address) == (place.chain, place.address) and place.asset.contract in ask.contracts
    return same and ask.origin in {"", place.origin} and ask.memo in {"", place.memo}


def _stated(places: list[Place], asks: tuple[Ask, ...]) -> list[Place]:
    """The places with the amounts that the case states in the place of the least."""
    said = {place.number: ask for ask in asks for place in places if _fits(ask, place)}
    return [
        replace(place, asked=said[place.number].value, reason=said[place.number].reason)
        if place.number in said
        else place
        for place in places
    ]


def _all_matched(asks: tuple[Ask, ...], places: Sequence[Place]) -> None:
    for ask in asks:
        found = sum(_fits(ask, place) for place in places)
        if found != 1:
            what = f"[[ask]] of {ask.address!r} meets {found} rows of the report"
            remedy = (
                "name the origin too, and the memo if they differ"
                if found
                else "correct the chain, the address, the asset or the origin"
            )
            raise InputError(f"{what}: {remedy}")
    for place in places:
        if sum(_fits(ask, place) for ask in asks) > 1:
            raise InputError(f"two [[ask]] state an amount for one row of {place.address!r}: leave one")
