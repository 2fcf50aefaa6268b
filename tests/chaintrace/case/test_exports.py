"""Exports: each format is written whole, and UTXO transactions come back as they were."""

from __future__ import annotations

import gzip
import json
import shutil

import pytest

from chaintrace.adapters.bitcoin.blocksource import BlockSource
from chaintrace.case.exports import FORMATS, export, line_of
from chaintrace.case.look import everything, look, named
from chaintrace.case.result import now, open_case
from chaintrace.errors import InputError, OutputError
from tests.chaintrace.small_case import small_case


@pytest.fixture
def pipeline(tmp_path, data):
    folder = tmp_path / "case"
    folder.mkdir()
    for path in (data / "cases" / "colonial-pipeline").iterdir():
        if path.is_file():
            shutil.copy(path, folder)
    return folder


def test_json_is_one_file_and_csv_a_folder(tmp_path):
    case = small_case(tmp_path / "case")
    (path,) = export(case, "json", tmp_path / "out.json", now)
    assert json.loads(path.read_text("utf-8"))["schema"] == "chaintrace-trace"
    paths = export(case, "csv", tmp_path / "tables", now)
    assert {path.name for path in paths} >= {"endpoints.csv", "methods.csv"}
    open_case(case).follow()
    assert (tmp_path / "tables" / "hops.csv").read_bytes() == (case / "report" / "hops.csv").read_bytes()


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz"])
def test_transactions_come_back_as_they_were(tmp_path, pipeline, name):
    (path,) = export(pipeline, "transactions-jsonl", tmp_path / name, now)
    opener = gzip.open if name.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8") as lines:
        assert len(list(lines)) == 3
    with look(named(str(pipeline / "transactions.jsonl")), "bitcoin", now) as view:
        original = [tx.transfers for tx in everything(view, "bitcoin")]
    with look(named(str(path)), "bitcoin", now) as view:
        assert [tx.transfers for tx in everything(view, "bitcoin")] == original


def said(transaction):
    """What a UTXO transaction says besides what it moves."""
    transfer = transaction.utxo
    return transaction.txid, transaction.version, transaction.locktime, [leg.sequence for leg in transfer.inputs]


@pytest.mark.parametrize("name", ["firstblocks.blk", "block481829.dat"])
def test_version_locktime_and_sequences_come_back_from_blocks(tmp_path, shared, name):
    path = shared / "data" / "bitcoin" / "blocks" / name
    with BlockSource(path, "bitcoin") as source:
        told = list({tx.txid: tx for tx in source.transactions()}.values())
    assert {tx.version for tx in told} <= {1, 2, 536870912}
    assert all(tx.locktime is not None and None not in said(tx)[3] for tx in told)
    lines = [json.dumps(line_of(tx)) + "\n" for tx in told]
    (tmp_path / "all.jsonl").write_text("".join(lines), "utf-8")
    with look(named(str(tmp_path / "all.jsonl")), "bitcoin", now) as view:
        read = {tx.txid: said(tx) for tx in everything(view, "bitcoin")}
        again = [json.dumps(line_of(tx)) + "\n" for tx in everything(view, "bitcoin")]
    assert read == {tx.txid: said(tx) for tx in told}
    assert sorted(map(json.loads, again), key=str) == sorted(map(json.loads, lines), key=str)


def test_the_same_facts_give_the_same_bytes(tmp_path, pipeline):
    (one,) = export(pipeline, "transactions-jsonl", tmp_path / "one.jsonl.gz", now)
    (two,) = export(pipeline, "transactions-jsonl", tmp_path / "two.jsonl.gz", now)
    assert one.read_bytes() == two.read_bytes()


def test_accounts_are_no_utxo_transactions_and_an_unknown_format_is_named(tmp_path):
    case = small_case(tmp_path / "case")
    with pytest.raises(InputError, match="no UTXO transactions"):
        export(case, "transactions-jsonl", tmp_path / "x.jsonl", now)
    with pytest.raises(InputError, match=r"there are csv, json, html, xlsx, graphml, gexf, .*, transactions-jsonl"):
        export(case, "nothing", tmp_path / "x", now)
    assert not (tmp_path / "x.jsonl").exists()


def test_a_place_that_cannot_be_written_is_said(tmp_path):
    case = small_case(tmp_path / "case")
    with pytest.raises(OutputError, match="cannot be written"):
        export(case, "json", case / "case.toml" / "out.json", now)


def test_every_format_has_a_line_that_says_what_it_is():
    assert all(form.summary for form in FORMATS.values())
