"""`python -m tests.notebooks.run [NAME…]`: runs the notebooks of the course and writes into them what came out.

A notebook is kept with its outputs, so that a viewer shows them, and without anything of the run that made it: no time,
no version of Python, no folder. Scripts of pictures are left out: no viewer runs them in a notebook that it does not
trust, and a picture stands without. The Chinese notebooks hold the same cells of code, which run once, in the English.
"""

from __future__ import annotations

import copy
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from nbclient import NotebookClient

if TYPE_CHECKING:
    from nbformat import NotebookNode

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
TRANSLATED = FOLDER / "zh"
SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)
SECONDS = 120
"""How long one cell may take before the run is given up."""


def notebooks() -> list[Path]:
    """The notebooks that are run, in the order of the course."""
    return sorted(FOLDER.glob("*.ipynb"))


def translations() -> list[Path]:
    """The notebooks whose text is in Chinese; each has the name of the one that it tells again."""
    return sorted(TRANSLATED.glob("*.ipynb"))


def read(path: Path) -> NotebookNode:
    """A notebook as it stands in its file."""
    return nbformat.read(path, as_version=4)


def code(notebook: NotebookNode) -> list[NotebookNode]:
    """Its cells of code."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def run(path: Path) -> NotebookNode:
    """The notebook with what its cells give now, in a new kernel of this Python; raises `CellExecutionError`."""
    notebook = read(path)
    with tempfile.TemporaryDirectory(prefix="ipython-") as profile:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("CHAINTRACE", "PYTEST"))}
        client = NotebookClient(
            notebook,
            timeout=SECONDS,
            startup_timeout=SECONDS,
            kernel_name="python3",
            coalesce_streams=True,
            record_timing=False,
            resources={"metadata": {"path": str(path.parent)}},
        )
        client.execute(env=kept | {"IPYTHONDIR": profile})
    notebook.metadata = read(path).metadata
    for cell in code(notebook):
        cell.outputs = [output for output in map(_kept, cell.outputs) if output]
    return notebook


def _kept(output: NotebookNode) -> NotebookNode | None:
    """An output without scripts; None for one that shows nothing, as a bar of progress that is done."""
    if "data" in output:
        output.data = {kind: SCRIPT.sub("", told) for kind, told in output.data.items() if told}
        return output if output.data else None
    return output


def written(notebook: NotebookNode) -> str:
    """The text of a notebook's file."""
    nbformat.validate(notebook)
    return nbformat.writes(notebook, ensure_ascii=False) + "\n"


def translated(translation: NotebookNode, told: NotebookNode) -> NotebookNode:
    """A translation with the outputs of the notebook that it tells again."""
    whole = copy.deepcopy(translation)
    for cell, other in zip(code(whole), code(told), strict=True):
        cell.outputs, cell.execution_count = other.outputs, other.execution_count
    return whole


def main(names: list[str]) -> None:
    """Run the notebooks whose names begin so, all if none is given, and write them and their translations."""
    for path in notebooks():
        if names and not path.name.startswith(tuple(names)):
            continue
        ran = run(path)
        path.write_text(written(ran), "utf-8")
        other = TRANSLATED / path.name
        if other.exists():
            other.write_text(written(translated(read(other), ran)), "utf-8")
        sys.stdout.write(f"{path.name}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
