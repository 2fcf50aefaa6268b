"""Chains of block headers: the real first ones, made ones, and every way in which one can be wrong."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pytest

from chaintrace.case.attesting import Wish
from chaintrace.case.result import open_case
from chaintrace.case.sealing import evidence
from chaintrace.evidence import verify_anchors
from chaintrace.evidence.header_chains import Headers, linked, spans
from chaintrace.evidence.verify import verify
from tests.chaintrace.adapters.bitcoin_core.asking import TOLD
from tests.chaintrace.evidence.packages import moment, repaired
from tests.chaintrace.evidence.recorded_case import case_of
from tests.chaintrace.evidence.tampering import without_contents
from tests.hostile.server import HostileServer
from tests.nodes import story
from tests.nodes.core import Core

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FIRST_PAYMENT = "f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16"
HOLDS_IT = "00000000d1145790a8694403d4063f323d499e655c83426834d4ce2f8dd4a2ee"
GENESIS = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"


@pytest.fixture(scope="module")
def first(shared: Path) -> list[bytes]:
    """The headers of the heights 0 to 589."""
    data, at, found = (shared / "data/bitcoin/blocks/firstblocks.blk").read_bytes(), 0, []
    while size := int.from_bytes(data[at + 4 : at + 8], "little"):
        found.append(data[at + 8 : at + 88])
        at += 8 + size
    return found


def proof_of(several: list[bytes], start: int = 0, chain: str = "bitcoin") -> dict[str, object]:
    return {"proof": "bitcoin-headers", "chain": chain, "start": start, "headers": b"".join(several).hex()}


def test_the_first_headers_descend_from_the_first_block(first: list[bytes]) -> None:
    run = verify_anchors.headers(proof_of(first))
    assert len(run.times) == 590
    assert run.checkpoint[:2] == (0, GENESIS)
    assert sum(run.works) == 590 * 0x100010001
    said = verify_anchors.standing(run, HOLDS_IT)
    assert "is at height 170 of a chain of 590 headers; 419 follow it" in said
    assert f"descends from the known block {GENESIS} at height 0" in said
    part = verify_anchors.headers(proof_of(first[100:], 100))
    assert part.checkpoint is None
    assert "no known block is among them" in verify_anchors.standing(part, HOLDS_IT)


def altered(first: list[bytes], at: int, byte: int) -> list[bytes]:
    spoiled = bytearray(first[at])
    spoiled[byte] ^= 1
    return [*first[:at], bytes(spoiled), *first[at + 1 :]]


@pytest.mark.parametrize("byte", [0, 3, 4, 35, 36, 67, 68, 71, 72, 75, 76, 79])
@pytest.mark.parametrize("at", [0, 1, 170, 588])
def test_an_altered_header_is_found(first: list[bytes], at: int, byte: int) -> None:
    with pytest.raises(verify_anchors.Failed):
        verify_anchors.headers(proof_of(altered(first, at, byte)))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda told: proof_of(told[::-1]), "height"),
        (lambda told: proof_of([*told[:5], *told[6:]]), "does not follow the one before"),
        (lambda told: proof_of(told, 1), "has one first block"),
        (lambda told: proof_of(told[1:], 0), "has one first block"),
        (lambda told: proof_of(told[1:], 11_000), "another block than"),
        (lambda told: proof_of(told, -1), "no chain of block headers"),
        (lambda told: proof_of(told[:0]), "no chain of block headers"),
        (lambda told: proof_of(told, chain="dogecoin"), "no chain of block headers"),
        (lambda told: {**proof_of(told), "headers": "xy"}, "no hexadecimal digits"),
        (lambda told: {**proof_of(told), "headers": told[0].hex()[:-2]}, "no chain of block headers"),
        (lambda told: {**proof_of(told), "start": "0"}, "no chain of block headers"),
    ],
)
def test_what_is_no_chain_from_there_is_refused(
    first: list[bytes], change: Callable[[list[bytes]], dict[str, object]], why: str
) -> None:
    with pytest.raises(verify_anchors.Failed, match=why):
        verify_anchors.headers(change(first))


@pytest.mark.parametrize(
    ("height", "began", "ended", "old", "new"),
    [
        (2_016, 1231006505, 1233061996, 0x1D00FFFF, 0x1D00FFFF),
        (32_256, 1261130161, 1262152739, 0x1D00FFFF, 0x1D00D86A),
        (68_544, 1279008237, 1279297671, 0x1C05A3F4, 0x1C0168FD),
        (46_368, 1263163443, 1269211443, 0x1C387F6F, 0x1D00E1FD),
    ],
)
def test_the_rule_of_difficulty_is_that_of_bitcoin_core(
    height: int, began: int, ended: int, old: int, new: int
) -> None:
    """The four cases of Bitcoin Core's pow_tests.cpp; times and bits of the heights named there."""
    bits, times = [old] * 2016, [began, *[0] * 2014, ended]
    for found in (new, new + 1, new - 1, old if old != new else new + 1):
        fits = verify_anchors.fits("bitcoin", height - 2016, 2016, [*bits, found], [*times, 0])
        assert fits == (found == new)
    assert verify_anchors.fits("bitcoin", height - 1, 1, [old, new], [0, 0])
    assert not verify_anchors.fits("bitcoin", height - 1, 1, [old, verify_anchors.compact(1)], [0, 0])
    assert verify_anchors.fits("bitcoin", height, 1, [old, old], [0, 0])
    assert not verify_anchors.fits("bitcoin", height, 1, [old, old - 1], [0, 0])


def test_a_target_keeps_its_compact_form() -> None:
    for bits in (0x1D00FFFF, 0x1B0404CB, 0x207FFFFF, 0x1E0377AE, 0x170331DB, 0x03123456, 0x04008000):
        assert verify_anchors.compact(verify_anchors.target(bits)) == bits


def test_headers_lead_to_the_nearest_known_block_where_it_is_near() -> None:
    assert spans("bitcoin", {170}, 500) == ((0, 500),)
    assert spans("bitcoin", {11_000, 11_111}, 500) == ((11_000, 11_111),)
    assert spans("bitcoin", {11_200}, 500) == ((11_111, 11_611),)
    assert spans("bitcoin", {170}, 100) == ((170, 270),)
    assert spans("bitcoin", {839_990, 839_995, 700_000}, 50) == ((700_000, 700_050), (839_990, 840_000))
    assert spans("bitcoin", {10, 15}, 4) == ((10, 19),)
    assert spans("bitcoin-regtest", {5}, 10) == ((5, 15),)


def test_the_chain_round_a_block_ends_where_it_forks() -> None:
    rivals = story.competing(TOLD)
    held = Headers()
    for one in (*TOLD.blocks, *rivals):
        held.add(one.raw[:80])
    before = [one for one in TOLD.blocks if one.height <= story.FORK]
    several, place = held.around(before[2].hash)
    assert several == [one.raw[:80] for one in before]
    assert place == 2
    held.add(bytes(80))
    assert bytes(80) not in held.known.values()
    found = linked({(story.CHAIN, before[2].hash): None}, held)
    assert [row[2] for row in found.unlinked.rows] == [
        "its height is not known, and the rule of difficulty goes by heights"
    ]


def real_case(shared: Path, folder: Path) -> Path:
    """The first payment, out of the first blocks."""
    seed = f"txid = '{FIRST_PAYMENT}'\nindex = 0"
    case = case_of(folder, "bitcoin", "adapter = 'blocks'\npath = 'firstblocks.blk'", seed)
    (case / "firstblocks.blk").write_bytes((shared / "data/bitcoin/blocks/firstblocks.blk").read_bytes())
    return case


def table(package: Path, name: str) -> list[dict[str, str]]:
    with (package / f"data/proofs/{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def mended(package: Path) -> None:
    """Make all digests fit again, as somebody would who knows the format."""
    without_contents(package)
    repaired(package)


def test_a_package_shows_the_height_of_its_blocks_and_the_work_on_them(shared: Path, tmp_path: Path) -> None:
    case = real_case(shared, tmp_path / "case")
    open_case(case).follow(clock=moment)
    package = evidence(case, tmp_path / "package", moment)
    said = verify(package)
    assert not any(said.failures.values())
    assert any(f"block {HOLDS_IT} is at height 170" in note for note in said.notes["facts"])
    assert table(package, "unlinked") == []
    path = package / "data/proofs/bitcoin/headers-0.json"
    proof = json.loads(path.read_bytes())
    for change, why in (
        ({**proof, "headers": proof["headers"][:160]}, "leads to no known block"),
        ({**proof, "start": 7}, "has one first block"),
        ({**proof, "headers": proof["headers"].replace("ffff001d", "fffe001d", 1)}, "lacks the work"),
    ):
        path.write_text(json.dumps(change, sort_keys=True, separators=(",", ":")) + "\n")
        mended(package)
        assert any(why in failure for failure in verify(package).failures["facts"])
    path.unlink()
    mended(package)
    failures = verify(package).failures["facts"]
    assert any(f"block {HOLDS_IT} leads to no known block, and is not declared unlinked" in one for one in failures)


def test_headers_are_asked_of_the_case_s_node_where_that_is_wished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = {"CHAINTRACE_NETWORK": "own", "CHAINTRACE_BITCOIN_CORE_USER": "u", "CHAINTRACE_BITCOIN_CORE_PASSWORD": "p"}
    for name, value in own.items():
        monkeypatch.setenv(name, value)
    with HostileServer(Core(TOLD.blocks).answer) as server:
        case = story.write_case(tmp_path / "case", f"adapter = 'bitcoin-core'\nurl = '{server.url}'", methods=("fifo",))
        open_case(case).follow(clock=moment)
        bare = evidence(case, tmp_path / "bare", moment)
        more = evidence(case, tmp_path / "more", moment, wish=Wish(headers=3, environment=own))
    refused = Wish(headers=3, environment={"CHAINTRACE_NETWORK": "none"})
    without = evidence(case, tmp_path / "without", moment, wish=refused)
    for package in (bare, more, without):
        assert not any(verify(package).failures.values())
    assert all(
        "--headers" in row["reason"] or "hold no known block" in row["reason"] for row in table(bare, "unlinked")
    )
    chains = sorted(path.name for path in (more / "data/proofs" / story.CHAIN).glob("headers-*"))
    assert chains
    assert sorted(path.name for path in (without / "data/proofs" / story.CHAIN).glob("headers-*")) == chains
    assert all("there is none of this chain" in row["reason"] for row in table(more, "unlinked"))
