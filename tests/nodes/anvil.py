"""A real Ethereum-like node on loopback: anvil, with blocks whose hashes are the same in every run.

It has the ten accounts of the public test mnemonic, each with 10,000 ETH, and signs for them. The others of a story
have keys that are made from their names. Every transaction is signed with a fixed nonce and price, blocks are 12
seconds apart from a fixed time, so nothing depends on the clock.
"""

from __future__ import annotations

import hashlib
import json
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import TYPE_CHECKING, Any

from tests.nodes.running import HERE, RpcError, free_port, running, wait

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from eth_account.signers.local import LocalAccount

CHAIN, CHAIN_ID = "anvil", 31337
START, SPACING = 1_700_000_000, 12
"""The time of the first block (Unix, UTC), and the seconds between blocks."""
MNEMONIC = "test test test test test test test test test test test junk"
"""The public one of every test node; what it holds is worth nothing anywhere."""
RICH = 10_000 * 10**18
"""What each of its accounts has in the first block, in wei."""
REMEDY = "run `make system` as root, then `make nodes`"

_numbers = count(1)


@dataclass(frozen=True)
class Anvil:
    """A running node."""

    url: str
    folder: Path
    pid: int

    def rpc(self, method: str, *params: object) -> Any:  # whatever the node answers
        """What the node answers. Raises RpcError."""
        body = json.dumps({"jsonrpc": "2.0", "id": next(_numbers), "method": method, "params": params}).encode()
        request = urllib.request.Request(self.url, body, {"Content-Type": "application/json"})  # noqa: S310  # loopback
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310  # the same
            told = json.loads(answer.read())
        if told.get("error"):
            raise RpcError(told["error"]["code"], told["error"]["message"])
        return told["result"]

    @property
    def height(self) -> int:
        """Of its tip."""
        return int(self.rpc("eth_blockNumber"), 16)

    def block_hash(self, height: int | str = "latest") -> str:
        """Of its block at a height, or of its tip."""
        name = height if isinstance(height, str) else hex(height)
        return self.rpc("eth_getBlockByNumber", name, False)["hash"]

    def balance(self, address: str, contract: str = "") -> int:
        """What it has now, in base units: of the native asset, or of a token."""
        if not contract:
            return int(self.rpc("eth_getBalance", address, "latest"), 16)
        data = "0x70a08231" + address[2:].rjust(64, "0")
        return int(self.rpc("eth_call", {"to": contract, "data": data}, "latest"), 16)


def program() -> Path | None:
    """The node itself, not the wrapper that npm puts before it; None where npm has not brought it."""
    return next(iter(sorted((HERE / "node_modules" / "@foundry-rs").glob("anvil-*/bin/anvil*"))), None)


@contextmanager
def anvil(folder: Path, *options: str, chain_id: int = CHAIN_ID) -> Iterator[Anvil]:
    """A node with an empty chain; `options` are added. It mines when it is told to, transactions as they came."""
    port = free_port()
    command = [
        *(str(program()), "--host", "127.0.0.1", "--port", str(port), "--silent", "--timestamp", str(START)),
        *("--chain-id", str(chain_id), "--no-mining", "--order", "fifo", "--mnemonic", MNEMONIC, *options),
    ]
    with running(command, folder) as process:
        node = Anvil(f"http://127.0.0.1:{port}", folder, process.pid)
        wait(process, folder, lambda: node.height == 0)
        node.rpc("anvil_setBlockTimestampInterval", SPACING)
        yield node


@cache
def account(name: str) -> LocalAccount:
    """The account of that name: its key is made from the name, `rich 0` to `rich 9` are those of the mnemonic."""
    from eth_account import Account

    if name.startswith("rich "):
        Account.enable_unaudited_hdwallet_features()
        return Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{name[5:]}")
    return Account.from_key(hashlib.sha256(name.encode()).digest())


@cache
def address(name: str) -> str:
    """The address of that name, in lower case."""
    return account(name).address.lower()


@cache
def compiled() -> dict[str, Any]:
    """What `compile-contracts.js` made of the contracts: by name, the code that makes each and its selectors."""
    return json.loads((HERE / "contracts" / "compiled.json").read_text("utf-8"))["contracts"]


def made_by(sender: str, nonce: int) -> str:
    """The address of the contract that an account makes with this nonce: the end of keccak(rlp([sender, nonce]))."""
    from eth_utils import keccak

    number = b"\x80" if not nonce else bytes((nonce,)) if nonce < 0x80 else b"\x81" + bytes((nonce,))
    body = b"\x94" + bytes.fromhex(sender[2:]) + number
    return "0x" + keccak(bytes((0xC0 + len(body),)) + body)[-20:].hex()


def creation(name: str, types: str = "", *arguments: object) -> bytes:
    """The data of a transaction that makes a contract."""
    return bytes.fromhex(compiled()[name]["bytecode"]) + encoded(types, *arguments)


def call(name: str, signature: str, *arguments: object) -> bytes:
    """The data of a transaction that calls a contract, as `transfer(address,uint256)`."""
    selector = bytes.fromhex(compiled()[name]["selectors"][signature])
    return selector + encoded(signature.partition("(")[2].removesuffix(")"), *arguments)


def encoded(types: str, *arguments: object) -> bytes:
    """Arguments as contracts read them."""
    from eth_abi.abi import encode

    return encode([one for one in types.split(",") if one], arguments)
