"""What another reading of the facts would change: on the first page in a sentence, in its section in full."""

from collections.abc import Iterable, Sequence

from chaintrace.model.sensitivity import Sensitivity
from chaintrace.report.amounts import figure, prose, unit
from chaintrace.report.credited import Ranked, label_of
from chaintrace.report.interface import Report
from chaintrace.report.markup import Child, Html, code, joined, origin, table, tag
from chaintrace.report.wording import OPENINGS, READINGS, counted, listed, method_name

MOST_READINGS = 40
"""Sensitivities, and groups of them, that the page prints, the main method's first; trace.json has them all."""


def short(report: Report, rows: tuple[Ranked, ...]) -> Html:
    """For each payment and kind of reading, the endpoint of the main method at which it changes most.

    Of openings only that there are some: the ends mean nothing without their explanation.
    """
    places: dict[tuple[str, str], Ranked] = {}
    for row in rows:
        for credit in row.credits:
            places[row.place[0], str(credit.outpoint or row.place[2])] = row
            places[row.place[0], row.place[2]] = row
    shown = [
        item
        for item in report.inputs.sensitivities
        if item.method == report.inputs.method and (item.origin, item.place) in places
    ]
    widest: dict[tuple[str, str], Sensitivity] = {}
    for item in shown:
        before = widest.get((item.origin, item.kind))
        if item.kind != "opening" and (before is None or item.high - item.low > before.high - before.low):
            widest[item.origin, item.kind] = item
    lines = [_reading(item, places[item.origin, item.place]) for item in list(widest.values())[:MOST_READINGS]]
    end = joined(("All of them: ", tag("a", "what another reading would change", href="#sensitivities"), "."))
    told = joined((tag("p", "Other readings of the facts, under the main method. ", end), tag("ul", lines)))
    accounts = {item.subject for item in shown if item.kind == "opening"}
    return joined((told if lines else None, _unknown(len(accounts)) if accounts else None))


def _reading(item: Sensitivity, row: Ranked) -> Html:
    ends = f"{figure(item.low, item.asset)}–{figure(item.high, item.asset)} {unit(item.asset)}"
    where = row.label.called or row.place[2]
    told = f", {item.kind}: {ends} at {where} instead of {figure(item.value, item.asset)}."
    return tag("li", tag("b", item.origin), told)


def _unknown(accounts: int) -> Html:
    """That openings are not known, with the way to what this means."""
    held = "an account" if accounts == 1 else f"{accounts:,} accounts"
    return tag(
        "p",
        f"What {held} on the way held before the first row in the sources is not known; a larger opening balance would "
        "change amounts above: ",
        tag("a", "what openings would change", href="#openings"),
        ".",
    )


def sensitivities(report: Report) -> Html:
    """What another reading of the facts would change: openings by account and payment, the rest in a table."""
    title = tag("h2", "What another reading would change", id="sensitivities")
    found = sorted(report.inputs.sensitivities, key=lambda item: item.method != report.inputs.method)
    if not found:
        return joined((title, tag("p", "No other reading that was tried changes an endpoint.")))
    rest = [item for item in found if item.kind != "opening"]
    openings = [item for item in found if item.kind == "opening"]
    return joined(
        (
            title,
            tag("p", "Each reading in words is in trace.json.", class_="soft"),
            _rest(rest) if rest else None,
            _openings(report, openings) if openings else None,
        )
    )


def _rest(found: Sequence[Sensitivity]) -> Html:
    rows = [_row(item) for item in found[:MOST_READINGS]]
    left = len(found) - len(rows)
    headings = ("What is varied", "Of", "Payment", "Method", "Where it shows", "Reported", "From least to most")
    kinds = dict.fromkeys(item.kind for item in found)
    return joined(
        (
            tag("ul", (tag("li", tag("b", kind), ": ", READINGS.get(kind, kind)) for kind in kinds)),
            table(headings, rows, numbers=(5, 6)),
            tag("p", f"{counted(left, 'more reading')} in trace.json.", class_="soft") if left else None,
        )
    )


def _row(item: Sensitivity) -> tuple[Child, ...]:
    ends = f"{figure(item.low, item.asset)}–{figure(item.high, item.asset)}"
    how = "" if item.exact else " (searched)"
    return (
        *(item.kind, code(item.subject), origin(item.origin), method_name(item.method), code(item.place)),
        *(prose(item.value, item.asset), ends + how),
    )


def _openings(report: Report, found: Sequence[Sensitivity]) -> Html:
    """One line for each account and payment, with its endpoints folded away."""
    groups: dict[tuple[str, str, str], list[Sensitivity]] = {}
    for item in found:
        groups.setdefault((item.chain, item.subject, item.origin), []).append(item)
    shown = list(groups.values())[:MOST_READINGS]
    left = len(groups) - len(shown)
    return joined(
        (
            tag("h3", "Opening balances that are not known", id="openings"),
            tag("p", OPENINGS),
            [_group(report, items) for items in shown],
            tag("p", f"{counted(left, 'more line')} in trace.json.", class_="soft") if left else None,
        )
    )


def _group(report: Report, items: Sequence[Sensitivity]) -> Html:
    first = items[0]
    places = dict.fromkeys(item.place for item in items)
    methods = listed(dict.fromkeys(method_name(item.method) for item in _in_order(report, items)))
    rows = [
        (
            method_name(item.method),
            joined((tag("span", _called(report, item), class_="entity"), " ", code(item.place))),
            prose(item.value, item.asset),
            prose(item.high if item.value == item.low else item.low, item.asset),
        )
        for item in _in_order(report, items)
    ]
    return tag(
        "details",
        tag(
            "summary",
            *(code(first.subject), ", ", origin(first.origin)),
            f": {counted(len(places), 'endpoint')} would change, under {methods}",
        ),
        table(("Method", "Endpoint", "Reported", "With a larger opening"), rows, numbers=(2, 3)),
    )


def _in_order(report: Report, items: Iterable[Sensitivity]) -> list[Sensitivity]:
    return sorted(items, key=lambda item: report.inputs.methods.index(item.method))


def _called(report: Report, item: Sensitivity) -> str:
    return label_of(report.inputs, item.chain, item.place).called
