"""What a node can look up besides transactions: each kind is asked for once, of one block, as `doctor` looks at it.

Which histories are told depends on what the node keeps (`natives`, `tokens`), and its name says nothing of that.
"""

from collections.abc import Mapping
from typing import Final

from chaintrace.adapters.evm.quantities import ZERO
from chaintrace.adapters.evm.topics import TRANSFER
from chaintrace.adapters.evm_rpc.rpc import Rpc
from chaintrace.adapters.network import Status
from chaintrace.adapters.transport.jsonrpc import Param

TOKENS: Final = "tokens of an address"
NATIVE: Final = "native asset of an address"
PLAIN: Final = "native asset of an address without code"
"""What a node with old balances and without an index of traces tells."""

_ONE: Final = 1
"""Transactions of an address that are asked for: whether there is such a list is all that counts."""


def abilities(rpc: Rpc, at: Status) -> tuple[str, ...]:
    """What can be looked up, in words. Raises Malformed for an answer that is none."""
    tip = hex(at.height)
    block: Mapping[str, Param] = {"fromBlock": tip, "toBlock": tip}
    logs: Mapping[str, Param] = {**block, "address": ZERO, "topics": [TRANSFER]}
    frames: Mapping[str, Param] = {**block, "toAddress": [ZERO]}
    found = ["txid"]
    if _is_list(rpc, "eth_getLogs", logs):
        found.append(TOKENS)
    if _is_list(rpc, "trace_filter", frames) or _has_pages(rpc, at):
        found.append(NATIVE)
    elif rpc.optional("eth_getBalance", ZERO, hex(min(1, at.height)), pin=at.block_hash).result is not None:
        found.append(PLAIN)
    return tuple(found)


def _is_list(rpc: Rpc, method: str, asked: Mapping[str, Param]) -> bool:
    return isinstance(rpc.optional(method, asked).result, list)


def _has_pages(rpc: Rpc, at: Status) -> bool:
    """Whether it has Otterscan's list of an address."""
    told = rpc.optional("ots_searchTransactionsBefore", ZERO, at.height + 1, _ONE).result
    return isinstance(told, dict)
