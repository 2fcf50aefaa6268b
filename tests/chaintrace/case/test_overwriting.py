"""No command writes over what it reads, nor over what a case rests on."""

from __future__ import annotations

import pytest

from chaintrace.case.overwriting import spare
from chaintrace.cli import run
from chaintrace.errors import InputError
from tests.chaintrace.small_case import small_case

USDT = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"


@pytest.fixture
def case(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = small_case(tmp_path / "case")
    for name in ("report", "archive"):
        (folder / name).mkdir()
    (folder / "log.jsonl").touch()
    return folder


@pytest.mark.parametrize(
    "name",
    [
        *("case.toml", "log.jsonl", "transfers.csv", "tags.csv", "complete.txt", "lock.sqlite", "store.sqlite"),
        *("archive/new.csv", "report/report.html", "report/other.html"),
    ],
)
def test_what_a_case_rests_on_is_spared_whether_the_case_is_named_or_not(case, name):
    with pytest.raises(InputError, match="name another path"):
        spare(case / name, case)
    with pytest.raises(InputError, match="name another path"):
        spare(case / name)


def test_a_new_name_and_an_older_output_in_a_case_may_be_written(case):
    (case / "expert-report.en.html").touch()
    for name in ("expert-report.en.html", "new.csv"):
        spare(case / name, case)
    spare(None, case)


def test_links_and_hard_links_are_the_file_that_they_lead_to(tmp_path, case):
    read = tmp_path / "list.csv"
    read.touch()
    (tmp_path / "link.csv").symlink_to(read)
    (tmp_path / "hard.csv").hardlink_to(case / "transfers.csv")
    (tmp_path / "into").symlink_to(case / "archive")
    for target, seen in (("link.csv", read), ("hard.csv", case), ("into/x.csv", case), ("list.csv", f"x={read}")):
        with pytest.raises(InputError):
            spare(tmp_path / target, seen)


@pytest.mark.parametrize(
    "arguments",
    [
        ["screen", "list.csv", "--to", "list.csv"],
        ["screen", "list.csv", "--case", "case", "--to", "case/tags.csv"],
        ["findings", "list.csv", "--chain", "ledger", "--to", "list.csv"],
        ["findings", "case", "--to", "case/case.toml"],
        ["cluster", "shop", "--from", "case", "--to", "case/transfers.csv"],
        ["export", "case", "--format", "json", "--to", "case/case.toml"],
        ["export", "case", "--format", "html", "--to", "case/transfers.csv"],
        ["report", "case", "--to", "case/report/report.html"],
        ["locate", "--source", "case", "--amount", "1", "--from", "2020-01-01", "--to", "2021-01-01",
         "--csv", "case/log.jsonl"],
    ],
)  # fmt: skip
@pytest.mark.usefixtures("case")
def test_each_command_refuses_before_any_work(tmp_path, capsys, arguments):
    (tmp_path / "list.csv").write_text(f"{USDT}\n")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert run(arguments) == 2
    assert "name another path" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
