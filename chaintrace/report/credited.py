"""The tables of what was credited: endpoints, their credits, and the same places under every method."""

from collections.abc import Mapping
from dataclasses import dataclass

from chaintrace.adapters.assets import native_asset
from chaintrace.model.attribution import Tag
from chaintrace.model.chain import Asset
from chaintrace.model.trace import Endpoint, Trace
from chaintrace.report.amounts import amount, iso, scaled, share
from chaintrace.report.columns import COLUMNS
from chaintrace.report.interface import Cell, Inputs, Table

Place = tuple[str, str, str, Asset]
"""Origin, chain, address, asset: what one row of endpoints.csv is about."""

ALLOCATING = ("fifo", "lifo", "libr", "haircut")
"""The methods that have a column in methods.csv."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a report says of a place: the most confident claim, or the rule that made it a stop."""

    entity: str = ""
    category: str = ""
    confidence: int = 0
    source: str = ""
    label: str = ""
    actor_label: str = ""

    @property
    def called(self) -> str:
        """The entity as a person calls it: the actor's label where an actor pack gives one."""
        return self.actor_label or self.entity

    @property
    def full(self) -> str:
        """The same, with the claim's own label where that says more: `Huobi (Huobi 1)`."""
        return f"{self.called} ({self.label})" if self.label and self.label != self.called else self.called


@dataclass(frozen=True, slots=True)
class Ranked:
    """An endpoint of the main method with its credits in chain order, and its ends over the methods run."""

    place: Place
    label: Label
    credits: tuple[Endpoint, ...]
    low: int
    high: int

    @property
    def value(self) -> int:
        """What was credited under the main method, in base units."""
        return sum(credit.value for credit in self.credits)


def place(outcome: Endpoint) -> Place:
    """The place that an endpoint is at."""
    return (outcome.origin, outcome.asset.chain, outcome.address, outcome.asset)


def label_of(inputs: Inputs, chain: str, address: str, tags: tuple[Tag, ...] = (), rule: str = "") -> Label:
    """The most confident claim about an address; of equals the first. Without a tag, the rule that spoke."""
    known = tags or inputs.tags.get((chain, address), ())
    if known:
        best = max(known, key=lambda tag: tag.confidence)
        called = inputs.actors.get(best.actor, "")
        return Label(best.says, best.category, best.confidence, best.source, best.label, called)
    spoken = [f for f in inputs.findings if f.kind == "service" and f.subject == address and f.chain == chain]
    spoken = [finding for finding in spoken if not rule or finding.rule == rule] or spoken
    if spoken:
        best_finding = max(spoken, key=lambda finding: finding.confidence)
        return Label(best_finding.object, "service", best_finding.confidence, f"rule {best_finding.rule}")
    return Label(source=f"rule {rule}" if rule else "")


def sums(trace: Trace) -> dict[Place, int]:
    """What a method credits to each place, in base units."""
    found: dict[Place, int] = {}
    for outcome in trace.outcomes:
        if isinstance(outcome, Endpoint):
            found[place(outcome)] = found.get(place(outcome), 0) + outcome.value
    return found


def ranked(inputs: Inputs) -> tuple[Ranked, ...]:
    """The main method's endpoints: by the label's confidence, the least amount over the methods, then age."""
    by_place: dict[Place, list[Endpoint]] = {}
    for outcome in inputs.trace.outcomes:
        if isinstance(outcome, Endpoint):
            by_place.setdefault(place(outcome), []).append(outcome)
    per_method = [sums(inputs.traces[method]) for method in inputs.methods]
    rows = []
    for where, found in by_place.items():
        ends = [credited.get(where, 0) for credited in per_method]
        label = label_of(inputs, where[1], where[2], found[0].tags, found[0].rule)
        rows.append(Ranked(where, label, tuple(found), min(ends), max(ends)))
    return tuple(sorted(rows, key=_rank))


def _rank(row: Ranked) -> tuple[object, ...]:
    origin, chain, address, asset = row.place
    first = row.credits[0].time
    age = (first is None, first or 0)
    return (-row.label.confidence, -scaled(row.low, asset.decimals), age, origin, chain, address, asset.contract)


def endpoints(inputs: Inputs, rows: tuple[Ranked, ...]) -> Table:
    """endpoints.csv."""
    return Table("endpoints", COLUMNS["endpoints"], tuple(_endpoint(inputs, n, row) for n, row in enumerate(rows, 1)))


def _endpoint(inputs: Inputs, rank: int, row: Ranked) -> tuple[Cell, ...]:
    origin, chain, address, asset = row.place
    first, last, label = row.credits[0], row.credits[-1], row.label
    return (
        *(rank, origin, chain, address, "", label.entity, label.category, label.confidence, label.source),
        *(asset.name, asset.contract, asset.decimals, row.value, amount(row.value, asset.decimals)),
        *(iso(first.time), iso(last.time), first.txid, last.txid, min(credit.hop for credit in row.credits)),
        *(inputs.method, row.low, row.high, ""),
    )


def credits_table(rows: tuple[Ranked, ...]) -> Table:
    """credits.csv: by rank, then in chain order."""
    found: list[tuple[Cell, ...]] = []
    for rank, row in enumerate(rows, 1):
        origin, chain, address, asset = row.place
        found.extend(
            (
                *(rank, origin, chain, address, credit.txid, credit.index, iso(credit.time)),
                *(asset.name, asset.contract, asset.decimals, credit.gross, amount(credit.gross, asset.decimals)),
                *(credit.value, amount(credit.value, asset.decimals), share(credit.value, credit.gross)),
            )
            for credit in row.credits
        )
    return Table("credits", COLUMNS["credits"], tuple(found))


def methods(inputs: Inputs, rows: tuple[Ranked, ...]) -> Table:
    """methods.csv: every place that any method credits or poison reaches, the main method's first, by rank."""
    per_method = {method: sums(inputs.traces[method]) for method in inputs.methods if method in ALLOCATING}
    places = [row.place for row in rows]
    others = {where for found in per_method.values() for where in found} - set(places)
    assets = assets_of(inputs)
    known = {(origin, chain, address, asset.contract) for origin, chain, address, asset in (*places, *others)}
    for origin, chain, address, contract in inputs.screen.reached - known:
        others.add((origin, chain, address, assets.get((chain, contract), Asset(chain, contract, contract))))
    places.extend(sorted(others, key=lambda where: (*where[:3], where[3].contract)))
    labels = {row.place: row.label for row in rows}
    return Table(
        "methods",
        COLUMNS["methods"],
        tuple(
            (
                *(*where[:3], (labels.get(where) or label_of(inputs, where[1], where[2])).entity),
                *(where[3].name, where[3].contract),
                *(per_method[name].get(where, 0) if name in per_method else None for name in ALLOCATING),
                "yes" if (*where[:3], where[3].contract) in inputs.screen.reached else "no",
            )
            for where in places
        ),
    )


def case_key(chain: str, contract: str) -> str:
    """An asset as case.toml writes it, `chain:asset`: the native one by its symbol."""
    return f"{chain}:{contract or native_asset(chain).name}"


def assets_of(inputs: Inputs) -> Mapping[tuple[str, str], Asset]:
    """Every asset that the traces name, by (chain, contract)."""
    found: dict[tuple[str, str], Asset] = {}
    for trace in inputs.traces.values():
        for named in (*trace.claims, *trace.outcomes, *trace.hops):
            found.setdefault((named.asset.chain, named.asset.contract), named.asset)
    return found
