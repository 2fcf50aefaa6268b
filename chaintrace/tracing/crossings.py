"""What goes over in continuations (M23): held between the legs that go out and those that come in, origin by origin."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from chaintrace.accounting import Haircut, shares
from chaintrace.model.conversion import Conversion
from chaintrace.model.finding import Moved
from chaintrace.model.trace import Converted, Endpoint, Lot
from chaintrace.model.transaction import Movement
from chaintrace.model.view import View
from chaintrace.tracing.links import Key, Link, Links, key_of
from chaintrace.tracing.record import Place, Record


class Brought(NamedTuple):
    """What a leg brings: the lots that take the place of its unidentified value, and the rule that says so."""

    lots: tuple[Lot, ...]
    rule: str


class Crossing:
    """One continuation under way: what went out and has not come back, then what is left to come in."""

    def __init__(self, link: Link, *, is_screen: bool) -> None:
        """Nothing has gone out yet."""
        self.link = link
        self.awaited = {leg.key for leg in (*link.outgoing, *link.refunded)}
        self._places: list[Place] = []
        self.step = 0
        self.steps: list[int] = []
        self.went: dict[str, int] = {}
        self.came: dict[str, int] = {}
        self.gross = 0
        self._is_screen = is_screen
        self._held = Haircut()
        self._coming = Haircut()
        self._marks: dict[str, int] = {}
        self._left: set[Moved] = set()

    @property
    def is_blind(self) -> bool:
        """Whether nobody holds what comes in: then the legs that go out are the end (an endpoint)."""
        return not self.link.incoming

    @property
    def is_traced(self) -> bool:
        """Whether anything traced has gone out."""
        return bool(self._marks)

    @property
    def refunds(self) -> frozenset[Moved]:
        """The legs that come back."""
        return frozenset(leg.moved for leg in self.link.refunded)

    @property
    def _last(self) -> Place | None:
        """The last leg of those that have gone out and carried something traced; None where none has."""
        return self._places[-1] if self._places else None

    def leave(self, place: Place, lots: Sequence[Lot], step: int) -> None:
        """Hold what goes out with one leg, unidentified value too."""
        self._left.add(Moved(place.asset.chain, place.txid, place.index))
        self._held.put(lots)
        for value, origin, hop in lots:
            if origin is not None and value:
                self._marks[origin] = min(hop, self._marks.get(origin, hop))
        self.step = step
        self._places.append(place)

    def leave_untraced(self, moved: Moved, value: int) -> None:
        """Hold a leg that carries nothing traced, once: it has its part in what comes in."""
        if moved not in self._left:
            self._left.add(moved)
            self._held.put((Lot(value, None, 0),))

    def bring(self, moved: Moved, value: int, free: int) -> tuple[Lot, ...]:
        """What a leg brings into its unidentified part (`free`), in proportion by M16; () where nothing is traced.

        A screen's marks are brought whole.
        """
        if not self._marks or not value:
            return ()
        if self._is_screen:
            return tuple(Lot(value, origin, hop) for origin, hop in self._marks.items())
        held = self._held if moved in self.refunds else self._coming
        lots = held.take(min(free, held.total))
        if all(lot.origin is None for lot in lots):
            return ()
        rest = free - sum(lot.value for lot in lots)
        return (*lots, Lot(rest, None, 0)) if rest else lots

    def settle(self, record: Record, view: View) -> None:
        """Everything that goes out has gone: what did not come back is converted, or ends where it went."""
        lots, place = self._held.lots(), self._last
        traced = [lot for lot in lots if lot.origin is not None]
        if place is None or not traced:
            return
        if self.is_blind:  # a screen marks every leg: under a method another one may be the last that is traced
            for each in self._places if self._is_screen else (place,):
                end = each if each.address else each._replace(address=each.asset.contract)
                tags = view.tags(each.asset.chain, end.address)
                finding = self.link.finding
                record.end(Endpoint, end, traced, tags=tags, rule=finding.rule, continues=finding)
        elif not self._is_screen:
            self.gross = self._held.total
            total = sum(leg.value for leg in self.link.incoming)
            parts = shares([lot.value for lot in lots], total, self.gross)
            self._coming.put(Lot(part, lot.origin, lot.hop) for part, lot in zip(parts, lots, strict=True))
            self.went = {str(lot.origin): lot.value for lot in traced}
            record.end(Converted, place._replace(gross=self.gross), traced, continues=self.link.finding)

    def conversion(self) -> Conversion | None:
        """What went over, None where nothing traced was converted."""
        last, first = self._last, next(iter(self.link.incoming), None)
        if not self.went or last is None or first is None:
            return None
        return Conversion(
            self.link.finding,
            last.asset,
            first.asset,
            self.gross,
            sum(leg.value for leg in self.link.incoming),
            self.link.outgoing[-1].sender,
            first.receiver,
            tuple((origin, value, self.came.get(origin, 0)) for origin, value in self.went.items()),
            self.step,
            tuple(self.steps),
            self.link.outgoing[-1].time,
            first.time,
        )


class Crossings:
    """The continuations of one run. False where there are none: then nothing of this module is asked again."""

    def __init__(self, links: Links, view: View, record: Record) -> None:
        """Sort the legs by what they do; those of continuations that are not followed only make a gap."""
        self._view, self._record = view, record
        is_screen = record.method == "poison"
        self._all = [Crossing(link, is_screen=is_screen) for link in links.links if not link.flaw]
        self._out = {leg.moved: one for one in self._all for leg in one.link.outgoing}
        self._in = {leg.moved: one for one in self._all for leg in (*one.link.refunded, *one.link.incoming)}
        self._flawed: dict[Moved, list[Link]] = {}
        for link in links.links:
            for leg in link.outgoing if link.flaw else ():
                self._flawed.setdefault(leg.moved, []).append(link)
        self._awaits: dict[Key, list[Crossing]] = {}
        self._waits: dict[Key, list[Crossing]] = {}
        for one in self._all:
            for key in one.awaited:
                self._awaits.setdefault(key, []).append(one)
            for key in {leg.key for leg in one.link.incoming}:
                self._waits.setdefault(key, []).append(one)

    def __bool__(self) -> bool:
        """Whether there is any continuation, followed or not."""
        return bool(self._all or self._flawed)

    def legs(self) -> Iterator[Moved]:
        """Every leg at which something has to be done."""
        yield from self._out
        yield from self._in
        yield from self._flawed

    def is_waiting(self, movement: Movement) -> bool:
        """Whether something comes in with a movement that has not gone out yet (M2: dependency wins)."""
        return any(one.awaited for one in self._waits.get(key_of(movement), ()))

    def seen(self, movements: Iterable[Movement]) -> Iterator[Movement]:
        """The movements, one by one; after each, what has gone out whole is settled."""
        for movement in movements:
            yield movement
            key = key_of(movement)
            for one in self._awaits.get(key, ()):
                for leg in one.link.outgoing:
                    if leg.key == key:  # one inside a declared wallet, which moves nothing
                        one.leave_untraced(leg.moved, leg.value)
                one.awaited.discard(key)
                if not one.awaited:
                    one.settle(self._record, self._view)

    def outgoing(self, place: Place) -> Crossing | None:
        """The continuation out of which a leg goes. One that is not followed is noted, for traced value went there."""
        moved = Moved(place.asset.chain, place.txid, place.index)
        for link in self._flawed.get(moved, ()):
            finding = link.finding
            text = f"The rule {finding.rule} lets value of {finding.subject} go on, but {link.flaw}: not followed."
            self._record.gap("continuation", place.asset, finding.subject, place.gross, text)
        return self._out.get(moved)

    def untraced(self, moved: Moved | None, value: int) -> None:
        """Nothing traced goes with a leg; where it goes out of a continuation, that is held too."""
        one = None if moved is None else self._out.get(moved)
        if one is not None and moved is not None:
            one.leave_untraced(moved, value)

    def brings(self, moved: Moved) -> bool:
        """Whether traced value went out of the continuation into which a leg comes."""
        one = self._in.get(moved)
        return one is not None and one.is_traced

    def bring(self, moved: Moved | None, lots: Sequence[Lot], value: int) -> Brought | None:
        """What a leg brings besides what it carries already; None where nothing traced is brought."""
        one = None if moved is None else self._in.get(moved)
        if one is None or moved is None:
            return None
        free = sum(lot.value for lot in lots if lot.origin is None)
        taken = one.bring(moved, value, free)
        if not taken:
            return None
        farther = (lot if lot[1] is None else Lot(lot[0], lot[1], lot[2] + 1) for lot in taken)
        return Brought(tuple(farther), one.link.finding.rule)

    def arrive(self, place: Place, senders: str, lots: Sequence[Lot], brought: Brought) -> tuple[Lot, ...]:
        """Write down a leg that brings something; its lots, with what it brings in place of the unidentified ones."""
        self._note(Moved(place.asset.chain, place.txid, place.index), brought)
        self._record.hop(place, senders, brought.lots, brought.rule)
        return (*(lot for lot in lots if lot[1] is not None), *brought.lots)

    def _note(self, moved: Moved, brought: Brought) -> None:
        """Remember what came in, and at which step; what comes back is not converted."""
        one = self._in[moved]
        if moved in one.refunds:
            return
        one.steps.append(self._record.step)
        for value, origin, _ in brought.lots:
            if origin is not None:
                one.came[origin] = one.came.get(origin, 0) + value
        self._skew(one)

    def _skew(self, one: Crossing) -> None:
        """Note a delivery that its block's time puts before the deposit (M2)."""
        out, into = one.link.outgoing[-1], one.link.incoming[0]
        if out.moved.chain == into.moved.chain or out.time is None or into.time is None or into.time >= out.time:
            return
        text = (
            f"By the times of their blocks, {into.moved.txid} of {into.moved.chain} delivered {out.time - into.time} s "
            f"before {out.moved.txid} of {out.moved.chain} paid in; the deposit is taken to be the earlier one."
        )
        self._record.keep_gap("order", into.asset, into.moved.txid, text)

    def conversions(self) -> tuple[Conversion, ...]:
        """What went over, in the order in which it went out."""
        made = [found for one in self._all if (found := one.conversion()) is not None]
        return tuple(sorted(made, key=lambda one: (one.step, one.continues.subject, one.continues.object)))
