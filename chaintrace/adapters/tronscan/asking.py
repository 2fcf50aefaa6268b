"""The questions of Tronscan's API, each with the check that its answer must pass.

What depends on the chain is pinned to the tip that the caller names; without a pin it is asked anew. Source: TRONSCAN
API Documentation (docs.tronscan.org); where that and the API differ, the recorded answers that `brylovit78/rotkibv`
publishes (`docs/designs/tron-integration.md`, October 2026); for `block` and `system/status` public clients
(Separator/tronscan-client, AtomicCore.BlockChain.TronscanAPI).
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple, TypeAlias
from urllib.parse import urlencode

from chaintrace.adapters.network import Endpoint
from chaintrace.adapters.transport import Door, Request, in_short, read_json
from chaintrace.adapters.tron.answers import Table, Told, rows, txid_of
from chaintrace.adapters.tronscan.shapes import (
    ADAPTER,
    NOWHERE,
    Header,
    Page,
    answer_of,
    balances,
    blocks,
    confirmed_height,
    first_block,
    look_at_events,
    page_of,
)
from chaintrace.errors import Declined, Malformed, Unavailable
from chaintrace.model.chain import Account

LIMIT = 50
"""Rows of the longest page: the API cuts a longer one short, and says nothing of it."""

TOKENS_LIMIT, TOKENS_PAGES = 200, 10
"""Tokens of a page of what an account has, and how many such pages are read."""

TRANSFERS, TRANSACTIONS, CALLS = "token_trc20/transfers", "transaction", "internal-transaction"
"""The lists of an account: its TRC-20 transfers, its transactions, and the calls inside others that touch it."""

_WHOSE: Mapping[str, str] = MappingProxyType({TRANSFERS: "relatedAddress", TRANSACTIONS: "address", CALLS: "address"})
_ENTRIES: Mapping[str, str] = MappingProxyType({TRANSFERS: "token_transfers", TRANSACTIONS: "data", CALLS: "data"})
_EVENTS = "contracts/smart-contract-triggers-batch"

_NOT_OFFERED = frozenset({404, 405})
_NO_KEY = frozenset({401, 403})
_TOO_OFTEN = re.compile(r"\brate\b|limit|frequen|too many|often", re.IGNORECASE)
_SENTENCE = 120

Look: TypeAlias = Callable[[Table], object]
"""Looks at an answer and raises Malformed when it is not what it claims to be."""


class Place(NamedTuple):
    """Where a page begins: `until` which second of Unix time (UTC; None: now), and after how many entries."""

    until: int | None
    start: int
    limit: int


class Asking:
    """One explorer's answers, checked. Every method raises Unavailable, Refused or Malformed, and nothing else."""

    def __init__(self, endpoint: Endpoint, door: Door) -> None:
        self.endpoint = endpoint
        self._door = door
        self.host = Request(ADAPTER, endpoint.url).host

    def head(self) -> Header | None:
        """The last block, asked now."""
        return first_block(self._call("block", {"sort": "-number", "start": 0, "limit": 1}, "", blocks).table)

    def block(self, height: int, pin: str) -> Header | None:
        """The block at a height; None where the explorer has none there."""

        def look(told: Table) -> None:
            found = first_block(told)
            if found is not None and found.height != height:
                raise Malformed(f"{self.host} gave block {found.height} where {height} was asked: ask another source")

        return first_block(self._call("block", {"number": height}, pin, look).table)

    def genesis(self, pin: str) -> str:
        """The id of the genesis block, by itself or as the parent of block 1; `""` where neither is told."""
        found = first_block(self._call("block", {"number": 0}, pin, blocks).table)
        if found is not None and found.height == 0:
            return found.hash
        second = first_block(self._call("block", {"number": 1}, pin, blocks).table)
        return second.parent if second is not None and second.height == 1 else ""

    def confirmed(self) -> int | None:
        """The height up to which the explorer takes blocks to hold for good, asked now; None: it does not say."""
        try:
            told = self._call("system/status", {}, "", confirmed_height, accept=_NOT_OFFERED).table
        except _NotTold:
            return None
        return confirmed_height(told)

    def transaction(self, txid: str, pin: str, check: Look) -> Told:
        """What the explorer knows of a transaction; empty where it has none such. `check` reads all of it."""

        def look(told: Table) -> None:
            if told.get("hash") is None:
                if told.get("block") is not None or told.get("contractData") is not None:
                    raise Malformed(f"{self.host} gave a transaction without its txid for {txid}: ask another source")
            elif txid_of(told.get("hash"), "hash") != txid:
                raise Malformed(f"{self.host} gave transaction {told.get('hash')} for {txid}: ask another source")
            else:
                check(told)

        told = self._call("transaction-info", {"hash": txid}, pin, look)
        return told if told.table.get("hash") is not None else Told({}, told.source)

    def page(self, listed: str, account: Account, place: Place, pin: str, check: Callable[[Page], object]) -> Page:
        """Entries of one of an account's lists, newest first. `check` reads them.

        The count of a list that ends before now is that of whole days, so that it tells too much.
        """
        asked: dict[str, str | int] = {_WHOSE[listed]: account.address}
        if listed == TRANSFERS:
            asked["contract_address"] = account.asset.contract
        asked |= {"start": place.start, "limit": place.limit}
        if place.until is not None:
            asked["end_timestamp"] = place.until * 1000
        read = page_of(_ENTRIES[listed])
        told = self._call(listed, asked, pin, lambda table_of: check(read(table_of)))
        return replace(read(told.table), source=told.source)

    def events(self, txid: str, pin: str, check: Look) -> Told:
        """The events of a transaction, decoded; empty where this explorer does not offer them. `check` reads them."""

        def look(told: Table) -> None:
            look_at_events(told)
            check(told)

        body = json.dumps({"hashList": [txid]}, separators=(",", ":")).encode()
        try:
            return self._call(_EVENTS, {}, pin, look, body=body, accept=_NOT_OFFERED)
        except _NotTold:
            return Told({}, NOWHERE)

    def balance(self, account: Account, pin: str) -> int | None:
        """What an account has of a TRC-20 token at the explorer's head, in base units; None where it is not told."""
        address, found = account.address, dict[str, int]()
        look = balances("data")
        try:
            for number in range(TOKENS_PAGES):
                asked: dict[str, str | int] = {"address": address, "start": number * TOKENS_LIMIT}
                asked |= {"limit": TOKENS_LIMIT, "hidden": 0, "show": 0}
                table_of = self._call("account/tokens", asked, pin, look, accept=_NOT_OFFERED | _NO_KEY).table
                found |= look(table_of)
                if len(rows(table_of["data"], "data")) < TOKENS_LIMIT:
                    return found.get(account.asset.contract, 0)
        except _NotOffered:
            held = self.account(address, pin)
            return None if held is None else balances("withPriceTokens")(held).get(account.asset.contract)
        except _NotTold:
            return None
        return None

    def account(self, address: str, pin: str) -> Table | None:
        """What the explorer says of an account; None without a key, which it wants for that."""
        look = balances("withPriceTokens")
        try:
            return self._call("accountv2", {"address": address}, pin, look, accept=_NOT_OFFERED | _NO_KEY).table
        except _NotTold:
            return None

    def _call(
        self,
        path: str,
        asked: Mapping[str, str | int],
        pin: str,
        look: Look,
        *,
        body: bytes = b"",
        accept: frozenset[int] = frozenset(),
    ) -> Told:
        """One question. Raises `_NotTold` for a status that is accepted as such an answer."""
        query = f"?{urlencode(asked)}" if asked else ""
        key = ("TRON-PRO-API-KEY", "{key}")
        request = Request(
            ADAPTER,
            f"{self.endpoint.url.rstrip('/')}/{path}{query}",
            "POST" if body else "GET",
            body,
            (("Content-Type", "application/json"), key) if body else (key,),
            reach=self.endpoint.reach,
            pin=pin,
            accept=accept,
            check=lambda content, status: self._checked(content, status, path, look),
        )
        answer = self._door.ask(request)
        if answer.status in _NOT_OFFERED:
            raise _NotOffered(f"{self.host} does not offer {path}")
        if answer.status != 200:
            raise _NotTold(f"{self.host} tells {path} to those with a key only")
        return Told(answer_of(read_json(answer.content, request), self.host), answer.source)

    def _checked(self, content: bytes, status: int, path: str, look: Look) -> None:
        """Raises for an error in an answer, and for an answer that is none."""
        if status != 200:
            return
        asked = Request(ADAPTER, self.endpoint.url)
        told = answer_of(read_json(content, asked), self.host)
        said = told.get("Error") or told.get("error")
        if said is None and not told.keys() - {"message", "code", "status", "statusCode", "success"}:
            said = told.get("message")
        if said:
            text = in_short(str(said), _SENTENCE)
            if _TOO_OFTEN.search(text):
                raise Unavailable(f"{self.host} says that it is asked too often ({text}): try again later, with a key")
            raise Declined(f"{self.host} answers {path} with an error ({text}): look at its url, key and plan")
        try:
            look(told)
        except Malformed as error:
            if self.host in str(error):
                raise
            raise Malformed(f"the answer of {self.host} to {path} is wrong: {error}; ask another source") from error


class _NotTold(Declined):
    """The explorer does not tell something that it may leave untold. Never leaves this file."""


class _NotOffered(_NotTold):
    """Nor does it know the question."""
