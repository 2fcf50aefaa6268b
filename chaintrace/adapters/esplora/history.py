"""The whole history of an address: read page by page to its end, and held against the server's own counters.

The server counts an address's transactions, the outputs that paid it and those that were spent, with their sums. When
what the pages list, by its bytes, gives the same five numbers, and the tip was the same before and after, the history
is complete: `counter equal`. Else all of it is read once more, past the archive; if the numbers still differ, what was
read is kept, its coverage is `claimed`, and a Gap says which number differs and what the pages did.
An output to a bare public key is shown under its key's address, but has another script: it is not in this history.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from chaintrace.adapters.esplora.asking import Asking
from chaintrace.adapters.esplora.listed import Listed
from chaintrace.adapters.esplora.reading import Said
from chaintrace.adapters.network import Reply, Status
from chaintrace.addresses import address_script, script_address
from chaintrace.errors import Unavailable
from chaintrace.model.chain import OutPoint
from chaintrace.model.provenance import Coverage, Gap
from chaintrace.model.transaction import PENDING_RANK, Transaction

MOST = 1_000
"""Transactions of the longest history that is read: each of them costs several questions."""

_Finish: TypeAlias = Callable[[str, Status, list[Gap], Said | None], Transaction | None]
"""Makes the transaction of a txid, checked by its bytes, given what a list said of its confirmation."""


@dataclass(slots=True)
class Listing:
    """What one reading of an address gave: its transactions by txid, those in no block, and what was wrong with it."""

    entries: dict[str, Listed] = field(default_factory=dict)
    pending: dict[str, Listed] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    too_long: bool = False


def holder_of(script: bytes, chain: str) -> str:
    """How the server is asked for what a script holds: by its address, or by its SHA-256 where no address is exact."""
    kind, address = script_address(script, chain)
    if address is None or kind == "p2pk":
        return f"scripthash/{hashlib.sha256(script).hexdigest()}"
    return f"address/{address}"


class Histories:
    """Reads histories of one server. `most` is the longest that is read, in transactions."""

    def __init__(self, ask: Asking, finish: _Finish, most: int) -> None:
        self._ask = ask
        self._finish = finish
        self._most = most
        self._chain = ask.endpoint.chain

    def reply(self, address: str, at: Status) -> Reply:
        """Every transaction of an address, proven one by one, with the coverage that its counters allow."""
        try:
            script = address_script(address, self._chain)
        except ValueError as error:
            return Reply(gaps=(self._gap(address, [f"it is no address: {error}"]),), still_missing=True)
        listing = self._read(script, at)
        if listing.too_long:
            return Reply(gaps=(self._gap(address, listing.faults),), still_missing=True)
        gaps = [self._gap(address, listing.faults)] if listing.faults else []
        found: list[Transaction] = []
        for txid, entry in (listing.entries | listing.pending).items():
            transaction = self._finish(txid, at, gaps, entry.status)
            if transaction is None:
                raise Unavailable(f"{self._ask.host} lists transaction {txid} and does not have it: try again later")
            found.append(transaction)
        how = "claimed" if listing.faults else "counter equal"
        coverage = Coverage(
            self._chain, frozenset({address}), frozenset({""}), 0, at.height, at.height, at.time, how=how
        )
        return Reply(tuple(sorted(found, key=_order)), coverage=(coverage,), gaps=tuple(gaps))

    def _read(self, script: bytes, at: Status) -> Listing:
        """Read it, and once more where the first reading does not agree with itself; nothing that was read is lost."""
        holder = holder_of(script, self._chain)
        first = self._once(holder, script, at, pinned=True)
        if not first.faults or first.too_long:
            return first
        second = self._once(holder, script, at, pinned=False)
        if not second.faults:
            return second
        entries = first.entries | second.entries
        waiting = first.pending | second.pending
        pending = {txid: entry for txid, entry in waiting.items() if txid not in entries}
        return Listing(entries, pending, second.faults)

    def _once(self, holder: str, script: bytes, at: Status, *, pinned: bool) -> Listing:
        """One reading, with the tip asked before and after it."""
        before = self._ask.tip_over(at)
        pin = before if pinned else ""
        counters = self._ask.counters(holder, pin)
        if isinstance(counters, str):
            return Listing(faults=[f"the server refuses its counters ({counters})"], too_long=True)
        counted = counters.part("chain_stats")
        if counted.integer("tx_count") > self._most:
            fault = f"it has {counted.integer('tx_count')} transactions, and at most {self._most} are read"
            return Listing(faults=[fault], too_long=True)
        listing = Listing()
        self._pages(listing, holder, counted.integer("tx_count"), pin)
        listing.faults += differences(counted, tuple(listing.entries.values()), script)
        if not listing.faults:
            listing.pending = {entry.raw.txid: entry for entry in self._ask.pending(holder, pin)}
            for txid in listing.entries.keys() & listing.pending.keys():
                del listing.pending[txid]
            waiting = counters.part("mempool_stats").integer("tx_count")
            if waiting > len(listing.pending):
                listing.faults.append(
                    f"{waiting} of its transactions are pending, and {len(listing.pending)} were given"
                )
        if self._ask.tip_over(at) != before:
            listing.faults.append("a block came while it was read")
        return listing

    def _pages(self, listing: Listing, holder: str, count: int, pin: str) -> None:
        """Read pages until all that were counted are there, or until they bring nothing new; note what is odd."""
        last, lowest, odd = "", PENDING_RANK, set[str]()
        while len(listing.entries) < count:
            page = self._ask.page(holder, last, pin)
            fresh = 0
            for entry in page:
                if not entry.confirmed:
                    odd.add("a transaction in no block stands among those in blocks")
                    continue
                height = entry.status.integer("block_height")
                if height > lowest:
                    odd.add("pages are in the wrong order")
                lowest = min(lowest, height)
                if entry.raw.txid in listing.entries:
                    odd.add("pages repeat")
                else:
                    listing.entries[entry.raw.txid] = entry
                    fresh += 1
            if not fresh:
                break
            last = page[-1].raw.txid
        if len(listing.entries) != count:
            listing.faults += sorted(odd)

    def _gap(self, address: str, faults: Sequence[str]) -> Gap:
        """One sentence about what was not proven."""
        text = (
            f"the history of {address} at {self._ask.host} cannot be shown to be complete: {'; '.join(faults)}: "
            "what was read is kept; run again, or ask a source of your own"
        )
        return Gap("claimed", self._chain, address, None, text)


def differences(counted: Said, entries: Sequence[Listed], script: bytes) -> list[str]:
    """Where the counters and the bytes of what was listed differ; empty when they agree."""
    funded = {
        OutPoint("", entry.raw.txid, vout): output.value
        for entry in entries
        for vout, output in enumerate(entry.raw.outputs)
        if output.script == script
    }
    spent = [
        funded[place]
        for entry in entries
        for one in entry.raw.inputs
        if (place := OutPoint("", one.prev_txid, one.prev_vout)) in funded
    ]
    given = {
        "tx_count": len(entries),
        "funded_txo_count": len(funded),
        "funded_txo_sum": sum(funded.values()),
        "spent_txo_count": len(spent),
        "spent_txo_sum": sum(spent),
    }
    return [
        f"its {name} is {counted.integer(name)}, and the pages give {number}"
        for name, number in given.items()
        if counted.integer(name) != number
    ]


def _order(transaction: Transaction) -> tuple[int, int, str]:
    """Chain order, pending last."""
    height = PENDING_RANK if transaction.height is None else transaction.height
    return height, transaction.position, transaction.txid
