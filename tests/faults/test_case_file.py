"""Anything wrong in case.toml: exit 2, one sentence with file and line, the old report untouched."""

from __future__ import annotations

import os

import pytest

from tests.chaintrace.small_case import CASE, small_case
from tests.faults.running import refused, trace

LIMITS = "\n[limits]\n{}\n"
VALUES = ["1", "true", "1.5", "[]", "{}", "2020-01-01", '""', '"  "', '"a\\u0000b"', "nan"]


def put(old: str, new: str) -> str:
    """The small case with something in it replaced."""
    assert old in CASE
    return CASE.replace(old, new)


def case_of(tmp_path, content: str | bytes):
    folder = small_case(tmp_path / "case")
    data = content if isinstance(content, bytes) else content.encode("utf-8")
    (folder / "case.toml").write_bytes(data)
    return folder


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize(
    ("old", "key"),
    [
        ('name = "Small"', "name"),
        ('adapter = "transfers-csv"', "adapter"),
        ('path = "transfers.csv"', "path"),
        ('complete = "complete.txt"', "complete"),
        ('txid = "t1"', "txid"),
        ('origin = "payment"', "origin"),
        ('path = "tags.csv"', "path"),
    ],
)
def test_a_text_of_another_type_or_without_content(tmp_path, old, key, value):
    sentence = refused(case_of(tmp_path, put(old, f"{key} = {value}")))
    assert sentence.startswith("case.toml, line "), sentence
    assert key in sentence


@pytest.mark.parametrize("value", ["true", "1.5", "[]", "{}", "2020-01-01", '""', '"a\\u0000b"', "nan", "-1", "1e5"])
@pytest.mark.parametrize("key", ["max_hops", "max_transactions", "min_tag_confidence"])
def test_a_limit_that_is_no_plain_number(tmp_path, key, value):
    sentence = refused(case_of(tmp_path, CASE + LIMITS.format(f"{key} = {value}")))
    assert sentence.startswith(f"case.toml, line 20: {key}"), sentence


@pytest.mark.parametrize("value", ["true", "1.5", "[]", "{}", "nan", "-1", '""', '"-1"', '"a\\u0000b"', "9" * 5000])
def test_an_index_that_names_no_transfer(tmp_path, value):
    assert refused(case_of(tmp_path, put("index = 0", f"index = {value}"))).startswith("case.toml")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (put("name =", "nmae ="), "line 2: unknown key 'nmae' in [case] (did you mean 'name'?)"),
        (CASE + LIMITS.format("max_hop = 1"), "line 20: unknown key 'max_hop' in [limits] (did you mean 'max_hops'?)"),
        (CASE + "\n[limit]\nmax_hops = 1\n", "line 19: unknown key 'limit'"),
        (put('complete = "complete.txt"\n', ""), "line 4: complete is missing"),
        (put('path = "transfers.csv"\n', ""), "line 4: path is missing"),
        (put('txid = "t1"\n', ""), "line 10: txid is missing"),
        (put('"transfers-csv"', '"transfer-csv"'), "line 5: unknown adapter 'transfer-csv' (did you mean"),
        (put('"transfers.csv"', '"absent.csv"'), "line 6: path names 'absent.csv', which does not exist"),
        (put('"transfers.csv"', '"."'), "line 6: path names '.', which is a folder"),
        (put('"transfers.csv"', f'"{"a" * 5000}"'), "line 6: path names 'aaa"),
        (put('"complete.txt"', f'"{"a/" * 5000}"'), "line 7: complete names 'a/"),
        (put('"tags.csv"', f'"{"a" * 5000}"'), "line 17: path names 'aaa"),
        (put('"complete.txt"', '"report"'), "line 7: complete names 'report', which is a folder"),
        (put('name = "Small"', 'name = "S"\nmethods = ["fifp"]'), "line 3: methods: there is no method 'fifp'"),
        (put('name = "Small"', 'name = "S"\nmethods = []'), "line 3: methods: the list is empty"),
        (put('name = "Small"', 'name = "S"\nmethods = ["poison"]'), "line 3: methods: poison marks"),
        (put('txid = "t1"', 'txid = "absent"'), "line 12: the seed absent is not in the sources of ledger"),
        (put("index = 0", "index = 7"), "line 12: the seed t1 has no transfer 7"),
        (put('[[seed]]\nchain = "ledger"', '[[seed]]\nchain = "ledgre"'), "line 11: no source holds the chain"),
        (put('"payment"', '"Unidentified"'), "line 14: origin is 'Unidentified'"),
        (CASE + '\n[[seed]]\nchain = "ledger"\ntxid = "t1"\nindex = "0"\n', "line 21: the seed 't1' index 0 stands"),
        (CASE + LIMITS.format("until = 2023-01-01T00:00:00"), "line 20: until is '2023-01-01 00:00:00', without"),
        (CASE + LIMITS.format("until = 2023-01-01"), "line 20: until must be a time"),
        (CASE + LIMITS.format("until = 0001-01-01T00:00:00+14:00"), "line 20: until"),
        (CASE + LIMITS.format("until = 9999-12-31T23:59:59-14:00"), "line 20: until"),
        (CASE + LIMITS.format('min_value = {"ledger:GOLD" = 1.5}'), "line 20: min_value of 'ledger:GOLD'"),
        (CASE + LIMITS.format('min_value = {"ledgre:GOLD" = 1}'), "line 20: min_value names 'ledgre:GOLD'"),
        (CASE + '\n[rules]\nuse = ["foo"]\n', "line 20: use: there is no rule 'foo'"),
        (CASE + '\n[method]\npool = "wallet"\n', "line 20: pool"),
        (CASE + '\n[[wallet]]\nname = "w"\nchain = "other"\naddresses = ["a"]\n', "line 21: no source holds the chain"),
        (CASE + '\n[[wallet]]\nname = "w"\naddresses = []\n', "line 21: the wallet 'w' has no addresses"),
        (CASE + '\n[case]\nname = "again"\n', "line 19: it is no TOML"),
        (put("[[source]]", "[source]"), "line 4: source must be written [[source]]"),
        (put("[case]", "[[case]]"), "line 1: case must be written [case]"),
        (CASE.split("[[seed]]")[0], "there is no [[seed]]"),
        ("", "there is no [case]"),
        (CASE.replace("\n", "\r").encode(), "line 1: it is no TOML"),
        (CASE.encode("utf-16"), "it is not UTF-8"),
        (CASE.encode() + b"\0", "line 18: it is no TOML"),
        (put("Small", "Sm\xe4ll").encode("latin-1"), "it is not UTF-8"),
        (CASE + "x = " + "[" * 5000 + "]" * 5000, "it is no TOML"),
        (CASE + "x" * 200_000 + " = 1\n", "line 18: unknown key 'xxx"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path, content, words):
    sentence = refused(case_of(tmp_path, content))
    assert sentence.startswith("case.toml"), sentence
    assert words in sentence


@pytest.mark.parametrize("content", [b"\xef\xbb\xbf" + CASE.encode(), CASE.replace("\n", "\r\n").encode()])
def test_a_byte_order_mark_and_other_line_ends_are_read(tmp_path, content):
    assert trace(case_of(tmp_path, content)).code == 0


def test_a_very_long_file_is_read(tmp_path):
    assert trace(case_of(tmp_path, CASE + "# " + "x" * 5_000_000 + "\n")).code == 0


def test_an_index_too_long_for_a_number_is_only_a_word(tmp_path):
    case = put('txid = "t1"', 'txid = "absent"').replace("index = 0", f'index = "{"9" * 5000}"')
    assert "is not in the sources" in refused(case_of(tmp_path, case))


@pytest.mark.parametrize("make", ["folder", "loop", "absent"])
def test_a_case_file_that_is_no_file(tmp_path, make):
    folder = small_case(tmp_path / "case")
    file = folder / "case.toml"
    file.unlink()
    if make == "folder":
        file.mkdir()
    elif make == "loop":
        file.symlink_to("case.toml")
    assert "case.toml" in refused(folder)


def test_a_source_that_is_a_link_to_itself(tmp_path):
    folder = small_case(tmp_path / "case")
    (folder / "transfers.csv").unlink()
    (folder / "transfers.csv").symlink_to("transfers.csv")
    assert "line 6: path names 'transfers.csv'" in refused(folder)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("old", ['"transfers.csv"', '"complete.txt"', '"tags.csv"'])
def test_a_pipe_is_refused_and_not_waited_for(tmp_path, old):
    folder = case_of(tmp_path, put(old, '"pipe"'))
    os.mkfifo(folder / "pipe")
    assert "which is no plain file" in refused(folder)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read every file")
@pytest.mark.parametrize("name", ["case.toml", "transfers.csv", "tags.csv", "complete.txt"])
def test_a_file_that_may_not_be_read(tmp_path, name):
    folder = small_case(tmp_path / "case")
    (folder / name).chmod(0)
    assert name in refused(folder)


@pytest.mark.parametrize("target", ["a" * 5000, "\udcff", "", "/", "case.toml"])
def test_a_target_that_is_no_case(tmp_path, monkeypatch, target):
    monkeypatch.chdir(tmp_path)
    came = trace(target)
    assert came.code == 2
    assert len(came.told) == 1
    assert len(came.told[0]) < 500


@pytest.mark.parametrize("option", [("--index", "5"), ("--complete", "all"), ("--chain", "bitcoin"), ("--method", "x")])
def test_an_option_that_does_not_fit_a_case(tmp_path, option):
    assert option[0] in refused(small_case(tmp_path / "case"), *option)
