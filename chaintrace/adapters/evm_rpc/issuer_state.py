"""What a token's contract says of an address at the pinned height: whether its issuer blocks it, and what it has.

By a call at that height. Where the node has no state of that height, by the events that the contract logged up to it,
read whole. A call that fails, and an answer that is neither true nor false, are told as what they are: the state is
then not known, and never "not blocked". Source: the Execution API specification, `eth_call`; Solidity's ABI for `bool`.
"""

from chaintrace.adapters.evm.quantities import octets
from chaintrace.adapters.evm_rpc.issuer_calls import WORD, NoState, says, untold
from chaintrace.adapters.evm_rpc.issuer_events import IssuerEvents
from chaintrace.adapters.evm_rpc.issuer_proposals import IssuerProposals
from chaintrace.adapters.evm_rpc.ranges import Ranges
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
    state_at,
)
from chaintrace.adapters.network import Reply, Status
from chaintrace.adapters.transport import RpcError
from chaintrace.model.chain import Account
from chaintrace.model.provenance import Observation
from chaintrace.model.view import MissingState


class IssuerStates:
    """Asks one node."""

    def __init__(self, rpc: Rpc, ranges: Ranges) -> None:
        self._rpc = rpc
        self._events = IssuerEvents(rpc, ranges)
        self._proposals = IssuerProposals(rpc)

    def reply(self, missing: MissingState, at: Status) -> Reply:
        """State, balance, whether there is code, and what is proposed, as of the tip `at`; what is lacking is a gap.

        Raises Unavailable, Refused or Malformed, and nothing else.
        """
        account = missing.account
        token, form = of_power(account)
        return replied(
            account,
            lambda: self._state(account, token, form, at),
            lambda: (self._balance(account, at),),
            lambda: (self._code(account, at),),
            lambda: self._proposals.told(account, token, form, at),
        )

    def _state(self, account: Account, token: Issued, form: Form, at: Status) -> tuple[Observation, ...]:
        """By the call, else by the events. Raises Untold."""
        try:
            said, source = says(self._rpc, account.asset.contract, form.state, at, _number(account))
        except NoState as why:
            if not token.by_events:
                raise
            try:
                return self._events.told(account, form, at)
            except Untold as more:
                raise Untold(f"{why}; {more}") from more
        number = int.from_bytes(said, "big")
        if len(said) != WORD or number > 1:
            text = f"{account.asset.contract} answers {form.state} with {len(said)} bytes ({said[:WORD].hex()})"
            raise Untold(f"{text}, which say neither yes nor no: it may be another contract at height {at.height}")
        state = BLOCKED if number else FREE
        return (seen(account, state_at(account.asset.contract), at.height, state, source),)

    def _balance(self, account: Account, at: Status) -> Observation:
        said, source = says(self._rpc, account.asset.contract, BALANCE_OF, at, _number(account))
        if len(said) != WORD:
            raise Untold(f"{account.asset.contract} answers {BALANCE_OF} with {len(said)} bytes, which is no balance")
        return seen(account, balance_at(account.asset.contract), at.height, str(int.from_bytes(said, "big")), source)

    def _code(self, account: Account, at: Status) -> Observation:
        """How much code the address has; none is a fact too."""
        told = self._rpc.call("eth_getCode", account.address, hex(at.height), pin=at.block_hash)
        if isinstance(told.result, RpcError):
            raise untold(self._rpc, "eth_getCode", told.result)
        size = len(octets(told.result, "the code of an address"))
        return seen(account, CODE, at.height, f"{size} bytes", told.source)


def _number(account: Account) -> int:
    """The address as an argument of a call."""
    return int(account.address, 16)
