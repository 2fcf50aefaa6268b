"""`chaintrace report --style page`: the page in a language, its name, its line in the log, and what is no page."""

from __future__ import annotations

import json

from chaintrace.cli import run
from tests.chaintrace.small_case import small_case


def test_the_page_is_written_in_chinese_and_the_same_twice(tmp_path, capsys):
    case = small_case(tmp_path / "case")
    assert run(["trace", str(case)]) in {0, 3}
    capsys.readouterr()
    assert run(["report", str(case), "--style", "page", "--lang", "zh"]) == 0
    target = case / "report.zh.html"
    assert capsys.readouterr().out.strip() == str(target)
    first = target.read_bytes()
    assert "所问事项" in first.decode()
    assert run(["report", str(case), "--style", "page", "--lang", "zh"]) == 0
    assert target.read_bytes() == first
    last = json.loads((case / "log.jsonl").read_text("utf-8").splitlines()[-1])
    assert (last["action"], last["details"]["language"]) == ("report page", "zh")


def test_in_english_it_is_the_page_of_the_report(tmp_path):
    case = small_case(tmp_path / "case")
    assert run(["trace", str(case)]) in {0, 3}
    assert run(["report", str(case), "--style", "page", "--to", str(tmp_path / "page.html")]) == 0
    assert (tmp_path / "page.html").read_bytes() == (case / "report" / "report.html").read_bytes()


def test_a_page_is_no_pdf(tmp_path, capsys):
    case = small_case(tmp_path / "case")
    assert run(["report", str(case), "--style", "page", "--to", str(tmp_path / "page.pdf")]) == 2
    assert "the page is HTML, which a browser prints" in capsys.readouterr().err
