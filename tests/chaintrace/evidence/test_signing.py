"""Signatures with a key that lies elsewhere: an ssh-agent that really runs, and a security key made of software."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from chaintrace.case.attesting import Wish
from chaintrace.case.result import open_case
from chaintrace.case.sealing import evidence
from chaintrace.errors import InputError
from chaintrace.evidence import verify_anchors
from chaintrace.evidence.signing import signer
from chaintrace.evidence.verify import verify
from tests.chaintrace.evidence.openssh import agent, openssh_verifies, ran, security_key
from tests.chaintrace.evidence.packages import moment
from tests.chaintrace.small_case import small_case
from tests.conftest import absent

if TYPE_CHECKING:
    from pathlib import Path


def test_a_key_in_an_agent_signs_a_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = small_case(tmp_path / "case")
    open_case(case).follow(clock=moment)
    with agent(tmp_path / "ssh", monkeypatch) as key:
        package = evidence(case, tmp_path / "package", moment, wish=Wish(key))
        manifest = (package / "tagmanifest-sha256.txt").read_bytes()
        again = signer(key).sign(manifest)
        name = ran("ssh-keygen", "-l", "-f", str(key)).split()[1]
    said = verify(package)
    assert not any(said.failures.values())
    assert any(name in note for note in said.notes["authenticity"])
    signature, public = package / "tagmanifest-sha256.txt.sig", (package / "signer.pub").read_text()
    assert openssh_verifies(public.strip(), signature, manifest, tmp_path)
    armour = signature.read_text()
    assert armour == f"{again}\n"
    spoiled = armour.replace(armour[200], "A" if armour[200] != "A" else "B", 1)
    for text in (spoiled, "", armour.replace("BEGIN", "BEGUN"), armour[:100]):
        with pytest.raises(verify_anchors.Failed):
            verify_anchors.signed(public, text, manifest)


def test_a_key_that_nobody_has_does_not_sign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with agent(tmp_path / "ssh", monkeypatch) as key:
        ran("ssh-add", "-q", "-D")
        with pytest.raises(InputError, match="did not sign"):
            signer(key).sign(b"bytes")
    with pytest.raises(InputError, match="did not sign"):
        signer(key).sign(b"bytes")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match="install OpenSSH"):
        signer(key).sign(b"bytes")


def test_a_security_key_is_read_as_openssh_reads_it(tmp_path: Path) -> None:
    public, signature = security_key(b"a message")
    assert "a security key" in verify_anchors.signed(public, signature, b"a message")
    if shutil.which("ssh-keygen"):
        (tmp_path / "sig").write_text(signature + "\n")
        assert openssh_verifies(public, tmp_path / "sig", b"a message", tmp_path)
    for other in (b"another", b""):
        with pytest.raises(verify_anchors.Failed, match="not one of the key"):
            verify_anchors.signed(public, signature, other)
    with pytest.raises(verify_anchors.Failed, match="another key"):
        verify_anchors.signed(security_key(b"")[0], signature, b"a message")


@pytest.mark.parametrize(("options", "why"), [({"flags": 0}, "touched"), ({"namespace": "git"}, "another purpose")])
def test_a_signature_for_something_else_is_refused(options: dict, why: str) -> None:
    public, signature = security_key(b"a message", **options)
    with pytest.raises(verify_anchors.Failed, match=why):
        verify_anchors.signed(public, signature, b"a message")


def test_a_key_of_openssh_of_another_kind_is_refused(tmp_path: Path) -> None:
    if shutil.which("ssh-keygen") is None:
        absent("ssh-keygen", "install the package openssh-client of the system")
    key = tmp_path / "key"
    ran("ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", str(key))
    with pytest.raises(InputError, match="public half"):
        signer(key.with_suffix(".pub"))
