"""What a token's contract says of an address now, by the call of a TRON node: the API has no call as of a block.

So the head of the chain is looked at before and after. Where it stayed, the answers are those after that block, which
may lie above the tip of the run; where it moved each time, nothing is told. A call that fails, and an answer that is
neither true nor false, are told as what they are, and never as "not blocked". Source: TRON developer documentation,
"TriggerConstantContract" and "GetAccount", whose `type` is Contract where there is code.
"""

from collections.abc import Callable
from typing import Final, TypeAlias

from chaintrace.adapters.issuer_replies import Untold, replied
from chaintrace.adapters.issuers import BALANCE_OF, BLOCKED, CODE, FREE, NO_CODE, balance_at, of_power, seen, state_at
from chaintrace.adapters.network import Reply
from chaintrace.adapters.tron.answers import word
from chaintrace.adapters.tron_node.asking import Asking, constant_result
from chaintrace.addresses import tron_to_hex
from chaintrace.errors import Unavailable
from chaintrace.model.chain import Account
from chaintrace.model.provenance import Gap, Observation, Source

_TRIES: Final = 5
"""How often it is asked while the head moves: a block comes every three seconds."""
_DIGITS: Final = 64
"""Hex digits of a word."""


class _NoCall(Untold):
    """The host does not answer such a call, or the contract refuses it. Never leaves this file."""


Instead: TypeAlias = Callable[[], tuple[Observation, ...]]
"""Tells the state otherwise where the call is not answered. Raises Untold and AdapterError."""


def issuer_state(ask: Asking, account: Account, instead: Instead | None = None) -> Reply:
    """The state and the balance after one block, and whether there is code; what is lacking is a gap each.

    Raises Unavailable, Refused or Malformed, and nothing else.
    """
    _, form = of_power(account)
    head = _head(ask)
    for _ in range(_TRIES):
        reply = _called(ask, account, form.state, head[0], instead)
        before, head = head, _head(ask)
        if head == before:
            code = replied(account, lambda: (_code(ask, account),))
            told = (*reply.observations, *code.observations)
            return Reply(gaps=(*reply.gaps, *code.gaps), still_missing=reply.still_missing, observations=told)
    text = f"{ask.host} went on to another block each time that it was asked, so that the height of its answers is open"
    gap = Gap("source", account.chain, account.address, None, text, account.asset.contract)
    return Reply(gaps=(gap,), still_missing=True)


def _called(ask: Asking, account: Account, signature: str, height: int, instead: Instead | None) -> Reply:
    """The state and the balance, by calls, if the head is the block at that height meanwhile."""

    def state() -> tuple[Observation, ...]:
        try:
            return (_state(ask, account, signature, height),)
        except _NoCall as why:
            if instead is None:
                raise
            try:
                return instead()
            except Untold as more:
                raise Untold(f"{why}; {more}") from more

    return replied(account, state, lambda: (_balance(ask, account, height),))


def _head(ask: Asking) -> tuple[int, str]:
    """Height and id of the head, asked now. Raises Unavailable where the host does not tell it."""
    head = ask.now()
    if head is None:
        raise Unavailable(f"{ask.host} does not tell its latest block: try again when it has read the chain")
    return head.height, head.hash


def _state(ask: Asking, account: Account, signature: str, height: int) -> Observation:
    """Whether the contract says that the address is blocked. Raises Untold."""
    said, source = _says(ask, account, signature)
    number = int(said, 16)
    if len(said) != _DIGITS or number > 1:
        text = f"{account.asset.contract} answers {signature} with {len(said) // 2} bytes ({said[:_DIGITS]})"
        raise Untold(f"{text}, which say neither yes nor no")
    return seen(account, state_at(account.asset.contract), height, BLOCKED if number else FREE, source)


def _balance(ask: Asking, account: Account, height: int) -> Observation:
    said, source = _says(ask, account, BALANCE_OF)
    if len(said) != _DIGITS:
        raise Untold(f"{account.asset.contract} answers {BALANCE_OF} with {len(said) // 2} bytes, which is no balance")
    return seen(account, balance_at(account.asset.contract), height, str(int(said, 16)), source)


def _code(ask: Asking, account: Account) -> Observation:
    """Whether the address is a contract's, now; an account that was never activated has no code."""
    told = ask.account(account.address)
    if told is None:
        raise Untold(f"{ask.host} does not tell accounts, so whether {account.address} has code is not known")
    is_contract = word(told.get("type"), "type") == "Contract"
    return seen(account, CODE, None, "a contract" if is_contract else NO_CODE, None)


def _says(ask: Asking, account: Account, signature: str) -> tuple[str, Source]:
    """The first word of the contract's answer to a question about the address, in hex. Raises Untold."""
    parameter = tron_to_hex(account.address)[2:].rjust(_DIGITS, "0")
    told = ask.called(account.asset.contract, signature, parameter, account.address)
    said = None if told is None else constant_result(told.table)
    if told is None or said is None:
        raise _NoCall(
            f"{ask.host} does not answer the question {signature} of {account.asset.contract}: it does not offer such "
            "calls, or the contract refuses"
        )
    return said, told.source
