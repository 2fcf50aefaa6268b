"""`compare`: one address's history, told by several sources, and where they differ."""

import json
import os
from typing import TYPE_CHECKING, TypeAlias

import click

from chaintrace.cli.printing import notice, say, table

if TYPE_CHECKING:
    from chaintrace.case.comparing.compare import Difference, Sum
    from chaintrace.case.comparing.tellings import Comparison, Told
    from chaintrace.model.chain import Asset
    from chaintrace.model.provenance import Coverage

DIFFERENT = 3
SUMS = ("source", "asset", "movements", "received", "sent", "value not told")
CLAIMS = ("source", "asset", "from", "to", "height", "how we know", "opening")
COLUMNS = ("difference", "txid", "time", "asset", "from", "to", "value", "what differs")

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"


@click.command()
@click.argument("address")
@click.option("--chain", help="The chain that it is on; a case of one chain says it.")
@click.option(
    "--from", "sources", multiple=True, metavar="[ADAPTER=]URL|PATH", help="A source; twice, or once with a case."
)
@click.option("--asset", help="The symbol or contract; left out: what all of them tell of.")
@click.option("--offline", is_flag=True, help="Never open a socket.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def compare(
    *, address: str, chain: str | None, sources: tuple[str, ...], asset: str | None, offline: bool, as_json: bool
) -> int:
    """Compare what sources tell of an ADDRESS, row by row; 0 when they tell the same, 3 when not."""
    from chaintrace.case.access import access
    from chaintrace.case.comparing.tellings import Question, compared
    from chaintrace.case.result import now

    question = Question(address, sources, chain, asset)
    made = compared(question, access(os.environ, offline=offline), now, notice)
    if as_json:
        click.echo(json.dumps(_shape(made), ensure_ascii=True, indent=2))
    else:
        _print(made)
    for note in made.notes:
        notice(f"note: {note}")
    for number, source in enumerate(made.sources, 1):
        for note in source.notes:
            notice(f"source {number}: {note}")
    return DIFFERENT if made.differences else 0


def _print(made: "Comparison") -> None:
    """What each source tells and claims, then every difference."""
    say(f"{made.chain} {made.address}")
    for number, source in enumerate(made.sources, 1):
        say(f"source {number}: {source.name}")
    counts = [(number, one) for number, source in enumerate(made.sources, 1) for one in _sums(source, made)]
    rows = [
        [n, _asset(s.asset), s.movements, _told(s.received, s.asset), _told(s.sent, s.asset), s.untold]
        for n, s in counts
    ]
    table("Sums", SUMS, rows)
    claims = [[number, *_claim(one)] for number, source in enumerate(made.sources, 1) for one in source.coverage]
    table("Claimed to be complete", CLAIMS, claims)
    table("Differences", COLUMNS, [_line(one) for one in made.differences], "none: they tell the same")


def _sums(source: "Told", made: "Comparison") -> "tuple[Sum, ...]":
    from chaintrace.case.comparing.compare import sums

    return sums(source.rows, made.address)


def _asset(asset: "Asset") -> str:
    return asset.name or asset.contract or asset.chain


def _told(value: int | None, asset: "Asset") -> str:
    """A value as an amount with its base units; as base units alone where the decimals are not known."""
    from chaintrace.report.amounts import amount

    if value is None:
        return "not told"
    shown = amount(value, asset.decimals)
    return f"{value} base units" if shown is None else f"{shown} ({value})"


def _claim(held: "Coverage") -> list[str | int | None]:
    """A coverage as cells; ranks as the source has them."""
    which = "all" if held.contracts is None else ", ".join(one or "native" for one in sorted(held.contracts))
    opening = "not known" if held.opening is None else str(held.opening)
    return [which, held.start, held.end, held.height, held.how, opening]


def _line(one: "Difference") -> list[str | int | None]:
    """A difference as cells; sources are counted from 1."""
    from chaintrace.report.amounts import iso

    row = one.row
    kind = _kind(one)
    what = "; ".join(f"{each.what}: {_said(each.first)} / {_said(each.second)}" for each in one.differs)
    where = what or row.place
    return [
        kind,
        row.txid,
        iso(row.time),
        _asset(row.asset),
        row.sender,
        row.receiver,
        _told(row.value, row.asset),
        where,
    ]


def _kind(one: "Difference") -> str:
    if one.only_in is None:
        return f"told differently by {one.first + 1} / {one.second + 1}"
    other = one.second if one.only_in == one.first else one.first
    return f"only in {one.only_in + 1}, not in {other + 1}"


def _said(value: str | int | None) -> str:
    return "not told" if value in {None, ""} else str(value)


def _shape(made: "Comparison") -> dict[str, Json]:
    """`{chain, address, equal, sources, differences, notes}`; sources are counted from 1, values are base units."""
    return {
        "chain": made.chain,
        "address": made.address,
        "equal": not made.differences,
        "sources": [_source(number, one, made) for number, one in enumerate(made.sources, 1)],
        "differences": [_difference(one) for one in made.differences],
        "notes": list(made.notes),
    }


def _source(number: int, source: "Told", made: "Comparison") -> dict[str, Json]:
    """What one source tells and claims."""
    return {
        "number": number,
        "source": source.name,
        "movements": len(source.rows),
        "assets": [
            {
                "asset": _asset(one.asset),
                "contract": one.asset.contract or None,
                "decimals": one.asset.decimals,
                "movements": one.movements,
                "received": str(one.received),
                "sent": str(one.sent),
                "value_not_told": one.untold,
            }
            for one in _sums(source, made)
        ],
        "coverage": [
            {
                "contracts": None if one.contracts is None else list[Json](sorted(one.contracts)),
                "start": one.start,
                "end": one.end,
                "height": one.height,
                "time": one.time,
                "how": one.how,
                "opening": None if one.opening is None else str(one.opening),
            }
            for one in source.coverage
        ],
        "notes": list(source.notes),
    }


def _difference(one: "Difference") -> dict[str, Json]:
    """A difference; values as text, since JSON numbers lose digits."""
    from chaintrace.report.amounts import iso

    row = one.row
    return {
        "kind": "told differently" if one.only_in is None else "only in",
        "sources": [one.first + 1, one.second + 1],
        "only_in": None if one.only_in is None else one.only_in + 1,
        "txid": row.txid,
        "height": row.height,
        "time": iso(row.time),
        "asset": _asset(row.asset),
        "contract": row.asset.contract or None,
        "place": row.place or None,
        "from": row.sender or None,
        "to": row.receiver or None,
        "value": None if row.value is None else str(row.value),
        "differs": [
            {"what": each.what, "first": _text(each.first), "second": _text(each.second)} for each in one.differs
        ],
    }


def _text(value: str | int | None) -> str | None:
    return None if value in {None, ""} else str(value)
