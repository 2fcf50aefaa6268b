"""The block headers round the traced transactions: out of the case's own files and answers, and where wished asked for.

A chain of headers shows how much work lies on a block, and whether it leads to a block that everybody knows.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import partial

from chaintrace.adapters.bitcoin.blocksource import BlockSource
from chaintrace.adapters.network import HeaderSource
from chaintrace.case.access import opened_door
from chaintrace.case.config import CaseConfig
from chaintrace.case.online import Session, noted, source_of
from chaintrace.case.rooms import Rooms
from chaintrace.errors import AdapterError
from chaintrace.evidence.header_chains import Headers, answered, spans
from chaintrace.model.transaction import Transaction

FROM_FILES = 2016
"""Headers that are looked for round a block in the case's own files where nobody says how many: a period of work."""


AT_ONCE = 504
"""Headers that a source is asked for in one go: after each of these somebody is told how far it is."""


class HeaderAsking:
    """What is asked of whom: `most` headers round a block, of the networks too where it is not None."""

    def __init__(self, config: CaseConfig, rooms: Rooms, most: int | None, session: Session) -> None:
        """Nothing is asked yet. The session says which hosts may be asked, and writes each request into the log."""
        self._config = config
        self._rooms = rooms
        self._most = most
        self._session = session

    def headers(self, traced: Iterable[Transaction]) -> Headers:
        """The headers round the blocks of these transactions. Who does not answer is named with the reason."""
        held = Headers()
        heights: defaultdict[str, set[int]] = defaultdict(set)
        for one in traced:
            if one.utxo is not None and one.height is not None:
                heights[one.chain].add(one.height)
        most = FROM_FILES if self._most is None else self._most
        wanted = {chain: spans(chain, several, most) for chain, several in heights.items()}
        for chain, several in wanted.items():
            for source in self._rooms.ground.lookups.get(chain, ()):
                if isinstance(source, BlockSource):
                    for first, last in several:
                        for header in source.headers(first, last):
                            held.add(header)
        if self._most is not None:
            held.why_not = self._asked(wanted)
        answered(self._rooms.archive.records(), self._rooms.archive.read, held)
        return held

    def _asked(self, wanted: Mapping[str, tuple[tuple[int, int], ...]]) -> str:
        """Ask the sources of each chain, one after another until one answers; why none did, "" where one did."""
        reasons = list[str]()
        with opened_door(self._rooms.archive, self._session.allowed, partial(noted, self._session.writer)) as door:
            for chain, several in wanted.items():
                sources = [source_of(one, door) for one in self._config.networks if one.chain == chain]
                able = [source for source in sources if isinstance(source, HeaderSource)]
                for first, last in several:
                    reasons += self._first_answer(able, first, last)
        return "; ".join(dict.fromkeys(reasons))

    def _first_answer(self, sources: Iterable[HeaderSource], first: int, last: int) -> list[str]:
        """Why no source gave the headers of a span; nothing where one did, or where there is none."""
        reasons, count = list[str](), last - first + 1
        for source in sources:
            try:
                for done in range(0, count, AT_ONCE):
                    self._session.observer("block headers", done, count)
                    wanted = min(AT_ONCE, count - done)
                    if len(source.headers(first + done, wanted)) < wanted:
                        break
            except AdapterError as error:
                reasons.append(str(error))
            else:
                return []
        return reasons
