"""A case on outputs in which value rests at addresses that were spent together: small enough to check by head.

V pays T 40. T parts it: 12 and 6 to A, 10 and 8 to B, 4 to C. A's 12, B's 10 and 5 of U are spent together to X. So 6
rest at A, 8 at B, 4 at C and 22 at X, and A, B and U were spent together.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

CHAIN = "coins"
CASE = """\
[case]
name = "Together"

[[source]]
adapter = "transactions-jsonl"
path = "transactions.jsonl"
complete = "all"
chain = "coins"

[[seed]]
chain = "coins"
txid = "pay"
index = 0
origin = "payment"
{seed}
{tags}
[rules]
use = [{rules}]
"""
TAGS = "chain,address,label,actor,category,confidence,source,lastmod\n"


def txid(name: str) -> str:
    """A txid that begins with the name, in hex."""
    return name.encode().hex().ljust(64, "0")


def line(name: str, height: int, inputs: list[tuple[str, int, str, int]], outputs: list[tuple[str, int]]) -> str:
    """One transaction: inputs are (name, vout, address, value), outputs (address, value)."""
    spent = [
        {"prev_txid": txid(made), "prev_vout": vout, "address": address, "value": value}
        for made, vout, address, value in inputs
    ]
    made = [{"n": number, "address": address, "value": value} for number, (address, value) in enumerate(outputs)]
    row = {"txid": txid(name), "block_height": height, "time": 1_400_000_000 + height, "inputs": spent, "outputs": made}
    return json.dumps(row) + "\n"


LINES = (
    line("pay", 1, [("before", 0, "V", 50)], [("T", 40), ("V", 10)]),
    line("part", 2, [("pay", 0, "T", 40)], [("A", 12), ("B", 10), ("B", 8), ("A", 6), ("C", 4)]),
    line("join", 3, [("part", 0, "A", 12), ("part", 1, "B", 10), ("else", 0, "U", 5)], [("X", 27)]),
)


def outputs_case(
    folder: Path, *, rules: str = '"common_input"', tags: str = "", seed: str = "", more: tuple[str, ...] = ()
) -> Path:
    """Write the case; `tags` are rows of a tags file, `seed` lines of the seed, `more` transactions of the file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "transactions.jsonl").write_text("".join((*LINES, *more)), "utf-8")
    if tags:
        (folder / "tags.csv").write_text(TAGS + tags, "utf-8")
    named = '[[tags]]\npath = "tags.csv"\n' if tags else ""
    text = CASE.replace('"pay"', f'"{txid("pay")}"').format(rules=rules, tags=named, seed=seed)
    (folder / "case.toml").write_text(text, "utf-8")
    return folder
