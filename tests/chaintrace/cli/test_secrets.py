"""A secret in any text that a person gives ends with 2: it is kept in no file of ours, and nobody prints it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chaintrace.case import log
from chaintrace.case.result import now
from chaintrace.cli import run
from chaintrace.errors import InputError
from chaintrace.private_keys import refuse_file
from tests.chaintrace.small_case import CASE, COMPLETE, TAGS, small_case
from tests.chaintrace.test_private_keys import ABANDON, TXID, WIFS, XPRV

SECRETS = (ABANDON, WIFS[1], XPRV, f"private key 0x{TXID}")
HUOBI = "TNaRAoLUyYEV2uF7GUrzSjRQTU8v5ZJ5VR"
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
@pytest.mark.parametrize("name", ["note", "origin", "tags", "complete", "victims"])
def test_a_text_of_a_case(tmp_path, capsys, name, secret):
    case = tmp_path / "case"
    texts = {
        "note": {"case": CASE.replace('"Small"', f'"Small"\nnote = "{secret}"')},
        "origin": {"case": CASE.replace('"payment"', f'"{secret}"')},
        "tags": {"tags": TAGS + f"ledger,taker,{secret},,exchange,service_api,x,2026-01-01\n"},
        "complete": {"complete": f"{COMPLETE}{secret}\n"},
        "victims": {"case": f'{CASE}\n[[seed]]\npath = "victims.csv"\n'},
    }
    small_case(case, **texts[name])
    (case / "victims.csv").write_text(VICTIMS.format(secret if name == "victims" else "x"), "utf-8")
    files = {"tags": "tags.csv", "complete": "complete.txt", "victims": "victims.csv"}
    refused(capsys, tmp_path, case / files.get(name, "case.toml"), secret, "trace", "case")


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
