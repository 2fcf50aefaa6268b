"""The questions that are put to a node, each answer checked before it is used.

What hashes to its name can never change and is asked once (`settled`); what depends on the chain is pinned to the tip
that the caller names; the rest is asked each time. Source: Bitcoin Core's RPC help, versions 22 to 31.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Context, Decimal, DecimalException, Inexact, InvalidOperation, Overflow
from typing import Final, NamedTuple, TypeAlias

from chaintrace.adapters.bitcoin.proofs import proven_header, proven_transaction
from chaintrace.adapters.bitcoin.rawblock import Header, RawTransaction, merkle_root, parse_block
from chaintrace.adapters.bitcoin_core.proof import Place, parse_proof
from chaintrace.adapters.network import Endpoint
from chaintrace.adapters.transport import Door, Json, RpcError, question, result
from chaintrace.adapters.transport.jsonrpc import Param
from chaintrace.errors import Malformed, Refused, Unavailable
from chaintrace.model.provenance import Source

ADAPTER = "bitcoin-core"
NOT_FOUND: Final = frozenset({-1, -5})
"""Core answers -5 for what it does not have, bcoin -1."""
_WARMING_UP, _OUT_OF_RANGE = -28, -8
_HASH = re.compile(r"[0-9a-f]{64}\Z")
_SATOSHI = Decimal(10**8)
_EXACT = Context(prec=40, traps=[Inexact, InvalidOperation, Overflow])

Look: TypeAlias = Callable[[Json], object]
"""Looks at a result and raises Malformed when it is not what it claims to be."""


Result: TypeAlias = "Json | RpcError"


class Told(NamedTuple):
    """A result, or the node's error, and where it was read (None where an error was not kept)."""

    result: Result
    source: Source | None


class Known(NamedTuple):
    """Bytes that hash to what they were asked for by, and where they were read."""

    transaction: RawTransaction
    source: Source


class Open(Exception):
    """A question that this node cannot answer, where it can answer others. Never leaves the adapter."""


class Rpc:
    """A node, as the source asks it. Every method raises Unavailable, Refused or Malformed."""

    def __init__(self, endpoint: Endpoint, door: Door) -> None:
        self._endpoint = endpoint
        self._door = door
        self.host = question(ADAPTER, endpoint.url, "").host

    def call(self, method: str, *params: Param, settled: bool = False, pin: str = "", look: Look | None = None) -> Told:
        """One call. An error is returned, for the caller knows what it means; one to a settled question is not kept."""
        asked = question(
            ADAPTER, self._endpoint.url, method, params, reach=self._endpoint.reach, settled=settled, pin=pin
        )
        refused: list[tuple[Refused, RpcError]] = []

        def check(content: bytes, _: int) -> None:
            value = result(content, asked)
            if isinstance(value, RpcError):
                if value.code == _WARMING_UP:
                    raise Unavailable(f"{self.host} is still starting ({value.message})")
                if settled:
                    refused.append((Refused(self.sentence(method, value)), value))
                    raise refused[-1][0]
            elif look is not None:
                look(value)

        try:
            answer = self._door.ask(replace(asked, check=check))
        except Refused as error:
            for known, value in refused:
                if known is error:
                    return Told(value, None)
            raise
        return Told(result(answer.content, asked), answer.source)

    def sentence(self, method: str, error: RpcError) -> str:
        """A node's error for a person."""
        return f"{self.host} answers {method} with an error ({error.code}: {error.message}): see the node's own log"

    def table(self, method: str, *params: Param, pin: str = "") -> Mapping[str, Json]:
        """A call whose result must be an object."""
        told = self.call(method, *params, pin=pin, look=as_table).result
        if isinstance(told, RpcError):
            raise Refused(self.sentence(method, told))
        return as_table(told)

    def block_hash(self, height: int, pin: str = "") -> str:
        """The hash of the canonical block at a height."""
        told = self.call("getblockhash", height, pin=pin, look=as_hash).result
        if isinstance(told, RpcError):
            if told.code == _OUT_OF_RANGE:
                raise Unavailable(f"{self.host} has no block at height {height} yet: ask again when it has come so far")
            raise Refused(self.sentence("getblockhash", told))
        return as_hash(told)

    def height(self) -> int:
        """The height of its last block, asked now."""
        return as_int(self.table("getblockchaininfo").get("blocks"))

    def header(self, block_hash: str, chain: str = "") -> Header:
        """The header of a block; its hash and its work (as `chain` asks, by default the endpoint's) are computed."""
        chain = chain or self._endpoint.chain

        def look(value: Json) -> None:
            proven_header(as_bytes(value), block_hash, chain)

        told = self.call("getblockheader", block_hash, False, settled=True, look=look).result  # noqa: FBT003  # as the RPC has it
        if isinstance(told, RpcError):
            raise Refused(self.sentence("getblockheader", told))
        return proven_header(as_bytes(told), block_hash, chain)

    def standing(self, block_hash: str, pin: str) -> int | None:
        """The height of a block in the chain, None for one that is no longer in it."""
        told = self.table("getblockheader", block_hash, True, pin=pin)  # noqa: FBT003  # as the RPC has it
        height, confirmations = as_int(told.get("height")), as_int(told.get("confirmations"))
        return height if confirmations > 0 else None

    def unmoved(self, height: int, block_hash: str) -> None:
        """Raises Unavailable when the node's chain, asked now, no longer has this block at this height.

        Only then does "there is no such thing" hold for that tip, and not for the one that has taken its place.
        """
        if self.block_hash(height) != block_hash:
            raise Unavailable(f"{self.host} changed its chain: block {block_hash} is no longer in it; run again")

    def transaction(self, txid: str, block_hash: str = "") -> Known | RpcError:
        """A transaction by its bytes, whose txid is computed; in a given block, where there is no index."""

        def look(value: Json) -> None:
            proven_transaction(as_bytes(value), txid)

        where = (block_hash,) if block_hash else ()
        told = self.call("getrawtransaction", txid, 0, *where, settled=True, look=look)
        if isinstance(told.result, RpcError) or told.source is None:
            return told.result if isinstance(told.result, RpcError) else RpcError(0, "nothing was kept")
        return Known(proven_transaction(as_bytes(told.result), txid), told.source)

    def place(self, txid: str, block_hash: str) -> Place | RpcError:
        """Where a transaction stands in a block, by a Merkle proof that is checked against the header."""

        def look(value: Json) -> None:
            parse_proof(as_bytes(value), txid, block_hash)

        told = self.call("gettxoutproof", [txid], block_hash, settled=True, look=look).result
        return told if isinstance(told, RpcError) else parse_proof(as_bytes(told), txid, block_hash)

    def block(self, block_hash: str) -> tuple[bytes, Source] | RpcError:
        """A block's bytes: its header hashes to its name, and its transactions to the header's Merkle root."""

        def look(value: Json) -> None:
            raw = parse_block(as_bytes(value))
            txids = [transaction.txid for transaction in raw.transactions]
            if raw.header.hash != block_hash or raw.header.merkle_root != merkle_root(txids):
                raise Malformed(
                    f"{self.host} gave for block {block_hash} bytes that are not its own: do not use this node"
                )

        told = self.call("getblock", block_hash, 0, settled=True, look=look)
        if isinstance(told.result, RpcError) or told.source is None:
            return told.result if isinstance(told.result, RpcError) else RpcError(0, "nothing was kept")
        return as_bytes(told.result), told.source


def as_table(value: Json) -> Mapping[str, Json]:
    """An object."""
    if not isinstance(value, dict):
        raise Malformed(f"an object was expected where the node answered {_shown(value)}: is the url that of a node?")
    return value


def as_list(value: Json) -> Sequence[Json]:
    """An array."""
    if not isinstance(value, list):
        raise Malformed(f"an array was expected where the node answered {_shown(value)}: is the url that of a node?")
    return value


def as_int(value: Json) -> int:
    """A whole number, as heights, confirmations (-1 for none) and the places of outputs are."""
    if not isinstance(value, int) or isinstance(value, bool) or not -1 <= value < 1 << 32:
        raise Malformed(f"a whole number was expected where the node answered {_shown(value)}: is it a Bitcoin node?")
    return value


def as_hash(value: Json) -> str:
    """A hash: 64 hex digits."""
    if not isinstance(value, str) or not _HASH.match(value):
        raise Malformed(f"a hash was expected where the node answered {_shown(value)}: is it a Bitcoin node?")
    return value


def as_bytes(value: Json) -> bytes:
    """Bytes that were written in hex."""
    try:
        return bytes.fromhex(value) if isinstance(value, str) else bytes.fromhex("x")
    except ValueError as error:
        raise Malformed(f"bytes in hex were expected where the node answered {_shown(value)}") from error


def as_satoshi(value: Json) -> int:
    """A node's amount (whole coins, as an exact decimal number) in satoshi. Never by way of a float."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Malformed(f"an amount was expected where the node answered {_shown(value)}")
    try:
        scaled = _EXACT.multiply(Decimal(value), _SATOSHI)
    except DecimalException:
        scaled = Decimal(-1)
    if not 0 <= scaled < 2**63 or scaled != int(scaled):
        raise Malformed(f"the node answered the amount {_shown(value)}, which is no whole number of satoshi")
    return int(scaled)


def _shown(value: Json) -> str:
    """A value short enough for a sentence."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
