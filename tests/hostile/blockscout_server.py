"""A stand-in for an instance of Blockscout: it answers from a small ledger, in the words and pages of the real one.

    with HostileServer(Blockscout(ledger)) as server:            # server.url is the url of a source
        server.change(fault, on="/api/v2/addresses/")            # and server.fault, as tests/hostile/server.py has it

The hosted API has the chain's id before the same paths (`https://api.blockscout.com/1`). Shapes: recorded answers of
the shared data, and blockscout/blockscout, `views/api/v2/*.ex`; pages as `block_scout_web/chain.ex` makes them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from tests.hostile.blockscout_ledger import ZERO, Block, Call, Issue, Ledger, Move, Tx
from tests.hostile.blockscout_rpc import rpc
from tests.hostile.server import Asked, Given

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

NOT_FOUND = Given.json({"message": "Not found"}, 404)
KNOWN = frozenset({"block_number", "index", "transaction_index", "items_count", "token", "type", "filter", "hash"})


def instant(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%S.000000Z")


def party(hash_: str | None) -> dict[str, object] | None:
    """An address as the views have it, with capitals in it as a checksum has."""
    return None if hash_ is None else {"hash": "0x" + hash_[2:].upper(), "is_contract": False, "name": None}


@dataclass
class Blockscout:
    """The handler of a server. `version` 6 has the old names of fields, 11 counts in the marker, 12 does not."""

    ledger: Ledger
    version: int = 12
    page: int = 50
    chain_id: int = 1
    finished: bool | None = True
    finalized: int | None = None
    methods: frozenset[str] = frozenset(
        {"eth_chainId", "eth_getBlockByNumber", "eth_getTransactionReceipt", "eth_call", "eth_getLogs"}
    )
    raw_trace: bool = True
    counters: bool = True
    balances: bool = True
    balance_height: int | None = None
    hidden: set[str] = field(default_factory=set)

    def __call__(self, asked: Asked) -> Given:
        """What the real one would say."""
        parts = urlsplit(asked.path)
        path = parts.path.removeprefix(f"/{self.chain_id}")
        if path in {"/api/eth-rpc", "/json-rpc"}:
            return rpc(self, json.loads(asked.body))
        return self.answer(path.removeprefix("/api/v2"), dict(parse_qsl(parts.query)))

    def answer(self, path: str, query: dict[str, str]) -> Given:  # a table of routes
        """The answer to a path, without a socket."""
        match path.strip("/").split("/"):
            case ["main-page", "blocks"]:
                return Given.json([self.block(one) for one in reversed(self.ledger.blocks[-4:])])
            case ["main-page", "indexing-status"] if self.finished is not None:
                return Given.json({"finished_indexing": self.finished, "finished_indexing_blocks": self.finished})
            case ["blocks", number]:
                known = int(number) < len(self.ledger.blocks)
                return Given.json(self.block(self.ledger.blocks[int(number)])) if known else NOT_FOUND
            case ["transactions", txid, *rest]:
                return self._transaction(txid, rest)
            case ["addresses", who, *rest]:
                return self._address(who, rest, query)
        return NOT_FOUND

    def time(self, height: int) -> str:
        return instant(self.ledger.blocks[height].time)

    def block(self, one: Block) -> dict[str, object]:
        rewards = [{"type": "validator", "reward": str(one.reward)}] if one.reward else []
        return {
            "height": one.height,
            "hash": one.hash,
            "timestamp": instant(one.time),
            "miner": party(one.miner),
            "rewards": rewards,
            "gas_used_percentage": 51.25,
        }

    def transaction(self, tx: Tx) -> dict[str, object]:
        placed = tx.height is not None
        number = "block" if self.version < 7 else "block_number"
        fee = {"type": "actual", "value": str(tx.fee)} if placed else {"type": "maximum", "value": "999999999"}
        return {
            "hash": tx.txid,
            "status": None if not placed else "ok" if tx.ok else "error",
            "result": "pending" if not placed else "success" if tx.ok else "Reverted",
            number: tx.height,
            "timestamp": self.time(tx.height) if tx.height is not None else None,
            "from": party(tx.sender),
            "to": party(tx.receiver),
            "created_contract": party(tx.created),
            "value": str(tx.value),
            "fee": fee,
            "gas_price": str(tx.gas_price),
            "gas_used": str(tx.gas_used) if placed else None,
            "gas_limit": "1000000",
            "type": tx.kind,
            "position": tx.position if placed else None,
            "raw_input": tx.data,
            "confirmation_duration": [0, 2000.0],
            "has_error_in_internal_transactions": any(call.failed or call.undone for call in tx.calls),
        }

    def call(self, tx: Tx, index: int, call: Call) -> dict[str, object]:
        number = {"block": tx.height} if self.version < 7 else {"block_number": tx.height}
        place = {} if self.version < 7 else {"transaction_index": tx.position}
        creates = call.kind == "create"
        return {
            "transaction_hash": tx.txid,
            "type": call.kind,
            "success": not call.failed,
            "error": "reverted" if call.failed else None,
            "from": party(call.sender),
            "to": None if creates else party(call.receiver),
            "created_contract": party(call.receiver) if creates else None,
            "value": str(call.value),
            "timestamp": self.time(tx.height or 0),
            "index": index,
            **number,
            **place,
        }

    def transfer(self, tx: Tx, move: Move) -> dict[str, object]:
        old = self.version < 7
        total = (
            {"decimals": "6", "value": str(move.value)}
            if move.standard == "ERC-20"
            else {"token_id": str(move.token_id)}
        )
        return {
            "tx_hash" if old else "transaction_hash": tx.txid,
            "block_hash": self.ledger.blocks[tx.height or 0].hash,
            **({} if old else {"block_number": tx.height}),
            "timestamp": self.time(tx.height or 0),
            "log_index": str(move.log) if old else move.log,
            "from": party(move.sender),
            "to": party(move.receiver),
            "token": {"address" if old else "address_hash": party(move.contract)["hash"], "type": move.standard},
            "total": total,
            "type": "token_minting" if move.sender == ZERO else "token_transfer",
        }

    def _transaction(self, txid: str, rest: list[str]) -> Given:
        tx = next((one for one in [*self.ledger.everything(), *self.ledger.pending] if one.txid == txid), None)
        if tx is None:
            return NOT_FOUND
        match rest:
            case []:
                return Given.json(self.transaction(tx))
            case ["raw-trace"] if self.raw_trace:
                return Given.json(_frames(tx))
            case ["internal-transactions"]:
                rows = [self.call(tx, n, call) for n, call in enumerate(tx.calls, 1)]
                return Given.json({"items": rows, "next_page_params": None})
            case ["logs"]:
                return Given.json({"items": [log(move) for move in tx.moves if tx.ok], "next_page_params": None})
        return NOT_FOUND

    def _address(self, who: str, rest: list[str], query: dict[str, str]) -> Given:  # noqa: PLR0911  # a table of routes
        strange = set(query) - KNOWN
        if strange and self.version >= 9:
            return Given.json({"errors": [{"title": "Unexpected field", "source": {"pointer": min(strange)}}]}, 422)
        height = len(self.ledger.blocks) - 1 if self.balance_height is None else self.balance_height
        match rest:
            case []:
                value = self.ledger.balances(height)[who, ""] if self.balances else None
                updated = height if self.balances else None
                shown = None if value is None else str(value)
                return Given.json({"hash": who, "coin_balance": shown, "block_number_balance_updated_at": updated})
            case ["counters"]:
                number = str(len(self.rows(who, "transactions", {})))
                moves = str(len(self.rows(who, "token-transfers", {})))
                return Given.json({"transactions_count": number, "token_transfers_count": moves})
            case ["tabs-counters"] if self.counters:
                return Given.json(self._tabs(who))
            case ["token-balances"]:
                held = {c: v for (a, c), v in self.ledger.balances().items() if a == who and c and v}
                return Given.json(
                    [{"token": {"address_hash": c}, "value": str(v), "token_id": None} for c, v in held.items()]
                )
            case [name] if name in KEYS:
                return self.listed(who, name, query)
        return NOT_FOUND

    def _tabs(self, who: str) -> dict[str, int]:
        names = {"blocks-validated": "validations_count"}
        counted = {name: len(self.rows(who, name, {})) for name in KEYS}
        return {names.get(name, f"{name.replace('-', '_')}_count"): min(n, 51) for name, n in counted.items()}

    def listed(self, who: str, name: str, query: dict[str, str]) -> Given:
        """One page: newest first, behind the marker."""
        rows = self.rows(who, name, query)
        keys = KEYS[name]
        if keys[0] in query:
            if any(not query.get(key, "").isdigit() for key in keys):
                return Given.json({"errors": [{"title": "Invalid value"}]}, 422)
            behind = tuple(int(query[key]) for key in keys)
            rows = [row for row in rows if row[0] < behind]
        page, more = rows[: self.page], len(rows) > self.page
        marker: dict[str, object] | None = None
        if more:
            marker = dict(zip(keys, page[-1][0], strict=True))
            if self.version < 12:
                marker["items_count"] = int(query.get("items_count", 0)) + len(page)
        return Given.json({"items": [row[1] for row in page], "next_page_params": marker})

    def rows(self, who: str, name: str, query: dict[str, str]) -> list[tuple[tuple[int, ...], dict[str, object]]]:
        """Every row of a list with its place, newest first; pending ones before them."""
        found = [row for row in LISTS[name](self, who, query) if str(row[1].get("hash")) not in self.hidden]
        return sorted(found, key=lambda row: row[0], reverse=True)

    def transactions_of(self, who: str, _: dict[str, str]) -> list[tuple[tuple[int, ...], dict[str, object]]]:
        every = [*self.ledger.everything(), *self.ledger.pending]
        mine = [tx for tx in every if who in {tx.sender, tx.receiver, tx.created}]
        return [((1 << 60 if tx.height is None else tx.height, tx.position), self.transaction(tx)) for tx in mine]

    def calls_of(self, who: str, _: dict[str, str]) -> list[tuple[tuple[int, ...], dict[str, object]]]:
        """Of the transaction's own call the real list has nothing, unless it makes a contract."""
        return [
            ((tx.height or 0, tx.position, index), self.call(tx, index, call))
            for tx in self.ledger.everything()
            for index, call in enumerate([Call(tx.sender, tx.created or "", tx.value, "create"), *tx.calls])
            if who in {call.sender, call.receiver} and (index or tx.created)
        ]

    def transfers_of(self, who: str, query: dict[str, str]) -> list[tuple[tuple[int, ...], dict[str, object]]]:
        wanted = query.get("token")
        return [
            ((tx.height or 0, move.log), self.transfer(tx, move))
            for tx in self.ledger.everything()
            for move in tx.moves
            if tx.ok and who in {move.sender, move.receiver} and wanted in {None, move.contract}
        ]

    def withdrawals_of(self, who: str, _: dict[str, str]) -> list[tuple[tuple[int, ...], dict[str, object]]]:
        return [
            ((one.index,), self.withdrawal(one))
            for block in self.ledger.blocks
            for one in block.issues
            if one.receiver == who
        ]

    def withdrawal(self, one: Issue) -> dict[str, object]:
        place = {"block_number": one.height, "timestamp": self.time(one.height)}
        return {"index": one.index, "amount": str(one.value), "receiver": party(one.receiver), **place}

    def blocks_of(self, who: str, _: dict[str, str]) -> list[tuple[tuple[int, ...], dict[str, object]]]:
        return [((one.height,), self.block(one)) for one in self.ledger.blocks if one.miner == who]


KEYS: dict[str, Sequence[str]] = {
    "transactions": ("block_number", "index"),
    "internal-transactions": ("block_number", "transaction_index", "index"),
    "token-transfers": ("block_number", "index"),
    "withdrawals": ("index",),
    "blocks-validated": ("block_number",),
}
LISTS: dict[str, Callable[..., list[tuple[tuple[int, ...], dict[str, object]]]]] = {
    "transactions": Blockscout.transactions_of,
    "internal-transactions": Blockscout.calls_of,
    "token-transfers": Blockscout.transfers_of,
    "withdrawals": Blockscout.withdrawals_of,
    "blocks-validated": Blockscout.blocks_of,
}


def log(move: Move) -> dict[str, object]:
    """A log as `/transactions/{hash}/logs` has it."""
    from tests.hostile.blockscout_rpc import transfer_log

    told = transfer_log(move)
    topics = [*told["topics"], *[None] * (4 - len(told["topics"]))]
    return {"index": move.log, "address": party(move.contract), "topics": topics, "data": told["data"]}


def _frames(tx: Tx) -> list[dict[str, object]]:
    """A raw trace: the transaction's own call, and its calls; one that was undone stands under one that failed."""
    first = _frame(tx.sender, tx.receiver, tx.value, "call", [], failed=not tx.ok)
    if tx.receiver is None:
        action = {"from": tx.sender, "value": hex(tx.value), "gas": "0x1", "init": tx.data}
        first = {"type": "create", "action": action, "traceAddress": [], "result": {"address": tx.created}}
    frames = [first]
    for place, call in enumerate(tx.calls):
        path = [place]
        if call.undone:
            frames.append(_frame(tx.sender, call.sender, 0, "call", [place], failed=True))
            path = [place, 0]
        frames.append(_frame(call.sender, call.receiver, call.value, call.kind, path, failed=call.failed))
    return frames


def _frame(  # each is named where it is not plain
    sender: str, receiver: str | None, value: int, kind: str, path: list[int], *, failed: bool
) -> dict[str, object]:
    over = {"error": "Reverted"} if failed else {"result": {"gasUsed": "0x1", "output": "0x"}}
    if kind == "selfdestruct":
        action = {"address": sender, "refundAddress": receiver, "balance": hex(value)}
        return {"type": "suicide", "action": action, "traceAddress": path, **over}
    if kind == "create":
        made = {} if failed else {"result": {"address": receiver, "code": "0x"}}
        action = {"from": sender, "value": hex(value), "gas": "0x1", "init": "0x"}
        return {"type": "create", "action": action, "traceAddress": path, **over, **made}
    action = {"from": sender, "to": receiver, "value": hex(value), "gas": "0x1", "input": "0x", "callType": kind}
    return {"type": "call", "action": action, "traceAddress": path, **over}
