"""A case of three lines: a victim pays 100, 60 of it reach an exchange, 40 rest. Small enough to check by head."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

CASE = """\
[case]
name = "Small"

[[source]]
adapter = "transfers-csv"
path = "transfers.csv"
complete = "complete.txt"
chain = "ledger"

[[seed]]
chain = "ledger"
txid = "t1"
index = 0
origin = "payment"

[[tags]]
path = "tags.csv"
"""
TRANSFERS = """\
chain,txid,index,height,time,asset,decimals,from,to,value
ledger,t1,0,,1600000000,GOLD,2,victim,taker,100
ledger,t2,0,,1600000010,GOLD,2,taker,shop,60
"""
TAGS = """\
chain,address,label,actor,category,confidence,source,lastmod
ledger,shop,The Shop,shop,exchange,service_api,register,2026-01-01
"""
COMPLETE = "taker\n"


def small_case(folder: Path, **files: str) -> Path:
    """Write the case; `case`, `transfers`, `tags` and `complete` replace the contents of these files."""
    folder.mkdir(parents=True, exist_ok=True)
    contents = {"case": CASE, "transfers": TRANSFERS, "tags": TAGS, "complete": COMPLETE, **files}
    names = {"case": "case.toml", "transfers": "transfers.csv", "tags": "tags.csv", "complete": "complete.txt"}
    for key, text in contents.items():
        (folder / names[key]).write_text(text, encoding="utf-8")
    return folder
