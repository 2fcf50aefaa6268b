"""What a transaction cost its sender, in wei: its gas, its data on Ethereum, its blobs; and whether it held.

Sources: EIP-1559, EIP-4844 (`blobGasPrice`), specs.optimism.io and docs.scroll.io (`l1Fee`); on Arbitrum the price and
the gas of the receipt already hold the part for Ethereum, and the price is that of the block, whatever was offered
(OffchainLabs/nitro, `arbos/tx_processor.go`).
"""

from chaintrace.adapters.evm.calls import Execution
from chaintrace.adapters.evm.chains import EvmChain
from chaintrace.adapters.evm.records import ARBITRUM_RETRY, ARBITRUM_SUBMIT, OP_DEPOSIT, Receipt, Sent
from chaintrace.errors import Declined, Malformed

_BLOB = 3
"""EIP-4844."""
_ONE_PRICE = frozenset({0, 1})
"""Types whose price is the one that was offered: before EIP-1559, and EIP-2930. The `gasPrice` of the others is the
effective one too once they are in a block (ethereum/execution-apis, `schemas/transaction.yaml`)."""


def fee(sent: Sent, receipt: Receipt, chain: EvmChain) -> tuple[int, tuple[str, ...]]:
    """The fee in wei, and a sentence for each part of it that the source did not tell.

    Raises Malformed where not even the price of gas is told.
    """
    missing: list[str] = []
    price = _told_price(sent, receipt)
    is_bid = chain.receipt_price or receipt.price == 0 or sent.type not in _ONE_PRICE
    offered = price is None and bool(receipt.gas_used) and is_bid
    price = sent.gas_price if price is None else price
    if price is None:
        raise Malformed(f"the receipt of {sent.txid} has no effectiveGasPrice: ask a source that tells what gas cost")
    blobs = (receipt.blob_gas or 0) * (receipt.blob_price or 0)
    paid = receipt.gas_used * price + (receipt.l1_fee or 0) + blobs
    if chain.l1_fee and receipt.l1_fee is None and sent.type != OP_DEPOSIT:
        missing.append("l1Fee, what it paid for its data on Ethereum")
    if sent.type == _BLOB and (receipt.blob_gas is None or receipt.blob_price is None):
        missing.append("blobGasUsed and blobGasPrice, what it paid for its blobs")
    if receipt.operator_fee:
        missing.append("what its operator fee came to, of which it names only the rates")
    doubts = [f"the receipt of {sent.txid} does not tell {part}: its fee may be higher" for part in missing]
    if offered:
        doubts.append(f"the receipt of {sent.txid} does not tell effectiveGasPrice: its fee is by its own gasPrice")
    if sent.type == ARBITRUM_SUBMIT:
        doubts.append(f"{sent.txid} submits a ticket: what it charged, set aside and refunded besides gas is not told")
    if sent.type == ARBITRUM_RETRY:
        doubts.append(f"{sent.txid} redeems a ticket whose gas was paid before: what was refunded of that is not told")
    return paid, tuple(doubts)


def _told_price(sent: Sent, receipt: Receipt) -> int | None:
    """The price of gas that a receipt tells. It is not 0 where a price was offered, but for what Ethereum paid for."""
    is_bought = bool(receipt.gas_used and sent.gas_price) and sent.type != OP_DEPOSIT
    return None if receipt.price == 0 and is_bought else receipt.price


def held(sent: Sent, receipt: Receipt, execution: Execution | None, *, logs_fees: bool = False) -> bool:
    """Whether a transaction succeeded. Receipts from before Byzantium (EIP-658) do not say it.

    A failed transaction leaves no logs, but those of its fee where a chain logs it (`logs_fees`); and until Byzantium
    brought REVERT (EIP-140) it used all its gas. Raises Declined where none of that decides, Malformed where the trace
    contradicts the receipt.
    """
    if receipt.succeeded is not None:
        if execution is not None and execution.failed is receipt.succeeded:
            raise Malformed(f"trace and receipt of {sent.txid} do not agree on whether it failed: ask another source")
        if not receipt.succeeded and receipt.logs and not logs_fees:
            raise Malformed(f"the receipt of {sent.txid} says that it failed, and has logs: ask another source")
        return receipt.succeeded
    if execution is not None:
        return not execution.failed
    if receipt.logs or receipt.gas_used < sent.gas:
        return True
    raise Declined(
        f"whether {sent.txid} failed stands in no receipt of its time, and it used all its gas: ask a node that has "
        "traces (debug_traceTransaction or trace_transaction)"
    )
