"""The view of a case: what its sources, tags and findings say together, and what was asked of them in vain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from chaintrace.adapters.assets import native_asset
from chaintrace.adapters.interface import FactSource
from chaintrace.adapters.protocols import shipped
from chaintrace.adapters.ranks import rank_of
from chaintrace.case.covering import by_address
from chaintrace.case.events import Events, logs_by_event, with_key
from chaintrace.case.paid import Paid, may_pay_outputs, movements, paid
from chaintrace.case.pending import behind
from chaintrace.case.remembered import FEW, KEPT, LONG, Remembered
from chaintrace.case.within import Within, between
from chaintrace.model.attribution import Tag
from chaintrace.model.chain import Account, Asset, OutPoint
from chaintrace.model.finding import AnyFinding, Continues
from chaintrace.model.log import Log
from chaintrace.model.protocol import Protocols
from chaintrace.model.provenance import Coverage, Gap, Observation, Source
from chaintrace.model.transaction import PENDING_RANK, Leg, Movement, Transaction, Transfer
from chaintrace.model.view import History, Missing, MissingHistory, MissingLogs, MissingSpender, MissingTransaction
from chaintrace.store import Facts

Tags = Mapping[tuple[str, str], tuple[Tag, ...]]
"""(chain, address) to what is claimed about it, the most confident first."""

Findings = Mapping[tuple[str, str], tuple[AnyFinding, ...]]
"""(chain, subject) to what rules in use said about it."""


_Lack = TypeVar("_Lack", MissingTransaction, MissingHistory, MissingSpender, MissingLogs)


@dataclass(slots=True)
class CaseView:
    """A `View` over a store, look-up sources (by chain, in the case's order), coverages, tags and findings.

    What was asked and is lacking is remembered in `missing`, in order and once. It never fetches.
    """

    facts: Facts
    coverages: tuple[Coverage, ...] = ()
    lookups: Mapping[str, tuple[FactSource, ...]] = field(default_factory=dict)
    all_tags: Tags = field(default_factory=dict)
    all_findings: Findings = field(default_factory=dict)
    sources: tuple[Source, ...] = ()
    gaps: tuple[Gap, ...] = ()
    within: Within | None = None
    end: int | None = None
    for_rules: bool = False
    noted: tuple[Observation, ...] = ()
    own: Protocols = field(default_factory=Protocols)
    _missing: dict[Missing, None] = field(default_factory=dict)
    _near: dict[tuple[str, str], Sequence[Coverage]] = field(default_factory=dict)
    _moves: Remembered = field(default_factory=Remembered)
    _found: dict[tuple[str, str], Transaction] = field(default_factory=dict)
    _spenders: dict[OutPoint, Transaction | None] = field(default_factory=dict)
    _paid: dict[str, Paid] = field(default_factory=dict)
    _beside: dict[tuple[str, str], tuple[Observation, ...]] = field(default_factory=dict)
    _events: Events = field(default_factory=dict)
    _known: list[Protocols] = field(default_factory=list)

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What was asked and no source has, in the order of the first asking."""
        return tuple(self._missing)

    def with_tags(self, tags: Tags) -> "CaseView":
        """The same facts under these tags; nothing is missing yet."""
        return replace(self, all_tags=tags, _missing={})

    def with_findings(self, findings: Findings, *, for_rules: bool = False) -> "CaseView":
        """The same facts under these findings; nothing is missing yet.

        Rules ask of many accounts about the one that paid all of them: for them it remembers what is long to read.
        """
        return replace(self, all_findings=findings, for_rules=for_rules, _missing={})

    def until(self, time: int | None) -> "CaseView":
        """The same, but without movements and spenders after a time (Unix, UTC): later events do not exist (M25)."""
        return self if time is None else replace(self, end=time, _missing={}, _moves=Remembered())

    def confined(self, within: Within) -> "CaseView":
        """The same, but of what networks told only what it says of these outputs and accounts.

        What was fetched on the way to the traces, and is not part of them, then changes nothing in a report.
        """
        told = frozenset(self.facts.heard.coverage)
        coverages = tuple(held for held in self.coverages if held not in told or within.hears(held))
        return replace(self, within=within, coverages=coverages, _missing={}, _near={})

    def transaction(self, chain: str, txid: str) -> Transaction | MissingTransaction:
        """The canonical transaction with that txid."""
        return self._transaction(chain, txid) or self._lack(MissingTransaction(chain, txid))

    def history(self, account: Account, since: int = 0) -> History | MissingHistory:
        """Every movement of a covered account; `MissingHistory` for one that no source covers at the rank `since`.

        A file says for how long it covers an account, and the trace what that leaves out; networks are asked for more.
        Of what is pending there is no rank to begin at: then all of it is missing.
        """
        since = 0 if since == PENDING_RANK else since
        chain = account.chain
        coverage = self.coverage(chain, account.address, account.asset.contract)
        if chain in self.facts.heard.pins:
            coverage = tuple(held for held in coverage if held.start <= since)
        if not coverage:
            return self._lack(MissingHistory(account, since))
        known = [held for held in coverage if held.opening is not None]
        first = min(known, key=lambda held: held.start) if known else None
        if first is None:
            return History(account, self._moved(account, 0), None, coverage)
        return History(account, self._moved(account, first.start), first.opening, coverage)

    def _moved(self, account: Account, start: int) -> Sequence[Movement]:
        """The movements from a rank on. Those of networks are remembered, of files the first; for rules, long ones."""
        found = self._moves.get((account, start))
        if found is None:
            found = between(self.movements(account), start, self.end)
            kept = account.chain in self.facts.heard.pins or (self.for_rules and len(found) >= LONG)
            if kept or found:
                self._moves.keep((account, start), found, KEPT if kept else FEW)
        return found

    def movements(self, account: Account) -> Sequence[Movement]:
        """What the sources show of an account, covered or not; of outputs, what a store has read whole."""
        found, chain = self.facts.movements(account), account.chain
        if found or account.asset.contract or chain in self.lookups or not may_pay_outputs(chain):
            return found
        if chain not in self._paid:
            self._paid[chain] = paid(self.facts.transactions(chain))
        return movements(self, self._paid[chain].get(account.address, ()))

    def spender(self, outpoint: OutPoint) -> Transaction | MissingSpender | None:
        """The transaction that spends an output; None when it is known to be unspent at the end of coverage."""
        found = self._told_spender(outpoint)
        if found is None or not (self._is_within(outpoint) or found.source in self.sources):
            answers = (source.spender(outpoint) for source in self.lookups.get(outpoint.chain, ()))
            found = next((answer for answer in answers if answer is not None), None)
        if found is not None:
            is_later = self.end is not None and found.time is not None and found.time > self.end
            return None if is_later else self._whole(found)
        if self._unspent(outpoint) is not None or self._is_covered(outpoint):
            return None
        return self._lack(MissingSpender(outpoint))

    def unspent(self, outpoint: OutPoint) -> Coverage | None:
        """The coverage of this one output: a network was asked, and it is unspent, or spent later, as of its end."""
        held = self._unspent(outpoint)
        if held is not None or outpoint.chain not in self.facts.heard.pins:
            return held
        spender = self._told_spender(outpoint)
        if spender is None or spender.block is None or spender.utxo is None:
            return None
        end, block = spender.utxo.order[0], spender.block
        return Coverage(outpoint.chain, None, None, 0, end, block.height, block.time, "its spender is known")

    def _told_spender(self, outpoint: OutPoint) -> Transaction | None:
        """What spends an output by the store; remembered, for every method asks."""
        if outpoint not in self._spenders:
            self._spenders[outpoint] = self.facts.spender(outpoint)
        return self._spenders[outpoint]

    def _unspent(self, outpoint: OutPoint) -> Coverage | None:
        """What a network said under the newest pin: unspent at a height, which counts from the output's own on."""
        told = self.facts.heard.unspent.get(outpoint)
        if told is None or not self._is_within(outpoint):
            return None
        output = self._output(outpoint)
        if output is not None and told.height < output[2] != PENDING_RANK:
            return None
        addresses = frozenset({told.address})
        return Coverage(outpoint.chain, addresses, None, 0, told.height, told.height, told.time, told.how)

    def coverage(self, chain: str, address: str, contract: str) -> tuple[Coverage, ...]:
        """The coverages that hold every movement of (address, contract), in the order of the sources.

        Where networks are asked as of a tip, a file that ends before it no longer tells what rests.
        """
        pin = self.facts.heard.pins.get(chain)
        least = rank_of(chain, pin.tip) if pin is not None else 0
        told = (held for held in self._near_to(chain, address) if held.chain == chain and held.end >= least)
        return tuple(held for held in told if held.covers(address, contract))

    def _near_to(self, chain: str, address: str) -> Sequence[Coverage]:
        """The coverages that may cover an address, in their order."""
        if not self._near:
            self._near.update(by_address(self.coverages))
        return self._near.get((chain, address), self._near["", ""])

    def assets(self, chain: str) -> Sequence[Asset]:
        """The assets that occur in the sources of a chain, by contract."""
        held = self.facts.assets(chain)
        if chain in self.lookups and all(asset.contract for asset in held):
            return (native_asset(chain), *held)
        return held

    def tags(self, chain: str, address: str) -> tuple[Tag, ...]:
        """What sources claim about an address, the most confident first."""
        return self.all_tags.get((chain, address), ())

    def observations(self, chain: str, subject: str) -> tuple[Observation, ...]:
        """What files and networks tell beside movements of an address, a contract or a txid."""
        if not self._beside:
            self._beside["", ""] = ()
            for seen in (*self.noted, *self.facts.heard.observations):
                told = self._beside.get((seen.chain, seen.subject), ())
                self._beside[seen.chain, seen.subject] = (*told, seen)
        return self._beside.get((chain, subject), ())

    def findings(self, chain: str, subject: str) -> tuple[AnyFinding, ...]:
        """What rules in use said about an address, an outpoint or a txid."""
        return self.all_findings.get((chain, subject), ())

    def continuations(self) -> tuple[Continues, ...]:
        """Every continuation in use (M23), each once."""
        several = (one for found in self.all_findings.values() for one in found if isinstance(one, Continues))
        return tuple(dict.fromkeys(one for one in several if not one.is_lead))

    def protocols(self) -> Protocols:
        """What is known of protocols: the shipped tables and those of the case."""
        if not self._known:
            self._known.append(shipped().with_more(self.own) if self.own.rows or self.own.numbers else shipped())
        return self._known[0]

    def logs(  # a log is named by its contract, its event, and the key with its place
        self, chain: str, contract: str, topic: str, key: str, place: int = 1, *, span: tuple[int, int] = (0, 0)
    ) -> tuple[Log, ...] | MissingLogs:
        """The logs of a contract with this topic and key that the store holds; none where a network told of none."""
        if not self._events:
            self._events.update(logs_by_event((*self.noted, *self.facts.heard.observations)))
        found = with_key(self._events.get((chain, contract, topic), ()), key, place)
        question = MissingLogs(chain, contract, topic, key, place, *span)
        if (found and not any(span)) or self.facts.heard.questions.get(question, "unknown") != "unknown":
            return found
        return self._lack(question)

    def _is_within(self, outpoint: OutPoint) -> bool:
        """Whether what networks told of an output is heard."""
        return self.within is None or outpoint in self.within.outpoints

    def _lack(self, missing: _Lack) -> _Lack:
        """Remember what is lacking."""
        self._missing.setdefault(missing)
        return missing

    def _transaction(self, chain: str, txid: str) -> Transaction | None:
        """The transaction, from the store or the first look-up source that has it."""
        known = self._found.get((chain, txid)) or self._told(chain, txid)
        return None if known is None else self._whole(known)

    def _told(self, chain: str, txid: str) -> Transaction | None:
        """The transaction as its source tells it."""
        answers = (source.transaction(txid) for source in self.lookups.get(chain, ()))
        return self.facts.transaction(chain, txid) or next((one for one in answers if one is not None), None)

    def _whole(self, transaction: Transaction) -> Transaction:
        """The transaction, its inputs completed from the outputs that any source of the case holds, in its order."""
        key, transfer = (transaction.chain, transaction.txid), transaction.utxo
        if transfer is None:
            return transaction
        if key not in self._found:
            if any(leg.value is None for leg in transfer.inputs):
                inputs = tuple(self._input(leg) for leg in transfer.inputs)
                transaction = replace(transaction, transfers=(replace(transfer, inputs=inputs),))
            read = None if len(self.sources) == 1 else self.facts.transaction  # one file has put its own in order
            self._found[key] = behind(transaction, self._told, read, self._found)
        return self._found[key]

    def _input(self, leg: Leg) -> Leg:
        """An input with the value and the address of the output that it spends, where a source holds that one."""
        if leg.value is not None or not isinstance(leg.holding, OutPoint):
            return leg
        spent = self._output(leg.holding)
        if spent is None:
            return leg
        output = spent[1]
        return replace(
            leg, value=output.value, address=output.address, script_type=output.script_type, script=output.script
        )

    def _output(self, outpoint: OutPoint) -> tuple[Transfer, Leg, int] | None:
        """An output's transfer, leg and rank. Asks for the parent without completing the parent's own inputs."""
        parent = self._told(outpoint.chain, outpoint.txid)
        transfer = parent.utxo if parent is not None else None
        if transfer is None or outpoint.vout >= len(transfer.outputs):
            return None
        return transfer, transfer.outputs[outpoint.vout], transfer.order[0]

    def _is_covered(self, outpoint: OutPoint) -> bool:
        """Whether a source that holds every movement of the output's address reaches as far as the output (M10)."""
        output = self._output(outpoint)
        if output is None:
            return False
        transfer, leg, rank = output
        held = self.coverage(outpoint.chain, leg.address, transfer.asset.contract)
        return any(rank == PENDING_RANK or coverage.end >= rank for coverage in held)
