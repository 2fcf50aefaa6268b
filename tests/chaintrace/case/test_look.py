"""Sources named on a command line: which adapter, which chain, what is refused."""

from __future__ import annotations

import pytest

from chaintrace.case.look import chain_of, everything, look, named
from chaintrace.case.result import now
from chaintrace.errors import InputError
from tests.chaintrace.small_case import small_case


@pytest.mark.parametrize(
    ("name", "adapter"),
    [
        *(("a.csv", "transfers-csv"), ("a.jsonl", "transactions-jsonl"), ("a.JSONL.gz", "transactions-jsonl")),
        *(("blk00000.dat", "blocks"), ("first.blk", "blocks")),
    ],
)
def test_the_end_of_a_name_tells_the_adapter(tmp_path, name, adapter):
    (tmp_path / name).write_text("")
    assert named(str(tmp_path / name)).adapter == adapter


def test_a_folder_is_blocks_or_a_case_and_an_adapter_may_be_said(tmp_path):
    with pytest.raises(InputError, match="and no blk"):
        named(str(tmp_path))
    (tmp_path / "blk00000.dat").touch()
    assert named(str(tmp_path)).adapter == "blocks"
    case = small_case(tmp_path / "case")
    assert named(str(case)).is_case
    odd = tmp_path / "odd=name.txt"
    odd.write_text("")
    assert named(f"transfers-csv={odd}").path == odd


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("https://example.org", "asked over the network"),
        ("esplora=http://127.0.0.1:3000", "asked over the network"),
        ("esplora=x", "asked over the network"),
        ("transfers=x.csv", "did you mean 'transfers-csv'"),
        ("nothing.csv", "does not exist"),
        ("", "does not exist"),
    ],
)
def test_what_is_wrong_is_one_sentence(tmp_path, monkeypatch, text, words):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=words):
        named(text)


def test_a_name_that_tells_nothing_asks_for_the_adapter(tmp_path):
    (tmp_path / "facts.txt").write_text("")
    with pytest.raises(InputError, match="write ADAPTER=PATH"):
        named(str(tmp_path / "facts.txt"))


def test_the_chain_is_said_or_told_by_the_source(tmp_path):
    case = named(str(small_case(tmp_path / "case")))
    assert chain_of(case, None) == "ledger"
    with pytest.raises(InputError, match="has no 'tron': its chains are ledger"):
        chain_of(case, "tron")
    (tmp_path / "a.jsonl").write_text("")
    assert chain_of(named(str(tmp_path / "a.jsonl")), None) == "bitcoin"
    with pytest.raises(InputError, match="add --chain"):
        chain_of(named(str(tmp_path / "case" / "transfers.csv")), None)


def test_everything_a_file_holds_can_be_looked_at(tmp_path):
    small_case(tmp_path)
    with look(named(str(tmp_path / "transfers.csv")), "ledger", now) as view:
        assert [tx.txid for tx in everything(view, "ledger")] == ["t1", "t2"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "case.toml",
        "complete.txt",
        "tags.csv",
        "transfers.csv",
    ]
