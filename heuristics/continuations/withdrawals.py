"""Withdrawals from zkSync Era: the message that the layer sends, and that Ethereum was shown when it paid out.

The layer logs the hash of the message; Ethereum logs what it read in it, from which the message is put together again.
Source: matter-labs/era-contracts, l1-contracts/contracts/bridge/L1Nullifier.sol (`_parseL2WithdrawalMessage`, with the
three forms that there are), l1-contracts/contracts/bridge/asset-router/L2AssetRouter.sol and
system-contracts/contracts/L2BaseToken.sol. Ethereum pays out for no place (batch, index) of a message twice, but two
equal withdrawals are two equal messages. Which of them was paid out, the logs do not tell, but the call that showed the
message does: it names the batch, and the number in it of the transaction that sent it, as the layer's receipt does.
"""

from typing import Final

from chaintrace.model.log import Sent
from chaintrace.model.protocol import WORD
from heuristics.continuations.arguments import Said

_PROVED = "(uint256,uint256,uint16,bytes,bytes32[])"
NATIVE: Final = f"finalizeEthWithdrawal{_PROVED}"
TOKEN: Final = f"finalizeWithdrawal{_PROVED}"
ASSET: Final = "finalizeDeposit(uint256,bytes32,bytes)"
"""By whose selector each form of a message begins: the native asset, a token, and an asset of the asset router."""

SHORT: Final = 4 + 20 + WORD
"""Bytes of a message about the native asset: selector, recipient, value. It may have a text behind them."""

ETHER: Final = 1
"""The address that stands for the native asset (l1-contracts/contracts/common/Config.sol, ETH_TOKEN_ADDRESS)."""

MOST: Final = 1 << 17
"""Bytes of a call in which a message is looked for, at most: nodes of Ethereum hand on no larger transaction.

Source: ethereum/go-ethereum, core/txpool/legacypool/legacypool.go (`txMaxSize`).
"""

LAYER: Final = "zksync"
"""The chain of which the contracts without a number of the chain are."""


_CHAINED = "(uint256,uint256,uint256,uint16,bytes,bytes32[])"
_TUPLE = "(uint256,uint256,uint256,address,uint16,bytes,bytes32[])"
PLACED: Final = {
    NATIVE: (_PROVED, 0, 2, 3),
    TOKEN: (_PROVED, 0, 2, 3),
    f"finalizeWithdrawal{_CHAINED}": (_CHAINED, 1, 3, 4),
    f"finalizeDeposit({_TUPLE})": (_TUPLE, 1, 4, 5),
}
"""The calls of the bridge's contracts that show a message: their arguments, and where batch, number and message stand
among them (IMailbox.sol, IL1ERC20Bridge.sol, IL1SharedBridge.sol and IL1Nullifier.sol of the same repository)."""


def chain(said: Said) -> bytes | None:
    """The number of the chain from which Ethereum paid out: what its log says, else that of zkSync Era."""
    told = said.number("chainId")
    number = said.protocols.number_of("eip155", LAYER) if told is None else told
    return None if number is None else number.to_bytes(WORD, "big")


def message(said: Said) -> bytes | None:
    """The hash of the message for which Ethereum paid out; None where its log leaves open which one it was.

    A message about the native asset may have a text behind it that no log has: then the call that shows it decides, and
    one that shows none, or several that begin alike, leaves it open, and so does one of more bytes than `MOST`.
    """
    from eth_utils.crypto import keccak  # heavy: only where a key is computed

    data = said.bytes_of("assetData")
    row = said.event
    receiver, amount = (said.number(row.said(name)) for name in ("recipient", "amount"))
    token = 0 if row.said("token") == "native" else said.number(row.said("token"))
    if receiver is None or amount is None or token is None:
        return None
    to, value = receiver.to_bytes(WORD, "big")[-20:], amount.to_bytes(WORD, "big")
    if data is not None and any(data[:WORD]):  # who withdrew by the asset router; a zero stands there of other forms
        number, asset = chain(said), said.bytes_of("assetId")
        return None if number is None or asset is None else bytes(keccak(_selector(ASSET) + number + asset + data))
    if token not in {0, ETHER}:
        return bytes(keccak(_selector(TOKEN) + to + token.to_bytes(WORD, "big")[-20:] + value))
    call = "0x" if is_over(said.call) else said.call
    shown = _shown(bytes.fromhex(call.removeprefix("0x")), _selector(NATIVE) + to + value)
    return None if shown is None else bytes(keccak(shown))


def is_over(call: str) -> bool:
    """Whether a call has more bytes than a message is looked for in."""
    return len(call.removeprefix("0x")) > 2 * MOST


def place(said: Said) -> bytes | None:
    """The batch and the number in it of the transaction that sent a message, a word each; None where nobody tells them.

    The layer's receipt does; on Ethereum the call does, where it goes to a contract of the bridge itself: a call
    through another one may hold anything.
    """
    if said.sent is None:
        return None
    told = said.sent.batch if said.log.chain == LAYER else _named(said, said.sent)
    return None if told is None else b"".join(number.to_bytes(WORD, "big") for number in told)


def _named(said: Said, sent: Sent) -> tuple[int, int] | None:
    """The batch and the number that a call names, which shows the message for which Ethereum paid out."""
    from eth_abi.abi import decode  # heavy, as the next ones: only where a call is read
    from eth_abi.exceptions import DecodingError
    from eth_utils.crypto import keccak

    rows = said.protocols.of(said.log.chain, sent.to)
    call = bytes.fromhex(said.call.removeprefix("0x"))
    form = next((form for name, form in PLACED.items() if _selector(name) == call[:4]), None)
    if form is None or not any(row.protocol == said.event.protocol for row in rows):
        return None
    arguments, *places = form
    begin = b"" if arguments == _TUPLE else WORD.to_bytes(WORD, "big")  # where a tuple begins: one argument is one
    try:
        [told] = decode([arguments], begin + call[4:])
    except (DecodingError, OverflowError, ValueError):
        return None
    batch, number, shown = (told[at] for at in places)
    return (batch, number) if bytes(keccak(shown)) == message(said) else None


def receiver(said: Said) -> bytes | None:
    """Who is to get on Ethereum what a message asks for, as a whole word; None where it has none of the three forms."""
    told = said.bytes_of("_message") or b""
    if told[:4] in {_selector(NATIVE), _selector(TOKEN)} and len(told) >= SHORT:
        return told[4:24].rjust(WORD, b"\0")
    words = told[4 + 2 * WORD :]
    return words[WORD : 2 * WORD] if told[:4] == _selector(ASSET) and len(words) >= 2 * WORD else None


def _shown(call: bytes, head: bytes) -> bytes | None:
    """The one argument of bytes of a call that begins so; None where there is none, or another one that differs.

    The length of each stands before it. Later ones are compared where they stand: a call may hold very many.
    """
    found, at = b"", call.find(head)
    while at >= 0:
        length = int.from_bytes(call[max(at - WORD, 0) : at], "big")
        if len(head) <= length <= len(call) - at:
            if found and (length != len(found) or not call.startswith(found, at)):
                return None
            found = found or call[at : at + length]
        at = call.find(head, at + 1)
    return found or None


def _selector(signature: str) -> bytes:
    """The first four bytes of a call."""
    from eth_utils.crypto import keccak  # heavy: only where a key is computed

    return bytes(keccak(signature.encode())[:4])
