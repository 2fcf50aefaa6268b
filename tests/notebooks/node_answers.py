"""`python -m tests.notebooks.node_answers`: the answers of a node that the notebook about one's own node plays back.

With ../shared beside the checkout, the stand-in for Bitcoin Core answers over the real blocks 0 to 589, the payment of
block 170 is traced, and what it was asked is kept, each answer with its question. Raw transactions, headers and Merkle
proofs are facts of the chain, and the adapter checks each of them by its hash.
"""

from __future__ import annotations

import json
import struct
import sys
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import chaintrace as ct
from chaintrace.adapters.bitcoin.rawblock import RawTransaction, parse_block
from tests.hostile.server import Asked, Given, HostileServer
from tests.nodes.chain import Coin, MadeBlock, Output, Payment
from tests.nodes.core import Core

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "notebooks" / "node-answers.json"
BLOCKS = ROOT.parent / "shared" / "data" / "bitcoin" / "blocks" / "firstblocks.blk"
PAYMENT = "f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16"
CASE = f"""\
[case]
name = "The payment of block 170"
methods = ["fifo", "lifo", "libr", "haircut"]

[[source]]
adapter = "bitcoin-core"
url = "URL"
chain = "bitcoin"

[[seed]]
chain = "bitcoin"
txid = "{PAYMENT}"
index = "all"
origin = "the payment of block 170"

[rules]
use = []
"""
"""The case that the notebook traces, but for the url."""


class Mainnet(Core):
    """The stand-in over the first blocks of Bitcoin's main network."""

    def getblockchaininfo(self) -> dict[str, Any]:
        return super().getblockchaininfo() | {"chain": "main", "difficulty": 1}


def raw_blocks() -> list[bytes]:
    """The blocks of the file, in order."""
    data, place, found = BLOCKS.read_bytes(), 0, []
    while place < len(data):
        size = struct.unpack_from("<I", data, place + 4)[0]
        found.append(data[place + 8 : place + 8 + size])
        place += 8 + size
    return found


def made(blocks: list[bytes]) -> tuple[str, list[MadeBlock]]:
    """The genesis block's hash, and the blocks after it as the stand-in has them."""
    known: dict[tuple[str, int], Coin] = {}
    found = []
    for height, raw in enumerate(blocks):
        block = parse_block(raw)
        payments = [_payment(raw, one, known) for one in block.transactions]
        found.append(MadeBlock(height, block.header.hash, block.header.time, raw, payments[0], tuple(payments[1:])))
    return found[0].hash, found[1:]


def _payment(raw: bytes, told: RawTransaction, known: dict[tuple[str, int], Coin]) -> Payment:
    """A transaction as the stand-in has it; its outputs become known."""
    outputs = tuple(Output(one.value, one.script) for one in told.outputs)
    spends = () if told.coinbase else tuple(known[one.prev_txid, one.prev_vout] for one in told.inputs)
    known |= {(told.txid, vout): Coin(told.txid, vout, output) for vout, output in enumerate(outputs)}
    return Payment(raw[told.offset : told.offset + told.length], told.txid, spends, outputs, told.txid)


def _whole(written: str) -> int:
    """An amount in BTC; all that are asked for are whole, so that JSON needs no point."""
    assert Decimal(written) == int(Decimal(written)), written
    return int(Decimal(written))


def recorded() -> str:
    """The file's text: a line for each question that the trace puts, with the answer."""
    genesis, blocks = made(raw_blocks())
    core = Mainnet(blocks, indices=frozenset({"txindex", "txospenderindex"}), chain_genesis=genesis)
    answers: dict[str, Any] = {}

    def answer(asked: Asked) -> Given:
        call, given = json.loads(asked.body), core.answer(asked)
        told = json.loads(given.body, parse_float=_whole)
        key = json.dumps([call["method"], call["params"]])
        answers[key] = told["result"] if told["error"] is None else {"error": told["error"]}
        return given

    with tempfile.TemporaryDirectory() as folder, HostileServer(answer) as server:
        (Path(folder) / "case.toml").write_text(CASE.replace("URL", server.url), "utf-8")
        ct.open_case(folder).follow(environment={"CHAINTRACE_NETWORK": "own"})
    lines = (f"{json.dumps(key)}: {json.dumps(answers[key], sort_keys=True)}" for key in sorted(answers))
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    FILE.write_text(recorded(), "utf-8")
    sys.stdout.write(f"{FILE.name}\n")
