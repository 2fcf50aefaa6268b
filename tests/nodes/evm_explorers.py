"""Explorers that have indexed a story on a real node: the stand-ins, fed by its blocks, receipts and traces.

What a node says itself (blocks, receipts, traces, balances) is handed on from the node. What an explorer lists is made
here from the pages of the books and from the node's traces, so that a list can hold what the node has.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tests.hostile import blockscout_ledger as scout
from tests.hostile.blockscout_server import Blockscout
from tests.hostile.etherscan_server import NO_ACTION, Explorer, given, refusal, result
from tests.hostile.server import Given
from tests.nodes.anvil import CHAIN_ID, RICH, address
from tests.nodes.evm_books import NATIVE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.nodes.anvil import Anvil
    from tests.nodes.evm_books import Books, Move, Page

ZERO = "0x" + "0" * 40
PLAINLY = {"CALL": "call", "CREATE": "create", "CREATE2": "create", "SELFDESTRUCT": "selfdestruct"}
"""The kinds of frames that can move value, in the words of explorers."""


@dataclass(frozen=True)
class Inside:
    """A frame inside a transaction: its path, its kind, what it sends; `held` when neither it nor a caller failed."""

    path: tuple[int, ...]
    kind: str
    sender: str
    receiver: str
    value: int
    failed: bool
    held: bool


@dataclass
class Indexed:
    """What an explorer knows of a node: the pages of the books beside the node's own words."""

    node: Anvil
    books: Books
    _told: dict[tuple[str, str], Any] = field(default_factory=dict)

    def ask(self, method: str, *params: Any) -> Any:
        """What the node answers; what does not change is asked once."""
        key = (method, json.dumps(params))
        if key not in self._told:
            self._told[key] = self.node.rpc(method, *params)
        return self._told[key]

    def receipt(self, page: Page) -> dict[str, Any]:
        return self.ask("eth_getTransactionReceipt", page.txid)

    def told(self, page: Page) -> dict[str, Any]:
        return self.ask("eth_getTransactionByHash", page.txid)

    def tokens(self, page: Page) -> list[Move]:
        """What its logs tell of tokens."""
        return [move for move in page.moves if move.index.startswith("log:") and not page.failed]

    def inside(self, page: Page) -> list[Inside]:
        """The frames of a transaction below its own, in execution order."""
        first = self.ask("debug_traceTransaction", page.txid, {"tracer": "callTracer"})
        return list(_frames(first, (), failed="error" in first))

    def balance(self, party: str, contract: str, height: int | None = None) -> int:
        """What an address has at the end of a block, by the books."""
        held = RICH if not contract and party in {address(f"rich {number}") for number in range(10)} else 0
        for page, move in self.books.moves():
            if move.asset == contract and (height is None or page.height <= height):
                held += move.value * ((move.receiver == party) - (move.sender == party))
        return held


def _frames(frame: dict[str, Any], path: tuple[int, ...], *, failed: bool) -> Iterator[Inside]:
    for place, call in enumerate(frame.get("calls", ())):
        own, below = (*path, place), failed or "error" in call
        kind = PLAINLY.get(call["type"], call["type"].lower())
        sides = call["from"].lower(), call.get("to", ZERO).lower()
        yield Inside(own, kind, *sides, int(call.get("value", "0x0"), 16), "error" in call, not below)
        yield from _frames(call, own, failed=below)


@dataclass
class Etherscan(Explorer):
    """An explorer with Etherscan's API over a node. `records` is the most rows of an answer."""

    books: Any = None
    indexed: Indexed = None  # type: ignore[assignment]  # always given
    chain_id: int = CHAIN_ID

    def answer(self, query: dict[str, str]) -> Given:
        """As the stand-in does, from the node."""
        if query.get("action") in {"balance", "tokenbalance"} and query["action"] not in self.closed:
            return given(str(self.indexed.balance(query["address"], query.get("contractaddress", ""))))
        return super().answer(query)

    def _sent(self, query: dict[str, str]) -> list[dict]:
        party = query["address"]
        every = [(page, self._line(page)) for page in self.indexed.books.pages.values()]
        return [row for page, row in every if party in {row["from"], row["to"], page.created}]

    def _inside(self, query: dict[str, str]) -> list[dict]:
        found = []
        for page in self.indexed.books.pages.values():
            if query.get("txhash", page.txid) != page.txid:
                continue
            for frame in self.indexed.inside(page):
                if frame.kind not in {"call", "create", "selfdestruct"}:
                    continue
                creates = frame.kind == "create"
                row = self._where(page) | {
                    "from": frame.sender,
                    "to": "" if creates else frame.receiver,
                    "contractAddress": frame.receiver if creates else "",
                    "value": str(frame.value),
                    "input": "",
                    "type": frame.kind,
                    "gas": "2300",
                    "gasUsed": "0",
                    "traceId": "_".join(map(str, frame.path)),
                    "isError": "0" if frame.held else "1",
                    "errCode": "",
                }
                if query.get("txhash"):
                    found.append({name: value for name, value in row.items() if name not in {"hash", "traceId"}})
                elif query.get("address") in {frame.sender, frame.receiver}:
                    found.append(row)
        return found

    def _tokens(self, query: dict[str, str]) -> list[dict]:
        party, contract = query["address"], query["contractaddress"]
        return [
            self._line(page)
            | {"contractAddress": contract, "from": move.sender or ZERO, "to": move.receiver or ZERO}
            | {"value": str(move.value), "tokenName": "Token", "tokenSymbol": "T", "tokenDecimal": "6"}
            | {"input": "deprecated"}
            for page in self.indexed.books.pages.values()
            for move in self.indexed.tokens(page)
            if contract == move.asset and party in {move.sender or ZERO, move.receiver or ZERO}
        ]

    def _withdrawn(self, query: dict[str, str]) -> list[dict]:
        del query
        return []

    def _where(self, page: Page) -> dict[str, str]:
        return {"blockNumber": str(page.height), "timeStamp": str(page.time), "hash": page.txid}

    def _line(self, page: Page) -> dict[str, str]:
        told, receipt = self.indexed.told(page), self.indexed.receipt(page)
        return self._where(page) | {
            "blockHash": receipt["blockHash"],
            "nonce": "0",
            "transactionIndex": str(int(receipt["transactionIndex"], 16)),
            "from": page.sender,
            "to": told["to"] or "",
            "value": str(int(told["value"], 16)),
            "gas": "500000",
            "gasPrice": str(int(receipt["effectiveGasPrice"], 16)),
            "input": told["input"],
            "contractAddress": page.created or "",
            "txreceipt_status": "0" if page.failed else "1",
            "gasUsed": str(int(receipt["gasUsed"], 16)),
            "confirmations": "9",
            "isError": "1" if page.failed else "0",
        }

    def _proxy(self, query: dict[str, str]) -> Given:
        match query["action"]:
            case "eth_blockNumber":
                return result(hex(self.indexed.node.height))
            case "eth_getBlockByNumber":
                return result(self.indexed.node.rpc("eth_getBlockByNumber", query["tag"], query["boolean"] == "true"))
            case "eth_getTransactionByHash" | "eth_getTransactionReceipt" as method:
                return result(self.indexed.node.rpc(method, query["txhash"]))
        return refusal(NO_ACTION)


@dataclass
class Scouted(scout.Ledger):
    """The blocks of a node as the stand-in of Blockscout reads them. Balances are those of the books."""

    indexed: Indexed

    def __post_init__(self) -> None:
        """Read every block."""
        super().__init__()
        txs: dict[int, list[scout.Tx]] = defaultdict(list)
        for page in self.indexed.books.pages.values():
            txs[page.height].append(self._tx(page))
        ask, nobody = self.indexed.ask, scout.address("nobody")
        self.blocks = []
        for height in range(self.indexed.node.height + 1):
            told = ask("eth_getBlockByNumber", hex(height), False)
            time = int(told["timestamp"], 16)
            self.blocks.append(scout.Block(height, told["hash"], time, txs[height], nobody, 0, []))

    def _tx(self, page: Page) -> scout.Tx:
        told, receipt = self.indexed.told(page), self.indexed.receipt(page)
        calls = [
            scout.Call(one.sender, one.receiver, one.value, one.kind, one.failed, not one.held and not one.failed)
            for one in self.indexed.inside(page)
        ]
        moves = [
            scout.Move(one.asset, one.sender or ZERO, one.receiver or ZERO, one.value, log=int(one.index[4:]))
            for one in self.indexed.tokens(page)
        ]
        fields = {"data": told["input"], "ok": not page.failed, "calls": calls, "moves": moves, "created": page.created}
        price = int(receipt["effectiveGasPrice"], 16)
        return scout.Tx(
            page.sender, told["to"], int(told["value"], 16), gas_used=int(receipt["gasUsed"], 16), gas_price=price,
            kind=int(told["type"], 16), height=page.height, txid=page.txid,
            position=int(receipt["transactionIndex"], 16), **fields,
        )  # fmt: skip

    @cached_property
    def parties(self) -> set[tuple[str, str]]:
        """Every (address, contract) of the books; the native asset is `NATIVE`."""
        sides = [(side, move.asset) for _, move in self.indexed.books.moves() for side in (move.sender, move.receiver)]
        return {(side, contract) for side, contract in sides if side} | {(address("rich 1"), NATIVE)}

    def balances(self, height: int | None = None) -> dict[tuple[str, str], int]:
        found: dict[tuple[str, str], int] = defaultdict(int)
        return found | {key: self.indexed.balance(*key, height) for key in self.parties}


@dataclass
class Instance(Blockscout):
    """An instance of Blockscout over a node: raw traces are the node's own."""

    chain_id: int = CHAIN_ID

    def _transaction(self, txid: str, rest: list[str]) -> Given:
        if rest == ["raw-trace"] and self.raw_trace:
            return Given.json(self.ledger.indexed.node.rpc("trace_transaction", txid))  # type: ignore[attr-defined]  # a Scouted
        return super()._transaction(txid, rest)
