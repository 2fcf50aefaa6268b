"""Random UTXO chains as transactions-jsonl: coinbases, spends in one block, fees, burns, unknown values and parents."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

from tests.oracle import casewriting as cw
from tests.oracle.generate_links import Row, links_of

START = 1_600_000_000
Coin = tuple[str, int, int | None, str | None]  # txid, vout, value, address


class Chain:
    """A valid chain of blocks; `lines` are the transactions in chain order, in the adapter's own form."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        hashes = [rng.randbytes(20) for _ in range(rng.randint(4, 10))]
        self.scripts = {cw.base58check(b"\0" + h): f"76a914{h.hex()}88ac" for h in hashes}
        self.addresses = list(self.scripts)
        self.unspent: list[Coin] = []
        self.lines: list[dict[str, Any]] = []
        self.foreign: list[tuple[str, int]] = []  # outpoints of absent transactions, spent here with a known value
        self.small = rng.random() < 0.6
        self.places, self.given = rng.choice(["index", "index", "line", "nothing"]), rng.random() < 0.5
        self.play()

    def play(self) -> None:
        height = self.rng.randint(100, 800_000)
        for _ in range(self.rng.randint(2, 8)):
            height += self.rng.choice([1, 1, 2, 50])
            block = {"height": height, "hash": cw.hexes(self.rng, 32), "time": START + 600 * height, "count": 0}
            if self.rng.random() < 0.8:
                self.add(block, [], coinbase=True)
            for _ in range(self.rng.randint(0, 8)):
                self.add(block, self.pick(), coinbase=False)

    def pick(self) -> list[Coin]:
        """Inputs: mostly what the chain holds, now and then what it does not, with a value or without."""
        rng = self.rng
        inputs: list[Coin] = []
        for _ in range(rng.choice([1, 1, 2, 2, 3, 5])):
            luck = rng.random()
            if self.unspent and luck < 0.85:
                late = luck < 0.4  # the newest ones, so that chains grow long and blocks spend their own
                place = len(self.unspent) - 1 - rng.randrange(min(4, len(self.unspent))) if late else None
                inputs.append(self.unspent.pop(rng.randrange(len(self.unspent)) if place is None else place))
            else:
                txid, vout = cw.hexes(rng, 32), rng.randint(0, 3)
                value = None if luck > 0.98 else self.amount()
                inputs.append((txid, vout, value, rng.choice(self.addresses)))
                if value:
                    self.foreign.append((txid, vout))
        return inputs

    def amount(self) -> int:
        return self.rng.randint(1, 90) if self.small else self.rng.randint(1, 10**12)

    def add(self, block: dict[str, Any], inputs: list[Coin], *, coinbase: bool) -> None:
        """One transaction into the block; what the outputs leave of the inputs is the fee."""
        rng, txid = self.rng, cw.hexes(self.rng, 32)
        total = sum(value or 0 for _, _, value, _ in inputs) if inputs else self.amount() * 3
        fee = rng.choice([0, 0, 1, total // 10])
        left = total - min(fee, total)
        outputs = []
        count = rng.choice([1, 1, 2, 2, 3, 4])
        for vout in range(count):
            parts = [0, rng.randint(0, left), rng.randint(0, left), left // 2]
            value = left if vout == count - 1 else rng.choice(parts)
            left -= value
            outputs.append(self.output(txid, vout, value, [address for *_, address in inputs if address]))
        line = {
            "txid": txid, "version": 2, "locktime": 0, "block_height": block["height"], "block_hash": block["hash"],
            "block_index": block["count"], "time": block["time"], "coinbase": coinbase,
            "inputs": [self.input(*leg) for leg in inputs], "outputs": outputs,
        }  # fmt: skip
        block["count"] += 1
        if self.places != "index":
            del line["block_index"]
        if self.places == "nothing":
            line = {k: v for k, v in line.items() if k not in ("block_height", "block_hash", "time")}
        self.lines.append(line)

    def input(self, txid: str, vout: int, value: int | None, address: str | None) -> dict[str, Any]:
        """Values that the chain itself holds may be left out."""
        leg: dict[str, Any] = {"prev_txid": txid, "prev_vout": vout, "sequence": 0xFFFFFFFD}
        if self.given or (txid, vout) in self.foreign:
            leg |= {"value": value, "address": address}
        return leg

    def output(self, txid: str, vout: int, value: int, payers: list[str]) -> dict[str, Any]:
        """Mostly to an address, often back to a payer; bare multisig has no address, OP_RETURN burns."""
        luck = self.rng.random()
        if luck < 0.04:
            script = "6a04" + cw.hexes(self.rng, 4)
            return {"n": vout, "value": value, "address": None, "script": script, "type": "op_return"}
        address: str | None = None
        if luck < 0.09:
            script, kind = f"5121{'02' + cw.hexes(self.rng, 32)}51ae", "multisig"
        else:
            address = self.rng.choice(payers if payers and luck < 0.25 else self.addresses)
            script, kind = self.scripts[address], "p2pkh"
        self.unspent.append((txid, vout, value, address))
        return {"n": vout, "value": value, "address": address, "script": script, "type": kind}


def write(rng: random.Random, folder: Path) -> None:
    """A case of one UTXO chain."""
    chain = Chain(rng)
    while not any(out["value"] for line in chain.lines for out in line["outputs"]):
        chain = Chain(rng)
    seeds = seeds_of(rng, chain)
    head, method = cw.heads_of(rng)
    name = rng.choice(["chain.jsonl", "chain.jsonl.gz"])
    write_lines(rng, folder / name, chain)
    complete = "all"
    if rng.random() < 0.6:
        complete = "complete.txt"
        covered = [address for address in chain.addresses if rng.random() < 0.6] or chain.addresses[:1]
        (folder / complete).write_text("\n".join(covered), "utf-8")
    fields = {"adapter": "transactions-jsonl", "path": name, "complete": complete, "chain": "bitcoin"}
    parts = [head, cw.table("[[source]]", fields), *cw.seeds_of(rng, folder, seeds)]
    parts += cw.tags_of(rng, folder, "bitcoin", chain.addresses)
    parts += [cw.table("[method]", method)] if method else []
    times = {line["txid"]: line.get("time") for line in chain.lines}
    dated = [times.get(seed["txid"]) for seed in seeds]
    end = None if None in times.values() else max(times.values())  # absent seeds are not dated: then no `until`
    last = None if None in dated else max(dated)
    parts += [cw.limits_of(rng, ["bitcoin:BTC"], last, end), cw.table("[rules]", {"use": []})]
    outputs = [(line["txid"], out) for line in chain.lines for out in line["outputs"]]
    rows = [Row("bitcoin", txid, str(out["n"]), "BTC") for txid, out in outputs]
    if rng.random() < 0.3:
        more, tables = beside(rng, folder)
        parts, rows = [*parts, *tables], [*rows, *more] if rng.random() < 0.5 else [*more, *rows]
    parts += links_of(rng, rows)
    (folder / "case.toml").write_text("\n".join(parts), "utf-8")


def beside(rng: random.Random, folder: Path) -> tuple[list[Row], list[str]]:
    """An account chain in the same case, to which outputs may lead and from which outputs may come."""
    from tests.oracle.generate import Ledger, rows_of, sources_of  # that one imports this one

    ledger = Ledger(rng, "ledger")
    while ledger.jitter:  # between chains the block time decides
        ledger = Ledger(rng, "ledger")
    return rows_of([ledger]), sources_of(rng, folder, [ledger], [])


def write_lines(rng: random.Random, path: Path, chain: Chain) -> None:
    """One transaction a line; in any order where the places in the blocks are written."""
    lines = list(chain.lines)
    if chain.places == "index" and rng.random() < 0.3:
        rng.shuffle(lines)
    text = "".join(json.dumps(line) + "\n" for line in lines).encode()
    path.write_bytes(gzip.compress(text, mtime=0) if path.name.endswith(".gz") else text)


def seeds_of(rng: random.Random, chain: Chain) -> list[dict[str, Any]]:
    """One to four seeds on different outputs: by index, by "all", by M20 where one output remains, or absent (M19)."""
    legs = [(line, out) for line in chain.lines for out in line["outputs"] if out["value"]]
    legs = legs[: max(1, rng.choice([len(legs) // 4, len(legs) // 2, len(legs)]))]
    chosen = {line["txid"]: (line, out) for line, out in rng.sample(legs, min(len(legs), rng.choice([1, 2, 2, 3])))}
    places: list[tuple[str, int | str | None]] = []
    addresses = {(line["txid"], out["n"]): out["address"] for line in chain.lines for out in line["outputs"]}
    for txid, (line, out) in chosen.items():
        payers = {payer(leg, addresses) for leg in line["inputs"]} - {None}
        left = [o for o in line["outputs"] if o["address"] not in payers]
        luck = rng.random()
        index: int | str | None = "all" if luck < 0.1 else out["n"]
        places.append((txid, None if luck > 0.7 and len(left) == 1 else index))
    if chain.foreign and rng.random() < 0.35:
        places.append(rng.choice(chain.foreign))
    seeds = []
    for (txid, index), origin in zip(places, cw.origins_of(rng, len(places)), strict=True):
        returns = rng.sample(chain.addresses, rng.choice([1, 1, 2])) if rng.random() < 0.3 else []
        seeds.append({"chain": "bitcoin", "txid": txid, "index": index, "origin": origin, "returns": returns})
    return seeds


def payer(leg: dict[str, Any], addresses: dict[tuple[str, int], str | None]) -> str | None:
    return leg.get("address") or addresses.get((leg["prev_txid"], leg["prev_vout"]))
