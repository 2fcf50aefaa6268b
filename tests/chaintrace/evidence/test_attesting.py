"""A package that is signed and time-stamped; keys and authorities that are none."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from Crypto.PublicKey import ECC

from chaintrace.case import log
from chaintrace.case.attesting import Wish
from chaintrace.case.result import open_case
from chaintrace.case.sealing import evidence
from chaintrace.cli import run
from chaintrace.errors import InputError, Refused, Unavailable
from chaintrace.evidence.verify import verify
from tests.chaintrace.evidence.authority import Authority, ran
from tests.chaintrace.evidence.packages import moment
from tests.chaintrace.small_case import small_case
from tests.hostile.server import Given, HostileServer

if TYPE_CHECKING:
    from pathlib import Path

SEED = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
PUBLIC = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
"""The first test vector of RFC 8032, 7.1."""
OWN = {"CHAINTRACE_NETWORK": "own"}


@pytest.fixture
def case(tmp_path: Path) -> Path:
    folder = small_case(tmp_path / "case")
    open_case(folder).follow(clock=moment)
    return folder


def key_file(folder: Path, content: str | bytes) -> Path:
    path = folder / "key"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def authenticity(package: Path) -> tuple[list[str], list[str]]:
    said = verify(package)
    return said.failures["authenticity"], said.notes["authenticity"]


@pytest.mark.parametrize("form", ["seed", "pem", "der"])
def test_a_signed_package_says_by_which_key(case: Path, tmp_path: Path, form: str) -> None:
    from Crypto.Signature import eddsa

    key = eddsa.import_private_key(bytes.fromhex(SEED))
    content = {"seed": f"{SEED}\n", "pem": key.export_key(format="PEM"), "der": key.export_key(format="DER")}[form]
    wish = Wish(key_file(tmp_path, content))
    package = evidence(case, tmp_path / "package", moment, wish=wish)
    failures, notes = authenticity(package)
    assert failures == []
    assert any(PUBLIC in note for note in notes)
    assert (package / "signer.pub").read_text() == f"{PUBLIC}\n"
    again = evidence(case, tmp_path / "again", moment, wish=wish)
    signature = (package / "tagmanifest-sha256.txt.sig").read_bytes()
    assert (again / "tagmanifest-sha256.txt.sig").read_bytes() == signature
    secret = bytes.fromhex(SEED)
    files = (path.read_bytes() for folder in (package, case) for path in folder.rglob("*") if path.is_file())
    assert not any(secret in content or SEED.encode() in content for content in files)


@pytest.mark.parametrize("what", ["signature", "key", "taken away", "another key"])
def test_a_signature_that_was_altered_does_not_hold(case: Path, tmp_path: Path, what: str) -> None:
    package = evidence(case, tmp_path / "package", moment, wish=Wish(key_file(tmp_path, SEED)))
    signature, public = package / "tagmanifest-sha256.txt.sig", package / "signer.pub"
    match what:
        case "signature":
            signature.write_text(signature.read_text().replace("0", "1", 1))
        case "key":
            public.write_text(public.read_text().replace("d", "e", 1))
        case "taken away":
            signature.unlink()
        case "another key":
            public.write_text(ECC.generate(curve="Ed25519").public_key().export_key(format="raw").hex() + "\n")
    assert authenticity(package)[0]


@pytest.mark.parametrize("kind", ["nothing", "text", "p256", "public half", "encrypted", "no file"])
def test_what_is_no_key_is_said_without_a_word_of_it(case: Path, tmp_path: Path, kind: str) -> None:
    ed = ECC.generate(curve="Ed25519")
    p256 = ECC.generate(curve="p256")
    content = {
        "nothing": "",
        "text": "hunter2",
        "p256": p256.export_key(format="PEM"),
        "public half": ed.public_key().export_key(format="PEM"),
        "encrypted": ed.export_key(
            format="PEM",
            passphrase="pass",  # noqa: S106  # of a key that nobody keeps
            protection="PBKDF2WithHMAC-SHA512AndAES256-CBC",
        ),
        "no file": "",
    }[kind]
    path = key_file(tmp_path, content)
    if kind == "no file":
        path.unlink()
    with pytest.raises(InputError) as found:
        evidence(case, tmp_path / "package", moment, wish=Wish(path))
    assert "hunter2" not in str(found.value)
    assert found.value.__cause__ is None or kind == "no file"
    assert not (tmp_path / "package").exists()


def test_a_time_stamp_is_asked_for_listed_and_holds(case: Path, tmp_path: Path) -> None:
    authority = Authority(tmp_path / "authority")
    with HostileServer(authority.answer) as server:
        wish = Wish(tsa=f"{server.url}/tsr", environment=OWN)
        package = evidence(case, tmp_path / "package", moment, wish=wish)
    failures, notes = authenticity(package)
    assert failures == []
    assert any("a time-stamp says that this tag manifest was there at 20" in note for note in notes)
    manifest, token = package / "tagmanifest-sha256.txt", package / "tagmanifest-sha256.txt.tsr"
    trust = ("-in", str(token), "-CAfile", str(authority.certificate))
    assert "OK" in ran("ts", "-verify", "-data", str(manifest), *trust)
    (asked,) = (entry.details for entry in log.read(case) if entry.action == "request")
    assert (asked["adapter"], asked["outcome"]) == ("tsa", "answered")
    other = evidence(case, tmp_path / "other", moment)  # the token is an answer now
    assert not any(verify(other).failures.values())
    assert run(["queries", str(case)]) == 0
    assert authenticity(other)[1][-1] == "no time-stamp"
    shutil.copy(token, other / token.name)
    assert authenticity(other)[0] == ["the time-stamp is not over this tag manifest"]


@pytest.mark.parametrize("option", ["--tsa", "--ots"])
def test_an_authority_that_answers_nonsense_leaves_a_package_without_its_stamp(
    case: Path,
    tmp_path: Path,
    option: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("CHAINTRACE_NETWORK", "own")
    wished = ("--to", str(tmp_path / "package"), "--sign", str(key_file(tmp_path, SEED)))
    with HostileServer(lambda _: Given(b"hello")) as server:
        assert run(["evidence", str(case), *wished, option, server.url]) == 4
    sentence = capsys.readouterr().err.strip().splitlines()[-1]
    assert f"{tmp_path / 'package'} is written, without the stamp that was wished" in sentence
    failures, notes = authenticity(tmp_path / "package")
    assert failures == []
    assert "no time-stamp" in notes
    assert not [*(tmp_path / "package").glob("*.tsr"), *(tmp_path / "package").glob("*.ots")]
    assert [entry.action for entry in log.read(case)][-2:] == ["request", "evidence"]


def test_the_token_of_an_earlier_question_is_refused(case: Path, tmp_path: Path) -> None:
    authority, kept = Authority(tmp_path / "authority"), []

    def replays(asked: object) -> Given:
        kept.append(authority.answer(asked))  # type: ignore[arg-type]  # what came in, whatever its type
        return kept[0]

    with HostileServer(replays) as server:
        wish = Wish(tsa=server.url, environment=OWN)
        evidence(case, tmp_path / "first", moment, wish=wish)
        with pytest.raises(Unavailable, match="something else"):
            evidence(case, tmp_path / "second", moment, wish=wish)


def test_the_switched_off_network_is_not_asked(case: Path, tmp_path: Path) -> None:
    with HostileServer(lambda _: Given(b"")) as server:
        wish = Wish(tsa=server.url, environment={"CHAINTRACE_NETWORK": "none"})
        with pytest.raises(Refused, match="switched off"):
            evidence(case, tmp_path / "package", moment, wish=wish)
        assert server.asked == []


def test_the_command_line_signs_and_complains_in_one_sentence(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = key_file(tmp_path, SEED)
    assert run(["evidence", str(case), "--to", str(tmp_path / "package.zip"), "--sign", str(key)]) == 0
    assert run(["verify", str(tmp_path / "package.zip")]) == 0
    assert PUBLIC in capsys.readouterr().out
    assert run(["evidence", str(case), "--to", str(tmp_path / "other"), "--tsa", "ftp://x"]) == 2
    assert run(["evidence", str(case), "--to", str(tmp_path / "other"), "--tsa", "https://user:word@tsa.example"]) == 2
    said = capsys.readouterr().err
    assert "word" not in said.replace("password", "")
    assert len(said.strip().splitlines()) == 2
