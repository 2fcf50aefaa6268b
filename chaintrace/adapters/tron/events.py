"""What the events of tokens say was moved: TRC-20, TRC-721, TRC-1155, and the deposits of wrapped TRX.

They are the events of Ethereum's tokens. An address stands in the last 20 bytes of a word (calldata and some old logs
carry TRON's 41 before it). What a symbol or a name says is never asked: the token is its contract. Source: ERC-20,
ERC-721, ERC-1155, and TIP-20, TIP-721; the topics are computed from their signatures in the tests.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from chaintrace.adapters.accounts.moved import Moved
from chaintrace.adapters.transport import Json
from chaintrace.adapters.tron.answers import ZERO, address_of, hexed, rows, table
from chaintrace.errors import Malformed
from chaintrace.model.transaction import Kind

TRANSFER = "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
"""Transfer(address,address,uint256): of TRC-20 and of TRC-721."""
SINGLE = "c3d58168c5ae7397731d063d5bbf3d657854427343f4c083240f7aacaa2d0f62"
"""TransferSingle(address,address,address,uint256,uint256)."""
BATCH = "4a39dc06d4c0dbc64b70af90fd698a233a518aa5d07e595d983b8c0526c8f7fb"
"""TransferBatch(address,address,address,uint256[],uint256[])."""
DEPOSIT = "e1fffcc4923d04b559f4d29a8bfc6cda04eb5b0d3c460751c2402c5c5cc9109c"
"""Deposit(address,uint256), of a token that wraps TRX."""
WITHDRAWAL = "7fcf532c15f0a6db0bd6d0e038bea71d30d808c7d98cb3bf7268a95bf5081b65"
"""Withdrawal(address,uint256)."""
DESTROYED = "61e6e66b0d6339b2980aecc6ccc0039736791f0ccde9ed512e789a7fbdd698c6"
"""DestroyedBlackFunds(address,uint256), of USDT: the balance is set to 0, and no Transfer is logged."""
ISSUE = "cb8241adb0c3fdb35b70c24ce35c5eb0c17af7431c99f827d44a445ca624176a"
"""Issue(uint256), of USDT: the balance of whoever called for it grows, and no Transfer is logged."""
REDEEM = "702d5967f45f6513a38ffc42d6ba9bf230bd40e8f53b16363c7eb4fd2deb9a44"
"""Redeem(uint256), of USDT: the same, the other way."""
APPROVAL = "8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b925"
"""Approval(address,address,uint256): of TRC-20, and with all arguments indexed of TRC-721. It moves nothing."""
WRAPPERS = frozenset({"TNUC9Qb1rRpS5CbWLmNMxXBjyFoydXjWFR"})
"""Contracts whose Deposit and Withdrawal mean what WETH9's mean: WTRX, which public exchange kits name alike, in hex as
41891cdb91d149f23b1a45d9c5ca78a88d0cb44c18 (BigDealCompany/sdk-core, src/entities/wtrx.ts). Others use these words for
other things."""


_SELECTORS = MappingProxyType({ISSUE: bytes.fromhex("cc872b66"), REDEEM: bytes.fromhex("db006a75")})
_NAMES = MappingProxyType(
    {
        TRANSFER: "Transfer",
        SINGLE: "TransferSingle",
        BATCH: "TransferBatch",
        DEPOSIT: "Deposit",
        WITHDRAWAL: "Withdrawal",
        DESTROYED: "DestroyedBlackFunds",
        ISSUE: "Issue",
        REDEEM: "Redeem",
    },
)
_WORD = 32


@dataclass(frozen=True, slots=True)
class Call:
    """The call of the transaction itself: who called which contract with which bytes."""

    caller: str
    contract: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Log:
    """An event: its identity (`log:N`, N being its place among the logs of its transaction), topics and data."""

    index: str
    contract: str
    topics: Sequence[bytes]
    data: bytes

    @property
    def event(self) -> str:
        """The topic that names the event, in hex; empty for a log without topics."""
        return self.topics[0].hex() if self.topics else ""

    @property
    def words(self) -> Sequence[bytes]:
        """The arguments: the indexed ones first. Of cut data, none."""
        if len(self.data) % _WORD:
            return ()
        return [*self.topics[1:], *(self.data[at : at + _WORD] for at in range(0, len(self.data), _WORD))]


class Allowed(NamedTuple):
    """Whose tokens of which contract somebody else may move from then on, and how many, in base units."""

    holder: str
    spender: str
    contract: str
    allowance: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What the logs of a transaction move, and a sentence for each that bears a known name and cannot be read.

    `asked` are those of the moves whose party is who called for it, for their logs do not say whose tokens they are.
    `allowed` are the approvals of TRC-20: of one holder, spender and contract the last. `logs` are all of them.
    """

    moves: tuple[Moved, ...]
    unread: tuple[str, ...]
    asked: tuple[Moved, ...] = ()
    allowed: tuple[Allowed, ...] = ()
    logs: tuple[Log, ...] = field(default=(), compare=False, repr=False)


def read_events(told: Json, call: Call | None = None) -> Reading:
    """What the logs of a successful transaction say was moved.

    A transfer from the zero address is a mint, one to it a burn. A value of zero is kept: whoever fakes a history
    counts on it. Raises Malformed for a log that is none.
    """
    logs = [_log(place, table(one, "log")) for place, one in enumerate(rows(told, "log"))]
    usual = [_moves(log) for log in logs]
    twice = Counter(move.flow for moves in usual for move in moves or () if move.kind in {"mint", "burn"})
    found: list[Moved] = []
    asked: list[Moved] = []
    unread: list[str] = []
    for log, moves in zip(logs, usual, strict=True):
        if moves is None:
            single = _silent(log, call)
            if single is not None and twice[single.flow]:
                twice[single.flow] -= 1  # logged once more as a transfer: the two are one
            elif single is not None:
                found.append(single)
                asked += [single] if log.event in _SELECTORS else []
            elif log.event in _NAMES and (log.event not in {DEPOSIT, WITHDRAWAL} or log.contract in WRAPPERS):
                unread.append(
                    f"{log.index}, an event {_NAMES[log.event]} of {log.contract}, cannot be read: left alone"
                )
        else:
            found.extend(moves)
    allowed = {one[:3]: one for one in map(_allowed, logs) if one is not None}
    return Reading(tuple(found), tuple(unread), tuple(asked), tuple(allowed.values()), tuple(logs))


def _log(place: int, told: Mapping[str, Json]) -> Log:
    """A log, each part checked."""
    topics = [hexed(one, "topics") for one in rows(told.get("topics"), "topics")]
    if any(len(topic) != _WORD for topic in topics) or len(topics) > 4:
        raise Malformed("a log has topics that are not up to four words of 32 bytes: nothing of this answer is used")
    return Log(f"log:{place}", address_of(told.get("address"), "log.address"), topics, hexed(told.get("data"), "data"))


def _moves(log: Log) -> Sequence[Moved] | None:
    """What a transfer event moves; None for any other event, and for one in a shape that no standard has."""
    words = log.words
    numbers = [int.from_bytes(one, "big") for one in words]
    if log.event == TRANSFER and len(words) == 3 and len(log.topics) != 2:
        piece = len(log.topics) == 4
        return _between(log, log.index, words[:2], (1, numbers[2]) if piece else (numbers[2], None))
    if log.event == SINGLE and len(log.topics) == 4 and len(words) == 5:
        return _between(log, log.index, words[1:3], (numbers[4], numbers[3]))
    if log.event == BATCH and len(log.topics) == 4:
        pairs = _pairs(numbers[3:])
        moves = [
            _between(log, f"{log.index}.{place}", words[1:3], (value, number))
            for place, (number, value) in enumerate(pairs or ())
        ]
        return None if pairs is None or None in moves else [one for each in moves for one in each or ()]
    return None


def _between(log: Log, index: str, words: Sequence[bytes], what: tuple[int, int | None]) -> Sequence[Moved] | None:
    """One movement of (value, token id) between the addresses of two words; None where one is none."""
    sides = [_address(word) for word in words]
    if None in sides:
        return None
    sender, receiver = sides
    value, token_id = what
    kind: Kind = "token" if token_id is None else "nft"
    if sender == ZERO != receiver:
        return (Moved(index, "mint", log.contract, None, receiver, value, token_id),)
    if receiver == ZERO != sender:
        return (Moved(index, "burn", log.contract, sender, None, value, token_id),)
    return (Moved(index, kind, log.contract, sender, receiver, value, token_id),)


def _silent(log: Log, call: Call | None) -> Moved | None:
    """What is made or destroyed by an event that is no transfer; None for any other one."""
    words = log.words
    value = int.from_bytes(words[-1], "big") if words else 0
    whose = _address(words[0]) if words else None
    wrapped = log.contract in WRAPPERS and len(words) == 2 and whose is not None
    if log.event == DEPOSIT and wrapped:
        return Moved(log.index, "mint", log.contract, None, whose, value)
    if (log.event == WITHDRAWAL and wrapped) or (log.event == DESTROYED and len(words) == 2 and whose is not None):
        return Moved(log.index, "burn", log.contract, whose, None, value)
    selector = _SELECTORS.get(log.event)
    if selector is None or call is None or len(words) != 1 or call.contract != log.contract:
        return None
    if not call.data.startswith(selector + words[0]):
        return None
    if log.event == ISSUE:
        return Moved(log.index, "mint", log.contract, None, call.caller, value)
    return Moved(log.index, "burn", log.contract, call.caller, None, value)


def _allowed(log: Log) -> Allowed | None:
    """What an approval in the shape of TRC-20 allows; None for any other event, and where a party is nobody."""
    if log.event != APPROVAL or len(log.topics) != 3 or len(log.data) != _WORD:
        return None
    holder, spender = (_address(word) for word in log.topics[1:])
    if holder is None or spender is None or ZERO in {holder, spender}:
        return None
    return Allowed(holder, spender, log.contract, int.from_bytes(log.data, "big"))


def _pairs(words: Sequence[int]) -> Sequence[tuple[int, int]] | None:
    """The ids and values of a TransferBatch; None where the data are not two lists of the same length."""
    starts = [start // _WORD for start in words[:2]]
    if len(starts) < 2 or any(start >= len(words) for start in starts):
        return None
    counts = [words[start] for start in starts]
    if counts[0] != counts[1] or any(start + 1 + counts[0] > len(words) for start in starts):
        return None
    ids, values = (words[start + 1 : start + 1 + counts[0]] for start in starts)
    return list(zip(ids, values, strict=True))


def _address(word: bytes) -> str | None:
    """The address in a word: its last 20 bytes, before them zeros or TRON's 41; None for a word that is none."""
    if word[:11].strip(b"\0") or word[11] not in {0, 0x41}:
        return None
    return address_of(word[-20:].hex(), "an address in a log")
