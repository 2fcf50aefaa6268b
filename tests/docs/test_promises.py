"""What docs/security-and-privacy.md promises: no socket, the same bytes twice, a page that loads nothing, a log."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chaintrace.cli import run
from chaintrace.report.picture_page import script
from tests.docs.pages import blocks

CASES = ("colonial-pipeline", "first-payments", "tron-usdt")


@pytest.fixture
def napkin(tmp_path: Path) -> Path:
    """The case of docs/start.md."""
    folder = tmp_path / "napkin"
    folder.mkdir()
    for block in blocks("docs/start.md"):
        if block.name:
            (folder / block.name).parent.mkdir(exist_ok=True)
            (folder / block.name).write_text(block.text, "utf-8")
    return folder


def report(folder: Path) -> dict[str, bytes]:
    """The files of a case's report."""
    return {path.name: path.read_bytes() for path in (folder / "report").iterdir()}


@pytest.mark.slow
@pytest.mark.usefixtures("no_sockets")
def test_the_demo_opens_no_socket_and_two_copies_write_the_same_bytes(tmp_path: Path):
    assert run(["demo", "--to", str(tmp_path / "one")]) == 0
    assert run(["demo", "--to", str(tmp_path / "another place")]) == 0
    for name in CASES:
        first, second = report(tmp_path / "one" / name), report(tmp_path / "another place" / name)
        assert first
        assert first == second


@pytest.mark.usefixtures("no_sockets")
def test_a_trace_opens_no_socket_and_its_page_loads_nothing(napkin: Path):
    assert run(["trace", str(napkin), "--offline"]) == 0
    page = report(napkin)["report.html"].decode("utf-8")
    page = page.replace(f"<script>{script()}</script>", "", 1).replace('<script type="application/json">', "", 1)
    assert re.findall(r"<(?:script|link|iframe|img|object|embed)\b|\bsrc=|url\((?!#)|@import", page) == []
    assert [link for link in re.findall(r'href="([^"]*)"', page) if not link.startswith("#")] == []


def test_a_report_names_no_folder_of_the_machine(napkin: Path):
    assert run(["trace", str(napkin)]) == 0
    assert [name for name, content in report(napkin).items() if str(napkin.parent).encode() in content] == []


def test_an_altered_log_is_found(napkin: Path, capsys: pytest.CaptureFixture[str]):
    assert run(["trace", str(napkin)]) == 0
    log = napkin / "log.jsonl"
    log.write_text(log.read_text("utf-8").replace('"complete":true', '"complete":false'), "utf-8")
    assert run(["trace", str(napkin)]) == 2
    assert "the line was altered" in capsys.readouterr().err


def test_a_key_in_the_case_is_refused(napkin: Path, capsys: pytest.CaptureFixture[str]):
    case = napkin / "case.toml"
    case.write_text(case.read_text("utf-8").replace("[[seed]]", 'api_key = "secret"\n\n[[seed]]'), "utf-8")
    assert run(["trace", str(napkin)]) == 2
    assert "unknown key 'api_key' in [source]" in capsys.readouterr().err


def test_queries_of_a_case_are_none(napkin: Path, capsys: pytest.CaptureFixture[str]):
    assert run(["trace", str(napkin)]) == 0
    assert run(["queries", str(napkin)]) == 0
    assert "asked no network" in capsys.readouterr().out
