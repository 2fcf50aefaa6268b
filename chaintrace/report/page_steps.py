"""The pencil's pages: each step with the pool before, what was taken and what was kept, by origin and by lot."""

from collections.abc import Sequence

from chaintrace.i18n import Say
from chaintrace.model.chain import Asset
from chaintrace.model.trace import Lot, Origin, Step
from chaintrace.report.amounts import figure, iso, prose, unit
from chaintrace.report.credited import Ranked
from chaintrace.report.interface import Report
from chaintrace.report.markup import Html, code, joined, table, tag
from chaintrace.report.paths import MOST_PATHS, Path, paths
from chaintrace.report.remaining import spender
from chaintrace.report.spoken import enumerated, method_told, several, words

SHOWN_LOTS = 6
"""Lots that are printed at each end of a long pool; the ones between are summed."""


def steps(report: Report, rows: tuple[Ranked, ...], say: Say) -> Html:
    """The ways of the largest credits, then every step on them once, in chain order."""
    found = paths(report.inputs, rows)
    title = tag("h2", say("Steps that can be checked with a pencil"), id="steps")
    if not found:
        nothing = say("No step is printed here; hops.csv holds every movement of traced value.")
        return joined((title, tag("p", nothing)))
    distinct = {(s.step, s.transaction.chain, s.transaction.txid, s.index): s for path in found for s in path.steps}
    ordered = sorted(distinct.values(), key=lambda s: (s.step, s.index))
    lead = say(
        "For each of the first {number} endpoints: the way of its largest credit, back along the largest arrivals. "
        "Rule: {rule} In each step, before = taken + kept. Unidentified is value that this case does not claim, "
        "whoever's it is. Every other movement of traced value stands in hops.csv."
    ).format(number=MOST_PATHS, rule=method_told(say, report.inputs.method))
    return joined(
        (
            title,
            tag("p", lead),
            tag("ol", (tag("li", _way(path, say)) for path in found)),
            [_step(step, say) for step in ordered],
        ),
    )


def _way(path: Path, say: Say) -> Html:
    origin, _, address, asset = path.row.place
    numbers = enumerated(say, (str(step.step) for step in path.steps))
    by = several(say, len(path.steps), "by step {steps}", "by steps {steps}").format(steps=numbers)
    begins = joined((say("the payment"), " ", code(path.seed.txid))) if path.seed else say("where the kept steps begin")
    to, stop = say("to"), path.row.label.called or say("a stop")
    return joined(
        (
            *(tag("b", origin), f" {to} {stop} ", code(address), ": "),
            *(say("{amount} from").format(amount=prose(path.credit.value, asset)), " ", begins, f" {by}."),
        ),
    )


def _step(step: Step, say: Say) -> Html:
    transaction, asset = step.transaction, step.asset
    height = say("height {height}").format(height=transaction.height) + ", " if transaction.height is not None else ""
    title = say("Step {number}: {when}").format(
        number=step.step, when=height + (iso(transaction.time) or say("time not known"))
    )
    origins = dict.fromkeys(lot.origin for lots in (step.before, step.taken, step.kept) for lot in lots)
    ordered = sorted(origins, key=lambda origin: (origin is None, origin or ""))
    rows: list[tuple[Html | str, ...]] = [
        (
            origin or say("unidentified"),
            *(figure(_of(lots, origin), asset) for lots in (step.before, step.taken, step.kept)),
        )
        for origin in ordered
    ]
    rows.append(
        (tag("b", say("all")), *(tag("b", figure(_all(lots), asset)) for lots in (step.before, step.taken, step.kept)))
    )
    pool = (say("From the pool"), " ", code(step.pool), f" {say('to')} ", code(step.to) or say("nobody"))
    index = say("index {index}").format(index=step.index)
    sender = spender(transaction, step.pool)
    return tag(
        "section",
        tag("h3", title),
        tag(
            "p",
            *(*pool, f", {unit(asset)}; ", say("transaction"), " ", code(transaction.txid), f" {index}"),
            joined((", ", say("sent by"), " ", code(sender))) if sender else "",
            ".",
        ),
        table(words(say, "Origin", "Before", "Taken", "Kept"), rows, numbers=(1, 2, 3)),
        tag("p", say("Lots before, oldest first:"), " ", _lots(step.before, asset, say), class_="sub"),
        tag("p", say("Lots taken:"), " ", _lots(step.taken, asset, say), class_="sub"),
        class_="step",
    )


def _of(lots: Sequence[Lot], origin: Origin) -> int:
    return sum(lot.value for lot in lots if lot.origin == origin)


def _all(lots: Sequence[Lot]) -> int:
    return sum(lot.value for lot in lots)


def _lots(lots: Sequence[Lot], asset: Asset, say: Say) -> str:
    """Lots in order; in the middle of a long list their number and sum."""
    if len(lots) <= 2 * SHOWN_LOTS + 1:
        return _told(lots, asset, say)
    middle = lots[SHOWN_LOTS:-SHOWN_LOTS]
    between = say("[{number} lots, together {amount}]").format(
        number=f"{len(middle):,}", amount=figure(_all(middle), asset)
    )
    return f"{_told(lots[:SHOWN_LOTS], asset, say)} + {between} + {_told(lots[-SHOWN_LOTS:], asset, say)}"


def _told(lots: Sequence[Lot], asset: Asset, say: Say) -> str:
    of = say("{amount} of {payment}")
    return " + ".join(
        of.format(amount=figure(lot.value, asset), payment=lot.origin)
        if lot.origin
        else f"{figure(lot.value, asset)} {say('unidentified')}"
        for lot in lots
    )
