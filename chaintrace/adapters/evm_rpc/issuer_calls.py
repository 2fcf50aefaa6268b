"""A question to a contract of an issuer, as of the pinned height, and why a node does not answer it.

Source: the Execution API specification, `eth_call`.
"""

import re
from collections.abc import Mapping
from typing import Final

from chaintrace.adapters.evm.quantities import octets
from chaintrace.adapters.evm_rpc.refusals import is_no_access
from chaintrace.adapters.evm_rpc.rpc import Rpc
from chaintrace.adapters.issuer_replies import Untold
from chaintrace.adapters.issuers import selector
from chaintrace.adapters.network import Status
from chaintrace.adapters.transport import RpcError
from chaintrace.adapters.transport.jsonrpc import Param
from chaintrace.errors import Refused
from chaintrace.model.provenance import Source

WORD: Final = 32
"""Bytes of one argument, and of one value that a contract answers."""

_FAILED = re.compile(
    r"revert|invalid opcode|bad (instruction|jump)|stack (under|over)flow|out of gas|vm execution", re.IGNORECASE
)
"""What geth, Erigon, Nethermind, Reth and anvil say of a call that the contract does not answer."""


class NoState(Untold):
    """The node does not answer a call at this height. Never leaves the adapter."""


def says(
    rpc: Rpc, contract: str, signature: str, at: Status, argument: int | None = None, *, name: str = ""
) -> tuple[bytes, Source]:
    """What a contract answers to a question at the height; an address is an argument as its number.

    `name` is what a refusal calls the question, where its signature is no word of a report.
    Raises Untold with the reason, and Unavailable, Refused or Malformed.
    """
    data = selector(signature) + ("" if argument is None else f"{argument:0{2 * WORD}x}")
    asked: Mapping[str, Param] = {"to": contract, "data": data}
    told = rpc.call("eth_call", asked, hex(at.height), pin=at.block_hash)
    if isinstance(told.result, RpcError):
        if _FAILED.search(told.result.message):
            text = f"{contract} refuses the question {name or signature} at height {at.height}"
            raise Untold(f"{text} ({' '.join(told.result.message.split())[:120]})")
        raise untold(rpc, "eth_call", told.result)
    return octets(told.result, "the answer of a contract"), told.source


def untold(rpc: Rpc, method: str, error: RpcError) -> NoState:
    """Why the node tells nothing at that height. Raises Refused for a key that it does not take."""
    if is_no_access(error):
        raise Refused(rpc.sentence(method, error))
    return NoState(rpc.sentence(method, error))
