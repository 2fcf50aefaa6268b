"""How the facts of the shipped cases were re-encoded: shared data in, our own formats out, the same bytes each time.

`python tests/cases/encode.py` (with ../shared beside the checkout) writes the files that `FILES` names into
`data/cases/`. Names of cases, expectations and pages are written by hand and are not made here. Nothing of
chaintrace is imported: the cases test chaintrace, so chaintrace must not have made them.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import struct
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bitcoin.core import Hash160

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "data" / "cases"
SHARED = ROOT.parent / "shared"

USDT = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
TRON_ROWS = "data/tron/israel-seizure-orders/trc20_xfers.csv"
TAG_SOURCE = "Tronscan (tag in its public TRC-20 transfer answers)"
# The first word of the explorer's tag to the actor's id in the public actor pack of GraphSense; others stay empty.
ACTORS = {
    "AscendEX": "bitmax",
    "Binance": "binance",
    "Binance-Hot": "binance",
    "BitMart": "bitmart",
    "CoinEx": "coinex",
    "FTX": "ftx",
    "Gate": "gate",
    "Huobi": "huobi",
    "Indodax": "indodax",
    "Kucoin": "kucoin",
    "Kuna": "kuna",
    "LATOKEN": "latoken",
    "LBank": "lbank",
    "MXC": "mxc",
    "Okex": "okex",
    "Poloniex": "poloniex",
    "WhiteBIT": "whitebit",
    "bitget": "bitget",
}

FIRST_BLOCKS = "data/bitcoin/blocks/firstblocks.blk"
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

COLONIAL_ANSWERS = "data/bitcoin/esplora/colonial_anchor_txs.json"
COLONIAL_TXIDS = (
    "daf38c7b38eb0a587cf843f47000d5c294affb4f56017370ad48c5147f5e69d9",
    "943f2d576ed8d9f388ba75eb82fe35cce29479b84121827ac368a5a94f44cf7a",
    "280c5f96397b9502b99703842712b78fda84f1a0faabf826f683448082f46369",
)
ESPLORA_TYPES = {"p2sh": "p2sh", "v0_p2wpkh": "p2wpkh"}


# --- USDT on TRON ---------------------------------------------------------------------------------------------------


def usdt_rows(shared: Path) -> list[dict[str, str]]:
    """Every row of the explorer's answers that moves USDT: a transfer stands once for each wallet that it touches."""
    with (shared / TRON_ROWS).open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["token_id"] == USDT]


def table(header: str, rows: list[list[str]]) -> bytes:
    """A CSV in UTF-8 with plain line feeds."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header.split(","))
    writer.writerows(rows)
    return out.getvalue().encode()


def tron_transfers(shared: Path) -> bytes:
    """The distinct transfers in time order (whole seconds), then by txid. Values in base units, 6 decimals.

    The explorer shows one transfer a txid; a txid with two contents is an error here, never a choice.
    """
    found: dict[str, tuple[str, ...]] = {}
    for row in usdt_rows(shared):
        milliseconds = int(row["timestamp"])
        if milliseconds % 1000:
            raise ValueError(f"{row['tx_id']}: {milliseconds} ms is not a whole second")
        fact = (str(milliseconds // 1000), row["token_decimal"], row["from_address"], row["to_address"], row["quant"])
        if found.setdefault(row["tx_id"], fact) != fact:
            raise ValueError(f"{row['tx_id']} has two contents")
    rows = [
        ["tron", txid, "0", "", time, USDT, decimals, source, target, str(int(value))]
        for txid, (time, decimals, source, target, value) in found.items()
    ]
    rows.sort(key=lambda row: (int(row[4]), row[1]))
    return table("chain,txid,index,height,time,asset,decimals,from,to,value", rows)


def tron_wallets(shared: Path) -> bytes:
    """The wallets whose whole history was asked for: one address a line, sorted."""
    return "".join(f"{wallet}\n" for wallet in sorted({row["wallet"] for row in usdt_rows(shared)})).encode()


def tron_tags(shared: Path) -> bytes:
    """The explorer's exchange tags; `lastmod` is the day (UTC) of the latest transfer that carries the tag here."""
    seen: dict[tuple[str, str], int] = {}
    for row in usdt_rows(shared):
        for side in ("from", "to"):
            if label := row[f"{side}_tag"]:
                key = (row[f"{side}_address"], label)
                seen[key] = max(seen.get(key, 0), int(row["timestamp"]) // 1000)
    rows = [
        ["tron", address, label, ACTORS.get(label.split()[0], ""), "exchange", "service_api", TAG_SOURCE, day(time)]
        for (address, label), time in sorted(seen.items())
    ]
    return table("chain,address,label,actor,category,confidence,source,lastmod", rows)


def day(time: int) -> str:
    """The date (UTC) of a Unix time."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d")


# --- the first payments in Bitcoin ----------------------------------------------------------------------------------


class Bytes:
    """A cursor over one block."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, size: int) -> bytes:
        """The next `size` bytes."""
        part = self.data[self.at : self.at + size]
        if len(part) != size:
            raise ValueError(f"the block ends at byte {len(self.data)}, {size} more wanted at {self.at}")
        self.at += size
        return part

    def number(self, size: int) -> int:
        """A little-endian unsigned number."""
        return int.from_bytes(self.take(size), "little")

    def compact(self) -> int:
        """Bitcoin's variable-length number."""
        first = self.number(1)
        return first if first < 0xFD else self.number({0xFD: 2, 0xFE: 4, 0xFF: 8}[first])


def sha256d(data: bytes) -> bytes:
    """Bitcoin's double SHA-256."""
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def p2pkh_form(script: bytes) -> str:
    """The address of a P2PK output: its key's P2PKH form. These blocks hold no other kind of output."""
    if len(script) not in {35, 67} or script[0] != len(script) - 2 or script[-1] != 0xAC:
        raise ValueError(f"not a bare public key: {script.hex()}")
    payload = b"\x00" + bytes(Hash160(script[1:-1]))
    payload += sha256d(payload)[:4]
    number, text = int.from_bytes(payload, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = BASE58[digit] + text
    return "1" * (len(payload) - len(payload.lstrip(b"\x00"))) + text


def read_output(block: Bytes, n: int) -> dict[str, Any]:
    """One output: value in satoshi, script in hex."""
    value = block.number(8)
    script = block.take(block.compact())
    return {"n": n, "value": value, "address": p2pkh_form(script), "script": script.hex(), "type": "p2pk"}


def read_transaction(block: Bytes, place: Mapping[str, int | str]) -> dict[str, Any]:
    """One transaction without witnesses, its txid computed from its bytes. A coinbase has no inputs."""
    start = block.at
    version = block.number(4)
    inputs = []
    for _ in range(block.compact()):
        previous, vout = block.take(32)[::-1].hex(), block.number(4)
        block.take(block.compact())
        inputs.append({"prev_txid": previous, "prev_vout": vout, "sequence": block.number(4)})
    coinbase = inputs[0]["prev_txid"] == "0" * 64
    outputs = [read_output(block, n) for n in range(block.compact())]
    locktime = block.number(4)
    txid = sha256d(block.data[start : block.at])[::-1].hex()
    head = {"txid": txid, "version": version, "locktime": locktime, **place}
    return {**head, "coinbase": coinbase, "inputs": [] if coinbase else inputs, "outputs": outputs}


def blocks(data: bytes) -> Iterator[bytes]:
    """The blocks of a blk file of the main network."""
    file = Bytes(data)
    while file.at < len(data):
        if file.take(4) != b"\xf9\xbe\xb4\xd9":
            raise ValueError(f"no block begins at byte {file.at - 4}")
        yield file.take(file.number(4))


def first_payments(shared: Path) -> bytes:
    """Every transaction of heights 0 to 589; each block must name the one before it."""
    lines, parent = list[str](), "0" * 64
    for height, data in enumerate(blocks((shared / FIRST_BLOCKS).read_bytes())):
        header = data[:80]
        if header[4:36][::-1].hex() != parent:
            raise ValueError(f"block {height} does not follow {parent}")
        parent = sha256d(header)[::-1].hex()
        (time,) = struct.unpack_from("<I", header, 68)
        block = Bytes(data)
        block.take(80)
        for index in range(block.compact()):
            place = {"block_height": height, "block_hash": parent, "block_index": index, "time": time}
            lines.append(line(read_transaction(block, place)))
    return "".join(lines).encode()


def line(transaction: Mapping[str, Any]) -> str:
    """One line of transactions-jsonl."""
    return json.dumps(transaction, separators=(",", ":")) + "\n"


# --- the Colonial Pipeline coins ------------------------------------------------------------------------------------


def colonial(shared: Path) -> bytes:
    """The three transactions in block order, with the input values and scripts that the server gave."""
    answers = {tx["txid"]: tx for tx in json.loads((shared / COLONIAL_ANSWERS).read_bytes())}
    return "".join(line(esplora(answers[txid])) for txid in COLONIAL_TXIDS).encode()


def esplora(tx: Mapping[str, Any]) -> dict[str, Any]:
    """One answer of an Esplora server in our words; the server does not say the place inside the block."""
    status = tx["status"]
    return {
        "txid": tx["txid"],
        "version": tx["version"],
        "locktime": tx["locktime"],
        "block_height": status["block_height"],
        "block_hash": status["block_hash"],
        "time": status["block_time"],
        "coinbase": False,
        "inputs": [
            {"prev_txid": leg["txid"], "prev_vout": leg["vout"], **coin(leg["prevout"]), "sequence": leg["sequence"]}
            for leg in tx["vin"]
        ],
        "outputs": [{"n": n, **coin(leg)} for n, leg in enumerate(tx["vout"])],
    }


def coin(leg: Mapping[str, Any]) -> dict[str, Any]:
    """Value (satoshi), address, script and type of an output."""
    address, script = leg["scriptpubkey_address"], leg["scriptpubkey"]
    return {
        "value": leg["value"],
        "address": address,
        "script": script,
        "type": ESPLORA_TYPES[leg["scriptpubkey_type"]],
    }


FILES: Mapping[str, Callable[[Path], bytes]] = {
    "tron-usdt/transfers.csv": tron_transfers,
    "tron-usdt/wallets.txt": tron_wallets,
    "tron-usdt/tags.csv": tron_tags,
    "first-payments/transactions.jsonl": first_payments,
    "colonial-pipeline/transactions.jsonl": colonial,
}


def main() -> None:
    """Write every file of `FILES`."""
    for name, encode in FILES.items():
        (CASES / name).write_bytes(encode(SHARED))


if __name__ == "__main__":
    main()
