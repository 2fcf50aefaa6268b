"""`Facts` in dicts: what the store of a run that keeps nothing answers, and the reference for the one on disk."""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import replace

from chaintrace.model.chain import Account, Asset, OutPoint
from chaintrace.model.provenance import Source
from chaintrace.model.transaction import Leg, Movement, Transaction, Transfer
from chaintrace.store.answers import SILENT, Heard
from chaintrace.store.interface import Locate, nowhere
from chaintrace.store.merging import Disputes, transaction_order
from chaintrace.store.scales import Scales


class MemoryFacts:
    """`Facts` over transactions that come in the order of their sources."""

    def __init__(
        self,
        told: Iterable[Transaction],
        locate: Locate = nowhere,
        networks: Container[Source] = (),
        heard: Heard = SILENT,
    ) -> None:
        self._disputes = Disputes(locate, networks)
        self._networks = networks
        self._scales = Scales(heard.scales)
        self._transactions: dict[tuple[str, str], Transaction] = {}
        for transaction in told:
            self._take(transaction)
        self._assets = self._scales.assets()
        self._movements: dict[tuple[str, str, str], list[Movement]] = {}
        self._spenders: dict[OutPoint, Transaction] = {}
        for key, transaction in self._transactions.items():
            whole = self._transactions[key] = self._in_united_assets(transaction)
            for transfer in whole.transfers:
                if transfer.kind == "utxo":
                    self._spend(whole, transfer)
                else:
                    self._move(whole, transfer)
        for movements in self._movements.values():
            movements.sort(key=lambda movement: movement.where)
        self._heard = heard.with_gaps(self._disputes.gaps, self._scales.gaps())

    @property
    def heard(self) -> Heard:
        """What the networks say besides transactions."""
        return self._heard

    def _take(self, transaction: Transaction) -> None:
        """Keep a transaction, together with what an earlier source said of it; hear how it scales its assets."""
        by_network = transaction.source in self._networks
        for transfer in transaction.transfers:
            self._scales.say(transfer.asset, by_network=by_network)
        known = self._transactions.setdefault((transaction.chain, transaction.txid), transaction)
        if known is not transaction:
            self._transactions[transaction.chain, transaction.txid] = self._disputes.merged(known, transaction)

    def _in_united_assets(self, transaction: Transaction) -> Transaction:
        """The transaction with assets that carry the decimals which another source knows."""
        parts = [(part, self._assets[part.asset.chain, part.asset.contract]) for part in transaction.transfers]
        if all(part.asset.decimals == asset.decimals for part, asset in parts):
            return transaction
        transfers = tuple(_with_asset(part, asset) for part, asset in parts)
        return replace(transaction, transfers=transfers)

    def _spend(self, transaction: Transaction, transfer: Transfer) -> None:
        """Note which outputs a transaction spends."""
        for leg in transfer.inputs:
            if isinstance(leg.holding, OutPoint):
                known = self._spenders.setdefault(leg.holding, transaction)
                if known is not transaction:
                    self._spenders[leg.holding] = self._disputes.spender(str(leg.holding), known, transaction)

    def _move(self, transaction: Transaction, transfer: Transfer) -> None:
        """Note which accounts a transfer touches."""
        asset = transfer.asset
        movement = Movement(transfer.order, transaction, transfer)
        for address in dict.fromkeys(leg.address for leg in transfer.inputs + transfer.outputs):
            self._movements.setdefault((asset.chain, address, asset.contract), []).append(movement)

    def transaction(self, chain: str, txid: str) -> Transaction | None:
        """The transaction with that txid, None when no source tells of it."""
        return self._transactions.get((chain, txid))

    def transactions(self, chain: str) -> Iterator[Transaction]:
        """Every transaction of a chain, in chain order."""
        return iter(sorted((tx for tx in self._transactions.values() if tx.chain == chain), key=transaction_order))

    def movements(self, account: Account) -> Sequence[Movement]:
        """The transfers that touch an account, in chain order, a self-transfer once."""
        return tuple(self._movements.get((account.chain, account.address, account.asset.contract), ()))

    def spender(self, outpoint: OutPoint) -> Transaction | None:
        """The transaction that spends an output, or None."""
        return self._spenders.get(outpoint)

    def assets(self, chain: str) -> Sequence[Asset]:
        """The assets that occur on a chain, by contract."""
        return tuple(self._assets[where] for where in sorted(self._assets) if where[0] == chain)


def _with_asset(transfer: Transfer, asset: Asset) -> Transfer:
    """The transfer, its accounts too, in terms of `asset`."""

    def legs(sides: tuple[Leg, ...]) -> tuple[Leg, ...]:
        return tuple(
            replace(leg, holding=Account(leg.holding.address, asset)) if isinstance(leg.holding, Account) else leg
            for leg in sides
        )

    return replace(transfer, asset=asset, inputs=legs(transfer.inputs), outputs=legs(transfer.outputs))
