"""What sources tell of one address: files are read, networks are asked the same question as of the same tip."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeAlias

from chaintrace.adapters import ADAPTERS
from chaintrace.adapters.interface import SourceSpec
from chaintrace.adapters.network import Endpoint
from chaintrace.case import lock, log
from chaintrace.case.access import Access, Queries, untold
from chaintrace.case.comparing.compare import Difference, Row, differences, rows
from chaintrace.case.config import load
from chaintrace.case.digests import Digests
from chaintrace.case.histories import histories
from chaintrace.case.locating.named_asset import accounts, address_of, contracts
from chaintrace.case.log import Clock
from chaintrace.case.look import Named, chain_of, everything, look, named
from chaintrace.case.online import noted
from chaintrace.case.opening import open_view
from chaintrace.case.remote import permitted, remote, warning
from chaintrace.case.view import CaseView
from chaintrace.errors import InputError
from chaintrace.model.provenance import Coverage
from chaintrace.report.wording import counted, listed
from chaintrace.store import MemoryStore

_Party: TypeAlias = Named | SourceSpec | Endpoint
"""One of the sources: a file or a whole case as named, a file of a case, or a network source."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one source tells of an address, in chain order, what it claims of its completeness, and what it left open.

    `contracts` are the assets that a file holds at all, None of a network; `end` is the time (Unix, UTC) of a file's
    last row.
    """

    name: str
    rows: tuple[Row, ...]
    coverage: tuple[Coverage, ...] = ()
    notes: tuple[str, ...] = ()
    contracts: frozenset[str] | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """An address, what each source tells of it, every difference between each two of them, and what was assumed."""

    chain: str
    address: str
    sources: tuple[Told, ...]
    differences: tuple[Difference, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """An address, the sources as typed (`[ADAPTER=]PATH|URL`; a case alone means its sources), an asset by name."""

    address: str
    sources: tuple[str, ...]
    chain: str | None = None
    asset: str | None = None


def compared(question: Question, allowed: Access, clock: Clock, warn: Callable[[str], None]) -> Comparison:
    """Ask every source for the same history and hold the answers against each other.

    `warn` is told before a public service is asked. Requests for the sources of a case stand in its log. Raises
    InputError for what cannot be compared, AdapterError when a source cannot be asked: half a comparison is none.
    """
    chain, parties, case = _parties(question)
    address = address_of(chain, question.address)
    wanted = None if question.asset is None else contracts(chain, question.asset)
    networks = [one for one in parties if isinstance(one, Endpoint)]
    for endpoint in networks:
        permitted([endpoint], allowed)
    if text := warning(networks):
        warn(text)
    told = {party: _from_file(party, chain, address, clock) for party in parties if not isinstance(party, Endpoint)}
    answered: dict[Endpoint, Told] = {}
    if networks:
        asked = accounts(chain, address, question.asset)
        wanted = frozenset(one.asset.contract for one in asked)
        with _logged(case, address, clock) as queries:
            found = histories([[one] for one in networks], asked, allowed, clock, queries=queries)
        for endpoint, one in zip(networks, found, strict=True):
            moved = rows(everything(one.view, chain), address, wanted)
            answered[endpoint] = Told(f"{endpoint.adapter}={endpoint.shown}", moved, one.coverage, one.notes)
    sources = [answered[party] if isinstance(party, Endpoint) else told[party] for party in parties]
    notes = list[str]()
    if networks and question.asset is None:
        wanted, notes = _shared(sources, wanted or frozenset())
    sources = [replace(one, rows=tuple(row for row in one.rows if _is_wanted(row, wanted))) for one in sources]
    found_differences = differences([one.rows for one in sources])
    notes += _later(sources, found_differences)
    return Comparison(chain, address, tuple(sources), found_differences, tuple(notes))


def _parties(question: Question) -> tuple[str, list[_Party], Path | None]:
    """The chain, the sources, and the case whose sources they are. Raises InputError for fewer than two."""
    endpoints = [remote(text, question.chain) for text in question.sources]
    files = [None if one else named(text, or_url=True) for one, text in zip(endpoints, question.sources, strict=True)]
    first = next((file for file in files if file is not None), None)
    chain = question.chain or (chain_of(first, None) if first is not None else "")
    if len(files) == 1 and first is not None and first.is_case:
        config = load(first.path)
        of_case: list[_Party] = [one for one in config.sources if one.chain == chain]
        of_case += [one for one in config.networks if one.chain == chain]
        if len(of_case) < 2:
            raise InputError(
                f"{first.path} has {counted(len(of_case), 'source')} of {chain}: a comparison needs two, so name "
                "another with --from"
            )
        return chain, of_case, first.path
    if len(files) < 2:
        raise InputError("one source is named: a comparison needs two, so give --from twice, or once with a case")
    if len(set(question.sources)) < len(question.sources):
        raise InputError("the same source is named twice: name another with --from")
    parties = [file if endpoint is None else endpoint for endpoint, file in zip(endpoints, files, strict=True)]
    return chain, [one for one in parties if one is not None], None


def _from_file(party: Named | SourceSpec, chain: str, address: str, clock: Clock) -> Told:
    """What a file, or all that a case holds, tells of an address."""
    with _opened(party, chain, clock) as view:
        found = rows(everything(view, chain), address, None)
        held = [one for one in view.coverages if one.chain == chain]
        covering = tuple(one for one in held if one.addresses is None or address in one.addresses)
        ends = [one.time for one in held if one.time is not None]
        has = frozenset(one.contract for one in view.assets(chain))
    notes = () if covering else ("it does not declare this address complete",)
    return Told(_name(party), found, covering, notes, has, max(ends, default=None))


@contextmanager
def _opened(party: Named | SourceSpec, chain: str, clock: Clock) -> Iterator[CaseView]:
    if isinstance(party, Named):
        with look(party, chain, clock) as view:
            yield view
        return
    with tempfile.TemporaryDirectory(prefix="chaintrace-", ignore_cleanup_errors=True) as cache:
        yield open_view([party], Digests(), MemoryStore(), Path(cache), ADAPTERS)


def _name(party: Named | SourceSpec) -> str:
    """A file as it was named."""
    return party.shown if isinstance(party, SourceSpec) else party.path.as_posix()


@contextmanager
def _logged(case: Path | None, address: str, clock: Clock) -> Iterator[Queries]:
    """Who is told of each request: the log of the case whose sources are asked, else nobody."""
    if case is None:
        yield untold
        return
    with lock.hold(case) as held:
        writer = log.Writer(case, clock, log.head_of(log.verify(case / log.FILE_NAME, held.head())))
        try:
            yield partial(noted, writer)
        finally:
            held.remember(writer.append("compare", {"address": address}))


def _shared(sources: Sequence[Told], asked: frozenset[str]) -> tuple[frozenset[str], list[str]]:
    """The assets that every source can tell of: files do not say that they lack an asset, they are just without it."""
    lacking = {
        contract: [one.name for one in sources if one.contracts is not None and contract not in one.contracts]
        for contract in asked
    }
    names = {row.asset.contract: row.asset.name or row.asset.contract for one in sources for row in one.rows}
    notes = [
        f"{names[contract]} was left out, because {listed(without)} holds none of it at all: add --asset to compare it"
        for contract, without in sorted(lacking.items())
        if without and contract in names
    ]
    return frozenset(contract for contract, without in lacking.items() if not without), notes


def _is_wanted(row: Row, wanted: frozenset[str] | None) -> bool:
    return wanted is None or row.asset.contract in wanted


def _later(sources: Sequence[Told], found: Sequence[Difference]) -> Iterator[str]:
    """What lies after the end of a file, which cannot tell of it."""
    for number, one in enumerate(sources):
        if one.end is None:
            continue
        late = sum(
            number in {each.first, each.second}
            and each.only_in not in {None, number}
            and (each.row.time or 0) > one.end
            for each in found
        )
        if late:
            yield f"{counted(late, 'movement')} that others tell of lie after the last row of {one.name}"
