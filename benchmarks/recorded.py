"""The recorded answers of an Esplora server, as transactions of the model."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.change_accuracy import SHARED
from chaintrace.model.chain import Asset, Block, OutPoint
from chaintrace.model.transaction import Leg, Transaction, Transfer


def recorded() -> dict[Path, list[Transaction]]:
    """The transactions in the recorded answers of an Esplora server, by file."""
    found = {}
    for path in sorted((SHARED / "esplora").iterdir()):
        text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        answer = json.loads(text)
        told_of = answer if isinstance(answer, list) else [answer]
        found[path] = [transaction(row) for row in told_of if "vin" in row]
    return {path: several for path, several in found.items() if several}


def transaction(row: Mapping[str, Any]) -> Transaction:
    """A transaction of an Esplora server as the model has it; what cannot be spent has no address anyway."""

    def leg(output: Mapping[str, Any], point: OutPoint, index: int, sequence: int | None = None) -> Leg:
        address, kind = output.get("scriptpubkey_address", ""), output["scriptpubkey_type"]
        return Leg(output["value"], point, address, index, kind, output["scriptpubkey"], sequence)

    spent = tuple(
        leg(part["prevout"], OutPoint("bitcoin", part["txid"], part["vout"]), number, part["sequence"])
        for number, part in enumerate(row["vin"])
        if not part["is_coinbase"]
    )
    made = tuple(leg(part, OutPoint("bitcoin", row["txid"], place), place) for place, part in enumerate(row["vout"]))
    status = row["status"]
    block = Block(status["block_height"], status["block_hash"], status["block_time"]) if status["confirmed"] else None
    order = (status.get("block_height", 0), 0, 0)
    transfer = Transfer("utxo", "utxo", Asset("bitcoin", "", "BTC", 8), spent, made, order)
    return Transaction("bitcoin", row["txid"], block, 0, (transfer,))
