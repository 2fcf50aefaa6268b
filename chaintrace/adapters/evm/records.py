"""A transaction, its receipt and its logs as a node tells them: each field checked, and that they belong together."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from chaintrace.adapters.evm.quantities import (
    address,
    digest,
    listing,
    octets,
    optional_address,
    optional_quantity,
    quantity,
    table,
)
from chaintrace.adapters.transport import Json
from chaintrace.errors import Malformed


@dataclass(frozen=True, slots=True)
class Sent:
    """What was signed, and where it stands. Values in wei. `receiver` is None where it makes a contract.

    `block_hash` is empty and the numbers of its place are None while it is pending. `minted` is what the chain makes
    for the sender before anything moves: deposits from Ethereum (OP Stack's type 0x7e, Arbitrum's types 0x64 and 0x69),
    and what waited for the sender of a retryable ticket (Arbitrum's type 0x68). `authorizations` are as they were told,
    and not read yet (`delegations.py`).
    """

    txid: str
    sender: str
    receiver: str | None
    value: int
    data: bytes
    gas: int
    type: int
    gas_price: int | None
    block_hash: str
    height: int | None
    position: int | None
    minted: int = 0
    authorizations: Json = None


@dataclass(frozen=True, slots=True)
class Log:
    """One event: its number in the block, its contract, its topics (in hex, lower case) and its bytes."""

    number: int
    contract: str
    topics: tuple[str, ...]
    data: bytes


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a transaction. Prices in wei. `succeeded` is None in receipts from before Byzantium.

    `l1_fee`, `blob_gas` and `blob_price` are None where the receipt does not have them. `operator_fee`: it names one.
    `batch`: in which batch it is shown to Ethereum, and its number in that; None before, and on other chains.
    """

    succeeded: bool | None
    gas_used: int
    price: int | None
    created: str | None
    logs: tuple[Log, ...]
    l1_fee: int | None = None
    blob_gas: int | None = None
    blob_price: int | None = None
    operator_fee: bool = False
    batch: tuple[int, int] | None = None


_MOST_LOGS = 200_000
"""A log costs 375 gas at least (Yellow Paper, G_log), and Ethereum's blocks have had up to 60 million."""
OP_DEPOSIT: Final = 0x7E
"""specs.optimism.io, "Deposits"; on Scroll too a message from Ethereum."""
ARBITRUM_DEPOSIT: Final = 0x64
ARBITRUM_RETRY: Final = 0x68
ARBITRUM_SUBMIT: Final = 0x69
"""OffchainLabs/nitro, `arbos/tx_processor.go`: ArbitrumDepositTx, ArbitrumRetryTx and ArbitrumSubmitRetryableTx."""


def read_sent(answer: Json, txid: str) -> Sent:
    """The answer to eth_getTransactionByHash. Raises Malformed for what is not the transaction `txid`."""
    told = table(answer, "the transaction")
    if digest(told.get("hash"), "the transaction's hash") != txid:
        raise Malformed(f"another transaction than {txid} was answered: nothing of it is used; ask another source")
    block_hash = told.get("blockHash")
    kind = optional_quantity(told.get("type"), "the transaction's type") or 0
    value = quantity(told.get("value"), "the transaction's value")
    placed = block_hash is not None
    return Sent(
        txid=txid,
        sender=address(told.get("from"), "the sender"),
        receiver=optional_address(told.get("to"), "the receiver"),
        value=value,
        data=octets(told.get("input", told.get("data")), "the transaction's input"),
        gas=quantity(told.get("gas"), "the transaction's gas"),
        type=kind,
        gas_price=optional_quantity(told.get("gasPrice"), "the gas price"),
        block_hash=digest(block_hash, "the block hash") if placed else "",
        height=quantity(told.get("blockNumber"), "the block number") if placed else None,
        position=quantity(told.get("transactionIndex"), "the transaction's position") if placed else None,
        minted=_minted(told, kind, value),
        authorizations=told.get("authorizationList"),
    )


def _minted(told: Mapping[str, Json], kind: int, value: int) -> int:
    """What the chain makes for the sender, in wei."""
    if kind in {ARBITRUM_DEPOSIT, ARBITRUM_RETRY}:
        return value
    name = {OP_DEPOSIT: "mint", ARBITRUM_SUBMIT: "depositValue"}.get(kind)
    return 0 if name is None else optional_quantity(told.get(name), f"the transaction's {name}") or 0


def placed_by(answer: Json, sent: Sent) -> Sent:
    """A transaction without a block, in the block that its receipt names; itself where that names none.

    A gateway may ask two nodes, of which one has not seen the block yet. Raises Malformed as `read_receipt`.
    """
    told = table(answer, "the receipt") if answer is not None else {}
    if told.get("blockHash") is None:
        return sent
    return replace(
        sent,
        block_hash=digest(told.get("blockHash"), "the receipt's block"),
        height=quantity(told.get("blockNumber"), "the receipt's height"),
        position=quantity(told.get("transactionIndex"), "the receipt's position"),
    )


def read_receipt(answer: Json, sent: Sent) -> Receipt:
    """The answer to eth_getTransactionReceipt. Raises Malformed for what is not the receipt of `sent`."""
    told = table(answer, "the receipt")
    same = (
        ("transactionHash", digest(told.get("transactionHash"), "the receipt's transaction"), sent.txid),
        ("blockHash", digest(told.get("blockHash"), "the receipt's block"), sent.block_hash),
        ("blockNumber", optional_quantity(told.get("blockNumber"), "the receipt's height"), sent.height),
        ("transactionIndex", optional_quantity(told.get("transactionIndex"), "the receipt's position"), sent.position),
        ("from", optional_address(told.get("from"), "the receipt's sender"), sent.sender),
        ("to", optional_address(told.get("to"), "the receipt's receiver"), sent.receiver),
    )
    for name, receipt, transaction in same:
        if receipt != transaction and name in told:
            raise Malformed(
                f"the receipt of {sent.txid} says {name} {receipt}, the transaction {transaction}: they are not of one "
                "block, or not of one transaction; ask again, or ask another source"
            )
    status = optional_quantity(told.get("status"), "the receipt's status")
    if status is not None and status > 1:
        raise Malformed(f"the receipt of {sent.txid} has status {status}, and only 0 and 1 mean something")
    parts = ("operatorFeeScalar", "operatorFeeConstant")
    return Receipt(
        succeeded=None if status is None else status == 1,
        gas_used=quantity(told.get("gasUsed"), "the gas used"),
        price=optional_quantity(told.get("effectiveGasPrice"), "the effective gas price"),
        created=optional_address(told.get("contractAddress"), "the contract that was made"),
        logs=_logs(told.get("logs"), sent),
        l1_fee=optional_quantity(told.get("l1Fee"), "the fee on Ethereum"),
        blob_gas=optional_quantity(told.get("blobGasUsed"), "the blob gas"),
        blob_price=optional_quantity(told.get("blobGasPrice"), "the price of blob gas"),
        operator_fee=any(optional_quantity(told.get(part), part) for part in parts),
        batch=_batch(told),
    )


def _batch(told: Mapping[str, Json]) -> tuple[int, int] | None:
    """Batch and number of a receipt of zkSync Era (docs.zksync.io, "eth_getTransactionReceipt")."""
    batch = optional_quantity(told.get("l1BatchNumber"), "the batch")
    number = optional_quantity(told.get("l1BatchTxIndex"), "the number in the batch")
    return None if batch is None or number is None else (batch, number)


def _logs(value: Json, sent: Sent) -> tuple[Log, ...]:
    """The logs of a receipt, in their order. Raises Malformed for one of another transaction, or out of order."""
    found: list[Log] = []
    items = listing(value, "the receipt's logs")
    if len(items) > _MOST_LOGS:
        raise Malformed(
            f"the receipt of {sent.txid} has {len(items)} logs, and no block of Ethereum has room for more than "
            f"{_MOST_LOGS}: nothing of it is used; ask another source"
        )
    for item in items:
        told = table(item, "a log")
        number = quantity(told.get("logIndex"), "a log's number")
        owner = digest(told.get("transactionHash", sent.txid), "a log's transaction")
        block = digest(told.get("blockHash", sent.block_hash), "a log's block")
        if owner != sent.txid or block != sent.block_hash or told.get("removed") is True:
            raise Malformed(f"log {number} in the receipt of {sent.txid} is of another transaction or block: ask again")
        if found and number <= found[-1].number:
            raise Malformed(f"log {number} of {sent.txid} stands after log {found[-1].number}: the receipt is mixed up")
        topics = tuple(digest(topic, "a topic") for topic in listing(told.get("topics"), "a log's topics"))
        if len(topics) > 4:
            raise Malformed(f"log {number} of {sent.txid} has {len(topics)} topics, and no log has more than four")
        contract, data = address(told.get("address"), "a log's contract"), octets(told.get("data"), "a log's data")
        found.append(Log(number, contract, topics, data))
    return tuple(found)
