"""Mixer: the contracts of the table on their own chain, and the list that they were collected from."""

from __future__ import annotations

import csv
from dataclasses import replace

import pytest

from chaintrace.adapters.protocols import read, shipped
from chaintrace.report.wording import violations
from heuristics.services.mixer import mixer
from tests.heuristics.control.account_chain import Chain

CHAINS = {
    "1": "ethereum",
    "10": "optimism",
    "56": "bsc",
    "100": "gnosis",
    "137": "polygon",
    "42161": "arbitrum",
    "43114": "avalanche",
}
ROWS = [row for row in shipped().rows if row.shape == "mixer"]
POOL = "0x910cbd523d972eb0a6f4cae4618ad62622b39dbf"
ROUTER = "0xd90e2f925da726b50c4ed8d0fb90ad053324f31b"
NOVA = "0xd692fd2d0b2fbd2e52cfa5b5b9424bc981c30696"
NOVA_HELPER = "0xca0840578f57fe71599d29375e16783424023357"


def said(name, address, asset=""):
    chain = Chain(name)
    chain.pay("0x" + "1" * 40, address, 5)
    return list(mixer(chain.account(address, asset), chain.view()))


def test_a_pool_stops_and_says_which_it_is():
    [found] = said("ethereum", POOL)
    assert (found.subject, found.object, found.is_stop) == (POOL, "Tornado Cash", True)
    assert found.text.startswith("the address is a pool of 10 ETH of the mixer Tornado Cash")
    assert list(violations(found.text)) == []


def test_a_router_stops_too():
    [found] = said("ethereum", ROUTER)
    assert "the router of the mixer" in found.text


@pytest.mark.parametrize("name", ["bsc", "tron", "ledger", "base"])
def test_another_chain_has_other_contracts(name):
    assert said(name, POOL) == []


def test_every_pool_of_the_list_is_in_the_table(shared):
    """The list is the documentation's. Cells that its reader left out are in the client's configuration."""
    with (shared / "data/labels/tornado_contracts.csv").open(encoding="utf-8") as file:
        listed = [row for row in csv.DictReader(file) if row["section"].startswith("Tornado Cash Classic")]
    known = {(row.chain, row.contract): row.route for row in ROWS}
    told = {
        (CHAINS[row["chain_id"]], row["address"]): row["contract"]
        for row in listed
        if row["chain_id"] in CHAINS and row["address"]
    }
    assert len(told) > 30
    for place, pool in told.items():
        assert known[place] == ("USDC" if pool.endswith(" USDC") else pool), place


def test_nova_stops_a_trace_at_its_pool_and_at_the_contract_before_its_bridge():
    """Its pool takes any value, so that no set of deposits is made of it."""
    assert [found.text.split(":")[0] for found in said("gnosis", NOVA)] == [
        "the address is a pool of any value of the mixer Tornado Cash"
    ]
    assert [found.object for found in said("ethereum", NOVA_HELPER)] == ["Tornado Cash"]
    assert said("ethereum", NOVA) == []


def test_every_pool_says_what_it_takes():
    for row in ROWS:
        if row.route not in {"router", "USDC", "any value"}:
            size, _, symbol = row.route.partition(" ")
            amount = int(row.said("amount").removeprefix("="))
            decimals = {"cDAI": 8, "WBTC": 8, "USDT": 6}.get(symbol, 18)
            assert amount * 10 == int(str(round(float(size.replace(",", "")) * 10))) * 10**decimals
            assert (row.said("token") == "native") == (symbol in {"ETH", "BNB", "xDAI", "MATIC", "AVAX"})


def test_a_table_of_the_user_may_name_another_mixer(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        'protocol = "Some Mixer"\n[[event]]\nshape = "mixer"\nsource = "https://example.org"\nchecked = 2026-01-02\n'
        f'[[contract]]\nchain = "base"\naddress = "{POOL}"\nsource = "https://example.org"\nchecked = 2026-01-02\n',
        encoding="utf-8",
    )
    chain = Chain("base")
    chain.pay("0x" + "1" * 40, POOL, 5)
    view = replace(chain.view(), own=read(path))
    [found] = mixer(chain.account(POOL), view)
    assert found.text.startswith("the address is a contract of the mixer Some Mixer")
