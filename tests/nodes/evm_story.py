"""A theft on a chain of accounts: 40 ETH and two tokens run through mules to an exchange. What happens on the way.

The ETH goes victim, thief, splitter, mule two, a vault that destroys itself, mule four, mule six, exchange: six hops
after the theft. Every mule pays its gas from what it was given. The USDT is taken by a drainer whom the victim had
approved; a part of it is destroyed, and transfers of it cost basis points from the middle of the story on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.nodes.anvil import address, call, creation, made_by
from tests.nodes.evm_books import NATIVE, NOBODY, PLAIN, PRICE, Books, Deed, Move, pay, send

if TYPE_CHECKING:
    from tests.nodes.anvil import Anvil

ETH, UNIT = 10**18, 10**6
NOTHING = "0x" + "00" * 20
MOST = 2**256 - 1
SUPPLY = 1_000_000 * UNIT
"""Of each token, made for its issuer when it is made."""
RATE, CAP = 25, 2 * UNIT
"""What a transfer of the USDT costs from `fees` on: basis points, and the most."""


class Story:
    """The story on one node. `books` has every transaction by its name."""

    def __init__(self, node: Anvil) -> None:
        self.node = node
        self.books = Books(node)
        made = [made_by(address("rich 0"), nonce) for nonce in range(5)]
        self.coin, self.tether, self.splitter, self.refuser, self.drainer = made

    def tell(self) -> None:
        """From the first block to the last."""
        self.before()
        self.thefts()
        self.split()
        self.vault()
        self.brief()
        self.cash_out()
        self.tokens()
        self.coins()
        self.books.block()
        self.books.block()

    def before(self) -> None:
        """Contracts, and what everybody has of his own."""
        issuer, coin, tether = address("rich 0"), self.coin, self.tether
        code = [
            Deed("coin", "rich 0", None, data=creation("Coin", "uint256", SUPPLY), logs=1, gas=2_000_000,
                 moves=(Move("log:0", coin, NOBODY, issuer, SUPPLY),)),
            Deed("tether", "rich 0", None, data=creation("Tether", "uint256", SUPPLY), gas=2_000_000,
                 moves=(Move("made", tether, NOBODY, issuer, SUPPLY, silent=True),)),
            *(Deed(name.lower(), "rich 0", None, data=creation(name), gas=2_000_000)
              for name in ("Splitter", "Refuser", "Drainer")),
        ]  # fmt: skip
        self.books.block(*code)
        own = {"victim": 100, "thief": 2, "stranger": 20, "operator": 1, "affiliate": 1, "spender": 1}
        self.books.block(*(pay(f"{name}'s own", "rich 1", address(name), eth * ETH) for name, eth in own.items()))
        tokens = [
            ("victim's coins", coin, "victim", 5_000), ("stranger's coins", coin, "stranger", 1_000),
            ("victim's tether", tether, "victim", 9_000), ("stranger's tether", tether, "stranger", 1_000),
            ("thief's tether", tether, "thief", 50),
        ]  # fmt: skip
        self.books.block(*(send(name, "rich 0", token, address(to), n * UNIT) for name, token, to, n in tokens))
        self.books.block(pay("shopping", "victim", address("shop"), 3 * ETH // 2))

    def thefts(self) -> None:
        """The three payments that seeds name: `theft` (ETH), `drain` (USDT), `deceit` (COIN)."""
        victim, thief, affiliate = address("victim"), address("thief"), address("affiliate")
        approval = call("Tether", "approve(address,uint256)", self.drainer, MOST)
        self.books.block(Deed("approval", "victim", self.tether, data=approval, logs=1))
        self.books.block(pay("theft", "victim", thief, 40 * ETH, tip=10**9))
        drain = call(
            "Drainer", "drain(address,address,uint256,address,address)",
            self.tether, victim, 5_000 * UNIT, thief, affiliate,
        )  # fmt: skip
        moves = (
            Move("log:0", self.tether, victim, affiliate, 1_000 * UNIT),
            Move("log:1", self.tether, victim, thief, 4_000 * UNIT),
        )
        self.books.block(
            pay("lunch", "stranger", address("shop"), ETH // 100),
            Deed("drain", "operator", self.drainer, data=drain, moves=moves, logs=2),
        )
        self.books.block(send("deceit", "victim", self.coin, thief, 4_000 * UNIT))
        poison = call("Tether", "transferFrom(address,address,uint256)", victim, address("lookalike"), 0)
        nothing = (Move("log:0", self.tether, victim, address("lookalike"), 0),)
        self.books.block(Deed("poisoning", "spender", self.tether, data=poison, moves=nothing, logs=1))

    def split(self) -> None:
        """Through a contract, one receiver of which refuses; then three transactions of one block."""
        thief, one, two, three = map(address, ("thief", "mule one", "mule two", "mule three"))
        receivers, shares = (one, self.refuser, two), (12 * ETH, 5 * ETH, 9 * ETH)
        data = call("Splitter", "split(address[],uint256[])", receivers, shares)
        moves = (
            Move("value", NATIVE, thief, self.splitter, 30 * ETH),
            Move("call:0", NATIVE, self.splitter, one, 12 * ETH),
            Move("call:2", NATIVE, self.splitter, two, 9 * ETH),
        )
        self.books.block(Deed("split", "thief", self.splitter, 30 * ETH, data, moves, logs=1))
        self.books.block(
            pay("alms", "stranger", one, 3 * ETH),
            pay("onward", "mule one", three, 8 * ETH),
            pay("to itself", "mule one", one, ETH),
        )
        swept = (Move("call:0", NATIVE, self.splitter, three, 9 * ETH),)
        sweep = call("Splitter", "sweep(address)", three)
        self.books.block(Deed("sweep", "thief", self.splitter, data=sweep, moves=swept))
        names = ("seven", "eight", "nine", "ten")
        self.books.block(*(pay(f"gas for {name}", "thief", address(f"mule {name}"), ETH // 50) for name in names))

    def vault(self) -> None:
        """A contract that is made with value, is paid by a stranger, and destroys itself."""
        four, vault = address("mule four"), self.books.next_contract("mule two")
        self.books.block(
            Deed("vault", "mule two", None, 6 * ETH, creation("Vault"),
                 (Move("value", NATIVE, address("mule two"), vault, 6 * ETH),))
        )  # fmt: skip
        self.books.block(pay("alms for the vault", "stranger", vault, ETH, gas=50_000))
        gone = (Move("call:0", NATIVE, vault, four, 7 * ETH),)
        self.books.block(Deed("close", "mule two", vault, data=call("Vault", "close(address)", four), moves=gone))

    def brief(self) -> None:
        """Contracts that destroy themselves while they are made: one pays mule five, one nobody."""
        four, five = address("mule four"), address("mule five")
        for name, to, value in (("brief", five, 2 * ETH), ("burned", NOBODY, ETH)):
            made = self.books.next_contract("mule four")
            moves = (Move("value", NATIVE, four, made, value), Move("call:0", NATIVE, made, to, value))
            data = creation("Brief", "address", to or NOTHING)
            self.books.block(Deed(name, "mule four", None, value, data, moves))
        self.books.block(Deed("refused", "mule five", self.refuser, ETH // 2, fails=True))

    def cash_out(self) -> None:
        """To the exchange; mule five and mule six send everything that they have."""
        exchange, six = address("exchange"), address("mule six")
        self.books.block(pay("last hop but one", "mule four", six, 2 * ETH))
        self.books.block(
            pay("first cash", "mule three", exchange, 10 * ETH),
            pay("second cash", "mule five", exchange, self.books.of("mule five") - PLAIN * PRICE),
            pay("last hop", "mule six", exchange, self.books.of("mule six") - PLAIN * PRICE),
        )

    def _charged(self, name: str, by: str, holder: str, to: str, value: int) -> Deed:
        """A payment of USDT while it costs basis points: by its holder, or by somebody whom he approved."""
        tether, fee = self.tether, min(value * RATE // 10_000, CAP)
        moves = (
            Move("log:0", tether, address(holder), address("rich 0"), fee),
            Move("log:1", tether, address(holder), address(to), value - fee),
        )
        if by == holder:
            data = call("Tether", "transfer(address,uint256)", address(to), value)
        else:
            data = call("Tether", "transferFrom(address,address,uint256)", address(holder), address(to), value)
        return Deed(name, by, tether, data=data, moves=moves, logs=2)

    def tokens(self) -> None:
        """USDT: shared by a contract that may, charged, moved by a third party, listed and destroyed."""
        tether, issuer, eight = self.tether, address("rich 0"), address("mule eight")
        approve = call("Tether", "approve(address,uint256)", self.splitter, 3_000 * UNIT)
        self.books.block(Deed("leave to split", "thief", tether, data=approve, logs=1))
        self.books.block(self._shared("shared", tether, ("mule seven", "mule eight"), 1_500))
        rate = call("Tether", "setParams(uint256,uint256)", RATE, CAP)
        self.books.block(Deed("fees", "rich 0", tether, data=rate, logs=1))
        self.books.block(self._charged("mixed in", "stranger", "stranger", "mule seven", 700 * UNIT))
        self.books.block(self._charged("cut passed on", "affiliate", "affiliate", "mule seven", 900 * UNIT))
        self.books.block(self._charged("tether out", "mule seven", "mule seven", "exchange", 2_345_678_901))
        for name, signature, value in (("redeem", "redeem(uint256)", 1_000), ("issue", "issue(uint256)", 500)):
            sides = (issuer, NOBODY) if name == "redeem" else (NOBODY, issuer)
            moves = (Move("log:0", tether, *sides, value * UNIT),)
            data = call("Tether", signature, value * UNIT)
            self.books.block(Deed(name, "rich 0", tether, data=data, moves=moves, logs=1))
        allow = call("Tether", "approve(address,uint256)", address("spender"), 900 * UNIT)
        self.books.block(Deed("leave to spend", "mule eight", tether, data=allow, logs=1))
        self.books.block(self._charged("third party", "spender", "mule eight", "mule nine", 900 * UNIT))
        listed = call("Tether", "addBlackList(address)", eight)
        self.books.block(Deed("listed", "rich 0", tether, data=listed, logs=1))
        late = call("Tether", "transfer(address,uint256)", address("exchange"), UNIT)
        self.books.block(Deed("too late", "mule eight", tether, data=late, fails=True))
        left = self.books.of("mule eight", tether)
        burnt = (Move("log:0", tether, eight, NOBODY, left),)
        destroy = call("Tether", "destroyBlackFunds(address)", eight)
        self.books.block(Deed("destroyed", "rich 0", tether, data=destroy, moves=burnt, logs=1))
        self.books.block(self._charged("to ten", "mule nine", "mule nine", "mule ten", 500 * UNIT))
        self.books.block(self._charged("out of ten", "mule ten", "mule ten", "exchange", 300 * UNIT))

    def _shared(self, name: str, token: str, to: tuple[str, ...], value: int) -> Deed:
        """A contract that may takes the same from the thief for each of these, in whole tokens."""
        moves = tuple(
            Move(f"log:{place}", token, address("thief"), address(one), value * UNIT) for place, one in enumerate(to)
        )
        receivers, shares = [address(one) for one in to], [value * UNIT] * len(to)
        data = call("Splitter", "splitToken(address,address[],uint256[])", token, receivers, shares)
        return Deed(name, "thief", self.splitter, data=data, moves=moves, logs=len(moves))

    def coins(self) -> None:
        """COIN: burned in part, paid twice alike in one transaction, sent to oneself, mixed with a stranger's."""
        coin, thief = self.coin, address("thief")
        burn = call("Coin", "burn(uint256)", 100 * UNIT)
        burnt = (Move("log:0", coin, thief, NOBODY, 100 * UNIT),)
        self.books.block(Deed("coins burned", "thief", coin, data=burn, moves=burnt, logs=1))
        approve = call("Coin", "approve(address,uint256)", self.splitter, MOST)
        self.books.block(Deed("leave for coins", "thief", coin, data=approve, logs=1))
        self.books.block(self._shared("twice alike", coin, ("mule seven", "mule seven"), 750))
        self.books.block(
            send("coins mixed in", "stranger", coin, address("mule seven"), 333 * UNIT),
            send("coins to itself", "mule seven", coin, address("mule seven"), 200 * UNIT),
            send("coins out", "mule seven", coin, address("exchange"), 1_000 * UNIT),
            send("coins onward", "mule seven", coin, address("mule nine"), 500 * UNIT + 1),
        )
        self.books.block(send("coins out again", "mule nine", coin, address("exchange"), 123_456_789))

    def end(self) -> None:
        """Two blocks more: somebody cashes out, then nothing. `back` undoes them."""
        self._snapshot, self._fork = self.node.rpc("evm_snapshot"), self.node.height
        exchange = address("exchange")
        self.books.block(
            pay("late cash", "mule two", exchange, ETH),
            self._charged("late tether", "mule nine", "mule nine", "exchange", 100 * UNIT),
        )
        self.books.block()

    def back(self) -> None:
        """The node is where it was before the end, and so are the books."""
        self.node.rpc("evm_revert", self._snapshot)
        self.books.forget(self._fork)

    def other_end(self) -> None:
        """Three blocks in the place of the end, with other payments by the same people."""
        self.books.block(
            pay("other cash", "mule two", address("exchange"), ETH // 2),
            pay("other hop", "mule four", address("mule three"), ETH // 4),
        )
        self.books.block(self._charged("other tether", "mule nine", "mule nine", "mule one", 50 * UNIT))
        self.books.block()


def told(node: Anvil) -> Story:
    """The story on this node, from the first block to the last."""
    story = Story(node)
    story.tell()
    return story
