"""`findings`: the CSV of the contract, what is said of a source that is odd or damaged, and that nothing is lost."""

from __future__ import annotations

import csv
import io
import json

import pytest

from chaintrace.cli import run
from tests.chaintrace import small_case as small
from tests.chaintrace.adapters.bitcoin.making import PAY, Made, block, block_hash, framed, tx, txid
from tests.chaintrace.small_case import small_case

HEADER = ["kind", "rule", "confidence", "subject", "object", "evidence"]
PIPE = "daf38c7b38eb0a587cf843f47000d5c294affb4f56017370ad48c5147f5e69d9"
ONE, TWO, THREE = (
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    "12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S",
    "1HLoD9E4SDFFPDiYfNYnkBLQ85Y51J3Zb1",
)
REGTEST = "bcrt1q6hyx66yes2mnrmhg0w2pf6cu42dfuwnd7lgzyy"


@pytest.fixture
def utxo(data):
    return str(data / "cases" / "colonial-pipeline" / "transactions.jsonl")


@pytest.fixture
def found(capsys):
    """What `findings` says of a file: its rows, its words, its exit code."""

    def rows(path, *options):
        code = run(["findings", str(path), *options])
        said = capsys.readouterr()
        return list(csv.DictReader(io.StringIO(said.out))), said.err, code

    return rows


def written(folder, *lines):
    path = folder / "transactions.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def coins(name, *outputs, height=5, **more):
    made = [{"n": n, "value": 50, "address": ONE, **output} for n, output in enumerate(outputs or ({},))]
    return {"txid": name * 64, "block_height": height, "time": 1_400_000_000, "coinbase": True, "outputs": made, **more}


def gathers(name, *spent, height=9, **more):
    """A payment of everything that is spent, to one address."""
    return {
        "txid": name * 64,
        "block_height": height,
        "time": 1_400_000_000,
        "inputs": [{"prev_txid": prev * 64, "prev_vout": 0} for prev in spent],
        "outputs": [{"n": 0, "value": 40, "address": THREE}],
        **more,
    }


def test_findings_are_csv_with_the_columns_of_the_contract(utxo, tmp_path, found):
    rows, _, code = found(utxo)
    assert code == 0
    assert list(rows[0]) == HEADER
    assert json.loads(rows[0]["evidence"]) == [PIPE]
    assert {row["kind"] for row in rows} == {"common_control"}
    assert found(utxo, "--rule", "common_input", "--to", str(tmp_path / "f.csv"))[2] == 0
    text = (tmp_path / "f.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbfkind,rule")
    assert text.count(b"\r\n") == len(rows) + 1


def test_no_cell_is_a_formula(tmp_path, found):
    """On a chain whose addresses have no form that is known, a file may hold any text."""
    line = gathers("c", "a", "b")
    for leg, address in zip(line["inputs"], ("=HYPERLINK(1)", "+2"), strict=True):
        leg.update(value=25, address=address)
    [row], _, code = found(written(tmp_path, line), "--chain", "mychain", "--rule", "common_input")
    assert (row["subject"], row["object"], code) == ("'+2", "'=HYPERLINK(1)", 0)


def test_findings_of_a_case_and_of_a_rule_that_is_not_there(tmp_path, found):
    assert found(small_case(tmp_path))[0::2] == ([], 0)
    _, words, code = found(tmp_path, "--rule", "nothing")
    assert code == 2
    assert "see `chaintrace rules`" in words


def test_rules_about_addresses_are_asked_about_those_of_a_case(tmp_path, found):
    """The taker passes on to the shop what it got: with the shop as an exchange that is a deposit address."""
    transfers = small.TRANSFERS.replace("taker,shop,60", "taker,shop,100")
    folder = small_case(tmp_path, transfers=transfers)
    ([row], _, code) = found(folder, "--rule", "deposit_address")
    assert code == 0
    assert (row["kind"], row["subject"], row["object"]) == ("service", "taker", "shop")
    first, text = json.loads(row["evidence"])
    assert first == "t2"
    assert row["confidence"] == "50"
    assert "swept to shop's wallet in 1 of 1 outflows" in text
    rows, _, code = found(folder / "transfers.csv", "--chain", "ledger", "--rule", "deposit_address")
    assert (rows, code) == ([], 0)  # a file by itself covers nobody and has no tags


def test_an_output_that_cannot_be_written_is_refused(utxo, tmp_path, found):
    _, words, code = found(utxo, "--to", str(tmp_path / "none" / "f.csv"))
    assert code == 2
    assert "cannot be written" in words


def test_what_the_file_itself_tells_of_inputs_is_used(tmp_path, found):
    lines = coins("a"), coins("b", {"address": TWO}), gathers("c", "a", "b")
    rows, words, code = found(written(tmp_path, lines[2], lines[0], lines[1]))
    assert [(row["rule"], row["subject"], row["object"]) for row in rows] == [("common_input", TWO, ONE)]
    assert code == 0
    assert "unknown value" not in words


def test_a_transaction_without_prevouts_is_said_and_not_guessed(tmp_path, found):
    rows, words, code = found(written(tmp_path, coins("a"), gathers("c", "a", "b")))
    assert (rows, code) == ([], 0)
    assert "1 of 2 transactions has an input of unknown value or address" in words
    assert "c" * 64 in words


def test_a_private_chain_needs_no_option(tmp_path, found):
    path = written(tmp_path, coins("a", {"address": None}), coins("b", {"address": REGTEST}))
    rows, words, code = found(path)
    assert (rows, code) == ([], 0)
    assert "transactions.jsonl is of bitcoin-regtest, by its addresses or blocks" in words
    _, words, code = found(path, "--chain", "bitcoin")
    assert f"line 2: outputs[0]: {REGTEST!r} is no bitcoin address" in words
    assert code == 3


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ({"script": "00", "address": None}, "an output of no standard form"),
        ({"script": "21" + "02" * 33 + "ac", "address": None}, "an output to a bare public key"),
        ({"script": "51" + ("21" + "02" * 33) * 2 + "52ae", "address": None}, "a bare multisig output"),
        ({"script": "6a0568656c6c6f", "address": None}, "an output that begins with OP_RETURN"),
        ({"script": "5220" + "07" * 32, "address": None}, "a witness output of a version that has no rules yet"),
        ({"value": 21_000_000 * 10**8 + 1}, "a value above 21 million coins"),
    ],
)
def test_an_odd_output_is_said_and_the_rest_is_still_found(tmp_path, found, output, words):
    odd, plain = coins("e", output), (coins("a"), coins("b", {"address": TWO}), gathers("c", "a", "b"))
    rows, told, code = found(written(tmp_path, odd, *plain))
    assert words in told
    assert "e" * 64 in told
    assert [row["rule"] for row in rows] == ["common_input"]
    assert code == 0


def test_ten_megabytes_of_witness_are_passed_over(tmp_path, found):
    heavy = gathers("c", "a", "b")
    heavy["inputs"][0]["witness"] = ["ab" * 5_000_000]
    rows, _, code = found(written(tmp_path, coins("a"), coins("b", {"address": TWO}), heavy))
    assert [row["rule"] for row in rows] == ["common_input"]
    assert code == 0


def test_a_line_that_cannot_be_read_is_named_and_the_others_give_their_findings(tmp_path, found):
    path = written(tmp_path, coins("a"), coins("b", {"address": TWO}), gathers("c", "a", "b"))
    rows, _, code = found(path)
    assert ([row["rule"] for row in rows], code) == (["common_input"], 0)
    with path.open("ab") as file:
        file.write(b'{"txid": \n\xff\n' + json.dumps(coins("e", {"value": -1})).encode())
    again, told, code = found(path)
    assert again == rows
    assert code == 3
    assert [line.partition("transactions.jsonl, ")[2] for line in told.splitlines() if "left out" in line] == [
        "line 4: this is no JSON (expecting value): write one transaction a line; the line is left out",
        "line 5: byte 1 of the line is not UTF-8: save the file as UTF-8; the line is left out",
        "line 6: outputs[0]: value is -1: it must lie between 0 and 2^256-1; the line is left out",
    ]


def test_each_of_many_wrong_lines_is_named(tmp_path, found):
    path = written(tmp_path, coins("a"), *[[]] * 30)
    _, words, code = found(path)
    assert words.count("this is JSON but no object") == 30
    assert code == 3


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_coinbase_that_two_heights_have_is_told_and_the_later_one_counts(tmp_path, found, order):
    """As blocks 91,722 and 91,880, and 91,812 and 91,842, have it: BIP-30 came because of them."""
    twice = [coins("a", height=height) for height in (91_722, 91_880)]
    rest = coins("b", {"address": TWO}, height=91_900), gathers("c", "a", "b", height=91_990)
    rows, words, code = found(written(tmp_path, *(twice[number] for number in order), *rest))
    assert "stands at the heights 91722 and 91880" in words
    assert "the coins of the earlier one cannot be spent (BIP-30)" in words
    assert [row["rule"] for row in rows] == ["common_input"]
    assert code == 0
    other = coins("a", {"value": 51}, height=91_880)
    assert found(written(tmp_path, twice[0], other))[2] == 2


def test_a_coinbase_that_two_blocks_have_stands_in_both(tmp_path, found):
    same = tx([("00" * 32, 0xFFFFFFFF)], [(50 * 10**8, b"\x51")], b"\x01\x02")
    first = block("00" * 32, [same], version=1)
    again = block(block_hash(first), [same], time=1_400_000_600, version=1)
    (tmp_path / "blk00000.dat").write_bytes(framed([first, again]))
    rows, words, code = found(tmp_path / "blk00000.dat")
    assert (rows, code) == ([], 0)
    assert "2 of 2 transactions have an output of no standard form" in words


def test_all_before_the_end_of_a_cut_block_file_is_kept_and_the_place_is_named(tmp_path, found):
    made = Made()
    for _ in range(2):
        made.add()
    key = b"\x76\xa9\x14" + bytes(20) + b"\x88\xac"
    split = tx([(made.coinbase_txid(0), 0)], [(20 * 10**8, PAY), (30 * 10**8, key)])
    made.add(split)
    made.add(tx([(txid(split), 0), (txid(split), 1)], [(50 * 10**8, b"\x51")]))
    whole = framed(made.blocks)
    made.add()
    end = len(whole)
    (tmp_path / "blk00000.dat").write_bytes(framed(made.blocks)[: end + 60])
    rows, words, code = found(tmp_path / "blk00000.dat")
    assert [row["rule"] for row in rows] == ["common_input"]
    assert f"blk00000.dat, offset {end}: the file ends inside this record" in words
    assert code == 3


def test_of_many_gaps_the_first_are_told_and_the_others_counted(tmp_path, found):
    parents = [{**coins("a", height=90), "txid": f"{number:064x}"} for number in range(1, 31)]
    children = [
        {**gathers("c"), "txid": f"{number:04x}" * 16, "inputs": [{"prev_txid": f"{number:064x}", "prev_vout": 0}]}
        for number in range(1, 31)
    ]
    _, words, code = found(written(tmp_path, *parents, *children))
    assert words.count("taken as spent after it was made") == 20
    assert "and 10 more of this kind (order)" in words
    assert code == 0


def test_spent_outputs_beside_a_raw_block_are_used(shared, tmp_path, found):
    folder = shared / "data" / "bitcoin" / "blocks"
    rows, words, code = found(folder / "block300025.raw")
    assert "their values are taken on trust" in words
    assert "unknown value" not in words
    assert code == 0
    (tmp_path / "block300025.raw").write_bytes((folder / "block300025.raw").read_bytes())
    alone, words, _ = found(tmp_path / "block300025.raw")
    assert "409 of 461 transactions have an input of unknown value" in words
    assert len(alone) < len(rows)


def test_a_file_of_transfers_says_which_rules_looked_for_nothing(tmp_path, found):
    case = small_case(tmp_path / "case")
    _, words, code = found(case / "transfers.csv", "--chain", "ledger")
    assert code == 0
    assert "rules about addresses looked for nothing (" in words
    assert "busy" in words
    assert "looked for nothing" not in found(case)[1]
    assert (
        "looked for nothing" not in found(case / "transfers.csv", "--chain", "ledger", "--rule", "coinjoin_generic")[1]
    )


def test_a_chain_that_a_case_has_not_and_a_path_that_is_not_there_are_said(tmp_path, found):
    case = small_case(tmp_path / "case")
    assert "has no 'bitcoin': its chains are ledger" in found(case, "--chain", "bitcoin")[1]
    assert found(tmp_path / "nosuch")[1].endswith("does not exist: correct the path\n")
