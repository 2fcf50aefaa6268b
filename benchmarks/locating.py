"""How many payments `locate` lists besides the true one: 200 real payments, each with a victim's blurred knowledge.

Run `python -m benchmarks.locating` in a checkout with ../shared beside it: it prints the table of docs/locate.md.
The ledger is that of 40 wallets on TRON, every transfer of USDT. The blur is seeded: the table is the same each time.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from chaintrace.case.locating.candidates import Payment, candidates
from chaintrace.case.locating.locate import Question, clues_of
from chaintrace.model.chain import Account, Asset, Block
from chaintrace.model.transaction import Leg, Transaction, Transfer

ROOT = Path(__file__).resolve().parent.parent
LEDGER = Path("data/tron/israel-seizure-orders/trc20_xfers.csv")
USDT = Asset("tron", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "USDT", 6)
HIDDEN, SEED = 200, 20_260_707
ZONES = (
    "Asia/Jerusalem", "Europe/Berlin", "America/New_York", "America/Los_Angeles", "Asia/Kolkata", "Asia/Shanghai",
    "Australia/Sydney", "Pacific/Kiritimati", "America/Sao_Paulo", "UTC",
)  # fmt: skip
FEE = 1_000_000
"""What the exchange of every third victim deducts, in base units: 1 USDT."""
HEAD = """| what is known | listed | median | mean | most |
|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Row:
    """One kind of knowledge: how often the true payment was listed, and among how many candidates."""

    known: str
    listed: int
    counts: tuple[int, ...]

    def __str__(self) -> str:
        ordered = sorted(self.counts)
        twice = ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]
        tenths = (20 * sum(ordered) + len(ordered)) // (2 * len(ordered))
        mean, median = f"{tenths // 10}.{tenths % 10}", f"{twice // 2}{'.5' if twice % 2 else ''}"
        return f"| {self.known} | {self.listed} of {len(ordered)} | {median} | {mean} | {ordered[-1]} |"


def ledger(shared: Path) -> list[Payment]:
    """Every transfer of the ledger once, in the order of time."""
    with (shared / LEDGER).open(encoding="utf-8", newline="") as file:
        rows = {row["tx_id"]: row for row in csv.DictReader(file) if row["token_id"] == USDT.contract}
    ordered = sorted(rows.values(), key=lambda row: (int(row["timestamp"]), row["tx_id"]))
    return [_payment(row, number) for number, row in enumerate(ordered)]


def _payment(row: dict[str, str], number: int) -> Payment:
    sender, receiver, value = row["from_address"], row["to_address"], int(row["quant"])
    seconds = int(row["timestamp"]) // 1000
    order = (seconds, number, 0)
    sides = [(Leg(value, Account(address, USDT), address),) for address in (sender, receiver)]
    transfer = Transfer("0", "token", USDT, sides[0], sides[1], order)
    found = Transaction("tron", row["tx_id"], Block(None, "", seconds), number, (transfer,))
    return Payment(found, "0", USDT, value, (sender,), receiver, order)


def blurred(true: Payment, chance: random.Random) -> Question:
    """What a victim knows of a payment: digits as an app shows them, hours on a clock of some zone, half an address."""
    deducts = chance.randrange(3) == 0
    shown = true.value + FEE if deducts else true.value
    places = chance.randrange(3)
    unit = 10 ** (6 - places)
    digits = str((2 * shown + unit) // (2 * unit) if chance.randrange(2) else shown // unit).rjust(places + 1, "0")
    whole, part = digits[: len(digits) - places], digits[len(digits) - places :]
    group, mark = chance.choice([(",", "."), (".", ","), ("", "."), (" ", ",")])
    amount = f"{int(whole):,}".replace(",", group) + (mark + part if part else "")
    time = true.transaction.time or 0
    there = datetime.fromtimestamp(time, UTC).astimezone(ZoneInfo(chance.choice(ZONES)))
    early, late = (timedelta(minutes=chance.randrange(1, 180)) for _ in range(2))
    half = true.receiver if chance.randrange(2) else true.senders[0]
    return Question(
        amount,
        f"{there - early:%Y-%m-%dT%H:%M}",
        f"{there + late:%Y-%m-%dT%H:%M}",
        "tron",
        prefix=half[:4],
        suffix=half[-4:],
        fee="1" if deducts else None,
        zone=f"{there:%z}",
    )


def knowledge(question: Question) -> Iterator[tuple[str, Question]]:
    """The same knowledge, with more and more of it taken away."""
    nobody = replace(question, prefix=None, suffix=None)
    yield "amount, hours, zone, half an address", question
    yield "amount, hours, half an address", replace(question, zone="any")
    yield "amount, hours, zone", nobody
    yield "amount, hours", replace(nobody, zone="any")
    yield "amount, half an address", replace(question, begin="2015-01-01", end="2030-12-31", zone="any")


def measure(payments: Sequence[Payment]) -> list[Row]:
    """Hide the payments one after another and look for each."""
    chance = random.Random(SEED)
    found: dict[str, list[tuple[bool, int]]] = {}
    for true in chance.sample(payments, HIDDEN):
        for known, question in knowledge(blurred(true, chance)):
            listed = [one.payment for one in candidates(payments, clues_of(question, "tron"))]
            found.setdefault(known, []).append((true in listed, len(listed)))
    return [Row(known, sum(ok for ok, _ in all_), tuple(n for _, n in all_)) for known, all_ in found.items()]


if __name__ == "__main__":
    print(HEAD + "\n".join(map(str, measure(ledger(ROOT.parent / "shared")))))
