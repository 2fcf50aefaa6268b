"""Draws docs/images/rules.svg: what each rule says of the ledger of docs/start.md, from real traces of it.

`python -m tests.docs.concept_picture` makes it anew. Each bar is an outflow, or what is left; its dark part is value of
the payment. Widths are whole numbers of a grid, so that the same ledger gives the same bytes.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import NamedTuple

import chaintrace
from tests.conftest import ROOT
from tests.docs.pages import blocks

PICTURE = ROOT / "docs" / "images" / "rules.svg"
METHODS = ("fifo", "lifo", "libr", "haircut")
OUTFLOWS = (("rent", "to the shop", 9000), ("deposit", "to the exchange", 4000), ("gift", "to a friend", 2000))
LEFT = 6000
"""What is left in the wallet of 100.00 and 60.00 and 50.00 that came in, less the three outflows."""
NAMES, TOP, ROW, BAR, GAP, SCALE = 96, 46, 58, 26, 26, 40
"""Pixels: room for names, above the first row, of a row, of a bar, between bars; base units a pixel."""


class Part(NamedTuple):
    """A bar: how much it is in all, and how much of it is the payment's, in cents."""

    whole: int
    traced: int


def parts(folder: Path, method: str) -> list[Part]:
    """The outflows of the wallet under a method, and what is left in it."""
    made = chaintrace.open_case(folder).follow(methods=[method], report=folder / method)
    gone: dict[str, int] = {}
    for hop in made.hops:
        if hop["from_address"] == "wallet":
            gone[hop["txid"]] = gone.get(hop["txid"], 0) + hop["traced_value"]
    left = sum(row["traced_value"] for row in made.resting if row["address"] == "wallet")
    return [*(Part(whole, gone.get(txid, 0)) for txid, _, whole in OUTFLOWS), Part(LEFT, left)]


def amount(cents: int) -> str:
    """Cents as euros."""
    return f"{cents // 100}.{cents % 100:02d}"


def drawn(rows: dict[str, list[Part]]) -> str:
    """The picture of all methods."""
    widths = [part.whole // SCALE for part in next(iter(rows.values()))]
    starts = [NAMES + sum(widths[:at]) + GAP * at for at in range(len(widths))]
    heads = [*(name for _, name, _ in OUTFLOWS), "left"]
    width, height = starts[-1] + widths[-1] + GAP, TOP + ROW * len(rows)
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    look = 'role="img" font-family="sans-serif" font-size="12" fill="#15202b"'
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {look}>',
        "<title>What each rule says of the same ledger</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    for start, head, part in zip(starts, heads, next(iter(rows.values())), strict=True):
        out.append(f'<text x="{start}" y="18">{head}</text>')
        out.append(f'<text x="{start}" y="34" fill="#4a5866">{amount(part.whole)}</text>')
    for at, (method, row) in enumerate(rows.items()):
        y = TOP + ROW * at
        out.append(f'<text x="8" y="{y + 18}" font-weight="bold">{method}</text>')
        for start, part, wide in zip(starts, row, widths, strict=True):
            dark = part.traced * wide // part.whole
            out.append(f'<rect x="{start}" y="{y}" width="{wide}" height="{BAR}" fill="#e3e8ee" stroke="#4a5866"/>')
            out.append(f'<rect x="{start}" y="{y}" width="{dark}" height="{BAR}" fill="#0b4f8a"/>')
            out.append(f'<text x="{start}" y="{y + BAR + 15}">{amount(part.traced)}</text>')
    return "\n".join([*out, "</svg>", ""])


def draw() -> str:
    """Trace the ledger of docs/start.md under every method, and draw it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for block in blocks("docs/start.md"):
            if block.name in {"ledger.csv", "tags.csv", "case.toml"}:
                (folder / block.name).write_text(block.text, "utf-8")
        return drawn({method: parts(folder, method) for method in METHODS})


if __name__ == "__main__":
    PICTURE.write_text(draw(), "utf-8", newline="\n")
