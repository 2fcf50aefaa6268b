"""A ledger made here, of which it is known who holds every coin: payments, payjoins and coinjoins of twelve wallets.

Each wallet pays round amounts and others by the smallest coin that is enough, or by the largest ones; every script is
P2WPKH, every address new, so that nothing but values and forms tells who paid whom.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from chaintrace.addresses import script_address

CHAIN = "bitcoin"
WALLETS, COINS, STEPS = 12, 20, 1_000
HEIGHT, TIME = 800_000, 1_690_000_000
LEAST_CHANGE = 600


class Coin(NamedTuple):
    """An output: where it is, what it is worth in satoshi, and whose."""

    txid: str
    vout: int
    value: int
    wallet: str


class Ledger:
    """Makes transactions, one a step, and remembers the wallet of every address and the kind of every txid."""

    def __init__(self, seed: int) -> None:
        self.rows: list[dict[str, object]] = []
        self.wallets: dict[str, str] = {}
        self.kinds: dict[str, str] = {}
        self._random = random.Random(seed)
        self._coins: dict[str, list[Coin]] = {f"wallet {number}": [] for number in range(WALLETS)}
        for wallet in self._coins:
            for _ in range(COINS):
                self._make([], [(wallet, int(10 ** self._random.uniform(5.5, 7.5)))], "coinbases")
        kinds: tuple[tuple[Callable[[], None], int], ...] = (
            (self._pay, 70),
            (self._payjoin, 6),
            (self._batch, 8),
            (self._gather, 6),
            (self._mix, 4),
            (self._meet, 3),
        )
        for step in self._random.choices([kind for kind, _ in kinds], [weight for _, weight in kinds], k=STEPS):
            step()

    def write(self, file: Path) -> Path:
        """The transactions as a `transactions-jsonl` file."""
        file.write_text("".join(f"{json.dumps(row)}\n" for row in self.rows), encoding="utf-8")
        return file

    def _pay(self) -> None:
        """One payee and change."""
        payer, payee = self._several(2)
        price, fee = self._price(), self._fee()
        spent = self._chosen(payer, price + fee)
        self._make(spent, [(payee, price), (payer, sum(coin.value for coin in spent) - price - fee)], "payments")

    def _payjoin(self) -> None:
        """A payee who adds a coin of its own; without change it is none."""
        payer, payee = self._several(2)
        price, fee = self._price(), self._fee()
        spent, theirs = self._chosen(payer, price + fee), self._coins[payee]
        change = sum(coin.value for coin in spent) - price - fee
        if theirs and change >= LEAST_CHANGE:
            added = self._random.choice(theirs)
            self._make([*spent, added], [(payee, price + added.value), (payer, change)], "payjoins")

    def _batch(self) -> None:
        """Several payees and change."""
        payer, *payees = self._several(self._random.randrange(3, 9))
        paid, fee = [(payee, self._price() // 4) for payee in payees], self._fee()
        due = fee + sum(price for _, price in paid)
        spent = self._chosen(payer, due)
        self._make(spent, [*paid, (payer, sum(coin.value for coin in spent) - due)], "batches of payments")

    def _gather(self) -> None:
        """Some coins of one wallet become one."""
        (wallet,) = self._several(1)
        coins = self._coins[wallet]
        spent = self._random.sample(coins, min(len(coins), self._random.randrange(2, 8)))
        self._make(spent, [(wallet, sum(coin.value for coin in spent) - self._fee())], "coins gathered")

    def _mix(self) -> None:
        """Equal outputs, and change for each."""
        wallets, equal = self._several(self._random.randrange(3, 7)), self._price()
        parts = [(wallet, self._chosen(wallet, equal + self._fee())) for wallet in wallets]
        brought = [(wallet, sum(coin.value for coin in spent)) for wallet, spent in parts]
        if all(spent for _, spent in parts):
            made = [(wallet, amount) for wallet, value in brought for amount in (equal, value - equal - 400)]
            self._make([coin for _, spent in parts for coin in spent], made, "coinjoins of equal outputs")

    def _meet(self) -> None:
        """Two wallets put a payment and a move into one transaction, without equal outputs."""
        payer, payee, other = self._several(3)
        price, fee = self._price(), self._fee()
        spent, moved = self._chosen(payer, price + fee), self._coins[other]
        if spent and moved:
            coin = self._random.choice(moved)
            change = sum(one.value for one in spent) - price - fee
            made = [(payee, price), (payer, change), (other, coin.value - 300)]
            self._make([*spent, coin], made, "coinjoins of unequal outputs")

    def _several(self, number: int) -> list[str]:
        return self._random.sample(sorted(self._coins), number)

    def _fee(self) -> int:
        return self._random.randrange(200, 9000)

    def _price(self) -> int:
        """0.001 to 0.5 BTC; a round amount four times in five."""
        value = int(10 ** self._random.uniform(5, 7.7))
        return value // 10_000 * 10_000 if self._random.random() < 4 / 5 else value

    def _chosen(self, wallet: str, due: int) -> list[Coin]:
        """The smallest coin that is enough, or the largest until they are; none where they never are."""
        coins = sorted(self._coins[wallet], key=lambda coin: coin.value)
        enough = next((coin for coin in coins if coin.value >= due), None)
        taken = [enough] if enough is not None else []
        while enough is None and coins and sum(coin.value for coin in taken) < due:
            taken.append(coins.pop())
        return taken if sum(coin.value for coin in taken) >= due else []

    def _make(self, spent: Sequence[Coin], made: Sequence[tuple[str, int]], kind: str) -> None:
        """One transaction, its legs in any order; what is too little for an output is left to the fee."""
        number = len(self.rows)
        paid = [(wallet, value) for wallet, value in made if value >= LEAST_CHANGE]
        if not paid or (number >= WALLETS * COINS and not spent):
            return
        ordered, paid = self._random.sample(spent, len(spent)), self._random.sample(paid, len(paid))
        for coin in spent:
            self._coins[coin.wallet].remove(coin)
        txid, outputs = digest(f"{number}"), []
        for vout, (wallet, value) in enumerate(paid):
            script = f"0014{digest(f'{number} {vout}')[:40]}"
            self.wallets[script_address(bytes.fromhex(script), CHAIN)[1] or ""] = wallet
            self._coins[wallet].append(Coin(txid, vout, value, wallet))
            outputs.append({"n": vout, "value": value, "script": script})
        inputs = [{"prev_txid": coin.txid, "prev_vout": coin.vout, "sequence": 0xFFFF_FFFD} for coin in ordered]
        block = {"block_height": HEIGHT + number // 20, "time": TIME + 30 * number}
        self.kinds[txid] = kind
        self.rows.append({"txid": txid, **block, "coinbase": not spent, "inputs": inputs, "outputs": outputs})


def digest(text: str) -> str:
    """64 hex digits out of a text."""
    return hashlib.sha256(text.encode()).hexdigest()
