"""UTXO chains: one pool a transaction, inputs in order, outputs in vout order, the rest is the fee (M5, M7, M11)."""

from collections.abc import Sequence

from chaintrace.accounting import Pool
from chaintrace.errors import InputError
from chaintrace.model.chain import OutPoint
from chaintrace.model.finding import Moved
from chaintrace.model.provenance import Coverage
from chaintrace.model.trace import FeePaid, Lot, Resting, Step
from chaintrace.model.transaction import PENDING_RANK, Leg, Movement, Transaction, Transfer
from chaintrace.model.view import MissingSpender, MissingTransaction
from chaintrace.tracing.arrivals import traced
from chaintrace.tracing.claims import Claims
from chaintrace.tracing.desk import Desk
from chaintrace.tracing.record import Place, by_origin


class Outputs:
    """Outputs that hold traced value and are spent later, and what one transaction does to them."""

    def __init__(self, desk: Desk) -> None:
        """No output holds traced value yet."""
        self._view = desk.view
        self._until = desk.limits.until
        self._record = desk.record
        self._arrivals = desk.arrivals
        self._agenda = desk.agenda
        self._maker = desk.maker
        self._crossings = desk.crossings
        self._held: dict[OutPoint, Sequence[Lot]] = {}

    def spend(self, movement: Movement, claims: Claims) -> None:
        """See one transaction: its inputs make a pool, its outputs draw from it, seeds claim, and each arrives."""
        tx, transfer = movement.transaction, movement.transfer
        inputs = [(leg, self._input(transfer, leg, claims)) for leg in transfer.inputs]
        pool = self._maker()
        carried = any(traced(lots) for _, lots in inputs)
        if carried:
            for _, lots in inputs:
                pool.put(lots)
        if carried and any(leg.value is None for leg in transfer.inputs):
            carried = self._unknown(tx, transfer, inputs, pool)
        if carried:
            self._arrivals.within(tx.chain, tx.txid)  # counted too where all of it is the fee
        senders = _senders(inputs, carried=carried)
        stepped = False
        for leg in transfer.outputs:
            named = claims.named(tx.chain, tx.txid, str(leg.index))
            shown = carried or (named is not None and (claims.seeded(named) or self._crossings.brings(named)))
            if shown and not stepped:
                self._record.step += 1
                stepped = True
            self._output(movement, leg, pool if carried else None, senders, claims, named=named)
        if carried:
            self._fee(tx, transfer, pool)

    def _input(self, transfer: Transfer, leg: Leg, claims: Claims) -> Sequence[Lot]:
        """The lots that an input brings; a seed may claim an outpoint whose own transaction is absent (M19)."""
        outpoint = leg.holding
        if not isinstance(outpoint, OutPoint):
            return ()
        value = leg.value or 0
        lots = self._held.pop(outpoint, None) or ((Lot(value, None, 0),) if value else ())
        starts = claims.absent(outpoint)
        if not starts:
            return lots
        self._record.step += 1
        place = Place(transfer.asset, leg.address, outpoint, outpoint.txid, str(outpoint.vout), None, value)
        lots = claims.claim(starts, place, "", tuple(lots))
        return self._arrivals.settle(place, lots, within=True)

    def _unknown(
        self, tx: Transaction, transfer: Transfer, inputs: Sequence[tuple[Leg, Sequence[Lot]]], pool: Pool
    ) -> bool:
        """Traced value stops at the inputs of a transaction of which some input's value is not known (M11).

        A screen's marks need no values and pass. Returns whether the outputs draw from the pool.
        """
        for leg, _ in inputs:
            if leg.value is None and isinstance(leg.holding, OutPoint):
                self._record.lacks(MissingTransaction(tx.chain, leg.holding.txid))
        if self._record.method == "poison":
            pool.total = max(pool.total, transfer.value or 0)
            return True
        for leg, lots in inputs:
            if traced(lots) and isinstance(leg.holding, OutPoint):
                place = Place(transfer.asset, leg.address, leg.holding, tx.txid, str(leg.index), tx, leg.value or 0)
                self._record.not_followed(place, lots, "input values unknown")
        return False

    def _output(  # each is one thing that an output is made from
        self, movement: Movement, leg: Leg, pool: Pool | None, senders: str, claims: Claims, *, named: Moved | None
    ) -> None:
        tx, transfer = movement.transaction, movement.transfer
        value = leg.value or 0
        before = pool.lots() if pool is not None and self._record.keeps_steps else ()
        taken: tuple[Lot, ...] = (Lot(value, None, 0),) if value else ()
        if pool is not None:
            try:
                taken = pool.take(value)
            except ValueError as short:
                message = f"{tx.txid} pays out more than its inputs hold ({short}): check its source"
                raise InputError(message) from short
        lots = tuple(lot if lot[1] is None else Lot(lot[0], lot[1], lot[2] + 1) for lot in taken)
        burned = leg.holding is None
        outpoint = OutPoint(tx.chain, tx.txid, leg.index)
        place = Place(transfer.asset, leg.address, outpoint, tx.txid, str(leg.index), tx, value, burned)
        if pool is not None and traced(lots):
            if self._record.keeps_steps:
                self._record.steps.append(
                    Step(
                        self._record.step,
                        tx,
                        place.index,
                        tx.txid,
                        leg.address,
                        transfer.asset,
                        before,
                        taken,
                        pool.lots(),
                    ),
                )
            self._record.hop(place, senders, lots, self._record.method)
        brought = self._crossings.bring(named, lots, value)
        if brought is not None:
            lots = self._crossings.arrive(place, senders, lots, brought)
        if named is not None:
            lots = claims.leg(place, senders, lots)
        if traced(lots):
            self._arrive(movement, place, leg, lots)
        else:
            self._crossings.untraced(named, value)

    def _arrive(self, movement: Movement, place: Place, leg: Leg, lots: Sequence[Lot]) -> None:
        tx, outpoint = movement.transaction, place.outpoint
        within = self._arrivals.within(tx.chain, tx.txid)
        lots = self._arrivals.settle(place, lots, within=within)
        if not traced(lots) or outpoint is None:
            return
        spender = self._view.spender(outpoint)
        if isinstance(spender, Transaction) and spender.utxo is not None:
            onward = Movement(spender.utxo.order, spender, spender.utxo)
            if self._agenda.exists(onward):
                self._held[outpoint] = lots
                self._agenda.add(onward)
                return
        coverage = self._covering(place, leg, movement.order[0])
        if not coverage:
            self._record.lacks(MissingSpender(outpoint))
            self._record.not_followed(place, lots, "history not in the sources")
            return
        self._rest(place, lots, max(coverage, key=lambda cover: cover.end))

    def _covering(self, place: Place, leg: Leg, rank: int) -> list[Coverage]:
        """The coverages under which an unspent output may be said to rest; pending ones are after every block.

        A source that was asked about this output alone is one of them (View.unspent).
        """
        at = None if rank == PENDING_RANK else rank
        found = self._view.coverage(place.asset.chain, leg.address, place.asset.contract)
        held = [cover for cover in found if cover.covers(leg.address, place.asset.contract, at)]
        asked = None if place.outpoint is None else self._view.unspent(place.outpoint)
        return held if asked is None else [*held, asked]

    def _rest(self, place: Place, lots: Sequence[Lot], end: Coverage) -> None:
        tx = place.transaction
        time, height = end.as_of(self._until)
        for origin, (value, hop) in by_origin(lots).items():
            self._record.resting.append(
                Resting(
                    origin,
                    place.asset,
                    value,
                    place.address,
                    place.txid,
                    place.index,
                    time,
                    height,
                    place.outpoint,
                    place.gross,
                    hop,
                    self._record.step,
                    tx.time if tx else None,
                    tx.height if tx else None,
                ),
            )

    def _fee(self, tx: Transaction, transfer: Transfer, pool: Pool) -> None:
        """What no output drew is the fee (M7)."""
        left = pool.total
        if left:
            place = Place(transfer.asset, "", None, tx.txid, "fee", tx, left)
            self._record.end(FeePaid, place, pool.take(left))


def _senders(inputs: Sequence[tuple[Leg, Sequence[Lot]]], *, carried: bool) -> str:
    """The addresses of the inputs that bring traced value, of all inputs where none does; joined by `;`."""
    legs = [leg for leg, lots in inputs if not carried or traced(lots)]
    return ";".join(dict.fromkeys(leg.address for leg in legs if leg.address))
