"""Dated facts beside a history: what code an address has, who controls it, and how a token names and divides its units.

They are the word of contracts, some of which lie: a name decides nothing and is shown in plain letters, and a scale
that no unsigned byte can hold is none (EIP-20: `decimals` is a uint8). Sources: EIP-20, EIP-7702; older tokens name
themselves in 32 bytes instead of a string.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from chaintrace.adapters.evm.quantities import octets
from chaintrace.adapters.evm_rpc.control import Control
from chaintrace.adapters.evm_rpc.ranges import Ranges
from chaintrace.adapters.evm_rpc.rpc import Rpc
from chaintrace.adapters.network import Status
from chaintrace.adapters.scales import scale, scales
from chaintrace.adapters.transport.jsonrpc import Param
from chaintrace.errors import Malformed
from chaintrace.model.chain import Account, Asset
from chaintrace.model.provenance import Observation, Source
from chaintrace.model.transaction import Transaction

_DECIMALS: Final = "0x313ce567"
_TEXTS: Final[Mapping[str, str]] = {"symbol": "0x95d89b41", "name": "0x06fdde03"}
_DELEGATED: Final = b"\xef\x01\x00"
"""How the code of an account begins that lends itself another's (EIP-7702); that one's address follows."""
_MOST_SCALES: Final = 20
"""Tokens of one transaction whose decimals are asked for."""
_LONGEST: Final = 64
"""Letters of a token's name that are kept."""


class Observer:
    """Looks at one node's accounts and contracts. What it does not get, it leaves out: nothing depends on it."""

    def __init__(self, rpc: Rpc, ranges: Ranges) -> None:
        self._rpc = rpc
        self._control = Control(rpc, ranges)

    def facts(self, account: Account, start: int, at: Status) -> tuple[Observation, ...]:
        """What there is to say of an account and of its asset, at the tip of this run or since the height `start`."""
        try:
            return tuple(self._facts(account, start, at))
        except Malformed:
            return ()

    def _facts(self, account: Account, start: int, at: Status) -> Iterator[Observation]:
        code, source = self._asked("eth_getCode", account.address, at)
        if code.startswith(_DELEGATED) and len(code) == 23:
            yield Observation(account.chain, account.address, "delegation", at.height, "0x" + code[3:].hex(), source)
        elif code:
            yield Observation(account.chain, account.address, "code", at.height, f"{len(code)} bytes", source)
            yield from self._control.facts(account.chain, account.address, start, at)
        contract = account.asset.contract
        if not contract:
            return
        said, source = self._asked("eth_call", {"to": contract, "data": _DECIMALS}, at)
        yield from scales(account.chain, [(contract, _scale(said), source)], at.height)
        for what, data in _TEXTS.items():
            said, source = self._asked("eth_call", {"to": contract, "data": data}, at)
            text = text_of(said)
            if text:
                yield Observation(account.chain, contract, what, at.height, text, source)

    def _asked(self, method: str, param: Param, at: Status) -> tuple[bytes, Source | None]:
        """Bytes; none where the node or the contract refuses."""
        told = self._rpc.optional(method, param, hex(at.height), pin=at.block_hash)
        if told.result is None:
            return b"", None
        return octets(told.result, "what a node says of an address"), told.source


def scales_of(rpc: Rpc, transaction: Transaction, at: Status) -> tuple[Observation, ...]:
    """The decimals of the tokens that a transaction moves and chains.toml does not know, as of the tip.

    At most `_MOST_SCALES` contracts are asked, and none any more once the node does not answer.
    """
    unknown = {one.asset.contract: None for one in transaction.transfers if one.asset.decimals is None}
    fungible = [name for name in unknown if Asset(transaction.chain, name).token_id is None]
    tag, height = (hex(at.height), at.height) if at.block_hash else ("latest", None)
    told: list[tuple[str, int | None, Source | None]] = []
    for contract in fungible[:_MOST_SCALES]:
        call: Mapping[str, Param] = {"to": contract, "data": _DECIMALS}
        try:
            answer = rpc.optional("eth_call", call, tag, pin=at.block_hash)
            said = octets(answer.result, "a token's decimals") if answer.result is not None else b""
        except Malformed:
            continue
        if answer.later:
            break
        told.append((contract, _scale(said), answer.source))
    return scales(transaction.chain, told, height)


def _scale(said: bytes) -> int | None:
    """Decimals as contracts answer them, in 32 bytes; None for what cannot be."""
    return scale(int.from_bytes(said, "big")) if len(said) == 32 else None


def text_of(said: bytes) -> str:
    """A string as contracts answer it, or 32 bytes that end with zeros, in printable letters; empty for other bytes."""
    if len(said) == 32:
        raw = said.rstrip(b"\0")
    else:
        if len(said) < 64 or int.from_bytes(said[:32], "big") != 32:
            return ""
        size = int.from_bytes(said[32:64], "big")
        raw = said[64 : 64 + min(size, 4 * _LONGEST)]
        if size > len(said) - 64:
            return ""
    text = raw.decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else "?" for letter in " ".join(text.split()))[:_LONGEST]
