"""The Ronin thief's recorded answers, behind a server that pages and limits as Etherscan does, traced to first stops.

The record has four lists and a balance of one address, no proxy, and its list of transactions ends before its balance
was read: all of that must be said, and every unit accounted.
"""

from __future__ import annotations

import csv
import json

import pytest

from chaintrace.cli import run
from tests.hostile.etherscan_books import TRANSFER, Books
from tests.hostile.etherscan_server import Recorded
from tests.hostile.server import HostileServer

THIEF = "0x098b716b8aaf21512996dc57eb0615e2383e2f96"
ETH_SEED = "0xc28fad5e8d5e0ce6a2eaf67b6687be5d58113e16be590824d6cfa1a94467d0b7"
USDC_SEED = "0xed2c72ef1a552ddaec6dd1f5cddf0b59a8f37f82bdda5257d9c7c37db7bb9b08"
STOLEN = 173_600 * 10**18
USDC = "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48"
STOPS = {
    "0x35fb6f6db4fb05e6a4ce86f2c93691425626d4b1",
    "0xf7b31119c2682c88d88d455dbb9d5932c65cf1be",
    "0x53b6936513e738f44fb50d2b9476730c0ab3bfc1",
    "0xa0e1c89ef1a489c9c7de96311ed5ce5d32c20e4b",
    "0x3cffd56b47b7b41c56258d9c7731abadc360e073",
}
"""Those of the addresses that the thief paid which the OFAC list names."""


@pytest.fixture
def recorded(shared) -> Recorded:
    folder = shared / "data/evm/ronin-2022"
    read = {path.stem.removeprefix("ronin_"): json.loads(path.read_text("utf-8")) for path in folder.glob("*.json")}
    lists = {name: read[name]["result"] for name in ("txlist", "txlistinternal", "tokentx")}
    return Recorded(Books(), records=100, party=THIEF, lists=lists, balance=read["balance"]["result"])


def case(folder, url: str, seed: str, listed: set[str]):
    (folder / "tags.csv").write_text(
        "chain,address,label,actor,category,confidence,source,lastmod\n"
        + "".join(f"ethereum,{one},LAZARUS GROUP,,service,authority_data,OFAC SDN list,2022-04-22\n" for one in listed)
    )
    (folder / "case.toml").write_text(f"""\
[case]
name = "Ronin"
methods = ["fifo"]

[[source]]
adapter = "etherscan"
chain = "ethereum"
url = "{url}"

[[seed]]
chain = "ethereum"
txid = "{seed}"
origin = "bridge"

[[tags]]
path = "tags.csv"
""")
    return folder


def listed(shared) -> set[str]:
    """Addresses of the OFAC list, as one of the shared lists has them."""
    with (shared / "data/labels/recupero-cc0/ofac_crypto_live.csv").open(encoding="utf-8") as file:
        found = {row[0].lower() for row in csv.reader(file)}
    return {one for one in found if one.startswith("0x")} - {THIEF}


def traced(tmp_path, shared, server, seed: str) -> tuple[int, dict]:
    """The exit code and the report of a case of one seed."""
    folder = case(tmp_path, f"{server.url}/v2/api", seed, listed(shared))
    code = run(["trace", str(folder)])
    path = folder / "report" / "trace.json"
    return code, json.loads(path.read_text("utf-8")) if path.is_file() else {}


def sums(told: dict, contract: str) -> dict[str, int]:
    """What became of the seed, by outcome, in base units."""
    found: dict[str, int] = {}
    for one in told["outcomes"]["fifo"]:
        assert one["contract"] == contract
        found[one["outcome"]] = found.get(one["outcome"], 0) + int(one["value"])
    return found


def paid(recorded: Recorded, to: set[str]) -> int:
    """What the recorded list says that the thief paid to some, by hand."""
    rows = [row for row in recorded.lists["txlist"] if row["from"] == THIEF and row["to"] in to]
    return sum(int(row["value"]) for row in rows)


def test_the_stolen_ether_is_traced_to_its_first_stops_and_every_unit_is_accounted(tmp_path, shared, recorded):
    with HostileServer(recorded) as server:
        code, told = traced(tmp_path, shared, server, ETH_SEED)
    assert code == 3
    stops = [one for one in told["outcomes"]["fifo"] if one["outcome"] == "endpoint"]
    assert {one["address"] for one in stops} == STOPS
    assert sum(int(one["value"]) for one in stops) == paid(recorded, STOPS)
    found = sums(told, "")
    assert set(found) == {"endpoint", "resting", "fee", "not_followed"}
    assert sum(found.values()) == STOLEN
    assert not told["complete"]


def test_what_the_record_lacks_is_said(tmp_path, shared, recorded):
    with HostileServer(recorded) as server:
        _, told = traced(tmp_path, shared, server, ETH_SEED)
    gaps = {(one["kind"], one["subject"]): one for one in told["tables"]["gaps"]}
    balance = gaps["balance", THIEF]
    assert int(balance["effect_value"]) == 36_125_896_122_982_708_047_583 - 101_802_475_783_767_055_350
    assert "more than its balance" in balance["text"]
    assert "known by the lists of" in gaps["source", ETH_SEED]["text"]
    unknown = [one for one in told["outcomes"]["fifo"] if one["outcome"] == "not_followed"]
    assert {one["reason"] for one in unknown} == {"history not in the sources"}


def test_the_stolen_dollars_need_a_source_that_has_the_transaction(tmp_path, shared, recorded, capsys):
    with HostileServer(recorded) as server:
        code, told = traced(tmp_path, shared, server, USDC_SEED)
    assert (code, told) == (2, {})
    assert USDC_SEED in capsys.readouterr().err


def test_the_stolen_dollars_are_traced_where_the_proxy_tells_of_the_seed(tmp_path, shared, recorded):
    recorded.proxied = proxied(recorded)
    with HostileServer(recorded) as server:
        code, told = traced(tmp_path, shared, server, USDC_SEED)
    assert code == 3
    assert sums(told, USDC) == {"not_followed": 25_500_000 * 10**6}
    assert {one["address"] for one in told["outcomes"]["fifo"]} == {
        "0xe708f17240732bbfa1baa8513f66b665fbc7ce10",
        "0x665660f65e94454a64b96693a67a41d440155617",
    }
    assert ("claimed", THIEF) in {(one["kind"], one["subject"]) for one in told["tables"]["gaps"]}


def proxied(recorded: Recorded) -> dict[tuple[str, str], object]:
    """The seed's transaction, receipt and block, made of its recorded rows; the number of its log is not recorded."""
    sent = next(row for row in recorded.lists["txlist"] if row["hash"] == USDC_SEED)
    moved = next(row for row in recorded.lists["tokentx"] if row["hash"] == USDC_SEED)
    place = {
        "blockHash": sent["blockHash"],
        "blockNumber": hex(int(sent["blockNumber"])),
        "transactionIndex": hex(int(sent["transactionIndex"])),
    }
    parties = {"from": sent["from"], "to": sent["to"]}
    whole = place | parties | {"hash": USDC_SEED, "value": "0x0", "gas": hex(int(sent["gas"]))}
    whole |= {"input": sent["input"], "gasPrice": hex(int(sent["gasPrice"])), "type": "0x0"}
    words = ["0x" + moved[name][2:].rjust(64, "0") for name in ("from", "to")]
    log = {"address": USDC, "topics": [TRANSFER, *words], "data": f"0x{int(moved['value']):064x}", "logIndex": "0x0"}
    receipt = place | parties | {"transactionHash": USDC_SEED, "contractAddress": None, "status": "0x1", "logs": [log]}
    receipt |= {"gasUsed": hex(int(sent["gasUsed"])), "effectiveGasPrice": hex(int(sent["gasPrice"]))}
    block = {"hash": sent["blockHash"], "number": place["blockNumber"], "timestamp": hex(int(sent["timeStamp"]))}
    return {
        ("eth_getTransactionByHash", USDC_SEED): whole,
        ("eth_getTransactionReceipt", USDC_SEED): receipt,
        ("eth_getBlockByNumber", place["blockNumber"]): block,
    }
