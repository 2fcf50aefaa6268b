"""Whatever is done to a package is noticed: every way of altering it, on every file, and some beside."""

from __future__ import annotations

import json
import os
import random
import shutil
from pathlib import Path

import pytest

from chaintrace.evidence.verify import verify
from tests.chaintrace.evidence.packages import CASES, SHIPPED, repaired, shipped
from tests.chaintrace.evidence.tampering import WAYS, flipped, names_of, noticed, tried, without_contents
from tests.chaintrace.small_case import TRANSFERS

UNSEEN = (
    *("data/report/report.html", "data/report/trace.json"),
    *("data/acquisition.csv", "data/facts.jsonl", "data/holdings.jsonl", "data/log.jsonl"),
)
"""Files of which not every digit can be worked out again: with all digests mended, a change there may go unseen."""


@pytest.fixture
def package(small: Path) -> Path:
    return small


@pytest.fixture
def bench(package: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(package, tmp_path / "bench"))


def test_every_alteration_is_noticed(package: Path, tmp_path: Path) -> None:
    found = list(tried(package, tmp_path / "bench", random.Random(1), sample=9, asked="^(?!.*mended)"))
    assert [(way, name) for way, name, layers in found if not layers] == []
    assert {way for way, *_ in found} == set(WAYS)


def test_a_changed_digit_is_noticed_by_its_meaning_where_all_digests_are_mended(package: Path, tmp_path: Path) -> None:
    mended = list(tried(package, tmp_path / "bench", random.Random(2), sample=14, asked="^one digit.*mended"))
    assert mended
    assert [name for _, name, layers in mended if not layers and name not in UNSEEN] == []
    assert sum(bool(layers) for *_, layers in mended) > len(mended) * 0.7


@pytest.mark.soak
@pytest.mark.parametrize("name", SHIPPED)
def test_every_single_byte_is_sealed(name: str, tmp_path: Path) -> None:
    whole = shipped(name, tmp_path)
    most = int(os.environ.get("SOAK_CASES", "20000"))
    rng = random.Random(1)
    places = [(file, at) for file in names_of(whole) for at in range((whole / file).stat().st_size)]
    for file, at in rng.sample(places, min(most, len(places))):
        content = (whole / file).read_bytes()
        spoiled = bytearray(content)
        spoiled[at] ^= 1 << rng.randrange(8)
        (whole / file).write_bytes(spoiled)
        assert noticed(whole), (file, at)
        (whole / file).write_bytes(content)


def test_a_raw_answer_in_place_of_another_is_noticed(bench: Path) -> None:
    source = next(p for p in (bench / "data/raw").rglob("*") if p.is_file() and p.read_bytes() == TRANSFERS.encode())
    other = TRANSFERS.replace("taker,shop,60", "taker,shop,61").encode()
    source.write_bytes(other)
    repaired(bench)
    assert "integrity" in noticed(bench)
    source.unlink()
    import hashlib

    digest = hashlib.sha256(other).hexdigest()
    (bench / f"data/raw/{digest[:2]}").mkdir(exist_ok=True)
    (bench / f"data/raw/{digest[:2]}/{digest}").write_bytes(other)
    for name in ("data/facts.jsonl", "data/acquisition.csv", "data/report/trace.json"):
        path = bench / name
        path.write_bytes(path.read_bytes().replace(source.name.encode(), digest.encode()))
    without_contents(bench)
    repaired(bench)
    assert "facts" in noticed(bench)


def test_an_older_log_is_noticed_where_its_lines_are_not_all_there(bench: Path) -> None:
    path = bench / "data/log.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    told = json.loads(lines[0])
    told["details"]["complete"] = not told["details"]["complete"]
    path.write_text(json.dumps(told, sort_keys=True, separators=(",", ":")) + "\n")
    without_contents(bench)
    repaired(bench)
    assert noticed(bench) == ("integrity",)


def test_facts_that_are_changed_together_with_the_report_do_not_meet_the_raw_file(bench: Path) -> None:
    for path in (*(bench / "data").glob("*.*"), *(bench / "data/report").glob("*.*")):
        path.write_bytes(path.read_bytes().replace(b"60", b"61"))
    without_contents(bench)
    repaired(bench)
    assert {"facts", "arithmetic"} <= set(noticed(bench))


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "data/../../outside", "data//x", "data\\..\\x", ""])
def test_no_name_leads_out_of_the_package(bench: Path, name: str) -> None:
    (bench.parent / "outside").write_text("secret")
    manifest = bench / "manifest-sha256.txt"
    manifest.write_text(manifest.read_text() + f"{'0' * 64}  {name}\n")
    assert "integrity" in noticed(bench)
    assert "secret" not in str(verify(bench).failures)


@pytest.mark.parametrize("place", ["data/link.csv", "data/report/hops.csv", "link"])
def test_a_link_is_refused(bench: Path, place: str) -> None:
    (bench / place).unlink(missing_ok=True)
    (bench / place).symlink_to(CASES / "README.md")
    assert "integrity" in noticed(bench)


def test_a_folder_that_is_a_link_is_refused(bench: Path, tmp_path: Path) -> None:
    shutil.move(bench / "data/report", tmp_path / "elsewhere")
    (bench / "data/report").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert "integrity" in noticed(bench)


HOSTILE = {
    "data/facts.jsonl": [b"", b"[]\n", b"{}\n", b'{"chain":1}\n', b"[" * 100_000, b"\xff\xfe", b"9" * 10_000 + b"\n"],
    "data/holdings.jsonl": [b"{}\n", b'{"chain":"x","kind":"history"}\n', b"null\n"],
    "data/method.json": [b"", b"[]", b"{}", b"[" * 100_000, b'{"methods":["other"]}'],
    "data/report/hops.csv": [b"", b"\xff", b"a,b\n1\n", b'"' * 1000],
    "data/report/trace.json": [b"{}", b"[" * 100_000],
    "data/log.jsonl": [b"{}\n", b"x", b"[" * 100_000],
    "bag-info.txt": [b"", b"\xff"],
    "manifest-sha256.txt": [b"", b"\xff", b"x\n"],
}


@pytest.mark.parametrize(("name", "content"), [(name, one) for name, several in HOSTILE.items() for one in several])
def test_hostile_content_is_an_answer_and_never_a_stack(bench: Path, name: str, content: bytes) -> None:
    (bench / name).write_bytes(content)
    repaired(bench) if name not in {"manifest-sha256.txt", "bag-info.txt"} else None
    assert noticed(bench)


def test_the_table_of_the_page_knows_every_way() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "evidence.md").read_text("utf-8")
    assert [way for way in WAYS if f"| {way} " not in page] == []


def test_one_bit_is_really_flipped(bench: Path) -> None:
    before = (bench / "bagit.txt").read_bytes()
    assert flipped(bench, "bagit.txt", random.Random(1))
    after = (bench / "bagit.txt").read_bytes()
    assert sum((one ^ two).bit_count() for one, two in zip(before, after, strict=True)) == 1
