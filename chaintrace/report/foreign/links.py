"""What programs for graphs and links are given: the entities of a report, and the links between them.

Taken from the tables `hops`, `endpoints`, `resting`, `not_followed`, `tags` and `conversions`, row by row. A
transaction with several inputs does not say which of them paid which output: then it is an entity of its own, with a
link from each input that bears no value, and one to each output. So the values of links of the kind `transfer` add up
as those of hops.csv do.
"""

import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from chaintrace.report.interface import Cell, Report
from chaintrace.report.mixed_scripts import marked

EntityKind: TypeAlias = Literal["address", "transaction", "output"]
LinkKind: TypeAlias = Literal["transfer", "input", "conversion"]

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "chaintrace.invalid")
"""Of the version 5 UUIDs of everything that a report names: the same fact has the same one in every report."""


@dataclass(slots=True)
class Entity:
    """An address, a transaction of several inputs, or an output without an address.

    `label` is to whom claims attribute it, `category`, `confidence` (0-100, None: nobody says) and `label_source` are
    those of the endpoint's row or of the most confident tag. `roles` are `payer` (the one address from
    which a payment was made), `payment` (what it was made to), `endpoint`, `resting`, `not followed`.
    """

    kind: EntityKind
    chain: str
    name: str
    label: str = ""
    category: str = ""
    confidence: int | None = None
    label_source: str = ""
    roles: dict[str, None] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What identifies it in a file."""
        return f"{self.chain}:{self.name}" if self.kind == "address" else f"{self.chain}:{self.kind}:{self.name}"

    @property
    def uuid(self) -> uuid.UUID:
        """The same in every report."""
        return made_uuid(self.kind, self.chain, self.name)

    @property
    def role(self) -> str:
        """Its roles in one text."""
        return "; ".join(self.roles)

    def told(self) -> dict[str, str | int | None]:
        """What is known of it, by the names that graphs use; "" and None for "not known"."""
        return {
            "kind": self.kind, "chain": self.chain, "name": self.name, "attributed_to": self.label,
            "category": self.category, "confidence": self.confidence, "label_source": self.label_source,
            "roles": self.role,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Link:
    """One row of hops.csv, an input of a transaction of several, or a conversion.

    Values are base units as text, amounts exact decimal text; empty where nobody tells them. `repeat` counts the rows
    before it of the same payment in the same transfer: the method moved one part, and a seed of that origin names it.
    """

    kind: LinkKind
    source: str
    target: str
    chain: str
    txid: str
    index: str
    time: str
    height: str
    asset: str
    contract: str
    decimals: str
    value: str
    amount: str
    traced_value: str
    traced_amount: str
    origin: str
    hop: str
    rule: str
    repeat: int = field(default=0, kw_only=True)

    @property
    def uuid(self) -> uuid.UUID:
        """The same in every report: of (chain, txid, index), and of the payment or the ends where those are several."""
        again = (str(self.repeat),) if self.repeat else ()
        return made_uuid(self.kind, self.chain, self.txid, self.index, self.origin, self.source, self.target, *again)

    def told(self) -> dict[str, str]:
        """What it says beside its ends."""
        return {name: getattr(self, name) for name in ATTRIBUTES}


@dataclass(frozen=True, slots=True)
class Linked:
    """The entities by their keys in the order of their first link, and the links in the order of the tables."""

    entities: dict[str, Entity]
    links: tuple[Link, ...]


def made_uuid(*parts: str) -> uuid.UUID:
    """The version 5 UUID of a fact by what identifies it."""
    return uuid.uuid5(NAMESPACE, "\x1f".join(parts))


def text(cell: Cell) -> str:
    """A cell as text that another program may show: hidden signs named, look-alikes marked."""
    return "" if cell is None else marked(str(cell))


def linked(report: Report) -> Linked:
    """The entities and links of a report."""
    found = _Linking(_partly_named(report))
    for row in report.tables["hops"].records():
        found.hop({name: text(cell) for name, cell in row.items()})
    if "conversions" in report.tables:
        for row in report.tables["conversions"].records():
            found.conversion({name: text(cell) for name, cell in row.items()})
    for table, role in (("endpoints", "endpoint"), ("resting", "resting"), ("not_followed", "not followed")):
        for row in report.tables[table].records():
            found.outcome(row, role)
    for row in report.tables["tags"].records():
        found.tag(row)
    return Linked(found.entities, tuple(found.links))


def _partly_named(report: Report) -> frozenset[tuple[str, str]]:
    """Transactions with an input that has no address: the one address that is named need not have paid alone."""
    return frozenset(
        (hop.asset.chain, hop.txid)
        for hop in report.inputs.trace.hops
        if hop.rule == "seed"
        and hop.transaction is not None
        and hop.transaction.utxo is not None
        and not all(leg.address for leg in hop.transaction.utxo.inputs)
    )


class _Linking:
    """What is made from the rows, one after the other."""

    def __init__(self, partly_named: frozenset[tuple[str, str]]) -> None:
        self.entities: dict[str, Entity] = {}
        self._partly_named = partly_named
        self.links: list[Link] = []
        self._inputs: set[tuple[str, str, str]] = set()
        self._rows: Counter[uuid.UUID] = Counter()

    def _link(self, link: Link) -> None:
        """Add a link: a further row of the same identity gets one of its own."""
        same = link.uuid
        self.links.append(replace(link, repeat=self._rows[same]))
        self._rows[same] += 1

    def _entity(self, kind: EntityKind, chain: str, name: str) -> Entity:
        made = Entity(kind, chain, name)
        return self.entities.setdefault(made.key, made)

    def hop(self, row: dict[str, str]) -> None:
        """A row of hops.csv."""
        chain, txid = row["chain"], row["txid"]
        senders = [one for one in row["from_address"].split(";") if one]
        if len(senders) == 1:
            source = self._entity("address", chain, senders[0])
        else:
            source = self._entity("transaction", chain, txid)
            for sender in senders:
                self._input(self._entity("address", chain, sender), source, row)
        is_address = bool(row["to_address"]) and ";" not in row["to_address"]
        name = row["to_address"] if is_address else f"{txid}:{row['index']}"
        target = self._entity("address" if is_address else "output", chain, name)
        if row["rule"] == "seed":
            target.roles.setdefault("payment")
            if len(senders) == 1 and (chain, txid) not in self._partly_named:
                source.roles.setdefault("payer")
        self._link(Link("transfer", source.key, target.key, *_columns(row)))

    def _input(self, sender: Entity, transaction: Entity, row: dict[str, str]) -> None:
        """An input of a transaction of several, once for each sender: what it paid is not in the report."""
        place = (sender.key, transaction.key, row["txid"])
        if place not in self._inputs:
            self._inputs.add(place)
            known = {name: row[name] for name in ("chain", "txid", "time", "height", "asset", "contract", "decimals")}
            self._link(Link("input", sender.key, transaction.key, *_columns(known)))

    def conversion(self, row: dict[str, str]) -> None:
        """A row of conversions.csv: from where value was converted to where, as the claim says."""
        source, target = (
            self._entity("address" if row[f"{end}_address"] else "transaction", row[f"{end}_chain"],
                         row[f"{end}_address"] or row[f"{end}_txid"])
            for end in ("from", "to")
        )  # fmt: skip
        known = {
            "chain": row["to_chain"], "txid": row["to_txid"], "index": row["number"], "time": row["to_time"],
            "asset": row["to_asset"], "contract": row["to_contract"], "decimals": row["to_decimals"],
            "value": row["gross_in"], "amount": row["gross_in_amount"], "traced_value": row["traced_in"],
            "traced_amount": row["traced_in_amount"], "origin": row["origin"], "rule": row["rule"],
        }  # fmt: skip
        self._link(Link("conversion", source.key, target.key, *_columns(known)))

    def outcome(self, row: dict[str, Cell], role: str) -> None:
        """A row of a table of outcomes: the role of its addresses, and of an endpoint who attributes it to whom."""
        for name in filter(None, text(row["address"]).split(";")):
            entity = self._entity("address", text(row["chain"]), name)
            entity.roles.setdefault(role)
            if role == "endpoint" and not entity.label:
                entity.label, entity.category = text(row["entity"]), text(row["category"])
                entity.confidence, entity.label_source = _number(row["confidence"]), text(row["label_source"])

    def tag(self, row: dict[str, Cell]) -> None:
        """A row of tags.csv: of an entity without a label, the first one, which is the most confident."""
        entity = self.entities.get(Entity("address", text(row["chain"]), text(row["address"])).key)
        if entity is not None and not entity.label and not entity.label_source:
            entity.label, entity.category = text(row["actor"]) or text(row["label"]), text(row["category"])
            entity.confidence, entity.label_source = _number(row["confidence"]), text(row["source"])


def _number(cell: Cell) -> int | None:
    return cell if isinstance(cell, int) else None


_NAMES = (
    "chain", "txid", "index", "time", "height", "asset", "contract", "decimals", "value", "amount", "traced_value",
    "traced_amount", "origin", "hop", "rule",
)  # fmt: skip
"""The columns of a link after its ends."""

LINK_COLUMNS = ("kind", "source", "target", *_NAMES)
ATTRIBUTES = ("kind", *_NAMES)
"""What a link says beside its ends."""


def _columns(row: dict[str, str]) -> Iterator[str]:
    return (row.get(name, "") for name in _NAMES)


def attribution(entity: Entity) -> str:
    """Who attributes an entity to whom, in one sentence; "" where nobody does."""
    if not entity.label and not entity.label_source:
        return ""
    whom = f"Attributed to {entity.label}" if entity.label else "Named"
    category = f" ({entity.category})" if entity.category else ""
    sure = "" if entity.confidence is None else f", confidence {entity.confidence} of 100"
    return f"{whom}{category} by {entity.label_source or 'a tag'}{sure}."


def movement(link: Link) -> str:
    """A link in one sentence, with every figure that it bears."""
    if link.kind == "input":
        return f"One of several inputs of transaction {link.txid}; what it paid is not told apart."
    what = f"{link.amount or f'{link.value} base units'} {link.asset or link.contract}".strip()
    of_it = f"{link.traced_amount or f'{link.traced_value} base units'} of it of origin {link.origin}"
    how = "Converted" if link.kind == "conversion" else "Transferred"
    return f"{how}: {what}, {of_it}, under {link.rule}, in transaction {link.txid}, index {link.index}."
