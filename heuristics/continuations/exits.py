"""Exits from Polygon: which burn of that chain Ethereum was shown, as its contracts read the proof.

Source: maticnetwork/pos-portal, contracts/root/RootChainManager/RootChainManager.sol (`exit`) with contracts/lib/
ExitPayloadReader.sol and MerklePatriciaProof.sol; 0xPolygon/pos-contracts, contracts/root/withdrawManager/
WithdrawManager.sol (`verifyInclusion`) with contracts/root/predicates/ERC20PredicateBurnOnly.sol. The proof is one list
in RLP: the checkpoint and its proof, the burn's block, time and roots, the receipt and its proof, the place of the
receipt in its block (the path in the tree of receipts), and the place of the log in the receipt. A contract that pays
out has verified the one that it was shown, and pays out for no place twice.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from chaintrace.model.protocol import WORD
from heuristics.continuations.arguments import Said

FIELDS: Final = 10
"""What the list of a proof has."""
BLOCK, RECEIPT, PATH, PLACE = 2, 6, 8, 9
"""Where the number of the block, the receipt, its path and the place of its log stand in the list."""

MOST: Final = 64
"""Lists that a call may hold, at most: far more than one transaction has gas to verify."""

BYTES: Final = 1 << 17
"""Bytes that the lists of a call may have together, at most: nodes of Ethereum hand on no larger transaction.

Source: ethereum/go-ethereum, core/txpool/legacypool/legacypool.go (`txMaxSize`).
"""

TRANSFER: Final = bytes.fromhex("ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef")
"""The topic of an ERC-20 transfer, which `ERC20Predicate.exitTokens` asks for: a transfer to the zero address."""

PATH_BITS: Final = 32
"""Bits that the number of an exit has for the path, which no longer one may have."""

_LOWER = (1 << 128) - 1
_SHORT, _LONG, _LIST = 0xC0, 0xF7, 0xFF  # a list of up to 55 bytes; a longer one, by the length of its length
_ODD = (1, 3)  # the first half byte of a path that has an odd number of them


class Proof(NamedTuple):
    """A burn that a call shows: the block, the transaction's place in it, the token, who burned, and the value."""

    height: int
    position: int
    token: bytes
    sender: bytes
    value: int


def height(said: Said) -> bytes | None:
    """The block of the burn that an exit answers to; None where the call does not show just one."""
    found = _proof(said)
    return None if found is None else _word(found.height)


def position(said: Said) -> bytes | None:
    """The place of the burn's transaction in its block; None where the call does not show just one burn."""
    found = _proof(said)
    return None if found is None else _word(found.position)


def token(said: Said) -> bytes | None:
    """The token that was burned, by its contract on Polygon; None where the call does not show just one burn."""
    found = _proof(said)
    return None if found is None else found.token


def native_height(said: Said) -> bytes | None:
    """The block of the burn that an exit of the native asset answers to, from the number of the exit.

    `WithdrawManager.verifyInclusion` puts the number together: the time from which it is paid out in the upper half,
    then the block, the path in 32 bits, and one bit more that `startExitWithBurntTokens` shifts in.
    """
    number = said.number("exitId")
    return None if number is None else _word((number & _LOWER) >> (PATH_BITS + 1))


def native_position(said: Said) -> bytes | None:
    """The place of that burn's transaction in its block; None where the path spells none."""
    number = said.number("exitId") or 0
    path = (number >> 1) & ((1 << PATH_BITS) - 1)
    found = _spelt(path.to_bytes(PATH_BITS // 8, "big").lstrip(b"\0"))
    return None if found is None else _word(found)


def _proof(said: Said) -> Proof | None:
    """The one burn that the call shows of whom the log names as paid, in the value that it names."""
    exitor, amount = said.bytes_of(said.event.said("recipient")), said.number(said.event.said("amount"))
    if exitor is None or amount is None:
        return None
    shown = {one for one in proofs(said.call) if one.sender == exitor[-20:] and one.value == amount}
    return shown.pop() if len(shown) == 1 else None


@lru_cache(maxsize=8)
def proofs(call: str) -> tuple[Proof, ...]:
    """The burns that a call shows, wherever it does: its own argument, or that of a call inside it.

    An argument of bytes has its length before it, and a list in RLP has its own: both must be the same. None of a call
    with more lists than `MOST`, or with more of them than `BYTES`: the one that was used may stand behind them. Lists
    that overlap are counted each in full, for each is read in full.
    """
    return tuple(dict.fromkeys(found for found in map(_read, _bounded(call) or ()) if found is not None))


def is_over(call: str) -> bool:
    """Whether a call holds more lists, or more bytes of them, than are read."""
    return _bounded(call) is None


def _bounded(call: str) -> list[bytes] | None:
    """The arguments of bytes that are one long list in RLP; None where they are more than are read."""
    lists, size = list[bytes](), 0
    for one in _lists(bytes.fromhex(call.removeprefix("0x"))):
        size += len(one)
        if len(lists) == MOST or size > BYTES:
            return None
        lists.append(one)
    return lists


def _lists(data: bytes) -> Iterator[bytes]:
    """The arguments of bytes that are one long list in RLP."""
    for at in range(WORD, len(data)):
        if _LONG < data[at] <= _LIST:
            length = int.from_bytes(data[at - WORD : at], "big")
            size = data[at] - _LONG
            inside = int.from_bytes(data[at + 1 : at + 1 + size], "big")
            if length == 1 + size + inside and at + length <= len(data):
                yield data[at : at + length]


def _read(data: bytes) -> Proof | None:
    """The burn that a list in RLP shows; None where it shows none."""
    parts = _decoded(data)
    if not isinstance(parts, list) or len(parts) != FIELDS or not all(isinstance(part, bytes) for part in parts):
        return None
    place, log = _place(parts[PATH]), _log(parts[RECEIPT], int.from_bytes(parts[PLACE], "big"))
    if place is None or log is None:
        return None
    emitter, (topic, sender, receiver), value = log
    if topic != TRANSFER or any(receiver) or len(value) > WORD or len(parts[BLOCK]) > WORD:
        return None
    return Proof(int.from_bytes(parts[BLOCK], "big"), place, emitter, sender[-20:], int.from_bytes(value, "big"))


def _log(receipt: bytes, place: int) -> tuple[bytes, Sequence[bytes], bytes] | None:
    """A log of a receipt: its contract, its three topics and its data. A byte before the list is the receipt's type."""
    parts = _decoded(receipt if receipt[:1] >= bytes([_SHORT]) else receipt[1:])
    logs = parts[3] if isinstance(parts, list) and len(parts) == 4 else None
    if not isinstance(logs, list) or place >= len(logs):
        return None
    match logs[place]:
        case [bytes(emitter), [bytes(topic), bytes(sender), bytes(receiver)], bytes(value)] if len(emitter) == 20:
            return emitter, (topic, sender, receiver), value
    return None


def _place(path: bytes) -> int | None:
    """The place of a receipt in its block, by its path: half bytes behind a prefix, which spell the place in RLP.

    As `MerklePatriciaProof._getNibbleArray` reads them: the first two half bytes are the prefix, or the first one where
    their number is odd.
    """
    halves = path.hex()[1 if path[:1] and path[0] >> 4 in _ODD else 2 :]
    return _spelt(bytes.fromhex(halves)) if len(halves) % 2 == 0 else None


def _spelt(path: bytes) -> int | None:
    """The place that a path without its prefix spells in RLP; None where it spells none."""
    place = _decoded(path) if path else None
    return int.from_bytes(place, "big") if isinstance(place, bytes) and len(place) * 8 <= PATH_BITS else None


def _decoded(data: bytes) -> object:
    """What is spelt in RLP, in lists as deep as a list may be; None where it is not RLP."""
    import rlp  # heavy: only where a proof is read

    try:
        return rlp.decode(data)
    except (rlp.DecodingError, RecursionError):
        return None


def _word(number: int) -> bytes:
    return number.to_bytes(WORD, "big")
