"""`chaintrace screen`, as a person types it: lists in every form, what cases know, the index, secrets."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import stat
import sys

import docx
import openpyxl
import pytest

from chaintrace.case.result import open_case
from chaintrace.cli import run
from tests.chaintrace.secret_samples import ABANDON, WIFS, XPRV
from tests.chaintrace.small_case import CASE, TAGS, TRANSFERS, small_case

GENESIS = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
USDT = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
HUOBI = "TNaRAoLUyYEV2uF7GUrzSjRQTU8v5ZJ5VR"
MONERO = "4AdUndXHHZ6cfufTMvppY6JwXNouMBzSkbLYfpAV5Usx3skxNgYeYTRj5UzqtReoS44qo9mtmXCqY45DJ852K5Jv2684Rge"
SENDER = "12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S"
RECEIVER = "1Q2TWHE3GMdB6BZKafqwxXtWAWgFt5Jvm3"
FIRST = "f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16"


pytestmark = pytest.mark.usefixtures("no_sockets")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CHAINTRACE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


@pytest.fixture
def first_payments(tmp_path, data):
    folder = tmp_path / "cases" / "first-payments"
    folder.mkdir(parents=True)
    for path in (data / "cases" / "first-payments").iterdir():
        if path.is_file():
            shutil.copy(path, folder)
    return folder


def screened(capsys, *arguments: str) -> tuple[int, dict]:
    code = run(["screen", *arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def workbook(path, *rows, hidden=()):
    book = openpyxl.Workbook()
    book.active.title = "Victims"
    for row in rows:
        book.active.append(row)
    sheet = book.create_sheet("More")
    sheet.sheet_state = "hidden"
    for row in hidden:
        sheet.append(row)
    book.save(path)


def test_a_text_says_lines_and_columns_and_what_is_damaged_ends_with_3(tmp_path, capsys):
    (tmp_path / "list.txt").write_text(f"x {GENESIS}\n{USDT}b {USDT}\n\n{USDT[:-1]}u\n", "utf-8")
    code, found = screened(capsys, "list.txt")
    assert code == 3
    assert [(one["text"], one["places"]) for one in found["items"]] == [
        (GENESIS, ["line 1, column 3"]), (USDT, ["line 2, column 37"])
    ]  # fmt: skip
    assert [(one["text"], one["place"]) for one in found["unread"]] == [
        (USDT + "b", "line 2, column 1"), (USDT[:-1] + "u", "line 4, column 1")
    ]  # fmt: skip
    assert [tag["category"] for tag in found["items"][1]["tags"]][:1] == ["issuer"]


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_a_csv_says_rows_and_columns(tmp_path, capsys, sign):
    rows = [["who", "address"], ["A", GENESIS], ["B", f"{HUOBI} (Huobi)"], ["C", GENESIS]]
    (tmp_path / "list.csv").write_text("\n".join(sign.join(row) for row in rows), "utf-8-sig")
    code, found = screened(capsys, "list.csv")
    assert code == 0
    assert [(one["text"], one["places"]) for one in found["items"]] == [
        (GENESIS, ["row 2, column B", "row 4, column B"]), (HUOBI, ["row 3, column B"])
    ]  # fmt: skip


def test_a_workbook_says_sheets_and_its_hidden_sheets_are_read(tmp_path, capsys):
    workbook(tmp_path / "list.xlsx", ["who", "address", 5], ["A", GENESIS, 1.5], hidden=[[None, USDT]])
    code, found = screened(capsys, "list.xlsx")
    assert code == 0
    assert [one["places"] for one in found["items"]] == [
        ["sheet Victims, row 2, column B"], ["sheet More, row 1, column B"]
    ]  # fmt: skip


def test_what_stands_beside_the_cells_of_a_workbook_is_read_too(tmp_path, capsys):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"], sheet["A2"], sheet["A3"] = "see", "see", f'=HYPERLINK("https://a.example/{SENDER}";"link")'
    sheet["A1"].hyperlink = f"https://tronscan.org/#/address/{USDT}"
    sheet["A2"].comment = openpyxl.comments.Comment(f"his wallet is {GENESIS}", "A. Analyst")
    book.save(tmp_path / "list.xlsx")
    code, found = screened(capsys, "list.xlsx")
    assert code == 0
    assert {one["text"]: one["places"] for one in found["items"]} == {
        SENDER: ["beside the cells, in worksheets/sheet1.xml"],
        USDT: ["beside the cells, in worksheets/_rels/sheet1.xml.rels"],
        GENESIS: ["beside the cells, in comments/comment1.xml"],
    }


def test_a_secret_in_a_comment_is_refused(tmp_path, capsys):
    book = openpyxl.Workbook()
    book.active["A1"] = GENESIS
    book.active["A1"].comment = openpyxl.comments.Comment(ABANDON, "A. Analyst")
    book.save(tmp_path / "list.xlsx")
    assert run(["screen", "list.xlsx"]) == 2
    assert "authorised officer" in capsys.readouterr().err


def test_a_number_in_a_cell_is_read_as_its_digits(tmp_path, capsys):
    workbook(tmp_path / "list.xlsx", ["amount", "txid"], [1e30, int("1" * 64)], [12345678901234567890, GENESIS])
    code, found = screened(capsys, "list.xlsx")
    assert (code, GENESIS in {one["text"] for one in found["items"]}) == (0, True)


@pytest.mark.parametrize(("content", "reason"), [(b"%PDF-1.7\n", "it is a PDF"), (b"\xd0\xcf\x11\xe0", "before 2007")])
def test_files_of_other_programs_are_named(tmp_path, capsys, content, reason):
    (tmp_path / "list.pdf").write_bytes(content)
    assert run(["screen", "list.pdf"]) == 2
    assert reason in capsys.readouterr().err


def test_a_document_of_word_is_named(tmp_path, capsys):
    docx.Document().save(tmp_path / "list.docx")
    assert run(["screen", "list.docx"]) == 2
    assert "it is a document of Word" in capsys.readouterr().err


def test_stdin_is_a_list(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(GENESIS.encode("utf-16"))))
    code, found = screened(capsys, "-")
    assert (code, [one["text"] for one in found["items"]]) == (0, [GENESIS])


def test_the_users_own_store_of_tags_is_looked_at_and_contradictions_are_said(tmp_path, capsys):
    header = "chain,address,label,actor,category,confidence,source,lastmod\n"
    rows = "".join(f"tron,{USDT},{who},{who},exchange,50,{who} list,2026-01-01\n" for who in ("one", "two"))
    (tmp_path / "tags.csv").write_text(header + rows, "utf-8")
    assert run(["tags", "import", "tags.csv"]) == 0
    capsys.readouterr()
    (tmp_path / "list.txt").write_text(f"{USDT} {GENESIS}", "utf-8")
    code, found = screened(capsys, "list.txt")
    assert code == 0
    assert {tag["source"] for tag in found["items"][0]["tags"]} >= {"one list", "two list"}
    assert [one["tags_contradict"] for one in found["items"]] == [True, False]


def test_a_txid_without_0x_is_found_on_a_chain_that_writes_it_so(tmp_path, capsys):
    txid = f"0x{FIRST}"
    sender, receiver = (f"0x{number:040x}" for number in (1, 2))
    transfers = (
        "chain,txid,index,height,time,asset,decimals,from,to,value\n"
        f"ethereum,{txid},0,,1600000000,GOLD,2,{sender},{receiver},100\n"
    )
    text = CASE.replace('"ledger"', '"ethereum"').replace('"t1"', f'"{txid}"').partition("[[tags]]")[0]
    case = small_case(tmp_path / "case", case=text, transfers=transfers, complete=f"{receiver}\n")
    (tmp_path / "list.txt").write_text(FIRST, "utf-8")
    code, found = screened(capsys, "list.txt", "--case", str(case))
    assert code == 0
    assert [(one["text"], [known["transactions"] for known in one["known"]]) for one in found["items"]] == [
        (FIRST, [1])
    ]


def test_a_case_tells_balances_links_and_transactions(tmp_path, first_payments, capsys):
    (tmp_path / "list.txt").write_text(f"{SENDER} {RECEIVER} {FIRST} {HUOBI}", "utf-8")
    code, found = screened(capsys, "list.txt", "--case", str(first_payments))
    assert code == 0
    sender, receiver, txid, other = found["items"]
    (balance,) = receiver["balances"]
    assert (balance["value"], balance["amount"], balance["asset"]) == ("1000000000", "10.00000000", "BTC")
    assert sender["known"][0]["transactions"] == 6
    assert txid["known"][0]["chain"] == "bitcoin"
    assert (other["known"], other["balances"]) == ([], [])
    paid = [(one["txid"], one["index"], one["from"], one["to"], one["value"]) for one in found["links"]]
    assert paid == [
        (FIRST, "0", [SENDER], RECEIVER, "1000000000"), (FIRST, "1", [SENDER], SENDER, "4000000000")
    ]  # fmt: skip


def test_a_balance_that_began_before_the_file_is_not_told(tmp_path, capsys):
    case = small_case(tmp_path / "case")
    (tmp_path / "list.txt").write_text("taker\nshop\nvictim\n", "utf-8")
    code, found = screened(capsys, "list.txt", "--chain", "ledger", "--case", str(case))
    assert code == 0
    assert {one["text"]: [held["value"] for held in one["balances"]] for one in found["items"]} == {
        "taker": [], "shop": [], "victim": []
    }  # fmt: skip
    assert [(one["from"], one["to"], one["value"]) for one in found["links"]] == [
        (["victim"], "taker", "100"), (["taker"], "shop", "60")
    ]  # fmt: skip
    assert [tag["label"] for tag in found["items"][1]["tags"]] == ["The Shop"]


def test_the_index_says_which_cases_hold_it_is_private_and_follows_changes(tmp_path, home, first_payments, capsys):
    open_case(first_payments).follow()
    open_case(small_case(tmp_path / "cases" / "deep" / "small")).follow()
    (tmp_path / "cases" / "broken").mkdir()
    (tmp_path / "cases" / "broken" / "case.toml").write_text("nothing", "utf-8")
    (tmp_path / "list.txt").write_text(f"{RECEIVER} {USDT}", "utf-8")
    code, found = screened(capsys, "list.txt", "--cases", "cases")
    assert code == 0
    assert [[held["case"] for held in one["cases"]] for one in found["items"]] == [["first-payments"], []]
    assert found["indexed_cases"] == 2
    assert any("broken is not in the index" in one for one in found["notices"])
    assert stat.S_IMODE((home / "cases.sqlite").stat().st_mode) == 0o600
    (tmp_path / "names.txt").write_text("taker", "utf-8")
    assert screened(capsys, "names.txt", "--chain", "ledger", "--cases", "cases")[1]["items"][0]["cases"] == [
        {"case": "deep/small", "where": "facts, report"}
    ]
    shutil.rmtree(first_payments)
    assert screened(capsys, "list.txt", "--cases", "cases")[1]["items"][0]["cases"] == []


def test_an_unchanged_case_is_not_read_again(tmp_path, first_payments, capsys, monkeypatch):
    open_case(first_payments).follow()
    (tmp_path / "list.txt").write_text(RECEIVER, "utf-8")
    screened(capsys, "list.txt", "--cases", "cases")
    monkeypatch.setattr("chaintrace.case.screening.index.contents", lambda folder: pytest.fail(f"{folder} was read"))
    assert screened(capsys, "list.txt", "--cases", "cases")[1]["items"][0]["cases"] != []


def test_the_csv_has_no_formula_and_marks_what_deceives(tmp_path, capsys):
    label = '"=cmd|x B\u0456nance \u202egnp.exe <b>"'
    case = small_case(tmp_path / "case", tags=TAGS + f"ledger,taker,{label},,exchange,service_api,@list,2026-01-01\n")
    (tmp_path / "list.txt").write_text("taker\n=1+1\n", "utf-8")
    assert run(["screen", "list.txt", "--chain", "ledger", "--case", str(case), "--to", "out.csv"]) == 0
    printed = capsys.readouterr().out
    assert "\u202e" not in printed
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
    assert "⟨not Latin: U+0456⟩" in rows[0]["tags"]
    assert "⟨U+202E⟩" in rows[0]["tags"] or "\u202e" not in rows[0]["tags"]


@pytest.mark.parametrize("secret", [ABANDON, WIFS[0], XPRV, f"private key: {FIRST}", "\u200b".join(WIFS[0])])
@pytest.mark.parametrize("form", ["txt", "csv", "xlsx", "stdin"])
def test_a_list_with_a_secret_is_refused_before_anything_is_kept(
    tmp_path, home, first_payments, capsys, monkeypatch, secret, form
):
    before = sorted(first_payments.iterdir())
    source = f"list.{form}"
    if form == "xlsx":
        workbook(tmp_path / source, ["a", GENESIS], *([word, "x"] for word in secret.split(" ")))
    elif form == "csv":
        (tmp_path / source).write_text("".join(f"{word},{GENESIS}\n" for word in secret.split(" ")), "utf-8")
    elif form == "txt":
        (tmp_path / source).write_text(f"{GENESIS}\n{secret}\n", "utf-8")
    else:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(f"{GENESIS} {secret}".encode())))
        source = "-"
    code = run(["screen", source, "--to", "out.csv", "--case", str(first_payments), "--cases", "cases"])
    printed = capsys.readouterr()
    assert code == 2
    assert "authorised officer" in printed.err
    assert secret not in printed.out + printed.err
    assert not home.exists()
    assert not (tmp_path / "out.csv").exists()
    assert sorted(first_payments.iterdir()) == before


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["absent.txt"], "cannot be read"),
        (["."], "cannot be read"),
        (["empty.txt"], "no address and no txid"),
        (["bytes.txt"], "not UTF-8"),
        (["zip.xlsx"], "no workbook that can be read"),
        (["old.xls"], "before 2007"),
        (["good.txt", "--case", "."], "no folder of a case"),
        (["good.txt", "--cases", "absent"], "no such folder"),
    ],
)
def test_bad_input_is_one_sentence(tmp_path, capsys, arguments, says):
    for name, content in {
        "empty.txt": b"nothing here", "bytes.txt": b"\xff\xc3", "zip.xlsx": b"PK\x03\x04 no zip",
        "old.xls": b"\xd0\xcf\x11\xe0", "good.txt": GENESIS.encode(),
    }.items():  # fmt: skip
        (tmp_path / name).write_bytes(content)
    assert run(["screen", *arguments]) == 2
    assert says in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_said(tmp_path, capsys):
    (tmp_path / "good.txt").write_text(GENESIS, "utf-8")
    assert run(["screen", "good.txt", "--to", os.path.join("absent", "x.csv")]) == 2  # noqa: PTH118  # as it is typed
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("chain", "says"), [("Tron", "'tron'"), ("bitcion", "'bitcoin'"), ("xpr", "leave the chain out")]
)
def test_a_chain_that_nobody_knows_is_refused(tmp_path, capsys, chain, says):
    (tmp_path / "list.txt").write_text(f"Name {USDT} 1.000", "utf-8")
    assert run(["screen", "list.txt", "--chain", chain]) == 2
    told = capsys.readouterr()
    assert f"there is no chain {chain!r}" in told.err
    assert says in told.err
    assert not told.out


def test_it_is_said_that_addresses_of_other_chains_are_not_noticed(tmp_path, capsys):
    (tmp_path / "list.txt").write_text(f"{USDT} {MONERO}", "utf-8")
    code, found = screened(capsys, "list.txt")
    assert (code, len(found["items"]), found["unread"]) == (0, 1, [])
    assert any("are in neither list" in one and "Monero" in one for one in found["notices"])


def test_an_address_of_a_ledger_that_is_not_read_is_named(tmp_path, capsys):
    (tmp_path / "list.txt").write_text(f"{USDT} rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLh", "utf-8")
    code, found = screened(capsys, "list.txt")
    assert (code, len(found["items"]), len(found["unread"])) == (3, 1, 1)
    assert "an address of xrp" in found["unread"][0]["reason"]


def test_a_payer_that_is_not_on_the_list_is_no_mint(tmp_path, capsys):
    case = small_case(tmp_path / "case", transfers=f"{TRANSFERS}ledger,t3,0,,1600000020,GOLD,2,,taker,7\n")
    (tmp_path / "list.txt").write_text("t1\nt3\ntaker\n", "utf-8")
    assert run(["screen", "list.txt", "--chain", "ledger", "--case", str(case)]) == 0
    lines = capsys.readouterr().out.partition("Links among them")[2].splitlines()
    assert [line.split("\t")[1:6] for line in lines[2:]] == [
        ["not listed", "taker", "GOLD", "1", "1.00"], ["", "taker", "GOLD", "1", "0.07"]
    ]  # fmt: skip
    code, found = screened(capsys, "list.txt", "--chain", "ledger", "--case", str(case))
    assert (code, [one["from"] for one in found["links"]]) == (0, [[], []])
