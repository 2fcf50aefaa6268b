"""crypttrace 0.29.0 over canned rows: its own trace and its own store, and nothing is asked over the network.

Its rows are floats of whole coins. The ledgers here are whole coins too, up to 2^53 of them, so that its sums are exact
and can be compared with ours.
"""

import importlib
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias
from unittest.mock import patch

from benchmarks.ledgers import GENESIS
from benchmarks.plain import Row

COIN = 10**18
"""Base units of one coin: the chain of the canned rows is Ethereum, which crypttrace reads with the least work."""

CHAIN = "eth"
WITHOUT_LIMIT = 10**9
DEEPEST = 200_000
"""Frames that its depth-first walk may need: it goes from address to address as far as there is one."""

Pairs: TypeAlias = Mapping[tuple[str, str], tuple[int, int]]
"""Per (from, to): base units and transfers."""


class Crypttrace:
    """The package with a home of its own. `rows` are in chain order, values in base units."""

    def __init__(self, home: Path, rows: Sequence[Row]) -> None:
        with patch.dict(os.environ, {"CRYPTTRACE_HOME": str(home)}):
            modules = ("chains", "trace", "prices", "store", "fetchers.etherscan")
            self._chains, self._trace, prices, self._store, self._etherscan = (
                importlib.import_module(f"crypttrace.{name}") for name in modules
            )
        prices._cache[f"native:{CHAIN}"] = None  # noqa: SLF001  # else it asks a price service
        self._answers: dict[str, list[dict[str, str]]] = {}
        self._normal: dict[str, list[dict[str, Any]]] = {}
        for number, row in reversed([*enumerate(rows)]):  # newest first, as the explorers list them
            time = GENESIS + 12 * (number // 100)
            raw = {"from": row.sender, "to": row.receiver, "hash": row.txid}
            told = {**raw, "value": str(row.value), "timeStamp": str(time), "isError": "0"}
            kept = {**raw, "value": row.value / COIN, "timestamp": time, "symbol": "ETH"}
            for address in {row.sender, row.receiver} - {""}:
                self._answers.setdefault(address, []).append(told)
                self._normal.setdefault(address, []).append(kept)

    def tree(self, root: str) -> Any:
        """What its command `trace` makes of an address: the whole tree, without limits."""
        return self._trace.build(root, CHAIN, WITHOUT_LIMIT, WITHOUT_LIMIT)

    def graph(self, root: str) -> tuple[set[str], Pairs]:
        """The addresses that it reaches from one, and every pair, for comparison."""
        found = self._trace.build_graph(root, CHAIN, WITHOUT_LIMIT, WITHOUT_LIMIT)
        pairs = {(edge["from"], edge["to"]): (int(edge["value"]) * COIN, edge["tx"]) for edge in found["edges"]}
        return {node["id"] for node in found["nodes"]}, pairs

    @contextmanager
    def in_memory(self) -> Iterator[None]:
        """Its rows lie ready in memory, in its own form: nothing is read, turned or kept."""

        def told(address: str, *_: object, **__: object) -> list[dict[str, Any]]:
            return self._normal.get(address, [])

        with deep(), patch.object(self._chains, "transfers", told):
            yield

    @contextmanager
    def on_disk(self, file: Path) -> Iterator[None]:
        """An explorer answers at once with the canned rows; they go into its store and come from there."""

        def told(address: str, *_: object, **__: object) -> list[dict[str, str]]:
            return self._answers.get(address, [])

        def nothing(*_: object, **__: object) -> list[dict[str, str]]:
            return []

        with (
            deep(),
            patch.object(self._store, "DB_PATH", file),
            patch.object(self._etherscan, "get_txs", told),
            patch.object(self._etherscan, "get_internal_txs", nothing),
        ):
            yield


@contextmanager
def deep() -> Iterator[None]:
    """While this lasts, Python may go as deep as the walk does."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(DEEPEST)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
