"""A follow that can be killed at any moment: `python -m tests.chaintrace.case.killed_run FOLDER SEED [SLOW]`.

The folder holds the store, and what stands for the door's archive: `asked.log`, one line for each question that went
out, and `put.log`, one for each that the follow put, answered from the archive or not.
"""

from __future__ import annotations

import random
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from chaintrace.accounting import METHODS
from chaintrace.case.follow import Budgets, Goal, follow
from chaintrace.case.rules import nobody
from chaintrace.model.trace import Limits
from chaintrace.store import SqliteStore
from chaintrace.store.answers import question_text
from chaintrace.tracing import trace
from tests.chaintrace.case.fake_source import FakeSource, ground
from tests.chaintrace.tracing.ledger import Ledger, coins

WORKERS = 4
NAMES = ("ann", "bob", "carl", "dora", "eve", "frank")


def ledger(seed: int, size: int = 60, forks_at: int = 10**9) -> Ledger:
    """A random chain in which most value comes from the first two payments.

    From the height `forks_at` on, other transactions stand in other blocks.
    """
    rng, branch = random.Random(seed), ""
    unspent = {"v:0": 1000, "w:0": 700}
    rows = [("v", [], [("ann", 1000)]), ("w", [], [("bob", 700)])]
    for number in range(size):
        if len(rows) + 1 == forks_at:
            rng, branch = random.Random(seed + 1), "f"
        if number % 7 == 3:
            rows.append((f"{branch}c{number}", [], [("miner", 50)]))
            unspent[f"{branch}c{number}:0"] = 50
            continue
        inputs = [out for out in list(unspent)[: rng.choice([3, 8, 40])] if rng.random() < 0.4][:4]
        inputs = inputs or [rng.choice(list(unspent))]
        left = sum(unspent.pop(out) for out in inputs) - rng.choice([0, 1])
        outputs = []
        for _ in range(rng.choice([1, 2, 2, 3])):
            part = rng.randint(0, max(left, 0))
            outputs.append((rng.choice(NAMES), part))
            left -= part
        outputs.append((rng.choice(NAMES), max(left, 0)))
        rows.append((f"{branch}t{number}", inputs, outputs))
        unspent |= {f"{branch}t{number}:{n}": value for n, (_, value) in enumerate(outputs) if value}
        if not unspent:
            break
    made = coins(*rows)
    for txid, tx in made.transactions.items():
        if tx.height >= forks_at:
            made.transactions[txid] = replace(tx, block=replace(tx.block, hash=f"f{tx.height}"))
    return made


def goal_of(made: Ledger) -> Goal:
    """Both payments, under every method."""
    seeds = (made.seed("v", "0", "theft"), made.seed("w", "0", "fraud"))
    return Goal(seeds, Limits(), lambda view: {name: trace(view, seeds, name) for name in METHODS})


class Recorded(FakeSource):
    """A source behind an archive: a question whose answer was recorded does not go out again."""

    def __init__(self, made: Ledger, folder: Path, slow: int = 0) -> None:
        super().__init__(made.transactions.values())
        self._asked_log, self._put_log, self._slow = folder / "asked.log", folder / "put.log", slow
        self.put: set[str] = set(lines(self._asked_log))

    def reply(self, missing, at):
        """Answer, and write down that it was asked."""
        text = f"{question_text(missing)} @ {at.block_hash}"
        with self._lock:
            append(self._put_log, text)
            if text not in self.put:
                append(self._asked_log, text)
                self.put.add(text)
        time.sleep(self._slow / 1000)
        return super().reply(missing, at)


def append(path: Path, line: str) -> None:
    with path.open("ab", buffering=0) as file:
        file.write(line.encode() + b"\n")


def lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines() if path.exists() else []


def run(folder: Path, seed: int, slow: int = 0, source: FakeSource | None = None) -> dict:
    """One run of the follow over the store in a folder, and the traces of what it found."""
    made = ledger(seed)
    store = SqliteStore(folder / "store.sqlite")
    try:
        source = source or Recorded(made, folder, slow)
        moment = datetime(2026, 1, 1, tzinfo=UTC)
        budgets = Budgets(workers=WORKERS)
        found = follow(goal_of(made), ground(store, source), [source], budgets, nobody, lambda: moment)
        return goal_of(made).traced(found.view)
    finally:
        store.close()


if __name__ == "__main__":
    run(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 0)
