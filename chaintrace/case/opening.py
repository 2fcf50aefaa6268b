"""From the sources that a case names to one view over them."""

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Protocol, runtime_checkable

from chaintrace.adapters.interface import Adapter, FactSource, SourceSpec
from chaintrace.case.view import CaseView, Tags
from chaintrace.errors import InputError
from chaintrace.model.archive import Archive
from chaintrace.model.provenance import Coverage, Source
from chaintrace.store.interface import Locate, Store


@runtime_checkable
class Lined(FactSource, Protocol):
    """A source made of lines, which can say where it tells of a transfer."""

    def line_of(self, txid: str, index: str) -> int | None:
        """The line (from 1) of a transfer; index `""` is any. None where there is none."""
        ...


def open_view(  # noqa: PLR0917  # each is one room of a case
    specs: Sequence[SourceSpec],
    archive: Archive,
    store: Store,
    cache: Path,
    adapters: Mapping[str, Adapter],
    tags: Tags | None = None,
) -> CaseView:
    """Open the sources of a case: whole ones are read into the store, the others stay to be asked.

    The view answers from the sources in `specs` alone, in their order, whatever else the store holds. `cache` is for
    indices that can be made again. Raises InputError with file and line, AdapterError from an adapter, OutputError
    when store or archive cannot be written.
    """
    with _uncollected():
        return _opened(specs, archive, store, cache, adapters, tags or {})


def _opened(  # noqa: PLR0917  # the same rooms
    specs: Sequence[SourceSpec],
    archive: Archive,
    store: Store,
    cache: Path,
    adapters: Mapping[str, Adapter],
    tags: Tags,
) -> CaseView:
    """The view over the sources of `specs`."""
    opened = [(spec, adapters[spec.adapter].open(spec, archive, cache)) for spec in specs]
    reader = f"chaintrace {version('chaintrace')}"
    lookups: dict[str, tuple[FactSource, ...]] = {}
    for spec, source in opened:
        if source.whole:
            store.add(source.transactions(), source.source, spec.chain, f"{reader}, row {spec.first_row}")
        else:
            lookups[spec.chain] = (*lookups.get(spec.chain, ()), source)
    told = [(spec.shown, coverage) for spec, source in opened for coverage in source.coverage()]
    _check_heights(told)
    return CaseView(
        store.facts([source.source for _, source in opened if source.whole], _locate(opened)),
        tuple(coverage for _, coverage in told),
        lookups,
        tags,
        sources=tuple(dict.fromkeys(source.source for _, source in opened)),
        gaps=tuple(dict.fromkeys(gap for _, source in opened for gap in source.gaps())),
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


def _check_heights(told: Iterable[tuple[str, Coverage]]) -> None:
    """Raise InputError when one source of a chain has heights and another has none: they have no common order (M2)."""
    first: dict[str, tuple[str, bool]] = {}
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
