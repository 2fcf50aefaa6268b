"""A stand-in for an explorer with Etherscan's API: it answers from books in memory, in the words of the real one.

    books = Books()
    books.pay("a", "b", 5)
    with HostileServer(Explorer(books)) as server:      # then server.url + "/v2/api" is the url of a source
        server.change(fault, on="/v2/api?chainid=1&module=account&action=txlist")

Envelopes, fields, limits and words are those of docs.etherscan.io and of recorded answers. Lists are cut at `records`
rows a request, and nothing lies behind page times offset of 10,000.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from tests.hostile.etherscan_books import Books, Mined, digest, time_of
from tests.hostile.server import Asked, Given

if TYPE_CHECKING:
    from collections.abc import Callable

TOO_FAR = "Result window is too large, PageNo x Offset size must be less than or equal to 10000"
NO_ACTION = "Error! Missing Or invalid Action name"
NO_KEY = "Missing/Invalid API Key"


@dataclass
class Explorer:
    """The handler of a server. `key`: what it wants to see; `has_proxy`, `closed`: what it does not offer.

    `records` is the most rows of one answer.
    """

    books: Books
    chain_id: int = 1
    records: int = 1_000
    key: str = ""
    has_proxy: bool = True
    closed: frozenset[str] = frozenset()
    asked: list[dict[str, str]] = field(default_factory=list)

    def __call__(self, asked: Asked) -> Given:
        """What the real one would say."""
        query = {name: values[-1] for name, values in parse_qs(urlsplit(asked.path).query).items()}
        self.asked.append(query)
        if self.key and query.get("apikey") != self.key:
            return refusal(NO_KEY if "apikey" not in query else "Invalid API Key")
        if query.get("chainid", str(self.chain_id)) != str(self.chain_id):
            return refusal("Missing or unsupported chainid parameter (required for v2 api), please see chainlist")
        return self.answer(query)

    def answer(self, query: dict[str, str]) -> Given:
        """The answer to a query, without a socket."""
        action = query.get("action", "")
        if action in self.closed:
            return refusal(NO_ACTION)
        if query.get("module") == "proxy":
            return self._proxy(query) if self.has_proxy else refusal(NO_ACTION)
        lists: dict[str, Callable[[dict[str, str]], list[dict]]] = {
            "txlist": self._sent,
            "txlistinternal": self._inside,
            "tokentx": self._tokens,
            "txsBeaconWithdrawal": self._withdrawn,
            "getminedblocks": lambda _: [],
        }
        if action in {"balance", "tokenbalance"}:
            return given(str(self.books.balance(query["address"], query.get("contractaddress", ""))))
        if action not in lists:
            return refusal(NO_ACTION)
        if "address" not in query and action != "txlistinternal":
            return refusal("Error! Invalid address format")
        return self.page(lists[action](query), query)

    def page(self, rows: list[dict], query: dict[str, str]) -> Given:
        """The part of a list that was asked for, as far as a plan lets it be told."""
        number, size = int(query.get("page", 1)), int(query.get("offset", 10_000))
        if number * size > 10_000:
            return refusal(TOO_FAR)
        start, end = int(query.get("startblock", 0)), int(query.get("endblock", 10**12))
        rows = [row for row in rows if start <= int(row["blockNumber"]) <= end]
        rows.sort(key=lambda row: int(row["blockNumber"]), reverse=query.get("sort") == "desc")
        size = min(size, self.records)
        found = rows[(number - 1) * size : number * size]
        return given(found) if found else nothing()

    def _sent(self, query: dict[str, str]) -> list[dict]:
        party = query["address"]
        return [self._row(one) for one in self.books.mined if party in {one.sender, one.receiver}]

    def _inside(self, query: dict[str, str]) -> list[dict]:
        found = []
        for one in self.books.mined:
            for number, (start, end, value, held) in enumerate(one.inside):
                row = self._place(one) | {
                    "from": start,
                    "to": end,
                    "value": str(value),
                    "contractAddress": "",
                    "input": "",
                    "type": "call",
                    "gas": "2300",
                    "gasUsed": "0",
                    "traceId": f"0_{number}",
                    "isError": "0" if held and not one.failed else "1",
                    "errCode": "",
                }
                if query.get("txhash") == one.txid:
                    found.append({name: value for name, value in row.items() if name not in {"hash", "traceId"}})
                elif query.get("address") in {start, end}:
                    found.append(row)
        return found

    def _tokens(self, query: dict[str, str]) -> list[dict]:
        return [
            self._row(one)
            | {"contractAddress": contract, "from": start, "to": end, "value": str(value), "input": "deprecated"}
            | {"tokenName": "Token", "tokenSymbol": "T", "tokenDecimal": "6"}
            for one in self.books.mined
            for contract, start, end, value in one.tokens
            if not one.failed and query["address"] in {start, end} and contract == query["contractaddress"]
        ]

    def _withdrawn(self, query: dict[str, str]) -> list[dict]:
        return [
            {
                "withdrawalIndex": str(height),
                "validatorIndex": "7",
                "address": query["address"],
                "amount": str(gwei),
                "blockNumber": str(height),
                "timestamp": str(time_of(height)),
            }
            for height, gwei in self.books.made.get(query["address"], ())
        ]

    def _place(self, one: Mined) -> dict:
        return {"blockNumber": str(one.height), "timeStamp": str(time_of(one.height)), "hash": one.txid}

    def _row(self, one: Mined) -> dict:
        return self._place(one) | {
            "blockHash": digest("block", one.height),
            "nonce": "0",
            "transactionIndex": str(one.position),
            "from": one.sender,
            "to": one.receiver or "",
            "value": str(one.value),
            "gas": "90000",
            "gasPrice": str(one.price),
            "input": one.data,
            "contractAddress": "" if one.receiver else digest("made", one.txid)[:42],
            "txreceipt_status": "0" if one.failed else "1",
            "gasUsed": str(one.gas),
            "confirmations": str(self.books.head - one.height),
            "isError": "1" if one.failed else "0",
        }

    def _proxy(self, query: dict[str, str]) -> Given:
        wanted = query.get("txhash")
        found = next((one for one in [*self.books.mined, *self.books.waiting] if one.txid == wanted), None)
        match query["action"]:
            case "eth_blockNumber":
                return result(hex(self.books.head))
            case "eth_getBlockByNumber":
                return result(self._block(query["tag"]))
            case "eth_getTransactionByHash":
                return result(None if found is None else self._whole(found))
            case "eth_getTransactionReceipt":
                return result(None if found is None or found in self.books.waiting else self._receipt(found))
        return refusal(NO_ACTION)

    def _block(self, tag: str) -> dict | None:
        named = {"latest": self.books.head, "finalized": self.books.head - 64}
        height = named[tag] if tag in named else int(tag, 16)
        if height > self.books.head:
            return None
        placed = {one.position: one.txid for one in self.books.mined if one.height == height}
        txids = [placed.get(place, digest("other", height, place)) for place in range(max(placed, default=0) + 1)]
        block = {"number": hex(height), "hash": digest("block", height), "timestamp": hex(time_of(height))}
        return block | {"transactions": txids}

    def _whole(self, one: Mined) -> dict:
        waits = one in self.books.waiting
        place = {
            "blockHash": None if waits else digest("block", one.height),
            "blockNumber": None if waits else hex(one.height),
            "transactionIndex": None if waits else hex(one.position),
        }
        fields = {"hash": one.txid, "from": one.sender, "to": one.receiver, "value": hex(one.value), "gas": "0x15f90"}
        return place | fields | {"input": one.data, "gasPrice": hex(one.price), "type": "0x0", "chainId": "0x1"}

    def _receipt(self, one: Mined) -> dict:
        return {
            "transactionHash": one.txid,
            "blockHash": digest("block", one.height),
            "blockNumber": hex(one.height),
            "transactionIndex": hex(one.position),
            "from": one.sender,
            "to": one.receiver,
            "contractAddress": None if one.receiver else digest("made", one.txid)[:42],
            "status": "0x0" if one.failed else "0x1",
            "gasUsed": hex(one.gas),
            "effectiveGasPrice": hex(one.price),
            "logs": [] if one.failed else one.receipt_logs(),
        }


def given(value: object) -> Given:
    """An envelope with something in it."""
    return Given.json({"status": "1", "message": "OK", "result": value})


def nothing(message: str = "No transactions found") -> Given:
    """The envelope of an empty list."""
    return Given.json({"status": "0", "message": message, "result": []})


def refusal(words: str) -> Given:
    """An error, with status 200 as the real one has it."""
    return Given.json({"status": "0", "message": "NOTOK", "result": words})


def result(value: object) -> Given:
    """What the proxy passes on."""
    return Given.json({"jsonrpc": "2.0", "id": 1, "result": value})


@dataclass
class Recorded(Explorer):
    """Recorded lists and the balance of one address (`party`), and nothing else: no other list, no other address.

    `lists` is by action; a list of one transaction's internal rows is told by its txid too, as the real one does.
    `proxied` is what the proxy passes on, by action and by txid or tag; nothing else.
    """

    party: str = ""
    lists: dict[str, list[dict]] = field(default_factory=dict)
    balance: str = ""
    proxied: dict[tuple[str, str], object] = field(default_factory=dict)

    def answer(self, query: dict[str, str]) -> Given:
        """The answer to a query, without a socket."""
        action, party = query.get("action", ""), query.get("address", "")
        told = self.proxied.get((action, query.get("txhash", query.get("tag", ""))))
        if told is not None:
            return result(told)
        if action == "balance" and party == self.party:
            return given(self.balance)
        if action not in self.lists:
            return refusal(NO_ACTION)
        if "txhash" in query and action == "txlistinternal":
            rows = [row for row in self.lists[action] if row["hash"] == query["txhash"]]
            told = [{name: value for name, value in row.items() if name not in {"hash", "traceId"}} for row in rows]
            return self.page(told, query)
        if party != self.party:
            return refusal("Error! Invalid address format")
        contract = query.get("contractaddress")
        mine = [row for row in self.lists[action] if party in {row["from"], row["to"]}]
        return self.page([row for row in mine if contract in {None, row["contractAddress"]}], query)
