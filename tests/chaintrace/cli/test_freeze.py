"""`chaintrace freeze`: packs from the shipped case, exactly the blanks, codes, the log, and what cannot be."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from chaintrace.case.config import load
from chaintrace.case.freezing import Frozen, freeze
from chaintrace.case.result import now
from chaintrace.cli import freeze as command
from chaintrace.cli import run
from chaintrace.freeze import KINDS, Asked
from chaintrace.freeze.given import needed, needed_date
from chaintrace.i18n import LANGUAGES
from tests.chaintrace.freeze.printing import need_printing
from tests.chaintrace.small_case import CASE, small_case

pytestmark = [pytest.mark.slow]
RECIPIENTS = ("htx", "binance", "okx", "tether")
TODAY = "2026-01-01"
AUTHORITY = """
[authority]
agency = "Police of Somewhere"
unit = "Unit 1"
case_number = "2026-17"
officer = "A. Example"
rank = "Inspector"
official_mail = "a@police.example"
phone = "1"
address = "1 Street"
legal_basis = "Article 1"
facts = "Two payments were made."
contest = "the court"
order_attached = "order.pdf"
signed_facts = "facts.pdf"

[clock]
order_expires = 2026-07-05T00:00:00Z
"""


@pytest.fixture(scope="module")
def traced(tmp_path_factory, data) -> Path:
    """The TRON case that ships, traced with its tags alone."""
    need_printing()
    folder = tmp_path_factory.mktemp("demo") / "case"
    folder.mkdir()
    for path in (data / "cases" / "tron-usdt").iterdir():
        if path.is_file():
            shutil.copy(path, folder)
    case = (folder / "case.toml").read_text("utf-8")
    case = re.sub(r"^\[rules\]\n(?:.+\n)*", "", case, flags=re.MULTILINE)
    (folder / "case.toml").write_text(f"{case}\n[rules]\nuse = []\n", "utf-8")
    assert run(["trace", str(folder)]) == 3
    return folder


@pytest.fixture(scope="module")
def as_shipped(tmp_path_factory, data) -> Path:
    """The same case as it ships, whose endpoints are deposit addresses found by rule; not traced."""
    folder = tmp_path_factory.mktemp("shipped") / "case"
    folder.mkdir()
    for path in (data / "cases" / "tron-usdt").iterdir():
        if path.is_file():
            shutil.copy(path, folder)
    return folder


@pytest.fixture(scope="module")
def frozen(tmp_path_factory, traced) -> dict[str, Frozen]:
    """The letters of the traced case in each language, each in a copy of its own: several tests read them."""
    made = {}
    for language in LANGUAGES:
        folder = tmp_path_factory.mktemp(language) / "case"
        shutil.copytree(traced, folder, ignore=shutil.ignore_patterns("freeze"))
        made[language] = freeze(folder, Asked("freeze", language, (), date.fromisoformat(TODAY)), now)
    return made


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_packs_of_the_shipped_case_lack_exactly_the_blanks(frozen, language):
    assert {pack.request.folder for pack in frozen[language].packs} == set(RECIPIENTS)
    assert not frozen[language].complete
    for pack in frozen[language].packs:
        blocking = [finding for finding in pack.findings if finding.kind != "warning"]
        blanks = [f"case.toml [authority] {key}" for key in needed(pack.request)]
        assert [finding.where for finding in blocking] == [*blanks, f"case.toml [clock] {needed_date(pack.request)}"]
        assert {finding.kind for finding in blocking} == {"missing"}
        text = "".join("".join(page.extract_text().split()) for page in PdfReader(pack.folder / "request.pdf").pages)
        assert "1d2a1786e07264df313d060f36c5952f1536f7804ec5dd3cafaa8f9777d975a2" in text


def test_the_amounts_are_those_of_the_report(traced, frozen):
    asked = {pack.folder.name: dict(pack.request.asked()) for pack in frozen["en"].packs}
    (usdt,) = asked["htx"]
    assert {name: amounts[usdt] for name, amounts in asked.items()} == {
        "htx": 50_301_471_564,
        "binance": 45_997_901_685,
        "okx": 47_964_946_671,
        "tether": 50_301_471_564 + 45_997_901_685 + 47_964_946_671,
    }
    lines = (traced / "report" / "endpoints.csv").read_text("utf-8-sig").splitlines()
    assert (
        sum(int(row.split(",")[lines[0].split(",").index("min_value")]) for row in lines[1:]) == asked["tether"][usdt]
    )


def test_deposit_addresses_found_by_rule_are_what_an_exchange_is_asked_about(as_shipped):
    need_printing()
    (pack,) = freeze(as_shipped, Asked("preserve", "en", ("htx",)), now).packs
    for place in pack.request.places:
        assert (place.shape, place.service_address) == ("deposit", "TNaRAoLUyYEV2uF7GUrzSjRQTU8v5ZJ5VR")
        assert place.address == "TGfH7imvH9h6yxusNNPkkwrDzKCg7kFDTf"
    text = "".join("".join(page.extract_text().split()) for page in PdfReader(pack.folder / "request.pdf").pages)
    assert "whatarrivesissweptto" in text
    (pack,) = freeze(as_shipped, Asked("preserve", "zh", ("htx",)), now).packs
    text = "".join("".join(page.extract_text().split()) for page in PdfReader(pack.folder / "request.pdf").pages)
    assert "216笔转出中有216笔归集至huobi的钱包" in text
    assert "未翻译" not in text


def test_two_runs_write_the_same_bytes_and_each_its_line_in_the_log(frozen):
    folder = frozen["zh"].packs[0].folder.parents[1]
    first = files(folder / "freeze")
    assert {Path(name).parts[0] for name in first} == {f"{name}.zh" for name in RECIPIENTS}
    assert run(["freeze", str(folder), "--lang", "zh", "--today", TODAY]) == 3
    assert files(folder / "freeze") == first
    lines = [json.loads(line) for line in (folder / "log.jsonl").read_text("utf-8").splitlines()]
    assert [line["action"] for line in lines].count("freeze") == 2
    for line in lines[-2:]:
        assert line["action"] == "freeze"
        assert {one["recipient"] for one in line["details"]["requests"]} == set(RECIPIENTS)
        assert line["details"]["language"] == "zh"
        assert line["details"]["today"] == TODAY


def test_what_is_filled_in_makes_a_request_complete(traced, tmp_path, capsys):
    folder = tmp_path / "case"
    shutil.copytree(traced, folder, ignore=shutil.ignore_patterns("freeze"))
    with (folder / "case.toml").open("a", encoding="utf-8") as file:
        file.write(AUTHORITY)
    for name in ("order.pdf", "facts.pdf"):
        (folder / name).write_bytes(b"%PDF")
    assert run(["trace", str(folder)]) == 3
    capsys.readouterr()
    assert run(["freeze", str(folder), "--to", "binance", "--to", "tether", "--today", "2026-07-04"]) == 0
    out = capsys.readouterr()
    assert "binance\tfreeze\t2\t45,997.901685 USDT\tcomplete" in out.out
    assert "missing" not in out.err
    assert (folder / "freeze" / "binance" / "enclosures" / "order.pdf").is_file()
    assert load(folder).asker.authority["officer"] == "A. Example"


def test_what_is_said_beside_the_letters_reaches_the_terminal(capsys):
    command.printed(Frozen((), (), notices=("no letter to Tether about USDT on tron",)))
    assert capsys.readouterr().err == "no letter to Tether about USDT on tron\n"


def test_a_letter_in_another_language_has_a_folder_of_its_own_and_an_actor_is_its_recipient(traced, tmp_path, capsys):
    folder = tmp_path / "case"
    shutil.copytree(traced, folder, ignore=shutil.ignore_patterns("freeze"))
    assert run(["freeze", str(folder), "--to", "htx", "--today", TODAY]) == 3
    english = files(folder / "freeze" / "htx")
    capsys.readouterr()
    assert run(["freeze", str(folder), "--to", "huobi", "--lang", "zh", "--today", TODAY]) == 3
    out = capsys.readouterr()
    assert f"{folder / 'freeze' / 'htx.zh'}\n" in out.out
    assert "is not of this run" not in out.err
    assert "another report" not in out.err
    assert files(folder / "freeze" / "htx") == english
    assert "核对" in (folder / "freeze" / "htx.zh" / "checklist.md").read_text("utf-8")


def test_a_report_that_is_not_this_trace_blocks(traced, tmp_path, capsys):
    folder = tmp_path / "case"
    shutil.copytree(traced, folder, ignore=shutil.ignore_patterns("freeze"))
    assert run(["trace", str(folder), "--method", "lifo"]) == 3
    capsys.readouterr()
    assert run(["freeze", str(folder), "--to", "htx"]) == 3
    assert "htx: does not agree: the report in the case's folder is another one" in capsys.readouterr().err
    shutil.rmtree(folder / "report")
    assert run(["freeze", str(folder), "--to", "htx"]) == 3
    assert "htx: does not agree: no report stands in the case's folder" in capsys.readouterr().err


def test_a_recipient_that_is_not_concerned_is_bad_input(traced, capsys):
    assert run(["freeze", str(traced), "--to", "kraken"]) == 2
    assert "there are binance, htx, okx, tether" in capsys.readouterr().err


def test_a_date_that_has_passed_is_said_on_the_terminal(tmp_path, capsys):
    need_printing()
    case = small_case(tmp_path / "case", case=CASE + "\n[clock]\norder_expires = 2020-01-01T00:00:00Z\n")
    assert run(["trace", str(case)]) in {0, 3}
    assert run(["freeze", str(case)]) == 3
    said = "order in force until: that has passed (2020-01-01 00:00:00 UTC), so the letter would ask for nothing more"
    assert f"does not agree: {said} (case.toml [clock] order_expires)" in capsys.readouterr().err
    assert run(["freeze", str(case), "--today", "2019-12-31"]) == 3
    assert "has passed" not in capsys.readouterr().err
    assert "as of 2019-12-31 (UTC): next to end: order" in (
        case / "freeze" / "generic-shop" / "checklist.md"
    ).read_text("utf-8")
    assert (case / "freeze" / "generic-shop" / "request.pdf").is_file()


def test_a_mixer_gets_a_note_and_no_letter(tmp_path, capsys):
    tags = "chain,address,label,actor,category,confidence,source,lastmod\nledger,shop,A Mixer,,mixing_service,70,x,\n"
    case = small_case(tmp_path / "case", tags=tags)
    assert run(["freeze", str(case)]) == 0
    folder = case / "freeze" / "generic-a-mixer"
    assert sorted(path.name for path in folder.iterdir()) == ["note.md", "sha256sums.txt"]
    assert str(case / "freeze" / "generic-a-mixer") in capsys.readouterr().out


def test_folders_of_earlier_runs_are_kept_and_named(tmp_path, capsys):
    need_printing()
    case = small_case(tmp_path / "case")
    assert run(["trace", str(case)]) in {0, 3}
    assert run(["freeze", str(case), "--today", "2026-01-01"]) == 3
    assert "is not of this run" not in capsys.readouterr().err
    parent = case / "freeze"
    (parent / "generic-old").mkdir()
    (parent / "generic-old" / "answer.eml").write_text("we froze it", "utf-8")
    bench = parent / ".generic-gone-abcdefgh"
    (bench / "new").mkdir(parents=True)
    (bench / "old").mkdir()
    (bench / "old" / "note.md").write_text("kept", "utf-8")
    assert run(["freeze", str(case), "--today", "2026-01-01"]) == 3
    told = capsys.readouterr().err
    assert f"{parent / 'generic-old'} is not of this run, and nothing in the report concerns it" in told
    assert f"{parent / 'generic-gone'} is not of this run" in told
    assert (parent / "generic-old" / "answer.eml").read_text("utf-8") == "we froze it"
    assert (parent / "generic-gone" / "note.md").read_text("utf-8") == "kept"
    assert sorted(path.name for path in parent.iterdir()) == ["generic-gone", "generic-old", "generic-shop"]


def test_a_letter_that_rests_on_another_report_is_named_where_it_is_not_written_again(traced, tmp_path, capsys):
    folder = tmp_path / "case"
    shutil.copytree(traced, folder, ignore=shutil.ignore_patterns("freeze"))
    assert run(["freeze", str(folder), "--to", "htx", "--to", "okx"]) == 3
    assert "rests on another report" not in capsys.readouterr().err
    case = (folder / "case.toml").read_text("utf-8")
    (folder / "case.toml").write_text(case.replace('name = "', 'name = "Again: ', 1), "utf-8")
    assert run(["freeze", str(folder), "--to", "htx"]) == 3
    told = capsys.readouterr().err
    assert f"{folder / 'freeze' / 'okx'} rests on another report" in told
    assert f"{folder / 'freeze' / 'htx'} rests on another report" not in told


def test_a_case_that_reaches_nobody_is_bad_input(tmp_path, capsys):
    case = small_case(tmp_path / "case", tags="chain,address,label,actor,category,confidence,source,lastmod\n")
    assert run(["freeze", str(case)]) == 2
    assert "nobody can be asked" in capsys.readouterr().err


def test_the_command_offers_the_kinds_and_languages_that_there_are():
    assert tuple(KINDS) == command.KINDS
    assert LANGUAGES == command.LANGUAGES


def test_a_case_with_values_in_money_rests_on_the_same_report(tmp_path, capsys):
    need_printing()
    valued = '\n[valuation]\ncurrency = "USD"\nprices = "prices.csv"\ninterval = "day"\nsource = "a list"\n'
    case = small_case(tmp_path / "case", case=CASE + valued)
    (case / "prices.csv").write_text("chain,contract,time,price,currency\nledger,GOLD,2020-09-12,3.505,USD\n", "utf-8")
    assert run(["trace", str(case)]) in {0, 3}
    assert (case / "report" / "valuation.csv").is_file()
    capsys.readouterr()
    assert run(["freeze", str(case)]) == 3
    assert "does not agree" not in capsys.readouterr().err


def test_a_library_that_is_absent_is_said_before_anything_is_traced(tmp_path, monkeypatch, capsys):
    folder = small_case(tmp_path / "case")
    monkeypatch.setattr("chaintrace.freeze.extras.find_spec", lambda name: None if name == "xlsxwriter" else object())
    assert run(["freeze", str(folder)]) == 2
    told = capsys.readouterr().err
    assert "letters need xlsxwriter, which is not installed" in told
    assert "trace: fifo" not in told
