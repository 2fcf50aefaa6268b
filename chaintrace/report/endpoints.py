"""endpoints.csv: each place with its amounts, why the trace stops there, whom to ask, and what could change it."""

from collections.abc import Sequence

from chaintrace.i18n import Say, message
from chaintrace.model.amounts import unit
from chaintrace.model.attribution import SANCTIONS, Tag, conflicting
from chaintrace.model.finding import NotContinued
from chaintrace.model.trace import Endpoint
from chaintrace.report.amounts import amount, figure, iso
from chaintrace.report.columns import COLUMNS
from chaintrace.report.credited import CODE, Ranked, finding_of, memos_of
from chaintrace.report.interface import Cell, Inputs, Table
from chaintrace.report.issuing import issuer_cells
from chaintrace.report.rates import measured_of
from chaintrace.report.shortest import Ways
from chaintrace.report.spoken import method_called
from chaintrace.report.tag_notes import beside_list
from chaintrace.report.wording import CONTESTED

ASKED = frozenset({
    "exchange", "custodian", "broker", "wallet_service", "payment_processor", "gambling", "market", "atm", "issuer",
    "miner", "mining_service", "law_enforcement", "service",
})  # fmt: skip
"""Categories of tags behind which somebody keeps accounts or answers for a wallet, so that there is whom to ask."""

ALL_MEMOS = message(" at the address, whatever the memo")
"""What ends of a whole address say where its endpoints are told apart by memos."""

MOST_SILENT = 3
"""Transactions of which a reason says why nothing is followed behind them; findings.csv has each."""

NOT_ASKED = CODE | {"defi_bridge"}
"""Categories of code that runs by itself: nobody holds an account there who could be asked for its holder."""


def endpoints(inputs: Inputs, rows: tuple[Ranked, ...]) -> Table:
    """endpoints.csv, by rank."""
    ways = Ways(inputs.trace)
    found = tuple(_endpoint(inputs, number, row, ways) for number, row in enumerate(rows, 1))
    return Table("endpoints", COLUMNS["endpoints"], found)


def _endpoint(inputs: Inputs, rank: int, row: Ranked, ways: Ways) -> tuple[Cell, ...]:
    origin, chain, address, asset = row.place
    first, last, label = row.credits[0], row.credits[-1], row.label
    return (
        *(
            rank,
            origin,
            chain,
            address,
            memo_of(inputs, row.credits),
            label.entity,
            label.category,
            label.confidence,
            label.source,
        ),
        *(asset.name, asset.contract, asset.decimals, row.value, amount(row.value, asset.decimals)),
        *(iso(first.time), iso(last.time), first.txid, last.txid, min(credit.hop for credit in row.credits)),
        *(inputs.method, row.low, row.high, label.service),
        *(label.grade, why(inputs, row), route(row), ";".join(ways.txids(row.credits)), could_change(inputs, row)),
        *issuer_cells(inputs, chain, asset.contract, address),
    )


def memo_of(inputs: Inputs, credited: Sequence[Endpoint]) -> str:
    """What was written beside credits, each once, in their order."""
    told = (memo for one in credited for memo in memos_of(inputs, one))
    return "; ".join(dict.fromkeys(told))


def why(inputs: Inputs, row: Ranked, say: Say = message) -> str:
    """Why the trace stops there: the claim with its source and dates, or what the rule found, in the rule's words."""
    first = row.credits[0]
    if first.rule:
        found = first.continues or finding_of(inputs, row.place[1], row.place[2], first.rule)
        said = (found.text if found is not None else "") or f"rule {first.rule}"
        return " ".join((said, *_listed(inputs.tags.get(row.place[1:3], ()), row.credits), *_silent(inputs, row)))
    stops = [tag for tag in first.tags if tag.stops]
    return say("; ").join(dict.fromkeys(_claimed(tag, say) for tag in stops))


def _silent(inputs: Inputs, row: Ranked) -> Sequence[str]:
    """What rules of continuation say of credits in transactions through a protocol: why nothing is followed from there.

    Each transaction once, the first three.
    """
    credited = dict.fromkeys((one.asset.chain, one.txid) for one in row.credits)
    told = [one for one in inputs.findings if isinstance(one, NotContinued) and (one.chain, one.subject) in credited]
    return tuple(f"Of {one.subject}: {one.text}." for one in told[:MOST_SILENT])


def _listed(tags: Sequence[Tag], credited: Sequence[Endpoint]) -> Sequence[str]:
    """Whether the first and the last credit came before or after the dates of a sanctions list, a sentence each."""
    days = dict.fromkeys((iso(credit.time) or "")[:10] for credit in (credited[0], credited[-1]))
    said = (
        f"Value credited on {day}: {clause}."
        for tag in tags
        if tag.family in SANCTIONS
        for day in days
        if day and (clause := beside_list(tag, day).removeprefix(", "))
    )
    return tuple(dict.fromkeys(said))


def _claimed(tag: Tag, say: Say) -> str:
    said = say("tag of the category {category} by {source}")
    dates = [
        *([say("dated {day}").format(day=tag.lastmod)] if tag.lastmod else []),
        *([say("listed {day}").format(day=tag.valid_from)] if tag.valid_from else []),
        *([say("delisted {day}").format(day=tag.valid_to)] if tag.valid_to else []),
    ]
    return say(", ").join((said.format(category=tag.category, source=tag.source or say("nobody named")), *dates))


def route(row: Ranked) -> str:
    """Whether there is somebody who could tell the holder: `yes`, `no`, or `not known`. Not whether they will."""
    category = row.label.category
    if not row.label.entity:
        return "not known"
    return "yes" if category in ASKED else "no" if category in NOT_ASKED else "not known"


def could_change(inputs: Inputs, row: Ranked, say: Say = message) -> str:
    """What the amount and the attribution depend on, each with what it would change; empty where nothing is known."""
    origin, chain, address, asset = row.place
    found: list[str] = []
    if row.low != row.high:
        ends = f"{figure(row.low, asset)}-{figure(row.high, asset)} {unit(asset)}"
        found.append(say("the allocation rule: {range}").format(range=ends))
    for one in inputs.sensitivities:
        here = one.method == inputs.method and (one.origin, one.chain, one.place) == (origin, chain, address)
        if here and one.asset == asset and one.low != one.high:
            ends = f"{figure(one.low, asset)}-{figure(one.high, asset)} {unit(asset)}"
            told = say("{kind} at {place}: {range}").format(kind=say(one.kind), place=one.subject, range=ends)
            found.append(told + ("" if row.memos is None else say(ALL_MEMOS)))
    if row.label.service:
        told = say("the label of {address}, and {whether}")
        found.append(told.format(address=row.label.service, whether=_whether_right(inputs, row, say)))
    elif row.credits[0].rule:
        told = say("{whether}; with {rule} off in [rules] the trace goes on")
        found.append(told.format(whether=_whether_right(inputs, row, say), rule=row.credits[0].rule))
    found.extend(_of_tags(_tags(inputs, row), row.credits, say))
    if len(inputs.methods) == 1:
        told = say("the allocation rule: only {method} was run")
        found.append(told.format(method=method_called(say, inputs.method)))
    return say("; ").join(dict.fromkeys(found))


def _whether_right(inputs: Inputs, row: Ranked, say: Say) -> str:
    """That the rule behind an endpoint may err, and how often it was seen to."""
    rule = row.credits[0].rule
    told = say("whether the rule {rule} is right: {rate}; see its known failures")
    return told.format(rule=rule, rate=say(measured_of(inputs, rule)))


def _tags(inputs: Inputs, row: Ranked) -> Sequence[Tag]:
    """The claims that the attribution rests on."""
    key = row.place[1], row.label.service or row.place[2]
    return inputs.tags.get(key, ()) or row.credits[0].tags


def _of_tags(tags: Sequence[Tag], credited: Sequence[Endpoint], say: Say) -> list[str]:
    """What of the claims themselves is open: that they differ, and that they are younger than what they are said of."""
    found = [say(CONTESTED)] if conflicting(tags) else []
    last = max((credit.time for credit in credited if credit.time is not None), default=None)
    day = (iso(last) or "")[:10]
    dates = [tag.day for tag in tags if tag.stops]
    if day and dates and all(dates) and min(dates) > day:
        found.append(say("the label is younger than the last credit: dated {day}").format(day=min(dates)))
    return found
