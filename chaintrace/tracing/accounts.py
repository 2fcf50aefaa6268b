"""Account chains: one pool an (address, asset), loaded when traced value first arrives there (M5, M8-M10)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from chaintrace.errors import InputError
from chaintrace.model.chain import Account, Asset
from chaintrace.model.trace import FeePaid, Lot, Resting, Step
from chaintrace.model.transaction import Leg, Movement, Where
from chaintrace.model.view import History, MissingHistory
from chaintrace.tracing.arrivals import traced, unidentified
from chaintrace.tracing.awake import Awake
from chaintrace.tracing.claims import Claims
from chaintrace.tracing.desk import Desk
from chaintrace.tracing.openings import opening, opening_gap
from chaintrace.tracing.record import Place, by_origin


class Accounts:
    """The awake pools of account chains, and what one movement does to them."""

    def __init__(self, desk: Desk) -> None:
        """Nothing is loaded yet."""
        self._view = desk.view
        self._until = desk.limits.until
        self._record = desk.record
        self._arrivals = desk.arrivals
        self._agenda = desk.agenda
        self._maker = desk.maker
        self._openings = desk.openings
        self._links = desk.links
        self._crossings = desk.crossings
        self._wallets, self._has_wallets = desk.wallets, bool(desk.wallets)  # asked at every movement
        self._pools: dict[tuple[str, str, str], Awake] = {}
        self._asleep: dict[tuple[str, str, str], Awake] = {}
        self._left: dict[tuple[str, str, str], Where] = {}

    def move(self, movement: Movement, claims: Claims) -> None:
        """See one movement: it leaves its sender's pool by the method, seeds claim, and it arrives."""
        _, tx, transfer = movement
        asset, inputs, outputs = transfer.asset, transfer.inputs, transfer.outputs
        value = (outputs or inputs)[0].value or 0
        sender, receiver = inputs[0] if inputs else None, outputs[0] if outputs else None
        chain, contract, pools = asset.chain, asset.contract, self._pools
        source = pools.get((chain, contract, sender.address)) if sender is not None else None
        target = pools.get((chain, contract, receiver.address)) if receiver is not None else None
        leg = claims.named(tx.chain, tx.txid, transfer.index)
        seeded = claims.seeded(leg)
        if self._inside(asset, sender, receiver):
            if seeded:
                message = f"the seed {tx.txid} {transfer.index} stays inside one pool: name the payment that reached it"
                raise InputError(message)
            return
        before = source.pool.lots() if source is not None and self._record.keeps_steps else ()
        lots = source.pool.take(value) if source is not None else (Lot(value, None, 0),) if value else ()
        carried = source is not None and traced(lots)
        brought = self._crossings.bring(leg, lots, value)
        if not (carried or seeded or brought):
            self._crossings.untraced(leg, value)
            if target is not None:
                self._plain(movement, target, lots)
            return
        self._record.step += 1
        place = _place(movement, receiver, sender)
        lots = tuple(lot if lot[1] is None else Lot(lot[0], lot[1], lot[2] + 1) for lot in lots)
        asleep = self._asleep.get((chain, contract, sender.address)) if sender is not None else None
        from_address = _from(source or asleep, sender)
        if carried and source is not None:
            self._step(movement, source, place, before, lots)
            self._record.hop(place, from_address, lots, self._record.method)
            if source.drained(lots) and self._record.method != "poison":
                self._sleep(source, movement.where)
        if brought is not None:
            lots = self._crossings.arrive(place, from_address, lots, brought)
        lots = claims.leg(place, from_address, lots)
        if traced(lots):
            self._arrive(movement, place, receiver, lots, target)
        else:
            self._crossings.untraced(leg, value)
            if target is not None:
                target.put(lots, self._record.step, tx)

    def _arrive(
        self, movement: Movement, place: Place, receiver: Leg | None, lots: Sequence[Lot], target: Awake | None
    ) -> None:
        tx = movement.transaction
        within = self._arrivals.within(tx.chain, tx.txid)
        if movement.transfer.kind == "fee" and receiver is None:
            self._record.end(FeePaid, place, lots)
            return
        lots = self._arrivals.settle(place, lots, within=within)
        if traced(lots) and receiver is not None:
            if target is None:
                target = self._awaken(Account(receiver.address, place.asset), movement.where)
            if target is None or not target.covered(movement.order[0]):
                self._record.not_followed(place, lots, "history not in the sources")
                self._left.setdefault((tx.chain, place.asset.contract, place.address), movement.where)
                lots = unidentified(lots)
        if target is not None:
            target.put(lots, self._record.step, tx)

    def _plain(self, movement: Movement, target: Awake, lots: Sequence[Lot]) -> None:
        """Unidentified value arrives."""
        if self._left:
            self._came_back(movement, target)
        target.pool.put(lots)

    def _came_back(self, movement: Movement, target: Awake) -> None:
        """Note what an address sends, after traced value was left there for lack of history: a gap (M10)."""
        asset, transfer = target.asset, movement.transfer
        if not (transfer.inputs and transfer.outputs) or transfer.outputs[0].address not in target.addresses:
            return
        address = transfer.inputs[0].address
        since = self._left.get((asset.chain, asset.contract, address))
        if since is None or since >= movement.where or address in target.addresses:
            return
        text = (
            f"{target.name} was later credited by {address}, where traced value was not followed for lack "
            "of history: what came back is counted as unidentified."
        )
        self._record.gap("inflow", asset, target.name, transfer.value, text)

    def _inside(self, asset: Asset, sender: Leg | None, receiver: Leg | None) -> bool:
        """Whether a movement stays where it is: an address to itself, or inside a declared wallet (M8)."""
        if sender is None or receiver is None:
            return False
        if sender.address == receiver.address:
            return True
        return self._has_wallets and self._wallets.inside(asset.chain, sender.address, receiver.address)

    def _awaken(self, account: Account, where: Where) -> Awake | None:
        """Load a pool as it stood just before a movement; None where no source holds its history (M10)."""
        if (account.chain, account.asset.contract, account.address) in self._asleep:
            return self._wake(account, where)
        histories = self._histories(account, where[0][0])
        if not histories:
            return None
        movements = merged(histories)
        if self._until is not None:
            movements = [movement for movement in movements if self._agenda.exists(movement)]
        awake = Awake(account.asset, histories, self._maker(), movements)
        known = [history.opening for history in histories]
        opened = opening(
            movements,
            frozenset(awake.addresses),
            where,
            None if None in known else sum(value or 0 for value in known),
            self._openings.get(account, 0),
        )
        if opened.balance:
            awake.pool.put((Lot(opened.balance, None, 0),))
        if opened.value and opened.implied:
            self._record.keep((opening_gap(account.asset, awake.name, opened.value),))
        self._outside(awake)
        for address in awake.addresses:
            self._pools[(account.chain, account.asset.contract, address)] = awake
        self._agenda.follow(awake.onward(where))
        return awake

    def _sleep(self, awake: Awake, where: Where) -> None:
        """Let a pool sleep that holds nothing traced: until something arrives its balance says all (M8)."""
        awake.sleep(where)
        for address in awake.addresses:
            key = (awake.asset.chain, awake.asset.contract, address)
            self._asleep[key] = self._pools.pop(key)

    def _slept(self, awake: Awake, slept: Sequence[Movement]) -> None:
        """Note what came back to a pool while it slept (M10)."""
        chain, contract, left = awake.asset.chain, awake.asset.contract, self._left
        if not left:
            return
        for movement in slept:
            inputs = movement[2].inputs
            if inputs and (chain, contract, inputs[0].address) in left:
                self._came_back(movement, awake)

    def _wake(self, account: Account, where: Where) -> Awake:
        """Take up a pool as it stands just before a movement."""
        awake = self._asleep[account.chain, account.asset.contract, account.address]
        slept = awake.slept(where)
        self._slept(awake, slept)
        awake.wake(slept, self._maker)
        for address in awake.addresses:
            key = (account.chain, account.asset.contract, address)
            self._pools[key] = self._asleep.pop(key)
        self._agenda.follow(awake.onward(where))
        return awake

    def _histories(self, account: Account, since: int) -> list[History]:
        """The history of the account, or of its wallet's members; [] when one of them is missing (M10)."""
        histories = []
        for address in self._wallets.together(account.chain, account.address):
            found = self._view.history(Account(address, account.asset), since)
            if isinstance(found, MissingHistory):
                self._record.lacks(found)
                return []
            if (account.chain, account.asset.contract, address) in self._links.accounts:
                found = replace(found, movements=self._links.in_order(found.movements))
            histories.append(found)
        return histories

    def _outside(self, awake: Awake) -> None:
        """Note inflows that the sources show outside what they cover (M10)."""
        if awake.whole():
            return
        late = sum(
            movement.transfer.value or 0
            for movement in awake.movements
            if movement.transfer.outputs
            and movement.transfer.outputs[0].address in awake.addresses
            and not awake.covered(movement.order[0])
        )
        if late:
            text = f"{awake.name} was credited with value outside the time for which a source holds all its movements."
            self._record.gap("inflow", awake.asset, awake.name, late, text)

    def _step(
        self, movement: Movement, source: Awake, place: Place, before: tuple[Lot, ...], lots: Iterable[Lot]
    ) -> None:
        if not self._record.keeps_steps:
            return
        taken = tuple(lot if lot[1] is None else Lot(lot[0], lot[1], lot[2] - 1) for lot in lots)
        step = self._record.step
        line = Step(
            step,
            movement.transaction,
            place.index,
            source.name,
            place.address,
            place.asset,
            before,
            taken,
            source.pool.lots(),
        )
        self._record.steps.append(line)

    def rest(self) -> None:
        """Write down what lies in every awake pool at the end of coverage (M27)."""
        for awake in dict.fromkeys(self._asleep.values()):
            self._slept(awake, awake.slept())
        for awake in dict.fromkeys(self._pools.values()):
            end = max(awake.coverage, key=lambda cover: cover.end)
            time, height = end.as_of(self._until)
            for origin, (value, hop) in by_origin(awake.pool.lots()).items():
                step, since = awake.since[origin]
                self._record.resting.append(
                    Resting(
                        origin,
                        awake.asset,
                        value,
                        awake.name,
                        "",
                        "",
                        time,
                        height,
                        hop=hop,
                        step=step,
                        since=since.time,
                        since_height=since.height,
                    ),
                )


def _from(source: Awake | None, sender: Leg | None) -> str:
    """Whence value comes, as a hop shows it: the address, or all addresses of a declared wallet."""
    if source is not None and len(source.addresses) > 1:
        return source.name
    return sender.address if sender is not None else ""


def _place(movement: Movement, receiver: Leg | None, sender: Leg | None) -> Place:
    """Where a transfer arrives; a fee is paid at its payer, a burn at nobody."""
    tx, transfer = movement.transaction, movement.transfer
    fee = transfer.kind == "fee" and receiver is None
    address = receiver.address if receiver is not None else sender.address if fee and sender is not None else ""
    burned = receiver is None and not fee
    return Place(transfer.asset, address, None, tx.txid, transfer.index, tx, transfer.value or 0, burned)


def merged(histories: Sequence[History]) -> Sequence[Movement]:
    """The movements of one history as they are; those of several in chain order, each once."""
    if len(histories) == 1:
        return histories[0].movements
    named = {movement.where: movement for history in histories for movement in history.movements}
    return [named[key] for key in sorted(named)]
