"""Tickets of Arbitrum: in which of its transactions a message from Ethereum is carried out, by their hashes.

Source: OffchainLabs/arbitrum-sdk, src/lib/message/ParentToChildMessage.ts (`calculateSubmitRetryableId`,
`calculateDepositTxId`) and OffchainLabs/nitro-contracts, src/bridge/AbsInbox.sol and src/bridge/Bridge.sol. A message
is told in two logs: the bridge's `MessageDelivered` (its number, kind and sender, already aliased) and the inbox's
`InboxMessageDelivered` (its number and contents). Its transaction on Arbitrum is typed (EIP-2718), so that its txid is
the hash of its type and its fields in RLP.
"""

from collections.abc import Sequence
from typing import NamedTuple

from chaintrace.model.protocol import WORD
from heuristics.continuations.arguments import Said

RETRYABLE, DEPOSIT = 9, 12
"""Kinds of messages: L1MessageType_submitRetryableTx, L1MessageType_ethDeposit (nitro-contracts, MessageTypes.sol)."""

SUBMIT_TYPE, DEPOSIT_TYPE = b"\x69", b"\x64"
"""Types of transactions: ArbitrumSubmitRetryableTx and ArbitrumDepositTx (OffchainLabs/go-ethereum, arb_types.go)."""

HEAD = 9
"""Words before the calldata of a ticket: to, value, deposit, most for submitting, two refund addresses, gas, its price,
and the length of the calldata."""


class Message(NamedTuple):
    """A message from Ethereum: its kind, its sender on Arbitrum, and Ethereum's base fee, as the bridge logged them."""

    kind: int
    sender: bytes
    base_fee: int


def ticket(said: Said) -> bytes | None:
    """The txid of the ticket that a message makes; None where it makes none, or a log of it is not there."""
    found, data = _message(said), said.bytes_of("data")
    if found is None or data is None or found.kind != RETRYABLE or len(data) < HEAD * WORD:
        return None
    words = [data[at : at + WORD] for at in range(0, HEAD * WORD, WORD)]
    to, value, deposit, submission, excess, refund, gas, price, length = words
    calldata = data[HEAD * WORD : HEAD * WORD + int.from_bytes(length, "big")]
    fields = (
        *(_chain(said), _number_of(said), found.sender, _short(found.base_fee.to_bytes(WORD, "big"))),
        *(_short(deposit), _short(price), _short(gas), _address(to), _short(value)),
        *(refund[-20:], _short(submission), excess[-20:], calldata),
    )
    return _hash(SUBMIT_TYPE, fields)


def deposit(said: Said) -> bytes | None:
    """The txid of the deposit of ether that a message is; None where it is none, or a log of it is not there."""
    found, data = _message(said), said.bytes_of("data")
    if found is None or data is None or found.kind != DEPOSIT or len(data) != 20 + WORD:
        return None
    return _hash(DEPOSIT_TYPE, (_chain(said), _number_of(said), found.sender, data[:20], _short(data[20:])))


def _message(said: Said) -> Message | None:
    """What the bridge itself logged of a message; None where no log of a contract of the table is about its number."""
    number = said.bytes_of("messageNum")
    for log in said.beside:
        listed = said.protocols.at(log.chain, log.emitter, log.topic)
        is_whole = len(log.topics) == 3 and len(log.data) == 2 + 6 * 2 * WORD
        if not is_whole or not any(row.name == "MessageDelivered" for row in listed):
            continue
        if bytes.fromhex(log.topics[1][2:]) == number:
            words = bytes.fromhex(log.data[2:])
            kind, sender = words[WORD : 2 * WORD], words[2 * WORD : 3 * WORD]
            base_fee = words[4 * WORD : 5 * WORD]
            return Message(int.from_bytes(kind, "big"), sender[-20:], int.from_bytes(base_fee, "big"))
    return None


def _chain(said: Said) -> bytes:
    """The number of the chain that the row says it goes to, as short as it can be."""
    name = said.event.said("to").removeprefix("=") or "arbitrum"
    number = said.protocols.number_of(said.event.numbers, name) or 0
    return _short(number.to_bytes(WORD, "big"))


def _number_of(said: Said) -> bytes:
    """The number of the message, in a whole word."""
    return (said.bytes_of("messageNum") or b"").rjust(WORD, b"\0")


def _address(word: bytes) -> bytes:
    """The address in a word; nothing for the zero address, by which a contract is made."""
    return word[-20:] if any(word) else b""


def _short(word: bytes) -> bytes:
    """A number without the zeros before it."""
    return word.lstrip(b"\0")


def _hash(kind: bytes, fields: Sequence[bytes]) -> bytes:
    """The txid of a typed transaction."""
    import rlp  # heavy: only where a key is computed
    from eth_utils.crypto import keccak

    return bytes(keccak(kind + rlp.encode(list(fields))))
