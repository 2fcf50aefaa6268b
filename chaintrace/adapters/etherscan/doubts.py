"""What a history leaves open, in one sentence each: what is not shown, why, and what helps."""

from collections.abc import Sequence

from chaintrace.adapters.accounts.histories import gap_at, left_open
from chaintrace.adapters.accounts.issues import UNLISTED
from chaintrace.adapters.network import Reply
from chaintrace.model.chain import Account
from chaintrace.model.provenance import Gap


def left_alone(host: str, account: Account, most: int, known: int) -> Reply:
    """The reply about an address with more rows than are read."""
    text = (
        f"{account.address} has more than {most:,} movements at {host}, so it looks like a "
        f"service's address and its history was not downloaded ({known:,} rows were seen): give it a tag so that "
        "the trace stops there, or use a node or a file that holds its history"
    )
    return left_open(account, text)


def not_its(host: str, account: Account, since: int, known: int) -> Reply:
    """The reply where lists lack what is known to have come."""
    text = (
        f"{host} lists movements of {account.address} in {known} blocks, and none in block {since}, in "
        "which something came there: its lists are not complete, so nothing of them is used; ask another source"
    )
    return left_open(account, text)


def doubt(host: str, account: Account, difference: int | None, noted: Sequence[str]) -> Gap:
    """Why a history is not proven complete."""
    odd = f" ({'; '.join(noted)})" if noted else ""
    asset = account.asset
    if difference is None:
        text = (
            f"the history of {account.address} at {host} cannot be shown to be complete, because its "
            f"balance is not told{odd}: what was read is kept; ask a second source to be sure"
        )
        return gap_at(account, "claimed", text)
    way = "less" if difference > 0 else "more"
    text = (
        f"the history of {account.address} at {host} adds up to {abs(difference)} base units of "
        f"{asset.name or asset.contract} {way} than its balance{odd}: movements are missing there"
        f"{f', {UNLISTED}' if asset.contract else ''}; what was read is kept; ask a second source"
    )
    return gap_at(account, "balance", text, difference)


def no_tip(host: str, account: Account, height: int | None) -> Gap:
    """That nobody knows up to when a history reaches."""
    text = (
        f"{host} does not tell how far its chain has come, so the history of {account.address} is known "
        f"up to its last row, in block {height or 0}, and no further: add a source that tells the tip, such as "
        "evm-rpc"
    )
    return gap_at(account, "source", text)


def too_many(host: str, account: Account, left: int) -> Gap:
    """That not every transaction of which the lists tell too little was asked by itself."""
    text = (
        f"of {left:,} transactions of {account.address} the lists of {host} do not tell the order of what they moved, "
        f"or all of the fee, and they were not asked one by one: ask a node that holds its history"
    )
    return gap_at(account, "order", text)
