"""`chaintrace tags`: import, look up, export, check, as a person types them."""

from __future__ import annotations

import getpass
import json
import subprocess
import sys

import pytest

from chaintrace.cli import run
from chaintrace.tags import store_import

HUOBI = "TNaRAoLUyYEV2uF7GUrzSjRQTU8v5ZJ5VR"
HEADER = "chain,address,label,actor,category,confidence,source,lastmod\n"
GOOD = HEADER + f"tron,{HUOBI},Huobi 1,huobi,exchange,service_api,register,2026-01-01\n"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CHAINTRACE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


def test_what_was_imported_is_found_with_all_its_fields(tmp_path, capsys):
    (tmp_path / "a.csv").write_text(GOOD, encoding="utf-8")
    assert run(["tags", "import", "a.csv", "--licence", "MIT"]) == 0
    assert "a.csv (csv): 1 row; 1 tag" in capsys.readouterr().out
    assert run(["tags", "lookup", HUOBI, "--chain", "tron", "--json"]) == 0
    (tag,) = json.loads(capsys.readouterr().out)
    wanted = {
        "chain": "tron",
        "address": HUOBI,
        "label": "Huobi 1",
        "actor": "huobi",
        "category": "exchange",
        "confidence": "service_api",
        "level": 70,
        "source": "register",
        "lastmod": "2026-01-01",
        "licence": "MIT",
        "imported_by": getpass.getuser(),
        "stops": True,
        "conflict": False,
        "grade": "attributed",
    }
    assert {name: tag[name] for name in wanted} == wanted


def test_an_address_is_found_in_every_spelling(tmp_path, capsys):
    address = "0x722122dF12D4e14e13Ac3b6895a86e84145b6967"
    (tmp_path / "list.txt").write_text(address, encoding="utf-8")
    assert run(["tags", "import", "list.txt", "--chain", "ETH", "--label", "Mixer", "--source", "order"]) == 0
    capsys.readouterr()
    for spelling in (address, address.lower(), "0x" + address[2:].upper()):
        assert run(["tags", "lookup", spelling, "--json"]) == 0
        assert len(json.loads(capsys.readouterr().out)) == 1


def test_conflicts_are_shown_and_not_resolved(tmp_path, capsys):
    (tmp_path / "a.csv").write_text(GOOD, encoding="utf-8")
    (tmp_path / "b.csv").write_text(GOOD.replace("huobi", "okx").replace("register", "other"), encoding="utf-8")
    assert run(["tags", "import", "a.csv", "b.csv"]) == 0
    assert "1 addresses in conflict" in capsys.readouterr().out
    assert run(["tags", "lookup", HUOBI]) == 0
    printed = capsys.readouterr().out
    assert "\thuobi\t" in printed
    assert "\tokx\t" in printed
    assert "conflict: nothing here says which is right" in printed


def test_refused_rows_end_with_3_and_their_lines(tmp_path, capsys):
    (tmp_path / "a.csv").write_text(GOOD + f"tron,{HUOBI}x,Bad,,,,s,\n", encoding="utf-8")
    assert run(["tags", "import", "a.csv"]) == 3
    printed = capsys.readouterr()
    assert "a.csv, line 3: address:" in printed.err
    assert "2 rows; 1 tag, 1 refused" in printed.out


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (GOOD, 0),
        (GOOD + f"tron,{HUOBI},Huobi 1,huobi,exchnge,50,register,\n", 3),
        (GOOD + GOOD.splitlines()[1] + "\n", 3),
        (GOOD + f"tron,{HUOBI},Other,okx,exchange,50,register,\n", 3),
        (GOOD + f"bitcoin,{HUOBI},Other,okx,exchange,50,register,\n", 3),
        ("chain;address\n", 2),
    ],
)
def test_a_check_finds_what_is_wrong_and_imports_nothing(tmp_path, home, text, code):
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    assert run(["tags", "check", "a.csv"]) == code
    assert not home.exists()


def test_an_absent_file_and_a_wrong_address_are_bad_input(capsys):
    assert run(["tags", "import", "absent.yaml"]) == 2
    assert "absent.yaml: it cannot be read" in capsys.readouterr().err
    assert run(["tags", "lookup", HUOBI[:-1] + "X", "--chain", "tron"]) == 2
    assert run(["tags", "import", "a.csv", "--column", "colour=x"]) == 2


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (HUOBI[:-1] + "X", "checksum"),
        (HUOBI[:-1], "is no tron address"),
        ("0xDAC17F958d2ee523a2206206994597C13D831ec8", "checksum"),
        ("0xdac17f958d2ee523a2206206994597c13d831ec", "is no ethereum address"),
        ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "checksum"),
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", "is no bitcoin address"),
    ],
)
def test_a_mistyped_address_is_bad_input_without_a_chain_too(capsys, address, words):
    assert run(["tags", "lookup", address]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert words in said.err
    assert "correct the address, or name its chain with --chain" in said.err


@pytest.mark.parametrize(
    "address",
    ["rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLh", "4Nd1mBQtrMJVYVfKf2PJy9NZUZdTAkPUwdrsBVAcGTBr", "rollup:0x1", "0x1::coin"],
)
def test_an_address_of_a_chain_that_we_do_not_check_is_none_of_ours(address):
    assert run(["tags", "lookup", address]) == 0


def test_what_the_store_holds_is_shown_whatever_it_looks_like(tmp_path, capsys):
    odd = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb"
    (tmp_path / "a.csv").write_text(f"{GOOD.splitlines()[0]}\nsome-ledger,{odd},X,x,exchange,50,register,\n", "utf-8")
    assert run(["tags", "import", "a.csv"]) == 0
    assert run(["tags", "lookup", odd]) == 0
    assert "some-ledger" in capsys.readouterr().out


def test_of_a_long_list_it_says_how_far_it_has_come(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(store_import, "WATCHED", 2)
    rows = "".join(f"some-ledger,a{number},X,x,exchange,50,register,\n" for number in range(5))
    (tmp_path / "long.csv").write_text(f"{GOOD.splitlines()[0]}\n{rows}", encoding="utf-8")
    for command in ("check", "import"):
        assert run(["tags", command, "long.csv"]) == 0
        said = capsys.readouterr()
        assert "long.csv: 2 rows read\nlong.csv: 4 rows read\nlong.csv: 5 rows read, looking for conflicts" in said.err
        assert "rows read" not in said.out


def test_to_look_up_makes_no_store(home, capsys):
    assert run(["tags", "lookup", HUOBI, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert not home.exists()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "gb18030"])
@pytest.mark.parametrize("command", ["import", "check"])
def test_a_list_that_is_not_utf_8_is_bad_input(tmp_path, capsys, command, encoding):
    text = "chain,address,label,source\ntron,TNaRAoLUyYEV2uF7GUrzSjRQTU8v5ZJ5VR,\u6f22,x\n"
    (tmp_path / "list.csv").write_bytes(text.encode(encoding))
    assert run(["tags", command, str(tmp_path / "list.csv")]) == 2
    assert "is not UTF-8: save it as UTF-8" in capsys.readouterr().err


@pytest.mark.parametrize(("form", "name"), [("csv", "b.csv"), ("tagpack", "b.yaml")])
def test_an_export_imports_as_the_same(tmp_path, capsys, monkeypatch, form, name):
    (tmp_path / "a.csv").write_text(GOOD, encoding="utf-8")
    run(["tags", "import", "a.csv"])
    assert run(["tags", "export", "--format", form, "--to", name]) == 0
    capsys.readouterr()
    run(["tags", "lookup", HUOBI, "--json"])
    (before,) = json.loads(capsys.readouterr().out)
    monkeypatch.setenv("CHAINTRACE_HOME", str(tmp_path / "second"))
    assert run(["tags", "import", name]) == 0
    capsys.readouterr()
    run(["tags", "lookup", HUOBI, "--json"])
    (after,) = json.loads(capsys.readouterr().out)
    ours = {"pack", "pack_title", "pack_sha256", "imported_at"}
    assert {key: value for key, value in after.items() if key not in ours} == {
        key: value for key, value in before.items() if key not in ours
    }


def test_an_export_that_was_imported_is_written_out_in_the_same_order(tmp_path, capsys, monkeypatch):
    token, other = "0xdac17f958d2ee523a2206206994597c13d831ec7", "0x0000000000000000000000000000000000000001"
    for name, currency, addresses in (("a.yaml", "USDT", [token]), ("b.yaml", "ETH", [other, token])):
        rows = "".join(f"- {{address: {address}, label: x}}\n" for address in addresses)
        (tmp_path / name).write_text(f"currency: {currency}\nlastmod: 2024-01-01\ntags:\n{rows}", encoding="utf-8")
        assert run(["tags", "import", name, "--source", "a list"]) == 0
    written = []
    for number in range(3):
        assert run(["tags", "export", "--format", "tagpack", "--to", f"{number}.yaml"]) == 0
        written.append((tmp_path / f"{number}.yaml").read_text("utf-8"))
        monkeypatch.setenv("CHAINTRACE_HOME", str(tmp_path / f"home {number}"))
        assert run(["tags", "import", f"{number}.yaml"]) == 0
    capsys.readouterr()
    assert written[0].count("- address") == 3
    assert written[0] == written[1] == written[2]


def test_an_export_of_one_chain_has_no_other(tmp_path, capsys):
    (tmp_path / "a.csv").write_text(GOOD, encoding="utf-8")
    run(["tags", "import", "a.csv"])
    capsys.readouterr()
    assert run(["tags", "export", "--format", "csv", "--chain", "bitcoin"]) == 0
    assert HUOBI not in capsys.readouterr().out
    assert run(["tags", "export", "--format", "csv", "--chain", "TRX"]) == 0
    assert HUOBI in capsys.readouterr().out


@pytest.mark.parametrize("form", ["tagpack", "csv"])
def test_an_export_that_nobody_reads_to_its_end_says_nothing(tmp_path, form):
    (tmp_path / "many.txt").write_text("".join(f"0x{number:040x}\n" for number in range(1, 2_500)), "utf-8")
    declared = ("--chain", "ethereum", "--source", "a list", "--label", "x")
    assert run(["tags", "import", "many.txt", *declared]) == 0
    command = [sys.executable, "-m", "chaintrace", "tags", "export", "--format", form]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as made:
        made.stdout.readline()
        made.stdout.close()
        said = made.stderr.read()
    assert said == ""


def test_an_export_that_cannot_be_written_is_said(tmp_path, capsys):
    assert run(["tags", "export", "--format", "csv", "--to", str(tmp_path / "absent" / "x.csv")]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_the_list_that_ships_is_imported_by_its_name(capsys):
    assert run(["tags", "check", "core"]) == 0
    assert run(["tags", "import", "core"]) == 0
    assert run(["tags", "import", "core"]) == 0
    assert "the same list is held already" in capsys.readouterr().out
    assert run(["tags", "lookup", HUOBI, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {tag["grade"] for tag in found} == {"corroborated"}
    assert {tag["source_family"] for tag in found} == {"reserves:huobi", "explorer:tronscan"}
    assert {tag["pack"] for tag in found} == {"core"}


def test_a_confidence_on_another_scale_is_told_and_kept(tmp_path, capsys):
    (tmp_path / "a.csv").write_text(GOOD.replace("service_api", "high"), encoding="utf-8")
    assert run(["tags", "import", "a.csv"]) == 0
    assert "1 with a confidence on another scale" in capsys.readouterr().out
