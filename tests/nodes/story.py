"""One theft on regtest, told in blocks: what was paid, by whom, to whom, known to the satoshi because it is made here.

The victim's payment is split, partly burned, merged with other coins (whoever signs a transaction here signs all its
inputs), peeled, spent in the block that made it, and paid to two tagged services. Blocks 1 to 432 mint only (witnesses
count from 432 on); the theft is in block 434; the tip is 442. The last payment, `late`, spends an output below the
fork, so a competing chain can give it back to the mempool or spend its input otherwise.

What each method must find is computed by the oracle, from lines that are written here and not by the package.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from chaintrace.addresses import script_address
from tests.chaintrace.adapters.bitcoin.making import framed
from tests.nodes.chain import COIN, MadeBlock, Output, Payment, genesis, mine, op_return, p2pkh, p2wpkh, pay
from tests.oracle.oracle import run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from tests.nodes.running import Bcoin

CHAIN = "bitcoin-regtest"
ORIGIN = "theft"
SEED_VOUT = 0
FORK = 441
"""The height of the last block that both chains have."""
METHODS = ("fifo", "lifo", "libr", "haircut")


@dataclass(frozen=True)
class Story:
    """The blocks in chain order, from height 1, and the payments by name."""

    blocks: tuple[MadeBlock, ...]
    payments: dict[str, Payment]

    @property
    def tip(self) -> MadeBlock:
        """The last block."""
        return self.blocks[-1]

    @property
    def theft(self) -> Payment:
        """The transaction of the seed; its output `SEED_VOUT` is the stolen one."""
        return self.payments["theft"]

    def block(self, height: int) -> MadeBlock:
        """The block at a height from 1 on."""
        return self.blocks[height - 1]

    def block_of(self, name: str) -> MadeBlock:
        """The block that holds a payment."""
        return next(block for block in self.blocks if self.payments[name] in block.payments)


@cache
def told() -> Story:
    """The story to its end. The same object each time: nobody changes it."""
    chain = [mine(None)]
    while chain[-1].height < 432:
        chain.append(mine(chain[-1]))
    payments = _payments(chain[0])
    by_block = (
        ("fund",),
        ("theft",),
        ("split",),
        ("merge",),
        ("peel one",),
        ("peel two", "peel three"),
        ("payout", "mixed"),
        (),
        (),
        ("late",),
    )
    for names in by_block:
        chain.append(mine(chain[-1], [payments[name] for name in names]))
    return Story(tuple(chain), payments)


def _payments(first: MadeBlock) -> dict[str, Payment]:
    """Every payment by name, in chain order."""
    fund = pay(
        [first.coinbase.coin(0)],
        [
            p2pkh("victim", 30 * COIN),
            p2wpkh("stranger", 10 * COIN),
            p2pkh("customer", 5 * COIN),
            p2pkh("miner", 5 * COIN - 10_000),
        ],
    )
    theft = pay([fund.coin(0)], [p2wpkh("thief", 20 * COIN), p2pkh("victim", 10 * COIN - 7_000)])
    split = pay(
        [theft.coin(SEED_VOUT)],
        [
            p2wpkh("first", 8 * COIN),
            p2pkh("second", 7 * COIN),
            p2wpkh("third", 5 * COIN - 546 - 12_345),
            op_return(b"nothing to see", 546),
        ],
    )
    merge = pay(
        [fund.coin(1), split.coin(0)],
        [p2pkh("merged one", 6 * COIN), p2wpkh("merged two", 9 * COIN), p2wpkh("merged three", 3 * COIN - 20_001)],
    )
    one = pay([split.coin(1)], [p2pkh("service", 3 * COIN // 2), p2wpkh("peel one", 11 * COIN // 2 - 3_000)])
    two = pay([one.coin(1)], [p2wpkh("peel two", 7 * COIN // 2 - 6_000), p2pkh("service", 2 * COIN)])
    three = pay([two.coin(0)], [p2pkh("service", COIN - 1), p2wpkh("peel three", 5 * COIN // 2 - 9_000)])
    payout = pay([merge.coin(0)], [p2pkh("service", 6 * COIN - 4_000)])
    mixed = pay(
        [fund.coin(2), merge.coin(1)], [p2wpkh("market", 10 * COIN + 1), p2pkh("mixed change", 4 * COIN - 5_003)]
    )
    late = pay([split.coin(2)], [p2pkh("service", COIN), p2wpkh("late change", 4 * COIN - 546 - 12_345 - 2_000)])
    names = ("fund", "theft", "split", "merge", "peel one", "peel two", "peel three", "payout", "mixed", "late")
    return dict(zip(names, (fund, theft, split, merge, one, two, three, payout, mixed, late), strict=True))


def competing(story: Story, *, double_spend: bool = False, length: int = 2) -> tuple[MadeBlock, ...]:
    """Blocks on height 441 that take the place of block 442, in which nothing of the old one stands.

    With a double spend, the first of them pays the input of `late` to the key `runaway`; then `late` is void for ever.
    """
    payments = [pay([story.payments["split"].coin(2)], [p2wpkh("runaway", 4 * COIN)])] if double_spend else []
    chain = [mine(story.block(FORK), payments, tag=b"rival", late=60)]
    while len(chain) < length:
        chain.append(mine(chain[-1], tag=b"rival"))
    return tuple(chain)


def submit(blocks: Iterable[MadeBlock], node: Bcoin) -> None:
    """Gives the blocks to a node, which must take each; it follows the longest chain that it has been given."""
    given = tuple(blocks)
    answers = node.batch("submitblock", [(block.raw.hex(),) for block in given])
    for block, answer in zip(given, answers, strict=True):
        if answer is not None:
            raise AssertionError(f"the node does not take block {block.height} {block.hash}: {answer}")


def write_blk(blocks: Sequence[MadeBlock], path: Path) -> Path:
    """The blocks as a node keeps them, the genesis block first, in the order given: `blk00000.dat`."""
    path.write_bytes(framed([genesis(), *(block.raw for block in blocks)], CHAIN))
    return path


def write_jsonl(blocks: Sequence[MadeBlock], path: Path) -> Path:
    """Every transaction of these blocks as one line of transactions-jsonl, from what is known here alone."""
    path.write_text("".join(json.dumps(line) + "\n" for line in _lines(blocks)), "utf-8")
    return path


def _lines(blocks: Sequence[MadeBlock]) -> Iterator[dict[str, Any]]:
    """The contract's fields of each transaction, in chain order."""
    for block in blocks:
        for position, payment in enumerate((block.coinbase, *block.payments)):
            inputs = [{"prev_txid": coin.txid, "prev_vout": coin.vout, **_side(coin.output)} for coin in payment.spends]
            yield {
                "txid": payment.txid,
                "block_height": block.height,
                "block_hash": block.hash,
                "block_index": position,
                "time": block.time,
                "coinbase": position == 0,
                "inputs": inputs,
                "outputs": [{"n": vout, **_side(output)} for vout, output in enumerate(payment.outputs)],
            }


def _side(output: Output) -> dict[str, Any]:
    """What both sides of a transaction say of an output."""
    kind, address = script_address(output.script, CHAIN)
    return {"value": output.value, "address": address, "script": output.script.hex(), "type": kind}


def address(output: Output) -> str:
    """The address of an output, empty for one that has none."""
    return script_address(output.script, CHAIN)[1] or ""


def tagged() -> tuple[tuple[str, str], ...]:
    """Address and label of each service."""
    return ((address(p2pkh("service", 0)), "Service One"), (address(p2wpkh("market", 0)), "Market Two"))


def write_case(folder: Path, source: str, *, methods: Sequence[str] = METHODS) -> Path:
    """A case of the theft: `source` is the body of its `[[source]]`, without the chain. Tags name both services."""
    folder.mkdir(parents=True, exist_ok=True)
    story = told()
    rows = [f"{CHAIN},{place},{label},,exchange,ownership,made here,2026-01-01" for place, label in tagged()]
    header = "chain,address,label,actor,category,confidence,source,lastmod"
    (folder / "tags.csv").write_text("\n".join([header, *rows]) + "\n", "utf-8")
    toml = (
        f"[case]\nname = {ORIGIN!r}\nmethods = {json.dumps(list(methods))}\n\n"
        f"[[source]]\nchain = {CHAIN!r}\n{source.strip()}\n\n"
        f"[[seed]]\nchain = {CHAIN!r}\ntxid = {story.theft.txid!r}\nindex = {SEED_VOUT}\norigin = {ORIGIN!r}\n\n"
        "[[tags]]\npath = 'tags.csv'\n\n[rules]\nuse = []\n"
    )
    (folder / "case.toml").write_text(toml, "utf-8")
    return folder


def expected(
    folder: Path, blocks: Sequence[MadeBlock] | None = None, *, methods: Sequence[str] = METHODS
) -> dict[str, Any]:
    """What the oracle finds over these blocks (default: the whole story), its asset named as the package names it.

    `folder` is written to and emptied again. The keys are those of `tests.oracle.oracle.run`.
    """
    write_case(folder, "adapter = 'transactions-jsonl'\npath = 'story.jsonl'\ncomplete = 'all'", methods=methods)
    write_jsonl(told().blocks if blocks is None else blocks, folder / "story.jsonl")
    found = run(folder)
    shutil.rmtree(folder)
    return {name: _renamed(table) for name, table in found.items()}


def _renamed(table: Any) -> Any:  # dicts by tuples, lists of dicts or of names
    """The oracle calls every UTXO chain's asset BTC."""
    if isinstance(table, dict):
        return {_renamed_key(key): value for key, value in table.items()}
    return [{**row, "asset": "rBTC"} if isinstance(row, dict) else row for row in table]


def _renamed_key(key: tuple[str, ...]) -> tuple[str, ...]:
    """One key of a table of the oracle."""
    return tuple("rBTC" if part == "BTC" else part for part in key)
