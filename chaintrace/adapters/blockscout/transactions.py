"""A transaction whole: its view, its receipt through the instance's JSON-RPC, and what was called inside.

The view has the parts of the fee that the receipt of the JSON-RPC leaves out (data on Ethereum, operator, blobs), the
receipt has the logs. Where the JSON-RPC is not offered, the logs come from their list. Calls come from the raw trace,
which places them; else from their list, which counts them.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace

from chaintrace.adapters.blockscout.asking import Asking
from chaintrace.adapters.blockscout.pages import List, read_list
from chaintrace.adapters.blockscout.reading import Said, said
from chaintrace.adapters.blockscout.rows import InternalRow, TxRow, internal_row, token_row, transaction_row
from chaintrace.adapters.blockscout.standing import block_at
from chaintrace.adapters.evm import (
    EvmChain,
    Execution,
    Log,
    Receipt,
    Sent,
    Step,
    approvals,
    decode,
    decode_pending,
    parity_execution,
    read_receipt,
)
from chaintrace.adapters.evm import told as told_of
from chaintrace.adapters.evm.decoding import PLAIN_GAS
from chaintrace.adapters.evm.fees import held
from chaintrace.adapters.evm.quantities import digest, table
from chaintrace.adapters.evm.records import ARBITRUM_DEPOSIT, ARBITRUM_RETRY
from chaintrace.adapters.listing import row_index
from chaintrace.adapters.network import Reply, Status
from chaintrace.adapters.scales import scales
from chaintrace.adapters.transport import Json
from chaintrace.addresses import normalise_txid
from chaintrace.errors import AdapterError, Malformed, Unavailable
from chaintrace.model.provenance import Gap, Observation, Source
from chaintrace.model.transaction import Transaction, Transfer

_MOST_CALLS = 10_000
"""Calls of one transaction that are read from their list."""


class Transactions:
    """The transactions of one instance."""

    def __init__(self, ask: Asking, chain: EvmChain) -> None:
        self._ask = ask
        self._chain = chain

    def view(self, txid: str, pin: str) -> tuple[TxRow, Source] | None:
        """A transaction as the instance shows it; None where it has none such. Raises Malformed for another one."""
        found = self._shown(txid, pin)
        return None if found is None else (found[0], found[2])

    def _shown(self, txid: str, pin: str) -> tuple[TxRow, Said, Source] | None:
        """The same, with all that the view has."""
        found = self._ask.one(f"/transactions/{txid}", pin)
        if found is None:
            return None
        row = transaction_row(found[0])
        if row.txid != txid:
            raise found[0].wrong("hash", f"where transaction {txid} was asked for")
        return row, *found

    def reply(self, txid: str, at: Status) -> Reply:
        """The transaction; or that the instance has none such. Raises Unavailable, Refused or Malformed."""
        txid = normalise_txid(self._chain.name, txid)
        found = self._shown(txid, at.block_hash)
        if found is None or found[0].replaced:
            return Reply(absent=True)
        row, shown, source = found
        if row.height is None or row.height > at.height:
            return Reply((decode_pending(self._chain, _sent(row, "", placed=False), source),))
        made, gaps, allowed = self._whole(row, at, source)
        told = (*scales(self._chain.name, _claims(shown, source)), *allowed)
        return Reply((made,), gaps=gaps, observations=told)

    def _whole(
        self, row: TxRow, at: Status, source: Source
    ) -> tuple[Transaction, tuple[Gap, ...], tuple[Observation, ...]]:
        """A transaction that is in a block, a gap for each thing that was not told, and the approvals in its logs."""
        sent, receipt, source, unread = self._receipt(row, at.block_hash, source)
        receipt, doubt = _with_fee(receipt, row)
        unread += doubt
        execution, by_list = None, False
        if receipt.succeeded is not False and receipt.gas_used != PLAIN_GAS and not self._chain.logs_all:
            execution, by_list = self._execution(sent, at.block_hash)
        if by_list and receipt.succeeded is None:
            receipt = replace(receipt, succeeded=held(sent, receipt, None))  # a list of calls does not say it
        if row.time is None:
            raise Malformed(f"{self._ask.host} gives {row.txid} no time: ask another source")
        decoded = decode(self._chain, sent, receipt, row.time, execution, source=source)
        made = _by_list(decoded.transaction) if by_list else decoded.transaction
        gaps = (Gap("source", self._chain.name, row.txid, None, text) for text in unread)
        events = told_of(self._chain, sent, receipt, source, whole=True)
        return made, (*gaps, *decoded.gaps()), (*approvals(self._chain, sent, receipt, source), *events)

    def _receipt(self, row: TxRow, pin: str, source: Source) -> tuple[Sent, Receipt, Source, list[str]]:
        """What was sent and what became of it: the receipt of the JSON-RPC, else the view with its list of logs."""
        told = self._ask.call("eth_getTransactionReceipt", row.txid, pin=pin)
        if told.result is not None:
            fields = table(told.result, "the receipt")
            sent = _sent(row, digest(fields.get("blockHash"), "the receipt's block"))
            try:
                return sent, read_receipt(told.result, sent), told.source or source, []
            except Malformed as error:
                raise Malformed(f"{self._ask.host}: {error}") from error
        head = block_at(self._ask, row.height or 0, pin)
        if head is None:
            raise Unavailable(f"{self._ask.host} puts {row.txid} into block {row.height} and has no such block yet")
        if row.gas_used is None:
            raise Unavailable(f"{self._ask.host} has not read what became of {row.txid} yet: try again later")
        listing = read_list(
            self._ask, List(f"/transactions/{row.txid}/logs", _LogRow, lambda _: None), pin, _MOST_CALLS
        )
        logs = tuple(one.log for one in sorted(listing.rows.values(), key=lambda one: one.log.number))
        receipt = Receipt(row.succeeded, row.gas_used, row.gas_price, row.created, logs)
        doubt = f"{told.reason}: the logs of {row.txid} are those of a list, which nobody counts"
        return _sent(row, head.hash), receipt, source, [doubt]

    def _execution(self, sent: Sent, pin: str) -> tuple[Execution | None, bool]:
        """The calls inside: as traced; else by their list, which does not say which called which."""
        try:
            traced = self._ask.optional(f"/transactions/{sent.txid}/raw-trace", pin)
        except Malformed:
            traced = None  # the list below tells the same calls
        if isinstance(traced, list) and traced:
            frames = [_framed(frame, sent.txid) for frame in traced]
            if all(frame is not None for frame in frames):
                return parity_execution([dict(frame) for frame in frames if frame is not None], sent), False
        path = f"/transactions/{sent.txid}/internal-transactions"
        try:
            listing = read_list(self._ask, List(path, internal_row, lambda _: None), pin, _MOST_CALLS)
        except Malformed:
            raise
        except AdapterError:
            return None, False
        rows = sorted((row for row in listing.rows.values() if row.moves), key=lambda row: row.index)
        return Execution(failed=False, steps=tuple(map(_step, rows))), True


def _claims(view: Said, source: Source) -> Iterator[tuple[str, int | None, Source]]:
    """The decimals that a view claims of the tokens that it shows. What is odd in them is passed over."""
    told = view.fields.get("token_transfers")
    for one in told if isinstance(told, list) else ():
        with suppress(Malformed):
            row = token_row(said(view.where, one))
            yield row.contract, row.decimals if row.token_id is None else None, source


class _LogRow:
    """A log as its list has it."""

    def __init__(self, told: Said) -> None:
        topics = [told.fields["topics"]] if not isinstance(told.fields.get("topics"), list) else told.fields["topics"]
        named = [{"topic": one} for one in topics if one is not None] if isinstance(topics, list) else []
        number = told.whole("index")
        words = tuple(Said(told.where, one).digest("topic") for one in named)
        self.log = Log(number, told.address("address"), words, told.octets("data"))
        self.key = str(number)
        self.height: int | None = None
        self.place = (number,)


def _sent(row: TxRow, block_hash: str, *, placed: bool = True) -> Sent:
    """What was signed, from the view."""
    return Sent(
        row.txid,
        row.sender,
        row.receiver,
        row.value,
        row.data,
        row.gas,
        row.type,
        row.gas_price,
        block_hash,
        row.height if placed else None,
        row.position if placed else None,
        row.value if row.type in {ARBITRUM_DEPOSIT, ARBITRUM_RETRY} else 0,
    )


def _with_fee(receipt: Receipt, row: TxRow) -> tuple[Receipt, list[str]]:
    """The receipt with the parts of the fee that only the view has."""
    blobs = (1, row.blobs) if row.blobs else (receipt.blob_gas, receipt.blob_price)
    receipt = replace(receipt, blob_gas=blobs[0], blob_price=blobs[1])
    price = row.gas_price if receipt.price is None else receipt.price
    if row.fee is None or price is None:
        return receipt, []
    rest = row.fee - receipt.gas_used * price
    if rest < 0:
        return receipt, [f"the fee of {row.txid} is {row.fee} in its view, and {row.fee - rest} by its receipt"]
    l1_fee = rest or receipt.l1_fee
    return replace(receipt, price=price, l1_fee=l1_fee, operator_fee=False), []


def _framed(frame: Json, txid: str) -> Mapping[str, Json] | None:
    """A part of a raw trace under its transaction; None where it does not say where it stands."""
    if not isinstance(frame, dict) or not isinstance(frame.get("traceAddress"), list):
        return None
    return {**frame, "transactionHash": txid}


def _step(row: InternalRow) -> Step:
    """A call of the list."""
    return Step((row.index,), "call", row.sender, row.receiver, row.value)


def _by_list(transaction: Transaction) -> Transaction:
    """The transaction with its calls named by what they are, for a list does not say where they stand."""
    seen: dict[tuple[str, str, int], int] = {}

    def named(transfer: Transfer) -> Transfer:
        if not transfer.index.startswith("call:"):
            return transfer
        what = (transfer.inputs[0].address, transfer.outputs[0].address, transfer.value or 0)
        ordinal = seen.get(what, 0)
        seen[what] = ordinal + 1
        return replace(transfer, index=row_index("", *what, ordinal))

    return replace(transaction, transfers=tuple(named(transfer) for transfer in transaction.transfers))
