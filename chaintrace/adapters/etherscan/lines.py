"""Rows as lines: what each moves, named as a decoded transaction names it, and where it stands.

A list of transactions tells the value and the fee exactly. Lists of internal and of token transfers do not say where
inside its transaction a row stands: `traceId` is a path on one explorer and a number on another, and no list has the
number of the log. Those rows are named by what they move (`listing.row_index`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal, TypeAlias

from chaintrace.adapters.accounts.issues import AFTER_ALL, GWEI, block_name, withdrawal_name
from chaintrace.adapters.accounts.moved import Moved
from chaintrace.adapters.etherscan.rows import MOST_HEIGHT, Row
from chaintrace.adapters.evm import topics
from chaintrace.adapters.evm.calls import Sort as StepSort
from chaintrace.adapters.evm.quantities import word_address
from chaintrace.adapters.scales import scale
from chaintrace.model.chain import Account
from chaintrace.model.transaction import ROW, Kind

Sort: TypeAlias = Literal["sent", "inside", "token", "made"]
"""A transaction's own row, a call inside it, a token or the log of one, what a block makes out of nothing."""

_STEPS: Mapping[str, StepSort] = MappingProxyType(
    {"call": "call", "create": "create", "create2": "create", "suicide": "destroy", "selfdestruct": "destroy"}
)
"""Types of internal rows that can move something; others, such as delegatecall, move nothing."""


@dataclass(frozen=True, slots=True)
class Line:
    """What one row moves. `sure`: its position is that of its transaction in the block for certain.

    `sender` is who sent the transaction, where the row tells it. `is_log`: it is the log of a wrapper. `decimals` are
    those of its token, where the row claims any.
    """

    sort: Sort
    txid: str
    height: int
    time: int
    position: int | None
    block_hash: str
    moved: tuple[Moved, ...]
    failed: bool = False
    sure: bool = True
    sender: str = ""
    is_log: bool = False
    decimals: int | None = None


def is_of(row: Row, account: Account) -> bool:
    """Whether a row is of the account: a server that passes over what it was asked for gives others too."""
    parties = {row.text(name).lower() for name in ("from", "to", "contractAddress", "address")}
    contract = account.asset.contract
    if "topics" in row.fields or not parties - {""}:
        return True  # a log names its account among its topics, and a block's reward names none
    return account.address in parties and (not contract or contract == row.text("contractAddress").lower())


def sent_line(row: Row, account: str = "", *, fees: bool = True) -> Line:
    """A row of `txlist`: its value, and the fee where the account sent it and gas times price is all of it (`fees`)."""
    if row.is_genesis:
        return _genesis(row)
    sender, receiver = row.address("from"), row.optional_address("to") or row.optional_address("contractAddress")
    failed = row.flag("isError") or row.text("txreceipt_status") == "0"
    value = row.number("value")
    moved: list[Moved] = []
    if sender == account and fees:
        moved.append(Moved("fee", "fee", "", sender, None, row.number("gasUsed") * row.number("gasPrice")))
    is_call = row.text("input") not in {"", "0x"} or row.optional_address("to") is None
    if not failed and (value or not is_call):
        if receiver is None:
            raise row.wrong("to", "and no contractAddress, so that nobody is named as the receiver")
        moved.append(Moved("value", "native", "", sender, receiver, value))
    return replace(_line("sent", row, tuple(moved)), failed=failed, sender=sender)


def _genesis(row: Row) -> Line:
    """What the first block gave: `from` and `hash` are words of the explorer's own."""
    made = Moved("value", "mint", "", None, row.address("to"), row.number("value"))
    return Line("made", row.txid, 0, row.time, 0, "", (made,))


def inside_line(row: Row) -> Line:
    """A row of `txlistinternal`. One that failed moves nothing, nor does one that moves no value.

    Its transactionIndex, where it has one, differs from that of `txlist` in recorded answers: it is not relied upon.
    """
    moved = inside_move(row)
    return replace(_line("inside", row, () if moved is None else (moved,)), sure=False)


def inside_sort(row: Row) -> StepSort:
    """Which sort of step a row of `txlistinternal` is."""
    return _STEPS.get(row.text("type").lower(), "other")


def inside_move(row: Row) -> Moved | None:
    """What a row of `txlistinternal` moves; None for nothing."""
    value = row.number("value")
    if inside_sort(row) == "other" or not value or row.flag("isError"):
        return None
    receiver = row.optional_address("to") or row.optional_address("contractAddress")
    sender = row.address("from")
    if receiver is None:
        raise row.wrong("to", "and no contractAddress, so that nobody is named as the receiver")
    return Moved(ROW, "internal", "", sender, receiver, value)


def token_line(row: Row) -> Line:
    """A row of `tokentx`. From the zero address it is a mint, to it a burn, from it to itself neither."""
    contract, value = row.address("contractAddress"), row.number("value")
    sender, receiver = row.party("from"), row.party("to")
    kind: Kind = "token"
    if sender is None and receiver is None:
        sender, receiver = row.address("from"), row.address("to")
    elif sender is None or receiver is None:
        kind = "mint" if sender is None else "burn"
    line = _line("token", row, (Moved(ROW, kind, contract, sender, receiver, value),))
    return replace(line, decimals=scale(row.fields.get("tokenDecimal")))


def log_line(row: Row) -> Line:
    """What a wrapper made or destroyed, or an issuer destroyed, as `getLogs` has it: its place is exact.

    Raises Malformed for another event.
    """
    contract = row.address("address")
    listed = row.fields.get("topics")
    signs = [str(one).lower() for one in listed if one] if isinstance(listed, list) else []
    words = _words(signs[1:], row.text("data"))
    party = word_address(words[0]) if len(words) == 2 else None
    if party is None or signs[0] not in {topics.DEPOSIT, topics.WITHDRAWAL, topics.DESTROYED}:
        raise row.wrong("topics", "which makes or destroys nothing of an account")
    index, value = f"log:{row.hexed('logIndex', 2**31)}", int.from_bytes(words[1], "big")
    made = signs[0] == topics.DEPOSIT
    moved = Moved(index, "mint", contract, None, party, value) if made else None
    moved = moved or Moved(index, "burn", contract, party, None, value)
    height, time = row.hexed("blockNumber", MOST_HEIGHT), row.hexed("timeStamp", 2**40)
    position = row.hexed("transactionIndex", 2**31)
    return Line("token", row.txid, height, time, position, row.block_hash, (moved,), is_log=True)


def _words(indexed: Sequence[str], data: str) -> list[bytes]:
    """The arguments of an event, the indexed ones first; none where they are no words of 32 bytes."""
    try:
        told = [*(bytes.fromhex(sign[2:]) for sign in indexed), bytes.fromhex(data[2:])]
    except ValueError:
        return []
    joined = b"".join(told)
    is_whole = all(len(part) % 32 == 0 for part in told)
    return [joined[at : at + 32] for at in range(0, len(joined), 32)] if is_whole else []


def withdrawal_line(row: Row) -> Line:
    """A row of `txsBeaconWithdrawal`: gwei from the beacon chain, in no transaction (EIP-4895)."""
    moved = Moved("value", "mint", "", None, row.address("address"), row.number("amount") * GWEI)
    txid = withdrawal_name(row.number("withdrawalIndex"))
    return Line("made", txid, row.height, row.time, AFTER_ALL, "", (moved,))


def reward_line(row: Row, account: str) -> Line:
    """A row of `getminedblocks`: what a block paid to the account that made it, in wei."""
    moved = Moved("value", "mint", "", None, account, row.number("blockReward"))
    return Line("made", block_name(row.height, account), row.height, row.time, AFTER_ALL, "", (moved,))


def _line(sort: Sort, row: Row, moved: tuple[Moved, ...]) -> Line:
    """A line at its row's place."""
    return Line(sort, row.txid, row.height, row.time, row.position, row.block_hash, moved)
