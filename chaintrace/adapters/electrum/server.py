"""The questions that an Electrum server is asked, one function each. Every answer is checked before it is believed.

What can be proven is: a transaction's bytes by its txid, its place by the Merkle branch to a header's root, a header
by its hash and work. What cannot be proven (a history, a list of unspent outputs, a balance, that a block is in the
chain with the most work) is the server's word. Source: the Electrum protocol, versions 1.4 to 1.6.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from chaintrace.adapters.bitcoin.proofs import proven_header, proven_position, proven_transaction
from chaintrace.adapters.bitcoin.rawblock import Header, RawTransaction, parse_header
from chaintrace.adapters.electrum import answers, refusals
from chaintrace.adapters.electrum.reading import Reading, Told, Withheld
from chaintrace.adapters.transport import Door, Json, Reach, Request, RpcError, question, result
from chaintrace.errors import AdapterError, Malformed, Refused, Unavailable

ADAPTER = "electrum"
OLDEST, NEWEST = "1.4", "1.6"
"""The versions of the protocol between which a server chooses; from 1.7 on scripts are asked for in another way."""
GREETING = json.dumps(
    {"jsonrpc": "2.0", "id": 0, "method": "server.version", "params": ["chaintrace", [OLDEST, NEWEST]]},
    separators=(",", ":"),
).encode()
"""The first line of a connection, as the protocol demands it from 1.6 on."""
MOST_HEADERS = 2016
"""Headers that servers give in one answer, by the protocol's documentation."""
NUDGE = b'{"jsonrpc":"2.0","id":"nudge","method":"blockchain.block.headers","params":[0,7]}'
"""ElectrumX 2.0 holds answers back until it has 1,024 bytes to send, or for a second; seven headers are as many.
Source: its `server/transport.py`."""

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Server:
    """A server behind a door. `pin` is the tip's hash for which an answer holds; without one it is asked each time.

    Every function raises Unavailable, Refused or Malformed, with what was asked and what to do.
    """

    url: str
    reach: Reach
    chain: str
    door: Door

    def tip(self, chain: str) -> tuple[int, Header]:
        """The height and the header of its last block, now; `chain` says how much work the header must have."""

        def read(told: Json) -> tuple[int, Header]:
            height, data = answers.tip(told)
            return height, proven_header(data, parse_header(data).hash, chain)

        return self._ask("its last block", "blockchain.headers.subscribe", (), read).value

    def genesis(self) -> str:
        """The hash of block 0, now. It names the chain and is known, so its work is not asked for."""
        return self._ask("block 0", "blockchain.block.header", (0,), lambda told: _header(told).hash).value

    def header(self, height: int, pin: str, expected: str = "") -> Header:
        """The header of its block at a height; Unavailable where it has none, or another one than `expected`."""
        asked = f"block {height}"

        def read(told: Json) -> Header:
            header = _header(told)
            if expected and header.hash != expected:
                raise Unavailable(
                    f"{self.host} has block {header.hash} at height {height}, and not {expected}: the chain was "
                    "re-organised meanwhile, or the server is on another branch; ask for its tip again"
                )
            return proven_header(answers.in_hex(told), header.hash, self.chain)

        def failed(error: RpcError) -> AdapterError:
            return self._later(
                error, asked, f"does not have {asked} yet: wait until it has read the chain, or ask another source"
            )

        return self._ask(asked, "blockchain.block.header", (height,), read, failed, pin=pin).value

    def headers(self, first: int, count: int) -> tuple[Header, ...]:
        """The headers of its chain from a height on, asked now: fewer than `count` where the chain ends before."""
        asked, found = "block headers", list[Header]()

        def read(told: Json) -> tuple[Header, ...]:
            several = answers.headers(told)
            return tuple(proven_header(data, parse_header(data).hash, self.chain) for data in several)

        while len(found) < count:
            params = (first + len(found), min(count - len(found), MOST_HEADERS))
            more = self._ask(asked, "blockchain.block.headers", params, read).value
            found += more
            if not more:
                break
        return tuple(found)

    def raw(self, txid: str) -> Told[RawTransaction] | None:
        """The transaction with this txid, proven by its bytes; None when the server says that there is none."""
        asked = f"transaction {txid}"

        def read(told: Json) -> RawTransaction:
            return proven_transaction(answers.in_hex(told), txid)

        reading = self._reading(asked, "blockchain.transaction.get", (txid,), read, settled=True)
        try:
            return self._told(reading)
        except Refused as error:
            if error is reading.absence:
                return None
            raise

    def needed(self, txid: str, why: str) -> Told[RawTransaction]:
        """A transaction that the server must have; `why` says how we know. Raises Malformed when it has none."""
        found = self.raw(txid)
        if found is None:
            raise Malformed(
                f"{self.host} says that there is no transaction {txid}, {why}: its answers contradict each other, so "
                "what was asked stays open; ask again later, or ask another source"
            )
        return found

    def position(self, txid: str, height: int, header: Header, pin: str) -> int:
        """The position of a transaction in a block, proven by the branch to the block's Merkle root."""
        asked = f"the place of transaction {txid} in block {height}"

        def read(told: Json) -> int:
            branch = answers.branch(told)
            return proven_position(txid, branch.neighbours, branch.position, header)

        def failed(error: RpcError) -> AdapterError:
            return self._later(
                error, asked, f"has lost {asked}: the chain was re-organised meanwhile; ask for its tip again"
            )

        method = "blockchain.transaction.get_merkle"
        return self._ask(asked, method, (txid, height), read, failed, pin=pin).value

    def history(self, script: bytes, pin: str, holding: str = "") -> tuple[answers.Entry, ...] | Withheld:
        """Every transaction that pays to a script or spends from it, as the server claims.

        `holding` is a txid that is known to do so: a history without it is withheld where it is empty, else malformed.
        """
        method, asked = "blockchain.scripthash.get_history", "the history of a script"

        def read(told: Json) -> tuple[answers.Entry, ...] | Withheld:
            entries = answers.history(told)
            if holding and not entries:
                return Withheld(
                    f"{self.host} answers an empty history for a script that {holding} pays, so it leaves out what it "
                    f"holds; some servers do that where a history is too long for them: {refusals.REMEDY_LARGE}"
                )
            if holding and all(entry.txid != holding for entry in entries):
                raise Malformed(f"a history without {holding}, which pays that script, so that it is not complete")
            return entries

        return self._ask(asked, method, (script_hash(script),), read, self._withheld(asked), pin=pin).value

    def unspent(self, script: bytes, pin: str) -> Told[tuple[answers.Output, ...] | Withheld]:
        """The outputs to a script that nothing has spent, pending transactions counted, as the server claims."""
        method, asked = "blockchain.scripthash.listunspent", "the unspent outputs of a script"

        def read(told: Json) -> tuple[answers.Output, ...] | Withheld:
            return answers.unspent(told)

        return self._ask(asked, method, (script_hash(script),), read, self._withheld(asked), pin=pin)

    def balance(self, script: bytes, pin: str) -> int | Withheld:
        """What blocks have left to a script, in satoshi, as the server claims."""
        method, asked = "blockchain.scripthash.get_balance", "the balance of a script"

        def read(told: Json) -> int | Withheld:
            return answers.confirmed_balance(told)

        return self._ask(asked, method, (script_hash(script),), read, self._withheld(asked), pin=pin).value

    def confirmed(self, txid: str, pin: str) -> tuple[int, str] | Withheld | None:
        """Confirmations and block of a transaction in the words of the server's node; None while it is pending."""
        asked = f"the block of transaction {txid}"

        def read(told: Json) -> tuple[int, str] | Withheld | None:
            return answers.confirmations(told)

        method = "blockchain.transaction.get"
        return self._ask(asked, method, (txid, True), read, self._withheld(asked), pin=pin).value

    def _withheld(self, asked: str) -> Callable[[RpcError], AdapterError | Withheld]:
        """What an error means to a question that a server may decline, such as one for a very long history."""

        def meaning(error: RpcError) -> AdapterError | Withheld:
            known = refusals.refusal(error, self.host, asked)
            declined = isinstance(known, Refused) and not refusals.is_unknown_method(error)
            return Withheld(str(known)) if declined else known

        return meaning

    def _later(self, error: RpcError, asked: str, meaning: str) -> AdapterError:
        """What an error means to a question about a block: most often that the server has no such block."""
        known = refusals.refusal(error, self.host, asked)
        if isinstance(known, Unavailable) or refusals.is_unknown_method(error):
            return known
        return Unavailable(f"{self.host} {meaning} ({refusals.words(error)})")

    @property
    def host(self) -> str:
        """What sentences call the server."""
        return Request(ADAPTER, self.url).host

    def _ask(  # each is named by its place in a question
        self,
        asked: str,
        method: str,
        params: tuple[str | int | bool, ...],
        read: Callable[[Json], _Value],
        failed: Callable[[RpcError], AdapterError | _Value] | None = None,
        *,
        pin: str = "",
    ) -> Told[_Value]:
        """Ask one question whose answer holds for a tip."""
        return self._told(self._reading(asked, method, params, read, failed, pin=pin))

    def _reading(  # the same
        self,
        asked: str,
        method: str,
        params: tuple[str | int | bool, ...],
        read: Callable[[Json], _Value],
        failed: Callable[[RpcError], AdapterError | _Value] | None = None,
        *,
        pin: str = "",
        settled: bool = False,
    ) -> Reading[_Value]:
        """A question with the reading of its answer."""
        request = self._request(method, params, pin=pin, settled=settled)
        otherwise = failed or (lambda error: refusals.refusal(error, request.host, asked))
        return Reading(request, asked, read, otherwise)

    def _told(self, reading: Reading[_Value]) -> Told[_Value]:
        """Ask, and read the answer."""
        answer = self.door.ask(replace(reading.request, check=reading.check))
        return Told(reading.of(answer.content), answer.source)

    def _request(
        self, method: str, params: tuple[str | int | bool, ...], *, pin: str = "", settled: bool = False
    ) -> Request:
        """The question as the door sends it."""
        asked = question(ADAPTER, self.url, method, params, reach=self.reach, settled=settled, pin=pin)
        return replace(asked, greeting=GREETING, greeted=self._greeted, nudge=NUDGE)

    def _greeted(self, content: bytes, status: int) -> None:
        """Look at the version that a server chose. Raises Refused where it speaks none that we do."""
        del status  # a line has none
        told = result(content, Request(ADAPTER, self.url, body=GREETING))
        if isinstance(told, RpcError) and refusals.is_passing(told):
            raise refusals.refusal(told, self.host, "a greeting")
        version = told[1] if isinstance(told, list) and len(told) == 2 else None
        if not isinstance(version, str) or answers.version(version) is None:
            said = refusals.words(told) if isinstance(told, RpcError) else f"version {str(version)[:20]}"
            raise Refused(
                f"{self.host} does not speak the Electrum protocol from {OLDEST} to {NEWEST} ({said}): use a server of "
                "another version, or check the url of the source"
            )


def script_hash(script: bytes) -> str:
    """What the protocol calls a script: its SHA-256, reversed, in hex."""
    return hashlib.sha256(script).digest()[::-1].hex()


def _header(told: Json) -> Header:
    """A header in hex."""
    data = answers.in_hex(told)
    if len(data) != 80:
        raise Malformed(f"a header of {len(data)} bytes and not 80")
    return parse_header(data)
