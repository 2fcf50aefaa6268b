"""The course: a notebook gives what is kept in it, ends with what the data does not show, and checks its answers."""

from __future__ import annotations

import difflib
import html
import re

import pytest

from chaintrace.report.wording import violations
from tests.chaintrace.freeze.printing import need_printing
from tests.notebooks.run import FOLDER, TRANSLATED, code, notebooks, read, run, translations

ALL = (*notebooks(), *translations())
NAMES = [path.relative_to(FOLDER).as_posix() for path in ALL]
LARGEST = 200_000
"""Bytes of a notebook's file."""
LIMITS = {"en": "## What the data does not show", "zh": "## 数据没有说明什么"}
EXERCISES = {"en": "## Exercises", "zh": "## 练习"}
FORBIDDEN_IN_CHINESE = ("嫌疑", "赃", "洗钱", "属于", "所有者", "所有人", "黑客", "罪犯", "证明了", "被盗资金")
"""What a Chinese text says in the place of the words that no text of ours may contain."""
STYLE = re.compile(r"<style\b.*?</style>", re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\((?!https?:|#)([^)\s#]+)")


def language(path) -> str:
    return "zh" if path.parent == TRANSLATED else "en"


def prose(notebook) -> str:
    """The text of a notebook, without its code."""
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def shown(notebook) -> list[str]:
    """What each cell of code gives, as text: streams and results. How a picture is styled is not looked at."""
    told = []
    for cell in code(notebook):
        parts = []
        for output in cell.outputs:
            if output.output_type == "stream":
                parts.append(output.text)
            else:
                parts += [f"{kind}: {STYLE.sub('', text)}" for kind, text in sorted(output.data.items())]
        told.append("\n".join(parts))
    return told


def everything(notebook) -> str:
    """All that a reader reads: text, code, and outputs without the marks of HTML."""
    words = html.unescape(re.sub(r"<[^>]+>", " ", "\n".join(shown(notebook))))
    return "\n".join((prose(notebook), *(cell.source for cell in code(notebook)), words))


def without_remarks(source: str) -> list[str]:
    """Lines of code without comments, and with the way to course.py that the English notebooks have."""
    lines = (line.replace("%run ../course.py", "%run course.py") for line in source.splitlines())
    return [line.partition("  # ")[0].rstrip() for line in lines if not line.lstrip().startswith("# ")]


@pytest.mark.slow
@pytest.mark.parametrize("path", notebooks(), ids=lambda path: path.stem)
def test_a_notebook_gives_what_is_kept_in_it(path):
    if any("%chaintrace freeze" in cell.source for cell in code(read(path))):
        need_printing()
    kept, now = shown(read(path)), shown(run(path))
    for number, (before, after) in enumerate(zip(kept, now, strict=True), 1):
        lines = list(difflib.unified_diff(before.splitlines(), after.splitlines(), "kept", "now", lineterm="", n=1))
        assert not lines, (
            f"{path.name}, cell of code {number} gives something else now; where that is right, run "
            f"`python -m tests.notebooks.run {path.name[:2]}`:\n" + "\n".join(line[:300] for line in lines[:30])
        )


def test_there_are_nine_and_three_are_told_in_chinese():
    assert [path.name[:2] for path in notebooks()] == [f"{number:02}" for number in range(1, 10)]
    assert [path.name for path in translations()] == [path.name for path in notebooks()[:3]]


@pytest.mark.parametrize("path", translations(), ids=lambda path: path.stem)
def test_a_translation_has_the_same_code_and_outputs(path):
    here, there = read(path), read(FOLDER / path.name)
    assert [cell.cell_type for cell in here.cells] == [cell.cell_type for cell in there.cells]
    for one, other in zip(code(here), code(there), strict=True):
        assert without_remarks(one.source) == without_remarks(other.source)
        assert one.metadata == other.metadata
    assert shown(here) == shown(there)


@pytest.mark.parametrize("path", ALL, ids=NAMES)
def test_it_ends_with_what_the_data_does_not_show_and_with_exercises_whose_answers_are_checked(path):
    notebook, spoken = read(path), language(path)
    told = prose(notebook)
    assert 0 < told.find(LIMITS[spoken]) < told.find(EXERCISES[spoken])
    exercises = re.findall(r"^(\d)\. ", told.partition(EXERCISES[spoken])[2], re.MULTILINE)
    answers = [cell for cell in code(notebook) if "answer" in cell.metadata.get("tags", ())]
    assert len(exercises) in {2, 3}
    assert [answer.source[:5] for answer in answers] == [f"# {number}. " for number in exercises]
    # An answer is held against what it must be; that it is not empty, or smaller than something, checks little.
    assert [answer.source for answer in answers if not re.search(r"^assert .*==", answer.source, re.MULTILINE)] == []
    assert all(answer.metadata["jupyter"] == {"source_hidden": True} for answer in answers)
    assert notebook.cells[-len(answers) :] == answers


@pytest.mark.parametrize("path", ALL, ids=NAMES)
def test_it_says_nothing_that_no_report_may_say(path):
    told = everything(read(path))
    assert list(violations(told)) == []
    assert [word for word in FORBIDDEN_IN_CHINESE if word in told] == []


@pytest.mark.parametrize("path", ALL, ids=NAMES)
def test_its_file_is_small_and_says_nothing_of_the_run_that_made_it(path):
    notebook = read(path)
    assert path.stat().st_size < LARGEST
    assert notebook.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert [cell.execution_count for cell in code(notebook)] == list(range(1, len(code(notebook)) + 1))
    assert set().union(*(cell.metadata for cell in notebook.cells)) <= {"tags", "jupyter"}
    told = "\n".join(shown(notebook))
    assert re.findall(r"/t[m]p/\S*|chaintrace-course-\w+|127\.0\.0\.1:\d+|ipykernel_\d+| at 0x[0-9a-f]{6,}", told) == []
    assert [output for cell in code(notebook) for output in cell.outputs if output.output_type == "error"] == []


@pytest.mark.parametrize("path", ALL, ids=NAMES)
def test_each_link_in_it_meets_a_file(path):
    assert [link for link in LINK.findall(prose(read(path))) if not (path.parent / link).exists()] == []


@pytest.mark.parametrize(("index", "told"), [("README.md", notebooks()), ("zh/README.md", translations())])
def test_the_index_names_each_notebook_in_order_with_its_title(index, told):
    page = FOLDER / index
    rows = re.findall(r"^\| (\d) \| \[([^\]]+)\]\(([^)]+)\)", page.read_text("utf-8"), re.MULTILINE)
    links = [(number, link) for number, _, link in rows]
    assert links[: len(told)] == [(path.name[1], path.name) for path in told]
    titles = {number: title for number, title, _ in rows}
    for path in told:
        number, _, title = read(path).cells[0].source.partition("\n")[0].removeprefix("# ").partition(". ")
        assert titles[number] == title


def test_the_index_says_of_each_notebook_what_the_notebook_says():
    for index, told, begins in (
        ("README.md", notebooks(), r"(\d+) minutes\. (?:After notebooks? ([\d and]+)\.)?"),
        ("zh/README.md", translations(), r"(\d+) 分钟。(?:在第 ([\d、]+) 本之后。)?"),
    ):
        page = (FOLDER / index).read_text("utf-8")
        rows = {cells[1].strip(): cells for cells in (line.split("|") for line in page.splitlines()) if len(cells) > 7}
        for path in told:
            notebook = read(path)
            *_, minutes, after, exercises, _ = rows[path.name[1]]
            said = re.search(begins, prose(notebook).replace("\n", " "))
            assert said, path.name
            assert minutes.strip() == said[1]
            assert re.findall(r"\d", after) == re.findall(r"\d", said[2] or "")
            answers = [cell for cell in code(notebook) if "answer" in cell.metadata.get("tags", ())]
            assert int(exercises) == len(answers)


def test_the_course_speaks_as_reports_do():
    for page in (FOLDER / "README.md", TRANSLATED / "README.md"):
        told = page.read_text("utf-8")
        assert list(violations(told)) == []
        assert [word for word in FORBIDDEN_IN_CHINESE if word in told] == []
