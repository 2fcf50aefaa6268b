"""The tables of what was credited: endpoints, their credits, and the same places under every method."""

from collections.abc import Mapping
from dataclasses import dataclass

from chaintrace.adapters.assets import native_asset
from chaintrace.model.attribution import Grade, Tag, grade, stated_confidence
from chaintrace.model.chain import Asset
from chaintrace.model.finding import UNION, AnyFinding
from chaintrace.model.trace import Endpoint, Trace
from chaintrace.report.amounts import amount, iso, scaled, share
from chaintrace.report.columns import COLUMNS
from chaintrace.report.conversions import behind, is_bridge
from chaintrace.report.interface import Cell, Inputs, Table
from chaintrace.report.mixed_scripts import marked

Place = tuple[str, str, str, Asset]
"""Origin, chain, address, asset: what one row of endpoints.csv is about, where no memo tells accounts apart."""

Memos = tuple[str, ...] | None
"""The memos that are part of an endpoint: none where none is known, None on chains that tell nobody apart by them."""

GRADES = ("corroborated", "attributed", "claimed", "")
"""How well a label is supported, the best first; last what nobody says anything of."""

ALLOCATING = ("fifo", "lifo", "libr", "haircut")
"""The methods that have a column in methods.csv."""


CODE = frozenset({"defi", "defi_dex", "defi_lending", "defi_derivative"})
"""Categories of tags that stop nothing and say whose code it is at which a rule stopped the trace."""

MIXER = "mixer"
"""The rule whose endpoints are mixers and no services that keep accounts."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a report says of a place: the most confident claim, or the rule that made it a stop.

    `service` is the address of the service behind it that a rule found; `grade` how well the claim is supported: ""
    where there is none.
    """

    entity: str = ""
    category: str = ""
    confidence: int = 0
    source: str = ""
    label: str = ""
    actor_label: str = ""
    service: str = ""
    grade: str = ""

    @property
    def called(self) -> str:
        """The entity as a person calls it: the actor's label where an actor pack gives one. Look-alikes are marked."""
        return marked(self.actor_label or self.entity)

    @property
    def full(self) -> str:
        """The same, with the claim's own label where that says more: `Huobi (Huobi 1)`, `Huobi (swept to Huobi 1)`."""
        said = f"swept to {self.label}" if self.label and self.service else self.label
        return f"{self.called} ({marked(said)})" if said and marked(said) != self.called else self.called


@dataclass(frozen=True, slots=True)
class Ranked:
    """An endpoint of the main method with its credits in chain order, and its ends over the methods run.

    Where memos are part of an endpoint, credits and ends are those of this one's memos alone.
    """

    place: Place
    label: Label
    credits: tuple[Endpoint, ...]
    low: int
    high: int
    memos: Memos = None

    @property
    def value(self) -> int:
        """What was credited under the main method, in base units."""
        return sum(credit.value for credit in self.credits)


def place(outcome: Endpoint) -> Place:
    """The place that an endpoint is at."""
    return (outcome.origin, outcome.asset.chain, outcome.address, outcome.asset)


def memos_of(inputs: Inputs, credit: Endpoint) -> tuple[str, ...]:
    """What was written beside a credit; of one into a bridge, what is known of its other side."""
    if credit.continues is not None:
        return (behind(credit.continues),)
    return inputs.memos.get((credit.asset.chain, credit.txid, credit.index), ())


def _told_apart(inputs: Inputs, credit: Endpoint) -> tuple[Place, Memos]:
    """What makes a credit one of this endpoint and of no other."""
    is_told = credit.continues is not None or credit.asset.chain in inputs.memo_chains
    return place(credit), memos_of(inputs, credit) if is_told else None


def label_of(inputs: Inputs, chain: str, address: str, tags: tuple[Tag, ...] = (), rule: str = "") -> Label:
    """Whose an address is said to be: by the rule that stops there, else by the most confident tag, else by a rule.

    A tag that stops comes before one that only says something more. Of a rule that names nobody, a tag says whose code
    it is, where one does. Where tags contradict each other, the confidence is
    the least of theirs.
    """
    known = tags or inputs.tags.get((chain, address), ())
    if known and not rule:
        return _claimed(inputs, known, _best(known))
    found = finding_of(inputs, chain, address, rule)
    code = tuple(tag for tag in known if tag.category in CODE)
    if code and found is not None and not found.object:
        return _claimed(inputs, known, _best(code))
    return _found(inputs, found) if found is not None else Label(source=f"rule {rule}" if rule else "")


def _claimed(inputs: Inputs, known: tuple[Tag, ...], best: Tag) -> Label:
    """What the best of the tags of an address says of it, at the confidence that all of them leave."""
    called = inputs.actors.get(best.actor, "")
    said = (best.says, best.category, stated_confidence(known), best.source, best.label, called)
    return Label(*said, grade=grade(known, best))


def _best(tags: tuple[Tag, ...]) -> Tag:
    """The most confident tag that stops, else the most confident one; of equals the first."""
    return max([tag for tag in tags if tag.stops] or tags, key=lambda tag: tag.confidence)


def _found(inputs: Inputs, found: AnyFinding) -> Label:
    """What a rule says of a place: the service whose wallet it names, by the tags of that wallet; else its own word."""
    behind = inputs.tags.get((found.chain, found.object), ()) if found.object else ()
    if not behind:
        worth = "claimed" if found.object else ""  # a rule that names nobody supports no name
        category = "mixing_service" if found.rule == MIXER else "service"
        return Label(found.object, category, found.confidence, f"rule {found.rule}", grade=worth)
    tag = _best(behind)
    called = inputs.actors.get(tag.actor, "")
    said = (tag.says, tag.category, found.confidence, f"rule {found.rule}", tag.label, called, found.object)
    return Label(*said, grade=max(grade(behind, tag), carried(inputs, found), key=GRADES.index))


def said_of(inputs: Inputs, credit: Endpoint) -> Label:
    """What is said of the place of a credit."""
    return _bridge(inputs, credit) or label_of(inputs, credit.asset.chain, credit.address, credit.tags, credit.rule)


def _bridge(inputs: Inputs, credit: Endpoint) -> Label | None:
    """What is said of a bridge into which value went, and of which nobody holds the other side: its protocol."""
    said = credit.continues
    if said is None:
        return None
    worth = carried(inputs, said)
    category, called = ("defi_bridge", "a bridge") if is_bridge(said) else ("defi_dex", "a protocol")
    return Label(said.protocol or called, category, said.confidence, f"rule {said.rule}", grade=worth)


def carried(inputs: Inputs, found: AnyFinding) -> Grade:
    """The best grade that a rule can give to the address that it found, however well the wallet behind is known.

    No list names the address itself, so it is never corroborated: at most attributed, by one inference from the label.
    A rule below `UNION` makes leads: what it says is no more than claimed.
    """
    surest = max((rule.confidence for rule in inputs.rules if rule.id == found.rule), default=found.confidence)
    return "attributed" if surest >= UNION else "claimed"


def finding_of(inputs: Inputs, chain: str, address: str, rule: str = "") -> AnyFinding | None:
    """The most confident service that rules found at an address; that of `rule` where it spoke."""
    spoken = [one for one in inputs.findings if (one.kind, one.chain, one.subject) == ("service", chain, address)]
    spoken = [one for one in spoken if not rule or one.rule == rule] or spoken
    return max(spoken, key=lambda one: (bool(one.object), one.confidence), default=None)


def sums(trace: Trace) -> dict[Place, int]:
    """What a method credits to each place, in base units."""
    found: dict[Place, int] = {}
    for outcome in trace.outcomes:
        if isinstance(outcome, Endpoint):
            found[place(outcome)] = found.get(place(outcome), 0) + outcome.value
    return found


def ranked(inputs: Inputs) -> tuple[Ranked, ...]:
    """The main method's endpoints: by the grade of the evidence, the least amount over the methods, then age."""
    per_method = [_credits_of(inputs, method) for method in inputs.methods]
    rows = []
    for key, found in per_method[0].items():
        ends = [sum(credit.value for credit in credited.get(key, ())) for credited in per_method]
        where, memos = key
        label = said_of(inputs, found[0])
        rows.append(Ranked(where, label, tuple(found), min(ends), max(ends), memos))
    return tuple(sorted(rows, key=_rank))


def _credits_of(inputs: Inputs, method: str) -> dict[tuple[Place, Memos], list[Endpoint]]:
    """What a method credits to each endpoint."""
    found: dict[tuple[Place, Memos], list[Endpoint]] = {}
    for outcome in inputs.traces[method].outcomes:
        if isinstance(outcome, Endpoint):
            found.setdefault(_told_apart(inputs, outcome), []).append(outcome)
    return found


def _rank(row: Ranked) -> tuple[object, ...]:
    origin, chain, address, asset = row.place
    first = row.credits[0].time
    age = (first is None, first or 0)
    support = GRADES.index(row.label.grade)
    return (support, -scaled(row.low, asset.decimals), age, origin, chain, address, asset.contract, row.memos or ())


def credits_table(inputs: Inputs, rows: tuple[Ranked, ...]) -> Table:
    """credits.csv: by rank, then in chain order."""
    found: list[tuple[Cell, ...]] = []
    for rank, row in enumerate(rows, 1):
        origin, chain, address, asset = row.place
        found.extend(
            (
                *(rank, origin, chain, address, credit.txid, credit.index, iso(credit.time)),
                *(asset.name, asset.contract, asset.decimals, credit.gross, amount(credit.gross, asset.decimals)),
                *(credit.value, amount(credit.value, asset.decimals), share(credit.value, credit.gross)),
                "; ".join(memos_of(inputs, credit)),
            )
            for credit in row.credits
        )
    return Table("credits", COLUMNS["credits"], tuple(found))


def methods(inputs: Inputs, rows: tuple[Ranked, ...]) -> Table:
    """methods.csv: every place that any method credits or poison reaches, the main method's first, by rank.

    A place is an address here, whatever memos its credits have: their sum.
    """
    per_method = {method: sums(inputs.traces[method]) for method in inputs.methods if method in ALLOCATING}
    places = list(dict.fromkeys(row.place for row in rows))
    others = {where for found in per_method.values() for where in found} - set(places)
    assets = assets_of(inputs)
    known = {(origin, chain, address, asset.contract) for origin, chain, address, asset in (*places, *others)}
    for origin, chain, address, contract in inputs.screen.reached - known:
        unnamed = Asset(chain, contract, contract) if contract else native_asset(chain)
        others.add((origin, chain, address, assets.get((chain, contract), unnamed)))
    places.extend(sorted(others, key=lambda where: (*where[:3], where[3].contract)))
    labels = {row.place: row.label for row in reversed(rows)}
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
