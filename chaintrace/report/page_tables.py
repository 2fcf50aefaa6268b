"""The page's tables: endpoints with their credits, resting, every method, conservation, not followed."""

from collections.abc import Iterable, Mapping, Sequence

from chaintrace.i18n import Say
from chaintrace.model.attribution import Tag, conflicting
from chaintrace.model.chain import Asset
from chaintrace.model.trace import OUTCOMES, NotFollowed, Resting, Returned
from chaintrace.report.amounts import figure, iso, per_cent, prose, unit
from chaintrace.report.claims import used_tags
from chaintrace.report.credited import Memos, Ranked, assets_of
from chaintrace.report.endpoints import could_change, route, why
from chaintrace.report.interface import Cell, Report
from chaintrace.report.markup import Child, Html, code, joined, moment, origin, short, table, tag
from chaintrace.report.mixed_scripts import marked
from chaintrace.report.sentence import positional, reasons
from chaintrace.report.spoken import method_called, one_after_another, several, source_called, words
from chaintrace.report.wording import BOOK_VALUE, NOT_REST, SPREAD, TAG_IS_CLAIM

MOST_ROWS = 200
"""Rows that the page prints of one table; the CSV files have them all."""

MOST_CREDITS = 25
"""Credits that the page prints of one endpoint."""

MOST_REASONS = 10
"""Reasons why a run is not complete that the first page lists; the rest stand with what was not followed."""


def cut(
    say: Say, rows: Sequence[Iterable[Child]], file: str, headings: Sequence[str], numbers: Iterable[int] = ()
) -> Html:
    """A table of at most `MOST_ROWS` rows, and where the rest stands."""
    left = len(rows) - MOST_ROWS
    text = several(say, left, "{number} more row in {file}.", "{number} more rows in {file}.").format(file=file)
    more = tag("p", text, class_="soft") if left > 0 else None
    return joined((table(headings, rows[:MOST_ROWS], numbers=numbers), more))


def endpoints(report: Report, rows: tuple[Ranked, ...], say: Say) -> Html:
    """Each place with what was credited to it, who says whose it is, and every credit with gross and traced value."""
    title = tag("h2", say("Endpoints and their credits"), id="endpoints")
    if not rows:
        return joined((title, tag("p", say("Nothing was credited to an address attributed to a service."))))
    tags_of = used_tags(report.inputs)
    told = list(report.tables["endpoints"].records())
    several_ran = len(report.inputs.methods) > 1
    overview = [
        _overview(rank, row, tags_of.get(row.place[1:3], ()), several_ran=several_ran, say=say)
        for rank, row in enumerate(rows, 1)
    ]
    where = words(say, "Rank", "Payment", "Address", "Attributed to", "Credited")
    ranged = words(say, "Range over methods") if several_ran else []
    headings = (*where, *ranged, *words(say, "First and last", "Hops"))
    return joined(
        (
            title,
            tag("p", say(TAG_IS_CLAIM), class_="soft"),
            cut(say, overview, "endpoints.csv", headings, (0, 4, 5, 7) if several_ran else (0, 4, 6)),
            [_credits(report, row, record, say) for row, record in zip(rows[:MOST_ROWS], told, strict=False)],
        ),
    )


def _overview(rank: int, row: Ranked, tags: tuple[Tag, ...], *, several_ran: bool, say: Say) -> tuple[Child, ...]:
    """The line of an endpoint, with its range where several methods were run."""
    name, _, address, asset = row.place
    label, first, last = row.label, iso(row.credits[0].time), iso(row.credits[-1].time)
    by = (
        say("by {source}, confidence {number}, the least of claims that differ: see tags")
        if conflicting(tags)
        else say("by {source}, confidence {number}")
    ).format(source=source_called(say, label.source), number=label.confidence)
    return (
        *(rank, origin(name), joined((code(address), _memo(row.memos, say)))),
        joined((tag("span", label.full or say("a service"), class_="entity"), " ", tag("span", by, class_="sub"))),
        tag("b", prose(row.value, asset)),
        *([f"{figure(row.low, asset)}–{figure(row.high, asset)}"] if several_ran else []),
        joined((moment(first), " ", moment(last) if last != first else None)),
        min(credit.hop for credit in row.credits),
    )


def _memo(memos: Memos, say: Say) -> Html | None:
    """The memo where it is part of the endpoint."""
    if memos is None:
        return None
    text = say("memo {memo}").format(memo=marked("; ".join(memos))) if memos else say("memo not known")
    return joined((" ", tag("span", text, class_="sub")))


def _credits(report: Report, row: Ranked, record: Mapping[str, Cell], say: Say) -> Html:
    """One endpoint with its credits. `record` is its row of endpoints.csv."""
    rank, (name, chain, address, asset) = record["rank"], row.place
    shown = [
        (
            joined((code(credit.txid), " ", say("index {index}").format(index=credit.index))),
            *(moment(iso(credit.time)), figure(credit.gross, asset), figure(credit.value, asset)),
            say(per_cent(credit.value, credit.gross)),
        )
        for credit in row.credits
    ]
    left = len(shown) - MOST_CREDITS
    title = say("{rank}. {payment} to {service}, on {chain}:").format(
        rank=rank, payment=name, service=row.label.called or say("a service"), chain=chain
    )
    told = several(
        say,
        len(shown),
        "{number} credit, {amount} of {payment} in all.",
        "{number} credits, {amount} of {payment} in all.",
    ).format(amount=prose(row.value, asset), payment=name)
    rest = several(say, left, "{number} more credit in credits.csv.", "{number} more credits in credits.csv.")
    amounts = (text.format(unit=unit(asset)) for text in words(say, "Gross, {unit}", "Traced, {unit}"))
    headings = (*words(say, "Transaction", "Time"), *amounts, say("Share"))
    return joined(
        (
            tag("h3", title, " ", code(address)),
            tag("p", told, class_="soft"),
            _in_words(report, row, record, say),
            table(headings, shown[:MOST_CREDITS], numbers=(2, 3, 4)),
            tag("p", rest, class_="soft") if left > 0 else None,
        ),
    )


def _in_words(report: Report, row: Ranked, record: Mapping[str, Cell], say: Say) -> Html:
    """Why the trace stops at an endpoint, the shortest way there, and what could change what is said of it."""
    memo, way = record["memo"], str(record["path"] or "").split(";")
    lines: tuple[tuple[str, Child], ...] = (
        (say("Why the trace stops here"), why(report.inputs, row, say)),
        (say("Memo of the credits"), marked(str(memo or ""))),
        (say("Whether there is somebody to ask for the holder"), say(route(row))),
        (say("Shortest way"), joined(joined((code(txid), " ")) for txid in way if txid)),
        (say("What could change it"), could_change(report.inputs, row, say)),
    )
    return tag("ul", (tag("li", tag("b", name), say(": "), text) for name, text in lines if text), class_="soft")


def resting(report: Report, say: Say) -> Html:
    """What the main method leaves at holdings at the end of coverage."""
    rows = [
        (
            *(origin(o.origin), short(o.asset.chain), code(o.address), code(str(o.outpoint)) if o.outpoint else None),
            tag("b", prose(o.value, o.asset)),
            *(moment(iso(o.since)), moment(iso(o.time)), o.height),
        )
        for o in report.inputs.trace.outcomes
        if isinstance(o, Resting)
    ]
    headings = words(say, "Payment", "Chain", "Address", "Output", "Resting", "Since", "As of", "Height")
    nothing = tag("p", say("Nothing rests under the main method."))
    shown = cut(say, rows, "resting.csv", headings, (4, 7)) if rows else nothing
    return joined((tag("h2", say("Resting"), id="resting"), tag("p", say(BOOK_VALUE), class_="soft"), shown))


def methods(report: Report, say: Say) -> Html:
    """The same places under every method, and whether poison reaches them."""
    assets, rows = assets_of(report.inputs), list[tuple[Child, ...]]()
    run = [method for method in ("fifo", "lifo", "libr", "haircut") if method in report.inputs.traces]
    for record in report.tables["methods"].records():
        asset = assets.get((str(record["chain"]), str(record["contract"])))
        values = [_figure(record[method], asset) for method in run]
        entity = str(record["entity"] or "")
        named = tag("span", marked(report.inputs.actors.get(entity, entity)), class_="entity")
        where = joined((named, " " if entity else "", code(str(record["address"]))))
        rows.append(
            (
                origin(str(record["origin"])),
                where,
                short(marked(str(record["asset"]))),
                *values,
                say(str(record["poison_reached"] or "")),
            )
        )
    names = [method_called(say, method, positional=positional(report.inputs.trace)) for method in run]
    headings = (*words(say, "Payment", "Address", "Asset"), *names, say("Reached by poison"))
    note = say(
        "Poison marks every address that value could have reached in what was read; it is a screen and never a sum."
    )
    nothing = tag("p", say("No endpoint is reached."))
    told = (say("{text}.").format(text=say(SPREAD)), note) if len(report.inputs.methods) > 1 else (note,)
    shown = cut(say, rows, "methods.csv", headings, range(3, 3 + len(run))) if rows else nothing
    return joined(
        (
            tag("h2", say("The same under every method"), id="methods"),
            tag("p", one_after_another(say, told)),
            shown,
        )
    )


def _figure(value: object, asset: Asset | None) -> str:
    if not isinstance(value, int):
        return ""
    return figure(value, asset) if asset is not None else str(value)


def conservation(report: Report, say: Say) -> Html:
    """The law of conservation as a table: what was followed is the sum of where it is, under every method."""
    names = words(say, "Endpoint", "Returned", "Burned", "Resting", "Fee", "Not followed", "Converted out")
    on_chain = say("on {chain}")
    chains = {asset.chain for _, asset in report.inputs.trace.totals()}
    rows = [
        (
            method_called(say, method, positional=positional(report.inputs.trace)),
            joined((origin(name), _on(on_chain.format(chain=asset.chain)) if len(chains) > 1 else None)),
            prose(sum(ends.values()), asset),
            figure(came.get((name, asset), 0), asset),
            *(figure(ends[outcome], asset) for outcome in OUTCOMES),
        )
        for method in report.inputs.methods
        for came in (report.inputs.traces[method].converted_in(),)
        for (name, asset), ends in report.inputs.traces[method].totals().items()
    ]
    headings = (*words(say, "Method", "Payment", "Followed", "Of it converted in"), *names)
    law = say(
        "For each payment, asset and method, what was followed (the payment, and what came in by conversions) equals "
        "the sum of the columns from Endpoint on, to the unit."
    )
    table_of = cut(say, rows, "reconciliation.csv", headings, range(2, 11))
    return joined((tag("h2", say("Conservation"), id="conservation"), tag("p", law), table_of, _returned(report, say)))


def _returned(report: Report, say: Say) -> Html | None:
    """To which addresses the main method returned value (M22): the table of conservation has its sum alone."""
    found: dict[tuple[str, Asset, str], int] = {}
    for one in report.inputs.trace.outcomes:
        if isinstance(one, Returned):
            key = (one.origin, one.asset, one.address)
            found[key] = found.get(key, 0) + one.value
    if not found:
        return None
    method = method_called(say, report.inputs.method, positional=positional(report.inputs.trace))
    text = say("Under {method}, this was returned to addresses declared as the victim's:").format(method=method)
    largest = sorted(found.items(), key=lambda one: -one[1])
    rows = [(origin(name), code(address), prose(value, asset)) for (name, asset, address), value in largest]
    return joined((tag("p", text), cut(say, rows, "hops.csv", words(say, "Payment", "Address", "Amount"), (2,))))


def _on(text: str) -> Html:
    return tag("span", " ", text, class_="sub")


def not_followed(report: Report, say: Say) -> Html:
    """What was left alone, by reason, the largest first."""
    found = sorted(
        (o for o in report.inputs.trace.outcomes if isinstance(o, NotFollowed)), key=lambda o: (o.reason, -o.value)
    )
    rows = [
        (say(o.reason), origin(o.origin), code(o.address), code(o.txid), prose(o.value, o.asset), moment(iso(o.time)))
        for o in found
    ]
    headings = words(say, "Reason", "Payment", "Arrived at", "In transaction", "Amount", "Time")
    nothing = tag("p", say("Everything was followed."))
    shown = cut(say, rows, "not_followed.csv", headings, (4,)) if rows else nothing
    caution = tag("p", say(NOT_REST), class_="soft") if rows else None
    return joined((tag("h2", say("Not followed"), id="left"), caution, shown, _reasons(report, say)))


def _reasons(report: Report, say: Say) -> Html | None:
    """The reasons why the run is not complete for which the first page has no room."""
    rest = reasons(report.inputs, say)[MOST_REASONS:]
    if not rest:
        return None
    summary = tag("summary", say("More reasons why the run is not complete"))
    return tag("details", summary, tag("ul", (tag("li", text) for text in rest)))
