"""A vector of data/vectors/: read from its file, put to the tracer as a case folder or as model objects."""

from __future__ import annotations

import csv
import io
import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import chaintrace
from chaintrace.case.view import CaseView
from chaintrace.model.chain import Account, Asset, Block
from chaintrace.model.provenance import Coverage, Source
from chaintrace.model.sensitivity import Sensitivity, SourceShare
from chaintrace.model.trace import Limits, Screen, Seed, Trace
from chaintrace.model.transaction import Leg, Transaction, Transfer
from chaintrace.report.claims import all_gaps
from chaintrace.store import MemoryStore
from chaintrace.tags import by_address
from chaintrace.tags.csv_file import read_csv
from chaintrace.tracing import screen, trace

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "data" / "vectors"
METHODS = ("fifo", "lifo", "libr", "haircut")
FIRST_TIME = 1_704_067_200
"""2024-01-01T00:00:00Z: in a vector made of model objects, height h is h minutes later."""

EVENTS = Source("model objects", "events", "")


@dataclass(frozen=True)
class Vector:
    """One `[[vector]]` with the rule of its file. `asks` holds its keys as they stand there."""

    rule: str
    file: str
    asks: dict[str, Any]

    @property
    def id(self) -> str:
        return f"{self.rule}: {self.asks['name']}"

    @property
    def methods(self) -> tuple[str, ...]:
        return tuple(self.asks.get("methods", METHODS))

    @property
    def chain(self) -> str:
        return "bitcoin" if "transactions" in self.asks else "ledger"

    def each(self, rows: list[list[Any]]) -> list[tuple[Any, ...]]:
        """Rows whose first cell is a method; `each` stands for every method of the vector."""
        return [(method, *row[1:]) for row in rows for method in (self.methods if row[0] == "each" else (row[0],))]


@dataclass(frozen=True)
class Answer:
    """What the tracer says of a vector."""

    traces: dict[str, Trace]
    screen: Screen
    complete: bool | None = None
    ranges: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    shares: tuple[SourceShare, ...] = ()
    sensitivities: tuple[Sensitivity, ...] = ()
    gaps: tuple[tuple[str, str, int | None], ...] = ()


def vectors() -> list[Vector]:
    """Every vector of every file, in the order of the rules."""
    found = []
    for path in sorted(FOLDER.glob("M*.toml")):
        file = tomllib.loads(path.read_text("utf-8"))
        found += [Vector(file["rule"], path.name, asks) for asks in file["vector"]]
    return found


def ask(vector: Vector, folder: Path) -> Answer:
    """Trace a vector: through the public door, or model objects where no file can say it."""
    if "events" in vector.asks:
        return _ask_model(vector)
    write(vector, folder)
    result = chaintrace.open_case(folder).follow(backward="sources" in vector.asks)
    inputs = result.report.inputs
    ranges = {(row["origin"], row["address"]): (row["min_value"], row["max_value"]) for row in result.endpoints}
    return Answer(
        dict(inputs.traces),
        inputs.screen,
        result.complete,
        ranges,
        inputs.shares or (),
        inputs.sensitivities,
        tuple((gap.kind, gap.subject, gap.effect_value) for gap in all_gaps(inputs)),
    )


def write(vector: Vector, folder: Path) -> None:
    """Make the case folder of a vector, as a user would."""
    asks, chain = vector.asks, vector.chain
    name, adapter = ("chain.jsonl", "transactions-jsonl") if chain == "bitcoin" else ("transfers.csv", "transfers-csv")
    (folder / name).write_text(asks["transactions" if chain == "bitcoin" else "transfers"], "utf-8")
    complete = "all"
    if "complete" in asks:
        complete = "complete.txt"
        (folder / complete).write_text("\n".join(asks["complete"]), "utf-8")
    parts = [
        _table("[case]", {"name": vector.id, "methods": list(vector.methods)}),
        _table("[[source]]", {"adapter": adapter, "path": name, "complete": complete, "chain": chain}),
        *(_table("[[seed]]", {"chain": chain, **seed}) for seed in asks["seeds"]),
        "[rules]\nuse = []\n",
        *(_link(chain, link) for link in asks.get("links", ())),
    ]
    if "tags" in asks:
        (folder / "tags.csv").write_text(asks["tags"], "utf-8")
        parts.append('[[tags]]\npath = "tags.csv"\n')
    parts += [f"[{table}]\n{asks[table]}" for table in ("limits", "method") if table in asks]
    (folder / "case.toml").write_text("\n".join(parts), "utf-8")


def _table(head: str, fields: dict[str, Any]) -> str:
    """A table of TOML; JSON writes text, numbers and lists of text as TOML does."""
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in fields.items()]
    return "\n".join([head, *lines, ""])


def _link(chain: str, link: dict[str, list[list[str]]]) -> str:
    """A `[[link]]` of a case, with a document that nobody has."""
    legs = []
    for key in ("from", "to", "back"):
        told = (f'{{ chain = "{chain}", txid = "{txid}", index = "{index}" }}' for txid, index in link.get(key, ()))
        legs += [f"{key} = [{', '.join(told)}]"] if key in link else []
    rest = {
        "document": "a receipt",
        "sha256": "0" * 64,
        "produced_by": "a broker",
        "date": "2024-01-02",
        "entered_by": "somebody",
    }
    return _table("[[link]]\n" + "\n".join(legs), rest)


def _ask_model(vector: Vector) -> Answer:
    """A vector of `events`: transfers with kinds, in the order in which an adapter of a node hands them over."""
    store = MemoryStore()
    told = _transactions(vector.asks["events"])
    store.add(told, EVENTS)
    complete = vector.asks.get("complete")
    end = max(tx.block.height for tx in told)
    covered = frozenset(complete) if complete else None
    coverage = Coverage("ledger", covered, None, 0, end, end, FIRST_TIME + 60 * end)
    tags = by_address(read_csv(vector.asks["tags"].encode(), "tags.csv").tags) if "tags" in vector.asks else {}
    view = CaseView(store.facts([EVENTS]), (coverage,), all_tags=tags)
    seeds = tuple(
        Seed("ledger", seed["txid"], seed.get("index"), seed["origin"], frozenset(seed.get("victim_addresses", ())))
        for seed in vector.asks["seeds"]
    )
    traces = {method: trace(view, seeds, method, Limits(), steps=True) for method in vector.methods}
    return Answer(traces, screen(view, seeds))


def _transactions(events: str) -> list[Transaction]:
    """The transactions of a text with the header `txid,index,kind,height,asset,from,to,value`."""
    rows: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader(io.StringIO(events)):
        rows.setdefault(row["txid"], []).append(row)
    found = []
    for position, (txid, group) in enumerate(rows.items()):
        height = int(group[0]["height"])
        transfers = tuple(_transfer(row, (height, position, place)) for place, row in enumerate(group))
        block = Block(height, "", FIRST_TIME + 60 * height)
        found.append(Transaction("ledger", txid, block, position, transfers, source=EVENTS))
    return found


def _transfer(row: dict[str, str], order: tuple[int, int, int]) -> Transfer:
    asset = Asset("ledger", row["asset"], row["asset"], 0)

    def legs(address: str) -> tuple[Leg, ...]:
        return (Leg(int(row["value"]), Account(address, asset), address),) if address else ()

    return Transfer(row["index"], row["kind"], asset, legs(row["from"]), legs(row["to"]), order)
