"""In a real kernel of a notebook: what shows, what an error says, and the bar that comes and goes."""

from __future__ import annotations

import sys

import nbformat
import pytest
from nbclient import NotebookClient

from chaintrace.case.notebook_bar import Bar, in_kernel, watched
from chaintrace.case.rules import nobody

CELLS = (
    "import chaintrace as ct\ntrace = ct.demo_case('tron-usdt').follow()\ntrace",
    "trace.endpoints",
    "ct.open_case('no such\\x1b[31m folder')",
    "trace.table('no such table')",
    "ct.demo_case('first-payments').follow(observer=lambda *_: None).hops[:2]",
)


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """The outputs of `CELLS`, as a notebook keeps them."""
    folder = tmp_path_factory.mktemp("notebook")
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in CELLS])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    NotebookClient(book, timeout=120, allow_errors=True, resources={"metadata": {"path": str(folder)}}).execute()
    return [cell.outputs for cell in book.cells]


def test_a_trace_shows_itself_and_the_bar_is_gone(shown):
    bar, trace = shown[0]
    assert (bar.output_type, bar.data) == ("display_data", {"text/plain": "", "text/html": ""})
    assert "<svg" in trace.data["text/html"]
    assert trace.data["text/plain"].startswith("<trace in ")


def test_rows_show_themselves(shown):
    (rows,) = shown[1]
    assert "53302.030288" in rows.data["text/html"]
    assert rows.data["text/plain"] == "<5 rows of endpoints>"


def test_an_error_is_one_sentence(shown):
    for outputs, sentence in (
        (shown[2], r"InputError: there is no folder 'no such\x1b[31m folder': make a case with `chaintrace new`"),
        (shown[3], "InputError: the report has no table 'no such table': it has endpoints, credits, "),
    ):
        (error,) = outputs
        assert error.output_type == "error"
        assert len(error.traceback) == 1
        assert error.traceback[0].startswith(sentence)
        assert "Traceback" not in error.traceback[0]
        assert "\x1b" not in error.traceback[0]
        assert "\n" not in error.traceback[0]


def test_a_notebook_without_a_bar_has_no_output_of_it(shown):
    (rows,) = shown[4]
    assert rows.output_type == "execute_result"


class Shell:
    """Stands for the shell of a kernel."""

    kernel = object()


class Drawn:
    """Stands for IPython's display, and remembers what was drawn."""

    def __init__(self):
        self.plain = []

    def __call__(self, shown, **how):
        assert how == {"raw": True, "display_id": True}
        self.plain.append(shown["text/plain"])
        self.html = shown["text/html"]
        return self

    def update(self, shown, **_):
        self.plain.append(shown["text/plain"])
        self.html = shown["text/html"]


@pytest.fixture
def drawn(monkeypatch):
    import IPython
    import IPython.display

    seen = Drawn()
    monkeypatch.setattr(IPython, "get_ipython", Shell)
    monkeypatch.setattr(IPython.display, "display", seen)
    return seen


def test_the_bar_says_what_is_done_and_how_much(drawn):
    with watched(None) as watching:
        watching("asking <b>", 3, 8)
        assert drawn.html == '<progress value="3" max="8"></progress> asking &lt;b&gt; 3/8'
        watching("asking <b>", 4, 8)  # at once after the other: not drawn
        watching("report")
    assert drawn.plain == ["asking <b> 3/8", "report", ""]


def test_the_bar_goes_where_an_error_comes(drawn):
    def broken():
        with watched(None) as watching:
            watching("trace")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()
    assert drawn.plain == ["trace", ""]


def test_whoever_watches_is_not_disturbed(drawn):
    with watched(nobody) as watching:
        assert watching is nobody
    assert drawn.plain == []
    Bar().done()
    assert drawn.plain == []


def test_without_a_kernel_nobody_watches(monkeypatch):
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert not in_kernel()
    with watched(None) as watching:
        assert watching is nobody
