"""UTXO chains backward: an output's parts are the inputs of its transaction, by haircut in vout order (M5, M7, M28)."""

from collections.abc import Iterator

from chaintrace.accounting import Haircut
from chaintrace.errors import InputError
from chaintrace.model.chain import Asset, OutPoint
from chaintrace.model.trace import Limits, Lot
from chaintrace.model.transaction import Leg, Movement, Transaction
from chaintrace.model.view import View
from chaintrace.tracing.arrivals import Arrivals
from chaintrace.tracing.flows import End, Flow, Parts


class Inputs:
    """The way back on UTXO chains: where it ends, what it can reach, and how an output divides."""

    def __init__(self, view: View, limits: Limits, arrivals: Arrivals) -> None:
        """Nothing has been reached yet."""
        self._view = view
        self._limits = limits
        self._arrivals = arrivals
        self._hops: dict[Flow, int] = {}
        self._parts: dict[tuple[str, str], list[tuple[Lot, ...]]] = {}

    def begin(self) -> None:
        """Forget the steps of the search before."""
        self._hops = {}

    def hop(self, flow: Flow) -> int:
        """The least number of steps from a seed back to an output that was reached."""
        return self._hops[flow]

    def end(self, flow: Flow, hop: int) -> End | None:
        """Why the way back ends at an output, the first rule that applies; None where it goes on."""
        stop = self._arrivals.stop(flow.chain, flow.address) if hop else None
        if stop is not None:
            return flow.end("stop", flow.address, hop, stop[0])
        if flow.movement is not None and not flow.movement.transfer.inputs:
            return flow.end("mint", "", hop)
        if hop >= self._limits.max_hops:
            return self.limit(flow, hop)
        if flow.movement is None:
            return flow.end("history not in the sources", flow.address, hop)
        if any(leg.value is None for leg in flow.movement.transfer.inputs):
            return flow.end("input values unknown", flow.address, hop)
        return None

    def limit(self, flow: Flow, hop: int) -> End:
        """The way back ends at an output because a limit is met."""
        return flow.end("limit", flow.address, hop)

    def reach(self, flow: Flow, hop: int) -> Iterator[Flow]:
        """The outputs that the transaction of an output spent: what poison would mark backward."""
        for leg in _movement(flow).transfer.inputs:
            if leg.value:
                spent = self._flow(flow.chain, flow.asset, leg)
                self._hops[spent] = min(self._hops.get(spent, hop + 1), hop + 1)
                yield spent

    def parts(self, flow: Flow) -> Parts:
        """What an output was made of, by haircut: inputs in order are the origins, outputs draw in vout order."""
        movement = _movement(flow)
        key = (flow.chain, flow.txid)
        if key not in self._parts:
            self._parts[key] = _draw(movement)
        inputs = movement.transfer.inputs
        place = next(place for place, leg in enumerate(movement.transfer.outputs) if str(leg.index) == flow.index)
        taken = self._parts[key][place]
        spent: list[Flow | None] = [self._flow(flow.chain, flow.asset, inputs[int(lot.origin or 0)]) for lot in taken]
        return Parts(spent, [lot.value for lot in taken])

    def _flow(self, chain: str, asset: Asset, leg: Leg) -> Flow:
        """The output that an input spends, with its transaction where the sources have it."""
        outpoint = leg.holding
        if not isinstance(outpoint, OutPoint):
            message = f"an input of {chain} spends no output: check its source"
            raise InputError(message)
        made = self._view.transaction(chain, outpoint.txid)
        movement = None
        if isinstance(made, Transaction) and made.utxo is not None:
            movement = Movement(made.utxo.order, made, made.utxo)
        return Flow(chain, outpoint.txid, str(outpoint.vout), asset, leg.value or 0, leg.address, movement)


def _draw(movement: Movement) -> list[tuple[Lot, ...]]:
    """What each output takes of the inputs, by their places as text; what remains is the fee."""
    pool = Haircut()
    pool.put(Lot(leg.value or 0, str(place), 0) for place, leg in enumerate(movement.transfer.inputs))
    try:
        return [pool.take(leg.value or 0) for leg in movement.transfer.outputs]
    except ValueError as short:
        message = f"{movement.transaction.txid} pays out more than its inputs hold ({short}): check its source"
        raise InputError(message) from short


def _movement(flow: Flow) -> Movement:
    """The movement of a flow whose way back goes on."""
    if flow.movement is None:
        message = f"the way back of {flow.txid} {flow.index} was to end there"
        raise AssertionError(message)
    return flow.movement
