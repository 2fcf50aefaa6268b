"""Seeds: indexes, origins, txids, and files of victims (M19-M22)."""

from __future__ import annotations

import pytest

from chaintrace.case.config import load
from chaintrace.errors import InputError
from tests.chaintrace.small_case import CASE, small_case

HEADER = "chain,txid,index,origin,return_address\n"
SEED = '[[seed]]\nchain = "ledger"\ntxid = "t1"\nindex = 0\norigin = "payment"\n'


def victims(folder, text: str):
    (folder / "victims.csv").write_text(text, encoding="utf-8")
    return load(small_case(folder, case=CASE.replace(SEED, '[[seed]]\npath = "victims.csv"\n')))


def with_index(folder, index: str):
    return load(small_case(folder, case=CASE.replace("index = 0", index))).seeds[0].index


@pytest.mark.parametrize(
    ("written", "read"),
    [("index = 7", "7"), ('index = "log:57"', "log:57"), ('index = "all"', "all"), ("", None)],
)
def test_an_index_is_a_number_a_text_all_or_nothing(tmp_path, written, read):
    assert with_index(tmp_path, written) == read


def test_an_origin_is_the_txid_where_nobody_names_it(tmp_path):
    assert load(small_case(tmp_path, case=CASE.replace('origin = "payment"\n', ""))).seeds[0].origin == "t1"


@pytest.mark.parametrize(
    ("chain", "written", "kept"),
    [
        ("bitcoin", "AB" * 32, "ab" * 32),
        ("ethereum", "AB" * 32, "0x" + "ab" * 32),
        ("tron", "0x" + "AB" * 32, "ab" * 32),
    ],
)
def test_a_txid_is_kept_in_its_one_form(tmp_path, chain, written, kept):
    text = CASE.replace('"ledger"', f'"{chain}"').replace('"t1"', f'"{written}"')
    assert load(small_case(tmp_path, case=text, complete="# none\n")).seeds[0].txid == kept


def test_the_index_of_an_output_is_a_number(tmp_path):
    text = (
        CASE.replace('"ledger"', '"bitcoin"').replace('"t1"', f'"{"ab" * 32}"').replace("index = 0", 'index = "log:1"')
    )
    with pytest.raises(InputError, match="it must be an output's number") as caught:
        load(small_case(tmp_path, case=text, complete="# none\n"))
    assert caught.value.line == 13


def test_a_file_of_victims_gives_a_seed_a_row(tmp_path):
    config = victims(tmp_path, HEADER + "ledger,t1,0,Ann,back;home\n\nledger,t2,,,\n")
    first, second = config.seeds
    assert (first.index, first.origin, first.victim_addresses) == ("0", "Ann", {"back", "home"})
    assert (second.index, second.origin, second.victim_addresses) == (None, "t2", frozenset())
    assert [placed.line for placed in config.placed_seeds] == [2, 4]
    assert "victims.csv" in [file.shown for file in config.files]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (HEADER.replace(",", ";"), 1, "the file uses semicolons: save it with commas"),
        (HEADER.replace(",", "\t"), 1, "the file uses tabs: save it with commas"),
        ("chain,txid\n", 1, "the header must be chain,txid,index,origin,return_address"),
        (HEADER + "ledger,t1,0,Ann\n", 2, "4 cells, the header 5"),
        (HEADER + "lodger,t1,0,Ann,\n", 2, "did you mean 'ledger'"),
        (HEADER + "ledger,,0,Ann,\n", 2, "needs a txid"),
        (HEADER + "ledger,t1,0,unidentified,\n", 2, "choose another name"),
        (HEADER + "ledger,t1,0,Ann,\nledger,t1,0,Bob,\n", 3, "stands twice"),
        (HEADER + 'ledger,"t1,0,Ann,\n', 2, "no CSV"),
    ],
)
def test_what_is_wrong_in_a_file_of_victims_is_one_sentence_with_its_line(tmp_path, text, line, words):
    with pytest.raises(InputError) as caught:
        victims(tmp_path, text)
    assert words in str(caught.value)
    assert (caught.value.path.name, caught.value.line) == ("victims.csv", line)
