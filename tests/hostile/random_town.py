"""Random payments between accounts of one chain, as stand-ins of explorers and of a node hold them, and as a file.

The same number gives the same town. Balances are kept, so that no opening is needed.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.chaintrace.adapters.evm_rpc import chain as node
from tests.hostile import blockscout_ledger as scout
from tests.hostile.etherscan_books import Books, address, digest, time_of

if TYPE_CHECKING:
    import random
    from pathlib import Path

CHAIN, SYMBOL = "ethereum", "ETH"
ZERO = "0x" + "0" * 40
FEES = "0x" + "fe" * 20
COLUMNS = ("chain", "txid", "index", "height", "time", "asset", "decimals", "from", "to", "value")
GAS, PRICE = 60_000, 10
FEE = GAS * PRICE
HUB, DESK = address("hub"), address("desk")
TOKENS = (address("token one"), address("token two"))


@dataclass
class Deed:
    """A transaction: what is sent, what a contract sends on, and what tokens move. `beside`: in the block before."""

    sender: str
    receiver: str
    value: int = 0
    failed: bool = False
    inside: list[tuple[str, str, int]] = field(default_factory=list)
    tokens: list[tuple[str, str, str, int]] = field(default_factory=list)
    beside: bool = False

    def moves(self) -> list[tuple[str, str, str, str, int]]:
        """(index, asset, from, to, value) in the order in which they count; `""` is nobody."""
        found = [("gas", SYMBOL, self.sender, FEES, FEE)]
        if self.failed:
            return found
        if self.value:
            found.append(("value", SYMBOL, self.sender, self.receiver, self.value))
        found += [(f"call:{n}", SYMBOL, *sides, value) for n, (*sides, value) in enumerate(self.inside)]
        for number, (contract, sender, receiver, value) in enumerate(self.tokens):
            sides = ("" if sender == ZERO else sender, "" if receiver == ZERO else receiver)
            found.append((f"log:{number}", contract, *sides, value))
        return found


class Town:
    """`deeds` in chain order; `own` is what each account begins with, of the native asset, in whole gwei."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.people = [address(f"person {n}") for n in range(rng.randint(3, 8))]
        self.has: dict[tuple[str, str], int] = defaultdict(int)
        self.big = rng.random() < 0.3
        self.own = {one: rng.choice([10**9, 3 * 10**9]) for one in self.people}
        for one, value in self.own.items():
            self.has[one, SYMBOL] = value
        self.deeds: list[Deed] = []
        for _ in range(rng.randint(8, 40)):
            self.add(self.deed())

    def add(self, deed: Deed | None) -> None:
        """Book a deed, if it can be paid for."""
        if deed is None:
            return
        has = dict(self.has)
        for _, asset, sender, receiver, value in deed.moves():
            for side, change in ((sender, -value), (receiver, value)):
                if side:
                    has[side, asset] = has.get((side, asset), 0) + change
            if sender and has[sender, asset] < 0:
                return
        self.has.update(has)
        self.deeds.append(deed)

    def part(self, holder: str, asset: str, keep: int = 0) -> int:
        """Of what somebody has: often all of it, or a round part."""
        lies = self.has[holder, asset] - keep
        if lies <= 0:
            return 0
        return self.rng.choice([lies, lies // 2, self.rng.randint(1, lies), min(lies, 5), min(lies, 1000)])

    def deed(self) -> Deed | None:
        rng = self.rng
        sender, other = rng.choice(self.people), rng.choice(self.people)
        beside, luck = bool(self.deeds) and rng.random() < 0.4, rng.random()
        if luck < 0.35:
            value = self.part(sender, SYMBOL, FEE)
            return Deed(sender, other, value, beside=beside) if value else None
        if luck < 0.4:
            return Deed(sender, DESK, self.part(sender, SYMBOL, FEE), failed=True, beside=beside)
        if luck < 0.6:
            return self.split(sender, beside=beside)
        return self.token(sender, other, beside=beside)

    def split(self, sender: str, *, beside: bool) -> Deed | None:
        """Through a contract, which sends all or a part of what it has to several, equal parts among them."""
        value = self.part(sender, SYMBOL, FEE)
        lies, inside = self.has[HUB, SYMBOL] + value, []
        for _ in range(self.rng.randint(0, 3)):
            if lies < 2:
                break
            amount = self.rng.choice([lies, lies // 2, lies // 3 or 1])
            inside += [(HUB, self.rng.choice(self.people), amount)]
            lies -= amount
            if self.rng.random() < 0.3 and lies >= amount:
                inside += [inside[-1]]
                lies -= amount
        return Deed(sender, HUB, value, inside=inside, beside=beside) if value or inside else None

    def token(self, sender: str, other: str, *, beside: bool) -> Deed | None:
        """Tokens made, destroyed, sent, sent on in the same transaction, sent by a third party, sent twice alike."""
        rng, token = self.rng, self.rng.choice(TOKENS)
        lies, luck = self.has[sender, token], self.rng.random()
        by = rng.choice(self.people) if rng.random() < 0.2 else sender
        if not lies or luck < 0.15:
            made = rng.choice([7, 1000, 10**6, 2**200 if self.big else 12])
            return Deed(sender, token, tokens=[(token, ZERO, sender, made)], beside=beside)
        value = self.part(sender, token)
        moves = [(token, sender, other, value)]
        if luck < 0.25:
            moves = [(token, sender, ZERO, value)]
        elif luck < 0.35 and value > 1:
            moves = [(token, sender, other, value // 2)] * 2
        elif luck < 0.5 and value:
            moves.append((token, other, rng.choice(self.people), rng.randint(1, value)))
        elif luck < 0.55:
            moves = [(token, sender, other, 0)]
        elif luck < 0.65 and value > 1:
            moves = [(token, sender, rng.choice(self.people), value // 2), (token, sender, other, value - value // 2)]
        return Deed(by, token, tokens=moves, beside=beside)

    def seeds(self) -> list[tuple[int, int]]:
        """Deed and movement of one to three seeds, of different deeds."""
        legs = [
            (n, m)
            for n, deed in enumerate(self.deeds)
            for m, (index, _, sender, receiver, value) in enumerate(deed.moves())
            if sender and receiver and sender != receiver and value and (index == "value" or index.startswith("log"))
        ]
        legs = legs[: max(1, len(legs) // 2)]
        chosen = dict(self.rng.sample(legs, min(len(legs), self.rng.randint(1, 3))))
        return sorted(chosen.items())


@dataclass(frozen=True)
class Told:
    """A town as one source holds it: `txids`, and `places` (height, time, number of the first log) of its deeds."""

    kept: Any
    txids: list[str]
    places: list[tuple[int, int, int]]

    def index(self, number: int, index: str) -> str:
        """A movement's name on the chain: logs are counted by the block."""
        sort, _, place = index.partition(":")
        return f"log:{self.places[number][2] + int(place)}" if sort == "log" else index


def in_etherscan(town: Town) -> Told:
    books, mined = Books(), []
    for one, value in town.own.items():
        books.head += 1
        books.made.setdefault(one, []).append((books.head, value // 10**9))
    for deed in town.deeds:
        one = books.pay(
            deed.sender, deed.receiver, deed.value, inside=deed.inside, tokens=deed.tokens, failed=deed.failed,
            beside=deed.beside, data="0xabcdef01" if deed.receiver in {HUB, DESK, *TOKENS} else "",
        )  # fmt: skip
        one.gas, one.price = GAS, PRICE
        mined.append(one)
    books.head += 5
    return Told(books, [one.txid for one in mined], [(one.height, time_of(one.height), 0) for one in mined])


def in_blockscout(town: Town) -> Told:
    ledger, blocks = scout.Ledger(), []
    for deed in town.deeds:
        tx = scout.Tx(
            deed.sender, deed.receiver, deed.value, ok=not deed.failed, gas_used=GAS, gas_price=PRICE,
            data="0xabcdef01" if deed.receiver in {HUB, DESK, *TOKENS} else "0x",
            calls=[scout.Call(*one) for one in deed.inside], moves=[scout.Move(*one) for one in deed.tokens],
        )  # fmt: skip
        blocks.append([]) if not deed.beside or not blocks else None
        blocks[-1].append(tx)
    for one, value in town.own.items():
        ledger.mine()
        ledger._number += 1
        ledger.blocks[-1].issues.append(scout.Issue(ledger._number, one, value, ledger.tip.height))
    for txs in blocks:
        ledger.mine(*txs)
    for _ in range(5):
        ledger.mine()
    every = [tx for txs in blocks for tx in txs]
    firsts = []
    for txs in blocks:
        logs = 0
        for tx in txs:
            firsts.append(logs)
            logs += len(tx.moves)
    times = [scout.GENESIS_TIME + 12 * (tx.height or 0) for tx in every]
    places = [(tx.height or 0, time, first) for tx, time, first in zip(every, times, firsts, strict=True)]
    return Told(ledger, [tx.txid for tx in every], places)


def in_node(town: Town) -> Told:
    """As a node of the chain has it: each account begins with a withdrawal from the beacon chain."""
    chain, height, txids, places = node.Chain(tip=0), 0, [], []
    for one, value in town.own.items():
        height += 1
        paid = {"index": hex(height), "validatorIndex": "0x7", "address": one, "amount": hex(value // 10**9)}
        chain.withdrawals[height] = [paid]
        chain.moved(height, "", ZERO, one, value)
    for deed in town.deeds:
        if not deed.beside or not txids:
            height, logs = height + 1, 0
        for contract, sender, receiver, value in () if deed.failed else deed.tokens:
            chain.moved(height, contract, sender, receiver, value)
        txid = chain.send(
            height, deed.sender, deed.receiver, deed.value, failed=deed.failed, calls=deed.inside, gas=GAS, price=PRICE,
            data="0xabcdef01" if deed.receiver in {HUB, DESK, *TOKENS} else "0x",
            logs=[node.transfer(*sides, token=contract) for contract, *sides in deed.tokens],
        )  # fmt: skip
        txids.append(txid)
        places.append((height, node.START + 12 * height, logs))
        logs += len(deed.tokens)
    chain.tip = chain.finalized = height + 5
    return Told(chain, txids, places)


def write_transfers(town: Town, told: Told, path: Path) -> None:
    """Every movement as a row, what the accounts begin with first."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for number, (one, value) in enumerate(town.own.items()):
            rows.writerow((CHAIN, digest("own", number), 0, 1, time_of(1), SYMBOL, "", "", one, value))
        for number, deed in enumerate(town.deeds):
            height, time, _ = told.places[number]
            for index, asset, sender, receiver, value in deed.moves():
                name = told.index(number, index)
                rows.writerow((CHAIN, told.txids[number], name, height, time, asset, "", sender, receiver, value))


def write_case(folder: Path, source: str, town: Town, told: Told, seeds: list[tuple[int, int]], more: str) -> Path:
    """The case of these seeds over a source, whose body is given without the chain."""
    folder.mkdir(parents=True, exist_ok=True)
    header = "chain,address,label,actor,category,confidence,source,lastmod"
    tagged = [FEES] if "transfers-csv" in source else []
    tagged += town.people[:1] if len(town.people) % 2 else []
    rows = [f"{CHAIN},{one},tag,,exchange,ownership,made here,2026-01-01" for one in tagged]
    (folder / "tags.csv").write_text("\n".join([header, *rows]) + "\n", "utf-8")
    toml = [
        f"[case]\nname = 'town'\nmethods = {json.dumps(['fifo', 'lifo', 'libr', 'haircut'])}\n",
        f"[[source]]\nchain = {CHAIN!r}\n{source.strip()}\n",
    ]
    for number, move in seeds:
        index = told.index(number, town.deeds[number].moves()[move][0])
        seed = f"txid = {told.txids[number]!r}\nindex = {index!r}\norigin = 'o{number}'\n"
        toml.append(f"[[seed]]\nchain = {CHAIN!r}\n{seed}")
    toml.append(f"[[tags]]\npath = 'tags.csv'\n\n[rules]\nuse = []\n{more}")
    (folder / "case.toml").write_text("\n".join(toml), "utf-8")
    return folder
