"""The thefts of the story as a case that asks a node, and what each method must find, from the books alone.

The books are written as a file of transfers and read by the oracle, which shares nothing with the package. To it a fee
is a payment to an address of its own, at which value ends; here that is taken for a fee again.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from tests.nodes.anvil import CHAIN, RICH, START, address
from tests.nodes.evm_books import NATIVE
from tests.oracle.oracle import run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.nodes.evm_books import Books

METHODS = ("fifo", "lifo", "libr", "haircut")
SYMBOL = "ETH"
FEES, GAS = "0x" + "fe" * 20, "gas"
GENESIS = "0x" + "00" * 32
COLUMNS = ("chain", "txid", "index", "height", "time", "asset", "decimals", "from", "to", "value")
SEEDS = (("theft", "theft", 0), ("drained", "drain", 1), ("cut", "drain", 0), ("deceit", "deceit", 0))
"""Origin, transaction, and which of its movements."""


def write_case(
    folder: Path, source: str, books: Books, *, methods: Sequence[str] = METHODS, origins: Sequence[str] = ()
) -> Path:
    """A case of the thefts (default: of all of them): `source` is the body of its `[[source]]`, without the chain."""
    folder.mkdir(parents=True, exist_ok=True)
    header = "chain,address,label,actor,category,confidence,source,lastmod"
    places = {"Exchange One": address("exchange")} | ({FEES: FEES} if "transfers-csv" in source else {})
    rows = [f"{CHAIN},{place},{label},,exchange,ownership,made here,2026-01-01" for label, place in places.items()]
    (folder / "tags.csv").write_text("\n".join([header, *rows]) + "\n", "utf-8")
    toml = [
        f"[case]\nname = 'thefts'\nmethods = {json.dumps(list(methods))}\n",
        f"[[source]]\nchain = {CHAIN!r}\n{source.strip()}\n",
    ]
    for origin, name, place in SEEDS:
        if not origins or origin in origins:
            page = books.pages[name]
            index = page.moves[place].index
            toml.append(f"[[seed]]\nchain = {CHAIN!r}\ntxid = {page.txid!r}\nindex = {index!r}\norigin = {origin!r}\n")
    toml.append("[[tags]]\npath = 'tags.csv'\n\n[rules]\nuse = []\n")
    (folder / "case.toml").write_text("\n".join(toml), "utf-8")
    return folder


def write_transfers(books: Books, path: Path) -> Path:
    """Every movement of the books as a row, beginning with what the accounts of the mnemonic have."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for number in range(10):
            given = (SYMBOL, "", "", address(f"rich {number}"), RICH)
            rows.writerow((CHAIN, GENESIS, number, 0, START, *given))
        for page, move in books.moves():
            index, receiver = (GAS, FEES) if move.index == "fee" else (move.index, move.receiver)
            moved = (move.asset or SYMBOL, "", move.sender, receiver, move.value)
            rows.writerow((CHAIN, page.txid, index, page.height, page.time, *moved))
    return path


def expected(
    folder: Path, books: Books, *, methods: Sequence[str] = METHODS, origins: Sequence[str] = ()
) -> dict[str, Any]:
    """What the oracle finds in the books, with the keys of `oracle.run`. `folder` is written to and emptied again."""
    source = "adapter = 'transfers-csv'\npath = 'books.csv'\ncomplete = 'all'"
    write_case(folder, source, books, methods=methods, origins=origins)
    write_transfers(books, folder / "books.csv")
    found = run(folder)
    shutil.rmtree(folder)
    return _with_fees(found)


def _with_fees(found: dict[str, Any]) -> dict[str, Any]:
    """What ended at the address of the fees is fee, and no endpoint."""
    fees: dict[tuple[str, ...], int] = defaultdict(int)
    for (method, origin, chain, place, asset), value in found["endpoints"].items():
        if place == FEES:
            fees[method, origin, chain, asset] += value
    told = dict(found)
    told["reconciliation"] = dict(found["reconciliation"])
    for key, value in fees.items():
        told["reconciliation"][*key, "endpoint"] -= value
        told["reconciliation"][*key, "fee"] += value
    told["endpoints"] = {key: value for key, value in found["endpoints"].items() if key[3] != FEES}
    told["poison_reached"] = {key: said for key, said in found["poison_reached"].items() if key[2] != FEES}
    told["hops"] = [hop for hop in found["hops"] if hop["index"] != GAS]
    return told


def traced_balances(found: dict[str, Any], method: str) -> dict[tuple[str, str], int]:
    """What rests at each (address, asset) under a method, all origins together; the native asset is `NATIVE`."""
    table: dict[tuple[str, str], int] = defaultdict(int)
    for (named, _, _, place, _, asset), value in found["resting"].items():
        if named == method:
            table[place, NATIVE if asset == SYMBOL else asset] += value
    return table
