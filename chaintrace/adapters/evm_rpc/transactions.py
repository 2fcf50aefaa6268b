"""A node's transactions: the transaction, its receipt, its block and, where the node offers it, its trace.

All four must be of one block; a chain that moves between two questions is noticed and nothing is mixed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from chaintrace.adapters.evm import (
    Decoded,
    EvmChain,
    Execution,
    Log,
    Receipt,
    Sent,
    approvals,
    decode,
    decode_pending,
    delegations,
    geth_execution,
    parity_execution,
    placed_by,
    read_receipt,
    read_sent,
)
from chaintrace.adapters.evm import told as told_of
from chaintrace.adapters.evm import topics as known
from chaintrace.adapters.evm.decoding import PLAIN_GAS
from chaintrace.adapters.evm.quantities import digest, listing, octets, table
from chaintrace.adapters.evm_rpc.observing import scales_of
from chaintrace.adapters.evm_rpc.rpc import NoPage, Result, Rpc
from chaintrace.adapters.evm_rpc.standing import Header, header_of, read_header
from chaintrace.adapters.network import Reply, Status
from chaintrace.adapters.transport import Json
from chaintrace.adapters.transport.jsonrpc import Param
from chaintrace.addresses import normalise_txid
from chaintrace.errors import Malformed, Refused, TooDeep, Unavailable
from chaintrace.model.provenance import Observation
from chaintrace.model.transaction import Transaction

_TRACER: Mapping[str, Param] = {"tracer": "callTracer", "tracerConfig": {"withLog": True}}
_IS_EIP721 = "0x01ffc9a7" + "80ac58cd" + "0" * 56
"""supportsInterface(0x80ac58cd) of EIP-165 and EIP-721."""
_DECIMALS = "0x313ce567"
"""decimals() of EIP-20, which EIP-721 does not have."""
_TRUE = (1).to_bytes(32, "big")


class Traced(NamedTuple):
    """The calls of a transaction; None, with the reason, where the node does not tell them. `later`: it may."""

    execution: Execution | None
    reason: str = ""
    later: bool = False


class Whole(NamedTuple):
    """A transaction in a block, with all that was asked about it. `traced` is empty where nothing of it was wanted.

    `beside`: whose code accounts run from it on, and whom holders let move their tokens.
    """

    sent: Sent
    receipt: Receipt
    decoded: Decoded
    traced: Traced
    nature: Mapping[str, bool]
    beside: tuple[Observation, ...] = ()

    @property
    def transaction(self) -> Transaction:
        """The model's."""
        return self.decoded.transaction


class Transactions:
    """The transactions of one node. Which kind of trace it offers is found out once."""

    def __init__(self, rpc: Rpc, chain: EvmChain) -> None:
        self._rpc = rpc
        self._chain = chain
        self._nature: dict[str, bool | None] = {}
        self._no_block_receipts = False

    def reply(self, txid: str, at: Status) -> Reply:
        """The transaction; or that the node has none such. Raises Unavailable, Refused or Malformed."""
        txid = normalise_txid(self._chain.name, txid)
        told = self._rpc.wanted("eth_getTransactionByHash", txid, pin=at.block_hash)
        if told.result is None:
            return self._absent(txid, at)
        sent = read_sent(told.result, txid)
        if not sent.block_hash:
            sent = self._by_receipt(sent, at)
        if not sent.block_hash:
            return Reply((decode_pending(self._chain, sent, told.source),))
        receipt = self._receipt(sent, at)
        whole = self._whole(sent, receipt, self._block_of(sent, at), at, inside=True)
        events = told_of(self._chain, sent, whole.receipt, receipt.source, whole=True)
        gaps = whole.decoded.gaps([whole.traced.reason] if whole.traced.reason else ())
        seen = scales_of(self._rpc, whole.transaction, at)
        return Reply(
            (whole.transaction,),
            gaps=gaps,
            still_missing=whole.traced.later,
            observations=(*seen, *whole.beside, *events),
        )

    def block(self, block_hash: str, txids: Sequence[str], at: Status, *, inside: bool) -> Iterator[Whole]:
        """Transactions of one block, told whole; with their calls where `inside`. A block of several is asked once.

        Raises Unavailable, where the node no longer has them there, Refused or Malformed.
        """
        if len(txids) > 1 and not self._no_block_receipts:
            yield from self._several(block_hash, txids, at, inside=inside)
            return
        for txid in txids:
            sent = self._placed(txid, self._rpc.wanted("eth_getTransactionByHash", txid, pin=at.block_hash).result)
            if sent.block_hash != block_hash:
                raise self._moved(txid, block_hash)
            yield self._whole(sent, self._receipt(sent, at), self._header(sent), at, inside=inside)

    def _several(self, block_hash: str, txids: Sequence[str], at: Status, *, inside: bool) -> Iterator[Whole]:
        """Out of the block with its transactions and all its receipts, where the node offers both."""
        receipts = self._rpc.call("eth_getBlockReceipts", block_hash, pin=block_hash)
        told = None
        if isinstance(receipts.result, list):
            told = self._rpc.call("eth_getBlockByHash", block_hash, True, pin=block_hash).result  # noqa: FBT003  # as the RPC has it
        if not isinstance(told, dict) or not isinstance(receipts.result, list):
            self._no_block_receipts = True
            yield from self.block(block_hash, txids, at, inside=inside)
            return
        header = read_header(told)
        if header.hash != block_hash:
            raise Malformed(f"{self._rpc.host} gave block {header.hash} where {block_hash} was asked: do not use it")
        listed = _by_txid(told.get("transactions"), "hash", "the block")
        found = _by_txid(receipts.result, "transactionHash", "the receipts of a block")
        for txid in txids:
            if txid not in listed or txid not in found:
                raise Malformed(f"{self._rpc.host} does not have {txid} in block {block_hash}, where it placed its log")
            sent = self._placed(txid, listed[txid])
            yield self._whole(sent, Result(found[txid], receipts.source), header, at, inside=inside)

    def _placed(self, txid: str, told: Json) -> Sent:
        """A transaction in a block. Raises Unavailable where the node has it in none."""
        if told is None:
            raise self._moved(txid, "a block")
        sent = read_sent(told, txid)
        if not sent.block_hash:
            raise self._moved(txid, "a block")
        return sent

    def _moved(self, txid: str, where: str) -> Unavailable:
        return Unavailable(
            f"{self._rpc.host} placed {txid} in {where} and no longer has it there: its chain moved; run again"
        )

    def _by_receipt(self, sent: Sent, at: Status) -> Sent:
        """The transaction in the block of its receipt, where the node has both already."""
        placed = placed_by(self._rpc.optional("eth_getTransactionReceipt", sent.txid, pin=at.block_hash).result, sent)
        try:
            if placed.block_hash:
                self._block_of(placed, at)
        except Unavailable:
            return sent
        return placed

    def _receipt(self, sent: Sent, at: Status) -> Result:
        """The receipt of a transaction in a block. Raises Unavailable where there is none yet."""
        receipt = self._rpc.wanted("eth_getTransactionReceipt", sent.txid, pin=at.block_hash)
        if receipt.result is None:
            raise Unavailable(f"{self._rpc.host} has {sent.txid} in a block and no receipt of it yet: ask again")
        return receipt

    def _whole(self, sent: Sent, receipt: Result, header: Header | None, at: Status, *, inside: bool) -> Whole:
        """Put together what belongs to one transaction. Without a header its time is not known."""
        read = read_receipt(receipt.result, sent)
        inside = inside and not self._chain.logs_all
        traced = self._traced(sent) if inside and _runs_code(read) else Traced(None)
        nature = self.natures((log for log in read.logs if log.topics[:1] == (known.TRANSFER,)), at)
        decoded = decode(
            self._chain,
            sent,
            read,
            None if header is None else header.time,
            traced.execution,
            nature=nature,
            source=receipt.source,
        )
        lent = delegations(self._chain, sent, receipt.source)
        allowed = approvals(self._chain, sent, read, receipt.source)
        events = told_of(self._chain, sent, read, receipt.source, whole=False)
        return Whole(sent, read, decoded, traced, nature, (*lent, *allowed, *events))

    def _absent(self, txid: str, at: Status) -> Reply:
        """There is none such: only where the node has read its whole chain."""
        if at.synced is False:
            raise Unavailable(
                f"the node at {self._rpc.host} has come to height {at.height} and is still synchronising: it does not "
                f"have {txid} yet; try again later"
            )
        return Reply(absent=True)

    def _block_of(self, sent: Sent, at: Status) -> Header | None:
        """The block of a transaction; None where the node tells no blocks at all, not even its tip."""
        try:
            return self._header(sent)
        except (Refused, Unavailable, NoPage):
            if at.block_hash:
                raise
            return None

    def _header(self, sent: Sent) -> Header:
        """The block of a transaction. Raises Unavailable where the node no longer has it in its chain."""
        height, position = sent.height or 0, sent.position or 0
        found = header_of(self._rpc, sent.block_hash, height)
        if found is None:
            raise self._moved(sent.txid, f"block {sent.block_hash}")
        listed = found.txids or (sent.txid,)
        there = listed[position] == sent.txid if position < len(listed) else sent.txid in listed  # some lists are cut
        if found.height != height or not there:
            raise Malformed(
                f"block {sent.block_hash} of {self._rpc.host} does not have {sent.txid} where the transaction says: "
                "nothing of it is used; ask another source"
            )
        return found

    def _traced(self, sent: Sent) -> Traced:
        """The calls of a transaction, by whichever trace the node offers."""
        first = self._trace(sent, geth_execution, "debug_traceTransaction", sent.txid, _TRACER)
        if first.execution is not None and not _unsaid(first.execution):
            return first
        second = self._trace(sent, parity_execution, "trace_transaction", sent.txid)
        if second.execution is not None or first.execution is None:
            return second if second.execution is not None else Traced(None, first.reason, first.later or second.later)
        return first

    def _trace(self, sent: Sent, read: Callable[[Json, Sent], Execution], method: str, *params: Param) -> Traced:
        """One kind of trace. Calls in calls can be deeper than JSON is read: then it is as if nobody told them."""
        try:
            told = self._rpc.optional(method, *params, pin=sent.block_hash)
        except TooDeep as error:
            return Traced(None, f"{method} of {sent.txid}: {error}")
        if told.result is None or told.result == []:  # a transaction has its own call at least
            reason = told.reason or f"{self._rpc.host} answers {method} with nothing"
            return Traced(None, reason, told.later)
        return Traced(read(told.result, sent))

    def natures(self, logs: Iterable[Log], at: Status) -> Mapping[str, bool]:
        """Of contracts that log a Transfer with all its arguments indexed: whether they are tokens after all."""
        odd = {log.contract for log in logs if len(log.topics) == 4}
        for contract in sorted(odd - self._nature.keys()):
            self._nature[contract] = self._is_fungible(contract, at)
        return {contract: said for contract in odd if (said := self._nature[contract]) is not None}

    def _is_fungible(self, contract: str, at: Status) -> bool | None:
        """By what the contract says of itself (EIP-165, EIP-20); None where it says nothing."""
        if self._says(contract, _IS_EIP721, at) == _TRUE:
            return False
        decimals = self._says(contract, _DECIMALS, at)
        return True if len(decimals) == 32 and int.from_bytes(decimals, "big") <= 255 else None

    def _says(self, contract: str, data: str, at: Status) -> bytes:
        """What a contract answers to a call at the tip; nothing where it or the node refuses."""
        asked: Mapping[str, Param] = {"to": contract, "data": data}
        told = self._rpc.optional("eth_call", asked, hex(at.height), pin=at.block_hash).result
        return octets(told, "the answer of a contract") if told is not None else b""


def _runs_code(receipt: Receipt) -> bool:
    """Whether anything can have moved inside: not where it failed, nor where its gas paid for no code at all."""
    return receipt.succeeded is None or (receipt.succeeded and receipt.gas_used != PLAIN_GAS)


def _unsaid(execution: Execution) -> bool:
    """Whether a trace leaves out what a self-destruct moved."""
    return any(step.sort == "destroy" and (step.value is None or not step.sender) for step in execution.steps)


def _by_txid(entries: Json, key: str, what: str) -> Mapping[str, Json]:
    """The entries of a block's list by their txids. Raises Malformed."""
    found: dict[str, Json] = {}
    for entry in listing(entries, what):
        found[digest(table(entry, f"an entry of {what}").get(key), f"a txid in {what}")] = entry
    return found
