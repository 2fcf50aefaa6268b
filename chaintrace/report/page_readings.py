"""What another reading of the facts would change: on the first page in a sentence, in its section in full."""

from collections.abc import Iterable, Sequence

from chaintrace.i18n import Say
from chaintrace.model.sensitivity import Sensitivity
from chaintrace.report.amounts import figure, prose, unit
from chaintrace.report.credited import Ranked, label_of
from chaintrace.report.interface import Report
from chaintrace.report.markup import Child, Html, code, joined, origin, table, tag
from chaintrace.report.spoken import enumerated, method_called, several, words
from chaintrace.report.wording import OPENINGS, READINGS

MOST_READINGS = 40
"""Sensitivities, and groups of them, that the page prints, the main method's first; trace.json has them all."""


def short(report: Report, rows: tuple[Ranked, ...], say: Say) -> Html:
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
    lines = [_reading(item, places[item.origin, item.place], say) for item in list(widest.values())[:MOST_READINGS]]
    end = joined(
        (say("All of them:"), " ", tag("a", say("what another reading would change"), href="#sensitivities"), ".")
    )
    lead = say("Other readings of the facts, under the main method.")
    told = joined((tag("p", lead, " ", end), tag("ul", lines)))
    accounts = {item.subject for item in shown if item.kind == "opening"}
    return joined((told if lines else None, _unknown(len(accounts), say) if accounts else None))


def _reading(item: Sensitivity, row: Ranked, say: Say) -> Html:
    ends = f"{figure(item.low, item.asset)}–{figure(item.high, item.asset)} {unit(item.asset)}"
    where = row.label.called or row.place[2]
    told = say("{kind}: {range} at {place} instead of {value}.").format(
        kind=say(item.kind), range=ends, place=where, value=figure(item.value, item.asset)
    )
    return tag("li", tag("b", item.origin), ", ", told)


def _unknown(accounts: int, say: Say) -> Html:
    """That openings are not known, with the way to what this means."""
    text = several(
        say,
        accounts,
        "What an account on the way held before the first row in the sources is not known; a larger opening balance "
        "would change amounts above:",
        "What {number} accounts on the way held before the first row in the sources is not known; a larger opening "
        "balance would change amounts above:",
    )
    return tag("p", text, " ", tag("a", say("what openings would change"), href="#openings"), ".")


def sensitivities(report: Report, say: Say) -> Html:
    """What another reading of the facts would change: openings by account and payment, the rest in a table."""
    title = tag("h2", say("What another reading would change"), id="sensitivities")
    found = sorted(report.inputs.sensitivities, key=lambda item: item.method != report.inputs.method)
    if not found:
        return joined((title, tag("p", say("No other reading that was tried changes an endpoint."))))
    rest = [item for item in found if item.kind != "opening"]
    openings = [item for item in found if item.kind == "opening"]
    return joined(
        (
            title,
            tag("p", say("Each reading in words is in trace.json."), class_="soft"),
            _rest(rest, say) if rest else None,
            _openings(report, openings, say) if openings else None,
        )
    )


def _rest(found: Sequence[Sensitivity], say: Say) -> Html:
    rows = [_row(item, say) for item in found[:MOST_READINGS]]
    left = len(found) - len(rows)
    varied = words(say, "What is varied", "Of", "Payment", "Method")
    headings = (*varied, *words(say, "Where it shows", "In this report", "From least to most"))
    more = several(say, left, "{number} more reading in trace.json.", "{number} more readings in trace.json.")
    kinds = dict.fromkeys(item.kind for item in found)
    return joined(
        (
            tag("ul", (tag("li", tag("b", say(kind)), ": ", say(READINGS.get(kind, kind))) for kind in kinds)),
            table(headings, rows, numbers=(5, 6)),
            tag("p", more, class_="soft") if left else None,
        )
    )


def _row(item: Sensitivity, say: Say) -> tuple[Child, ...]:
    ends = f"{figure(item.low, item.asset)}–{figure(item.high, item.asset)}"
    how = "" if item.exact else f" {say('(searched)')}"
    return (
        *(say(item.kind), code(item.subject), origin(item.origin), method_called(say, item.method), code(item.place)),
        *(prose(item.value, item.asset), ends + how),
    )


def _openings(report: Report, found: Sequence[Sensitivity], say: Say) -> Html:
    """One line for each account and payment, with its endpoints folded away."""
    groups: dict[tuple[str, str, str], list[Sensitivity]] = {}
    for item in found:
        groups.setdefault((item.chain, item.subject, item.origin), []).append(item)
    shown = list(groups.values())[:MOST_READINGS]
    left = len(groups) - len(shown)
    more = several(say, left, "{number} more line in trace.json.", "{number} more lines in trace.json.")
    return joined(
        (
            tag("h3", say("Opening balances that are not known"), id="openings"),
            tag("p", say(OPENINGS)),
            [_group(report, items, say) for items in shown],
            tag("p", more, class_="soft") if left else None,
        )
    )


def _group(report: Report, items: Sequence[Sensitivity], say: Say) -> Html:
    first = items[0]
    places = dict.fromkeys(item.place for item in items)
    run = enumerated(say, dict.fromkeys(method_called(say, item.method) for item in _in_order(report, items)))
    told = several(
        say,
        len(places),
        "{number} endpoint would change, under {methods}",
        "{number} endpoints would change, under {methods}",
    ).format(methods=run)
    rows = [
        (
            method_called(say, item.method),
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
            *(code(first.subject), ", ", origin(first.origin), ": ", told),
        ),
        table(words(say, "Method", "Endpoint", "In this report", "With a larger opening"), rows, numbers=(2, 3)),
    )


def _in_order(report: Report, items: Iterable[Sensitivity]) -> list[Sensitivity]:
    return sorted(items, key=lambda item: report.inputs.methods.index(item.method))


def _called(report: Report, item: Sensitivity) -> str:
    return label_of(report.inputs, item.chain, item.place).called
