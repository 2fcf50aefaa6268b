"""What a notebook shows while a verb works: one bar, redrawn in its place and taken away at the end."""

import html
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Protocol

from chaintrace.case.rules import Observer, nobody

PAUSE = 0.1
"""Seconds between two drawings of the same step: a page that is redrawn a thousand times a second stands still."""


class _Handle(Protocol):
    """A place in the output of a cell, as IPython hands it out."""

    def update(self, shown: dict[str, str], *, raw: bool) -> None:
        """Draw something else there."""


@contextmanager
def watched(observer: Observer | None) -> Iterator[Observer]:
    """The observer that was given; else a bar where a notebook's kernel runs this, else nobody."""
    if observer is not None or not in_kernel():
        yield nobody if observer is None else observer
        return
    bar = Bar()
    try:
        yield bar
    finally:
        bar.done()


def in_kernel() -> bool:
    """Whether the kernel of a notebook runs this. IPython is not imported for the answer."""
    asked = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return getattr(asked() if asked else None, "kernel", None) is not None


class Bar:
    """An observer for a notebook: what is being done, and how much of it where that is known."""

    def __init__(self) -> None:
        self._handle: _Handle | None = None
        self._last = ("", 0.0)

    def __call__(self, what: str, done: int = 0, total: int = 0) -> None:
        """Draw a step, at once when it is a new one."""
        shown, drawn = self._last
        if what == shown and monotonic() - drawn < PAUSE:
            return
        self._last = what, monotonic()
        self._draw(what, done, total)

    def done(self) -> None:
        """Take the bar away."""
        if self._handle is not None:
            self._handle.update({"text/plain": "", "text/html": ""}, raw=True)

    def _draw(self, what: str, done: int, total: int) -> None:
        plain = f"{what} {done}/{total}" if total else what
        length = f' value="{done}" max="{total}"' if total else ""
        shown = {"text/plain": plain, "text/html": f"<progress{length}></progress> {html.escape(plain)}"}
        if self._handle is not None:
            self._handle.update(shown, raw=True)
            return
        from IPython.display import display

        self._handle = display(shown, raw=True, display_id=True)  # type: ignore[no-untyped-call]  # IPython says nothing of it
