"""Where keys come from, where they go, and that nothing which is written, printed or raised has one."""

from __future__ import annotations

import logging
import sys
from dataclasses import replace
from types import SimpleNamespace

import pytest

from chaintrace.adapters.transport import Credentials, Keys, Redactor, Request, installed_ring, question
from chaintrace.adapters.transport.credentials import filled
from chaintrace.errors import AdapterError, Refused, Unavailable
from tests.chaintrace.adapters.transport.fakes import FakeDoor, given
from tests.hostile.doors import quick_door
from tests.hostile.faults import CARRIAGE
from tests.hostile.server import Given, HostileServer

SECRET = "S3CR3T-key/with=signs"  # noqa: S105  # it opens nothing
IN_URL = Request("etherscan", "https://api.example/api?apikey={key}")
IN_PATH = Request("etherscan", "https://api.example/v2/{key}/tx")
IN_HEADER = Request("etherscan", "https://api.example/tx", headers=(("Authorization", "Bearer {key}"),))
KEY = {"CHAINTRACE_ETHERSCAN_KEY": SECRET}


def test_the_key_is_filled_in_where_the_adapter_says():
    assert filled(IN_URL, Keys(KEY), Redactor()).url == f"https://api.example/api?apikey={SECRET}"
    assert filled(IN_HEADER, Keys(KEY), Redactor()).headers == (("Authorization", f"Bearer {SECRET}"),)


def test_a_url_without_its_key_is_refused_and_a_header_is_left_out():
    with pytest.raises(Refused, match=r"api\.example is asked with a key.*CHAINTRACE_ETHERSCAN_KEY"):
        filled(IN_URL, Keys({}), Redactor())
    assert filled(IN_HEADER, Keys({}), Redactor()).headers == ()


def test_the_keyring_has_what_the_environment_has_not():
    ring = {("chaintrace", "ETHERSCAN_KEY"): "from-the-ring"}
    keys = Keys({"CHAINTRACE_OTHER_KEY": "x"}, lambda service, name: ring.get((service, name)))
    assert keys.of("etherscan") == Credentials("from-the-ring")
    assert keys.of("other").key == "x"


def test_the_system_s_keyring_is_asked_when_it_is_installed(monkeypatch):
    class KeyringError(Exception):
        pass

    def get_password(service, name):
        if name == "LOCKED_KEY":
            raise KeyringError
        return f"{service}/{name}" if name == "OPEN_KEY" else None

    errors = SimpleNamespace(KeyringError=KeyringError)
    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(get_password=get_password, errors=errors))
    keys = Keys({}, installed_ring())
    assert [keys.of(name).key for name in ("open", "locked", "none")] == ["chaintrace/OPEN_KEY", "", ""]
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert installed_ring() is None


def test_user_and_password_go_to_own_hosts_only():
    keys = Keys({"CHAINTRACE_BITCOIN_CORE_USER": "u", "CHAINTRACE_BITCOIN_CORE_PASSWORD": "pass"})
    request = Request("bitcoin-core", "http://127.0.0.1:8332")
    assert filled(request, keys, Redactor()).headers == ()
    own = filled(replace(request, reach="own"), keys, Redactor())
    assert own.headers == (("Authorization", "Basic dTpwYXNz"),)


def test_a_cookie_is_read_each_time(tmp_path):
    cookie = tmp_path / ".cookie"
    keys = Keys({"CHAINTRACE_BITCOIN_CORE_COOKIE": str(cookie)})
    with pytest.raises(
        Refused, match=r"CHAINTRACE_BITCOIN_CORE_COOKIE names cannot be read: is the node running"
    ) as no:
        keys.of("bitcoin-core")
    assert str(tmp_path) not in str(no.value)
    for word in ("aaaa", "bbbb"):
        cookie.write_text(f"__cookie__:{word}\n", "utf-8")
        assert keys.of("bitcoin-core").pair == f"__cookie__:{word}"


def test_credentials_are_not_printed():
    assert "secret" not in repr(Credentials("secret", "secret", "secret"))


@pytest.mark.parametrize("request_", [IN_URL, IN_PATH, IN_HEADER])
def test_a_key_is_nowhere_in_what_is_kept(tmp_path, request_):
    door = FakeDoor(tmp_path, Unavailable(f"broken at {SECRET}"), given(b"1"), environment=KEY)
    door.ask(request_)
    assert any(SECRET in str(sent) for sent in door.wire.sent)
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert SECRET.encode() not in kept
    assert SECRET not in repr(door.queries)


@pytest.mark.parametrize("answer", ["broken", "redirected", "circle"])
def test_a_key_in_the_name_of_the_host_is_said_by_nobody(tmp_path, answer):
    host = f"{SECRET.lower()}.api.example"
    answers = {
        "broken": Unavailable(f"{host} is not found"),
        "redirected": given(status=302, location=f"https://{host}.evil/x"),
        "circle": given(status=302, location="/x"),
    }
    door = FakeDoor(tmp_path, answers[answer], environment=KEY)
    with pytest.raises(AdapterError) as raised:
        door.ask(replace(IN_HEADER, url="https://{key}.api.example/tx"))
    assert SECRET.lower() not in (repr(raised.value) + repr(raised.value.__cause__) + repr(door.queries)).lower()


def test_an_answer_that_repeats_the_key_is_not_kept(tmp_path):
    door = FakeDoor(tmp_path, given(f'{{"url": "/{SECRET}"}}'.encode()), environment=KEY)
    with pytest.raises(AdapterError, match="repeats the key") as raised:
        door.ask(IN_URL)
    assert SECRET not in str(raised.value)
    assert door.archive.records() == ()


def test_a_key_that_stands_in_the_case_is_not_sent(tmp_path):
    door = FakeDoor(tmp_path, given(), environment=KEY)
    with pytest.raises(Refused, match=r"write \{key\} there") as raised:
        door.ask(replace(IN_HEADER, url=f"https://api.example/{SECRET}/tx"))
    assert SECRET not in str(raised.value)
    assert door.wire.sent == []


@pytest.mark.parametrize("fault", CARRIAGE, ids=lambda fault: fault.name)
def test_no_fault_brings_a_secret_out(tmp_path, capfd, caplog, fault):
    caplog.set_level(logging.DEBUG)
    secrets = ("hidden-key", "hidden-user", "hidden-password")
    names = ("KEY", "USER", "PASSWORD")
    environment = {f"CHAINTRACE_NODE_{name}": secret for name, secret in zip(names, secrets, strict=True)}
    with (
        HostileServer(lambda _: Given.json({"id": 1})) as server,
        quick_door(tmp_path, environment=environment) as door,
    ):
        server.fault(fault.name)
        request = replace(question("node", server.url + "/{key}/?apikey={key}", "m"), reach="own")
        said = ""
        try:
            door.ask(request)
        except AdapterError as error:
            said = repr(error) + repr(error.__cause__)
        if fault.name != "refused":
            assert "hidden-key" in server.asked[0].path
            assert server.asked[0].headers["authorization"].startswith("Basic ")
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()).decode()
    ours = [record for record in caplog.records if not record.name.startswith("urllib3")]
    everything = "".join([said, kept, repr(door.queries), *capfd.readouterr(), repr(ours)])
    assert not [secret for secret in secrets if secret in everything]
