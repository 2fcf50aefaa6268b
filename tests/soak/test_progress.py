"""A long run goes on where it stopped, and its table keeps the others' rows."""

from __future__ import annotations

from pathlib import Path

from tests.soak.progress import Progress, tell


def test_a_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    Progress("some run", tmp_path).keep(7, ["case 3 differs"])
    again = Progress("some run", tmp_path)
    assert (again.done, again.found) == (7, ["case 3 differs"])
    assert Progress("another run", tmp_path).done == 0


def test_what_no_longer_differs_is_mended_and_stays_in_the_table(tmp_path: Path) -> None:
    Progress("some run", tmp_path).keep(7, ["case 3 differs", "case 5 differs"])
    Progress("some run", tmp_path).again(lambda line: "5" in line)
    again = Progress("some run", tmp_path)
    assert (again.found, again.mended) == (["case 5 differs"], ["case 3 differs"])
    tell(again, tmp_path / "soak.md")
    assert "| some run | 1 | 7 | 1, and 1 mended |" in (tmp_path / "soak.md").read_text("utf-8")


def test_the_table_keeps_the_rows_of_other_runs(tmp_path: Path) -> None:
    table = tmp_path / "soak.md"
    for name, done in (("b run", 5), ("a run", 2), ("b run", 9)):
        progress = Progress(name, tmp_path)
        progress.keep(done, [])
        tell(progress, table)
    rows = [line.split("|")[1:4] for line in table.read_text("utf-8").splitlines() if " run | 1 |" in line]
    assert [[cell.strip() for cell in row] for row in rows] == [["a run", "1", "2"], ["b run", "1", "9"]]
