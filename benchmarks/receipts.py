"""The recorded receipts of `../shared` as a view: every transaction with its logs, and nothing of anybody's history."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from chaintrace.adapters.evm import decode, evm_chain_of, read_receipt, read_sent
from chaintrace.adapters.evm.chains import EvmChain
from chaintrace.adapters.protocols import shipped
from chaintrace.model.chain import Account, Asset, OutPoint
from chaintrace.model.finding import AnyFinding, Continues
from chaintrace.model.log import Log, Sent
from chaintrace.model.protocol import Protocols
from chaintrace.model.provenance import Coverage, Observation
from chaintrace.model.transaction import Transaction
from chaintrace.model.view import MissingHistory, MissingLogs, MissingSpender, MissingTransaction

FOLDER = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "evm"
RECEIPTS = FOLDER / "receipts"


@dataclass(frozen=True)
class Receipt:
    """One recorded transaction: of which folder, its movements, its logs and how it was sent."""

    folder: str
    transaction: Transaction
    logs: tuple[Log, ...]
    sent: Sent


@dataclass
class Receipts:
    """A view of receipts alone. What it lacks is missing, as in a case whose sources know no history."""

    told: Sequence[Receipt]
    known: Protocols = field(default_factory=shipped)

    def __post_init__(self) -> None:
        self.held = {(one.transaction.chain, one.transaction.txid): one for one in self.told}
        self.by_event: dict[tuple[str, str, str], list[Log]] = {}
        for one in self.told:
            for log in one.logs:
                self.by_event.setdefault((log.chain, log.emitter, log.topic), []).append(log)

    def transaction(self, chain: str, txid: str) -> Transaction | MissingTransaction:
        found = self.held.get((chain, txid))
        return found.transaction if found is not None else MissingTransaction(chain, txid)

    def observations(self, chain: str, subject: str) -> tuple[Observation, ...]:
        found = self.held.get((chain, subject))
        logs = found.logs if found is not None else ()
        sent = (found.sent.observation(None, None),) if found is not None else ()
        return (*sent, *(log.observation(None, None) for log in logs))

    def logs(
        self, chain: str, contract: str, topic: str, key: str, place: int = 1, *, span: tuple[int, int] = (0, 0)
    ) -> tuple[Log, ...] | MissingLogs:
        if any(span):
            return MissingLogs(chain, contract, topic, key, place, *span)  # nobody was asked
        several = self.by_event.get((chain, contract, topic), ())
        found = tuple(log for log in several if key in (log.topics[1:] if place else words(log)))
        return found or MissingLogs(chain, contract, topic, key, place)

    def protocols(self) -> Protocols:
        return self.known

    def history(self, account: Account, since: int = 0) -> MissingHistory:
        return MissingHistory(account, since)

    def spender(self, outpoint: OutPoint) -> MissingSpender:
        return MissingSpender(outpoint)

    def unspent(self, outpoint: OutPoint) -> None:
        del outpoint

    def coverage(self, chain: str, address: str, contract: str) -> tuple[Coverage, ...]:
        del chain, address, contract
        return ()

    def assets(self, chain: str) -> tuple[Asset, ...]:
        del chain
        return ()

    def tags(self, chain: str, address: str) -> tuple[()]:
        del chain, address
        return ()

    def findings(self, chain: str, subject: str) -> tuple[AnyFinding, ...]:
        del chain, subject
        return ()

    def continuations(self) -> tuple[Continues, ...]:
        return ()


def words(log: Log) -> list[str]:
    """The data of a log in words of 32 bytes, as they are written."""
    return [f"0x{log.data[at : at + 64]}" for at in range(2, len(log.data), 64)]


@cache
def recorded() -> tuple[Receipt, ...]:
    """Every recorded receipt, by folder and file."""
    return tuple(map(read, sorted(RECEIPTS.glob("*/*.json"))))


def read(path: Path) -> Receipt:
    """One record as it lies in the folder."""
    record = json.loads(path.read_text("utf-8"))
    chain = evm_chain_of(record["chain_id"]) or EvmChain(f"eip155:{record['chain_id']}", record["chain_id"])
    sent = read_sent(record["tx"], record["tx"]["hash"])
    receipt = read_receipt(record["receipt"], sent)
    transaction = decode(chain, sent, receipt, record["block_timestamp"]).transaction
    logs = tuple(
        Log(chain.name, sent.txid, log.number, log.contract, log.topics, f"0x{log.data.hex()}") for log in receipt.logs
    )
    given = Sent(chain.name, sent.txid, sent.sender, sent.receiver or "", f"0x{sent.data.hex()}", sent.value)
    return Receipt(path.parent.name, transaction, logs, given)


def view(told: Iterable[Receipt] | None = None) -> Receipts:
    """The view of some receipts; of every recorded one where none is named."""
    return Receipts(recorded() if told is None else tuple(told))
