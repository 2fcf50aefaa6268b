"""What is altered by somebody who mends every digest: it is noticed by its meaning; and no sound package is refused."""

from __future__ import annotations

import gzip
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chaintrace.evidence import verify_facts
from chaintrace.evidence.verify import LAYERS, verify
from tests.chaintrace.evidence.packages import packed, repaired
from tests.chaintrace.evidence.tampering import noticed, without_contents
from tests.chaintrace.small_case import small_case

FACTS, HOLDINGS, TRACE = "data/facts.jsonl", "data/holdings.jsonl", "data/report/trace.json"


@pytest.fixture
def packages(small: Path, outputs: Path) -> dict[str, Path]:
    return {"small": small, "bitcoin": outputs}


def line(name: str, number: int, change: Callable[[Any], object]) -> Callable[[Path], None]:
    """Changes one line of a file of JSON lines; what `change` answers is dropped."""

    def alter(package: Path) -> None:
        lines = (package / name).read_text("utf-8").splitlines()
        told = json.loads(lines[number])
        change(told)
        lines[number] = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        (package / name).write_text("\n".join(sorted(lines) if name == HOLDINGS else lines) + "\n", "utf-8")

    return alter


def told(change: Callable[[Any], object]) -> Callable[[Path], None]:
    """Changes trace.json."""

    def alter(package: Path) -> None:
        content = json.loads((package / TRACE).read_text("utf-8"))
        change(content)
        (package / TRACE).write_text(json.dumps(content), "utf-8")

    return alter


def everywhere(old: str, new: str, *names: str) -> Callable[[Path], None]:
    """Writes another text in place of one, in several files at once."""

    def alter(package: Path) -> None:
        for name in names:
            content = (package / "data" / name).read_text("utf-8")
            assert old in content
            (package / "data" / name).write_text(content.replace(old, new), "utf-8", newline="")

    return alter


def again(name: str) -> Callable[[Path], None]:
    """The last row of a table twice."""

    def alter(package: Path) -> None:
        rows = (package / "data" / name).read_bytes().splitlines(keepends=True)
        (package / "data" / name).write_bytes(b"".join((*rows, rows[-1])))

    return alter


def empty(name: str) -> Callable[[Path], None]:
    """A table without its rows, also in trace.json."""

    def alter(package: Path) -> None:
        rows = (package / "data/report" / f"{name}.csv").read_bytes().splitlines(keepends=True)
        (package / "data/report" / f"{name}.csv").write_bytes(rows[0])
        told(lambda content: content["tables"].update({name: []}))(package)

    return alter


ENTITY = "Destination of the 63.7 BTC seized by the FBI"
IN_REPORT = ("report/endpoints.csv", "report/methods.csv", "report/trace.json")
ALTERED = {
    "another entity, in all tables of the report": ("bitcoin", everywhere(ENTITY, "Binance", *IN_REPORT)),
    "another category": ("bitcoin", everywhere("law_enforcement,60", "exchange,60", "report/endpoints.csv")),
    "another asset": ("bitcoin", everywhere("BTC,,8,", "BCH,,8,", "report/endpoints.csv", "report/credits.csv")),
    "an output that cannot be spent": (
        "bitcoin",
        line(FACTS, 0, lambda one: one["transfers"][0]["to"][0].update(outpoint=None)),
    ),
    "an input of another address": (
        "bitcoin",
        line(FACTS, 0, lambda one: one["transfers"][0]["from"][0].update(address="1Other")),
    ),
    "an input of another value": (
        "bitcoin",
        line(FACTS, 0, lambda one: one["transfers"][0]["from"][0].update(value="2")),
    ),
    "a transaction that failed": ("bitcoin", line(FACTS, 0, lambda one: one.update(status="failed"))),
    "a fact from elsewhere": ("bitcoin", line(FACTS, 0, lambda one: one["source"].update(adapter="esplora"))),
    "other decimals": ("small", line(FACTS, 0, lambda one: one["transfers"][0].update(decimals=3))),
    "no movement": ("small", line(HOLDINGS, 0, lambda one: one["movements"].pop())),
    "no gaps": ("bitcoin", empty("gaps")),
    "a place twice": ("bitcoin", again("report/methods.csv")),
    "a decision twice": ("bitcoin", again("decisions.csv")),
    "another payment": ("bitcoin", told(lambda one: one["seeds"][0].update(txid="0" * 64))),
    "another amount paid": ("bitcoin", told(lambda one: one["seeds"][0].update(claimed_amount="1"))),
    "another place of an end": ("bitcoin", told(lambda one: one["outcomes"]["lifo"][0].update(txid="0" * 64))),
    "another limit": ("bitcoin", told(lambda one: one["limits"].update(until="2021-01-01T00:00:00Z"))),
    "another option": ("bitcoin", told(lambda one: one["options"].update(libr_between="fifo"))),
    "another source": ("bitcoin", told(lambda one: one["inputs"][0].update(sha256="0" * 64))),
    "another note": ("bitcoin", told(lambda one: one.update(note="Nothing to see."))),
}


@pytest.mark.parametrize("what", ALTERED)
def test_it_is_noticed_where_all_digests_are_mended(packages: dict[str, Path], tmp_path: Path, what: str) -> None:
    name, alter = ALTERED[what]
    bench = Path(shutil.copytree(packages[name], tmp_path / "bench"))
    before = {path: path.read_bytes() for path in bench.rglob("*") if path.is_file()}
    alter(bench)
    assert before != {path: path.read_bytes() for path in bench.rglob("*") if path.is_file()}
    without_contents(bench)
    repaired(bench)
    assert noticed(bench)


def test_a_pipe_is_not_waited_for(packages: dict[str, Path], tmp_path: Path) -> None:
    bench = Path(shutil.copytree(packages["small"], tmp_path / "bench"))
    (bench / "data/log.jsonl").unlink()
    os.mkfifo(bench / "data/log.jsonl")
    assert "data/log.jsonl is no plain file" in verify(bench).failures["integrity"]


def test_what_is_packed_small_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify_facts, "LONGEST", 1000)
    content = gzip.compress(b"0" * 2000)
    with pytest.raises(verify_facts.Wrong, match="longer than any transaction"):
        verify_facts.raw_rows(content, "transactions-jsonl", set())


@pytest.mark.parametrize("origin", ["'=x", "''-x", "' =x", "=x", "a;b*c\\\\d 诈骗", "'quoted'"])
def test_no_origin_is_refused(tmp_path: Path, origin: str) -> None:
    case = small_case(tmp_path / "case")
    text = (case / "case.toml").read_text("utf-8")
    head, mark, rest = text.partition("origin = ")
    assert mark
    (case / "case.toml").write_text(f'{head}{mark}"{origin}"\n{rest.partition(chr(10))[2]}', "utf-8")
    said = verify(packed(case, tmp_path / "package"))
    assert {layer: said.failures[layer] for layer in LAYERS if said.failures[layer]} == {}


def test_a_cell_may_hold_the_lots_of_a_large_pool(tmp_path: Path) -> None:
    lots = ";".join(f"origin*{number}*1" for number in range(20_000))
    (tmp_path / "steps.csv").write_text(f"before\n{lots}\n", "utf-8-sig", newline="\r\n")
    assert verify_facts.Package(tmp_path).table("steps.csv")[0]["before"] == lots
