"""A theft of USDT on TRON that splits, peels off and joins again over many addresses, each with a life of its own.

Always the same for the same number of addresses. Every payment is a transaction in a block of its own.
"""

import hashlib
import random
from collections import deque
from dataclasses import dataclass
from functools import cache

from benchmarks.plain import Answer, Question, Row, fifo
from chaintrace.addresses import tron_from_hex

USDT = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
STOLEN = 10**13
"""Ten million, in base units."""

BEGIN, SLOT = 1_700_000_001, 3
"""The time of the first payment (Unix seconds, UTC), and the seconds of a block of TRON."""

_EXCHANGES = 5
_PARTS = (2, 2, 2, 3, 4)
"""Into how many payments an address divides what it has: mostly it peels off one and passes on the rest."""


def address(name: str) -> str:
    """An address that a name stands for."""
    return tron_from_hex("41" + hashlib.sha256(name.encode()).hexdigest()[:40])


@dataclass(frozen=True)
class Ledger:
    """Payments in chain order, of which `theft` is followed over so many addresses; `exchanges` is where it stops."""

    addresses: int
    rows: list[Row]
    theft: str
    exchanges: tuple[str, ...]
    stolen: int = STOLEN

    @property
    def expected(self) -> Answer:
        """Where the theft ends by first in, first out, as the plain loop says."""
        return fifo(Question(self.rows, {self.theft: "theft"}, frozenset(self.exchanges)))


@cache
def ledger(addresses: int) -> Ledger:
    """The theft reaches so many addresses besides the exchanges; nobody else's money goes there unseen."""
    made = _Made(random.Random(4), addresses)
    made.spread()
    names = {name for row in made.rows for name in row[1:3]}
    known = {name: address(name) for name in sorted(names)}
    rows = [
        Row(hashlib.sha256(b"%d" % number).hexdigest(), known[sender], known[receiver], value)
        for number, (_, sender, receiver, value) in enumerate(made.rows)
    ]
    exchanges = tuple(known[name] for name in sorted(names) if name.startswith("exchange"))
    return Ledger(addresses, rows, rows[made.theft].txid, exchanges)


class _Made:
    """What is paid, by names; balances in base units."""

    def __init__(self, rng: random.Random, addresses: int) -> None:
        self.rows: list[Row] = []
        self.theft = -1
        self._rng, self._most = rng, addresses
        self._held: dict[str, int] = {}

    def spread(self) -> None:
        """From the victim on, until so many addresses were reached; then to exchanges, or it rests."""
        first = self._born()
        self.theft = len(self.rows)
        self._pay("victim", first, STOLEN)
        waiting = deque([first])
        while waiting:
            payer = waiting.popleft()
            self._pay(self._stranger(), payer, self._some())
            parts = self._rng.choice(_PARTS)
            for left in range(parts - 1, -1, -1):
                receiver = self._receiver(waiting)
                if receiver is None:
                    if self._rng.random() < 0.5:
                        self._pay(payer, f"exchange {self._rng.randrange(_EXCHANGES)}", self._held[payer])
                    break
                if receiver not in self._held:
                    self._born(receiver)
                    waiting.append(receiver)
                held = self._held[payer]
                self._pay(payer, receiver, self._rng.randint(held // 8, held // 2) if left else held)
            if self._rng.random() < 0.5:
                self._pay(self._stranger(), payer, self._some())

    def _receiver(self, waiting: deque[str]) -> str | None:
        """Somebody new, or now and then one who was paid already; None when enough were reached."""
        if len(self._held) >= self._most:
            return None
        if len(waiting) > 1 and self._rng.random() < 0.1:
            return self._rng.choice(list(waiting))
        return f"reached {len(self._held)}"

    def _born(self, name: str = "reached 0") -> str:
        """An address with a past: some of what strangers paid it is left when traced value comes."""
        self._held[name] = 0
        self._pay(self._stranger(), name, value := self._some())
        self._pay(name, self._stranger(), self._rng.randint(1, value))
        return name

    def _pay(self, sender: str, receiver: str, value: int) -> None:
        self.rows.append(Row("", sender, receiver, value))
        for name, sign in ((sender, -1), (receiver, 1)):
            if name in self._held:
                self._held[name] += sign * value

    def _stranger(self) -> str:
        return f"stranger {self._rng.randrange(10**6)}"

    def _some(self) -> int:
        return self._rng.randint(10**6, 10**9)
