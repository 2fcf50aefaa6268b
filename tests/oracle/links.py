"""M23: which documented links of a case are followed, in what order its legs are then seen, and what each carries over.

A leg is (chain, txid, index); the index of an output is its vout.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.oracle.legs import Legs
from tests.oracle.pools import Lot, Shares, share
from tests.oracle.reading import Case, Transfer, Tx

Leg = tuple[str, str, str]
Event = Transfer | Tx


@dataclass
class Link:
    """One [[link]]: the legs that go out, those that come back, and those that come in. `flaw`: not followed."""

    out: list[Leg]
    back: list[Leg]
    into: list[Leg]
    flaw: bool = False
    went: set[Leg] = field(default_factory=set)  # of one run: the legs that went out or came back so far
    held: Shares = field(default_factory=lambda: Shares(free_first=False))
    coming: Shares = field(default_factory=lambda: Shares(free_first=False))
    place: str = ""  # to which address traced value went out last

    def begin(self) -> None:
        """Forget an earlier run."""
        self.went, self.place = set(), ""
        self.held, self.coming = Shares(free_first=False), Shares(free_first=False)


def event_leg(event: Event, leg: Leg) -> bool:
    """Whether the event is the one that holds the leg."""
    if isinstance(event, Transfer):
        return (event.chain, event.txid, event.index) == leg
    return (event.chain, event.txid) == leg[:2] and leg[2].isdigit() and int(leg[2]) < len(event.outputs)


def bridge_of(address: str, asset: str) -> str:
    """Where value ends that nobody saw come out again: the receiver's address; of a burned token, the token."""
    return address or ("" if asset in {"BTC", "ETH", "TRX"} else asset)


class Links:
    """All links of a case: what is wrong with each, and each chain with its legs in the order of the replay."""

    def __init__(self, case: Case, holders: Legs) -> None:
        self.case, self.holders = case, holders
        self.chains: dict[str, list[Event]] = {}
        for event in [*case.transfers, *case.txs]:
            self.chains.setdefault(event.chain, []).append(event)
        self.natural = {chain: list(events) for chain, events in self.chains.items()}
        self.links: list[Link] = []
        claims: dict[tuple[frozenset[Leg], ...], tuple[list[Leg], ...]] = {}
        for link in case.links:
            claims.setdefault(tuple(frozenset(legs) for legs in link), link)
        for out, into, back in claims.values():
            exists = [[leg for leg in legs if self.is_there(leg)] for legs in (out, back, into)]
            if exists[0]:
                self.links.append(Link(*exists))
        self.judge()

    def is_there(self, leg: Leg) -> bool:
        """Whether the transaction of the leg is in the sources, and not later than `until`."""
        return any((event.chain, event.txid) == leg[:2] for event in self.natural.get(leg[0], []))

    def event(self, leg: Leg) -> Event | None:
        return next((event for event in self.natural[leg[0]] if event_leg(event, leg)), None)

    def asset(self, leg: Leg) -> str:
        event = self.event(leg)
        return event.asset if isinstance(event, Transfer) else "BTC"

    def leg_value(self, leg: Leg) -> int:
        event = self.event(leg)
        return event.value if isinstance(event, Transfer) else event.outputs[int(leg[2])][0] if event else 0

    # Which are followed

    def judge(self) -> None:
        for link in self.links:
            link.flaw = self.contradicts_itself(link)
        for chosen in (lambda link: link.out, lambda link: link.back + link.into):
            for link in self.links:
                others = [leg for other in self.links if other is not link for leg in chosen(other)]
                link.flaw = link.flaw or any(leg in others for leg in chosen(link))
        while not self.reordered():
            pass
        for link in sorted(self.followed(), key=self.out_time):
            # taken one after another; whoever makes a circle with those before is left out
            before = [other for other in self.followed() if self.out_time(other) <= self.out_time(link)]
            if self.circle(before):
                link.flaw = True
        while not self.reordered():
            pass

    def followed(self) -> list[Link]:
        return [link for link in self.links if not link.flaw]

    def contradicts_itself(self, link: Link) -> bool:
        legs = link.out + link.back + link.into
        events = [self.event(leg) for leg in legs]
        if None in events or len(set(legs)) < len(legs):
            return True
        assets = [
            {
                (leg[0], event.asset if isinstance(event, Transfer) else "")
                for leg, event in zip(part, seen, strict=True)
            }
            for part, seen in (
                (link.out, events[: len(link.out)]),
                (link.back, events[len(link.out) : len(link.out) + len(link.back)]),
                (link.into, events[len(link.out) + len(link.back) :]),
            )
        ]
        if len(assets[0]) > 1 or len(assets[2]) > 1 or not assets[1] <= assets[0]:
            return True
        if any(isinstance(event, Transfer) and event.sender and event.sender == event.receiver for event in events):
            return True
        if any(isinstance(event, Transfer) and self.holders.to_itself(event) for event in events[len(link.out) :]):
            return True
        return bool(link.into) and not sum(self.leg_value(leg) for leg in link.into)

    # In which order

    def position(self, leg: Leg) -> int:
        return next(place for place, event in enumerate(self.chains[leg[0]]) if event_leg(event, leg))

    def reordered(self) -> bool:
        """Put what comes back, and then what comes in, after what went out. False where a new flaw turned up."""
        self.chains = {chain: list(events) for chain, events in self.natural.items()}
        moved: set[int] = set()
        for _ in range(len(self.links) + 1):
            changed = False
            for number, link in enumerate(self.links):
                if link.flaw:
                    continue
                verdict = self.mend(link)
                if verdict == "flaw":
                    link.flaw = True
                    return False
                if verdict == "moved":
                    moved.add(number)
                    changed = True
            if not changed:
                return True
        for number, link in enumerate(self.links):  # it never comes to rest: a circle inside a transaction
            link.flaw = link.flaw or number in moved
        return False

    def mend(self, link: Link) -> str:
        verdict = ""
        before = list(link.out)
        for legs in (link.back, link.into):
            anchor = max(before, key=self.position)
            late = sorted((leg for leg in legs if leg[0] == anchor[0]), key=self.position)
            late = [leg for leg in late if self.position(leg) <= self.position(anchor)]
            after = self.event(anchor)
            for leg in late:
                if leg[1] != anchor[1] or leg[0] == "bitcoin" or self.passed_on(leg, anchor):
                    return "flaw"
                event = self.event(leg)
                events = self.chains[leg[0]]
                events.remove(event)
                events.insert(events.index(after) + 1, event)
                after, verdict = event, "moved"
            before += [leg for leg in legs if leg[0] == anchor[0]]
        return verdict

    def passed_on(self, leg: Leg, anchor: Leg) -> bool:
        """Whether the receiver sends of the same asset in this transaction, between the leg and the anchor's place."""
        first, last = self.event(leg), self.event(anchor)
        natural, now = self.natural[leg[0]], self.chains[leg[0]]
        ahead = [event for event in natural[natural.index(first) + 1 :] if event.txid == leg[1]]
        return first.receiver != "" and any(
            event.sender == first.receiver and event.asset == first.asset and now.index(event) <= now.index(last)
            for event in ahead
        )

    def out_time(self, link: Link) -> tuple[int, str, int, Leg]:
        last = max(link.out, key=lambda leg: (self.natural[leg[0]].index(self.event(leg)), leg))
        return (self.event(last).time or 0, last[0], self.position(last), last)

    def circle(self, links: list[Link]) -> bool:
        """Whether these links cannot all be seen in one order: replay the legs until nothing can move any more."""
        rows = {
            chain: [
                event for event in events if any(event_leg(event, leg) for link in links for leg in self.legs(link))
            ]
            for chain, events in self.chains.items()
        }
        done: set[Leg] = set()
        while any(rows.values()):
            for row in rows.values():
                if row and not any(
                    any(event_leg(row[0], leg) for leg in link.into) and not set(link.out + link.back) <= done
                    for link in links
                ):
                    done |= {leg for link in links for leg in self.legs(link) if event_leg(row[0], leg)}
                    row.pop(0)
                    break
            else:
                return True
        return False

    def legs(self, link: Link) -> list[Leg]:
        return link.out + link.back + link.into

    def events(self) -> Iterator[Event]:
        """Chain order; between chains by time and name, but what comes in waits for what went out (M2)."""
        rows = {chain: list(events) for chain, events in self.chains.items() if events}
        while rows:

            def head(chain: str) -> tuple[bool, int, str]:
                event = rows[chain][0]
                waits = any(
                    any(event_leg(event, leg) for leg in link.into) and not set(link.out + link.back) <= link.went
                    for link in self.followed()
                )
                return (waits, event.time or 0, chain)

            chain = min(rows, key=head)
            yield rows[chain].pop(0)
            if not rows[chain]:
                del rows[chain]

    # What is carried over

    def of_out(self, leg: Leg) -> Link | None:
        return next((link for link in self.followed() if leg in link.out), None)

    def of_in(self, leg: Leg) -> Link | None:
        return next((link for link in self.followed() if leg in link.back + link.into), None)

    def brought(self, leg: Leg, lots: list[Lot]) -> tuple[list[Lot], list[Lot]]:
        """What a leg that comes in or back carries already, and what the link brings into its unidentified part."""
        link = self.of_in(leg)
        if link is None:
            return lots, []
        source = link.held if leg in link.back else link.coming
        free = sum(value for origin, value, _ in lots if origin is None)
        taken = source.take(min(free, sum(value for _, value, _ in source.lots())))
        if all(origin is None for origin, _, _ in taken):
            return lots, []
        rest = free - sum(value for _, value, _ in taken)
        farther = [(origin, value, hop if origin is None else hop + 1) for origin, value, hop in taken]
        return [lot for lot in lots if lot[0] is not None], [*farther, (None, rest, 0)]

    def convert(self, link: Link) -> list[tuple[str, int]]:
        """All has gone out and come back: divide what is left (M16). What of each origin goes over."""
        lots = link.held.lots()
        parts = share([value for _, value, _ in lots], sum(self.leg_value(leg) for leg in link.into)) if lots else []
        if all(origin is None for origin, _, _ in lots):
            return []
        link.coming.put([(origin, part, hop) for (origin, _, hop), part in zip(lots, parts, strict=True)])
        return [(origin, value) for origin, value, _ in lots if origin is not None]

    def settled(self, event: Event) -> Iterator[Link]:
        """Note an event that was seen; the links of which the last leg has gone out, or come back, with it."""
        for link in self.followed():
            here = {leg for leg in link.out + link.back if event_leg(event, leg)}
            if here - link.went:
                link.went |= here
                if set(link.out + link.back) <= link.went:
                    yield link
