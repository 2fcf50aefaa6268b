"""A small account chain under test: payments with their fees, and the view that rules ask about them."""

from __future__ import annotations

from chaintrace.case.view import CaseView
from chaintrace.model.attribution import Tag
from chaintrace.model.chain import Account, Asset, Block
from chaintrace.model.finding import Service
from chaintrace.model.provenance import Coverage
from chaintrace.model.transaction import Leg, Transaction, Transfer
from chaintrace.store import MemoryFacts

GOLD = "gold"
END = 10**12


class Chain:
    """Transactions in the order in which they are made, a minute apart unless their time is said; fees by M3."""

    def __init__(self, name: str = "tron") -> None:
        self.name = name
        self.made: list[Transaction] = []

    def pay(self, payer, payee, value, *, asset="", fee=0, time=None, sender=None, kind=None, more=(), status=None):
        """One payment and its fee. `more` are further transfers: (index, kind, asset, from, to, value)."""
        number = len(self.made)
        time = 1_600_000_000 + 60 * number if time is None else time
        first = ("value", kind or ("token" if asset else "native"), asset, payer, payee, value)
        cost = [("fee", "fee", "", sender or payer, None, fee)] if fee else []
        parts = [] if status == "failed" else [first, *more]
        ordered = [*parts, *cost] if self.name == "tron" else [*cost, *parts]
        transfers = tuple(self._transfer(part, (number, 0, place)) for place, part in enumerate(ordered))
        block = Block(number, "", time)
        made = Transaction(self.name, f"t{number}", block, 0, transfers, status or "confirmed")
        self.made.append(made)
        return made

    def _transfer(self, part, order) -> Transfer:
        index, kind, contract, payer, payee, value = part
        asset = Asset(self.name, contract)

        def legs(address):
            return () if address is None else (Leg(value, Account(address, asset), address),)

        return Transfer(index, kind, asset, legs(payer), legs(payee), order)

    def account(self, address, asset="") -> Account:
        return Account(address, Asset(self.name, asset))

    def view(self, complete=None, tags=(), services=(), order=None, **told) -> CaseView:
        """What is known: every movement of `complete` (None: of all), these tags and services.

        `told` is what else the coverage says: its start, how anybody knows, the opening balance.
        """
        known = None if complete is None else frozenset(complete)
        said = {(tag.chain, tag.address): (tag,) for tag in tags}
        found = {(self.name, one): (Service(self.name, one, "", ("t0",), "some_rule", 1, 50),) for one in services}
        coverage = (Coverage(self.name, known, None, told.pop("start", 0), END, None, None, **told),)
        return CaseView(MemoryFacts(order or self.made), coverage, all_tags=said, all_findings=found)

    def tag(self, address, category="exchange", actor="", *, stops=True) -> Tag:
        return Tag(self.name, address, "a label", actor, category, 50, "a list", stops=stops)


def pairs(said) -> list[tuple[str, str]]:
    """Who is named with whom."""
    return [(one.subject, one.object) for one in said]


class Seeing:
    """A view in which these observations were made."""

    def __init__(self, view, seen):
        self._view, self._seen = view, tuple(seen)

    def __getattr__(self, name):
        return getattr(self._view, name)

    def observations(self, chain, subject):
        return tuple(one for one in self._seen if (one.chain, one.subject) == (chain, subject))
