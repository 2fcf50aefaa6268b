"""The lists of an address that its histories are read from, and the markers that lead behind a row of each."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeVar

from chaintrace.adapters.blockscout.asking import Asking, Marker
from chaintrace.adapters.blockscout.balances import MANY, Counts
from chaintrace.adapters.blockscout.pages import List, Listing, read_list
from chaintrace.adapters.blockscout.rows import (
    InternalRow,
    Issue,
    Row,
    TokenRow,
    TxRow,
    internal_row,
    reward_row,
    token_row,
    transaction_row,
    withdrawal_row,
)

_Row = TypeVar("_Row", bound=Row)

COUNTED: Final = {
    "transactions": "transactions_count",
    "internal-transactions": "internal_transactions_count",
    "withdrawals": "withdrawals_count",
    "blocks-validated": "validations_count",
}
"""The lists that native histories are read from, and their counters."""


@dataclass(slots=True)
class Natives:
    """What the lists of an address say of the native asset."""

    transactions: Listing[TxRow] = field(default_factory=Listing)
    calls: Listing[InternalRow] = field(default_factory=Listing)
    withdrawals: Listing[Issue] = field(default_factory=Listing)
    rewards: Listing[Issue] = field(default_factory=Listing)

    @property
    def sizes(self) -> dict[str, int]:
        """How many rows each list gave, by the names of their counters."""
        numbers = (
            len(self.transactions.rows),
            len(self.calls.rows),
            len(self.withdrawals.rows),
            len(self.rewards.rows),
        )
        return dict(zip(COUNTED.values(), numbers, strict=True))

    @property
    def odd(self) -> list[str]:
        """What was odd about the lists."""
        return sorted(self.transactions.odd | self.calls.odd | self.withdrawals.odd | self.rewards.odd)

    @property
    def too_long(self) -> int:
        """How many rows were read of a list that is too long; 0 where none is."""
        lists = (self.transactions, self.calls, self.withdrawals, self.rewards)
        return max((len(one.rows) for one in lists if one.too_long), default=0)


def read_natives(ask: Asking, address: str, counted: Counts, *, pin: str, most: int, bold: bool) -> Natives:
    """Read the lists of an address; what its counters say to be empty is not asked for."""
    found = Natives()
    root = f"/addresses/{address}"
    found.transactions = read_list(
        ask, List(f"{root}/transactions", transaction_row, _behind_transaction), pin, most, bold=bold
    )
    if found.transactions.too_long:
        return found
    found.calls = read_list(
        ask, List(f"{root}/internal-transactions", internal_row, _behind_call), pin, most, bold=bold
    )
    if found.calls.too_long:
        return found
    if counted.of("withdrawals_count") != 0:
        found.withdrawals = read_list(
            ask, List(f"{root}/withdrawals", withdrawal_row, _behind_withdrawal), pin, most, bold=bold
        )
    if counted.of("validations_count") != 0:
        found.rewards = read_list(
            ask, List(f"{root}/blocks-validated", reward_row, _behind_reward), pin, most, bold=bold
        )
    _keep(found.transactions, lambda row: address in {row.sender, row.receiver, row.created})
    _keep(found.calls, lambda row: address in {row.sender, row.receiver})
    _keep(found.withdrawals, lambda row: row.receiver in {None, address})
    _keep(found.rewards, lambda row: row.receiver == address)
    return found


def _keep(listing: Listing[_Row], is_own: Callable[[_Row], bool]) -> None:
    """Leave out the rows of others, and note that they are there."""
    for key, row in list(listing.rows.items()):
        if not is_own(row):
            del listing.rows[key]
            listing.odd.add("rows of another token or address stand among its own")


def read_tokens(ask: Asking, address: str, contract: str, *, pin: str, most: int, bold: bool) -> Listing[TokenRow]:
    """Read the transfers of one token. A row of another token, or of somebody else, is left out and noted."""
    what = List(f"/addresses/{address}/token-transfers", token_row, _behind_token, {"token": contract})
    listing = read_list(ask, what, pin, most, bold=bold)
    _keep(listing, lambda row: row.contract == contract and address in {row.sender, row.receiver})
    return listing


def short(sizes: dict[str, int], counted: Counts) -> list[str]:
    """The lists that gave fewer rows than were counted. Of calls the list may hide some that were counted."""
    found = []
    for name, size in sizes.items():
        number = counted.of(name) if name != COUNTED["internal-transactions"] else None
        if number is not None and size < min(number, MANY):
            least = f"{number} or more" if number >= MANY else str(number)
            found.append(f"its {name} is {least}, and the pages give {size}")
    return found


def all_counted(sizes: dict[str, int], counted: Counts) -> bool:
    """Whether every list has just as many rows as were counted, and the counters could count them."""
    return all((counted.of(name) == size) and size < MANY for name, size in sizes.items())


def _behind_transaction(row: TxRow) -> Marker | None:
    return None if row.height is None else {"block_number": str(row.height), "index": str(row.position)}


def _behind_call(row: InternalRow) -> Marker | None:
    if row.position is None:
        return None
    place = {"transaction_index": str(row.position), "index": str(row.index)}
    return {"block_number": str(row.height), **place}


def _behind_token(row: TokenRow) -> Marker | None:
    return None if row.height is None else {"block_number": str(row.height), "index": str(row.log)}


def _behind_withdrawal(row: Issue) -> Marker:
    return {"index": str(row.index)}


def _behind_reward(row: Issue) -> Marker:
    return {"block_number": str(row.height)}
