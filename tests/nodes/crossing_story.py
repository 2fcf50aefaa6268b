"""A payment that leaves its chain: swapped in a pool of Uniswap v2, locked in a bridge, minted on a second chain.

There it is paid to a deposit address of an exchange, which is swept. Beside it, the same bridge is used in ways that a
trace must not believe: a delivery that another contract only claims, one that failed, one key that is used twice.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.nodes import anvil as nodes
from tests.nodes.anvil import CHAIN_ID, START, address, call, creation, encoded, made_by
from tests.nodes.evm_books import NATIVE, NOBODY, Books, Deed, Move, pay, send
from tests.nodes.running import HERE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.nodes.anvil import Anvil

NEAR, FAR, FAR_ID = "anvil", "sepolia", 11_155_111
"""The two chains by their names, and the number of the second one: that of Sepolia, for cases know it."""
ETH, UNIT = 10**18, 10**6
FINER = 10**12
"""One base unit of what is locked (6 decimals) in those of what is minted for it (18)."""
SUPPLY = 1_000_000 * UNIT
POOL = (100 * ETH, 200_000 * UNIT)
"""What the pool holds at first, of ETH and of COIN."""
STOLEN, SWAPPED, TOLL = 10 * ETH, 9 * ETH, 25 * UNIT
"""What the victim pays, what of it is exchanged, and what the bridge keeps of every lock, in COIN."""
KEPT = 1_000 * 10**18
"""What the mule does not pay on, in base units of what is minted."""
ODD = {"forged": 500 * UNIT, "failed": 600 * UNIT, "twice": 700 * UNIT}
"""What goes into the bridge in each of the ways that are not to be believed, in COIN."""
WAIT = 12
"""Blocks that pass on the second chain before anything is delivered: as many as the first one has, and more."""
_LATE = START + 10**6


def is_installed() -> bool:
    """Whether npm has brought Uniswap v2."""
    return (HERE / "node_modules" / "@uniswap" / "v2-periphery").is_dir()


def uniswap(package: str, name: str) -> str:
    """The code that makes a contract of Uniswap v2, as its authors compiled it, in hex."""
    built = HERE / "node_modules" / "@uniswap" / package / "build" / f"{name}.json"
    return str(json.loads(built.read_text("utf-8"))["bytecode"])


def asks(signature: str, *arguments: object) -> bytes:
    """The data of a call of a contract that was not compiled here."""
    from eth_utils.crypto import keccak

    types = signature.partition("(")[2].removesuffix(")")
    return keccak(text=signature)[:4] + encoded(types, *arguments)


@dataclass
class Story:
    """What happened on both nodes, each with its books. `keys` are those of the locks, by their names."""

    near: Books
    far: Books

    def __post_init__(self) -> None:
        self.keys: dict[str, str] = {}
        self.coin, self.weth, self.factory, self.router, self.lockbox = (
            made_by(address("rich 0"), nonce) for nonce in range(5)
        )
        self.mintbox, self.forger = (made_by(address(f"rich {number}"), 0) for number in (0, 1))
        self.pair = ""

    @property
    def brought(self) -> int:
        """What the pool gives for what is swapped: its formula, with 0.3 % for the pool (UniswapV2Library)."""
        taken = SWAPPED * 997
        return taken * POOL[1] // (POOL[0] * 1000 + taken)

    @property
    def minted(self) -> int:
        """What is minted for it on the other side, in base units there."""
        return (self.brought - TOLL) * FINER

    def tell(self) -> None:
        """First what happens on the near side, then what happens on the far side."""
        self._contracts()
        self._liquidity()
        coins = [send(f"{name} theft", "rich 0", self.coin, address(name), value) for name, value in ODD.items()]
        self.near.block(pay("theft", "victim", address("thief"), STOLEN), *coins)
        self._swap()
        self._lock("good", "thief", self.brought, "mule")
        for name, value in ODD.items():
            self._lock(name, name, value, f"{name} mule")
        self.near.block()
        self._far()

    def _contracts(self) -> None:
        """What everybody has of his own, and the contracts of both sides."""
        router = bytes.fromhex(uniswap("v2-periphery", "UniswapV2Router02"))
        factory = bytes.fromhex(uniswap("v2-core", "UniswapV2Factory"))
        made = {
            "weth": bytes.fromhex(uniswap("v2-periphery", "WETH9")),
            "factory": factory + encoded("address", address("rich 0")),
            "router": router + encoded("address,address", self.factory, self.weth),
            "lockbox": creation("Lockbox"),
        }
        issue = (Move("log:0", self.coin, NOBODY, address("rich 0"), SUPPLY),)
        self.near.block(
            Deed("coin", "rich 0", None, data=creation("Coin", "uint256", SUPPLY), logs=1, gas=2_000_000, moves=issue),
            *(Deed(name, "rich 0", None, data=data, gas=6_000_000) for name, data in made.items()),
        )
        own = [pay(f"{name}'s own", "rich 1", address(name), ETH) for name in ("thief", *ODD)]
        self.near.block(pay("victim's own", "rich 1", address("victim"), 20 * ETH), *own)
        self.far.block(
            Deed("mintbox", "rich 0", None, data=creation("Mintbox"), gas=2_000_000),
            Deed("forger", "rich 1", None, data=creation("Mintbox"), gas=2_000_000),
            *(pay(f"{name}'s own", "rich 2", address(name), ETH) for name in ("mule", "hot wallet")),
        )

    def _liquidity(self) -> None:
        """The pool is made and filled. The shares of it are left out of the books."""
        issuer, (ether, coins) = address("rich 0"), POOL
        approve = call("Coin", "approve(address,uint256)", self.router, coins)
        pair = asks("createPair(address,address)", self.coin, self.weth)
        self.near.block(
            Deed("leave to pool", "rich 0", self.coin, data=approve, logs=1),
            Deed("pair", "rich 0", self.factory, data=pair, logs=1, gas=4_000_000),
        )
        found = {"to": self.factory, "data": "0x" + asks("getPair(address,address)", self.coin, self.weth).hex()}
        self.pair = "0x" + self.near.node.rpc("eth_call", found, "latest")[-40:]
        fill = asks(
            "addLiquidityETH(address,uint256,uint256,uint256,address,uint256)",
            *(self.coin, coins, coins, ether, issuer, _LATE),
        )
        moves = (Move("log:0", self.coin, issuer, self.pair, coins), *self._wrapped(issuer, ether))
        self.near.block(Deed("liquidity", "rich 0", self.router, ether, fill, moves, logs=7))

    def _wrapped(self, payer: str, value: int) -> tuple[Move, ...]:
        """What pays ether into the pool: by the router, which wraps it."""
        return (
            Move("value", NATIVE, payer, self.router, value),
            Move("call:1", NATIVE, self.router, self.weth, value),
            Move("made", self.weth, NOBODY, self.router, value, silent=True),
            Move("log:1", self.weth, self.router, self.pair, value),
        )

    def _swap(self) -> None:
        """The thief exchanges most of the ETH for COIN."""
        thief, path = address("thief"), [self.weth, self.coin]
        data = asks("swapExactETHForTokens(uint256,address[],address,uint256)", self.brought, path, thief, _LATE)
        moves = (*self._wrapped(thief, SWAPPED), Move("log:2", self.coin, self.pair, thief, self.brought))
        self.near.block(Deed("swap", "thief", self.router, SWAPPED, data, moves, logs=5))

    def _lock(self, name: str, who: str, value: int, to: str) -> None:
        """Somebody locks COIN in the bridge, for somebody on the far side."""
        approve = call("Coin", "approve(address,uint256)", self.lockbox, value)
        lock = call("Lockbox", "lock(address,uint256,uint256,address)", self.coin, value, FAR_ID, address(to))
        moves = (Move("log:0", self.coin, address(who), self.lockbox, value),)
        self.near.block(
            Deed(f"{name} approval", who, self.coin, data=approve, logs=1),
            Deed(f"{name} lock", who, self.lockbox, data=lock, moves=moves, logs=2),
        )
        receipt = self.near.node.rpc("eth_getTransactionReceipt", self.near.pages[f"{name} lock"].txid)
        (told,) = (log for log in receipt["logs"] if log["address"] == self.lockbox)
        self.keys[name] = told["topics"][1]

    def deliver(self, name: str, key: str, to: str, value: int, *, box: str = "", fails: bool = False) -> Deed:
        """A delivery as the bridge's relayer signs it, or whoever makes another contract claim it (`box`)."""
        token = box or self.mintbox
        data = call("Mintbox", "deliver(bytes32,uint256,address,uint256)", bytes.fromhex(key[2:]), CHAIN_ID, to, value)
        moves = () if fails else (Move("log:0", token, NOBODY, to, value),)
        return Deed(name, "rich 3", token, data=data, moves=moves, logs=0 if fails else 2, fails=fails)

    def _far(self) -> None:
        """What is delivered, what is only claimed, and how the mule cashes out."""
        for _ in range(WAIT):
            self.far.block()
        worth = {name: (value - TOLL) * FINER for name, value in ODD.items()}
        friend, twin = address("forger's friend"), address("twice mule")
        self.far.block(
            self.deliver("good, forged", self.keys["good"], address("mule"), self.minted, box=self.forger),
            self.deliver("forged", self.keys["forged"], friend, worth["forged"], box=self.forger),
            self.deliver("failed", self.keys["failed"], f"0x{'00' * 20}", worth["failed"], fails=True),
            self.deliver("once", self.keys["twice"], twin, worth["twice"]),
        )
        self.far.block(
            self.deliver("good", self.keys["good"], address("mule"), self.minted),
            self.deliver("twice", self.keys["twice"], twin, worth["twice"]),
        )
        deposit, paid = address("deposit"), self.minted - KEPT
        self.far.block(send("cash", "mule", self.mintbox, deposit, paid))
        self.far.block(pay("top-up", "hot wallet", deposit, ETH // 100))
        self.far.block(send("sweep", "deposit", self.mintbox, address("hot wallet"), paid))
        self.far.block()


@contextmanager
def two_chains(folder: Path) -> Iterator[tuple[Anvil, Anvil, Story]]:
    """Two nodes, and the story when both have heard it to the end."""
    with nodes.anvil(folder / "near") as near, nodes.anvil(folder / "far", chain_id=FAR_ID) as far:
        story = Story(Books(near), Books(far, FAR_ID))
        story.tell()
        assert (story.near.settled(), story.far.settled()) == ([], [])
        yield near, far, story


LOCKED = "Locked(bytes32 indexed id, address indexed from, address token, uint256 amount, uint256 toChain, address to)"
BRIDGE = """# A bridge that locks on one chain and mints on another one. Its contracts are the tests' own.

protocol = "Lock and Mint"

[[event]]
shape = "sent"
signature = "{locked}"
key = "id"
to = "toChain"
recipient = "to"
payer = "from"
token = "token"
amount = "amount"
source = "tests/nodes/contracts/Crossing.sol"
checked = 2026-11-28

[[event]]
shape = "received"
signature = "Minted(bytes32 indexed id, uint256 fromChain, address indexed to, uint256 amount)"
key = "id"
origin = "fromChain"
recipient = "to"
token = "@emitter"
amount = "amount"
source = "tests/nodes/contracts/Crossing.sol"
checked = 2026-11-28

[[contract]]
chain = "{near}"
address = "{lockbox}"
events = ["Locked"]
source = "tests/nodes/contracts/Crossing.sol"
checked = 2026-11-28

[[contract]]
chain = "{far}"
address = "{mintbox}"
events = ["Minted"]
source = "tests/nodes/contracts/Crossing.sol"
checked = 2026-11-28
"""


def write_case(
    folder: Path, story: Story, name: str, *, chains: Sequence[str] = (NEAR, FAR), bridge: bool = True
) -> Path:
    """A case about one payment, with a source on each of the chains; `bridge`: it knows the bridge."""
    folder.mkdir(parents=True)
    boxes = {"lockbox": story.lockbox, "mintbox": story.mintbox}
    (folder / "bridge.toml").write_text(BRIDGE.format(near=NEAR, far=FAR, locked=LOCKED, **boxes), "utf-8")
    header = "chain,address,label,actor,category,confidence,source,lastmod"
    row = f"{FAR},{address('hot wallet')},Exchange One,,exchange,ownership,made here,2026-01-01"
    (folder / "tags.csv").write_text(f"{header}\n{row}\n", "utf-8")
    toml = ["[case]\nname = 'over the bridge'\n"]
    for chain in chains:
        url = (story.near if chain == NEAR else story.far).node.url
        toml.append(f"[[source]]\nchain = '{chain}'\nadapter = 'evm-rpc'\nurl = '{url}'\n")
    chain = NEAR if name in story.near.pages else FAR
    page = (story.near if chain == NEAR else story.far).pages[name]
    index = page.moves[0].index
    toml.append(f"[[seed]]\nchain = '{chain}'\ntxid = '{page.txid}'\nindex = '{index}'\norigin = 'the payment'\n")
    toml.append("[[tags]]\npath = 'tags.csv'\n")
    if bridge:
        toml.append("[[protocols]]\npath = 'bridge.toml'\n")
    (folder / "case.toml").write_text("\n".join(toml), "utf-8")
    return folder
