"""The shortest way from a payment to a credit, as txids: the least hops that the trace saw, each before the next."""

from collections.abc import Iterable

from chaintrace.model.chain import OutPoint
from chaintrace.model.trace import Endpoint, Hop, Trace

Pool = tuple[str, str, str, str]
"""Origin, chain, contract, address."""


class Ways:
    """The hops of one trace by where they arrive."""

    def __init__(self, trace: Trace) -> None:
        self._into: dict[Pool, list[Hop]] = {}
        self._leg: dict[tuple[str, str, str, str], Hop] = {}
        for hop in trace.hops:
            key = (hop.origin, hop.asset.chain, hop.txid, hop.index)
            self._into.setdefault((hop.origin, hop.asset.chain, hop.asset.contract, hop.to_address), []).append(hop)
            if hop.rule == "seed" or key not in self._leg:
                self._leg[key] = hop

    def txids(self, credited: Iterable[Endpoint]) -> tuple[str, ...]:
        """The txids of the credit with the fewest hops, the payment's first; of equals the earliest credit."""
        nearest = min(credited, key=lambda credit: (credit.hop, credit.step))
        hop = self._leg.get((nearest.origin, nearest.asset.chain, nearest.txid, nearest.index))
        way = [nearest.txid]
        while hop is not None and hop.rule != "seed":
            hop = self._before(hop)
            if hop is not None:
                way.append(hop.txid)
        return tuple(dict.fromkeys(reversed(way)))

    def _before(self, hop: Hop) -> Hop | None:
        """Of the arrivals that a hop may carry on, the one with the fewest hops; of equals the latest."""
        utxo = hop.transaction.utxo if hop.transaction is not None else None
        chain = hop.asset.chain
        if utxo is not None:
            points = [leg.holding for leg in utxo.inputs if isinstance(leg.holding, OutPoint)]
            keys = [(hop.origin, chain, point.txid, str(point.vout)) for point in points]
            arrivals = [self._leg[key] for key in keys if key in self._leg]
        else:
            arrivals = [
                one
                for place in addresses_of(hop.from_address)
                for one in self._into.get((hop.origin, chain, hop.asset.contract, place), ())
                if one.step < hop.step
            ]
        fewer = [one for one in arrivals if one.hop < hop.hop]
        return min(fewer, key=lambda one: (one.hop, -one.step), default=None)


def addresses_of(pool: str) -> tuple[str, ...]:
    """The addresses of a pool as a trace writes it: those of a declared wallet are joined by `;` (M27).

    One of a private ledger may hold that sign itself.
    """
    return tuple(sorted({pool, *pool.split(";")}))
