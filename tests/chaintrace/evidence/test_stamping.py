"""Stamps over a tag manifest: by a calendar of OpenTimestamps, and what authorities answer that is none."""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from opentimestamps.core import op as ops
from opentimestamps.core.notary import BitcoinBlockHeaderAttestation, PendingAttestation, UnknownAttestation
from opentimestamps.core.timestamp import DetachedTimestampFile, Timestamp

from chaintrace.case.attesting import Wish
from chaintrace.case.result import open_case
from chaintrace.case.sealing import evidence
from chaintrace.errors import AdapterError, Malformed, Refused
from chaintrace.evidence import verify_anchors
from chaintrace.evidence.calendars import noted_at
from chaintrace.evidence.stamping import query, stamped
from chaintrace.evidence.verify import verify
from tests.chaintrace.evidence.authority import Authority
from tests.chaintrace.evidence.calendar_server import NAME, Calendar, read, written
from tests.chaintrace.evidence.packages import moment
from tests.chaintrace.small_case import small_case
from tests.hostile.doors import quick_door
from tests.hostile.server import Asked, Given, HostileServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MANIFEST = b"a manifest"
DIGEST = hashlib.sha256(MANIFEST).digest()
REJECTED = bytes.fromhex("30053003020102")
"""A TimeStampResp with the status 2, rejection, and no token."""


def test_a_calendar_is_told_and_its_promise_lies_beside_the_package(tmp_path: Path) -> None:
    case, calendar = small_case(tmp_path / "case"), Calendar()
    open_case(case).follow(clock=moment)
    with HostileServer(calendar.answer) as server:
        wish = Wish(ots=server.url, environment={"CHAINTRACE_NETWORK": "own"})
        package = evidence(case, tmp_path / "package", moment, wish=wish)
    proof = (package / "tagmanifest-sha256.txt.ots").read_bytes()
    digest = hashlib.sha256((package / "tagmanifest-sha256.txt").read_bytes()).digest()
    assert read(proof).file_digest == digest
    assert digest not in calendar.told
    said = verify(package)
    assert not any(said.failures.values())
    assert any(f"pending at the calendar '{NAME}'" in note for note in said.notes["authenticity"])
    (package / "tagmanifest-sha256.txt.ots").write_bytes(proof.replace(digest, bytes(32)))
    assert verify(package).failures["authenticity"] == ["the OpenTimestamps proof is not over this tag manifest"]


def test_a_proof_that_was_upgraded_names_its_block_and_is_held_against_the_header(tmp_path: Path) -> None:
    calendar = Calendar()
    with HostileServer(calendar.answer) as server, quick_door(tmp_path / "archive", allowed="own") as door:
        proof = noted_at(MANIFEST, server.url, "own", door)
    whole, root = calendar.upgraded(proof, 170)
    (one,) = [one for one in verify_anchors.stamped(whole, DIGEST) if one.kind == "bitcoin"]
    assert one.message == root
    needed = verify_anchors.attested(one, [])
    assert needed.startswith("attested in Bitcoin's block 170: its header is needed")
    assert root[::-1].hex() in needed
    known = (0, "", "the first block")
    run = verify_anchors.Run("bitcoin", 169, {}, [1, 1231731025], [bytes(32), root], [1, 1], known)
    assert "was there by about 2009-01-12 03:30 UTC" in verify_anchors.attested(one, [run])
    assert "header is needed" in verify_anchors.attested(one, [run._replace(checkpoint=None)])
    with pytest.raises(verify_anchors.Failed, match="does not lead to the Merkle root of block 170"):
        verify_anchors.attested(one, [run._replace(roots=[root, bytes(32)])])


def grown(rng: random.Random, stamp: Timestamp, depth: int) -> None:
    """Let operations and attestations grow at a stamp."""
    if depth == 0 or rng.random() < 0.2:
        kinds = (
            PendingAttestation(f"https://{rng.randrange(9)}.example"),
            BitcoinBlockHeaderAttestation(rng.randrange(900_000)),
            UnknownAttestation(rng.randbytes(8), rng.randbytes(20)),
        )
        stamp.attestations.add(rng.choice(kinds))
    if depth:
        for _ in range(rng.randrange(1, 3)):
            more = rng.randbytes(rng.randrange(1, 40))
            several = (ops.OpAppend(more), ops.OpPrepend(more), ops.OpSHA256(), ops.OpSHA1(), ops.OpHexlify())
            grown(rng, stamp.ops.add(rng.choice(several)), depth - 1)


def test_proofs_are_walked_as_the_library_walks_them() -> None:
    rng = random.Random(4)
    for _ in range(60):
        file = DetachedTimestampFile(ops.OpSHA256(), Timestamp(DIGEST))
        grown(rng, file.timestamp, 5)
        found = sorted((one.kind, str(one.where), one.message) for one in verify_anchors.stamped(written(file), DIGEST))
        assert found == sorted(map(as_told, file.timestamp.all_attestations()))


def as_told(told: tuple[bytes, object]) -> tuple[str, str, bytes]:
    match told:
        case message, PendingAttestation(uri=uri):
            return "pending", uri, message
        case message, BitcoinBlockHeaderAttestation(height=height):
            return "bitcoin", str(height), message
        case message, other:
            return "unknown", other.TAG.hex(), message


def test_a_proof_that_was_spoiled_is_none() -> None:
    file = DetachedTimestampFile(ops.OpSHA256(), Timestamp(DIGEST))
    below = file.timestamp.ops.add(ops.OpRIPEMD160()).ops.add(ops.OpSHA256())
    below.attestations.add(BitcoinBlockHeaderAttestation(5))
    proof = written(file)
    assert [one.message for one in verify_anchors.stamped(proof, DIGEST)] == [None]
    spoiled = [proof[:at] for at in range(len(proof))] + [proof + b"x", proof.replace(b"\x03\x08", b"\x04\x08")]
    spoiled.append(proof[:-20] + b"\xff\x08" * 600)
    for data in spoiled:
        with pytest.raises(verify_anchors.Failed):
            verify_anchors.stamped(data, DIGEST)


@pytest.mark.parametrize("nonsense", [b"", b"hello", b"<html></html>", bytes(300), b"\xff" * 300, b"\x08" * 9_000])
def test_a_calendar_that_answers_nonsense_gives_no_stamp(tmp_path: Path, nonsense: bytes) -> None:
    with (
        HostileServer(lambda _: Given(nonsense)) as server,
        quick_door(tmp_path, allowed="own") as door,
        pytest.raises(Malformed, match="answered with"),
    ):
        noted_at(MANIFEST, server.url, "own", door)


def elsewhere(answer: Callable[[Asked], Given], digest: bytes, nonce: int) -> Callable[[Asked], Given]:
    """An authority that answers another question than it was asked."""
    return lambda asked: answer(replace(asked, body=query(digest, nonce)))


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("another imprint", "the time-stamp of something else"),
        ("another nonce", "the time-stamp of something else"),
        ("rejection", "the authority granted none, its status is 2"),
        ("nothing", "no time-stamp"),
        ("a token cut short", "no time-stamp"),
    ],
)
def test_an_authority_that_answers_something_else_is_told_so_in_one_sentence(
    tmp_path: Path, what: str, why: str
) -> None:
    authority = Authority(tmp_path / "authority")
    answers: dict[str, Callable[[Asked], Given]] = {
        "another imprint": elsewhere(authority.answer, bytes(32), 7),
        "another nonce": elsewhere(authority.answer, DIGEST, 8),
        "rejection": lambda _: Given(REJECTED),
        "nothing": lambda _: Given(b""),
        "a token cut short": lambda asked: replace(cut := authority.answer(asked), body=cut.body[:200]),
    }
    with (
        HostileServer(answers[what]) as server,
        quick_door(tmp_path / "archive", allowed="own") as door,
        pytest.raises(Malformed, match=why) as found,
    ):
        stamped(MANIFEST, server.url, "own", door, lambda: 7)
    assert len(str(found.value).splitlines()) == 1
    assert "ask another authority" in str(found.value)


@pytest.mark.parametrize(("fault", "why"), [("200 MB", "larger|longer|more than"), ("redirect", "redirects to")])
@pytest.mark.parametrize("ask", [stamped, noted_at])
def test_a_body_without_end_and_a_redirect_end_the_asking(
    tmp_path: Path, fault: str, why: str, ask: Callable[..., bytes]
) -> None:
    with HostileServer(lambda _: Given(b"")) as server, quick_door(tmp_path, allowed="own") as door:
        server.fault(fault)
        with pytest.raises(AdapterError, match=why) as found:
            ask(MANIFEST, server.url, "own", door)
    assert isinstance(found.value, Malformed | Refused)
    assert len(str(found.value).splitlines()) == 1
