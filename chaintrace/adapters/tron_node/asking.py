"""The questions of a TRON node's HTTP API, each with the check that its answer must pass.

Nodes answer 200 with `{}` for what they do not have, and 200 with `Error` for what they refuse. What depends on the
chain is pinned to the tip that the caller names; the tip itself is asked anew each time. Source: TRON developer
documentation, "HTTP API"; java-tron.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias

from chaintrace.adapters.network import Endpoint
from chaintrace.adapters.transport import Door, Request, read_json
from chaintrace.adapters.tron.answers import Table, Told, hexed, rows, seconds, shown, table, txid_of, whole
from chaintrace.adapters.tron.moves import INT64
from chaintrace.adapters.tron.rawdata import raw_data
from chaintrace.adapters.tron.refusals import FORBIDDEN, forbidden, is_too_often
from chaintrace.errors import Declined, Malformed, Unavailable

ADAPTER = "tron-node"
_NOT_OFFERED = frozenset({400, 404, 405, 501})
"""How hosts answer a question that they do not know; of those that not every host has, they are an answer."""

Look: TypeAlias = Callable[[Table], object]
"""Looks at an answer and raises Malformed when it is not what it claims to be."""


@dataclass(frozen=True, slots=True)
class Header:
    """A block of the node's chain: its hash (the block's id), height, time (Unix, UTC) and the txids in it."""

    hash: str
    height: int
    time: int | None
    txids: tuple[str, ...]


class Asking:
    """One node's answers, checked. Every method raises Unavailable, Refused or Malformed, and nothing else.

    The key that is sent is that of the endpoint's adapter.
    """

    def __init__(self, endpoint: Endpoint, door: Door) -> None:
        self.endpoint = endpoint
        self._door = door
        self.host = Request(endpoint.adapter, endpoint.url).host

    def transaction(self, txid: str, pin: str) -> Told:
        """A transaction that a block holds; its bytes are hashed."""
        return self._call("wallet/gettransactionbyid", {"value": txid}, pin, lambda told: self._named(told, txid))

    def pending(self, txid: str) -> Told | None:
        """A transaction that waits for a block; None where the node does not offer the question."""
        try:
            return self._call(
                "wallet/gettransactionfrompending", {"value": txid}, "", lambda told: self._named(told, txid)
            )
        except _NotOffered:
            return None

    def info(self, txid: str, pin: str) -> Told:
        """What its execution did."""

        def look(told: Table) -> None:
            if txid_of(told.get("id"), "id") != txid:
                raise Malformed(f"{self.host} gave the info of {told.get('id')} for {txid}: do not use this node")

        return self._call("wallet/gettransactioninfobyid", {"value": txid}, pin, look)

    def block(self, height: int, pin: str) -> Header | None:
        """The canonical block at a height; None where the node has none there."""

        def look(told: Table) -> None:
            found = header(told).height
            if found != height:
                raise Malformed(f"{self.host} gave block {found} where {height} was asked: do not use this node")

        told = self._call("wallet/getblockbynum", {"num": height}, pin, look).table
        return header(told) if told else None

    def now(self) -> Header | None:
        """The head of its chain, asked now."""
        told = self._call("wallet/getnowblock", {}, "", header).table
        return header(told) if told else None

    def solid(self) -> Header | None:
        """The last block that holds for good, asked now; None where the node does not offer the question."""
        try:
            told = self._call("walletsolidity/getnowblock", {}, "", header).table
        except _NotOffered:
            return None
        return header(told) if told else None

    def account(self, address: str) -> Table | None:
        """An account as it is now, empty where there is none; None where the node does not offer the question."""
        try:
            return self._call("wallet/getaccount", {"address": address, "visible": True}, "", lambda _: None).table
        except _NotOffered:
            return None

    def constant(self, contract: str, selector: str, parameter: str, caller: str) -> str | None:
        """What a contract answers now, in hex, to a call that changes nothing; None where it does not."""
        told = self.called(contract, selector, parameter, caller)
        return None if told is None else constant_result(told.table)

    def called(self, contract: str, selector: str, parameter: str, caller: str) -> Told | None:
        """The whole answer to such a call; None where the node does not offer the question."""
        asked: dict[str, str | int | bool] = {
            "owner_address": caller,
            "contract_address": contract,
            "function_selector": selector,
            "parameter": parameter,
            "visible": True,
        }
        try:
            return self._call("wallet/triggerconstantcontract", asked, "", constant_result)
        except _NotOffered:
            return None

    @contextmanager
    def blamed(self) -> Iterator[None]:
        """Name the host, and what to do, in what is said of an answer that cannot be."""
        try:
            yield
        except Malformed as error:
            if self.host in str(error):
                raise
            raise Malformed(f"{self.host} gave an answer that cannot be: {error}; ask another source") from error

    def _named(self, told: Table, txid: str) -> None:
        """Raises Malformed where a transaction is not the one that was asked for, or not the bytes of its txid."""
        found = raw_data(told).txid
        if found != txid:
            raise Malformed(f"{self.host} gave transaction {found} for {txid}: do not use this node")

    def _call(self, path: str, asked: Mapping[str, str | int | bool], pin: str, look: Look) -> Told:
        """One question. An empty answer is not looked at."""
        optional = path in _OPTIONAL
        request = Request(
            self.endpoint.adapter,
            f"{self.endpoint.url.rstrip('/')}/{path}",
            "POST",
            json.dumps(asked, separators=(",", ":")).encode(),
            (("Content-Type", "application/json"), ("TRON-PRO-API-KEY", "{key}")),
            reach=self.endpoint.reach,
            pin=pin,
            accept=FORBIDDEN | (_NOT_OFFERED if optional else frozenset()),
            check=lambda content, status: self._checked(content, status, path, look),
        )
        answer = self._door.ask(request)
        if answer.status != 200:
            raise _NotOffered(f"{self.host} does not offer {path}")
        return Told(table(read_json(answer.content, request), "the answer"), answer.source)

    def _checked(self, content: bytes, status: int, path: str, look: Look) -> None:
        """Raises Declined for an error in an answer, Malformed for an answer that is none.

        Raises Unavailable for a host that says that it is asked too often.
        """
        request = Request(self.endpoint.adapter, self.endpoint.url, reach=self.endpoint.reach)
        if status in FORBIDDEN:
            raise forbidden(content, request)
        if status != 200:
            return
        told = table(read_json(content, request), f"the answer of {self.host}")
        error = told.get("Error", told.get("error"))
        if error is not None and is_too_often(error):
            raise Unavailable(f"{self.host} says that it is asked too often ({shown(error)})")
        if error is not None:
            raise Declined(f"{self.host} answers {path} with an error ({shown(error)}): see the node's own log")
        if told:
            with self.blamed():
                look(told)


_OPTIONAL = frozenset(
    {
        "walletsolidity/getnowblock",
        "wallet/gettransactionfrompending",
        "wallet/getaccount",
        "wallet/triggerconstantcontract",
    },
)


class _NotOffered(Declined):
    """The node does not offer a question that others do. Never leaves this file."""


def constant_result(told: Table) -> str | None:
    """The first word that a call which changes nothing gave, in hex; None for a call that failed. Raises Malformed."""
    verdict = told.get("result")
    words = rows(told.get("constant_result"), "constant_result")
    if not words or (isinstance(verdict, dict) and verdict.get("result") is not True):
        return None
    return hexed(words[0], "constant_result").hex() or None


def header(told: Table) -> Header:
    """A block as the node tells it. Raises Malformed."""
    raw = table(table(told.get("block_header"), "block_header").get("raw_data"), "block_header.raw_data")
    txids = tuple(
        txid_of(table(one, "a transaction of the block").get("txID"), "txID")
        for one in rows(told.get("transactions"), "transactions")
    )
    return Header(
        txid_of(told.get("blockID"), "blockID"),
        whole(raw.get("number"), "the block's number", INT64),
        seconds(raw.get("timestamp"), "the block's timestamp"),
        txids,
    )
