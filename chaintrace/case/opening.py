"""From the sources that a case names to one view over them."""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Protocol, TypeAlias, runtime_checkable

from chaintrace.adapters.interface import Adapter, FactSource, SourceSpec
from chaintrace.adapters.ranks import is_ordered_by_time, rank_of
from chaintrace.case.view import CaseView, Tags
from chaintrace.errors import InputError
from chaintrace.model.archive import Archive
from chaintrace.model.protocol import Protocols
from chaintrace.model.provenance import Coverage, Gap, Observation, Source
from chaintrace.store import Locate, Network, Pin, Store

Flush: TypeAlias = Callable[[], None]
"""Returns when every raw answer that was kept survives a power failure: before facts that rest on it are stored."""


def at_once() -> None:
    """The `Flush` of an archive that has nothing to catch up on."""


@runtime_checkable
class Lined(FactSource, Protocol):
    """A source made of lines, which can say where it tells of a transfer."""

    def line_of(self, txid: str, index: str) -> int | None:
        """The line (from 1) of a transfer; index `""` is any. None where there is none."""
        ...


@runtime_checkable
class Noting(FactSource, Protocol):
    """A source that tells something beside movements."""

    def observations(self) -> tuple[Observation, ...]:
        """What stands beside the movements; valid after `transactions` has been read."""
        ...


@runtime_checkable
class Closing(FactSource, Protocol):
    """A source that holds files open."""

    def close(self) -> object:
        """Let them go. In the thread that opened them: an index of SQLite can be closed in no other."""
        ...


@dataclass(frozen=True, slots=True)
class Ground:
    """The opened sources of a case over its store: it gives the view, anew whenever networks have told more.

    `told` are the sources that were read whole, in their order, `networks` those that are asked over the network.
    `noted` is what files tell beside movements, `held` what each file covers, by how the case names it.
    """

    store: Store
    told: tuple[Source, ...]
    locate: Locate
    coverages: tuple[Coverage, ...]
    lookups: Mapping[str, tuple[FactSource, ...]]
    tags: Tags
    sources: tuple[Source, ...]
    gaps: tuple[Gap, ...]
    networks: tuple[Network, ...] = ()
    flush: Flush = at_once
    noted: tuple[Observation, ...] = ()
    protocols: Protocols = field(default_factory=Protocols)
    held: tuple[tuple[str, Coverage], ...] = ()

    def view(self) -> CaseView:
        """What all sources say now. Raises InputError where files contradict each other."""
        with _uncollected():
            facts = self.store.facts(self.told, self.locate, self.networks)
        heard = facts.heard
        ended = (gap for _, pin in sorted(heard.pins.items()) for gap in pin.gaps)
        return CaseView(
            facts,
            (*self.coverages, *heard.coverage, *(_tip(pin) for _, pin in sorted(heard.pins.items()))),
            self.lookups,
            self.tags,
            sources=self.sources,
            gaps=tuple(dict.fromkeys((*self.gaps, *ended))),
            noted=self.noted,
            own=self.protocols,
        )

    def close(self) -> None:
        """Let go of the files of the sources that are asked; no view answers from them any more."""
        for source in (one for several in self.lookups.values() for one in several):
            if isinstance(source, Closing):
                source.close()


def _tip(pin: Pin) -> Coverage:
    """How far the facts of a network reach: of no address by themselves, but every answer holds as of this tip."""
    end, tip = rank_of(pin.chain, pin.tip), pin.tip
    return Coverage(pin.chain, frozenset(), frozenset(), 0, end, tip.height, tip.time, "the tip of the chain")


def open_view(  # noqa: PLR0917  # each is one room of a case
    specs: Sequence[SourceSpec],
    archive: Archive,
    store: Store,
    cache: Path,
    adapters: Mapping[str, Adapter],
    tags: Tags | None = None,
) -> CaseView:
    """The view over the sources of a case that asks no network. Raises as `open_ground` does."""
    return open_ground(specs, archive, store, cache, adapters, tags or {}).view()


def open_ground(  # noqa: PLR0913, PLR0917  # the same rooms
    specs: Sequence[SourceSpec],
    archive: Archive,
    store: Store,
    cache: Path,
    adapters: Mapping[str, Adapter],
    tags: Tags,
    networks: Sequence[Network] = (),
    flush: Flush = at_once,
) -> Ground:
    """Open the sources of a case: whole ones are read into the store, the others stay to be asked.

    The views answer from the sources in `specs` and `networks` alone, in their order, whatever else the store holds.
    `cache` is for indices that can be made again, `flush` is that of the archive. Raises InputError with file and
    line, AdapterError from an adapter, OutputError when store or archive cannot be written.
    """
    with _uncollected():
        opened = [(spec, adapters[spec.adapter].open(spec, archive, cache)) for spec in specs]
        flush()
        reader = f"chaintrace {version('chaintrace')}"
        lookups: dict[str, tuple[FactSource, ...]] = {}
        for spec, source in opened:
            if source.whole:
                store.add(source.transactions(), source.source, spec.chain, f"{reader}, row {spec.first_row}")
            else:
                lookups[spec.chain] = (*lookups.get(spec.chain, ()), source)
    told = [(spec.shown, coverage) for spec, source in opened for coverage in source.coverage()]
    _check_heights(told, networks)
    return Ground(
        store,
        tuple(source.source for _, source in opened if source.whole),
        _locate(opened),
        tuple(coverage for _, coverage in told),
        lookups,
        tags,
        sources=tuple(dict.fromkeys(source.source for _, source in opened)),
        gaps=tuple(dict.fromkeys(gap for _, source in opened for gap in source.gaps())),
        networks=tuple(networks),
        flush=flush,
        noted=tuple(seen for _, source in opened if isinstance(source, Noting) for seen in source.observations()),
        held=tuple(told),
    )


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the search for reference cycles: facts have none, and it would walk through them again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _check_heights(told: Iterable[tuple[str, Coverage]], networks: Iterable[Network]) -> None:
    """Raise InputError when one source of a chain has heights and another has none: they have no common order (M2).

    What a network tells has heights; on a chain whose order is that of its times, its times count.
    """
    first = {network.chain: (network.shown, not is_ordered_by_time(network.chain)) for network in networks}
    for shown, coverage in told:
        has = coverage.height is not None
        other, known = first.setdefault(coverage.chain, (shown, has))
        if known != has:
            sentence = (
                f"it has {'block heights' if has else 'no block heights'} and {other} has "
                f"{'some' if known else 'none'}: sources of one chain ({coverage.chain}) need heights in all or in none"
            )
            raise InputError(sentence, path=shown)


def _locate(opened: Sequence[tuple[SourceSpec, FactSource]]) -> Locate:
    """Where a source tells of a transfer, for messages."""
    by_name = {(source.source, spec.chain): source for spec, source in opened}

    def locate(source: Source, chain: str, txid: str, index: str) -> int | None:
        asked = by_name.get((source, chain))
        return asked.line_of(txid, index) if isinstance(asked, Lined) else None

    return locate
