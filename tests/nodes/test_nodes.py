"""The nodes that the tests start, and the story that they are told: each thing on which other tests rest."""

from __future__ import annotations

import json
import os
import time

import pytest

from chaintrace.adapters.bitcoin.blocksource import BlockSource
from tests.chaintrace.adapters.bitcoin.making import block_hash
from tests.nodes import running, story
from tests.nodes.chain import COIN, GENESIS_HASH, genesis
from tests.nodes.running import RpcError

TIP = "7e5ac77e78af37068cfeb49083197274603549e8f3d87d68e295640ae1b2a82d"
SERVICE = "mwQRpDwuN2M2WMtrJVSYjZWhwivvkxT9bZ"
MARKET = "bcrt1q8zqkf6h4jd25krye2zyurf07u0gd70a83qwaj9"


def test_the_lock_pins_every_package_by_digest_and_names_no_place():
    lock = json.loads((running.HERE / "package-lock.json").read_text("utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert [name for name, entry in packages.items() if not entry.get("integrity", "").startswith("sha512-")] == []
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert packages["node_modules/bcoin"]["version"] == "1.0.2"


def test_the_story_has_the_same_hashes_in_every_run():
    assert block_hash(genesis()) == GENESIS_HASH
    assert story.told().tip.hash == TIP
    assert story.told.__wrapped__() == story.told()


def test_the_ledger_is_what_a_pencil_makes_of_it(tmp_path):
    """FIFO by hand: `merge` takes 10 of a stranger, then 8 stolen; 5 of these stand behind his last 4 in `merged two`.

    So `mixed` pays out 5 of a customer, the stranger's 4, and 1 stolen; the rest of it, and `merged three`, rest.
    """
    found = story.expected(tmp_path / "case")
    peeled = 3 * COIN // 2 + 2 * COIN + (COIN - 1)
    fees = 12_345 + 20_001 + 3 * 3_000 + 2_000 + 5_002
    assert found["endpoints"]["fifo", "theft", story.CHAIN, SERVICE, "rBTC"] == peeled + COIN
    assert found["endpoints"]["fifo", "theft", story.CHAIN, MARKET, "rBTC"] == COIN + 1
    table = {key[-1]: value for key, value in found["reconciliation"].items() if key[0] == "fifo"}
    assert (table["seed"], table["burned"], table["not_followed"]) == (20 * COIN, 546, 0)
    assert table["resting"] == 20 * COIN - 546 - peeled - COIN - COIN - 1 - table["fee"]
    assert table["fee"] == fees + 1
    assert len({found["endpoints"][m, "theft", story.CHAIN, SERVICE, "rBTC"] for m in ("fifo", "lifo", "haircut")}) == 3


def test_the_ledger_of_a_re_organised_chain_is_another(tmp_path):
    told = story.told()
    rivals = story.competing(told, double_spend=True)
    found = story.expected(tmp_path / "case", (*told.blocks[: story.FORK], *rivals))
    assert found["endpoints"]["fifo", "theft", story.CHAIN, SERVICE, "rBTC"] == 3 * COIN // 2 + 2 * COIN + COIN - 1


def test_the_file_of_blocks_holds_the_whole_chain_with_the_stale_block(tmp_path):
    told = story.told()
    rivals = story.competing(told)
    with BlockSource(story.write_blk((*told.blocks, *rivals), tmp_path / "blk00000.dat"), story.CHAIN) as source:
        assert (source.tip.height, source.tip.hash) == (443, rivals[-1].hash)
        assert source.stale == (told.tip.hash,)
        assert source.transaction(told.payments["late"].txid) is None
        assert source.transaction(told.theft.txid).height == 434


def test_the_node_takes_every_block_and_looks_like_bitcoin_core(bcoin, told):
    assert (bcoin.height, bcoin.tip) == (442, told.tip.hash)
    assert bcoin.rpc("getblock", told.tip.hash, 0) == told.tip.raw.hex()
    assert bcoin.rpc("getblock", told.tip.hash, 2)["tx"][1]["txid"] == told.payments["late"].txid
    late = bcoin.rpc("getrawtransaction", told.payments["late"].txid, 1)
    assert [out["scriptPubKey"]["addresses"][0] for out in late["vout"]] == [
        story.address(output) for output in told.payments["late"].outputs
    ]
    for refused in ("zz", told.payments["late"].raw.hex()):
        with pytest.raises(RpcError):
            bcoin.rpc("sendrawtransaction", refused)


def test_electrumx_has_indexed_the_story(electrumx, told):
    raw = electrumx.call("blockchain.transaction.get", told.theft.txid)
    assert raw == told.theft.raw.hex()
    assert electrumx.call("blockchain.headers.subscribe")["height"] == 442


@pytest.mark.usefixtures("node_programs")
def test_a_fork_gives_a_payment_back_and_a_double_spend_ends_it(tmp_path):
    told = story.told()
    late = told.payments["late"].txid
    with running.bcoin(tmp_path / "one") as one, running.bcoin(tmp_path / "two") as two:
        for node in (one, two):
            story.submit(told.blocks, node)
        story.submit(story.competing(told), one)
        assert one.rpc("getrawmempool") == [late]
        assert one.rpc("getblock", told.tip.hash, 1)["confirmations"] == -1
        story.submit(story.competing(told, double_spend=True), two)
        assert two.rpc("getrawmempool") == []
        with pytest.raises(RpcError):
            two.rpc("getrawtransaction", late)
        pids = (one.pid, two.pid)
    for pid in pids:
        assert ended(pid)


def ended(pid: int) -> bool:
    """Whether no such process is left."""
    for _ in range(50):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.usefixtures("node_programs")
def test_a_node_that_cannot_start_fails_with_what_it_said(tmp_path):
    with pytest.raises(AssertionError, match="is not ready"), running.bcoin(tmp_path / "node", "--network=nowhere"):
        pass
