"""From a report to requests: which of its endpoints and resting places concern which recipient. Pure.

Of the report's tables this reads the columns of the contract and nothing else. An endpoint goes to the recipient whose
file names its actor, letter by letter, else to a generic letter for its entity; a token's issuer is found by contract.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from chaintrace.errors import InputError
from chaintrace.freeze.authority import Ask, Asker
from chaintrace.freeze.recipients import GENERIC, Recipient, issuer_of, of_actor, recipients
from chaintrace.freeze.request import AUTHORITY, Credit, Evidence, Kind, NoCustodian, Place, Request, Shape, moment
from chaintrace.model.chain import Asset
from chaintrace.model.trace import Resting
from chaintrace.report.interface import Cell, Report
from chaintrace.report.wording import CONTESTED, MEMO_MISSING

NO_CUSTODIAN = frozenset({"mixing_service", "defi_bridge", "defi", "defi_dex", "defi_lending", "defi_derivative"})
"""Categories of actors that keep no accounts for anybody: contracts, pools and mixers."""

NO_LETTER = NO_CUSTODIAN | {AUTHORITY}
"""Categories for which a note is written in the place of a letter."""

Row = Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the report: the kind of letter, its language, and the recipients that are meant (none: all)."""

    kind: Kind = "freeze"
    language: str = "en"
    to: tuple[str, ...] = ()


def addressed(
    report: Report, evidence: Evidence, asker: Asker, asked: Asked
) -> tuple[tuple[Request, ...], tuple[NoCustodian, ...]]:
    """The requests, by folder, and the notes on what has no custodian.

    Raises InputError where `asked.to` names nobody who is concerned, or where a stated amount matches no single row.
    """
    credited = _stated([*_endpoints(report)], asker.asks)
    resting = _stated([*_resting(report, len(credited))], asker.asks)
    _all_matched(asker.asks, (*credited, *resting))
    requests, notes, known = list[Request](), list[NoCustodian](), recipients()
    for (recipient, entity), places in _by_entity(credited).items():
        folder = recipient or _slug(entity, (*requests, *notes))
        category, called = places[0].category, places[0].called
        if not recipient and category in NO_LETTER:
            notes.append(NoCustodian(called, folder, category, tuple(places)))
            continue
        who = known[recipient or GENERIC]
        requests.append(Request(who, called, folder, asked.kind, asked.language, asker, evidence, tuple(places)))
    for issuer, held in _by_issuer((*resting, *credited)).values():
        folder = issuer.id if issuer.id != GENERIC else _slug(issuer.name, (*requests, *notes))
        requests.append(Request(issuer, issuer.name, folder, asked.kind, asked.language, asker, evidence, held))
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
    taken = {one.folder for one in others}
    names = (f"{GENERIC}-{plain}{number}" for number in ("", *(f"-{n}" for n in range(2, len(taken) + 3))))
    return next(name for name in names if name not in taken)


def _meant(
    requests: list[Request], notes: list[NoCustodian], to: tuple[str, ...]
) -> tuple[tuple[Request, ...], tuple[NoCustodian, ...]]:
    there = sorted([*(one.folder for one in requests), *(one.folder for one in notes)])
    for name in to:
        if name not in there:
            known = f"there are {', '.join(there)}" if there else "no address concerns anybody"
            raise InputError(f"nothing in this case concerns a recipient {name!r}: {known}")
    return (
        tuple(one for one in requests if not to or one.folder in to),
        tuple(one for one in notes if not to or one.folder in to),
    )


def _endpoints(report: Report) -> Iterable[Place]:
    """The endpoints of the main method, each with its credits, in the order of their ranks."""
    credits_of: dict[Cell, list[Credit]] = {}
    for row in report.tables["credits"].records():
        times, values = moment(row["time"]), (_int(row["gross_value"]), _int(row["traced_value"]))
        memo = _text(row.get("memo"))
        found = Credit(_text(row["origin"]), _text(row["txid"]), _text(row["index"]), times, *values, memo)
        credits_of.setdefault(row["rank"], []).append(found)
    for row in report.tables["endpoints"].records():
        end, entity = report.inputs.as_of.get(_text(row["chain"])), _text(row["entity"])
        yield replace(
            _place(row, _int(row["rank"]), "deposit" if row["service_address"] else _labelled(row)),
            memo=_text(row["memo"]),
            service_address=_text(row["service_address"]),
            entity=entity,
            called=report.inputs.actors.get(entity, entity),
            category=_text(row["category"]),
            confidence=_int(row["confidence"]),
            label_source=_text(row["label_source"]),
            low=_int(row["min_value"]),
            high=_int(row["max_value"]),
            asked=_int(row["min_value"]),
            credits=tuple(credits_of.get(row["rank"], ())),
            height=end.height if end else None,
            remark=_text(row.get("reason")),
            is_contested=CONTESTED in _text(row.get("could_change")),
            lacks_memo=_lacks_memo(report, row),
        )


def _lacks_memo(report: Report, row: Row) -> bool:
    """Whether a note of the report says that a memo is missing at this address, and this row has none."""
    if row["memo"]:
        return False  # another row of the address lacks it
    here = f" to {row['address']} on {row['chain']} "
    return any(note.startswith(MEMO_MISSING) and here in note for note in report.inputs.notes)


def _labelled(row: Row) -> Shape:
    return "service wallet" if row["entity"] else "unknown"


def _resting(report: Report, before: int) -> Iterable[Place]:
    """What rests by the main method, summed by address and asset, with its ends over the methods."""
    ends = {method: _rests(report, method) for method in report.inputs.methods}
    found: dict[tuple[str, str, str, str], Place] = {}
    for row in report.tables["resting"].records():
        key = (_text(row["origin"]), _text(row["chain"]), _text(row["address"]), _text(row["contract"]))
        if key in found:
            found[key] = replace(found[key], traced=found[key].traced + _int(row["traced_value"]))
            continue
        over = [sums.get(key, 0) for sums in ends.values()]
        found[key] = replace(
            _place(row, before + len(found) + 1, _kept(_text(row["holder_kind"]))),
            low=min(over),
            high=max(over),
            asked=min(over),
            rests=True,
            balance=_int(row["actual_balance"]) if row["actual_balance"] is not None else None,
            as_of=moment(row["as_of"]),
            height=_int(row["height"]) if row["height"] is not None else None,
        )
    return found.values()


def _kept(holder: str) -> Shape:
    """The shape of a resting place, as holder_kind says it."""
    return "private" if holder == "private" else "exchange-shaped" if holder == "exchange-shaped" else "unknown"


def _rests(report: Report, method: str) -> dict[tuple[str, str, str, str], int]:
    found: dict[tuple[str, str, str, str], int] = {}
    for out in report.inputs.traces[method].outcomes:
        if isinstance(out, Resting):
            key = (out.origin, out.asset.chain, out.address, out.asset.contract)
            found[key] = found.get(key, 0) + out.value
    return found


def _place(row: Row, number: int, shape: Shape) -> Place:
    chain, decimals = _text(row["chain"]), row["decimals"]
    asset = Asset(chain, _text(row["contract"]), _text(row["asset"]), _int(decimals) if decimals is not None else None)
    traced = _int(row["traced_value"])
    return Place(
        number=number,
        origin=_text(row["origin"]),
        chain=chain,
        address=_text(row["address"]),
        memo="",
        service_address="",
        entity="",
        called="",
        category="",
        confidence=0,
        label_source="",
        asset=asset,
        traced=traced,
        low=0,
        high=0,
        asked=0,
        shape=shape,
        state=_text(row.get("issuer_state")),
        state_height=height if isinstance(height := row.get("issuer_state_height"), int) else None,
    )


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


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell)


def _int(cell: Cell) -> int:
    return cell if isinstance(cell, int) else 0
