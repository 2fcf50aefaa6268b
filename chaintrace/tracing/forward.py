"""Follow value forward from the seeds, in chain order, under one method (M2-M27)."""

from collections.abc import Mapping

from chaintrace.accounting import pool_maker
from chaintrace.model.chain import Account
from chaintrace.model.trace import AnyOutcome, Endpoint, Limits, Options, Screen, Seed, Trace
from chaintrace.model.view import View
from chaintrace.tracing.accounts import Accounts
from chaintrace.tracing.agenda import Agenda
from chaintrace.tracing.arrivals import Arrivals
from chaintrace.tracing.claims import Claims
from chaintrace.tracing.crossings import Crossings
from chaintrace.tracing.desk import Desk
from chaintrace.tracing.links import Links, linked
from chaintrace.tracing.outputs import Outputs
from chaintrace.tracing.record import Record
from chaintrace.tracing.seeds import resolve
from chaintrace.tracing.wallets import Wallets


class Run:
    """One method's run: the record, the pools of both kinds, and the agenda between them."""

    def __init__(self, seeds: tuple[Seed, ...], desk: Desk) -> None:
        """Resolve the seeds and put their movements on the agenda. Raises InputError for a seed that cannot be."""
        self.record = desk.record
        self.starts = resolve(desk.view, seeds, desk.limits.until)
        self.agenda = desk.agenda
        self.accounts = Accounts(desk)
        self.outputs = Outputs(desk)
        self.record.keep(self.starts.gaps)
        self.crossings = desk.crossings
        for movement in (*desk.links.in_order(self.starts.movements), *desk.links.movements()):
            self.agenda.add(movement)
        for lacking in desk.links.missing:
            self.record.lacks(lacking)

    def go(self) -> Trace:
        """See every movement that traced value can reach, then what rests. Raises AssertionError on a lost unit."""
        crossings = self.crossings
        claim = Claims(self.record, self.starts, crossings.legs())
        for movement in crossings.seen(self.agenda) if crossings else self.agenda:
            if movement.transfer.kind == "utxo":
                self.outputs.spend(movement, claim)
            else:
                self.accounts.move(movement, claim)
        self.accounts.rest()
        self.record.resting.sort(key=_arrival)
        record = self.record
        trace = Trace(
            record.method,
            tuple(record.claims),
            tuple(record.hops),
            (*record.outcomes, *record.resting),
            record.gaps,
            record.missing,
            tuple(record.steps),
            tuple(self.starts.left_out),
            crossings.conversions(),
        )
        if record.method != "poison":
            _balance(trace)
        return trace


def _arrival(rest: AnyOutcome) -> tuple[int, str, str, str, str]:
    """What rests is told in the order of its first arrival, so that a chain of payments reads from its beginning."""
    return rest.step, rest.asset.chain, rest.asset.contract, rest.address, rest.txid


def _balance(trace: Trace) -> None:
    """Assert the law of conservation (M26): a trace that does not balance is a bug, never a footnote."""
    claimed, came_in = trace.claimed(), trace.converted_in()
    for key, row in trace.totals().items():
        if sum(row.values()) != claimed.get(key, 0) + came_in.get(key, 0):
            origin, asset = key
            message = (
                f"{trace.method}, {origin}, {asset.contract or asset.name}: claimed {claimed.get(key, 0)}, "
                f"converted in {came_in.get(key, 0)}, found {row}"
            )
            raise AssertionError(message)


def laid(  # noqa: PLR0917  # each is one thing that a run rests on
    view: View,
    seeds: tuple[Seed, ...],
    record: Record,
    limits: Limits,
    options: Options,
    openings: Mapping[Account, int],
) -> Desk:
    """What one run works with, laid out: nothing has been seen yet."""
    arrivals = Arrivals(view, seeds, limits, record)
    wallets = Wallets(options, arrivals.stop)
    links = linked(view, limits.until, wallets)
    crossings = Crossings(links, view, record)
    agenda = Agenda(limits.until)
    if crossings:
        arrivals.crossings, agenda.is_waiting = crossings, crossings.is_waiting
    maker = pool_maker(record.method, options)
    return Desk(view, limits, options, record, arrivals, agenda, maker, openings, links, crossings, wallets)


def continuations(view: View, limits: Limits, options: Options) -> Links:
    """The continuations that a trace under these limits and options looks at, those that it does not follow too."""
    stop = Arrivals(view, (), limits, Record("fifo", steps=False)).stop
    return linked(view, limits.until, Wallets(options, stop))


def trace(  # the two keyword options serve reports and sensitivities; the rest is the question
    view: View,
    seeds: tuple[Seed, ...],
    method: str,
    limits: Limits | None = None,
    options: Options | None = None,
    *,
    steps: bool = False,
    openings: Mapping[Account, int] | None = None,
) -> Trace:
    """Follow the seeds' value forward under one method, to the last base unit.

    A pure function: it asks the view, fetches nothing, and knows no clock. `method` is a key of
    `accounting.METHODS`, or `poison`. `steps` adds the pencil's lines. `openings` raises implied openings (base
    units), for sensitivities. Raises InputError for a seed that is not in the sources or cannot be one.
    """
    record = Record(method, steps=steps)
    return Run(seeds, laid(view, seeds, record, limits or Limits(), options or Options(), openings or {})).go()


def screen(view: View, seeds: tuple[Seed, ...], limits: Limits | None = None, options: Options | None = None) -> Screen:
    """What poison marks (M17): a screen for reach, never a sum."""
    marked = trace(view, seeds, "poison", limits, options)
    reached = {
        (end.origin, end.asset.chain, end.address, end.asset.contract)
        for end in marked.outcomes
        if isinstance(end, Endpoint)
    }
    passed = {(hop.origin, hop.asset.chain, hop.to_address, hop.asset.contract) for hop in marked.hops}
    return Screen(frozenset(reached), frozenset(passed))
