"""The shapes of Tronscan's answers: what stands in each, checked before it is used."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chaintrace.adapters.transport import Json
from chaintrace.adapters.tron.answers import Table, rows, seconds, shown, table, txid_of, whole
from chaintrace.adapters.tron.moves import INT64
from chaintrace.errors import Malformed
from chaintrace.model.provenance import Source

ADAPTER = "tronscan"
WINDOW = 10_000
"""What `start` and `limit` may come to together; past it the API gives nothing, or what it likes."""

NOWHERE = Source(ADAPTER, "", "")
"""Stands where an answer is looked at before it is in the archive."""


@dataclass(frozen=True, slots=True)
class Header:
    """A block: its id, height, time (Unix, UTC; None for the genesis block), and the id of the one before it."""

    hash: str
    height: int
    time: int | None
    parent: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list. `counted` is how many entries the list has; None where the API does not say."""

    rows: tuple[Table, ...]
    counted: int | None
    whole: Table
    source: Source


def answer_of(value: Json, host: str) -> Table:
    """An object; nothing at all is an empty one."""
    return {} if value is None else table(value, f"the answer of {host}")


def blocks(told: Table) -> tuple[Header, ...]:
    """The blocks of a list. Raises Malformed."""
    if not isinstance(told.get("data"), list):
        raise Malformed("a list of blocks has no blocks in it: look at the url of the source")
    return tuple(header(table(one, "a block")) for one in rows(told["data"], "data"))


def first_block(told: Table) -> Header | None:
    """The first block of a list."""
    found = blocks(told)
    return found[0] if found else None


def header(told: Table) -> Header:
    """A block as the explorer tells it. Raises Malformed."""
    if told.get("number") is None:
        raise Malformed("a block has no number: nothing of this answer is used")
    parent = told.get("parentHash")
    return Header(
        txid_of(told.get("hash"), "the block's hash"),
        whole(told.get("number"), "the block's number", INT64),
        seconds(told.get("timestamp"), "the block's timestamp"),
        txid_of(parent, "parentHash") if parent else "",
    )


def confirmed_height(told: Table) -> int | None:
    """How far the explorer's blocks are confirmed. Raises Malformed."""
    database = table(told.get("database") or {}, "database")
    height = database.get("confirmedBlock")
    return None if height is None else whole(height, "confirmedBlock", INT64)


def page_of(name: str) -> Callable[[Table], Page]:
    """Reads a page of a list. A total that has come to the window, or is below 0, is no total. Raises Malformed."""

    def read(told: Table) -> Page:
        if not isinstance(told.get(name), list):
            raise Malformed("a page of a list has nothing in it, not even an empty list: look at the url of the source")
        found = tuple(table(one, "an entry") for one in rows(told[name], name))
        counted, total = told.get("rangeTotal"), told.get("total")
        if counted is None and isinstance(total, int) and total < WINDOW:
            counted = total
        known = None if counted is None or counted == -1 else whole(counted, "rangeTotal", INT64)
        return Page(found, known, told, NOWHERE)

    return read


def look_at_events(told: Table) -> None:
    """Looks at a list of events. Raises Malformed."""
    if not isinstance(told.get("event_list"), list):
        raise Malformed("a list of events has none in it, not even an empty list: nothing of it is used")


def balances(name: str) -> Callable[[Table], Mapping[str, int]]:
    """Reads a list of tokens: contract to balance in base units. Raises Malformed."""

    def read(told: Table) -> Mapping[str, int]:
        if not isinstance(told.get(name), list):
            raise Malformed(f"{name} is {shown(told.get(name))} where a list of tokens belongs: nothing of it is used")
        found = {}
        for one in rows(told[name], name):
            token = table(one, "a token")
            contract = token.get("tokenId")
            if isinstance(contract, str) and token.get("balance") is not None:
                found[contract] = whole(token["balance"], "balance")
        return found

    return read
