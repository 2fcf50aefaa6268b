"""Anything wrong in a file of UTXO transactions, and in a file of blocks."""

from __future__ import annotations

import copy
import gzip
import json

import pytest

from tests.chaintrace.adapters.bitcoin.making import MAGIC, Made, framed, tx, txid
from tests.faults.running import refused, trace

A, B, C, D = ("aa" * 32, "bb" * 32, "cc" * 32, "dd" * 32)
ADDRESS = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
SCRIPT = "76a91462e907b15cbf27d5425399ebf6f0fb50ebb88f1888ac"
PAID = {"n": 0, "value": 100, "address": ADDRESS, "script": SCRIPT, "type": "p2pkh"}
COINBASE = {"txid": A, "block_height": 1, "block_index": 0, "time": 1_600_000_000, "coinbase": True, "outputs": [PAID]}
SPEND = {
    "txid": B,
    "block_height": 2,
    "block_index": 0,
    "time": 1_600_000_600,
    "inputs": [{"prev_txid": A, "prev_vout": 0, "value": 100, "address": ADDRESS, "script": SCRIPT}],
    "outputs": [{"n": 0, "value": 60, "address": ADDRESS, "script": SCRIPT}, {"n": 1, "value": 30, "script": SCRIPT}],
}
CASE = f"""\
[case]
name = "outputs"
[[source]]
adapter = "transactions-jsonl"
path = "chain.jsonl"
complete = "all"
chain = "bitcoin"
[[seed]]
chain = "bitcoin"
txid = "{A}"
index = 0
"""
GOOD = f"{json.dumps(COINBASE)}\n{json.dumps(SPEND)}\n"
ABSENT = object()


def case_with(tmp_path, content: str | bytes, case: str = CASE, name: str = "chain.jsonl"):
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "case.toml").write_text(case, "utf-8")
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return folder


def changed(place: tuple[str | int, ...], value: object, extra: tuple[dict, ...] = ()) -> str:
    """The two transactions with one thing in the second replaced (or taken out), and more behind them."""
    spend = copy.deepcopy(SPEND)
    inner = spend
    for step in place[:-1]:
        inner = inner[step]
    if value is ABSENT:
        del inner[place[-1]]
    else:
        inner[place[-1]] = value
    return "".join(f"{json.dumps(one)}\n" for one in (COINBASE, spend, *extra))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (GOOD[:-20], "line 2: this is no JSON"),
        ("", "the file holds no transaction"),
        ("\n\n", "the file holds no transaction"),
        ("[]\n", "line 1: this is JSON but no object"),
        ("null\n", "line 1: this is JSON but no object"),
        ("{}\n", "line 1: txid is missing"),
        ("[" * 200_000 + "\n", "line 1: "),
        (GOOD + "\0\n", "line 3: this is no JSON"),
        (GOOD.encode() + b"\xff\n", "line 3: byte 1 of the line is not UTF-8"),
        (GOOD.encode("utf-16"), "line 1: byte 1 of the line is not UTF-8"),
        (gzip.compress(GOOD.encode())[:-9], "line 2: the gzip stream is cut short"),
        (GOOD.replace("60,", "NaN,"), "line 2: outputs[0]: value is NaN"),
        (GOOD.replace("60,", "60.0,"), "line 2: outputs[0]: value is 60.0"),
        (GOOD.replace("60,", "6e1,"), "line 2: outputs[0]: value is 60.0"),
        (GOOD.replace("60,", "9" * 5000 + ","), "line 2: this is no JSON (a number is too long)"),
        (GOOD.replace("60,", "true,"), "line 2: outputs[0]: value is true"),
        (GOOD.replace(ADDRESS, "\\ud800"), "line 1: outputs[0]: address"),
        (GOOD.replace("\n", " "), "line 1: this is no JSON"),
        (json.dumps(COINBASE, indent=1), "line 1: this is no JSON"),
        (changed(("outputs", 0, "value"), -1), "line 2: outputs[0]: value is -1"),
        (changed(("outputs", 0, "value"), 2**256), "line 2: outputs[0]: value is"),
        (changed(("outputs", 0, "value"), "60"), 'line 2: outputs[0]: value is "60"'),
        (changed(("outputs", 0, "value"), ABSENT), "line 2: outputs[0]: value is missing"),
        (changed(("outputs", 0, "value"), 1000), "pays out 1030 and spends 100"),
        (changed(("outputs", 1, "n"), 0), "line 2: outputs: n must count from 0 to 1"),
        (changed(("outputs", 1, "n"), 5), "line 2: outputs: n must count from 0 to 1"),
        (changed(("outputs", 0, "script"), "0"), "line 2: outputs[0]: script"),
        (changed(("outputs", 0, "address"), "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb"), "line 2: outputs[0]: "),
        (changed(("outputs",), []), "line 2: outputs is empty"),
        (changed(("outputs",), ABSENT), "line 2: outputs is empty"),
        (changed(("inputs",), [5]), "line 2: inputs must be a list of objects"),
        (changed(("inputs",), SPEND["inputs"] * 2), "line 2: inputs: one output is spent twice"),
        (changed(("inputs", 0, "prev_vout"), 9), "line 2: inputs[0] spends"),
        (changed(("inputs", 0, "prev_vout"), ABSENT), "line 2: inputs[0]: prev_vout is missing"),
        (changed(("inputs", 0, "value"), 99), "line 2: inputs[0].value is 99"),
        (changed(("coinbase",), True), "line 2: coinbase is true and it spends an output"),
        (changed(("txid",), "xyz"), "line 2: txid is wrong"),
        (changed(("time",), 1_600_000_600_000), "line 2: time is"),
        (changed(("time",), True), "line 2: time is true"),
        (changed(("block_height",), -1), "line 2: block_height is -1"),
        (changed(("time",), 1_600_000_600, ({**SPEND, "time": 1_600_000_601},)), "line 3: "),
        (changed(("time",), 1_600_000_600, ({**SPEND, "txid": C},)), "line 3: "),
        (
            changed(
                ("time",),
                1_600_000_600,
                (
                    {**SPEND, "txid": C, "inputs": [{"prev_txid": D, "prev_vout": 0}], "outputs": [{"value": 5}]},
                    {**SPEND, "txid": D, "inputs": [{"prev_txid": C, "prev_vout": 0}], "outputs": [{"value": 5}]},
                ),
            ),
            "line 3: ",
        ),
    ],
)
def test_transactions_that_are_wrong(tmp_path, content, words):
    sentence = refused(case_with(tmp_path, content))
    assert sentence.startswith("chain.jsonl"), sentence
    assert words in sentence


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        GOOD.strip(),
        GOOD.replace("\n", "\r\n"),
        "\ufeff" + GOOD,
        gzip.compress(GOOD.encode()),
        GOOD + GOOD,
        "".join(reversed(GOOD.splitlines(keepends=True))),
        GOOD.replace('"time"', f'"note": "{"y" * 10_000_000}", "time"', 1),
        GOOD.replace('"time"', '"note": ' + "[" * 500 + "]" * 500 + ', "time"', 1),
        changed(("outputs", 1, "script"), "6a" + "00" * 500_000),
    ],
    ids=["plain", "no line end", "CR LF", "mark", "gzip", "repeats", "reversed", "10 MB line", "nested", "long script"],
)
def test_transactions_that_are_right(tmp_path, content):
    assert trace(case_with(tmp_path, content)).code == 0


def blocks() -> tuple[Made, str]:
    """Five blocks in which one coinbase is spent, and its txid."""
    made = Made()
    made.add()
    made.add()
    spend = tx([(made.coinbase_txid(0), 0)], [(30 * 10**8, b"\x51"), (20 * 10**8, b"\x6a")])
    made.add(spend)
    made.add(tx([(txid(spend), 0)], [(10, b"\x51")] * 30))
    made.add()
    return made, made.coinbase_txid(0)


MADE, SEED = blocks()
BLOCKS = framed(MADE.blocks)
BLOCK_CASE = f"""\
[case]
name = "blocks"
[[source]]
adapter = "blocks"
path = "blk00000.dat"
chain = "bitcoin-regtest"
[[seed]]
chain = "bitcoin-regtest"
txid = "{SEED}"
index = 0
"""


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (bytes(10_000), "neither a blk*.dat file"),
        (b"hello\n", "neither a blk*.dat file"),
        (BLOCKS[:8], "no whole block stands in the file"),
        (MAGIC["bitcoin-regtest"] * 1000, "no whole block stands in the file"),
        (framed(MADE.blocks, "bitcoin"), "the file holds blocks of bitcoin, not of bitcoin-regtest"),
    ],
)
def test_files_without_a_block(tmp_path, content, words):
    sentence = refused(case_with(tmp_path, content, BLOCK_CASE, "blk00000.dat"))
    assert sentence.startswith("blk00000.dat"), sentence
    assert words in sentence


def test_a_truncated_file_of_blocks_keeps_what_stands_before_and_names_the_offset(tmp_path):
    cut = len(framed(MADE.blocks[:4])) + 30
    came = trace(case_with(tmp_path, BLOCKS[:cut], BLOCK_CASE, "blk00000.dat"))
    assert came.code == 3
    assert f"blk00000.dat, offset {cut - 30}: the file ends inside this record" in came.err
    assert "conservation: " in came.out


@pytest.mark.parametrize("cut", range(1, len(BLOCKS), 97))
def test_a_file_of_blocks_may_end_anywhere(tmp_path, cut):
    came = trace(case_with(tmp_path, BLOCKS[:cut], BLOCK_CASE, "blk00000.dat"))
    assert came.code in {0, 2, 3}
    assert len(came.told) == (came.code == 2)
