"""The steps that a person can check with a pencil: how the largest credits came from the payments."""

from collections.abc import Sequence
from dataclasses import dataclass

from chaintrace.model.chain import OutPoint
from chaintrace.model.trace import Endpoint, Hop, Step
from chaintrace.report.credited import Ranked
from chaintrace.report.interface import Inputs
from chaintrace.report.shortest import addresses_of

MOST_PATHS = 8
"""Endpoints whose way is printed, in rank order."""

MOST_STEPS = 60
"""Steps that are printed in all. hops.csv holds every movement."""


@dataclass(frozen=True, slots=True)
class Path:
    """One way from a payment to an endpoint's largest credit, along the largest arrivals, in chain order."""

    row: Ranked
    credit: Endpoint
    seed: Hop | None
    steps: tuple[Step, ...]


class Ways:
    """The main method's hops and steps, indexed for walking back."""

    def __init__(self, inputs: Inputs) -> None:
        """Index what the trace wrote down."""
        self._steps = {(step.step, step.transaction.txid, step.index): step for step in inputs.trace.steps}
        self._into: dict[tuple[str, str, str], list[Hop]] = {}
        self._outpoint: dict[tuple[str, str, str, str], Hop] = {}
        for hop in inputs.trace.hops:
            self._into.setdefault((hop.origin, hop.asset.chain, hop.to_address), []).append(hop)
            self._outpoint[hop.origin, hop.asset.chain, hop.txid, hop.index] = hop

    def back(self, row: Ranked, credit: Endpoint) -> Path:
        """Walk from a credit to the seed. Where no step was kept, the path begins there."""
        found: list[Step] = []
        key = (credit.step, credit.txid, credit.index)
        seed = None
        while (step := self._steps.get(key)) is not None:
            found.append(step)
            hop = self._arrival(step, credit)
            if hop is None:
                break
            if hop.rule == "seed":
                seed = hop
                break
            key = (hop.step, hop.txid, hop.index)
        return Path(row, credit, seed, tuple(reversed(found)))

    def _arrival(self, step: Step, credit: Endpoint) -> Hop | None:
        """The largest arrival of the credit's origin in the step's pool, before the step."""
        utxo = step.transaction.utxo
        if utxo is not None:
            points = [leg.holding for leg in utxo.inputs if isinstance(leg.holding, OutPoint)]
            keys = [(credit.origin, point.chain, point.txid, str(point.vout)) for point in points]
            hops: Sequence[Hop] = [self._outpoint[key] for key in keys if key in self._outpoint]
        else:
            chain = step.asset.chain
            hops = [
                hop
                for address in addresses_of(step.pool)
                for hop in self._into.get((credit.origin, chain, address), ())
                if hop.step < step.step and hop.asset == step.asset
            ]
        return max(hops, key=lambda hop: (hop.traced, -hop.step), default=None)


def paths(inputs: Inputs, rows: tuple[Ranked, ...]) -> tuple[Path, ...]:
    """The ways to the first endpoints' largest credits, as long as no more than `MOST_STEPS` steps are needed."""
    ways, found, seen = Ways(inputs), list[Path](), set[tuple[int, str]]()
    for row in rows[:MOST_PATHS]:
        path = ways.back(row, max(row.credits, key=lambda credit: (credit.value, -credit.step)))
        added = {(step.step, step.index) for step in path.steps} - seen
        if path.steps and len(seen) + len(added) <= MOST_STEPS:
            found.append(path)
            seen |= added
    return tuple(found)
