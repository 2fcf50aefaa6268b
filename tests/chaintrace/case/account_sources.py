"""Network sources of account histories without a network: adapters that answer from lists of transactions.

with installed(monkeypatch, one=[...], two=[...]):   # adapters fake-one and fake-two of tron
    ...  --source fake-one=http://127.0.0.1:1
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from chaintrace.adapters import NETWORK
from chaintrace.adapters.network import Endpoint, Reply, Status
from chaintrace.case import endpoints, look, remote, sources
from chaintrace.errors import Refused
from chaintrace.model.chain import Account, Asset, Block
from chaintrace.model.provenance import Coverage, Gap, Source
from chaintrace.model.transaction import Leg, Transaction, Transfer
from chaintrace.model.view import MissingHistory

CHAIN = "tron"
USDT = Asset(CHAIN, "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "USDT", 6)
TRX = Asset(CHAIN, "", "TRX", 6)
VICTIM, THIEF, SHOP = (
    "TXRBsytHfJDoAKRdcedgLsoHudh1xJGUdC",
    "TQimtt6MmASiLDEsKsfDDaDq5CFRE2BY1F",
    "TAUN6FwrnwwmaEqYcckffC7wYmbaS6cBiX",
)
START = 1_628_121_600
"""2021-08-05T00:00:00Z."""


def sent(
    number: int, sender: str, receiver: str, value: int, asset: Asset = USDT, *, index: str = "log:0"
) -> Transaction:
    """A transfer of its own transaction, an hour after the last."""
    legs = [(Leg(value, Account(address, asset), address),) for address in (sender, receiver)]
    time = START + 3600 * number
    kind = "token" if asset.contract else "native"
    transfer = Transfer(index, kind, asset, *legs, (time, 0, 0))
    return Transaction(CHAIN, f"{number:064x}", Block(number, f"b{number}", time), 0, (transfer,))


@dataclass
class Accounts:
    """An adapter, and the one source that it connects: `height` is that of its tip, `mood` how it answers."""

    name: str
    transactions: list[Transaction]
    height: int = 100
    mood: str = "proven"
    asked: list[MissingHistory] = field(default_factory=list)
    at: list[Status] = field(default_factory=list)
    summary = "a stand-in"
    reach = "own"
    chains = (CHAIN,)

    def connect(self, endpoint: Endpoint, door) -> Accounts:
        del door
        self.endpoint = endpoint
        return self

    def status(self) -> Status:
        return Status(CHAIN, self.height, f"b{self.height}", START + 3600 * self.height, synced=True)

    def block_hash(self, height: int) -> str:
        return f"b{height}"

    def reply(self, missing, at: Status) -> Reply:
        assert isinstance(missing, MissingHistory)
        self.asked.append(missing)
        self.at.append(at)
        account = missing.account
        if self.mood == "refuses":
            raise Refused(f"{self.name} keeps no list of an address's transactions: ask another source")
        if self.mood == "busy":
            text = f"{account.address} looks like the address of a service"
            return Reply(gaps=(Gap("source", CHAIN, account.address, None, text),), still_missing=True)
        told = Source(self.name, account.address, "0" * 64)
        found = tuple(replace(tx, source=told) for tx in self.transactions if _touches(tx, account))
        how = "counter equal" if self.mood == "proven" else "claimed"
        gap = Gap("claimed", CHAIN, account.address, None, f"{self.name} does not say how many there are")
        span = (0, at.time, at.height, at.time, how, 0 if self.mood == "proven" else None)
        held = Coverage(CHAIN, frozenset({account.address}), frozenset({account.asset.contract}), *span)
        return Reply(found, coverage=(held,), gaps=() if self.mood == "proven" else (gap,))


def _touches(tx: Transaction, account: Account) -> bool:
    return any(leg.holding == account for one in tx.transfers for leg in (*one.inputs, *one.outputs))


def installed(monkeypatch, **told: list[Transaction]) -> dict[str, Accounts]:
    """The adapters `fake-NAME`, known to cases and the command line."""
    made = {name: Accounts(f"fake-{name}", transactions) for name, transactions in told.items()}
    known = {**NETWORK, **{one.name: one for one in made.values()}}
    for module in (endpoints, look, remote, sources):
        monkeypatch.setattr(module, "NETWORK", known)
    return made
