"""The adapter `receipts-jsonl`: receipts with their logs from a file, and how each wrong entry is refused."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime

import pytest

from chaintrace.adapters import ADAPTERS, SourceSpec
from chaintrace.errors import InputError
from chaintrace.model.log import logs_in, sent_in
from chaintrace.store import FileArchive

A, B, TOKEN = ("0x" + sign * 40 for sign in "abc")
TXID, OTHER, BLOCK = ("0x" + sign * 64 for sign in "123")
TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
TIME = 1_700_000_000


@pytest.fixture
def read(tmp_path):
    archive = FileArchive(tmp_path / "archive", lambda: datetime(2026, 1, 1, tzinfo=UTC))

    def opened(*entries, chain="ethereum", raw=None, complete=frozenset({A})):
        path = tmp_path / "receipts.jsonl"
        text = "".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in entries)
        path.write_bytes(text.encode() if raw is None else raw)
        spec = SourceSpec("receipts-jsonl", chain, path, "receipts.jsonl", complete)
        source = ADAPTERS["receipts-jsonl"].open(spec, archive, tmp_path)
        return list(source.transactions()), source

    return opened


def place(height=9):
    return {"blockHash": BLOCK, "blockNumber": hex(height), "transactionIndex": "0x3", "from": A, "to": B}


def log(txid=TXID, value=70):
    words = ["0x" + one[2:].rjust(64, "0") for one in (A, B)]
    return {
        "address": TOKEN,
        "topics": [TRANSFER, *words],
        "data": f"0x{value:064x}",
        "logIndex": "0x7",
        "transactionHash": txid,
    }


def receipt(txid=TXID, height=9, **more):
    told = {"transactionHash": txid, **place(height), "status": "0x1", "gasUsed": "0x5208"}
    return {**told, "effectiveGasPrice": "0xa", "logs": [log(txid)], **more}


def whole(txid=TXID, height=9, value=5, **more):
    signed = {"hash": txid, **place(height), "value": hex(value), "input": "0x", "gas": "0x5208", "type": "0x2"}
    return {"transaction": signed, "receipt": receipt(txid, height), "timestamp": TIME, **more}


def moved(transaction):
    return [(part.index, part.value) for part in transaction.transfers]


def test_a_transaction_with_its_receipt_is_told_with_its_logs_and_its_call(read):
    (found,), source = read(whole())
    assert moved(found) == [("fee", 210_000), ("value", 5), ("log:7", 70)]
    assert (found.height, found.position, found.time, found.status) == (9, 3, TIME, "confirmed")
    (event,), (call,) = logs_in(source.observations()), sent_in(source.observations())
    assert (event.index, event.emitter, event.topic) == (7, TOKEN, TRANSFER)
    assert (call.sender, call.to, call.value, call.price) == (A, B, 5, 10)
    (coverage,) = source.coverage()
    assert (coverage.addresses, coverage.contracts) == (frozenset({A}), frozenset({"", TOKEN}))
    assert (coverage.start, coverage.end, coverage.height, coverage.time) == (9, 9, 9, TIME)


@pytest.mark.parametrize("wrapped", [lambda one: one, lambda one: {"jsonrpc": "2.0", "id": 1, "result": one}])
def test_of_a_receipt_alone_the_native_value_is_not_known_and_no_call_is_told(read, wrapped):
    (found,), source = read(wrapped(receipt(blockTimestamp=hex(TIME))))
    assert (moved(found), found.time) == ([("fee", 210_000), ("log:7", 70)], TIME)
    assert (len(logs_in(source.observations())), sent_in(source.observations())) == (1, ())
    assert any(gap.native_only and "its receipt alone does not tell it" in gap.text for gap in source.gaps())


def test_of_a_receipt_alone_of_a_chain_that_logs_all_the_native_value_is_known(read):
    coin, bootloader = "0x" + "800a".rjust(40, "0"), "0x" + "8001".rjust(40, "0")
    logs = [
        {
            **log(value=value),
            "address": coin,
            "logIndex": hex(7 + place),
            "topics": [TRANSFER, *("0x" + one[2:].rjust(64, "0") for one in sides)],
        }
        for place, (value, sides) in enumerate([(250_000, (A, bootloader)), (40_000, (bootloader, A)), (70, (A, B))])
    ]
    trace = {"type": "Call", "from": bootloader, "to": bootloader, "value": "0x0", "input": "0x"}
    for more in ({}, {"trace": trace}):
        (one,), source = read({"receipt": receipt(logs=logs), "timestamp": TIME, **more}, chain="zksync")
        assert [(part.index, part.asset.contract, part.value) for part in one.transfers] == [
            ("fee", "", 210_000),
            ("log:9", "", 70),
        ]
        assert tuple(source.gaps()) == ()


def test_the_order_is_that_of_the_chain_and_a_repeat_is_one(read):
    later, earlier = whole(TXID, 12), whole(OTHER, 9)
    found, source = read(later, earlier, later)
    assert [one.height for one in found] == [9, 12]
    assert source.line_of(OTHER, "") == 2
    assert len(logs_in(source.observations())) == 2


def test_one_list_and_a_packed_file_are_read_too(read):
    several = [receipt(), receipt(OTHER)]
    assert len(read(raw=json.dumps(several, indent=2).encode())[0]) == 2
    assert len(read(raw=gzip.compress(json.dumps(several).encode()))[0]) == 2


def test_entries_of_other_chains_are_left_alone(read):
    found, _ = read(whole(chain_id=1), whole(OTHER, chain_id=137))
    assert [one.txid for one in found] == [TXID]


def test_calls_come_from_a_trace(read):
    inside = {"type": "CALL", "from": B, "to": TOKEN, "value": "0x2", "input": "0x"}
    trace = {"type": "CALL", "from": A, "to": B, "value": "0x5", "input": "0x", "calls": [inside]}
    (found,), source = read(whole(trace=trace))
    assert ("call:0", 2) in moved(found)
    assert source.gaps() == ()


def test_what_failed_moves_nothing_and_tells_no_log(read):
    told = whole()
    told["receipt"] = receipt(status="0x0", logs=[])
    (found,), source = read(told)
    assert (found.status, moved(found), source.observations()) == ("failed", [("fee", 210_000)], ())


def wrong(**more):
    return {**whole(), **more}


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        (["{"], "line 1: this is no JSON"),
        (["[" * 900], "line 1: this is nested too deep"),
        (["7"], "line 1: an entry is 7 where an object belongs: correct this entry, or take it out"),
        ([receipt(), receipt(status="0x0", logs=[])], "line 2: .* stands in line 1 with other contents"),
        ([receipt(gasUsed="lots")], "line 1: the gas used is 'lots'"),
        ([receipt(logs=[log(OTHER)])], "line 1: log 7 in the receipt of .* is of another transaction"),
        ([wrong(receipt=receipt(OTHER))], "line 1: the receipt of .* says transactionHash"),
        ([wrong(timestamp=10**11)], "line 1: the block of .* has the time 100000000000, which no block has"),
        ([wrong(trace={"type": "CALL", "from": B, "to": A, "input": "0x"})], "begins with another call"),
        ([wrong(chain_id=10)], "holds no transaction of ethereum"),
        ([], "holds no transaction of ethereum: name its chain, or another file"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(read, entries, sentence):
    with pytest.raises(InputError, match=sentence):
        read(*entries)


@pytest.mark.parametrize("chain", ["moonbeam", "fantom", "unichain", "arbitrum-nova"])
def test_chains_on_which_bridges_deliver_are_read(read, chain):
    (found,), _ = read(whole(), chain=chain)
    assert (found.chain, found.status) == (chain, "confirmed")


def test_a_chain_of_outputs_has_no_receipts(read):
    with pytest.raises(InputError, match="bitcoin has no such receipts"):
        read(whole(), chain="bitcoin")


def test_recorded_receipts_are_told_with_every_log(read, shared):
    paths = sorted((shared / "data/evm/receipts").glob("*/1_*.json"))[:40]
    records = [json.loads(path.read_text("utf-8")) for path in paths]
    found, source = read(*records)
    assert {one.txid for one in found} == {record["tx"]["hash"] for record in records}
    logs = {(one.txid, one.index) for one in logs_in(source.observations())}
    held = [record for record in records if record["receipt"]["status"] == "0x1"]
    assert logs == {(one["tx"]["hash"], int(log["logIndex"], 16)) for one in held for log in one["receipt"]["logs"]}
