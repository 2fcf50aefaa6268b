"""A node's transactions: the transaction, its receipt, its block and, where the node offers it, its trace.

All four must be of one block; a chain that moves between two questions is noticed and nothing is mixed.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from chaintrace.adapters.evm import (
    EvmChain,
    Execution,
    Receipt,
    Sent,
    decode,
    decode_pending,
    geth_execution,
    parity_execution,
    read_receipt,
    read_sent,
)
from chaintrace.adapters.evm import topics as known
from chaintrace.adapters.evm.decoding import PLAIN_GAS
from chaintrace.adapters.evm.quantities import octets
from chaintrace.adapters.evm_rpc.rpc import Rpc
from chaintrace.adapters.evm_rpc.standing import Header, header_of
from chaintrace.adapters.network import Reply, Status
from chaintrace.adapters.transport import Json
from chaintrace.adapters.transport.jsonrpc import Param
from chaintrace.addresses import normalise_txid
from chaintrace.errors import Malformed, Unavailable
from chaintrace.model.provenance import Gap

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


class Transactions:
    """The transactions of one node. Which kind of trace it offers is found out once."""

    def __init__(self, rpc: Rpc, chain: EvmChain) -> None:
        self._rpc = rpc
        self._chain = chain
        self._nature: dict[str, bool | None] = {}

    def reply(self, txid: str, at: Status) -> Reply:
        """The transaction; or that the node has none such. Raises Unavailable, Refused or Malformed."""
        txid = normalise_txid(self._chain.name, txid)
        told = self._rpc.wanted("eth_getTransactionByHash", txid, pin=at.block_hash)
        if told.result is None:
            return self._absent(txid, at)
        sent = read_sent(told.result, txid)
        if not sent.block_hash:
            return Reply((decode_pending(self._chain, sent, told.source),))
        receipt = self._rpc.wanted("eth_getTransactionReceipt", txid, pin=at.block_hash)
        if receipt.result is None:
            raise Unavailable(f"{self._rpc.host} has {txid} in a block and no receipt of it yet: ask again")
        read = read_receipt(receipt.result, sent)
        header = self._header(sent)
        traced = self._traced(sent) if _runs_code(read) else Traced(None)
        nature = self._natures(read, at)
        decoded = decode(self._chain, sent, read, header.time, traced.execution, nature=nature, source=receipt.source)
        reasons = list(decoded.unread)
        if traced.reason:
            reasons.append(traced.reason)
        gaps = tuple(Gap("source", self._chain.name, txid, None, reason) for reason in reasons)
        return Reply((decoded.transaction,), gaps=gaps, still_missing=traced.later)

    def _absent(self, txid: str, at: Status) -> Reply:
        """There is none such: only where the node has read its whole chain."""
        if at.synced is False:
            raise Unavailable(
                f"the node at {self._rpc.host} has come to height {at.height} and is still synchronising: it does not "
                f"have {txid} yet; try again later"
            )
        return Reply(absent=True)

    def _header(self, sent: Sent) -> Header:
        """The block of a transaction. Raises Unavailable where the node no longer has it in its chain."""
        height, position = sent.height or 0, sent.position or 0
        found = header_of(self._rpc, sent.block_hash, height)
        if found is None:
            raise Unavailable(
                f"{self._rpc.host} placed {sent.txid} in block {sent.block_hash} and no longer has it: its chain "
                "moved; run again"
            )
        listed = found.txids
        if found.height != height or (listed and listed[position : position + 1] != (sent.txid,)):
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
        told = self._rpc.optional(method, *params, pin=sent.block_hash)
        if told.result is None:
            return Traced(None, told.reason, told.later)
        return Traced(read(told.result, sent))

    def _natures(self, receipt: Receipt, at: Status) -> Mapping[str, bool]:
        """Of contracts that log a Transfer with all its arguments indexed: whether they are tokens after all."""
        odd = {log.contract for log in receipt.logs if log.topics[:1] == (known.TRANSFER,) and len(log.topics) == 4}
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
