"""`new` and `trace`: what is printed for a pipe, cases made from a command line, and no socket."""

from __future__ import annotations

import re

import pytest

from chaintrace.cli import run
from tests.chaintrace.small_case import TAGS, TRANSFERS, small_case

FIRST = """{"txid":"%s","block_height":1,"block_index":0,"time":1300000000,"coinbase":true,"inputs":[],
"outputs":[{"n":0,"value":50,"address":"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"}]}""".replace("\n", "")
TXID = "ab" * 32


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "facts.jsonl").write_text(FIRST % TXID + "\n")
    return tmp_path


def test_a_pipe_gets_tables_of_cells_parted_by_tabs(tmp_path, capsys):
    assert run(["trace", str(small_case(tmp_path))]) == 0
    lines = capsys.readouterr().out.splitlines()
    start = lines.index("Endpoints under fifo")
    assert lines[start + 1].split("\t")[:4] == ["rank", "origin", "amount", "asset"]
    assert lines[start + 2].split("\t") == ["1", "payment", "0.60", "GOLD", "0.60-0.60", "shop", "shop", "register"]
    assert "conservation: payment: seed 100 = endpoint 60 + resting 40 (base units of GOLD)" in lines
    assert lines[-1] == f"report: {tmp_path / 'report' / 'report.html'}"


def test_a_terminal_gets_the_same_cells_in_a_drawn_table(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "200")
    assert run(["trace", str(small_case(tmp_path, tags=TAGS.replace("shop,exchange", "[bold]x[/bold],exchange")))]) == 0
    out = capsys.readouterr().out
    assert "[bold]x[/bold]" in out
    assert "attributed to" in out


def test_hostile_labels_reach_no_terminal(tmp_path, capsys):
    tags = TAGS.replace("shop,exchange", "\x1b]0;evil\x07\u202eshop,exchange").replace("register", "a\x9bb")
    assert run(["trace", str(small_case(tmp_path, tags=tags))]) == 0
    out = capsys.readouterr()
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", out.out + out.err)


def test_the_methods_can_be_named_and_repeated(tmp_path, capsys):
    assert run(["trace", str(small_case(tmp_path)), "--method", "libr", "--method", "fifo"]) == 0
    assert "Endpoints under libr" in capsys.readouterr().out
    assert run(["trace", str(tmp_path), "--method", "poison"]) == 2
    assert "poison marks and allocates nothing" in capsys.readouterr().err


def test_a_report_of_fewer_methods_than_the_case_asks_is_said_to_be_one(tmp_path, capsys):
    folder = small_case(tmp_path / "a case")
    whole = (
        "the report in {0}/report now holds {1} alone, and the case asks for {2} too: `chaintrace trace '{0}'` makes it"
    )
    assert run(["trace", str(folder)]) == 0
    assert "makes it whole again" not in capsys.readouterr().err
    assert run(["trace", str(folder), "--method", "lifo"]) == 0
    assert whole.format(folder, "lifo", "fifo, libr and haircut") in capsys.readouterr().err
    assert run(["trace", str(folder), "--method", "haircut", "--method", "lifo"]) == 0
    assert whole.format(folder, "haircut and lifo", "fifo and libr") in capsys.readouterr().err
    every = [f"--method={name}" for name in ("haircut", "lifo", "libr", "fifo")]
    for more in (every, ["--method", "lifo", "--report", str(tmp_path / "there")]):
        assert run(["trace", str(folder), *more]) == 0
        assert "makes it whole again" not in capsys.readouterr().err


def test_one_method_alone_prints_no_range(tmp_path, capsys):
    assert run(["trace", str(small_case(tmp_path)), "--method", "lifo"]) == 0
    out = capsys.readouterr().out
    assert "rank\torigin\tamount\tasset\tattributed to\taddress\tby\n1\tpayment\t0.60\tGOLD\tshop" in out
    assert "range" not in out
    assert run(["trace", str(tmp_path)]) == 0
    assert "asset\trange\tattributed to" in capsys.readouterr().out


def test_the_report_goes_where_it_is_told(tmp_path):
    assert run(["trace", str(small_case(tmp_path / "case")), "--report", str(tmp_path / "there")]) == 0
    assert (tmp_path / "there" / "report.html").is_file()


@pytest.mark.usefixtures("no_sockets")
def test_offline_opens_no_socket(tmp_path):
    assert run(["trace", str(small_case(tmp_path)), "--offline"]) == 0


def test_new_makes_a_case_and_says_so(here, capsys):
    assert run(["new", "case"]) == 0
    assert "chaintrace trace case" in capsys.readouterr().err
    assert run(["new", "case"]) == 2
    assert (here / "case" / "log.jsonl").is_file()


def test_a_txid_makes_a_case_named_by_its_first_eight(here, capsys):
    command = ["trace", TXID, "--chain", "bitcoin", "--from", "facts.jsonl", "--index", "0"]
    assert run([*command, "--complete", "all"]) == 0
    out = capsys.readouterr()
    assert f"case: {TXID[:8]}" in out.out
    assert (here / TXID[:8] / "report" / "report.html").is_file()
    assert run([*command, "--complete", "all"]) == 0
    assert run(command) == 2
    assert "holds another case" in capsys.readouterr().err


@pytest.mark.usefixtures("here")
def test_without_a_declaration_nothing_rests_and_that_is_said(capsys):
    assert run(["trace", TXID, "--from", "facts.jsonl"]) == 3
    assert "nothing is declared complete" in capsys.readouterr().err


def test_a_txid_that_is_not_there_leaves_no_folder(here, capsys):
    assert run(["trace", "cd" * 32, "--chain", "bitcoin", "--from", "transactions-jsonl=facts.jsonl"]) == 2
    assert "is not in the sources" in capsys.readouterr().err
    assert sorted(path.name for path in here.iterdir()) == ["facts.jsonl"]


def test_a_case_names_its_own_sources(here, capsys):
    folder = str(small_case(here / "case", transfers=TRANSFERS))
    assert run(["trace", folder, "--from", "facts.jsonl"]) == 2
    assert "leave out --chain and --from" in capsys.readouterr().err
    assert run(["trace", "t1", "--from", folder]) == 2
    assert "is a case: run" in capsys.readouterr().err


@pytest.mark.usefixtures("here")
def test_a_text_that_is_no_txid_is_said(capsys):
    assert run(["trace", "???", "--chain", "ledger", "--from", "facts.jsonl"]) == 2
    assert "is no txid" in capsys.readouterr().err


def test_the_case_file_itself_may_be_named(tmp_path):
    assert run(["trace", str(small_case(tmp_path) / "case.toml")]) == 0


def test_backward_adds_the_sources_of_the_payments(tmp_path):
    assert run(["trace", str(small_case(tmp_path)), "--backward"]) == 3
    assert (tmp_path / "report" / "sources.csv").is_file()


def test_what_backward_assumes_is_a_gap_and_no_run_is_complete_with_it(tmp_path, capsys):
    case = '[case]\nname = "one row"\n[[source]]\nadapter = "transfers-csv"\npath = "transfers.csv"\nchain = "p"\n'
    case += 'complete = "all"\n[[seed]]\nchain = "p"\ntxid = "t1"\n[rules]\nuse = []\n'
    rows = f"{TRANSFERS.splitlines()[0]}\np,t1,0,,1500000000,G,2,a,b,100\n"
    small_case(tmp_path, case=case, transfers=rows)
    assert run(["trace", str(tmp_path)]) == 0
    assert run(["trace", str(tmp_path), "--backward"]) == 3
    assert "Assumed or not known (opening): a sends more than the sources show it receive" in capsys.readouterr().err
    assert (tmp_path / "report" / "gaps.csv").read_text("utf-8-sig").splitlines()[1].startswith("opening,p,a,100,")


@pytest.mark.usefixtures("here")
def test_a_txid_of_another_length_is_said_before_anything_is_made(capsys):
    assert run(["trace", "abcd", "--chain", "bitcoin", "--from", "facts.jsonl"]) == 2
    assert "'abcd' is no bitcoin txid" in capsys.readouterr().err


def test_a_txid_traced_again_keeps_what_was_added_to_its_case_and_to_names_another_folder(here, capsys):
    command = ["trace", TXID, "--chain", "bitcoin", "--from", "facts.jsonl", "--complete", "all"]
    assert run([*command, "--to", "work/first"]) == 0
    case = here / "work" / "first" / "case.toml"
    case.write_text(case.read_text("utf-8") + "\n[limits]\nmax_hops = 7\n")
    assert run([*command, "--to", "work/first"]) == 0
    assert "holds the case already: it is traced again, as its case.toml stands" in capsys.readouterr().err
    assert "max_hops = 7" in case.read_text("utf-8")
    assert run([*command, "--index", "0", "--to", "work/first"]) == 2
    assert "name a folder with --to" in capsys.readouterr().err
    assert sorted(path.name for path in here.iterdir()) == ["facts.jsonl", "work"]
    assert run(["trace", "work/first", "--to", "elsewhere"]) == 2
    assert "leave it out" in capsys.readouterr().err


def test_a_message_about_a_made_case_names_no_file_that_nobody_wrote(here, capsys):
    (here / "ledger.csv").write_text(TRANSFERS)
    assert run(["trace", "702f500f", "--chain", "ledger", "--from", "ledger.csv"]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == (
        "chaintrace: the payment 702f500f is not in the sources of ledger: check the txid, or add a source that "
        "holds it"
    )
    assert run(["trace", "t1", "--chain", "ledger", "--from", "ledger.csv", "--index", "1"]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == (
        "chaintrace: the payment t1 has no transfer 1; its transfers are: 0"
    )
    assert run(["trace", "t1", "--chain", "lodger", "--from", "ledger.csv"]) == 2
    assert "chaintrace: ledger.csv: no row is of the chain lodger" in capsys.readouterr().err
    assert sorted(path.name for path in here.iterdir()) == ["facts.jsonl", "ledger.csv"]


def test_another_file_of_a_case_is_no_case(tmp_path, capsys):
    assert run(["trace", str(small_case(tmp_path) / "tags.csv")]) == 2
    assert "is a file: give the folder of the case, not the file" in capsys.readouterr().err


def test_backward_prints_the_first_sources_and_where_the_rest_is(tmp_path, capsys):
    run(["trace", str(small_case(tmp_path)), "--backward"])
    lines = capsys.readouterr().out.splitlines()
    start = lines.index("Where the payments came from, by haircut (1 of 1)")
    assert lines[start + 2].split("\t")[:4] == ["payment", "1.00", "GOLD", "history not in the sources"]
    assert lines[start + 3] == f"all of them: {tmp_path / 'report' / 'sources.csv'}"


def test_the_same_command_goes_on_where_the_folder_is_called_like_the_txid(here, capsys):
    (here / "ledger.csv").write_text(TRANSFERS)
    command = ["trace", "t1", "--chain", "ledger", "--from", "ledger.csv", "--complete", "all"]
    assert run(command) == 0
    (here / "ledger.csv").write_text(TRANSFERS.replace("60", "50"))
    capsys.readouterr()
    assert run(command) == 0
    told = capsys.readouterr()
    assert "ledger.csv has changed since the last trace" in told.err
    assert "conservation: t1: seed 100 = resting 100" in told.out
    (here / "other.csv").write_text(TRANSFERS)
    other = [*command[:5], "other.csv", *command[6:]]
    assert run(other) == 2
    assert "another case of this payment, with another chain, source" in capsys.readouterr().err
    assert run([*other, "--to", "other"]) == 0
    assert run(["trace", "t1", "--index", "0"]) == 2
    assert "leave them out" in capsys.readouterr().err
    assert run(["trace", "t1", "--from", "other.csv", "--chain", "ledger", "--to", "t1"]) == 2


def test_a_txid_of_the_same_folder_with_a_typo_is_named(here, capsys):
    (here / "facts.jsonl").write_text(FIRST % TXID + "\n")
    command = ["--chain", "bitcoin", "--from", "facts.jsonl", "--complete", "all"]
    assert run(["trace", TXID, *command]) == 0
    assert run(["trace", f"{TXID[:-1]}c", *command]) == 2
    assert f"abababab is the case of {TXID}, and {TXID[:-1]}c was typed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("chain", "typed", "says"),
    [
        ("ethereum", "hello", "is no ethereum txid: a txid is 64 hex digits: correct it"),
        ("tron", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "and this is an address of tron"),
        ("tron", TXID[:-1], "and this is 63 of them"),
        ("tron", f"https://tronscan.org/#/transaction/{TXID}", "and this is a link: give the txid"),
    ],
)
@pytest.mark.usefixtures("no_sockets")
def test_what_is_no_txid_is_said_before_anybody_is_asked_or_a_folder_made(here, capsys, chain, typed, says):
    before = sorted(here.iterdir())
    assert run(["trace", typed, "--chain", chain, "--from", "https://example.org"]) == 2
    assert says in capsys.readouterr().err
    assert sorted(here.iterdir()) == before


def test_a_txid_that_a_file_lacks_is_said_to_look_like_what_it_is(here, capsys):
    row = "tron,t1,0,,1600000000,TRX,6,TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t,TNaRAoLUyYEV2uF7GUrzSjRQTU8v5ZJ5VR,100\n"
    (here / "ledger.csv").write_text(f"{TRANSFERS.splitlines()[0]}\n{row}")
    assert run(["trace", TXID[:-1], "--chain", "tron", "--from", "ledger.csv"]) == 2
    assert "what was typed is 63 of the 64 hex digits of a txid" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--chain", "btc"], "'btc' (did you mean 'bitcoin'?)"),
        (["--chain", "Bitcoin"], "'Bitcoin' (did you mean 'bitcoin'?)"),
        (["--chain", "solana", "--from", "https://example.org"], "'solana' yet: bring a file of its transfers"),
        (["--chain", "ledger", "--from", "."], "no case.toml and no blk*.dat in it: name one file"),
        (["--chain", "ledger", "--from", "l.csv", "--complete", "yes"], "'yes', and there is no such file: write all"),
        (["--chain", "LEDGER", "--from", "l.csv"], "the file holds ledger: name one as it stands there"),
        (["--chain", "ledger", "--from", "empty.csv"], "the file is empty"),
        (["--chain", "ledger", "--from", "nosuch.csv"], "correct the path of --from, or give a url"),
    ],
)
@pytest.mark.usefixtures("no_sockets")
def test_a_wrong_option_is_said_with_what_was_meant(here, capsys, arguments, says):
    (here / "l.csv").write_text(TRANSFERS)
    (here / "empty.csv").touch()
    assert run(["trace", "t1", *arguments]) == 2
    assert says in capsys.readouterr().err


def test_methods_may_be_written_as_texts_write_them(tmp_path, capsys):
    assert run(["trace", str(small_case(tmp_path)), "--method", "FIFO"]) == 0
    assert "Endpoints under fifo" in capsys.readouterr().out


def test_a_list_of_the_user_is_never_written_over_by_a_new_case(here, capsys):
    (here / "addresses.txt").write_text("mine")
    assert run(["trace", TXID, "--from", "facts.jsonl", "--to", "."]) == 2
    assert "addresses.txt stands already" in capsys.readouterr().err
    assert (here / "addresses.txt").read_text() == "mine"


@pytest.mark.parametrize(
    ("command", "inside", "says"),
    [
        (["export", "--format", "html"], "case.toml", "is a file: give the folder of the case"),
        (["report"], "report", "lies in the folder of a case: give that folder, c"),
    ],
)
def test_a_path_inside_a_case_is_no_case(here, capsys, command, inside, says):
    (small_case(here / "c") / "report").mkdir()
    assert run([*command, f"c/{inside}", "--to", "x.html"]) == 2
    assert says in capsys.readouterr().err
