"""Whole transactions from the rows of the store on disk, one for each source that tells it."""

import json
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, TypeAlias

from chaintrace.model.chain import Account, Asset, Block, Holding, OutPoint
from chaintrace.model.provenance import Source
from chaintrace.model.transaction import Leg, Transaction, Transfer
from chaintrace.store.sqlite_cells import (
    KINDS,
    MANY,
    OWN,
    SHARED,
    STATUSES,
    UTXO,
    natural_rank,
    script_of,
    sequences_of,
    text_of,
    value_of,
)

Row: TypeAlias = tuple[Any, ...]
"""One row of a query; SQLite says nothing of types."""

Rows: TypeAlias = Callable[..., list[Row]]
"""Asks: the SQL, then what it is given."""

Legs: TypeAlias = Mapping[int, tuple[list[Row], list[Row]]]
"""Transfer to the rows of its inputs and of its outputs."""

_PART = (
    "f.id, f.index_text, f.kind, f.asset_id, f.value, f.from_id, f.to_id, f.more, f.source_id, f.rank, f.position, "
    "f.place"
)
_LEADS = f"""
SELECT {_PART}, f.txid, f.block_id, f.height, f.time, f.status, b.hash, m.version, m.locktime, m.sequences
FROM json_each(?) j CROSS JOIN transfers f ON f.id = j.value LEFT JOIN blocks b ON b.id = f.block_id
LEFT JOIN terms m ON m.transaction_id = f.id
WHERE b.orphaned_at IS NULL"""  # noqa: S608  # ours
_FURTHER = f"""
SELECT {_PART}, f.lead_id FROM json_each(?) j CROSS JOIN transfers f ON f.lead_id = j.value"""  # noqa: S608  # ours
_LINKS = """
SELECT l.transfer_id, l.source_id, l.rank, l.position, l.place
FROM json_each(?) j CROSS JOIN links l ON l.transfer_id = j.value"""
_LEGS = """
SELECT g.transfer_id, g.side, g.holding_id, h.name, h.vout, g.value, g.leg_index, g.address, g.script_type, g.script
FROM json_each(?) j CROSS JOIN legs g ON g.transfer_id = j.value LEFT JOIN holdings h ON h.id = g.holding_id
ORDER BY g.transfer_id, g.side, g.place"""
_NAMES = "SELECT h.id, h.name, h.asset_id FROM json_each(?) j CROSS JOIN holdings h ON h.id = j.value"


class _Lead(NamedTuple):
    """What is told of a transaction."""

    txid: bytes | str
    block_id: int | None
    height: int | None
    time: int | None
    status: int
    block_hash: bytes | str | None
    version: int | None
    locktime: int | None
    sequences: bytes | None


class _Part(NamedTuple):
    """A transfer, and where its first source puts it."""

    number: int
    index: str  # type: ignore[assignment]  # the model's word; tuple.index is not used here
    kind: int
    asset_id: int
    value: bytes | None
    sender: int | None
    receiver: int | None
    more: int
    source_id: int | None
    rank: int | None
    position: int
    place: int


class Tellings:
    """Reads transactions by number: of `order` (source to its place in the case), pending ones of `fresh` only."""

    def __init__(
        self,
        rows: Rows,
        sources: Mapping[int, Source],
        assets: Mapping[int, Asset],
        order: Mapping[int, int],
        fresh: Container[int],
    ) -> None:
        self._rows = rows
        self._sources = sources
        self._assets = assets
        self._order = order
        self._fresh = fresh
        self._accounts: dict[int, Account] = {}

    def told(self, numbers: Sequence[int]) -> Iterator[tuple[int, Transaction]]:
        """Number and transaction, source by source in the case's order, then by number."""
        leads: dict[int, _Lead] = {}
        parts: list[tuple[int, _Part]] = []
        for row in self._rows(_LEADS, json.dumps(numbers)):
            leads[row[0]] = _Lead(*row[12:])
            parts.append((row[0], _Part(*row[:12])))
        many = [part.number for _, part in parts if part.more & MANY]
        if many:
            parts += [(row[12], _Part(*row[:12])) for row in self._rows(_FURTHER, json.dumps(many))]
        groups: dict[tuple[int, int], list[_Part]] = {}
        for number, part in self._linked(parts):
            place = self._order.get(part.source_id or 0)
            if place is not None and (leads[number].block_id is not None or part.source_id in self._fresh):
                groups.setdefault((place, number), []).append(part)
        used = [part for group in groups.values() for part in group]
        self._name_accounts(used)
        legs = self._legs(used)
        for group in sorted(groups):
            yield group[1], self._transaction(leads[group[1]], groups[group], legs)

    def _linked(self, parts: list[tuple[int, _Part]]) -> list[tuple[int, _Part]]:
        """The transfers once for each source that tells them."""
        shared = {part.number: (lead, part) for lead, part in parts if part.more & SHARED}
        more = []
        for number, source_id, rank, position, place in self._rows(_LINKS, json.dumps(list(shared))) if shared else ():
            lead, part = shared[number]
            more.append((lead, part._replace(source_id=source_id, rank=rank, position=position, place=place)))
        return parts + more

    def _name_accounts(self, parts: Iterable[_Part]) -> None:
        """Learn the accounts of transfers that were not met before."""
        new = {number for part in parts for number in (part.sender, part.receiver) if number is not None}
        new -= self._accounts.keys()
        if new:
            for number, name, asset_id in self._rows(_NAMES, json.dumps(list(new))):
                self._accounts[number] = Account(name, self._assets[asset_id])

    def _legs(self, parts: Iterable[_Part]) -> Legs:
        """The legs of UTXO transactions."""
        legs: dict[int, tuple[list[Row], list[Row]]] = {part.number: ([], []) for part in parts if part.kind == UTXO}
        for leg in self._rows(_LEGS, json.dumps(list(legs))) if legs else ():
            legs[leg[0]][leg[1]].append(leg)
        return legs

    def _transaction(self, lead: _Lead, parts: list[_Part], legs: Legs) -> Transaction:
        """One telling, of its transfers."""
        chain, txid = self._assets[parts[0].asset_id].chain, text_of(lead.txid)
        usual = natural_rank(lead.block_id, lead.height, lead.time)
        transfers = []
        for part in parts:
            asset = self._assets[part.asset_id]
            order = (usual if part.rank is None else part.rank, part.position, part.place)
            if part.kind == UTXO:
                inputs, outputs = (tuple(_leg(leg, asset, txid) for leg in side) for side in legs[part.number])
                if lead.sequences is not None:
                    inputs = _sequenced(inputs, sequences_of(lead.sequences))
            else:
                inputs, outputs = self._sides(part)
            transfers.append(Transfer(part.index, KINDS[part.kind], asset, inputs, outputs, order, asset.token_id))
        if len(transfers) > 1:
            transfers.sort(key=lambda transfer: transfer.order)
        block = None if lead.block_id is None else Block(lead.height, text_of(lead.block_hash or ""), lead.time)
        source = self._sources[parts[0].source_id or 0]
        status = STATUSES[lead.status]
        told = (chain, txid, block, transfers[0].order[1], tuple(transfers))
        return Transaction(*told, status, source, lead.version, lead.locktime)

    def _sides(self, part: _Part) -> tuple[tuple[Leg, ...], tuple[Leg, ...]]:
        """The legs of a transfer between accounts."""
        value = value_of(part.value)
        sender, receiver = (None if one is None else self._accounts[one] for one in (part.sender, part.receiver))
        return (
            () if sender is None else (Leg(value, sender, sender.address),),
            () if receiver is None else (Leg(value, receiver, receiver.address),),
        )


def _sequenced(inputs: tuple[Leg, ...], sequences: list[int | None]) -> tuple[Leg, ...]:
    """The inputs with their sequences."""
    known = dict(enumerate(sequences))
    return tuple(replace(leg, sequence=known.get(place)) for place, leg in enumerate(inputs))


def _leg(row: Row, asset: Asset, txid: str) -> Leg:
    """One leg of a UTXO transaction."""
    _, side, holding_id, name, vout, value, index, address, script_type, script = row
    holding: Holding | None = None
    if holding_id is not None:
        made = side == 1 and holding_id == OWN
        holding = OutPoint(asset.chain, txid, index) if made else OutPoint(asset.chain, text_of(name), vout)
    return Leg(value_of(value), holding, address, index, script_type, script_of(script))
