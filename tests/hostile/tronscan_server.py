"""A stand-in for Tronscan's API: it answers from a ledger in memory, in the explorer's words and with its limits.

    with HostileServer(Tronscan(ledger)) as server:      # then server.url + "/api" is the url of a source
        server.change(fault, on="/api/token_trc20")      # and server.fault, as tests/hostile/server.py has it

Shapes: TRONSCAN API Documentation; the recorded row of ../shared/data/tron/tronscan-fields; recorded answers published
by brylovit78/rotkibv, from which also come the window of 10,000, the count of whole days and what a fee is where.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from chaintrace.addresses import tron_to_hex
from tests.hostile.server import Given
from tests.hostile.tron_ledger import height_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.hostile.server import Asked
    from tests.hostile.tron_ledger import Paid, TronLedger

SERVICE = 1_000_000
"""The count of an address of which the stand-in holds no history: as the real one counts for a service."""
EVENTS = "contracts/smart-contract-triggers-batch"
OPTIONAL = frozenset({"system/status", "account/tokens", "accountv2", EVENTS})
BURNED = 27_255_900
"""The fee of a call of a token, in sun."""
_DAY = 86_400_000
_TRX = {"tokenId": "_", "tokenAbbr": "trx", "tokenDecimal": 6, "tokenType": "trc10"}


@dataclass
class Tronscan:
    """The handler of a server.

    `page` is the longest page, `window` what one question lists at most, `complete` the addresses whose histories it
    holds (None: all). `key` is needed for balances, where one is set. `failed` are the transactions that were reverted,
    `tags` what it calls addresses, `more` answers of `transaction-info` by txid, `balances` those of which it lies, and
    `offers` the optional questions that it answers. `sent` and `calls` are the entries of its lists of transactions and
    of calls inside (`sent_trx`, `called`, `inner`); `held` what `accountv2` says beside the balance.
    """

    ledger: TronLedger
    page: int = 50
    window: int = 10_000
    complete: frozenset[str] | None = None
    key: str = ""
    failed: frozenset[str] = frozenset()
    tags: dict[str, str] = field(default_factory=dict)
    more: dict[str, dict[str, Any]] = field(default_factory=dict)
    balances: dict[tuple[str, str], int] = field(default_factory=dict)
    offers: frozenset[str] = OPTIONAL
    sent: list[dict[str, Any]] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)
    held: dict[str, Any] = field(default_factory=dict)

    def __call__(self, asked: Asked) -> Given:
        """What the real one would say."""
        parts = urlsplit(asked.path)
        query = dict(parse_qsl(parts.query))
        if asked.body:
            query["txid"] = json.loads(asked.body)["hashList"][0]
        has_key = not self.key or asked.headers.get("tron-pro-api-key") == self.key
        return self.answer(parts.path.removeprefix("/api/"), query, has_key=has_key)

    def answer(self, path: str, query: dict[str, str], *, has_key: bool = True) -> Given:
        """The answer to a question, without a socket."""
        answers = {
            "block": self._blocks,
            "transaction-info": lambda asked: self.info(asked["hash"]),
            "token_trc20/transfers": self._transfers,
            "transaction": lambda asked: self._list(asked, self._sent_of(asked["address"])),
            "internal-transaction": lambda asked: self._list(asked, self._calls_of(asked["address"]), counts=False),
        }
        optional = {
            "system/status": self._status,
            "account/tokens": self._tokens,
            "accountv2": self._account,
            EVENTS: lambda asked: {"event_list": self._events(asked["txid"]), "list": []},
        }
        answers |= {name: optional[name] for name in self.offers}
        if path not in answers:
            return Given.json({"message": "no Route matched with those values"}, 404)
        if path.startswith("account") and not has_key:
            return Given(b"<html><head><title>401 Authorization Required</title></head></html>", 401, "text/html")
        if int(query.get("start", 0)) > self.window:
            return Given.json({"message": "some parameters are invalid or out of range"}, 400)
        return Given.json(answers[path](query))

    def _status(self, _: dict[str, str]) -> dict[str, Any]:
        database = {"block": self.ledger.height, "confirmedBlock": self._solid}
        return {"database": database, "sync": {"progress": 99.99}, "network": {"type": "mainnet"}}

    def _blocks(self, query: dict[str, str]) -> dict[str, Any]:
        head = self.ledger.height
        height = int(query["number"]) if "number" in query else head
        found = [self._block(height)] if 0 <= height <= head else []
        return {"total": len(found), "rangeTotal": head + 1, "data": found}

    @property
    def _solid(self) -> int:
        return max(0, self.ledger.height - self.ledger.solid)

    def _block(self, height: int) -> dict[str, Any]:
        told = self.ledger.block(height)
        time = told["block_header"]["raw_data"]["timestamp"]
        parent = self.ledger.block_id(height - 1) if height else "00" * 32
        fields = {"number": height, "hash": told["blockID"], "timestamp": time, "parentHash": parent}
        return fields | {"nrOfTrx": 1, "fee": 401.97948, "confirmed": height <= self._solid, "revert": False}

    def _transfers(self, query: dict[str, str]) -> dict[str, Any]:
        address, contract = query["relatedAddress"], query["contract_address"]
        if self.complete is not None and address not in self.complete:
            return {"total": self.window, "rangeTotal": SERVICE, "contractInfo": {}, "token_transfers": []}
        mine = sorted(self.ledger.touching(address, contract), key=lambda one: (-one.time, one.txid, one.log))
        told = self._list(query, [{"timestamp": one.time * 1000, "paid": one} for one in mine])
        rows = [self._row(one["paid"]) for one in told.pop("data")]
        return {"contractInfo": {}, "token_transfers": rows} | told

    def _list(self, query: dict[str, str], rows: Iterable[dict[str, Any]], *, counts: bool = True) -> dict[str, Any]:
        """A page of a list; its count is that of whole days."""
        ordered = sorted(rows, key=lambda row: -row["timestamp"])
        until = int(query.get("end_timestamp", 1 << 60)) // 1000 * 1000
        counted = sum(row["timestamp"] < (until // _DAY + 1) * _DAY for row in ordered)
        mine = [row for row in ordered if row["timestamp"] <= until]
        start, limit = int(query.get("start", 0)), min(int(query.get("limit", 10)), self.page)
        shown = mine[start : min(start + limit, self.window)]
        total = (
            {"total": min(counted, self.window), "rangeTotal": counted} if counts else {"total": -1, "rangeTotal": -1}
        )
        return {"data": shown} | total

    def _sent_of(self, address: str) -> list[dict[str, Any]]:
        return [row for row in self.sent if address in {row["ownerAddress"], row.get("toAddress")}]

    def _calls_of(self, address: str) -> list[dict[str, Any]]:
        return [row for row in self.calls if address in {row["from"], row["to"]}]

    def _row(self, one: Paid) -> dict[str, Any]:
        result = "REVERT" if one.txid in self.failed else "SUCCESS"
        height = height_of(one.time)
        return {
            "transaction_id": one.txid,
            "status": 0,
            "block_ts": one.time * 1000,
            "from_address": one.sender,
            "from_address_tag": self._tag("from_address_tag", one.sender),
            "to_address": one.receiver,
            "to_address_tag": self._tag("to_address_tag", one.receiver),
            "block": height,
            "contract_address": one.contract,
            "quant": str(one.value),
            "approval_amount": "0",
            "event_type": "Transfer",
            "confirmed": height <= self._solid,
            "contractRet": result,
            "finalResult": result,
            "revert": one.txid in self.failed,
            "tokenInfo": {"tokenId": one.contract, "tokenAbbr": "USDT", "tokenDecimal": 6, "tokenType": "trc20"},
            "contract_type": "trc20",
            "fromAddressIsContract": False,
            "toAddressIsContract": False,
        }

    def _tag(self, name: str, address: str) -> dict[str, str]:
        tag = self.tags.get(address)
        return {} if tag is None else {name: tag}

    def info(self, txid: str) -> dict[str, Any]:
        """`transaction-info`: a call of the token's contract, by whoever sent first."""
        if txid in self.more:
            return self.more[txid]
        paid = self._paid(txid)
        if not paid:
            return {}
        first, has_failed = paid[0], txid in self.failed
        sides = [address for one in paid for address in (one.sender, one.receiver)]
        told = called(txid, first.time, first.sender, first.contract, 0, result="REVERT" if has_failed else "SUCCESS")
        return told | {
            "confirmed": told["block"] <= self._solid,
            "confirmations": self.ledger.height - told["block"],
            "cost": {"net_fee": 0, "energy_fee": BURNED, "fee": 0, "memoFee": 0, "multi_sign_fee": 0},
            "trc20TransferInfo": [self._movement(one) for one in paid],
            "transfersAllList": [] if has_failed else [self._movement(one) for one in paid],
            "event_count": 0 if has_failed else len(paid),
            "addressTag": {address: self.tags[address] for address in sides if address in self.tags},
            "contractInfo": {first.contract: {"isToken": True, "tag1": "USDT Token", "name": "TetherToken"}},
            "internal_transactions": {},
        }

    def _paid(self, txid: str) -> list[Paid]:
        return sorted((one for one in self.ledger.paid if one.txid == txid), key=lambda one: one.log)

    def _movement(self, one: Paid) -> dict[str, Any]:
        fields = {"type": "Transfer", "tokenType": "trc20", "decimals": 6, "symbol": "USDT", "status": 0}
        sides = {"from_address": one.sender, "to_address": one.receiver, "contract_address": one.contract}
        return fields | sides | {"amount_str": str(one.value)}

    def _events(self, txid: str) -> list[dict[str, Any]]:
        paid = [] if txid in self.failed else self._paid(txid)
        return [
            {
                "transaction_id": one.txid,
                "contract_address": one.contract,
                "event_index": one.log,
                "event_name": "Transfer",
                "event": "Transfer(address indexed from, address indexed to, uint256 value)",
                "result": {"0": bare(one.sender), "1": bare(one.receiver), "2": str(one.value)},
            }
            for one in paid
        ]

    def _balance(self, address: str, contract: str) -> int:
        """What it has at the head."""
        net = 0
        for one in self.ledger.touching(address, contract):
            net += 0 if one.txid in self.failed else one.value * ((one.receiver == address) - (one.sender == address))
        return net

    def _tokens(self, query: dict[str, str]) -> dict[str, Any]:
        shown = self._held(query["address"]) if (query["hidden"], query["show"]) == ("0", "0") else []
        start, limit = int(query["start"]), min(200, int(query["limit"]))
        return {"total": len(shown), "code": 200, "message": "request ok", "data": shown[start : start + limit]}

    def _account(self, query: dict[str, str]) -> dict[str, Any]:
        balance = self.balances.get((query["address"], ""), 0)
        fields = {"address": query["address"], "balance": balance, "balanceStr": str(balance), "totalFrozenV2": 0}
        return fields | {"withPriceTokens": self._held(query["address"])} | self.held

    def _held(self, address: str) -> list[dict[str, Any]]:
        tokens = [{**_TRX, "balance": "0", "quantity": "0.000000"}]
        for contract in sorted({one.contract for one in self.ledger.touching(address)}):
            balance = self.balances.get((address, contract), self._balance(address, contract))
            if balance > 0:
                tokens.append(
                    {"tokenId": contract, "tokenDecimal": 6, "balance": str(balance), "quantity": balance / 1e6}
                )
        return tokens


def bare(address: str) -> str:
    """An address as events have it: 0x, and the 20 bytes without TRON's 41."""
    return "0x" + tron_to_hex(address)[2:]


def _entry(txid: str, time: int, owner: str, to: str, result: str) -> dict[str, Any]:
    fields = {"hash": txid, "block": height_of(time), "timestamp": time * 1000, "ownerAddress": owner, "toAddress": to}
    return fields | {"contractRet": result, "confirmed": True, "revert": False, "data": "", "fee": ""}


def sent_trx(txid: str, time: int, owner: str, to: str, amount: int, fee: int = 0) -> dict[str, Any]:
    """An entry of the list of transactions: TRX that are sent. Values in sun."""
    content = {"owner_address": owner, "to_address": to, "amount": amount}
    cost = {"net_fee": fee, "energy_fee": 0, "fee": fee}
    return _entry(txid, time, owner, to, "SUCCESS") | {"contractType": 1, "contractData": content, "cost": cost}


def called(
    txid: str, time: int, owner: str, contract: str, value: int, fee: int = 0, result: str = "SUCCESS"
) -> dict[str, Any]:
    """An entry of the list of transactions: a contract is called, with TRX or without."""
    content: dict[str, Any] = {"owner_address": owner, "contract_address": contract, "data": "a9059cbb"}
    content |= {"call_value": value} if value else {}
    cost = {"net_fee": 0, "energy_fee": fee, "fee": fee}
    trigger = {"method": "run()", "call_value": value, "contract_address": contract}
    entry = _entry(txid, time, owner, contract, result)
    return entry | {"contractType": 31, "contractData": content, "cost": cost, "trigger_info": trigger}


def inner(txid: str, time: int, sender: str, receiver: str, value: int, *, rejected: bool = False) -> dict[str, Any]:
    """An entry of the list of calls inside. Its own hash is made from what it is."""
    own = f"{abs(hash((txid, sender, receiver, value))):064x}"[-64:]
    sides = {"from": sender, "to": receiver, "block": height_of(time), "hash": txid, "internal_hash": own}
    fields = {"timestamp": time * 1000, "rejected": rejected, "confirmed": True, "revert": False, "note": "call"}
    return sides | fields | {"result": "SUCCESS", "token_id": "_", "call_value": value}
