"""A case whose payment has a price of its day in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def valued(folder: Path, **valuation: str) -> Path:
    """Write the case; `valuation` are further lines of its table `[valuation]`, or others in place of its own."""
    folder.mkdir()
    head = "chain,txid,index,height,time,asset,decimals,from,to,value\n"
    moved = "ledger,t1,0,,2022-05-09T14:00:00Z,GOLD,2,victim,taker,100000\n"
    (folder / "transfers.csv").write_text(head + moved)
    prices = "ledger,GOLD,2022-05-08,1.3000,USD\nledger,GOLD,2022-05-10,1.5,USD\n"
    (folder / "prices.csv").write_text("chain,contract,time,price,currency\n" + prices)
    source = "adapter = 'transfers-csv'\npath = 'transfers.csv'\ncomplete = 'all'\nchain = 'ledger'\n"
    told = {"currency": "USD", "prices": "prices.csv", "interval": "day", "source": "an exchange that there is not"}
    priced = "".join(f"{key} = '{value}'\n" for key, value in {**told, **valuation}.items())
    seed = "[[seed]]\nchain = 'ledger'\ntxid = 't1'\norigin = 'payment'\n"
    (folder / "case.toml").write_text(f"[case]\nname = 'Gold'\n[[source]]\n{source}{seed}[valuation]\n{priced}")
    return folder
