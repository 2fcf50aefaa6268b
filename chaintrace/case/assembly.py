"""From an opened case to what a report is made from: every method's trace, the screen, and all that stands beside."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import NamedTuple

from chaintrace import tracing
from chaintrace.adapters.assets import asset
from chaintrace.adapters.interface import SourceSpec
from chaintrace.adapters.network import Endpoint
from chaintrace.case.budgets import said as budgets_said
from chaintrace.case.clusters import of_traces, tags_of_members
from chaintrace.case.config import CaseConfig
from chaintrace.case.issuer_states import at_issuers
from chaintrace.case.links import CONFIDENCE, DOCUMENTED, TEXT, accepted, unmet
from chaintrace.case.listed import listed
from chaintrace.case.measured import measured
from chaintrace.case.memos import memos, missing_memos, told_apart
from chaintrace.case.noise import left_out, noise_notes
from chaintrace.case.not_continued import explained, not_continued_notes
from chaintrace.case.reached import Reached, met
from chaintrace.case.relevance import confined, network_gaps
from chaintrace.case.return_addresses import of_others
from chaintrace.case.rooms import Rooms
from chaintrace.case.rules import Observer, RuleSet, Said, by_subject, continuations, said, services
from chaintrace.case.sure_tags import sure
from chaintrace.case.unnamed_tokens import split, unnamed
from chaintrace.case.unread import unread
from chaintrace.case.view import CaseView
from chaintrace.case.way_back import way_back
from chaintrace.errors import InputError
from chaintrace.model.attribution import Tag
from chaintrace.model.finding import AnyFinding, Heuristic
from chaintrace.model.provenance import Coverage
from chaintrace.model.trace import Limits, Trace
from chaintrace.model.transaction import Transaction
from chaintrace.model.view import Missing
from chaintrace.report import AsOf, Inputs, RuleLine, SourceLine
from chaintrace.report.interface import METHOD_VERSION
from chaintrace.report.wording import NOT_MEASURED
from chaintrace.resources import read_table
from chaintrace.store import Network, Store

SCREENED = (
    "Poison was screened over what was fetched for the methods of this case, and no further: of an address that it "
    "does not name, nothing is said."
)
"""How far a screen reaches where facts come from a network."""


LEFT_CHAIN = "Re-organisation"
"""How the note of a report begins on a block that left its chain."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of an opened case: the methods in order, the main one first, and whether backward as well."""

    config: CaseConfig
    methods: tuple[str, ...]
    backward: bool = False


def assembled(
    question: Question, rooms: Rooms, chosen: RuleSet, observer: Observer, made: "Stopped | None" = None
) -> Inputs:
    """Trace under every method and gather what the report needs. Raises InputError for a seed that is not there.

    `made` are the traces under the rules, where the caller has them already.
    """
    config = question.config
    view, traces, found, _ = made or stopped(question, rooms.view, chosen.rules, observer)
    seeds, limits, options = config.seeds, config.limits, config.options
    whole, view = view, confined(view, seeds, traces.values())
    observer("screen")
    screen = tracing.screen(view, seeds, limits, options)
    way = way_back(config, whole, chosen.rules) if question.backward else None
    before = way.before if way else None
    asked = tuple(dict.fromkeys(one.chain for one in config.networks))
    observer("sensitivities")
    apart = split(rooms.ground.held, traces.values())
    written = memos(view, traces.values())
    used = used_tags(view, traces.values(), services(found))
    control = of_traces(config, view, found)
    return Inputs(
        case=config.name,
        methods=question.methods,
        traces=traces,
        screen=screen,
        limits=limits,
        options=options,
        tags={**used, **tags_of_members(view, control, traces.values())},
        findings=(*found, *(one for one in way.links if one not in found)) if way else found,
        sources=(
            *(source_line(spec, view) for spec in config.sources),
            *(network_line(endpoint, view) for endpoint in config.networks),
        ),
        gaps=tuple(dict.fromkeys((*view.gaps, *apart, *network_gaps(view, before), *(before.gaps if before else ())))),
        sensitivities=tracing.sensitivities(view, seeds, traces, limits, options, wallets=config.wallets),
        shares=before.shares if before is not None else None,
        as_of=as_of(view.coverages, limits.until),
        rules=(*(rule_line(rule) for rule in chosen.rules), *document_lines(config)),
        versions={"chaintrace": version("chaintrace"), "method": METHOD_VERSION},
        caip2={chain: ids for chain in config.chains if (ids := caip2().get(chain))},
        notes=(
            *rooms.notes,
            *idle_limits(limits, view),
            *map(str, unnamed(rooms.ground.held)),
            *of_others(seeds, traces.values()),
            *missing_memos(written, traces.values()),
            *listed(used, traces.values()),
            *noise_notes(found, view, traces.values()),
            *left_out(before),
            *not_continued_notes(found),
            *unmet(config.linked, found),
            *((budgets_said(config.budgets, asked), SCREENED) if config.networks else ()),
            *reorganised(rooms.ground.store, asked),
        ),
        note=config.note,
        actors=rooms.called(),
        at_issuers=at_issuers(view, traces.values()),
        memos=written,
        memo_chains=told_apart(),
        control=control,
    )


def reorganised(store: Store, chains: Iterable[str]) -> Iterator[str]:
    """A sentence for each block that left its chain since the case was first followed.

    It changes no figure: what the block held was asked for again. But an earlier report may have rested on it.
    """
    for chain in chains:
        for block, at in store.left(chain):
            height = "" if block.height is None else f" at height {block.height}"
            yield (
                f"{LEFT_CHAIN}: the block {block.hash}{height} of {chain} was found no longer to be part of the chain "
                f"on {at:%Y-%m-%d at %H:%M:%S} UTC. What it held was asked for again, and nothing here rests on it."
            )


def traced(question: Question, view: CaseView, observer: Observer) -> dict[str, Trace]:
    """The trace of every method, the main one with its steps. Complaints about a seed say where it stands."""
    config = question.config
    traces: dict[str, Trace] = {}
    for number, method in enumerate(question.methods):
        observer(f"trace: {method}", number, len(question.methods))
        try:
            traces[method] = tracing.trace(view, config.seeds, method, config.limits, config.options, steps=number == 0)
        except InputError as error:
            raise placed(error, config) from error
    return traces


def placed(error: InputError, config: CaseConfig) -> InputError:
    """The complaint of the tracer with the file and line of the seed that it names."""
    if error.path is None:
        for seed, path, line in config.placed_seeds:
            if seed.txid in error.sentence:
                return InputError(error.sentence, path=path, line=line)
    return error


class Stopped(NamedTuple):
    """The traces under the rules: the view that knows the services found, and what was found of what they meet.

    `lacking` is what rules asked for and nobody holds: histories, and what lies behind a continuation.
    """

    view: CaseView
    traces: dict[str, Trace]
    findings: tuple[AnyFinding, ...]
    lacking: tuple[Missing, ...] = ()


def stopped(question: Question, view: CaseView, rules: tuple[Heuristic, ...], observer: Observer) -> Stopped:
    """Trace, ask the rules about what was reached, and trace again until no more services are found.

    A service only shortens a trace, but for `max_transactions`: what is not counted any more lets others be counted. A
    continuation makes it longer. So rounds go on while something new is reached. They end, for the facts do; and what
    they end with is the trace that stops wherever a rule speaks, whichever round found it, and goes on by what the last
    round said. The links of the case are followed from the beginning.
    """
    documents: tuple[AnyFinding, ...] = question.config.links
    under = view.with_findings(by_subject(documents)) if documents else view
    traces = traced(question, under, observer)
    if not rules:
        return Stopped(under, traces, met(documents, traces.values(), ()))
    limits, reached, stops = question.config.limits, Reached(), dict[AnyFinding, None]()
    seen, heard, links = sure(view.until(limits.until), limits.min_tag_confidence), Said(()), continuations(())
    while reached.grow(traces.values()):
        near = confined(seen, question.config.seeds, traces.values())  # what else was fetched is left to chance
        heard = said(reached.transactions, reached.accounts, rules, near, observer)
        heard = heard._replace(findings=accepted(heard.findings, question.config.linked.accepted))
        known, before = len(stops), links
        stops.update(dict.fromkeys(services(heard.findings)))
        links = continuations(heard.findings)
        if len(stops) == known and links == before:
            break
        under = view.with_findings(by_subject((*documents, *links, *stops)))
        traces = traced(question, under, observer)
    found = explained(met((*documents, *heard.findings), traces.values(), rules))
    follows = any(rule.stage == "continuations" for rule in rules)
    asked = tuple(unread(reached.transactions, view)) if follows else ()
    return Stopped(under, traces, found, (*heard.lacking, *asked))


def transactions(traces: Iterable[Trace]) -> tuple[Transaction, ...]:
    """The transactions that carry traced value, each once, in the order of the traces."""
    found = {(hop.asset.chain, hop.txid): hop.transaction for trace in traces for hop in trace.hops if hop.transaction}
    return tuple(found.values())


def idle_limits(limits: Limits, view: CaseView) -> Iterator[str]:
    """A sentence for each asset of `min_value` that no source holds, by its contract or by what reports call it."""
    for chain, key in limits.min_value:
        held = view.assets(chain)
        if key not in {one.contract for one in held} and (name := asset(chain, key, None).name) not in {
            one.name for one in held
        }:
            yield f"min_value names {chain}:{key or name}, of which the sources hold no movement: it changes nothing."


def used_tags(
    view: CaseView, traces: Iterable[Trace], stops: Iterable[AnyFinding] = ()
) -> Mapping[tuple[str, str], tuple[Tag, ...]]:
    """What is claimed about every address that traced value met, and of services behind them, by (chain, address)."""
    met: dict[tuple[str, str], None] = dict.fromkeys((stop.chain, stop.object) for stop in stops)
    for trace in traces:
        for hop in trace.hops:
            for joined in (hop.from_address, hop.to_address):
                met.update(dict.fromkeys((hop.asset.chain, address) for address in joined.split(";") if address))
        for outcome in trace.outcomes:
            addresses = outcome.address.split(";")
            met.update(dict.fromkeys((outcome.asset.chain, address) for address in addresses if address))
    return {key: tags for key in sorted(met) if (tags := view.tags(*key))}


def source_line(spec: SourceSpec, view: CaseView) -> SourceLine:
    """A source as the report prints it."""
    digest = next((s.sha256 for s in view.sources if (s.adapter, s.request) == (spec.adapter, spec.shown)), "")
    if spec.complete == "all":
        covers = "every address (declared in the case)"
    elif spec.complete is None:
        covers = "every address (all blocks read)"
    else:
        number = len(spec.complete)
        covers = f"{number} {'address' if number == 1 else 'addresses'} (declared in the case)"
    return SourceLine(spec.adapter, spec.shown, digest, spec.chain, covers)


def network_line(endpoint: Endpoint, view: CaseView) -> SourceLine:
    """A network source as the report prints it: whether it answered, as of which block.

    It has no digest of its own: each of its answers has one, in the archive. How many there are is left to the order
    of the answers, and so no number of a report.
    """
    heard = view.facts.heard
    network = Network(endpoint.chain, endpoint.adapter, endpoint.shown)
    covers = "what it was asked" if heard.told.get(network) else "nothing: it gave no answer"
    pin = heard.pins.get(endpoint.chain)
    tip = "" if pin is None else f", as of block {pin.tip.height} ({pin.tip.hash})"
    return SourceLine(endpoint.adapter, endpoint.shown, "", endpoint.chain, f"{covers}{tip}")


def as_of(coverages: Iterable[Coverage], until: int | None) -> dict[str, AsOf]:
    """Where the facts of each chain end: the last coverage, or the case's `until` where that is earlier."""
    ends: dict[str, Coverage] = {}
    for coverage in coverages:
        if coverage.chain not in ends or coverage.end > ends[coverage.chain].end:
            ends[coverage.chain] = coverage
    return {chain: AsOf(*end.as_of(until)) for chain, end in ends.items()}


def rule_line(rule: Heuristic) -> RuleLine:
    """A rule as the report prints it: its docstring is its text."""
    text = " ".join((rule.rule.__doc__ or "").split())
    return RuleLine(rule.id, rule.version, rule.confidence, text, measured().get(rule.id, NOT_MEASURED))


def document_lines(config: CaseConfig) -> Iterator[RuleLine]:
    """The rule of the links of a case, where it has any and follows them."""
    if config.links:
        yield RuleLine(DOCUMENTED, 1, CONFIDENCE, TEXT)


@cache
def caip2() -> Mapping[str, str]:
    """The CAIP-2 id of every chain that chains.toml knows."""
    table = read_table("chains.toml")
    return {chain: str(entry["id"]) for chain, entry in table.items()}
