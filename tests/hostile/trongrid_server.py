"""A stand-in for TronGrid: it answers from a ledger in memory, in the shapes of `/v1/…` and of a node's `/wallet/…`.

    with HostileServer(TrongridServer(ledger)) as server:      # then server.url is the url of a source
        server.change(fault, on="/v1/accounts/")               # and server.fault, as tests/hostile/server.py has it

Shapes: recorded answers of TronGrid; its README (tronprotocol/tron-grid) for the parameters; its documents for events.
What the ledger has no bytes of is `{}` on a node's paths, and has its events.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from chaintrace.addresses import tron_from_hex, tron_to_hex
from tests.hostile import tron_issuer
from tests.hostile.server import Asked, Given

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.hostile.tron_ledger import Paid, TronLedger

MOST, USUAL = 200, 20
AT = 1_718_032_314_555
NO_SUCH_PATH = Given.json({"success": False, "error": "not found", "statusCode": 404}, 404)
TOO_OFTEN = Given.json(
    {"success": False, "error": "The key exceeds the frequency limit(15), and the query server is suspended for 30s"},
    403,
)
_BUSY_FROM = 1_577_836_800


@dataclass
class TrongridServer:
    """The handler of a server.

    `whole`: the addresses whose history the ledger holds (None: every one). Any other one looks like a service's: a
    transfer in each block, page after page. `offers` are the optional questions that it answers.
    """

    ledger: TronLedger
    whole: frozenset[str] | None = None
    offers: frozenset[str] = frozenset({"balance", "account", "solid", "events", "blocks", "internal", "states"})
    loses_fingerprints: bool = False
    drops: frozenset[str] = frozenset()
    """Transactions that its lists have lost, as users of TronGrid report."""
    issued: tuple[tron_issuer.Issue, ...] = ()
    """What the issuer of the tokens did to addresses, in order."""
    page: int = MOST
    often: int = 0
    """So many of the next questions are refused as too many."""
    lock: Lock = field(default_factory=Lock)

    def __call__(self, asked: Asked) -> Given:
        """What the real one would say."""
        with self.lock:
            if self.often > 0:
                self.often -= 1
                return TOO_OFTEN
        parts = urlsplit(asked.path)
        names = parts.path.strip("/").split("/")
        if "v1" in names:
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            return self._grid(names[names.index("v1") + 1 :], query)
        body = json.loads(asked.body or b"{}")
        found = self._node("/".join(names[-2:]), body)
        return NO_SUCH_PATH if found is None else Given.json(found)

    def _node(self, path: str, body: dict[str, Any]) -> object:  # noqa: PLR0911  # a table of questions
        ledger = self.ledger
        match path:
            case "wallet/getnowblock":
                return ledger.block(ledger.height)
            case "walletsolidity/getnowblock" if "solid" in self.offers:
                return ledger.block(ledger.height - ledger.solid)
            case "wallet/getblockbynum" if "blocks" in self.offers or body["num"] in {0, 1, ledger.height}:
                return ledger.block(body["num"])
            case "wallet/getblockbynum":
                return {}
            case "wallet/gettransactionbyid":
                return ledger.whole[body["value"]].told if body["value"] in ledger.whole else {}
            case "wallet/gettransactioninfobyid":
                return ledger.whole[body["value"]].info if body["value"] in ledger.whole else {}
            case "wallet/gettransactionfrompending":
                return ledger.waiting.get(body["value"], {})
            case "wallet/getaccount" if "account" in self.offers:
                return ledger.coins.get(body["address"], {})
            case "wallet/triggerconstantcontract" if "balance" in self.offers:
                return self._constant(body)
        return None

    def _constant(self, body: dict[str, Any]) -> object:
        """What a token's contract answers now; one that does not know the question reverts, without a word."""
        address = tron_from_hex("41" + body["parameter"][-40:])
        match body["function_selector"]:
            case "balanceOf(address)":
                value = max(0, self.ledger.balance(address, body["contract_address"]))
            case "isBlackListed(address)" if "states" in self.offers:
                value = int(tron_issuer.is_listed(self.issued, address))
            case _:
                return {"result": {"result": True, "message": b"REVERT opcode executed".hex()}, "constant_result": [""]}
        return {"result": {"result": True}, "energy_used": 935, "constant_result": [f"{value:064x}"]}

    def _grid(self, names: list[str], query: dict[str, str]) -> Given:  # noqa: PLR0911  # a table of paths
        match names:
            case ["accounts", address]:
                return self._answer(self._entry(address), "")
            case ["accounts", address, "transactions", "trc20"]:
                return self._paged(address, [_trc20(one) for one in self._paid(address, query)], query)
            case ["accounts", address, "transactions"]:
                return self._paged(address, self._transactions(address), query)
            case ["accounts", address, "internal-transactions"] if "internal" in self.offers:
                return self._paged(address, self._inside(address), query)
            case ["transactions", txid, "events"] if "events" in self.offers:
                return self._answer([_event(one) for one in self.ledger.paid if one.txid == txid], "")
            case ["contracts", contract, "events"] if "events" in self.offers:
                return self._cut(tron_issuer.rows(self.issued, contract, query), query)
        return NO_SUCH_PATH

    def _cut(self, rows: list[dict[str, Any]], query: dict[str, str]) -> Given:
        """The page after the fingerprint, and the fingerprint of the next one."""
        start = int(query.get("fingerprint", "0"))
        size = min(int(query.get("limit", USUAL)), self.page)
        further = start + size < len(rows) and not self.loses_fingerprints
        return self._answer(rows[start : start + size], str(start + size) if further else "")

    def _entry(self, address: str) -> list[dict[str, Any]]:
        """`/v1/accounts/{address}`."""
        known = self.ledger.coins.get(address)
        if known is None:
            return []
        tokens = {one.contract for one in self.ledger.touching(address)}
        balances = [{name: str(self.ledger.balance(address, name))} for name in sorted(tokens)]
        return [{**known, "address": tron_to_hex(address), "trc20": balances}]

    def _paid(self, address: str, query: dict[str, str]) -> list[Paid]:
        found = self.ledger.touching(address, query.get("contract_address", ""))
        return [one for one in found if one.txid not in self.drops]

    def _transactions(self, address: str) -> list[dict[str, Any]]:
        """Transactions as TronGrid lists them, and among them calls inside, in another shape."""
        found: list[dict[str, Any]] = []
        for one in self.ledger.whole.values():
            if one.txid in self.drops:
                continue
            if address in one.accounts:
                fee = one.info.get("fee", 0)
                result = one.told.get("ret", [{}])[0].get("contractRet", "SUCCESS")
                found.append(
                    {
                        **one.told,
                        "ret": [{"contractRet": result, "fee": fee}],
                        "blockNumber": one.info["blockNumber"],
                        "block_timestamp": one.time * 1000,
                        "internal_transactions": [],
                        **{name: one.info.get("receipt", {}).get(name, 0) for name in ("net_fee", "energy_fee")},
                    }
                )
            found += [inside for inside in one.inside if address in {inside["from_address"], inside["to_address"]}]
        return found

    def _inside(self, address: str) -> list[dict[str, Any]]:
        """Calls inside alone."""
        return [one for one in self._transactions(address) if "internal_tx_id" in one]

    def _paged(self, address: str, rows: list[dict[str, Any]], query: dict[str, str]) -> Given:
        """One page: by time, within the times asked for, after the fingerprint."""
        if self.whole is not None and address not in self.whole:
            return self._busy(address, query)
        least, most = int(query.get("min_timestamp", 0)), int(query.get("max_timestamp", 1 << 62))
        rows = [row for row in rows if least <= row["block_timestamp"] <= most]
        rows.sort(key=lambda row: row["block_timestamp"], reverse=not _is_rising(query))
        return self._cut(rows, query)

    def _busy(self, address: str, query: dict[str, str]) -> Given:
        """A page of somebody who is paid in every block."""
        tip = self.ledger.block(self.ledger.height)["block_header"]["raw_data"]["timestamp"] // 1000
        least = max(_BUSY_FROM, -(-int(query.get("min_timestamp", 0)) // 3000) * 3)
        most = min(tip, int(query.get("max_timestamp", tip * 1000)) // 1000)
        size, start = min(int(query.get("limit", USUAL)), self.page), int(query.get("fingerprint", "0"))
        if _is_rising(query):
            times = [time for time in range(least + 3 * start, least + 3 * (start + size), 3) if time <= most]
        else:
            times = [time for time in range(most - 3 * start, most - 3 * (start + size), -3) if time >= least]
        rows = [_service(address, time, query.get("contract_address", "")) for time in times]
        return self._answer(rows, str(start + size) if len(rows) == size else "")

    def _answer(self, rows: Sequence[dict[str, Any]], fingerprint: str) -> Given:
        meta: dict[str, Any] = {"at": AT, "page_size": len(rows)}
        if fingerprint:
            meta |= {
                "fingerprint": fingerprint,
                "links": {"next": f"https://api.trongrid.io/?fingerprint={fingerprint}"},
            }
        return Given.json({"data": list(rows), "success": True, "meta": meta})


def _is_rising(query: dict[str, str]) -> bool:
    return query.get("order_by", "block_timestamp,desc").endswith(",asc")


def _trc20(one: Paid) -> dict[str, Any]:
    """A row of `/v1/accounts/{address}/transactions/trc20`."""
    return {
        "transaction_id": one.txid,
        "token_info": {"symbol": "USDT", "address": one.contract, "decimals": 6, "name": "Tether USD"},
        "block_timestamp": one.time * 1000,
        "from": one.sender,
        "to": one.receiver,
        "type": "Transfer",
        "value": str(one.value),
    }


def _service(address: str, time: int, contract: str) -> dict[str, Any]:
    """A row of somebody who is paid in every block, in the shape of the list that was asked for."""
    txid = f"{time:064x}"
    if contract:
        row = {"transaction_id": txid, "token_info": {"address": contract, "decimals": 6}, "type": "Transfer"}
        return {**row, "block_timestamp": time * 1000, "from": contract, "to": address, "value": "1"}
    row = {"internal_tx_id": txid, "tx_id": txid, "block_timestamp": time * 1000}
    data = {"note": b"call".hex(), "rejected": False, "call_value": {"_": 1}}
    return {**row, "from_address": tron_from_hex("41" + "11" * 20), "to_address": address, "data": data}


def _event(one: Paid) -> dict[str, Any]:
    """A row of `/v1/transactions/{id}/events`."""
    sides = ["0x" + tron_to_hex(side)[2:] for side in (one.sender, one.receiver)]
    value = str(one.value)
    return {
        "block_number": (one.time - 1_529_891_466) // 3,
        "block_timestamp": one.time * 1000,
        "caller_contract_address": one.contract,
        "contract_address": one.contract,
        "event_index": one.log,
        "event_name": "Transfer",
        "result": {"0": sides[0], "1": sides[1], "2": value, "from": sides[0], "to": sides[1], "value": value},
        "result_type": {"from": "address", "to": "address", "value": "uint256"},
        "event": "Transfer(address indexed from, address indexed to, uint256 value)",
        "transaction_id": one.txid,
    }
