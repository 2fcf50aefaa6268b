"""The Ethereum node that the tests start, and the story that it is told: each thing on which other tests rest."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from fractions import Fraction
from pathlib import Path

import pytest

from tests.nodes import anvil as nodes
from tests.nodes import evm_case, evm_story
from tests.nodes.anvil import address
from tests.nodes.evm_books import PLAIN, PRICE
from tests.nodes.running import HERE, RpcError

pytestmark = pytest.mark.usefixtures("anvil_program")

TIP = "0x954097bd4226ed076b11df4f7eed4169df6c1f76b18c238862a4e9b6a70c0b2e"


def test_the_contracts_were_compiled_from_these_sources_by_the_compiler_of_the_lock():
    """Without compiling: by digest and version. After a change: `node compile-contracts.js`, as it says."""
    told = json.loads((HERE / "contracts" / "compiled.json").read_text("utf-8"))
    sources = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (HERE / "contracts").glob("*.sol")}
    assert told["sha256"] == sources
    lock = json.loads((HERE / "package-lock.json").read_text("utf-8"))["packages"]
    assert told["solc"].partition("+")[0] == lock["node_modules/solc"]["version"]


@pytest.mark.soak
def test_the_contracts_are_what_the_compiler_makes_of_their_sources():
    made = subprocess.run(["node", "compile-contracts.js"], cwd=HERE, capture_output=True, text=True, check=True)
    assert json.loads(made.stdout) == json.loads((HERE / "contracts" / "compiled.json").read_text("utf-8"))


def test_the_node_is_one_process_on_loopback_that_ends(tmp_path):
    with nodes.anvil(tmp_path) as node:
        assert Path(f"/proc/{node.pid}/exe").readlink() == nodes.program()
        assert int(node.rpc("eth_chainId"), 16) == nodes.CHAIN_ID
        with pytest.raises(RpcError):
            node.rpc("no_such_method")
    with pytest.raises(ProcessLookupError):
        os.kill(node.pid, 0)


def test_the_story_has_the_same_hashes_in_every_run(anvil, evm_told, tmp_path):
    assert anvil.block_hash() == TIP
    with nodes.anvil(tmp_path) as other:
        again = evm_story.told(other)
        assert other.block_hash() == TIP
    assert again.books.pages == evm_told.books.pages


def test_blocks_are_twelve_seconds_apart(anvil, evm_told):
    times = {page.height: page.time for page in evm_told.books.pages.values()}
    assert times == {height: nodes.START + nodes.SPACING * height for height in times}
    assert max(times) < anvil.height


def test_the_node_has_the_balances_of_the_books(evm_told):
    assert len(evm_told.books.balances) >= 50
    assert evm_told.books.settled() == []
    evm_told.books.balances[address("mule six"), ""] += 1
    assert len(evm_told.books.settled()) == 1
    evm_told.books.balances[address("mule six"), ""] -= 1


def test_a_deed_that_does_not_do_what_it_says_is_noticed(tmp_path):
    with nodes.anvil(tmp_path) as node:
        story = evm_story.Story(node)
        story.before()
        lie = evm_story.send("a lie", "victim", story.coin, address("thief"), 7)
        with pytest.raises(AssertionError):
            story.books.block(evm_story.Deed("a lie", "victim", lie.to, data=lie.data, moves=lie.moves, logs=2))


def at_exchange(found, method, origin):
    """What the oracle says ends at the exchange, in base units."""
    places = found["endpoints"].items()
    return sum(value for key, value in places if key[:2] == (method, origin) and key[3] == address("exchange"))


PENCIL = {
    ("fifo", "drained"): 1_450_000_000 + 299_250_000,
    ("fifo", "cut"): 2_343_678_901 - 48_000_000 - 1_450_000_000 - 698_250_000,
    ("lifo", "drained"): 2_343_678_901 - 896_000_000 - 698_250_000 + 299_250_000,
    ("lifo", "cut"): 896_000_000,
    ("libr", "drained"): 986_487_183 + 299_250_000,
    ("libr", "cut"): 610_941_718,
}


def test_the_books_are_what_a_pencil_makes_of_them(tmp_path, evm_told):
    """USDT by hand. The thief has 50 of his own and 4,000 stolen; 1,500 each go to mule seven and mule eight.

    FIFO and LIBR send the 50 to mule seven; LIFO none. Then 698.25 of a stranger come there, and 898 of the other
    origin. Out go 2 to the issuer and 2,343.678901 to the exchange. LIBR: 748.25 that nobody claims, then 1,597.428901
    of the 1,450 and the 898, pro rata. From mule eight by way of nine and ten comes 299.25 more, all of it stolen.
    """
    found = evm_case.expected(tmp_path / "oracle", evm_told.books)
    assert Fraction(1_597_428_901 * 1_450, 1_450 + 898).__round__() == 986_487_183
    assert {key: at_exchange(found, *key) for key in PENCIL} == PENCIL
    stolen, held = 1_500 * Fraction(4_000, 4_050), 1_500 + Fraction("698.25") + 898
    share = Fraction("2343.678901") / held
    haircut = {"drained": stolen * share + Fraction("299.25") * Fraction(4_000, 4_050), "cut": 898 * share}
    for origin, exact in haircut.items():
        assert abs(at_exchange(found, "haircut", origin) - exact * 10**6) <= 3


def test_the_gas_is_what_a_pencil_makes_of_it(tmp_path, evm_told):
    """ETH by hand: mule one is given 12, then 3 by a stranger; 8 and two fees go out, and 1 to itself.

    FIFO: all out of the 12. LIFO: the two newest, 3 and then 5 and the fees. LIBR: the 3, and what was not stolen of
    the 12 too: what the thief had of his own, less the fee that he paid out of it.
    """
    pages = evm_told.books.pages
    fees = pages["onward"].fee + pages["to itself"].fee
    assert (fees, pages["split"].fee > 10**14) == (2 * PLAIN * PRICE, True)
    found = evm_case.expected(tmp_path / "oracle", evm_told.books, origins=["theft"])
    rest = {method: evm_case.traced_balances(found, method)[address("mule one"), ""] for method in evm_case.METHODS}
    assert rest["fifo"] == 4 * 10**18 - fees
    assert rest["lifo"] == rest["libr"] == 7 * 10**18 - fees
    assert rest["fifo"] < rest["haircut"] < rest["libr"]
