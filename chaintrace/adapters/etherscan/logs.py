"""Lists of logs: what a wrapper makes and destroys for an account, and what an issuer destroyed of it.

Source: docs.etherscan.io, `module=logs`, `getLogs` by contract and topics.
"""

from functools import partial

from chaintrace.adapters.etherscan.asking import Asking
from chaintrace.adapters.etherscan.paging import Listing, by_hex, read_list
from chaintrace.adapters.etherscan.rows import Row, Rows
from chaintrace.adapters.evm import topics
from chaintrace.adapters.evm.quantities import word_address
from chaintrace.model.chain import Account

_WORD = 66
"""Signs of a word of 32 bytes in hex, with 0x."""


def wrapped(ask: Asking, account: Account, topic: str, pin: str, most: int) -> Listing:
    """The logs of a wrapper that name the account, to their end."""
    first = "0x" + account.address[2:].rjust(64, "0")
    return read_list(partial(_page, ask, account, topic, pin, topic0_1_opr="and", topic1=first), by_hex, most)


def destroyed(ask: Asking, account: Account, pin: str, most: int) -> Listing:
    """The logs with which an issuer destroyed what the account had. They index nobody, so all of them are read."""
    listing = read_list(partial(_page, ask, account, topics.DESTROYED, pin), by_hex, most)
    listing.rows = [row for row in listing.rows if _whose(row) == account.address]
    listing.busy = 0
    return listing


def _page(  # noqa: PLR0913, PLR0917  # what a question about logs says
    ask: Asking, account: Account, topic: str, pin: str, start: int, end: int, number: int, size: int, **more: str
) -> Rows:
    """One page of logs of the account's token."""
    contract = account.asset.contract
    return ask.rows(
        "logs",
        "getLogs",
        pin,
        address=contract,
        fromBlock=start,
        toBlock=end,
        topic0=topic,
        **more,
        page=number,
        offset=size,
    )


def _whose(row: Row) -> str | None:
    """The first argument of an event: the first indexed one, or the first word of the data."""
    listed = row.fields.get("topics")
    signs = [str(one) for one in listed if one] if isinstance(listed, list) else []
    word = signs[1] if len(signs) > 1 else row.text("data")[:_WORD]
    try:
        return word_address(bytes.fromhex(word[2:]))
    except ValueError:
        return None
