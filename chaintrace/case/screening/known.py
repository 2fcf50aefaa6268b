"""What one opened case knows of listed addresses and txids: facts, balances, the issuer's word, and links among them.

Nobody is asked: what counts is what the case holds. A balance is told only where a source of the case holds every
movement of the address in that asset (M10), as of where that source ends.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from chaintrace.case.issuer_states import together
from chaintrace.case.look import everything
from chaintrace.case.view import CaseView
from chaintrace.model.attribution import Tag
from chaintrace.model.chain import Account, Asset, OutPoint
from chaintrace.model.transaction import Leg, Transaction, Transfer
from chaintrace.model.view import History
from chaintrace.report.interface import AtIssuer

NOT_LISTED = "not listed"
"""What stands for a payer that is not on the list."""


@dataclass(frozen=True, slots=True)
class Balance:
    """What an address has of an asset, in base units, as of a height and a time (Unix, UTC); by which case."""

    case: str
    asset: Asset
    value: int
    height: int | None
    time: int | None


@dataclass(frozen=True, slots=True)
class IssuerWord:
    """What sources of a case say of an address at the contract of a token."""

    case: str
    asset: Asset
    said: AtIssuer


@dataclass(frozen=True, slots=True)
class Link:
    """A transfer among listed addresses, or a listed transaction that moves value of one (`of_listed`).

    `value` is in base units; None where the source does not tell it. On chains of outputs `sender` are all listed
    addresses of the inputs: which of them paid which output the transaction does not say. Where it is empty, another
    one paid (`payer_unlisted`), or nobody, as of a mint.
    """

    case: str
    chain: str
    txid: str
    index: str
    time: int | None
    sender: str
    receiver: str
    asset: Asset
    value: int | None
    of_listed: bool
    payer_unlisted: bool = False


@dataclass(slots=True)
class Known:
    """What a case knows of one text. `transactions` counts those that name it, `first` and `last` are their times."""

    chain: str
    transactions: int = 0
    first: int | None = None
    last: int | None = None
    tags: tuple[Tag, ...] = ()
    balances: tuple[Balance, ...] = ()
    issuers: tuple[IssuerWord, ...] = ()
    assets: dict[Asset, None] = field(default_factory=dict)
    outputs: dict[OutPoint, Leg] = field(default_factory=dict)

    def see(self, transaction: Transaction) -> None:
        """Count a transaction that names it."""
        self.transactions += 1
        if transaction.time is not None:
            self.first = transaction.time if self.first is None else min(self.first, transaction.time)
            self.last = transaction.time if self.last is None else max(self.last, transaction.time)


class Reading:
    """One pass over the facts of a case for a list. `known` is by (chain, text), `links` are in chain order."""

    def __init__(self, case: str, view: CaseView, chains: Sequence[str], listed: frozenset[str]) -> None:
        self._case, self._view, self._listed = case, view, listed
        self.known: dict[tuple[str, str], Known] = {}
        self.links: list[Link] = []
        for chain in chains:
            for transaction in everything(view, chain):
                self._see(transaction)
        for (chain, text), known in self._tagged(chains).items():
            known.tags = view.tags(chain, text)
            known.balances = tuple(self._balances(chain, text, known))
            known.issuers = tuple(self._issuers(chain, text))

    def _at(self, chain: str, text: str) -> Known:
        return self.known.setdefault((chain, text), Known(chain))

    def _tagged(self, chains: Sequence[str]) -> Mapping[tuple[str, str], Known]:
        """Everything that is known, with what no transaction names and a tag or an issuer's contract does."""
        for chain in chains:
            for text in sorted(self._listed):
                if self._view.tags(chain, text):
                    self._at(chain, text)
        for question in self._view.facts.heard.states:
            if question.account.address in self._listed:
                self._at(question.account.chain, question.account.address)
        return dict(sorted(self.known.items()))

    def _see(self, transaction: Transaction) -> None:
        """What one transaction says of listed texts."""
        chain, is_listed = transaction.chain, transaction.txid in self._listed
        if is_listed:
            self._at(chain, transaction.txid).see(transaction)
        named: dict[str, None] = {}
        for transfer in transaction.transfers:
            for leg in (*transfer.inputs, *transfer.outputs):
                if leg.address in self._listed:
                    named.setdefault(leg.address)
                    known = self._at(chain, leg.address)
                    known.assets.setdefault(transfer.asset)
            if named or is_listed:
                self.links.extend(self._links(transaction, transfer, is_listed=is_listed))
        for address in named:
            self._at(chain, address).see(transaction)

    def _links(self, transaction: Transaction, transfer: Transfer, *, is_listed: bool) -> Iterator[Link]:
        """The transfers of a transaction from one listed address to another; of a listed one, those of any of them."""
        senders = dict.fromkeys(leg.address for leg in transfer.inputs if leg.address in self._listed)
        payer_unlisted = bool(transfer.inputs) and not senders
        for leg in transfer.outputs:
            self._keep(transaction, transfer, leg)
            here = leg.address in self._listed
            is_among = here and any(one != leg.address for one in senders)
            if not (is_among or (is_listed and (here or senders))):
                continue
            index = str(leg.index) if transfer.kind == "utxo" else transfer.index
            yield Link(
                self._case, transaction.chain, transaction.txid, index, transaction.time, ";".join(senders),
                leg.address, transfer.asset, leg.value, is_listed, payer_unlisted,
            )  # fmt: skip

    def _keep(self, transaction: Transaction, transfer: Transfer, leg: Leg) -> None:
        """Remember an output of a listed address: its balance is the sum of those that nobody spent."""
        if transfer.kind == "utxo" and leg.address in self._listed and transaction.block is not None:
            outpoint = OutPoint(transaction.chain, transaction.txid, leg.index)
            self._at(transaction.chain, leg.address).outputs[outpoint] = leg

    def _balances(self, chain: str, text: str, known: Known) -> Iterator[Balance]:
        """The balances of an address that the case can tell."""
        if known.outputs:
            yield from self._of_outputs(chain, text, known)
            return
        for asset in sorted(known.assets, key=lambda one: one.contract):
            history = self._view.history(Account(text, asset))
            if isinstance(history, History) and all(held.chain == chain for held in history.coverage):
                total = self._sum(history, text)
                if total is not None:
                    end = max(history.coverage, key=lambda held: held.end)
                    yield Balance(self._case, asset, total, end.height, end.time)

    def _sum(self, history: History, text: str) -> int | None:
        """What a history leaves, in base units; None where it begins with an amount that nobody told."""
        begins = min(held.start for held in history.coverage)
        if history.opening is None and begins > 0:
            return None
        total = history.opening or 0
        for one in history.movements:
            for sign, legs in ((1, one.transfer.outputs), (-1, one.transfer.inputs)):
                for leg in legs:
                    if leg.address == text:
                        if leg.value is None:
                            return None
                        total += sign * leg.value
        return total if total >= 0 else None

    def _of_outputs(self, chain: str, text: str, known: Known) -> Iterator[Balance]:
        """The sum of the outputs that nobody spent, where a source holds every movement of the address."""
        asset = next(iter(known.assets))
        held = self._view.coverage(chain, text, asset.contract)
        if not held:
            return
        left = 0
        for outpoint, leg in known.outputs.items():
            spender = self._view.spender(outpoint)
            if spender is None:
                if leg.value is None:
                    return
                left += leg.value
            elif not isinstance(spender, Transaction):
                return
        end = max(held, key=lambda one: one.end)
        yield Balance(self._case, asset, left, end.height, end.time)

    def _issuers(self, chain: str, text: str) -> Iterator[IssuerWord]:
        """What sources said of an address at the contracts of tokens, under the newest pin."""
        states = self._view.facts.heard.states
        for question in sorted(states, key=lambda one: one.account.asset.contract):
            account = question.account
            if (account.chain, account.address) == (chain, text):
                said = together(account, states[question])
                if said.state or said.balance is not None or said.words:
                    yield IssuerWord(self._case, account.asset, said)
