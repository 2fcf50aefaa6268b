"""Payjoins and ordinary payments, made here: what looking for the one costs in the other. A part of docs/accuracy.md.

No set of real payjoins is at hand, and nobody can make one from the chain alone. Here each payment is made twice: as a
payjoin, with one coin of the payee's, and as an ordinary one. How often wallets choose coins in which way is not known,
so the ways stand apart.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.change_accuracy import opened
from benchmarks.coinjoins import BLOCK, ordinary, told
from benchmarks.made_ledger import CHAIN, Ledger
from chaintrace.case.view import CaseView
from chaintrace.model.chain import Asset, OutPoint
from chaintrace.model.transaction import Leg, Transaction, Transfer
from heuristics.control.common_input import common_input, looks_like_coinjoin
from heuristics.control.payjoin import has_bare_form, has_round_share, has_unneeded_input, may_be_payjoin

KIND = "p2wpkh"
SEEDS = (1, 2, 3)
NUMBER = 1000
LEAST_CHANGE = 600
SELECTIONS = ("one coin that is enough, or the largest first", "at random", "the smallest first")
HEAD = f"""
## common_input: payjoins, made here

No real payjoins are at hand, and the chain alone tells none for certain. So {NUMBER:,} payments were made in each of
six ways by `benchmarks/payjoins.py`, with coins of random values, once as a payjoin with a coin of the payee's (one
that leaves no input without need, where the payee has such a coin among eight) and once as an ordinary payment; all
scripts are P2WPKH. Told is how many of each `common_input` passes over, and by which sign: an input that nobody needs;
an output that is a coin and a round amount; the bare form, where neither amounts nor scripts say who is paid. A payjoin
that is not passed over joins two people; an ordinary payment of several coins that is passed over is a true union lost.
"Pays" are round amounts, or prices in another currency, which are round by chance alone. Payments from one coin join
nobody and are not counted. The payjoins are made as BIP 78 says, and the signs are taken from there: they tell what the
signs cost, and not how many real payjoins they find.

| payments | pays | coins chosen | number | no need | round share | bare form | passed over | joined |
|---|---|---|---|---|---|---|---|---|
"""
REAL = """
The same signs on real payments, as if they were of 2018 or later: those of the block of 2014 that spend several
addresses and do not look like coinjoins. Nobody knows of any payjoin there, so that each is a union lost. Their scripts
are older than witnesses, so that none has the bare form; the second line counts as if all of them were P2WPKH.

| set | number | no need | round share | bare form | passed over | joined |
|---|---|---|---|---|---|---|
"""


LEDGER = """
On {number} ledgers made by `benchmarks/made_ledger.py` every coin has a known wallet. Of their transactions that spend
several addresses `common_input` joins those in the third column, and would join those in the fourth if it looked for no
payjoins. A transaction is wrong where it joins two wallets.

| kind | spend several addresses | joined | without looking for payjoins | wrong | wrong without it |
|---|---|---|---|---|---|
"""


class Wallets:
    """Makes payments, each by a payer and to a payee of its own."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def payment(self, selection: str, *, is_round: bool, is_payjoin: bool) -> Transaction | None:
        """One payment; None where the payer has too little, gets no change or spends one coin alone."""
        coins = [self._coin() for _ in range(8)]
        price, fee = self._amount(is_round=is_round), self._random.randrange(200, 9000)
        spent = chosen(coins, price + fee, selection, self._random)
        change = sum(spent) - price - fee
        theirs = [self._coin() for _ in range(8)]
        if change < LEAST_CHANGE or (len(spent) < 2 and not is_payjoin):
            return None
        if not is_payjoin:
            return made(spent, [price, change])
        added = next((coin for coin in theirs if change < min(coin, *spent)), theirs[0])
        return made([*spent, added], [price + added, change])

    def _coin(self) -> int:
        """The value of a coin: 0.0001 to 1 BTC, small ones as often as large ones; one in four was a round payment."""
        value = int(10 ** self._random.uniform(4, 8))
        return value // 10_000 * 10_000 if self._random.random() < 1 / 4 and value >= 10_000 else value

    def _amount(self, *, is_round: bool) -> int:
        """What is paid: 0.0005 to 0.5 BTC."""
        value = int(10 ** self._random.uniform(4.7, 7.7))
        return value // 10_000 * 10_000 if is_round else value


def chosen(coins: Sequence[int], due: int, selection: str, source: random.Random) -> list[int]:
    """The coins that a wallet spends to pay what is due; all of them where they are too little."""
    if selection == SELECTIONS[0]:
        enough = [coin for coin in coins if coin >= due]
        if enough:
            return [min(enough)]
    ordered = source.sample(coins, len(coins)) if selection == SELECTIONS[1] else sorted(coins)
    if selection == SELECTIONS[0]:
        ordered.reverse()
    taken: list[int] = []
    while ordered and sum(taken) < due:
        taken.append(ordered.pop(0))
    return taken


def made(spent: Sequence[int], paid: Sequence[int]) -> Transaction:
    """A transaction of these values, each at an address of its own."""

    def legs(values: Sequence[int], name: str) -> tuple[Leg, ...]:
        return tuple(
            Leg(value, OutPoint(CHAIN, name, place), f"{name}{place}", place, KIND, sequence=0xFFFF_FFFD)
            for place, value in enumerate(values)
        )

    transfer = Transfer("utxo", "utxo", Asset(CHAIN, "", "BTC", 8), legs(spent, "in"), legs(paid, "out"), (0, 0, 0))
    return Transaction(CHAIN, "made", None, 0, (transfer,))


def passed(several: Sequence[Transaction]) -> str:
    """The cells of a line: how many there are, of how many each sign speaks, how many are passed over and joined."""
    signs: tuple[Callable[[Transaction], bool], ...] = (
        lambda one: has_unneeded_input(one.transfers[0], outputs(one)),
        lambda one: has_round_share(one.transfers[0], outputs(one)),
        lambda one: has_bare_form(one, one.transfers[0], outputs(one)),
        may_be_payjoin,
    )
    counts = [sum(map(sign, several)) for sign in signs]
    return " | ".join(map(str, (len(several), *counts, len(several) - counts[-1])))


def outputs(one: Transaction) -> list[Leg]:
    """The outputs that somebody can spend."""
    return [leg for leg in one.transfers[0].outputs if isinstance(leg.holding, OutPoint)]


def lines() -> Iterator[str]:
    """The lines of the payments that are made here."""
    for is_payjoin in (True, False):
        for is_round in (True, False):
            for selection in SELECTIONS:
                wallets, found = Wallets(1), list[Transaction]()
                for _ in range(NUMBER):
                    one = wallets.payment(selection, is_round=is_round, is_payjoin=is_payjoin)
                    found += [one] if one is not None else []
                about = "payjoins" if is_payjoin else "ordinary", "a round amount" if is_round else "a price", selection
                yield f"| {' | '.join(about)} | {passed(found)} |\n"


def real() -> Iterator[str]:
    """The lines of the real payments, as they are and as if their scripts were of witnesses."""
    rows = next(one.transactions for one in ordinary() if one.about[0] == BLOCK)
    several = [
        one
        for one in rows
        if one.utxo is not None
        and len({leg.address for leg in one.utxo.inputs if leg.address}) > 1
        and not looks_like_coinjoin(one.utxo)
    ]
    yield f"| {BLOCK} | {passed(several)} |\n"
    yield f"| {BLOCK}, as P2WPKH | {passed([newer(one) for one in several])} |\n"


def ledgers() -> Iterator[str]:
    """The lines of the ledgers, by kind."""
    counts = Counter[tuple[str, int]]()
    for seed in SEEDS:
        ledger = Ledger(seed)
        with TemporaryDirectory() as folder, opened(ledger.write(Path(folder) / "made.jsonl"), CHAIN) as (plain, rows):
            view = told(plain, rows)
            for one in rows:
                counts.update((ledger.kinds[one.txid], place) for place in cells(one, view, ledger.wallets))
    for kind in dict.fromkeys(kind for kind, _ in sorted(counts)):
        yield f"| {kind} | {' | '.join(str(counts[kind, place]) for place in range(5))} |\n"


def cells(one: Transaction, view: CaseView, wallets: Mapping[str, str]) -> Iterator[int]:
    """In which of the five columns of the ledgers a transaction counts."""
    spent = {leg.address for leg in one.transfers[0].inputs}
    if len(spent) < 2:
        return
    is_mixed = any(said.subject == one.txid for said in view.findings(one.chain, one.txid))
    is_several = len({wallets[address] for address in spent}) > 1
    joined = bool(list(common_input(one, view)))
    would = not is_mixed and not looks_like_coinjoin(one.transfers[0])
    yield from (place for place, holds in enumerate((True, joined, would)) if holds)
    yield from (place for place, holds in ((3, joined), (4, would)) if holds and is_several)


def newer(one: Transaction) -> Transaction:
    """The same with scripts of witnesses."""
    transfer = one.transfers[0]
    spent, paid = (
        tuple(replace(leg, script_type=KIND) for leg in legs) for legs in (transfer.inputs, transfer.outputs)
    )
    return replace(one, transfers=(replace(transfer, inputs=spent, outputs=paid),))


def section() -> str:
    """What stands in docs/accuracy.md."""
    made_here = LEDGER.format(number=len(SEEDS)) + "".join(ledgers())
    return HEAD + "".join(lines()) + REAL + "".join(real()) + made_here


if __name__ == "__main__":
    print(section(), end="")
