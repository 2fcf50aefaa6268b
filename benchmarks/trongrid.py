"""`python -m benchmarks.trongrid MILLISECONDS ADDRESSES`: the ledger in TronGrid's shapes, that much later.

Shapes as the stand-in of the tests has them (tests/hostile/trongrid_server.py), with the same ten-thousand-row answers
left out: every history of this ledger fits on one page of 200.
"""

import asyncio
import hashlib
import json
import sys
from collections import defaultdict
from typing import Any
from urllib.parse import parse_qs, urlsplit

from benchmarks import loopback
from benchmarks.account_ledger import BEGIN, SLOT, USDT, Ledger, ledger
from benchmarks.plain import Row
from chaintrace.addresses import tron_to_hex

GENESIS = "00000000000000001ebf88508a03865c71d452e25f4d51194196a1d22b6653dc"
"""The id of the main network's first block (its last four bytes name the chain in data/chains.toml)."""

_BEFORE = 60_000_000
"""The height before the first payment."""


class Grid:
    """Answers from a ledger: blocks, events of a transaction, lists of transfers and balances of accounts."""

    def __init__(self, told: Ledger) -> None:
        """Nothing is made when it is asked for."""
        self._paid: dict[str, list[tuple[int, Row]]] = defaultdict(list)
        self._balances: dict[str, int] = defaultdict(int)
        self._places = {row.txid: place for place, row in enumerate(told.rows)}
        self._rows = told.rows
        for place, row in enumerate(told.rows):
            for address, sign in ((row.sender, -1), (row.receiver, 1)):
                self._paid[tron_to_hex(address)].append((place, row))
                self._balances[tron_to_hex(address)] += sign * row.value
        self._tip = _BEFORE + len(told.rows) + 40

    def __call__(self, path: str, sent: bytes) -> bytes:
        """The answer to one request."""
        parts = urlsplit(path)
        match parts.path.strip("/").split("/"):
            case ["v1", "accounts", address, "transactions", "trc20"]:
                found: Any = self._list(address, parse_qs(parts.query))
            case ["v1", "transactions", txid, "events"]:
                found = _page([self._event(txid)] if txid in self._places else [])
            case ["wallet" | "walletsolidity", "getnowblock"]:
                found = self._block(self._tip)
            case ["wallet", "getblockbynum"]:
                found = self._block(json.loads(sent)["num"])
            case ["wallet", "triggerconstantcontract"]:
                found = self._balance("41" + json.loads(sent)["parameter"][-40:])
            case _:
                found = {}
        return json.dumps(found, separators=(",", ":")).encode()

    def _block(self, height: int) -> dict[str, Any]:
        """As nodes tell it; `{}` after the tip."""
        if height > self._tip:
            return {}
        raw = {"timestamp": 1000 * _time(height), "number": height} if height else {"timestamp": 0}
        identity = f"{height:016x}" + hashlib.sha256(b"%d" % height).hexdigest()[:48] if height else GENESIS
        place = height - _BEFORE
        told = [{"txID": self._rows[place].txid}] if 0 <= place < len(self._rows) else []
        return {"blockID": identity, "block_header": {"raw_data": raw}, "transactions": told}

    def _balance(self, address: str) -> dict[str, Any]:
        """What `balanceOf` of the token answers: the least that an account can have is nothing."""
        value = max(0, self._balances.get(address, 0))
        return {"result": {"result": True}, "energy_used": 935, "constant_result": [f"{value:064x}"]}

    def _list(self, address: str, query: dict[str, list[str]]) -> dict[str, Any]:
        """The transfers of an account within the times that were asked for. Raises ValueError for more than a page."""
        least, most = int(query["min_timestamp"][0]), int(query["max_timestamp"][0])
        paid = [one for one in self._paid[tron_to_hex(address)] if least <= 1000 * _time(_BEFORE + one[0]) <= most]
        if len(paid) > int(query["limit"][0]):
            message = f"{address} has more than a page"
            raise ValueError(message)
        rows = [
            {
                "transaction_id": row.txid,
                "token_info": {"symbol": "USDT", "address": USDT, "decimals": 6, "name": "Tether USD"},
                "block_timestamp": 1000 * _time(_BEFORE + place),
                "from": row.sender,
                "to": row.receiver,
                "type": "Transfer",
                "value": str(row.value),
            }
            for place, row in paid
        ]
        return _page(rows if query["order_by"][0].endswith(",asc") else rows[::-1])

    def _event(self, txid: str) -> dict[str, Any]:
        """A row of `/v1/transactions/{id}/events`."""
        place = self._places[txid]
        row = self._rows[place]
        sides = ["0x" + tron_to_hex(side)[2:] for side in (row.sender, row.receiver)]
        named = {"from": sides[0], "to": sides[1], "value": str(row.value)}
        return {
            "block_number": _BEFORE + place,
            "block_timestamp": 1000 * _time(_BEFORE + place),
            "caller_contract_address": USDT,
            "contract_address": USDT,
            "event_index": 0,
            "event_name": "Transfer",
            "result": {"0": sides[0], "1": sides[1], "2": str(row.value), **named},
            "result_type": {"from": "address", "to": "address", "value": "uint256"},
            "event": "Transfer(address indexed from, address indexed to, uint256 value)",
            "transaction_id": txid,
        }


def _time(height: int) -> int:
    """The time of a block (Unix seconds, UTC)."""
    return BEGIN + SLOT * (height - _BEFORE)


def _page(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A page without a next one."""
    return {"data": rows, "success": True, "meta": {"at": 1_718_032_314_555, "page_size": len(rows)}}


if __name__ == "__main__":
    asyncio.run(loopback.serve(int(sys.argv[1]) / 1000, Grid(ledger(int(sys.argv[2])))))
