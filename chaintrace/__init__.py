"""chaintrace: follows value on public ledgers to the last base unit.

A case in a folder becomes a trace, and a trace has tables:

>>> import chaintrace as ct
>>> case = ct.demo_case("first-payments")  # a case that ships; ct.open_case("DIR") for one of your own
>>> trace = case.follow()
>>> trace.complete, trace.resting
(True, <5 rows of resting>)
>>> trace.resting.to_frame()["traced_value"].sum()
5000000000

`open_case` and `demo_case` give a `Case`, `Case.follow` a `Trace`, a `Trace` its `Rows`; `screen` says what is known of
a list of addresses. What chaintrace itself reports is a `ChaintraceError`: an `InputError`, an `AdapterError` or an
`OutputError`. Each has an example: `help(ct.Trace)`. docs/api.md has all of it.

The names are loaded when they are asked for, so that the import is quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chaintrace.case.result import Case, Trace, open_case
    from chaintrace.case.rows import Rows
    from chaintrace.case.screening.face import screen
    from chaintrace.case.shipped import demo_case
    from chaintrace.errors import AdapterError, ChaintraceError, InputError, OutputError

_PLACES = {
    "AdapterError": "chaintrace.errors",
    "Case": "chaintrace.case.result",
    "ChaintraceError": "chaintrace.errors",
    "demo_case": "chaintrace.case.shipped",
    "InputError": "chaintrace.errors",
    "open_case": "chaintrace.case.result",
    "OutputError": "chaintrace.errors",
    "Rows": "chaintrace.case.rows",
    "screen": "chaintrace.case.screening.face",
    "Trace": "chaintrace.case.result",
}

__all__ = [  # noqa: RUF022  # sorted without regard to case, as people look names up
    "AdapterError",
    "Case",
    "ChaintraceError",
    "demo_case",
    "InputError",
    "open_case",
    "OutputError",
    "Rows",
    "screen",
    "Trace",
]


def __getattr__(name: str) -> object:
    """Load a public name when it is first asked for (PEP 562)."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(_PLACES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """The public names."""
    return sorted(__all__)
