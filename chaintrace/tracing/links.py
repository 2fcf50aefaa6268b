"""Which continuations a trace follows (M23): those in use whose legs are there, and which nothing contradicts.

One leg cannot go out twice, nor come in twice; what comes in cannot be older than what went out, nor have been passed
on before. Where such a thing is claimed, nobody can say which claim is wrong, and none is followed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias, cast

from chaintrace.model.chain import Asset
from chaintrace.model.finding import Continues, Moved
from chaintrace.model.rows import named_transfers
from chaintrace.model.transaction import Movement, Order, Transaction
from chaintrace.model.view import MissingTransaction, View
from chaintrace.tracing.circles import unordered
from chaintrace.tracing.wallets import Wallets

Key: TypeAlias = tuple[str, str, str]
"""A movement by chain, txid and its transfer's index; that of a transaction on a chain of outputs is `utxo`."""


class LinkLeg(NamedTuple):
    """One leg of a continuation: its movement, and what names it there (an output's index, or the transfer's)."""

    movement: Movement
    moved: Moved
    value: int
    sender: str
    receiver: str

    @property
    def key(self) -> Key:
        """Its movement."""
        return self.moved.chain, self.moved.txid, self.movement.transfer.index

    @property
    def asset(self) -> Asset:
        """What is moved."""
        return self.movement.transfer.asset

    @property
    def time(self) -> int | None:
        """The time of its block (Unix, UTC)."""
        return self.movement.transaction.time


@dataclass(slots=True)
class Link:
    """A continuation with its legs. `flaw` says why it is not followed, `""` where it is."""

    finding: Continues
    outgoing: tuple[LinkLeg, ...]
    refunded: tuple[LinkLeg, ...]
    incoming: tuple[LinkLeg, ...]
    flaw: str = ""

    @property
    def legs(self) -> tuple[LinkLeg, ...]:
        """All its legs, in the order in which a trace sees them."""
        return (*self.outgoing, *self.refunded, *self.incoming)


@dataclass(slots=True)
class Links:
    """The continuations of a trace, the legs that are seen later than they stand, and the transactions that lack."""

    links: tuple[Link, ...] = ()
    orders: dict[Key, Order] = field(default_factory=dict)
    accounts: frozenset[tuple[str, str, str]] = frozenset()
    missing: tuple[MissingTransaction, ...] = ()

    def movements(self) -> Iterator[Movement]:
        """The movements of every leg that is followed, each in its place: a trace has to see them all."""
        for link in self.links:
            if not link.flaw:
                yield from self.in_order(leg.movement for leg in link.legs)

    def in_order(self, movements: Iterable[Movement]) -> list[Movement]:
        """Movements of one chain, sorted by the places in which a trace sees them."""
        return sorted((self._placed(movement) for movement in movements), key=lambda movement: movement.where)

    def _placed(self, movement: Movement) -> Movement:
        order = self.orders.get(key_of(movement))
        return movement if order is None else movement._replace(order=order)


def key_of(movement: Movement) -> Key:
    """A movement's key."""
    return movement.transaction.chain, movement.transaction.txid, movement.transfer.index


def linked(view: View, until: int | None, wallets: Wallets) -> Links:
    """The continuations that a view has in use. Later events than `until` (Unix, UTC) do not exist (M25)."""
    told = view.continuations()
    if not told:
        return Links()
    missing: dict[MissingTransaction, None] = {}
    links = tuple(link for finding in _distinct(told) if (link := _link(view, finding, until, missing)) is not None)
    for link in links:
        link.flaw = link.flaw or _self_contradiction(link) or _inside(link, wallets)
    _contested(links)
    orders = _orders(links)
    for link in unordered([link for link in links if not link.flaw], orders):
        link.flaw = "what it says of several chains cannot all have happened one after another"
    orders = _orders(links)
    accounts = frozenset(
        (leg.asset.chain, leg.asset.contract, address)
        for link in links
        for leg in link.legs
        if leg.key in orders
        for address in (leg.sender, leg.receiver)
        if address
    )
    return Links(links, orders, accounts, tuple(missing))


def _distinct(told: Sequence[Continues]) -> Iterator[Continues]:
    """Each claim once, the most confident; one that does not know what came in yields to one of the same that does."""
    claims: dict[tuple[frozenset[Moved], ...], Continues] = {}
    for finding in told:
        claim = tuple(frozenset(legs) for legs in (finding.outgoing, finding.incoming, finding.refunded))
        if claim not in claims or claims[claim].confidence < finding.confidence:
            claims[claim] = finding
    known = {claim[0] for claim in claims if claim[1]}
    return (finding for claim, finding in claims.items() if claim[0] and (claim[1] or claim[0] not in known))


def _link(view: View, finding: Continues, until: int | None, missing: dict[MissingTransaction, None]) -> Link | None:
    """The legs of a finding; None where those that go out are not in the sources, so that nothing can go on."""
    found: list[tuple[LinkLeg, ...]] = []
    flaw = ""
    for place, several in enumerate((finding.outgoing, finding.refunded, finding.incoming)):
        legs: list[LinkLeg] = []
        for moved in dict.fromkeys(several):
            transaction = view.transaction(moved.chain, moved.txid)
            if not isinstance(transaction, Transaction):
                if not place:
                    return None
                missing.setdefault(transaction)
            elif until is None or transaction.time is None or transaction.time <= until:
                leg = _leg(transaction, moved)
                if leg is None:  # a list may have told a part of it
                    missing.setdefault(MissingTransaction(moved.chain, moved.txid))
                    flaw = flaw or f"{moved.txid} has no movement {moved.index}"
                else:
                    legs.append(leg)
        found.append(tuple(sorted(legs, key=lambda leg: (leg.movement.order, leg.moved))))
    outgoing, refunded, incoming = found
    return Link(finding, outgoing, refunded, incoming, flaw) if outgoing or flaw else None


def _leg(transaction: Transaction, moved: Moved) -> LinkLeg | None:
    """The movement that a leg names, None where the transaction has no such one."""
    whole = transaction.utxo
    if whole is not None:
        outputs = [leg for leg in whole.outputs if str(leg.index) == moved.index]
        senders = ";".join(dict.fromkeys(leg.address for leg in whole.inputs if leg.address))
        movement = Movement(whole.order, transaction, whole)
        return LinkLeg(movement, moved, outputs[0].value or 0, senders, outputs[0].address) if outputs else None
    for transfer in named_transfers(transaction.transfers, moved.index):
        if transfer.kind != "fee":
            sender, receiver = (legs[0].address if legs else "" for legs in (transfer.inputs, transfer.outputs))
            named = Moved(moved.chain, moved.txid, transfer.index)
            return LinkLeg(
                Movement(transfer.order, transaction, transfer), named, transfer.value or 0, sender, receiver
            )
    return None


def _self_contradiction(link: Link) -> str:
    """What of one continuation cannot be, by itself."""
    out, back, into = ({leg.asset for leg in legs} for legs in (link.outgoing, link.refunded, link.incoming))
    moves = [leg.moved for leg in link.legs]
    if len(out) > 1 or len(into) > 1 or not back <= out:
        return "its legs are of several assets"
    if len(set(moves)) < len(moves):
        return "it names one movement twice"
    accounts = [leg for leg in link.legs if leg.movement.transfer.kind != "utxo"]
    if any(leg.sender and leg.sender == leg.receiver for leg in accounts):
        return "one of its legs moves nothing, from an address to itself"
    if link.incoming and not sum(leg.value for leg in link.incoming):
        return "nothing came in"
    return ""


def _inside(link: Link, wallets: Wallets) -> str:
    """Why nothing comes in or back by one of its legs, `""` where all may: one inside a declared wallet moves nothing.

    One that goes out moves nothing either, and so has its part as unidentified value.
    """
    into = (leg for leg in (*link.refunded, *link.incoming) if leg.movement.transfer.kind != "utxo" and leg.sender)
    if any(wallets.inside(leg.moved.chain, leg.sender, leg.receiver) for leg in into):
        return "what came in stayed inside a wallet that the case declares, and moves nothing"
    return ""


def _contested(links: Sequence[Link]) -> None:
    """Mark what two continuations claim: a leg that goes out of both, or one that comes into both."""
    for chosen in (lambda link: link.outgoing, lambda link: (*link.refunded, *link.incoming)):
        by_leg: dict[Moved, list[Link]] = {}
        for link in links:
            for leg in chosen(link):
                by_leg.setdefault(leg.moved, []).append(link)
        for moved, several in by_leg.items():
            for link in several if len(several) > 1 else ():
                rules = ", ".join(dict.fromkeys(other.finding.rule for other in several))
                link.flaw = link.flaw or (
                    f"{len(several)} continuations claim the movement {moved.txid} {moved.index} ({rules}), and a "
                    "movement goes on once"
                )


# --- what comes in is seen after what went out --------------------------------------------------------------------


def _orders(links: Sequence[Link]) -> dict[Key, Order]:
    """The places of legs that are seen later than they stand: inside a transaction, just after the last leg before.

    Where one turns out to contradict that, it is marked, and moves nothing.
    """
    while True:
        sound = [link for link in links if not link.flaw]
        orders = _settled(sound)
        if all(not link.flaw for link in sound):
            return orders


def _settled(links: Sequence[Link]) -> dict[Key, Order]:
    """The same for continuations that may contradict it; complete where none does."""
    orders: dict[Key, Order] = {}
    for _ in range(len(links) + 1):
        before = dict(orders)
        for link in links:
            _mend(link, orders)
            if link.flaw:
                return {}
        if before == orders:
            return orders
    for link in links:  # a circle inside a transaction never comes to rest
        if any(leg.key in orders for leg in link.legs):
            link.flaw = "inside one transaction each of several continuations would come before the others"
    return {}


def _mend(link: Link, orders: dict[Key, Order]) -> None:
    """Put what a continuation brings after what went out, where both are on one chain; or say why that cannot be."""
    last = max(link.outgoing, key=lambda leg: _place(leg, orders))
    for legs in (link.refunded, link.incoming):
        anchor, number = last, 0
        for leg in sorted(legs, key=lambda leg: _place(leg, orders)):
            if leg.moved.chain != anchor.moved.chain or _place(leg, orders) > _place(anchor, orders):
                continue
            if leg.moved.txid != anchor.moved.txid or leg.key == anchor.key:
                link.flaw = f"what came in, in {leg.moved.txid}, is older than what went out"
                return
            if _passed_on(leg, _place(anchor, orders), orders):
                link.flaw = f"what came in, in {leg.moved.txid}, was passed on before what went out"
                return
            orders[leg.key] = cast("Order", (*_place(anchor, orders), number))  # a longer one: just after its beginning
            number += 1
        here = [leg for leg in legs if leg.moved.chain == last.moved.chain]
        last = max((last, *here), key=lambda leg: _place(leg, orders))


def _place(leg: LinkLeg, orders: Mapping[Key, Order]) -> Order:
    return orders.get(leg.key, leg.movement.order)


def _passed_on(leg: LinkLeg, until: Order, orders: Mapping[Key, Order]) -> bool:
    """Whether the receiver of a leg sends of the same asset inside the transaction, after it and up to a place."""
    return any(
        transfer.asset == leg.asset
        and any(one.address == leg.receiver for one in transfer.inputs)
        and leg.movement.order < transfer.order
        and orders.get((leg.moved.chain, leg.moved.txid, transfer.index), transfer.order) <= until
        for transfer in leg.movement.transaction.transfers
        if transfer.kind != "utxo"
    )
