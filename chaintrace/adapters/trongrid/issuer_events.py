"""Whether an issuer blocks an address, by the events of the token's contract that TronGrid lists up to the tip.

The list is known to lose rows and marks of pages (TRON-US/trongrid#16, #23). So an event that blocks is believed, and
its absence is told as what it is: no block is listed. The events about everybody are read, once for each contract and
tip. Source: the README of tronprotocol/tron-grid, "Get Events By Contract Address".
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from chaintrace.adapters.issuer_replies import Untold
from chaintrace.adapters.issuers import BLOCKED, UNLISTED, Form, seen, state_at, wiped_at
from chaintrace.adapters.network import Status
from chaintrace.adapters.transport import Json
from chaintrace.adapters.tron.answers import address_of, seconds, shown, table, txid_of, whole, word
from chaintrace.adapters.tron.listings import Page
from chaintrace.adapters.tron.moves import INT64
from chaintrace.adapters.trongrid.asking import PAGE, Grid
from chaintrace.errors import Malformed
from chaintrace.model.chain import Account
from chaintrace.model.provenance import Observation, Source

MOST_PAGES: Final = 1_000
"""Pages of one event that are read."""
_WHO: Final = ("_user", "_blackListedUser", "_blockedUser", "_account", "addr", "0")
"""What the address of an event is called: by the names that the contracts give it, or by its place."""
_HOW_MUCH: Final = ("_balance", "1")


class Event(NamedTuple):
    """One event: when (Unix, UTC), its txid and place there, its name, whom it is about, how much was destroyed."""

    time: int
    txid: str
    place: int
    name: str
    address: str
    value: str
    height: int | None
    source: Source | None


class IssuerEvents:
    """Reads the events of one host's contracts."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self._read: dict[tuple[str, str], tuple[Event, ...]] = {}

    def told(self, account: Account, form: Form, at: Status) -> tuple[Observation, ...]:
        """The state as of the tip `at`, and what was destroyed until then. Raises Untold and AdapterError."""
        contract = account.asset.contract
        key = contract, at.block_hash
        if key not in self._read:
            names = [signature.partition("(")[0] for signature in (*form.blocked, *form.released, *form.wiped)]
            self._read[key] = tuple(event for name in names for event in self.listed(contract, name, at))
        own = sorted(one for one in self._read[key] if one.address == account.address)
        blocks = {signature.partition("(")[0] for signature in form.blocked}
        wipes = {signature.partition("(")[0] for signature in form.wiped}
        turns = [one for one in own if one.name not in wipes]
        if len({one.name in blocks for one in turns if one.time == turns[-1].time}) > 1:
            raise Untold(f"{self._grid.host} lists a block and a release of {account.address} of one moment")
        is_blocked = bool(turns) and turns[-1].name in blocks
        state, source = BLOCKED if is_blocked else UNLISTED, turns[-1].source if turns else None
        return (
            seen(account, state_at(contract), at.height, state, source),
            *(seen(account, wiped_at(contract), one.height, one.value, one.source) for one in own if one.name in wipes),
        )

    def listed(self, contract: str, name: str, at: Status) -> list[Event]:
        """Every event of a name up to the tip, as far as the host lists them. Raises Untold where there are too many.

        A page without the mark of the next one is followed by the question from its last moment on.
        """
        found: dict[tuple[str, int, str], Event] = {}
        since, mark = 0, ""
        for _ in range(MOST_PAGES):
            query: dict[str, str | int] = {"event_name": name, "limit": PAGE, "order_by": "block_timestamp,asc"}
            query |= {"min_block_timestamp": since, "max_block_timestamp": (at.time or 0) * 1000 + 999}
            query |= {"fingerprint": mark} if mark else {}
            path = f"contracts/{contract}/events"
            told = self._grid.offered(path, query, at.block_hash, lambda page: _events(page, name))
            if told is None:
                raise Untold(f"{self._grid.host} does not list the events of {contract} either")
            page, source = told
            events = [one._replace(source=source) for one in _events(page, name)]
            fresh = [one for one in events if (one.txid, one.place, one.address) not in found]
            found.update(((one.txid, one.place, one.address), one) for one in fresh)
            if not fresh:
                return list(found.values())
            mark = page.fingerprint
            since = since if mark else max(one.time for one in events) * 1000
        raise Untold(f"{self._grid.host} lists more than {MOST_PAGES * PAGE} events {name}, which were not read")


def _events(page: Page, name: str) -> list[Event]:
    """The events of a page. Raises Malformed where one is not what was asked for."""
    return [_event(row, name) for row in page.rows]


def _event(row: Mapping[str, Json], name: str) -> Event:
    if word(row.get("event_name"), "event_name") != name:
        raise Malformed(f"an event {shown(row.get('event_name'))} came where {name} was asked: nothing of it is used")
    result = table(row.get("result"), "result")
    who = next((result[key] for key in _WHO if result.get(key) is not None), None)
    much = next((result[key] for key in _HOW_MUCH if result.get(key) is not None), None)
    height = row.get("block_number")
    return Event(
        seconds(row.get("block_timestamp"), "block_timestamp") or 0,
        txid_of(row.get("transaction_id"), "transaction_id"),
        whole(row.get("event_index"), "event_index", INT64),
        name,
        address_of(who, "the address of an event"),
        "" if much is None else str(whole(much, "the value of an event")),
        None if height is None else whole(height, "block_number", INT64),
        None,
    )
