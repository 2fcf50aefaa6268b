"""Which network a file of Bitcoin says that it is of."""

from __future__ import annotations

import json

import pytest

from chaintrace.adapters.bitcoin.blockfile import unmask
from chaintrace.case.recognised import network
from chaintrace.errors import InputError
from tests.chaintrace.adapters.bitcoin.making import Made, framed

MAIN, LEGACY = "bc1qq2euq8pw950klpjcawuy4uj39ym43hs6cfsegq", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
REGTEST = "bcrt1q6hyx66yes2mnrmhg0w2pf6cu42dfuwnd7lgzyy"
TEST, TEST_LEGACY = "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn"


@pytest.fixture
def file(tmp_path):
    def written(*addresses):
        path = tmp_path / "t.jsonl"
        lines = ["", "no JSON", "[1]", json.dumps({"inputs": None, "outputs": [1, {"address": 5}]})]
        lines += [json.dumps({"outputs": [{"address": address}]}) for address in addresses]
        path.write_text("\n".join(lines))
        return path

    return written


@pytest.mark.parametrize(
    ("addresses", "chain"),
    [
        ([], "bitcoin"),
        ([None, MAIN], "bitcoin"),
        ([LEGACY, REGTEST], "bitcoin"),
        ([None, REGTEST], "bitcoin-regtest"),
        ([TEST_LEGACY, REGTEST], "bitcoin-regtest"),
        (["nobody's address", REGTEST], "bitcoin-regtest"),
    ],
)
def test_addresses_name_the_network(file, addresses, chain):
    assert network("transactions-jsonl", file(*addresses)) == chain


@pytest.mark.parametrize("addresses", [[TEST], [TEST_LEGACY], [TEST_LEGACY, TEST]])
def test_networks_that_write_alike_are_for_a_person_to_tell(file, addresses):
    with pytest.raises(InputError, match=r"add --chain with one of .*bitcoin-signet, bitcoin-testnet"):
        network("transactions-jsonl", file(*addresses))


@pytest.mark.parametrize("chain", ["bitcoin", "bitcoin-testnet", "bitcoin-signet", "bitcoin-regtest"])
def test_blocks_name_the_network(tmp_path, chain):
    made = Made()
    made.add()
    (tmp_path / "blk00000.dat").write_bytes(framed(made.blocks, chain))
    assert network("blocks", tmp_path) == chain
    key = bytes(range(1, 9))  # as Bitcoin Core writes a new folder since version 28
    (tmp_path / "blk00000.dat").write_bytes(unmask(framed(made.blocks, chain), key, 0))
    assert network("blocks", tmp_path) == "bitcoin"
    (tmp_path / "xor.dat").write_bytes(key)
    assert network("blocks", tmp_path) == chain
    (tmp_path / "one.raw").write_bytes(made.blocks[0])
    assert network("blocks", tmp_path / "one.raw") == "bitcoin"
    assert network("transfers-csv", tmp_path / "none.csv") == "bitcoin"
