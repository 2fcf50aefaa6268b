"""`show TXID` of an Ethereum-like chain, from a node on loopback: the shape that scripts rely on."""

from __future__ import annotations

import json

import pytest

from chaintrace.cli import run
from tests.chaintrace.adapters.evm_rpc.node import NAMES, Node, read, recorded
from tests.hostile.server import HostileServer

PROTOCOLS = (
    "1inch", "across", "cctp", "cowswap", "curve", "hop", "lifi", "main", "monerium", "paraswap", "polygon_pos_bridge",
    "scroll_bridge", "superchain_bridge", "uniswapv3", "uniswapv4", "weth", "zerox", "odos_v2", "omnibridge",
)  # fmt: skip
KEYS = ["chain", "txid", "status", "height", "time", "fee", "transfers", "findings"]
PARTS = ["index", "kind", "asset", "contract", "decimals", "token_id", "from", "to", "value"]
TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
APPROVAL = "0x8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b925"


def show(record, capsys, *more: str) -> tuple[int, str, str]:
    tx, chain = record["tx"], NAMES[record["chain_id"]]
    with HostileServer(Node(record).answer) as server:
        code = run(["show", tx["hash"], "--chain", chain, "--from", server.url, *more])
    return code, *capsys.readouterr()


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_recorded_transactions_are_shown_in_the_shape_of_the_contract(shared, capsys, protocol):
    taken: dict[int, dict] = {}
    for path in recorded(shared):
        if path.parent.name == protocol:
            record = read(path)
            taken.setdefault(record["chain_id"], record)
    assert taken
    for chain_id, record in list(taken.items())[:3]:
        code, out, err = show(record, capsys, "--json")
        assert (code, "Traceback" in err) == (0, False), err
        told = json.loads(out)
        tx, receipt = record["tx"], record["receipt"]
        beside = told.get("observations", [])
        assert list(told) == [*KEYS, *(["observations"] if beside else [])]
        assert {one["what"] for one in beside} <= {"approval", "approved by"}
        assert (told["chain"], told["txid"], told["height"]) == (
            NAMES[chain_id],
            tx["hash"],
            int(tx["blockNumber"], 16),
        )
        assert told["status"] == ("confirmed" if receipt["status"] == "0x1" else "failed")
        assert told["fee"]["payer"] == tx["from"]
        assert int(told["fee"]["value"]) >= int(receipt["gasUsed"], 16) * int(receipt["effectiveGasPrice"], 16)
        assert all(list(one) == PARTS for one in told["transfers"])
        assert all(isinstance(one["value"], str) for one in told["transfers"])
        names = {one["index"]: one for one in told["transfers"]}
        for log in receipt["logs"]:
            if log["topics"][:1] == [TRANSFER] and len(log["topics"]) == 3:
                one = names[f"log:{int(log['logIndex'], 16)}"]
                assert (one["contract"], int(one["value"])) == (log["address"], int(log["data"], 16))
                sides = [None if set(word[2:]) == {"0"} else "0x" + word[-40:] for word in log["topics"][1:]]
                assert [one["from"], one["to"]] == sides
                assert one["kind"] == ("mint" if sides[0] is None else "burn" if sides[1] is None else "token")
        if int(tx["value"], 16) and told["status"] == "confirmed":
            paid = names["value"]
            assert (paid["kind"], paid["contract"], paid["decimals"]) == ("native", None, 18)
            assert (paid["from"], paid["to"], paid["value"]) == (tx["from"], tx["to"], str(int(tx["value"], 16)))


def test_a_failed_one_moves_its_fee_only(shared, capsys):
    record = next(one for one in map(read, recorded(shared)) if one["receipt"]["status"] == "0x0")
    code, out, _ = show(record, capsys, "--json")
    told = json.loads(out)
    assert (code, told["status"], told["transfers"]) == (0, "failed", [])
    assert told["fee"]["asset"] == "ETH"


def test_a_pending_one_is_shown_as_pending(shared, capsys):
    record = read(recorded(shared)[0])
    record["tx"].update(blockHash=None, blockNumber=None, transactionIndex=None, value="0x7")
    code, out, _ = show(record, capsys, "--json")
    told = json.loads(out)
    assert (code, told["status"], told["height"], told["time"], told["fee"]) == (0, "pending", None, None, None)
    assert [(one["index"], one["value"]) for one in told["transfers"]] == [("value", "7")]


def test_a_token_that_is_one_of_its_kind_has_its_id(shared, capsys):
    for record in map(read, recorded(shared)):
        if found := [log for log in record["receipt"]["logs"] if log["topics"][:1] == [TRANSFER] and log["topics"][3:]]:
            break
    (log,) = found
    told = json.loads(show(record, capsys, "--json")[1])
    (one,) = [one for one in told["transfers"] if one["token_id"] is not None]
    assert (one["contract"], one["token_id"], one["value"]) == (log["address"], str(int(log["topics"][3], 16)), "1")


def test_people_read_a_page_and_hear_what_is_not_known(shared, capsys):
    record = next(one for one in map(read, recorded(shared)) if len(one["receipt"]["logs"]) > 5)
    code, out, err = show(record, capsys)
    assert (code, record["tx"]["hash"] in out, "log:" in out) == (0, True, True)
    assert "no trace of it was told" in err


def test_whom_the_sender_lets_move_its_tokens_is_shown_beside_the_movements(shared, capsys):
    for record in map(read, recorded(shared)):
        sender = record["tx"]["from"]
        given = [
            log
            for log in record["receipt"]["logs"]
            if log["topics"][:1] == [APPROVAL] and len(log["topics"]) == 3 and log["topics"][1][-40:] == sender[2:]
        ]
        if given:
            break
    told = json.loads(show(record, capsys, "--json")[1])
    seen = {one["value"]: one for one in told["observations"] if (one["what"], one["subject"]) == ("approval", sender)}
    log, txid = given[-1], record["tx"]["hash"]
    spender, allowance = "0x" + log["topics"][2][-40:], int(log["data"], 16)
    one = seen[f"{spender} allowance {allowance} of {log['address']} in {txid} sent by {sender}"]
    assert one["height"] == int(record["tx"]["blockNumber"], 16)
    assert one["source"].startswith("evm-rpc ")
    out = show(record, capsys)[1]
    assert f"allowance {allowance} of {log['address']}" in " ".join(out.split())


def test_an_unknown_token_is_shown_with_the_decimals_that_the_node_tells(shared, capsys):
    for record in map(read, recorded(shared)):
        logs = [log for log in record["receipt"]["logs"] if log["topics"][:1] == [TRANSFER] and not log["topics"][3:]]
        told = json.loads(show(record, capsys, "--json")[1])
        unknown = {one["contract"] for one in told["transfers"] if one["contract"] and one["decimals"] is None}
        if logs and unknown and "observations" not in told:
            break
    assert list(told) == KEYS
    node = Node(record, more={"eth_call": lambda _: f"0x{18:064x}"})
    arguments = ["show", record["tx"]["hash"], "--chain", NAMES[record["chain_id"]], "--from"]
    with HostileServer(node.answer) as server:
        assert run([*arguments, server.url, "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert list(told) == [*KEYS, "observations"]
        assert {one["contract"] for one in told["transfers"] if one["contract"] in unknown} == unknown
        assert all(one["decimals"] == 18 for one in told["transfers"] if one["contract"] in unknown)
        seen = {one["subject"]: (one["what"], one["value"]) for one in told["observations"]}
        assert seen == dict.fromkeys(unknown, ("decimals", "18"))
        assert run([*arguments, server.url]) == 0
        out = capsys.readouterr().out
    value = next(one["value"] for one in told["transfers"] if one["contract"] in unknown)
    exact = f"{value.rjust(19, '0')[:-18]}.{value.rjust(19, '0')[-18:]}"
    assert f"\t{value}\t{exact}\t" in out
    assert "claimed by evm-rpc" in out


def test_what_the_node_does_not_have_is_bad_input(shared, capsys):
    record = read(recorded(shared)[0])
    with HostileServer(Node(record).answer) as server:
        chain = NAMES[record["chain_id"]]
        assert run(["show", "0x" + "12" * 32, "--chain", chain, "--from", server.url]) == 2
        assert "is not in the sources" in capsys.readouterr().err
        other = "bsc" if chain != "bsc" else "base"
        assert run(["show", record["tx"]["hash"], "--chain", other, "--from", f"evm-rpc={server.url}"]) == 2
        assert f"not of {other}" in capsys.readouterr().err
