"""Tokens with the powers of four issuers, at the very addresses that data/issuers.toml names, on a node of chain id 1.

What is done to whom is a list of steps, a block each; what must be known after each step is written beside it, from the
contracts of `contracts/Issuers.sol` alone.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.nodes.anvil import Anvil, address, anvil, call, creation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHAIN = "ethereum"
VALUE = 5_000_000_000
"""What the address has from the first step on, in base units."""
NEVER = "0"
"""A balance that was destroyed."""


@dataclass(frozen=True)
class Token:
    """A contract of `Issuers.sol`, where it stands, and its calls to block, release and destroy (`""`: it has none)."""

    name: str
    contract: str
    block: str
    release: str
    wipe: str


TOKENS = (
    Token(
        *("IssuedUsdt", "0xdac17f958d2ee523a2206206994597c13d831ec7"),
        *("addBlackList(address)", "removeBlackList(address)", "destroyBlackFunds(address)"),
    ),
    Token(
        *("IssuedBlockedList", "0x68749665ff8d2d112fa859aa293f07a622782f38"),
        *("addToBlockedList(address)", "removeFromBlockedList(address)", "destroyBlockedFunds(address)"),
    ),
    Token(
        *("IssuedUsdc", "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48"),
        *("blacklist(address)", "unBlacklist(address)", ""),
    ),
    Token(
        *("IssuedPaxos", "0x45804880de22913dafe09f4980848ece6ecbaf78"),
        *("freeze(address)", "unfreeze(address)", "wipeFrozenAddress(address)"),
    ),
)


@dataclass
class Told:
    """What is true of the address after a height: its state, and its balance in base units."""

    height: int
    state: str
    balance: str


@dataclass
class Issuer:
    """A node with the four tokens, and what was done with them; `told` by the name of the token, in order."""

    node: Anvil
    told: dict[str, list[Told]] = field(default_factory=dict)
    wallet: str = ""
    """Where calls to USDT are proposed, as its owner."""

    def mine(self, to: str | None, data: bytes, sender: str = "rich 0") -> dict[str, str]:
        """One transaction in a block of its own; its receipt. Raises AssertionError where it failed."""
        asked = {"from": address(sender), "data": "0x" + data.hex(), "gas": hex(2_000_000)}
        txid = self.node.rpc("eth_sendTransaction", asked | ({} if to is None else {"to": to}))
        self.node.rpc("evm_mine")
        receipt = self.node.rpc("eth_getTransactionReceipt", txid)
        assert int(receipt["status"], 16) == 1, (to, data)
        return receipt

    def place(self, token: Token) -> None:
        """Put the token's code where the issuer's contract stands on the chain."""
        made = self.mine(None, creation(token.name))
        self.node.rpc("anvil_setCode", token.contract, self.node.rpc("eth_getCode", made["contractAddress"], "latest"))

    def own(self, token: Token) -> None:
        """Make a wallet and hand the token over to it."""
        self.wallet = self.mine(None, creation("IssuerWallet"))["contractAddress"].lower()
        self.do(token, "transferOwnership(address)", self.wallet)

    def propose(self, destination: str, data: bytes) -> int:
        """Submit a call to the wallet; the height of its block."""
        submitted = call("IssuerWallet", "submitTransaction(address,uint256,bytes)", destination, 0, data)
        return int(self.mine(self.wallet, submitted)["blockNumber"], 16)

    def execute(self, number: int) -> int:
        """Carry out a proposal; the height of its block."""
        carried_out = self.mine(self.wallet, call("IssuerWallet", "executeTransaction(uint256)", number))
        return int(carried_out["blockNumber"], 16)

    def do(self, token: Token, signature: str, who: str, *more: object) -> int:
        """One call about an address; the height of its block."""
        return int(self.mine(token.contract, call(token.name, signature, who, *more))["blockNumber"], 16)


@contextmanager
def issuing(folder: Path, tokens: tuple[Token, ...] = TOKENS) -> Iterator[Issuer]:
    """A node with the tokens, and nothing done yet."""
    folder.mkdir(parents=True, exist_ok=True)
    with anvil(folder, chain_id=1) as node:
        issuer = Issuer(node)
        for token in tokens:
            issuer.place(token)
            if token.name == "IssuedUsdt":
                issuer.own(token)
        yield issuer


def live(issuer: Issuer, who: str) -> None:
    """To the same address at every token: mint, block, release, block again, destroy; a stranger is blocked first."""
    for token in TOKENS:
        told = issuer.told[token.name] = []
        issuer.do(token, token.block, address("stranger"))
        told.append(Told(issuer.do(token, "mint(address,uint256)", who, VALUE), "not blocked", str(VALUE)))
        told.append(Told(issuer.do(token, token.block, who), "blocked", str(VALUE)))
        told.append(Told(issuer.do(token, token.release, who), "not blocked", str(VALUE)))
        told.append(Told(issuer.do(token, token.block, who), "blocked", str(VALUE)))
        if token.wipe:
            told.append(Told(issuer.do(token, token.wipe, who), "blocked", NEVER))
