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
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match="cannot be written"):
        export(case, "json", tmp_path / "file" / "out.json", now)


def test_one_file_gets_its_ending_or_goes_into_a_folder_and_several_make_one(tmp_path):
    case = small_case(tmp_path / "case")
    (tmp_path / "there").mkdir()
    for told, written in (
        (tmp_path / "one.json", "one.json"),
        (tmp_path / "ONE.JSON", "ONE.JSON"),
        (tmp_path / "out" / "json", "out/json.json"),
        (tmp_path / "there", "there/trace.json"),
        (f"{tmp_path}/new/", "new/trace.json"),
    ):
        assert export(case, "json", told, now) == (tmp_path / written,)
        assert json.loads((tmp_path / written).read_text("utf-8"))["schema"] == "chaintrace-trace"
    with pytest.raises(InputError, match=r"chart\.anx is the name of a file, and what goes there is i2-chart\.anx, .*"):
        export(case, "i2", tmp_path / "chart.anx", now)
    assert not (tmp_path / "chart.anx").exists()
    with pytest.raises(InputError, match=r"one\.json is a file, .*: name a folder"):
        export(case, "neo4j", tmp_path / "one.json", now)
    assert json.loads((tmp_path / "one.json").read_text("utf-8"))["schema"] == "chaintrace-trace"
    assert {path.parent for path in export(case, "i2", tmp_path / "v1.2", now)} == {tmp_path / "v1.2"}


def test_every_format_has_a_line_that_says_what_it_is():
    assert all(form.summary for form in FORMATS.values())
