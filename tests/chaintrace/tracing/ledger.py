"""A view in memory for tests: a ledger of transfers or of UTXO transactions, written as plain tuples.

    payments(("", "ann", 10), ("ann", "bob", 4), [("bob", "carl", 1), ("bob", FEE, 2)])
    coins(("t1", [], [("ann", 50)]), ("t2", ["t1:0", ("gone:3", 7, "dan")], [("bob", 40), (None, 2)]))

Each argument is one transaction, heights count from 1 (time = 1,600,000,000 + 600 * height). A transfer is (from, to,
value[, asset]); "" as `from` is a mint, "" as `to` a burn, FEE as `to` a fee. Its txid is `t1`, `t2`, … and its index
"0", "1", …. An input is an outpoint of an earlier transaction, or (outpoint, value or None, address) of an absent
one; an output is (address, value), with None for one that nobody can spend.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from chaintrace.model.attribution import Tag
from chaintrace.model.chain import Account, Asset, Block, OutPoint
from chaintrace.model.finding import Continues
from chaintrace.model.protocol import Protocols
from chaintrace.model.provenance import Coverage, Observation
from chaintrace.model.trace import Seed
from chaintrace.model.transaction import PENDING_RANK, Leg, Movement, Transaction, Transfer
from chaintrace.model.view import History, MissingHistory, MissingLogs, MissingSpender, MissingTransaction

FEE = object()
START = 1_600_000_000
LEDGER, COINS = "ledger", "bitcoin"


@dataclass
class Ledger:
    """What a case's view answers, from memory. `covered` is None for every address."""

    chain: str
    transactions: dict[str, Transaction] = field(default_factory=dict)
    covered: frozenset[str] | None = None
    openings: dict[str, int] = field(default_factory=dict)
    tagged: dict[str, tuple[Tag, ...]] = field(default_factory=dict)
    found: dict[str, tuple] = field(default_factory=dict)
    end: int = 0
    observed: tuple[Observation, ...] = ()
    linked: tuple[Continues, ...] = ()

    # --- how a test says more -------------------------------------------------------------------------

    def cover(self, *addresses: str) -> Ledger:
        """The ledger holds every movement of these addresses only."""
        return replace(self, covered=frozenset(addresses))

    def opened(self, **openings: int) -> Ledger:
        """The opening balance of these addresses is known, for every asset."""
        return replace(self, openings={**self.openings, **openings})

    def tag(self, address: str, category: str = "exchange", *, stops: bool = True, confidence: int = 70) -> Ledger:
        """Somebody attributes the address to a service."""
        tag = Tag(self.chain, address, f"{address} service", address, category, confidence, "a test", "", stops)
        return replace(self, tagged={**self.tagged, address: (*self.tagged.get(address, ()), tag)})

    def seed(self, txid: str, index: str | None = None, origin: str = "", *victims: str) -> Seed:
        """A seed on this chain; its origin is the txid unless named."""
        return Seed(self.chain, txid, index, origin or txid, frozenset(victims))

    def pending(self, txid: str) -> Ledger:
        """No block holds this transaction yet."""
        tx = self.transactions[txid]
        transfers = tuple(replace(one, order=(PENDING_RANK, 0, one.order[2])) for one in tx.transfers)
        waits = replace(tx, block=None, position=0, transfers=transfers, status="pending")
        return replace(self, transactions={**self.transactions, txid: waits})

    def account(self, address: str, asset: str = "X") -> Account:
        """The holding of an address."""
        return Account(address, Asset(self.chain, asset, asset, 0))

    def reordered(self, txid: str, order: tuple[int, ...]) -> Ledger:
        """The same ledger with the inputs of one UTXO transaction in another order."""
        tx = self.transactions[txid]
        transfer = tx.utxo
        inputs = tuple(replace(transfer.inputs[old], index=new) for new, old in enumerate(order))
        changed = replace(tx, transfers=(replace(transfer, inputs=inputs),))
        return replace(self, transactions={**self.transactions, txid: changed})

    # --- what a trace asks ----------------------------------------------------------------------------

    def transaction(self, chain: str, txid: str) -> Transaction | MissingTransaction:
        found = self.transactions.get(txid) if chain == self.chain else None
        return found or MissingTransaction(chain, txid)

    def history(self, account: Account, since: int = 0) -> History | MissingHistory:
        coverage = self.coverage(account.chain, account.address, account.asset.contract)
        if not coverage:
            return MissingHistory(account, since)
        movements = [
            Movement(transfer.order, tx, transfer)
            for tx in self.transactions.values()
            for transfer in tx.transfers
            if transfer.asset == account.asset
            and any(leg.address == account.address for leg in (*transfer.inputs, *transfer.outputs))
        ]
        movements.sort(key=lambda movement: movement.where)
        return History(account, movements, self.openings.get(account.address), coverage)

    def spender(self, outpoint: OutPoint) -> Transaction | MissingSpender | None:
        for tx in self.transactions.values():
            if tx.utxo and any(leg.holding == outpoint for leg in tx.utxo.inputs):
                return tx
        holder = self.transactions.get(outpoint.txid)
        address = holder.utxo.outputs[outpoint.vout].address if holder and holder.utxo else None
        known = self.covered is None or (address is not None and address in self.covered)
        return None if known else MissingSpender(outpoint)

    def unspent(self, outpoint: OutPoint) -> Coverage | None:
        """None: the ledger is asked by addresses."""

    def coverage(self, chain: str, address: str, contract: str) -> tuple[Coverage, ...]:
        cover = Coverage(self.chain, self.covered, None, 0, self.end, self.end, START + 600 * self.end)
        return (cover,) if chain == self.chain and cover.covers(address, contract) else ()

    def assets(self, chain: str) -> list[Asset]:
        named = {transfer.asset for tx in self.transactions.values() for transfer in tx.transfers}
        return sorted(named, key=lambda asset: asset.contract) if chain == self.chain else []

    def tags(self, chain: str, address: str) -> tuple[Tag, ...]:
        return self.tagged.get(address, ()) if chain == self.chain else ()

    def observations(self, chain: str, subject: str) -> tuple[Observation, ...]:
        """Nothing was observed unless a test says so."""
        return tuple(seen for seen in self.observed if (seen.chain, seen.subject) == (chain, subject))

    def findings(self, chain: str, subject: str) -> tuple:
        return self.found.get(subject, ()) if chain == self.chain else ()

    def continuations(self) -> tuple[Continues, ...]:
        """The continuations that a test says are in use."""
        return self.linked

    def protocols(self) -> Protocols:
        """Nothing is known of protocols."""
        return Protocols()

    def logs(self, chain: str, contract: str, topic: str, key: str, place: int = 1) -> MissingLogs:
        """No source was asked."""
        return MissingLogs(chain, contract, topic, key, place)


def block(height: int) -> Block:
    """The block of a height, ten minutes after the one before."""
    return Block(height, f"b{height}", START + 600 * height)


def payments(*rows: tuple | list, chain: str = LEDGER) -> Ledger:
    """An account chain: one transaction a row, or several transfers in one where the row is a list."""
    ledger = Ledger(chain, end=len(rows))
    for height, row in enumerate(rows, 1):
        legs = row if isinstance(row, list) else [row]
        transfers = tuple(_transfer(ledger, *leg, height=height, place=place) for place, leg in enumerate(legs))
        ledger.transactions[f"t{height}"] = Transaction(chain, f"t{height}", block(height), 0, transfers)
    return ledger


def _transfer(ledger: Ledger, sender, receiver, value, asset="X", *, height, place) -> Transfer:
    def leg(address):
        return (Leg(value, ledger.account(address, asset), address),) if address and address is not FEE else ()

    kind = "fee" if receiver is FEE else "token" if sender and receiver else "burn" if sender else "mint"
    named = ledger.account("", asset).asset
    return Transfer(str(place), kind, named, leg(sender), leg(receiver), (height, 0, place))


def coins(*rows: tuple, chain: str = COINS) -> Ledger:
    """A UTXO chain: (txid, inputs, outputs) a row; a transaction without inputs is a coinbase."""
    ledger = Ledger(chain, end=len(rows))
    asset = Asset(chain, "", "BTC", 8)
    for height, (txid, inputs, outputs) in enumerate(rows, 1):
        spent = tuple(_input(ledger, place, entry) for place, entry in enumerate(inputs))
        made = tuple(
            Leg(value, None if address is None else OutPoint(chain, txid, vout), address or "", vout)
            for vout, (address, value) in enumerate(outputs)
        )
        transfer = Transfer("utxo", "utxo", asset, spent, made, (height, 0, 0))
        ledger.transactions[txid] = Transaction(chain, txid, block(height), 0, (transfer,))
    return ledger


def _input(ledger: Ledger, place: int, entry: str | tuple) -> Leg:
    named, *given = (entry,) if isinstance(entry, str) else entry
    txid, _, vout = named.rpartition(":")
    outpoint = OutPoint(ledger.chain, txid, int(vout))
    if given:
        value, address = given
        return Leg(value, outpoint, address, place)
    leg = ledger.transactions[txid].utxo.outputs[int(vout)]
    return Leg(leg.value, outpoint, leg.address, place)
