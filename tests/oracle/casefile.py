"""case.toml: sources, seeds, tags, limits and options, put together into one Case (architecture, section 7)."""

from __future__ import annotations

import csv
import heapq
import json
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.oracle.reading import (
    PASSING,
    STOPPING,
    SURE,
    Case,
    Cover,
    Seed,
    Transfer,
    Tx,
    lines,
    plain_index,
    read_transfers,
    read_tx,
    resolve_inputs,
    same,
    seconds,
)

ALLOCATING = ("fifo", "lifo", "libr", "haircut")


def read_case(folder: Path) -> Case:
    """The case in `folder`, its events in chain order and cut at `until`."""
    toml = tomllib.loads((folder / "case.toml").read_text("utf-8"))
    methods = [m for m in toml["case"].get("methods", ALLOCATING) if m in ALLOCATING]
    case = Case(methods)
    read_limits(case, toml.get("limits", {}), toml.get("method", {}), toml.get("wallet", []))
    for number, source in enumerate(toml["source"]):
        read_source(case, folder, source, number)
    for entry in toml["seed"]:
        case.seeds += read_seeds(folder, entry)
    least = toml.get("limits", {}).get("min_tag_confidence", 0)
    for entry in toml.get("tags", []):
        case.stops |= read_stops(folder / entry["path"], least)
    for entry in toml.get("link", []):
        case.links.append(tuple(read_legs(entry.get(key, [])) for key in ("from", "to", "back")))
    settle(case)
    return case


def read_legs(value: Any) -> list[tuple[str, str, str]]:
    """The legs that a key of [[link]] names: one table or a list of them."""
    several = value if isinstance(value, list) else [value]
    return [(leg["chain"], leg["txid"], plain_index(leg["index"])) for leg in several]


def read_limits(case: Case, limits: dict[str, Any], method: dict[str, Any], wallets: list[dict[str, Any]]) -> None:
    """[limits], [method] and [[wallet]]. A limit left out is the one that the commented case file shows."""
    case.max_hops = limits.get("max_hops", case.max_hops)
    case.max_transactions = limits.get("max_transactions", case.max_transactions)
    for name, value in limits.get("min_value", {}).items():
        chain, _, asset = name.partition(":")
        case.min_value[f"{chain}:{same(chain, asset)}"] = int(value)
    if "until" in limits:
        until = limits["until"]
        case.until = seconds(until if isinstance(until, datetime) else str(until))
    case.libr_between = method.get("libr_between", "pro_rata")
    if method.get("pool", "address") == "wallet":
        case.wallets = {entry["name"]: list(entry["addresses"]) for entry in wallets}
        case.wallet_chains = {entry["name"]: entry["chain"] for entry in wallets if "chain" in entry}


def read_source(case: Case, folder: Path, source: dict[str, Any], number: int) -> None:
    """Adds the facts of one [[source]] and what it declares complete."""
    chain, path = source["chain"], folder / source["path"]
    addresses = None
    if source["complete"] != "all":
        written = (line.strip() for line in lines(folder / source["complete"]))
        addresses = {same(chain, line) for line in written if line and not line.startswith("#")}
    if source["adapter"] == "transfers-csv":
        rows = read_transfers(path, chain, number)
        if len({row.height is None for row in rows}) > 1:
            raise ValueError(f"{path}: some rows of {chain} have a height and some have none")
        case.transfers += rows
        start = min((row.order[0] for row in rows), default=0)
        case.covers.append(Cover(chain, addresses, {row.asset for row in rows}, start))
    elif source["adapter"] == "transactions-jsonl":
        data = (json.loads(line) for line in lines(path) if line.strip())
        case.txs += [read_tx(item, chain, (number, row)) for row, item in enumerate(data)]
        case.covers.append(Cover(chain, addresses, {"BTC"}, 0))
    else:
        raise ValueError(f"the oracle does not read {source['adapter']}")


def read_seeds(folder: Path, entry: dict[str, Any]) -> list[Seed]:
    """One [[seed]], or the rows of the victims.csv that it names."""
    if "path" in entry:
        return [
            seed_of(row, [a for a in (row.get("return_address") or "").split(";") if a.strip()])
            for row in csv.DictReader(lines(folder / entry["path"]))
        ]
    return [seed_of(entry, list(entry.get("victim_addresses", [])))]


def seed_of(entry: dict[str, Any], returns: list[str]) -> Seed:
    """A seed from a table's or a row's fields; an empty field is one left out."""
    chain, txid, index = entry["chain"].strip(), entry["txid"].strip(), entry.get("index")
    index = None if index is None or str(index).strip() == "" else plain_index(index)
    return Seed(chain, txid, index, (entry.get("origin") or "").strip() or txid, [same(chain, a) for a in returns])


def read_stops(path: Path, least: int) -> set[tuple[str, str]]:
    """(chain, address) of every tag that stops: M21 and the tables of categories and confidences."""
    stops = set()
    for row in csv.DictReader(lines(path)):
        category, sure = (row.get("category") or "").strip(), (row.get("confidence") or "").strip()
        if category not in STOPPING | PASSING:
            raise ValueError(f"{path}: unknown category {category}")
        confidence = int(sure) if sure.isdigit() else SURE[sure]
        if category in STOPPING and confidence >= least:
            stops.add((row["chain"].strip(), same(row["chain"].strip(), row["address"])))
    return stops


def settle(case: Case) -> None:
    """One copy of each fact, chain order, nothing after `until`."""
    case.transfers = sorted(once(case.transfers), key=lambda t: (t.chain, t.order))
    case.txs = once(case.txs)
    decimals: dict[tuple[str, str], int | None] = {}
    for t in case.transfers:
        if decimals.setdefault((t.chain, t.asset), t.decimals) != t.decimals:
            raise ValueError(f"{t.chain} {t.asset}: two decimals in the sources")
    resolve_inputs(case.txs)
    case.txs = parents_first(case.txs)
    if case.until is not None:
        case.transfers = [t for t in case.transfers if t.time <= case.until]
        case.txs = [tx for tx in case.txs if tx.time is None or tx.time <= case.until]


def once(facts: list[Any]) -> list[Any]:
    """Equal facts of several sources are one; unequal ones under one identity are bad input (M1)."""
    kept: dict[tuple[str, ...], Any] = {}
    for fact in facts:
        identity = (fact.chain, fact.txid, fact.index) if isinstance(fact, Transfer) else (fact.chain, fact.txid)
        first = kept.setdefault(identity, fact)
        if {**vars(first), "row": 0} != {**vars(fact), "row": 0}:
            raise ValueError(f"{identity} stands in the sources with two contents")
    return list(kept.values())


def parents_first(txs: list[Tx]) -> list[Tx]:
    """Chain order of UTXO transactions: height, position, else the line; but never before what they spend."""

    def order(tx: Tx) -> tuple[Any, ...]:
        place = tx.row if tx.position is None or tx.height is None else (-1, tx.position)
        return (tx.chain, tx.height is None, tx.height or 0, place, tx.row)

    by_name = {(tx.chain, tx.txid): tx for tx in txs}
    waits = {}
    children: dict[tuple[str, str], list[Tx]] = {}
    for tx in txs:
        parents = {(tx.chain, outpoint.split(":")[0]) for outpoint, _, _ in tx.inputs} & by_name.keys()
        waits[tx.chain, tx.txid] = len(parents)
        for parent in parents:
            children.setdefault(parent, []).append(tx)
    ready = [(order(tx), tx.txid, tx) for tx in txs if not waits[tx.chain, tx.txid]]
    heapq.heapify(ready)
    done = []
    while ready:
        tx = heapq.heappop(ready)[2]
        done.append(tx)
        for child in children.get((tx.chain, tx.txid), []):
            waits[child.chain, child.txid] -= 1
            if not waits[child.chain, child.txid]:
                heapq.heappush(ready, (order(child), child.txid, child))
    if len(done) != len(txs):
        raise ValueError("transactions spend each other in a circle")
    return done
