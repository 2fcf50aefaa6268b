"""One transaction, whole: the transaction, its receipt and its block by the proxy, and the calls inside it by a list.

The list of a transaction's internal transfers is in the order of execution and does not say the place of each, so
their names are those of rows; all else has its exact name. Source: docs.etherscan.io, `module=proxy`, and
`txlistinternal` by `txhash`; recorded answers.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial as with_
from types import MappingProxyType

from chaintrace.adapters.etherscan.asking import Asking
from chaintrace.adapters.etherscan.lines import Line, inside_line, inside_move, inside_sort, sent_line, token_line
from chaintrace.adapters.etherscan.paging import PAGE, read_numbered
from chaintrace.adapters.etherscan.rows import Row, Rows
from chaintrace.adapters.etherscan.telling import block_hashes, claimed_scales, partial, renamed
from chaintrace.adapters.etherscan.words import NotOffered, TooMuch
from chaintrace.adapters.evm import (
    Execution,
    Receipt,
    Sent,
    Step,
    approvals,
    decode,
    decode_pending,
    delegations,
    placed_by,
    read_receipt,
    read_sent,
)
from chaintrace.adapters.evm import told as told_of
from chaintrace.adapters.evm.decoding import PLAIN_GAS
from chaintrace.adapters.evm.quantities import digest, optional_quantity, quantity, table
from chaintrace.adapters.network import Reply, Status
from chaintrace.addresses import normalise_txid
from chaintrace.errors import Malformed, Unavailable
from chaintrace.model.provenance import Gap
from chaintrace.model.transaction import Transaction

_BY_TXID: Mapping[str, Callable[[Row], Line]] = MappingProxyType(
    {"txlist": sent_line, "txlistinternal": inside_line, "tokentx": token_line}
)


class Transactions:
    """The transactions of one explorer."""

    def __init__(self, ask: Asking) -> None:
        self._ask = ask

    def reply(self, txid: str, at: Status) -> Reply:
        """The transaction; or that the explorer has none such.

        Raises Unavailable, Refused or Malformed; NotOffered where it passes on no transactions.
        """
        txid = normalise_txid(self._ask.chain.name, txid)
        told = self._ask.proxy("eth_getTransactionByHash", at.block_hash, txhash=txid)
        if told.result is None:
            return Reply(absent=True)
        self._same_chain(told.result, txid)
        sent = read_sent(told.result, txid)
        if not sent.block_hash:  # it is not pending where its receipt names a block
            sent = placed_by(self._ask.proxy("eth_getTransactionReceipt", at.block_hash, txhash=txid).result, sent)
        if not sent.block_hash:
            return Reply((decode_pending(self._ask.chain, sent, told.source),))
        receipt = self._ask.proxy("eth_getTransactionReceipt", at.block_hash, txhash=txid)
        if receipt.result is None:
            raise Unavailable(f"{self._ask.host} has {txid} in a block and no receipt of it yet: ask again")
        read = self._outcome(read_receipt(receipt.result, sent), sent, at)
        time = self._time(sent)
        execution, reasons = self._execution(sent, read, at)
        decoded = decode(self._ask.chain, sent, read, time, execution, source=receipt.source)
        lent = delegations(self._ask.chain, sent, receipt.source)
        events = told_of(self._ask.chain, sent, read, receipt.source, whole=True)
        beside = (*lent, *approvals(self._ask.chain, sent, read, receipt.source), *events)
        return Reply((renamed(decoded.transaction),), gaps=decoded.gaps(reasons), observations=beside)

    def reply_by_lists(self, txid: str, at: Status, refusal: NotOffered) -> Reply:
        """What lists show of a transaction, where the explorer passes on no transactions; the question stays open.

        Etherscan lists internal transfers by txid; some that answer alike list the others too. Raises the refusal
        where no list shows anything.
        """
        txid = normalise_txid(self._ask.chain.name, txid)
        lines: list[Line] = []
        for action, read in _BY_TXID.items():
            with suppress(NotOffered, TooMuch):
                rows = self._ask.rows("account", action, at.block_hash, txhash=txid, page=1, offset=PAGE, sort="asc")
                named = [row if "hash" in row.fields else row.with_txid(txid) for row in rows.rows]
                lines += [line for line in (read(row) for row in named if row.txid == txid) if not self._is_coin(line)]
        if not any(line.moved for line in lines):
            raise refusal
        text = (
            f"{txid} is known by the lists of {self._ask.host} alone, which show a part of it, and not its fee: it "
            f"cannot be asked by itself ({refusal})"
        )
        told = partial(self._ask.chain.name, lines, block_hashes(lines), rows.source)
        seen = claimed_scales(self._ask.chain.name, lines, rows.source)
        gap = Gap("source", self._ask.chain.name, txid, None, text)
        return Reply((told,), gaps=(gap,), still_missing=True, observations=seen)

    def _is_coin(self, line: Line) -> bool:
        """Whether a line of a token is one of the native asset, which other lists tell (`evm/coins.py`)."""
        return any(self._ask.chain.is_coin(one.contract) for one in line.moved)

    def of_list(self, txid: str, at: Status) -> tuple[Transaction | None, tuple[Gap, ...]]:
        """A transaction of which a list tells too little; None, with a gap, where it cannot be asked whole."""
        try:
            reply = self.reply(txid, at)
        except NotOffered as refusal:
            text = (
                f"the lists of {self._ask.host} do not tell all that {txid} did for an account, nor in which order, "
                f"and it cannot be asked by itself: {refusal}"
            )
            return None, (Gap("order", self._ask.chain.name, txid, None, text),)
        if not reply.transactions or reply.transactions[0].block is None:
            raise Unavailable(
                f"{self._ask.host} lists transaction {txid} and does not have it in a block: try again later"
            )
        return reply.transactions[0], reply.gaps

    def placed(self, line: Line, at: Status) -> Line:
        """A line with the hash of its block and its transaction's place there, where the explorer names blocks."""
        try:
            told = self._ask.proxy("eth_getBlockByNumber", at.block_hash, tag=hex(line.height), boolean="false").result
        except NotOffered:
            return line
        if told is None:
            raise Unavailable(f"{self._ask.host} lists block {line.height} and does not have it: try again later")
        block = table(told, "the block")
        listed = block.get("transactions")
        txids = listed if isinstance(listed, list) else []
        known = line.txid in txids
        position = txids.index(line.txid) if known else line.position
        block_hash = digest(block.get("hash"), "the block's hash")
        return replace(line, block_hash=block_hash, position=position, sure=known or line.sure)

    def _same_chain(self, result: object, txid: str) -> None:
        """Raises Malformed for a transaction that was signed for another chain (EIP-155)."""
        said = optional_quantity(table(result, "the transaction").get("chainId"), "the transaction's chain id")  # type: ignore[arg-type]  # JSON that was read
        if said not in {None, 0, self._ask.chain.chain_id}:
            raise Malformed(
                f"{self._ask.host} gives {txid} as one of chain {said}, and {self._ask.chain.name} is "
                f"{self._ask.chain.chain_id}: nothing of it is used; correct the url or the chain of the source"
            )

    def _outcome(self, receipt: Receipt, sent: Sent, at: Status) -> Receipt:
        """The receipt, with whether it failed where receipts of its time do not say it (before Byzantium)."""
        if receipt.succeeded is not None or receipt.logs or receipt.gas_used < sent.gas:
            return receipt
        try:
            failed = self._ask.flag("transaction", "getstatus", "isError", at.block_hash, txhash=sent.txid)
        except NotOffered:
            return receipt
        return replace(receipt, succeeded=not failed)

    def _time(self, sent: Sent) -> int:
        """The time of a transaction's block. Raises Unavailable where it is no longer in the chain."""
        height = sent.height or 0
        told = self._ask.proxy("eth_getBlockByNumber", sent.block_hash, tag=hex(height), boolean="false").result
        block = table(told, "the block") if told is not None else {}
        if str(block.get("hash")).lower() != sent.block_hash:
            raise Unavailable(
                f"{self._ask.host} placed {sent.txid} in block {sent.block_hash} and no longer has it: its chain "
                "moved; run again"
            )
        return quantity(block.get("timestamp"), "the block's time")

    def _execution(self, sent: Sent, receipt: Receipt, at: Status) -> tuple[Execution | None, tuple[str, ...]]:
        """What moved inside, in the order of execution; None where the explorer does not tell it."""
        plain = receipt.succeeded is False or (receipt.succeeded and receipt.gas_used == PLAIN_GAS)
        if plain or self._ask.chain.logs_all:
            return None, ()
        try:
            listing = read_numbered(with_(self._inside, sent.txid, at.block_hash))
        except (NotOffered, TooMuch) as refusal:
            return None, (str(refusal),)
        doubts = tuple(
            f"what contracts sent on inside {sent.txid} may be more than {self._ask.host} lists: {odd}"
            for odd in listing.odd
        )
        return Execution(failed=False, steps=tuple(_steps(listing.rows))), doubts

    def _inside(self, txid: str, pin: str, number: int, size: int) -> Rows:
        """One page of the internal transfers of a transaction."""
        return self._ask.rows("account", "txlistinternal", pin, txhash=txid, page=number, offset=size, sort="asc")


def _steps(rows: Iterable[Row]) -> Iterator[Step]:
    """The rows that moved something, numbered."""
    for number, row in enumerate(rows):
        moved = inside_move(row)
        if moved is not None and moved.sender is not None:
            yield Step((number,), inside_sort(row), moved.sender, moved.receiver, moved.value)
