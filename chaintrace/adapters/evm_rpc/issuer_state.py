"""What a token's contract says of an address at the pinned height: whether its issuer blocks it, and what it has.

By a call at that height. Where the node has no state of that height, by the events that the contract logged up to it,
read whole. A call that fails, and an answer that is neither true nor false, are told as what they are: the state is
then not known, and never "not blocked". Source: the Execution API specification, `eth_call`; Solidity's ABI for `bool`.
"""

import re
from collections.abc import Mapping
from typing import Final

from chaintrace.adapters.evm.quantities import octets
from chaintrace.adapters.evm_rpc.issuer_events import IssuerEvents
from chaintrace.adapters.evm_rpc.ranges import Ranges
from chaintrace.adapters.evm_rpc.refusals import is_no_access
from chaintrace.adapters.evm_rpc.rpc import Rpc
from chaintrace.adapters.issuer_replies import Untold, replied
from chaintrace.adapters.issuers import (
    BALANCE_OF,
    BLOCKED,
    CODE,
    FREE,
    Form,
    Issued,
    balance_at,
    of_power,
    seen,
    selector,
    state_at,
)
from chaintrace.adapters.network import Reply, Status
from chaintrace.adapters.transport import RpcError
from chaintrace.adapters.transport.jsonrpc import Param
from chaintrace.errors import Refused
from chaintrace.model.chain import Account
from chaintrace.model.provenance import Observation, Source
from chaintrace.model.view import MissingState

_WORD: Final = 32
_FAILED = re.compile(
    r"revert|invalid opcode|bad (instruction|jump)|stack (under|over)flow|out of gas|vm execution", re.IGNORECASE
)
"""What geth, Erigon, Nethermind, Reth and anvil say of a call that the contract does not answer."""


class _NoState(Untold):
    """The node does not answer a call at this height. Never leaves this file."""


class IssuerStates:
    """Asks one node."""

    def __init__(self, rpc: Rpc, ranges: Ranges) -> None:
        self._rpc = rpc
        self._events = IssuerEvents(rpc, ranges)

    def reply(self, missing: MissingState, at: Status) -> Reply:
        """The state, the balance and whether there is code, as of the tip `at`; what is lacking is a gap each.

        Raises Unavailable, Refused or Malformed, and nothing else.
        """
        account = missing.account
        token, form = of_power(account)
        return replied(
            account,
            lambda: self._state(account, token, form, at),
            lambda: (self._balance(account, at),),
            lambda: (self._code(account, at),),
        )

    def _state(self, account: Account, token: Issued, form: Form, at: Status) -> tuple[Observation, ...]:
        """By the call, else by the events. Raises Untold."""
        try:
            said, source = self._says(account, form.state, at)
        except _NoState as why:
            if not token.by_events:
                raise
            try:
                return self._events.told(account, form, at)
            except Untold as more:
                raise Untold(f"{why}; {more}") from more
        number = int.from_bytes(said, "big")
        if len(said) != _WORD or number > 1:
            text = f"{account.asset.contract} answers {form.state} with {len(said)} bytes ({said[:_WORD].hex()})"
            raise Untold(f"{text}, which say neither yes nor no: it may be another contract at height {at.height}")
        state = BLOCKED if number else FREE
        return (seen(account, state_at(account.asset.contract), at.height, state, source),)

    def _balance(self, account: Account, at: Status) -> Observation:
        said, source = self._says(account, BALANCE_OF, at)
        if len(said) != _WORD:
            raise Untold(f"{account.asset.contract} answers {BALANCE_OF} with {len(said)} bytes, which is no balance")
        return seen(account, balance_at(account.asset.contract), at.height, str(int.from_bytes(said, "big")), source)

    def _code(self, account: Account, at: Status) -> Observation:
        """How much code the address has; none is a fact too."""
        told = self._rpc.call("eth_getCode", account.address, hex(at.height), pin=at.block_hash)
        if isinstance(told.result, RpcError):
            raise self._untold("eth_getCode", told.result)
        size = len(octets(told.result, "the code of an address"))
        return seen(account, CODE, at.height, f"{size} bytes", told.source)

    def _says(self, account: Account, signature: str, at: Status) -> tuple[bytes, Source]:
        """What the contract answers to a question about the address at the height. Raises Untold."""
        data = selector(signature) + account.address[2:].rjust(2 * _WORD, "0")
        asked: Mapping[str, Param] = {"to": account.asset.contract, "data": data}
        told = self._rpc.call("eth_call", asked, hex(at.height), pin=at.block_hash)
        if isinstance(told.result, RpcError):
            if _FAILED.search(told.result.message):
                text = f"{account.asset.contract} refuses the question {signature} at height {at.height}"
                raise Untold(f"{text} ({' '.join(told.result.message.split())[:120]})")
            raise self._untold("eth_call", told.result)
        return octets(told.result, "the answer of a contract"), told.source

    def _untold(self, method: str, error: RpcError) -> _NoState:
        """Why the node tells nothing at that height. Raises Refused for a key that it does not take."""
        if is_no_access(error):
            raise Refused(self._rpc.sentence(method, error))
        return _NoState(self._rpc.sentence(method, error))
