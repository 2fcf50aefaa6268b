"""Keys: what both sides of a bridge write, so that nothing has to be guessed; read, cut out or computed."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from chaintrace.model.protocol import WORD
from heuristics.continuations import exits, withdrawals
from heuristics.continuations.arguments import Said
from heuristics.continuations.memos import recipient, reference
from heuristics.continuations.tickets import deposit, ticket

HASHED: Final = "#"
"""How a part of a key begins that is computed: the rest is a name in `COMPUTED`."""

GIVEN: Final = "="
"""How a part of a key begins that the row itself says: the rest is a whole number."""

SHARED: Final = 10**12
"""Base units of a token of 18 decimals in one of the 6 decimals that Stargate v2 shares between chains."""


@dataclass(frozen=True, slots=True)
class Key:
    """What identifies one crossing: its parts, as numbers or hexadecimal, and the word that a search asks for.

    The word need not tell crossings apart: whatever has it is compared by all parts. `own` is the one by which a search
    finds this side itself.
    """

    parts: tuple[str, ...]
    word: str
    own: str = ""

    def __str__(self) -> str:
        """The parts with colons."""
        return ":".join(self.parts)


def key_of(said: Said) -> Key | None:
    """The key of a log, by the fields `key` and `word` of its row; None where the row has none or the log lacks it.

    A row that is searched for by another word than the one that it searches for itself says the latter in `ask`.
    """
    expressions = said.event.fields.get("key", ())
    found = [_part(said, expression) for expression in expressions]
    if not found or any(part is None for part in found):
        return None
    parts = [part for part in found if part is not None]
    own = _part(said, said.event.said("word")) or parts[-1]
    asked = _part(said, said.event.said("ask")) if said.event.said("ask") else own
    words = (f"0x{(word or parts[-1])[-WORD:].rjust(WORD, bytes(1)).hex()}" for word in (asked, own))
    return Key(tuple(map(_shown, parts)), *words)


def same_of(said: Said) -> tuple[str, ...]:
    """What the other side must say too, beside the key (`same`); () where the row names nothing or the log lacks it."""
    found = [_part(said, expression) for expression in said.event.fields.get("same", ())]
    return () if any(part is None for part in found) else tuple(_shown(part) for part in found if part is not None)


def _part(said: Said, expression: str) -> bytes | None:
    """One part of a key, without the zeros before it: sides write one number in words of different lengths."""
    if expression.startswith(HASHED):
        value = COMPUTED[expression.removeprefix(HASHED)](said) if expression.removeprefix(HASHED) in COMPUTED else None
    elif expression.startswith(GIVEN):
        given = expression.removeprefix(GIVEN)
        value = int(given).to_bytes(WORD, "big") if re.fullmatch(r"[0-9]{1,9}", given) else None
    else:
        value = said.bytes_of(expression)
    return None if value is None else value.lstrip(b"\0")


def _shown(part: bytes) -> str:
    """A short part as a number, a long one as hexadecimal."""
    return str(int.from_bytes(part, "big")) if len(part) <= 8 else f"0x{part.hex()}"


def keccak(data: bytes) -> bytes:
    """Keccak-256."""
    from eth_utils.crypto import keccak as hashed  # heavy: only where a key is computed

    return bytes(hashed(data))


def _selector(signature: str) -> bytes:
    """The first four bytes of a call."""
    return keccak(signature.encode())[:4]


def _word(value: int) -> bytes:
    return value.to_bytes(WORD, "big")


def _tail(data: bytes) -> bytes:
    """Bytes as the last argument of a call: their length, and they themselves, filled up to whole words."""
    return _word(len(data)) + data + bytes(-len(data) % WORD)


def _kappa(said: Said) -> bytes | None:
    """Synapse's kappa: the hash of the txid as text (synapsecns/synapse-contracts, and the node's source)."""
    return keccak(said.log.txid.encode())


def _superchain(said: Said) -> bytes | None:
    """The hash of a message of the OP Stack, as `Hashing.hashCrossDomainMessage` computes it.

    Source: ethereum-optimism/optimism, packages/contracts-bedrock/src/libraries/Encoding.sol. The two highest bytes of
    the nonce are the version. Version 1 hashes the value too, which the log that follows the message says.
    """
    nonce, sender, target = (said.number(one) for one in ("messageNonce", "sender", "target"))
    gas, message = said.number("gasLimit"), said.bytes_of("message")
    if nonce is None or sender is None or target is None or gas is None or message is None:
        return None
    if nonce >> 240 == 0:
        head = _selector("relayMessage(address,address,bytes,uint256)")
        return keccak(head + _word(target) + _word(sender) + _word(4 * WORD) + _word(nonce) + _tail(message))
    value = _value(said)
    if nonce >> 240 != 1 or value is None:
        return None
    head = _selector("relayMessage(uint256,address,address,uint256,uint256,bytes)")
    words = (nonce, sender, target, value, gas, 6 * WORD)
    return keccak(head + b"".join(map(_word, words)) + _tail(message))


def _value(said: Said) -> int | None:
    """The native value of a message of the OP Stack, which the next log of the same contract says."""
    topic = "0x" + keccak(b"SentMessageExtension1(address,uint256)").hex()
    found = (one for one in said.beside if one.emitter == said.log.emitter and one.topic == topic)
    return next((int(one.data, 16) for one in found if one.index == said.log.index + 1 and len(one.data) == 66), None)


def _scroll(said: Said) -> bytes | None:
    """The hash of a message of Scroll, as `ScrollMessengerBase._encodeXDomainCalldata` makes it.

    Source: scroll-tech/scroll-contracts, src/libraries/ScrollMessengerBase.sol.
    """
    numbers = [said.number(one) for one in ("sender", "target", "value", "messageNonce")]
    message = said.bytes_of("message")
    if message is None or any(one is None for one in numbers):
        return None
    head = _selector("relayMessage(address,address,uint256,uint256,bytes)")
    return keccak(head + b"".join(_word(one or 0) for one in (*numbers, 5 * WORD)) + _tail(message))


def _thor_recipient(said: Said) -> bytes | None:
    """Who is to get what a memo of THORChain asks for, where it is an address of Ethereum's form."""
    found = recipient(said)
    return bytes.fromhex(found[2:]) if re.fullmatch(r"0x[0-9a-f]{40}", found) else None


def _stargate_shared(said: Said) -> bytes | None:
    """What a pool of Stargate v2 paid out of a token of 18 decimals, in the 6 that all chains share.

    A bus counts in those, a pool in its token's (stargate-protocol/stargate-v2, packages/stg-evm-v2/src/
    StargateBase.sol, `convertRate`; `sharedDecimals` in packages/stg-definitions-v2/src/constant.ts). None where it is
    no whole number of them: that is not what a bus brought.
    """
    whole, rest = divmod(said.number("amountReceivedLD") or 0, SHARED)
    return whole.to_bytes(WORD, "big") if whole and not rest else None


COMPUTED: Final[Mapping[str, Callable[[Said], bytes | None]]] = {
    "kappa": _kappa,
    "superchain": _superchain,
    "scroll": _scroll,
    "arbitrum-ticket": ticket,
    "arbitrum-deposit": deposit,
    "thor-reference": reference,
    "thor-recipient": _thor_recipient,
    "exit-height": exits.height,
    "exit-position": exits.position,
    "exit-token": exits.token,
    "native-exit-height": exits.native_height,
    "native-exit-position": exits.native_position,
    "stargate-shared": _stargate_shared,
    "zksync-chain": withdrawals.chain,
    "zksync-message": withdrawals.message,
    "zksync-receiver": withdrawals.receiver,
    "zksync-place": withdrawals.place,
}
"""Parts of keys that no log holds, by name."""
