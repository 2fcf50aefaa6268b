"""A view that writes down what it was asked and what it answered: the facts that a trace rests on, and no others."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from chaintrace.model.attribution import Tag
from chaintrace.model.chain import Account, Asset, OutPoint
from chaintrace.model.finding import AnyFinding, Continues, Service
from chaintrace.model.log import Log
from chaintrace.model.protocol import Protocols
from chaintrace.model.provenance import Coverage, Observation
from chaintrace.model.transaction import Transaction
from chaintrace.model.view import History, MissingHistory, MissingLogs, MissingSpender, MissingTransaction, View


@dataclass(slots=True)
class Recorded:
    """Every answer, by its question. A question that is asked again has the same answer."""

    transactions: dict[tuple[str, str], Transaction | MissingTransaction] = field(default_factory=dict)
    histories: dict[tuple[Account, int], History | MissingHistory] = field(default_factory=dict)
    spenders: dict[OutPoint, Transaction | MissingSpender | None] = field(default_factory=dict)
    unspent: dict[OutPoint, Coverage] = field(default_factory=dict)
    coverages: dict[tuple[str, str, str], tuple[Coverage, ...]] = field(default_factory=dict)
    tags: dict[tuple[str, str], tuple[Tag, ...]] = field(default_factory=dict)
    services: dict[tuple[str, str], tuple[Service, ...]] = field(default_factory=dict)

    def stops(self, least: int) -> dict[tuple[str, str], str]:
        """Every address that was asked about and stops a trace, with the rule that says so (`""`: a tag) (M21)."""
        by_rule = {
            place: max(several, key=lambda found: (bool(found.object), found.confidence)).rule
            for place, several in self.services.items()
        }
        by_tag = dict.fromkeys(
            (place for place, tags in self.tags.items() if any(tag.stops and tag.confidence >= least for tag in tags)),
            "",
        )
        return {**by_rule, **by_tag}

    def facts(self) -> tuple[Transaction, ...]:
        """Every transaction that was answered with, each once, in chain order."""
        found: dict[tuple[str, str], Transaction] = {}
        for one in (*self.transactions.values(), *self.spenders.values()):
            if isinstance(one, Transaction):
                found[one.chain, one.txid] = one
        for history in self.histories.values():
            for movement in () if isinstance(history, MissingHistory) else history.movements:
                told = movement.transaction
                found.setdefault((told.chain, told.txid), told)
        return tuple(sorted(found.values(), key=_placed))


def _placed(told: Transaction) -> tuple[str, tuple[int, int, int], str]:
    """Chain, place of the first transfer in it, txid."""
    return told.chain, told.transfers[0].order if told.transfers else (0, 0, 0), told.txid


class RecordingView:
    """A `View` that answers as another one does."""

    def __init__(self, view: View) -> None:
        """Nothing has been asked yet."""
        self._view = view
        self.recorded = Recorded()

    def transaction(self, chain: str, txid: str) -> Transaction | MissingTransaction:
        """See `View`."""
        return self.recorded.transactions.setdefault((chain, txid), self._view.transaction(chain, txid))

    def history(self, account: Account, since: int = 0) -> History | MissingHistory:
        """See `View`."""
        return self.recorded.histories.setdefault((account, since), self._view.history(account, since))

    def spender(self, outpoint: OutPoint) -> Transaction | MissingSpender | None:
        """See `View`."""
        return self.recorded.spenders.setdefault(outpoint, self._view.spender(outpoint))

    def unspent(self, outpoint: OutPoint) -> Coverage | None:
        """See `View`."""
        found = self._view.unspent(outpoint)
        if found is not None:
            self.recorded.unspent[outpoint] = found
        return found

    def coverage(self, chain: str, address: str, contract: str) -> tuple[Coverage, ...]:
        """See `View`."""
        found = self._view.coverage(chain, address, contract)
        return self.recorded.coverages.setdefault((chain, address, contract), found)

    def assets(self, chain: str) -> Sequence[Asset]:
        """See `View`."""
        return self._view.assets(chain)

    def tags(self, chain: str, address: str) -> tuple[Tag, ...]:
        """See `View`."""
        return self.recorded.tags.setdefault((chain, address), self._view.tags(chain, address))

    def observations(self, chain: str, subject: str) -> tuple[Observation, ...]:
        """See `View`."""
        return self._view.observations(chain, subject)

    def protocols(self) -> Protocols:
        """See `View`."""
        return self._view.protocols()

    def logs(  # a log is named by its contract, its event, and the key with its place
        self, chain: str, contract: str, topic: str, key: str, place: int = 1, *, span: tuple[int, int] = (0, 0)
    ) -> tuple[Log, ...] | MissingLogs:
        """See `View`."""
        return self._view.logs(chain, contract, topic, key, place, span=span)

    def continuations(self) -> Sequence[Continues]:
        """See `View`."""
        return self._view.continuations()

    def findings(self, chain: str, subject: str) -> tuple[AnyFinding, ...]:
        """See `View`."""
        found = self._view.findings(chain, subject)
        services = tuple(one for one in found if isinstance(one, Service))
        if services:
            self.recorded.services[chain, subject] = services
        return found
