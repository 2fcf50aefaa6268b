"""Random case folders, valid by construction: `write_case(rng, folder, kind)` with kind "account" or "utxo".

The same rng gives the same bytes. Balances are kept, so that what is overdrawn is what an implied opening explains.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from tests.oracle import casewriting as cw
from tests.oracle import generate_utxo
from tests.oracle.generate_links import Row, links_of

HEADER = "chain,txid,index,height,time,asset,decimals,from,to,value"
TOP = 2**256 - 1
START = 1_600_000_000


def write_case(rng: random.Random, folder: Path, kind: str) -> None:
    """Writes case.toml and its files into `folder`, which is made when it is absent."""
    folder.mkdir(parents=True, exist_ok=True)
    if kind == "utxo":
        generate_utxo.write(rng, folder)
    elif kind == "account":
        write_accounts(rng, folder)
    else:
        raise ValueError(f"{kind}: the kinds are account and utxo")


class Ledger:
    """One account chain: its names, and rows in chain order as [txid, index, height, time, asset, from, to, value]."""

    def __init__(self, rng: random.Random, chain: str) -> None:
        self.rng, self.chain = rng, chain
        self.addresses = [self.address(n) for n in range(rng.choice([3, 4, 4, 5, 6, rng.randint(3, 12)]))]
        self.assets = [self.asset(n) for n in range(rng.choice([1, 1, 2, 3]))]
        self.decimals = {asset: rng.choice([0, 6, 18]) for asset in self.assets}
        self.heights = rng.random() < 0.5
        self.small, self.huge = rng.random() < 0.6, rng.random() < 0.15
        self.jitter = self.heights and rng.random() < 0.3  # block times decide nothing where heights exist (M2)
        self.balance: dict[tuple[str, str], int] = {}
        self.rows: list[list[Any]] = []
        self.play()

    def address(self, n: int) -> str:
        if self.chain == "tron":
            return cw.base58check(b"\x41" + self.rng.randbytes(20))
        if self.chain == "ethereum":
            return "0x" + cw.hexes(self.rng, 20)
        return "0x" + "0" * 40 if n == 2 and self.rng.random() < 0.1 else f"{self.chain} {n}"

    def asset(self, n: int) -> str:
        if self.chain == "tron":
            return cw.base58check(b"\x41" + self.rng.randbytes(20)) if n else "TRX"
        if self.chain == "ethereum":
            return "0x" + cw.hexes(self.rng, 20) if n else "ETH"
        return ["GOLD", "silver coin", "X1"][n]

    def txid(self, n: int) -> str:
        if self.chain in ("tron", "ethereum"):
            return ("0x" if self.chain == "ethereum" else "") + cw.hexes(self.rng, 32)
        return f"{self.chain}-tx{n}"

    def play(self) -> None:
        """Transactions of one to four transfers, several of them at one height or time."""
        height, time, count = self.rng.randint(1, 1000), START + self.rng.randint(0, 1000), self.rng.randint(5, 80)
        number = 0
        while len(self.rows) < count:
            step = self.rng.choice([0, 0, 1, 1, 1, 7])
            height, time = height + step, time + 30 * step
            txid, when = self.txid(number), time + (self.rng.randint(-100, 100) if self.jitter else 0)
            number += 1
            first = self.rng.choice([0, 0, 0, 5])
            for index in range(self.rng.choice([1, 1, 1, 2, 3, 4])):
                asset, sender, receiver, value = self.movement()
                at = height if self.heights else ""
                self.rows.append([txid, first + index, at, when, asset, sender, receiver, value])

    def movement(self) -> tuple[str, str, str, int]:
        """asset, from, to, value; mints, burns and transfers to oneself among them."""
        rng, asset = self.rng, self.rng.choice(self.assets)
        sender, receiver = rng.choice(self.addresses), rng.choice(self.addresses)
        luck = rng.random()
        if luck < 0.08:
            sender = ""
        elif luck < 0.13:
            receiver = ""
        elif luck < 0.17:
            receiver = sender
        elif sender == receiver:
            receiver = rng.choice([a for a in self.addresses if a != sender])
        value = self.amount(self.balance.get((sender, asset), 0))
        if sender and sender != receiver:
            self.balance[sender, asset] = max(0, self.balance.get((sender, asset), 0) - value)
        if receiver and sender != receiver:
            self.balance[receiver, asset] = self.balance.get((receiver, asset), 0) + value
        return asset, sender, receiver, value

    def amount(self, lies: int) -> int:
        """Often the whole or a part of what lies there, sometimes more (an opening), nothing, or the most there is."""
        rng, luck = self.rng, self.rng.random()
        if luck < 0.03:
            return 0
        if luck < 0.06 and self.huge:
            return TOP if rng.random() < 0.5 else TOP - rng.randint(0, 1000)
        if lies and luck < 0.25:
            return min(lies, TOP)
        if lies and luck < 0.92:
            return min(rng.randint(1, lies), TOP)
        return rng.randint(1, 60) if self.small else rng.randint(1, 10**21)


def write_accounts(rng: random.Random, folder: Path) -> None:
    """One ledger, or two chains in one file or in two."""
    names = [rng.choice(["ledger", "ledger", "ledger", "tron", "ethereum"])]
    if rng.random() < 0.3:
        names.append("another ledger")
    ledgers = [Ledger(rng, name) for name in names]
    while len(ledgers) > 1 and any(ledger.jitter for ledger in ledgers):  # between chains the block time decides
        ledgers = [Ledger(rng, name) for name in names]
    wallets = wallets_of(rng, ledgers[0]) if rng.random() < 0.3 else []
    seeds = seeds_of(rng, ledgers, wallets)
    head, method = cw.heads_of(rng)
    if wallets:
        method["pool"] = rng.choice(["wallet", "wallet", "wallet", "address"])
    parts = [head, *sources_of(rng, folder, ledgers, wallets), *cw.seeds_of(rng, folder, seeds)]
    inside = [address for wallet in wallets for address in wallet]
    parts += cw.tags_of(rng, folder, names[0], [a for a in ledgers[0].addresses if a not in inside])
    parts += [cw.table("[[wallet]]", wallet_of(rng, names, n, wallet)) for n, wallet in enumerate(wallets)]
    parts += [cw.table("[method]", method)] if method else []
    keys = [f"{ledger.chain}:{asset}" for ledger in ledgers for asset in ledger.assets]
    times = {(ledger.chain, row[0]): row[3] for ledger in ledgers for row in ledger.rows}
    last = max(times[seed["chain"], seed["txid"]] for seed in seeds)
    parts += [cw.limits_of(rng, keys, last, max(times.values())), cw.table("[rules]", {"use": []})]
    parts += links_of(rng, rows_of(ledgers))
    (folder / "case.toml").write_text("\n".join(parts), "utf-8")


def rows_of(ledgers: list[Ledger]) -> list[Row]:
    """The movements that links may name."""
    return [Row(ledger.chain, row[0], str(row[1]), row[4]) for ledger in ledgers for row in ledger.rows]


def wallets_of(rng: random.Random, ledger: Ledger) -> list[list[str]]:
    """One or two wallets of two or three addresses; the rest of the ledger must not be empty."""
    pool = rng.sample(ledger.addresses, len(ledger.addresses))
    wallets = [pool[:2]] if len(pool) < 6 else [pool[:3], pool[3:5]][: rng.randint(1, 2)]
    return wallets if len(pool) > 3 else []


def wallet_of(rng: random.Random, chains: list[str], number: int, addresses: list[str]) -> dict[str, Any]:
    """One wallet's table; where there are two chains it sometimes names one, and the other chain has no such wallet."""
    table: dict[str, Any] = {"name": f"w{number}", "addresses": addresses}
    if len(chains) > 1 and rng.random() < 0.5:
        table["chain"] = rng.choice(chains)
    return table


def seeds_of(rng: random.Random, ledgers: list[Ledger], wallets: list[list[str]]) -> list[dict[str, Any]]:
    """One to four seeds on different transactions, from the first half of the history where there is one."""
    inside = [set(wallet) for wallet in wallets]

    def is_inner(row: list[Any]) -> bool:
        return row[5] == row[6] or any({row[5], row[6]} <= wallet for wallet in inside)

    legs = [(ledger, row) for ledger in ledgers for row in ledger.rows if row[7] and not is_inner(row)]
    if not legs:  # hardly ever: every transfer is inside a holding, so one is added
        ledger = ledgers[0]
        row = [ledger.txid(10**6), 0, *ledger.rows[-1][2:5], "", ledger.addresses[0], 7]
        ledger.rows.append(row)
        legs = [(ledger, row)]
    legs = legs[: max(1, rng.choice([len(legs) // 4, len(legs) // 2, len(legs)]))]
    chosen = {}
    for ledger, row in rng.sample(legs, min(len(legs), rng.choice([1, 2, 2, 3, 4]))):
        chosen[ledger.chain, row[0]] = (ledger, row)
    seeds = []
    for (ledger, row), origin in zip(chosen.values(), cw.origins_of(rng, len(chosen)), strict=True):
        together = [r for r in ledger.rows if r[0] == row[0]]
        payer = together[0][5]
        # Without an index (M20) what goes back to the sender must not be all that there is, and one account pays.
        plain = all(r[5] == payer for r in together) or rng.random() < 0.1
        others = [r for r in together if not is_inner(r) and (not payer or r[6] != payer)]
        plain = plain and not any(is_inner(r) and r[5] != r[6] for r in together)
        whole = bool(others) and plain and rng.random() < 0.3
        returns = []
        if rng.random() < 0.35:
            outside = [a for a in ledger.addresses if not any(a in wallet for wallet in inside)]
            returns = rng.sample(outside, min(len(outside), rng.choice([1, 1, 2])))
        index = None if whole else row[1]
        seeds.append({"chain": ledger.chain, "txid": row[0], "index": index, "origin": origin, "returns": returns})
    return seeds


def sources_of(rng: random.Random, folder: Path, ledgers: list[Ledger], wallets: list[list[str]]) -> list[str]:
    """Writes the rows (in chain order, or the blocks of one in any order) and the lists of complete addresses."""
    files: dict[str, list[list[Any]]] = {}
    tables = []
    one_file = rng.random() < 0.5
    for n, ledger in enumerate(ledgers):
        name = "transfers.csv" if one_file else f"transfers{n}.csv"
        iso = rng.random() < 0.3
        for txid, index, height, time, asset, sender, receiver, value in shuffled(rng, ledger.rows):
            when = cw.moment(time) if iso else time
            row = [ledger.chain, txid, index, height, when, asset, ledger.decimals[asset], sender, receiver, value]
            files.setdefault(name, []).append(row)
            if rng.random() < 0.01:
                files[name].append(row)  # an identical repeat is one transfer (M1)
        complete = "all"
        if rng.random() < 0.7:
            complete = f"complete{n}.txt"
            covered = coverage(rng, ledger.addresses, wallets)
            (folder / complete).write_text("".join(f"{address}\n" for address in covered), "utf-8")
        fields = {"adapter": "transfers-csv", "path": name, "complete": complete, "chain": ledger.chain}
        tables.append(cw.table("[[source]]", fields))
    for name, rows in files.items():
        cw.write_rows(folder / name, HEADER, rows)
    return tables


def coverage(rng: random.Random, addresses: list[str], wallets: list[list[str]]) -> list[str]:
    """Some of the addresses, whole wallets or none of them."""
    covered = [address for address in addresses if rng.random() < rng.choice([0.6, 0.9, 0.9])]
    for wallet in wallets:
        covered = [address for address in covered if address not in wallet]
        covered += wallet if rng.random() < 0.8 else []
    return covered or addresses[:1]


def shuffled(rng: random.Random, rows: list[list[Any]]) -> list[list[Any]]:
    """The file's order: heights and times may stand in any order, rows within one nearly always keep theirs."""
    luck = rng.random()
    if luck < 0.6:
        return rows
    places = {row[2] or row[3]: rng.random() for row in rows}
    mixed = rows if luck < 0.96 else rng.sample(rows, len(rows))
    return sorted(mixed, key=lambda row: places[row[2] or row[3]])
