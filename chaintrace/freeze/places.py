"""Places as a report has them: its endpoints with their credits, its resting places, and their ends over the methods.

Of the report's tables this reads the columns of the contract and nothing else. Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from chaintrace.freeze.request import Credit, Place, Shape, moment
from chaintrace.model.chain import Asset
from chaintrace.model.trace import Endpoint, Resting
from chaintrace.report.interface import Cell, Report
from chaintrace.report.wording import CONTESTED, MEMO_MISSING

Row = Mapping[str, Cell]


def endpoints(report: Report) -> Iterable[Place]:
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
            grade=_text(row["grade"]),
            labelled=_labelled_on(report, row),
        )


def _lacks_memo(report: Report, row: Row) -> bool:
    """Whether a note of the report says that a memo is missing at this address, and this row has none."""
    if row["memo"]:
        return False  # another row of the address lacks it
    here = f" to {row['address']} on {row['chain']} "
    return any(note.startswith(MEMO_MISSING) and here in note for note in report.inputs.notes)


def _labelled_on(report: Report, row: Row) -> str:
    """The day of the first label that names the entity there, or at the service's address behind it; "" for unknown."""
    tags = report.inputs.tags.get((_text(row["chain"]), _text(row["service_address"] or row["address"])), ())
    return min((tag.day for tag in tags if tag.says == row["entity"]), default="")


def _labelled(row: Row) -> Shape:
    return "service wallet" if row["entity"] else "unknown"


def resting(report: Report, before: int) -> Iterable[Place]:
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


def least_in_all(report: Report, places: Sequence[Place]) -> tuple[tuple[Asset, int], ...]:
    """What no method goes below at the addresses of these places in all, by asset: of credits, and of what rests.

    Never less than the sum of the least of each place: one method seldom gives the least of all of them at once.
    """
    here = {(place.rests, place.asset.chain, place.address, place.asset.contract) for place in places}
    found: dict[Asset, int] = {}
    for asset in dict.fromkeys(place.asset for place in places):
        over = []
        for method in report.inputs.methods:
            outcomes = report.inputs.traces[method].outcomes
            arrived = (out for out in outcomes if isinstance(out, Endpoint | Resting) and out.asset == asset)
            kept = ((isinstance(out, Resting), asset.chain, out.address, asset.contract, out.value) for out in arrived)
            over.append(sum(value for *key, value in kept if tuple(key) in here))
        found[asset] = min(over)
    return tuple(found.items())


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell)


def _int(cell: Cell) -> int:
    return cell if isinstance(cell, int) else 0
