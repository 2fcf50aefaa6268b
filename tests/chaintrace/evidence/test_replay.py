"""A package replayed: the case made again from raw answers, the same report, and every difference by its field."""

from __future__ import annotations

import json
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from chaintrace.case import replaying
from chaintrace.case.attesting import Wish
from chaintrace.case.replaying import replay
from chaintrace.case.result import open_case
from chaintrace.case.sealing import evidence
from chaintrace.cli import run
from chaintrace.errors import ChaintraceError, InputError
from chaintrace.evidence.verify import verify
from tests.chaintrace.case.test_prices import FILE as PRICE_FILE
from tests.chaintrace.case.test_prices import PRICES, SEP_12, service
from tests.chaintrace.evidence.packages import moment, packed, shipped
from tests.chaintrace.evidence.recorded_case import case_of, ethereum_case
from tests.chaintrace.evidence.test_proving import FIRST_PAYMENT
from tests.chaintrace.evidence.valued_case import valued
from tests.chaintrace.small_case import CASE, small_case
from tests.hostile.coinbase_server import Coinbase
from tests.hostile.server import HostileServer


@pytest.fixture
def package(small: Path) -> Path:
    return small


@pytest.mark.parametrize("name", ["first-payments", "tron-usdt"])
def test_a_case_that_ships_is_the_same_again_byte_for_byte(name: str, tmp_path: Path) -> None:
    done = replay(shipped(name, tmp_path), tmp_path / "again", moment)
    assert (done.differences, done.same_version) == ((), True)


def test_a_replay_can_be_packed_again_into_the_same_facts(package: Path, tmp_path: Path) -> None:
    replay(package, tmp_path / "again", moment)
    second = evidence(tmp_path / "again", tmp_path / "second", moment)
    for name in ("facts.jsonl", "holdings.jsonl", "steps.csv", "decisions.csv", "report/trace.json"):
        assert (second / "data" / name).read_bytes() == (package / "data" / name).read_bytes()


def test_what_the_packed_report_says_otherwise_is_named_by_its_field(package: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed"
    shutil.copytree(package, changed)
    told = changed / "data/report/trace.json"
    told.write_text(told.read_text("utf-8").replace('"case": "Small"', '"case": "Large"'), "utf-8")
    rows = changed / "data/report/tags.csv"
    rows.write_text(rows.read_text("utf-8-sig").replace("The Shop", "A Shop"), "utf-8-sig", newline="")
    done = replay(changed, tmp_path / "again", moment)
    assert 'trace.json case: "Large" in the package, "Small" in the replay' in done.differences
    assert any(
        text.startswith("tags.csv:2 ") and "'A Shop' in the package, 'The Shop' in the replay" in text
        for text in done.differences
    )


def test_another_version_is_compared_by_what_it_says(package: Path, tmp_path: Path) -> None:
    older = tmp_path / "older"
    shutil.copytree(package, older)
    method = older / "data/method.json"
    method.write_text(
        json.dumps({**json.loads(method.read_text("utf-8")), "tool_version": "0.0.1"}, sort_keys=True) + "\n", "utf-8"
    )
    told = json.loads((older / "data/report/trace.json").read_text("utf-8"))
    told["versions"]["chaintrace"] = "0.0.1"
    (older / "data/report/trace.json").write_text(json.dumps(told), "utf-8")
    (older / "data/report/report.html").write_text("another page", "utf-8")
    done = replay(older, tmp_path / "again", moment)
    assert (done.differences, done.same_version, done.packed_by) == ((), False, "0.0.1")
    told["complete"] = not told["complete"]
    (older / "data/report/trace.json").write_text(json.dumps(told), "utf-8")
    done = replay(older, tmp_path / "once more", moment)
    assert [text.partition(":")[0] for text in done.differences] == ["trace.json complete"]


@pytest.mark.parametrize("what", ["altered", "missing", "no table", "leads out"])
def test_a_package_that_was_altered_is_not_replayed(package: Path, tmp_path: Path, what: str) -> None:
    changed = tmp_path / "changed"
    shutil.copytree(package, changed)
    raw = next((changed / "data/raw").glob("*/*"))
    acquired = changed / "data/acquisition.csv"
    match what:
        case "altered":
            raw.write_bytes(raw.read_bytes() + b" ")
        case "missing":
            raw.unlink()
        case "no table":
            acquired.unlink()
        case "leads out":
            acquired.write_text(
                acquired.read_text("utf-8-sig").replace("transfers.csv", "../transfers.csv"), "utf-8-sig"
            )
            (changed / "data/case/case.toml").write_text(CASE.replace('"transfers.csv"', '"../transfers.csv"'))
    with pytest.raises(InputError):
        replay(changed, tmp_path / "again", moment)
    assert not (tmp_path / "transfers.csv").exists()
    assert not (tmp_path / "again").exists()


def test_a_replay_is_never_written_over_something(package: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="stands already"):
        replay(package, tmp_path, moment)


def test_the_command_line_says_whether_it_is_the_same(
    package: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["replay", str(package), "--to", str(tmp_path / "again")]) == 0
    assert "the same report, byte for byte" in capsys.readouterr().out
    changed = tmp_path / "changed"
    shutil.copytree(package, changed)
    (changed / "data/report/report.html").write_text("another page", "utf-8")
    assert run(["replay", str(changed), "--to", str(tmp_path / "other")]) == 3
    said = capsys.readouterr()
    assert said.err.splitlines()[-1] == "report.html: the bytes differ"
    assert run(["replay", str(tmp_path / "nowhere"), "--to", str(tmp_path / "x")]) == 2


@pytest.mark.parametrize(("cut_short", "rounds", "why"), [(False, 2, "the same report"), (True, 3, "3 are the most")])
def test_a_report_that_never_comes_again_is_not_traced_for_ever(
    package: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    cut_short: bool,
    rounds: int,
    why: str,
) -> None:
    changed = shutil.copytree(package, tmp_path / "changed")
    (changed / "data/report/report.html").write_text("another page", "utf-8")
    monkeypatch.setattr(replaying, "_follows", lambda _: 1000)
    monkeypatch.setattr(replaying, "_was_cut_short", lambda _: cut_short)
    monkeypatch.setattr(replaying, "MOST_FOLLOWS", 3)
    told = []

    def watch(what: str, done: int = 0, total: int = 0) -> None:
        told.append((what, done, total))

    done = replay(changed, tmp_path / "again", moment, watch)
    assert done.rounds == rounds
    assert why in done.ended
    own = [(number, total) for what, number, total in told if what == "replaying, round"]
    assert own == [(number, 3) for number in range(1, rounds + 1)]
    assert run(["replay", str(changed), "--to", str(tmp_path / "other")]) == 3
    said = capsys.readouterr().err.splitlines()
    assert [line for line in said if line.startswith(f"rounds made: {rounds}; no further one") and why in line]


def test_a_case_that_was_followed_once_is_traced_once(package: Path, tmp_path: Path) -> None:
    done = replay(package, tmp_path / "again", moment)
    assert (done.rounds, done.ended, done.differences) == (1, "", ())


def test_a_followed_case_needs_all_its_answers(shared: Path, tmp_path: Path) -> None:
    with ethereum_case(shared, tmp_path / "case") as case:
        every = packed(case, tmp_path / "all")
        some = evidence(case, tmp_path / "some", moment, wish=Wish(traced_answers=True))
    assert not any(verify(some).failures.values())
    with pytest.raises(InputError, match="--traced-answers"):
        replay(some, tmp_path / "again", moment)
    assert replay(every, tmp_path / "again", moment).differences == ()


@pytest.fixture(scope="module")
def of_blocks(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of a case over a file of blocks that lies inside its folder."""
    folder = tmp_path_factory.mktemp("blocks")
    source = "adapter = 'blocks'\npath = 'node/blk00000.dat'"
    case = case_of(folder / "case", "bitcoin", source, f"txid = '{FIRST_PAYMENT}'\nindex = 0")
    (case / "node").mkdir()
    shutil.copyfile(shared / "data/bitcoin/blocks/firstblocks.blk", case / "node/blk00000.dat")
    return packed(case, folder / "package")


def test_a_case_over_files_of_blocks_is_the_same_again_from_the_blocks_that_answered(
    of_blocks: Path, tmp_path: Path
) -> None:
    assert not any(verify(of_blocks).failures.values())
    done = replay(of_blocks, tmp_path / "again", moment)
    assert (done.differences, done.same_version) == ((), True)
    assert (tmp_path / "again/node/blk00000.dat").stat().st_size < 100_000
    second = evidence(tmp_path / "again", tmp_path / "second", moment)
    for name in ("facts.jsonl", "holdings.jsonl", "steps.csv", "told/1.jsonl", "report/trace.json"):
        assert (second / "data" / name).read_bytes() == (of_blocks / "data" / name).read_bytes()


@pytest.mark.parametrize("what", ["the block", "the place", "the question", "the list"])
def test_a_list_of_what_blocks_told_that_was_altered_is_a_complaint(of_blocks: Path, tmp_path: Path, what: str) -> None:
    changed = shutil.copytree(of_blocks, tmp_path / "changed")
    path = changed / "data/told/1.jsonl"
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    told = next(one for one in lines if one.get("kind") == "told")
    match what:
        case "the block":
            told["block"] = "0" * 64
        case "the place":
            told["position"] += 1
        case "the question":
            del lines[-1]
        case "the list":
            lines[1:] = [[]]
    path.write_text("\n".join(json.dumps(one, sort_keys=True, separators=(",", ":")) for one in lines), "utf-8")
    with pytest.raises(ChaintraceError):
        replay(changed, tmp_path / "again", moment)


def test_files_of_blocks_outside_of_the_case_are_said_to_be_missing(of_blocks: Path, tmp_path: Path) -> None:
    changed = shutil.copytree(of_blocks, tmp_path / "changed")
    for name in ("data/told/1.jsonl", "data/case/case.toml"):
        content = (changed / name).read_text("utf-8").replace("node/blk00000.dat", "../node/blk00000.dat")
        (changed / name).write_text(content, "utf-8")
    with pytest.raises(InputError, match="keep the files of a case inside its folder"):
        replay(changed, tmp_path / "again", moment)


def test_values_in_money_and_pinned_tags_are_the_same_again(tmp_path: Path) -> None:
    with HostileServer(Coinbase({"PAXG-USD": {SEP_12: "1941.5"}})) as server:
        text = f'{CASE}\n[[tags]]\nbuiltin = "core"\n\n[valuation]\n{service(server)}'
        case = small_case(tmp_path / "case", case=text)
        open_case(case).follow(clock=moment, environment={"CHAINTRACE_NETWORK": "own"})
        package = evidence(case, tmp_path / "package", moment)
    assert "1941.50" in (package / "data/report/valuation.csv").read_text("utf-8-sig")
    assert not any(verify(package).failures.values())
    assert replay(package, tmp_path / "again", moment).differences == ()


def test_prices_from_a_file_are_the_same_again(tmp_path: Path) -> None:
    case = small_case(tmp_path / "case", case=f'{CASE}\n[valuation]\ncurrency = "USD"\n{PRICE_FILE}')
    (case / "prices.csv").write_text(PRICES, "utf-8")
    package = packed(case, tmp_path / "package")
    assert not any(verify(package).failures.values())
    assert replay(package, tmp_path / "again", moment).differences == ()


def test_a_case_with_the_installed_rates_is_sealed_without_their_file_and_is_the_same_again(tmp_path: Path) -> None:
    """They lie in a package that is installed, and not in the case's folder; their bytes are among the raw ones."""
    installed = Path(pytest.importorskip("currency_converter").CURRENCY_FILE)
    package = packed(valued(tmp_path / "case", currency="EUR", ecb="last published"), tmp_path / "package")
    assert not any(verify(package).failures.values())
    rates = sha256(installed.read_bytes()).hexdigest()
    assert (package / f"data/raw/{rates[:2]}/{rates}").is_file()
    assert {path.name for path in (package / "data/case").iterdir()} == {"case.toml", "prices.csv"}
    rows = (package / "data/report/valuation.csv").read_text("utf-8-sig")
    assert "2022-05-09" in rows
    assert ",EUR," in rows
    assert replay(package, tmp_path / "again", moment).differences == ()
