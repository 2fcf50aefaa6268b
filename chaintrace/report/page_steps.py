"""The pencil's pages: each step with the pool before, what was taken and what was kept, by origin and by lot."""

from collections.abc import Sequence

from chaintrace.model.chain import Asset
from chaintrace.model.trace import Lot, Origin, Step
from chaintrace.report.amounts import figure, iso, prose, unit
from chaintrace.report.credited import Ranked
from chaintrace.report.interface import Report
from chaintrace.report.markup import Html, code, joined, table, tag
from chaintrace.report.paths import MOST_PATHS, Path, paths
from chaintrace.report.remaining import spender
from chaintrace.report.wording import METHOD_TEXTS, counted, listed, method_name

SHOWN_LOTS = 6
"""Lots that are printed at each end of a long pool; the ones between are summed."""

UNIDENTIFIED = "unidentified"


def steps(report: Report, rows: tuple[Ranked, ...]) -> Html:
    """The ways of the largest credits, then every step on them once, in chain order."""
    found = paths(report.inputs, rows)
    title = tag("h2", "Steps that can be checked with a pencil", id="steps")
    if not found:
        return joined((title, tag("p", "No step is printed here; hops.csv holds every movement of traced value.")))
    distinct = {(s.step, s.transaction.chain, s.transaction.txid, s.index): s for path in found for s in path.steps}
    ordered = sorted(distinct.values(), key=lambda s: (s.step, s.index))
    method = report.inputs.method
    return joined(
        (
            title,
            tag(
                "p",
                f"For each of the first {MOST_PATHS} endpoints: the way of its largest credit, back along the largest "
                f"arrivals. Rule: {METHOD_TEXTS.get(method, method_name(method))} In each step, before = taken + kept. "
                "Unidentified is value that this case does not claim, whoever's it is. "
                "Every other movement of traced value stands in hops.csv.",
            ),
            tag("ol", (tag("li", _way(path)) for path in found)),
            [_step(step) for step in ordered],
        ),
    )


def _way(path: Path) -> Html:
    origin, _, address, asset = path.row.place
    word = "step" if len(path.steps) == 1 else "steps"
    numbers = listed(str(step.step) for step in path.steps)
    begins = joined(("the payment ", code(path.seed.txid))) if path.seed else "where the kept steps begin"
    return joined(
        (
            *(tag("b", origin), " to ", path.row.label.called or "a stop", " ", code(address), ": "),
            *(f"{prose(path.credit.value, asset)} from ", begins, f" by {word} {numbers}."),
        ),
    )


def _step(step: Step) -> Html:
    transaction, asset = step.transaction, step.asset
    height = f"height {transaction.height}, " if transaction.height is not None else ""
    origins = dict.fromkeys(lot.origin for lots in (step.before, step.taken, step.kept) for lot in lots)
    ordered = sorted(origins, key=lambda origin: (origin is None, origin or ""))
    rows: list[tuple[Html | str, ...]] = [
        (origin or UNIDENTIFIED, *(figure(_of(lots, origin), asset) for lots in (step.before, step.taken, step.kept)))
        for origin in ordered
    ]
    rows.append(
        (tag("b", "all"), *(tag("b", figure(_all(lots), asset)) for lots in (step.before, step.taken, step.kept)))
    )
    return tag(
        "section",
        tag("h3", f"Step {step.step}: {height}{iso(transaction.time) or 'time not known'}"),
        tag(
            "p",
            "From the pool ",
            code(step.pool),
            " to ",
            code(step.to) or "nobody",
            f", {unit(asset)}; ",
            "transaction ",
            code(transaction.txid),
            " index ",
            step.index,
            joined((", sent by ", code(sender))) if (sender := spender(transaction, step.pool)) else "",
            ".",
        ),
        table(("Origin", "Before", "Taken", "Kept"), rows, numbers=(1, 2, 3)),
        tag("p", "Lots before, oldest first: ", _lots(step.before, asset), class_="sub"),
        tag("p", "Lots taken: ", _lots(step.taken, asset), class_="sub"),
        class_="step",
    )


def _of(lots: Sequence[Lot], origin: Origin) -> int:
    return sum(lot.value for lot in lots if lot.origin == origin)


def _all(lots: Sequence[Lot]) -> int:
    return sum(lot.value for lot in lots)


def _lots(lots: Sequence[Lot], asset: Asset) -> str:
    """Lots in order; in the middle of a long list their number and sum."""
    if len(lots) <= 2 * SHOWN_LOTS + 1:
        return _told(lots, asset)
    middle = lots[SHOWN_LOTS:-SHOWN_LOTS]
    between = f"[{counted(len(middle), 'lot')}, together {figure(_all(middle), asset)}]"
    return f"{_told(lots[:SHOWN_LOTS], asset)} + {between} + {_told(lots[-SHOWN_LOTS:], asset)}"


def _told(lots: Sequence[Lot], asset: Asset) -> str:
    return " + ".join(
        f"{figure(lot.value, asset)} {f'of {lot.origin}' if lot.origin else UNIDENTIFIED}" for lot in lots
    )
