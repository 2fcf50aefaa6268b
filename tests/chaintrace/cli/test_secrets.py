"""A secret in any text that a person gives ends with 2: it is kept in no file of ours, and nobody prints it."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest

from chaintrace.case import log
from chaintrace.case.exports import FORMATS
from chaintrace.case.links import Accepted
from chaintrace.case.merging import merge
from chaintrace.case.notes import accept, note
from chaintrace.case.result import now
from chaintrace.case.shipped import demo_case
from chaintrace.cli import chaintrace, run
from chaintrace.errors import InputError
from chaintrace.private_keys import found, refuse_file
from tests.chaintrace.secret_samples import ABANDON, TXID, WIFS, XPRV
from tests.chaintrace.small_case import CASE, COMPLETE, TAGS, TRANSFERS, small_case

SECRETS = (ABANDON, WIFS[1], XPRV, f"private key 0x{TXID}")
PLACES = (
    *("note", "origin", "tags", "complete", "victims", "transfers", "link", "accept", "asker", "prices", "protocols"),
    "escaped",
)
PRICES = "chain,contract,asset,currency,time,price\nledger,,{},EUR,2020-09-13T12:26:40Z,1\n"
PROTOCOL = 'protocol = "x"\n# {}\n'
LINK = """
[[link]]
name = "{}"
from = {{ chain = "ledger", txid = "t1", index = 0 }}
to = {{ chain = "ledger", txid = "t2", index = 0 }}
"""
ACCEPT = """
[[accept]]
rule = "x"
chain = "ledger"
subject = "t1"
object = "t2"
name = "A. Analyst"
reason = "{}"
"""
HUOBI = "TNaRAoLUyYEV2uF7GUrzSjRQTU8v5ZJ5VR"
TEXTS = {".csv", ".json", ".jsonl", ".jsonld", ".html", ".txt", ".graphml", ".gexf", ".toml"}
VICTIMS = "chain,txid,index,origin,return_address\nledger,t1,0,{},\n"
CSV = "chain,address,label,source\ntron,{address},{secret},list\n"
LISTS = {
    "list.csv": CSV,
    "more.csv": 'chain,address,label,source,more\ntron,{address},x,list,"{{""note"": ""{secret}""}}"\n',
    "list.json": '[{{"chain": "tron", "address": "{address}", "label": "{secret}", "source": "list"}}]',
    "list.yaml": 'title: x\ncreator: y\ntags:\n  - address: {address}\n    currency: TRX\n    label: "{secret}"\n',
    "list.txt": "{address}\n{secret}\n",
    "list.xml": "<sdnList><a>{secret}</a></sdnList>",
}


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch, no_sockets):  # noqa: ARG001  # asked for what it does
    monkeypatch.setenv("CHAINTRACE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


def refused(capsys, folder: Path, given: Path, secret: str, *command: str) -> None:
    """Run a command: it ends with 2, says what to do, and the secret stands nowhere but where it was given."""
    before = given.read_bytes()
    assert run(command) == 2
    printed = capsys.readouterr()
    told = printed.out + printed.err
    core = secret.removeprefix("private key 0x")
    assert "authorised officer" in told
    assert core not in told
    assert given.read_bytes() == before
    holds = [
        path
        for path in folder.rglob("*")
        if path.is_file() and path != given and any(part in path.read_bytes() for part in traces(core))
    ]
    assert holds == []


def traces(secret: str) -> tuple[bytes, ...]:
    """How a secret may stand in a file: as text, or as the bytes that its digits spell."""
    return (secret.encode(), *((bytes.fromhex(secret),) if len(secret) == len(TXID) and " " not in secret else ()))


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("command", ["import", "check"])
@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_tags(tmp_path, capsys, name, command, secret):
    given = tmp_path / name
    given.write_text(LISTS[name].format(address=HUOBI, secret=secret), "utf-8")
    refused(capsys, tmp_path, given, secret, "tags", command, name)


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("name", PLACES)
def test_a_text_of_a_case(tmp_path, capsys, name, secret):
    case = tmp_path / "case"
    texts = {
        "note": {"case": CASE.replace('"Small"', f'"Small"\nnote = "{secret}"')},
        "origin": {"case": CASE.replace('"payment"', f'"{secret}"')},
        "tags": {"tags": TAGS + f"ledger,taker,{secret},,exchange,service_api,x,2026-01-01\n"},
        "complete": {"complete": f"{COMPLETE}{secret}\n"},
        "victims": {"case": f'{CASE}\n[[seed]]\npath = "victims.csv"\n'},
        "transfers": {"transfers": TRANSFERS.replace("GOLD", secret)},
        "link": {"case": CASE + LINK.format(secret)},
        "accept": {"case": CASE + ACCEPT.format(secret)},
        "asker": {"case": f'{CASE}\n[authority]\ncase_number = "{secret}"\n'},
        "prices": {"case": f'{CASE}\n[valuation]\ncurrency = "EUR"\nprices = "prices.csv"\n'},
        "protocols": {"case": f'{CASE}\n[[protocols]]\npath = "protocol.toml"\n'},
        "escaped": {"case": CASE.replace('"Small"', '"Small"\nnote = "' + secret.replace(" ", "\\n") + '"')},
    }
    small_case(case, **texts[name])
    (case / "victims.csv").write_text(VICTIMS.format(secret if name == "victims" else "x"), "utf-8")
    (case / "prices.csv").write_text(PRICES.format(secret if name == "prices" else "x"), "utf-8")
    (case / "protocol.toml").write_text(PROTOCOL.format(secret if name == "protocols" else "x"), "utf-8")
    files = {"tags": "tags.csv", "complete": "complete.txt", "victims": "victims.csv", "transfers": "transfers.csv",
             "prices": "prices.csv", "protocols": "protocol.toml"}  # fmt: skip
    refused(capsys, tmp_path, case / files.get(name, "case.toml"), secret, "trace", "case")


@pytest.mark.parametrize(
    "command",
    [
        ("show", "t1", "--chain", "ledger", "--from", "given.csv"),
        ("findings", "given.csv", "--chain", "ledger"),
        ("cluster", "taker", "--chain", "ledger", "--from", "given.csv"),
        ("compare", "taker", "--chain", "ledger", "--from", "given.csv", "--from", "plain.csv"),
        ("bulk", "transfers", "given.csv", "--chain", "ledger", "--to", "made.parquet"),
        (
            "bulk",
            "trace",
            "given.csv",
            "--seeds",
            "seeds.csv",
            "--method",
            "fifo",
            "--complete",
            "all",
            "--to",
            "made.csv",
        ),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_a_file_that_is_only_looked_at(tmp_path, capsys, command):
    (tmp_path / "seeds.csv").write_text(VICTIMS.format("x"), "utf-8")
    (tmp_path / "plain.csv").write_text(TRANSFERS, "utf-8")
    given = tmp_path / "given.csv"
    given.write_text(TRANSFERS.replace("GOLD", ABANDON), "utf-8")
    refused(capsys, tmp_path, given, ABANDON, *command)


def test_what_is_declared_of_a_list(tmp_path, capsys):
    (tmp_path / "list.txt").write_text(HUOBI, "utf-8")
    arguments = ("tags", "import", "list.txt", "--chain", "tron", "--source", "x", "--label", WIFS[0])
    refused(capsys, tmp_path, tmp_path / "list.txt", WIFS[0], *arguments)


def test_the_log_takes_no_secret(tmp_path):
    with pytest.raises(InputError, match="authorised officer"):
        log.append(tmp_path, "note", {"text": f"found: {ABANDON}"}, now)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("before", [0, 1 << 20, (1 << 20) - 20, (1 << 20) - 4000])
def test_a_secret_is_found_wherever_it_stands_in_a_long_file(tmp_path, before):
    path = tmp_path / "long.txt"
    path.write_text("x\n" * (before // 2) + ABANDON + "\n" + "y\n" * 100, "utf-8")
    with pytest.raises(InputError) as caught:
        refuse_file(path)
    assert caught.value.line == before // 2 + 1
    path.write_text(json.dumps({"a": TXID}) * 1000, "utf-8")
    refuse_file(path)


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "latin-1"]
)
@pytest.mark.parametrize("file", ["transfers.csv", "tags.csv"])
def test_a_text_in_another_encoding(tmp_path, capsys, file, encoding):
    case = small_case(tmp_path / "case")
    given = case / file
    given.write_bytes(given.read_text("utf-8").replace("GOLD", ABANDON).replace("The Shop", ABANDON).encode(encoding))
    refused(capsys, tmp_path, given, ABANDON, "trace", "case")
    for path in tmp_path.rglob("*"):
        assert path == given or path.is_dir() or ABANDON.encode() not in path.read_bytes().replace(b"\0", b"")


def commands(group=None, before=()):
    """Every command with its words, groups of commands apart."""
    for name, command in (group or chaintrace).commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*before, name))
        else:
            yield (*before, name), command


def with_secret(words, command, parameter, secret):
    """A command in which one argument or option is the secret, and whatever else must be there is something."""
    typed = list(words)
    for one in command.params:
        value = secret if one is parameter else "case"
        if isinstance(one, click.Argument):
            typed.append(value)
        elif one is parameter or one.required:
            typed += [one.opts[0], value]
    return typed


@pytest.mark.parametrize("secret", [ABANDON, WIFS[0]])
def test_whatever_a_command_is_given(tmp_path, capsys, secret):
    small_case(tmp_path / "case")
    (tmp_path / "given").write_text(secret, "utf-8")
    before = sorted(tmp_path.rglob("*"))
    for words, command in commands():
        for parameter in command.params:
            if isinstance(parameter, click.Argument) or not parameter.is_flag:
                refused(capsys, tmp_path, tmp_path / "given", secret, *with_secret(words, command, parameter, secret))
    assert sorted(tmp_path.rglob("*")) == before


def test_a_txid_behind_a_folder_of_that_name_is_no_key(capsys):
    assert run(["show", TXID, "--from", f"secret/{TXID[:8]}.csv", "--chain", "tron"]) == 2
    assert run(["trace", "--report", "top/secret", TXID, "--chain", "tron", "--from", "secret.csv"]) == 2
    assert "private key" not in capsys.readouterr().err


@pytest.mark.parametrize("write", [
    lambda case, secret: note(case, secret, "A. Analyst", now),
    lambda case, secret: accept(case, Accepted("x", "ledger", "t1", "t2", "A. Analyst", secret), now),
])  # fmt: skip
@pytest.mark.parametrize("secret", [ABANDON.replace(" ", "\n"), XPRV])
def test_what_a_person_writes_into_a_case_from_python(tmp_path, write, secret):
    case = small_case(tmp_path / "case")
    before = {path: path.read_bytes() for path in case.iterdir()}
    with pytest.raises(InputError, match="authorised officer"):
        write(case, secret)
    assert {path: path.read_bytes() for path in case.iterdir() if path.name in {one.name for one in before}} == before


def test_the_log_of_another_case_that_is_merged(tmp_path, monkeypatch):
    case, other = small_case(tmp_path / "case"), small_case(tmp_path / "other")
    with monkeypatch.context() as blind:
        blind.setattr("chaintrace.case.log.refuse", lambda *_: None)
        note(other, ABANDON, "B. Analyst", now)
    with pytest.raises(InputError, match="authorised officer"):
        merge(case, other, "A. Analyst", now)
    assert not (case / "logs").exists() or not any((case / "logs").iterdir())
    (other / "log.jsonl").unlink()


def test_nothing_that_the_demo_case_becomes_holds_one(tmp_path):
    case = demo_case("first-payments", tmp_path / "case")
    case.follow()
    for name in FORMATS:
        if name != "transactions-jsonl":
            case.export(name, tmp_path / "exports" / name)
    texts = [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix in TEXTS]
    assert len(texts) > 30
    assert [path.name for path in texts if found(path.read_text("utf-8"))] == []
