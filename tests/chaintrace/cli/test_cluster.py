"""`cluster`: members, reasons, conflicts and leads of a file or a case, and what it refuses."""

from __future__ import annotations

import csv
import io
import json

import pytest

from chaintrace.cli import run
from tests.chaintrace.case.outputs_case import CHAIN, line, outputs_case, txid

FIRST, MIDDLE, LAST = (
    "1DCbY2GYVaAMCBpuBNN5GVg3a47pNK1wdi",
    "1DZTzaBHUDM7T3QvUKBz4qXMRpkg8jsfB5",
    "1KAD5EnzzLtrSo2Da2G4zzD7uZrjk8zRAv",
)
"""Three addresses of the first blocks: two transactions each spend two of them together."""
ONE = "28204cad1d7fc1d199e8ef4fa22f182de6258a3eaafe1bbe56ebdcacd3069a5f"
TWO = "6b0f8a73a56c04b519f1883e8aafda643ba61a30bd1439969df21bea5f4e27e2"
LATER = (line("later", 4, [("part", 2, "B", 8), ("else", 1, "Z", 5)], [("W", 13)]),)
TAGS = (
    "coins,U,Somebody,some,user,service_api,register,2026-01-01\n"
    "coins,Z,Other,other,user,untrusted_transaction,a letter,2026-01-01\n"
)


@pytest.fixture
def first(data):
    return ["--from", str(data / "cases" / "first-payments" / "transactions.jsonl")]


@pytest.fixture
def case(tmp_path):
    return ["--from", str(outputs_case(tmp_path / "case", tags=TAGS, more=LATER))]


def shown(capsys, *arguments: str):
    assert run(["cluster", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_members_and_reasons_of_a_file(first, capsys):
    assert run(["cluster", MIDDLE, *first]) == 0
    printed = capsys.readouterr()
    assert f"bitcoin {MIDDLE}: in a cluster of 3, by 2 findings" in printed.out
    assert f"{FIRST}\t{MIDDLE}\tcommon_input\t50\t{ONE}" in printed.out
    assert "Conflicts: none" in printed.out
    assert "how often common_input errs: " in printed.out
    assert "of 3 of 3 members no source holds every movement: more addresses may be in the cluster" in printed.err


def test_a_line_that_cannot_be_read_is_named_and_the_others_join(data, tmp_path, capsys):
    path = tmp_path / "transactions.jsonl"
    path.write_bytes((data / "cases" / "first-payments" / "transactions.jsonl").read_bytes() + b"{")
    assert run(["cluster", MIDDLE, "--from", str(path)]) == 3
    printed = capsys.readouterr()
    assert f"bitcoin {MIDDLE}: in a cluster of 3, by 2 findings" in printed.out
    assert "this is no JSON" in printed.err
    assert "the line is left out" in printed.err


def test_a_chain_of_reasons_is_a_numbered_list(first, capsys):
    assert run(["cluster", LAST, *first, "--why", FIRST]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == f"1. {LAST} and {MIDDLE}: common_input, confidence 50, in {TWO}"
    assert lines[2] == f"2. {MIDDLE} and {FIRST}: common_input, confidence 50, in {ONE}"


def test_what_is_undone_splits_again(first, capsys):
    assert run(["cluster", LAST, *first, "--why", FIRST, "--without", f"{ONE}:common_input"]) == 3
    printed = capsys.readouterr()
    assert f"no chain of reasons joins {LAST} and {FIRST} on these terms" in printed.out
    assert f"--without {ONE}:common_input: 1 finding counts as never said" in printed.err
    assert [one["address"] for one in shown(capsys, LAST, *first, "--without", ONE.upper())["members"]] == [
        MIDDLE,
        LAST,
    ]


def test_an_undoing_that_means_nothing_is_told(first, capsys):
    assert run(["cluster", LAST, *first, "--without", "ab" * 32]) == 0
    assert "no finding rests on it, so nothing changes" in capsys.readouterr().err


def test_conflicts_stand_with_both_tags_and_part_the_cluster(case, capsys):
    found = shown(capsys, "A", *case)
    assert [one["address"] for one in found["members"]] == ["A"]
    [[first, second]] = {tuple(one["address"] for one in each["tags"]) for each in found["conflicts"]}
    assert (first, second) == ("U", "Z")
    assert {tuple(each["finding"]["evidence"]) for each in found["conflicts"]} == {(txid("join"),)}
    assert run(["cluster", "A", *case, "--why", "Z"]) == 3
    assert "U: some by register, confidence 70\tZ: other by a letter, confidence 40" in capsys.readouterr().out


def test_terms_are_the_users_choice(case, capsys):
    found = shown(capsys, "A", *case, "--min-tag-confidence", "41")
    assert [one["address"] for one in found["members"]] == ["A", "B", "U", "Z"]
    found = shown(capsys, "A", *case, "--min-tag-confidence", "41", "--least", "51")
    assert [one["address"] for one in found["members"]] == ["A"]
    assert [one["object"] for one in found["leads"]] == ["B", "U"]
    found = shown(capsys, "A", *case, "--min-tag-confidence", "41", "--rule", "change")
    assert ([one["address"] for one in found["members"]], found["leads"]) == (["A"], [])


def test_a_case_says_what_its_sources_hold_whole_and_its_own_tag_confidence_counts(tmp_path, capsys):
    folder = outputs_case(tmp_path / "case", tags=TAGS, more=LATER)
    path = folder / "case.toml"
    path.write_text(path.read_text("utf-8") + "\n[limits]\nmin_tag_confidence = 41\n", "utf-8")
    found = shown(capsys, "A", "--from", str(folder), "--chain", CHAIN)
    assert {one["address"]: one["the_sources_hold"] for one in found["members"]} == dict.fromkeys(
        ["A", "B", "U", "Z"], "every movement since they begin"
    )
    assert [one["label"] for one in found["members"][2]["tags"]] == ["Somebody"]


def test_an_address_that_nothing_joins_is_a_cluster_of_its_own(case, capsys):
    found = shown(capsys, "C", *case)
    assert (found["cluster"], found["reasons"], len(found["members"])) == ("C", [], 1)


def test_the_csv_holds_members_reasons_conflicts_and_leads(case, tmp_path, capsys):
    target = tmp_path / "out.csv"
    assert run(["cluster", "A", *case, "--to", str(target)]) == 0
    rows = list(csv.DictReader(io.StringIO(target.read_text("utf-8-sig"))))
    assert [row["what"] for row in rows] == ["member", "conflict", "conflict"]
    assert json.loads(rows[1]["evidence"]) == [txid("join")]
    assert rows[1]["text"].startswith("joins nothing: U attributed to some by register")
    assert run(["cluster", "A", *case, "--to", str(tmp_path / "no" / "out.csv")]) == 2
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere"], "'nowhere' was not found: no source names it as an address of coins"),
        (["A", "--why", "nowhere"], "'nowhere' was not found"),
        (["A", "--rule", "busy"], "there is no rule 'busy' about common control"),
        (["A", "--without", f"{txid('join')}:busy"], "there is no rule 'busy' about common control"),
        (["A", "--without", ":change"], "--without names no txid"),
        (["A", "--least", "49"], "a finding joins from 50 to 100, and 49 is not between them"),
        (["A", "--min-tag-confidence", "101"], "the confidence of a tag is 0 to 100"),
    ],
)
def test_bad_input_is_one_sentence(case, capsys, arguments, sentence):
    assert run(["cluster", *arguments, *case, "--chain", CHAIN]) == 2
    told = capsys.readouterr().err.splitlines()[-1]
    assert told.startswith("chaintrace: ")
    assert sentence in told


def test_a_malformed_address_and_a_network_are_refused(first, capsys):
    assert run(["cluster", "1DCbY2GYVaAMCBpuBNN5GVg3a47pNK1wdj", *first]) == 2
    assert run(["cluster", FIRST, "--from", "https://example.org"]) == 2
    assert "give the path of a file here" in capsys.readouterr().err


def test_the_form_of_ethereum_is_not_taken_for_an_address_of_tron(data, capsys):
    case = ["--from", str(data / "cases" / "tron-usdt" / "transfers.csv"), "--chain", "tron"]
    assert run(["cluster", "0xa614f803b6fd780986a42c78ec9c7f77e6ded13c", *case]) == 2
    assert "if a log of TRON's wrote it so, give TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t" in capsys.readouterr().err
