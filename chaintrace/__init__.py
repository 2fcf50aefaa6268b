"""chaintrace: follows value on public ledgers to the last base unit.

`import chaintrace as ct; trace = ct.open_case("DIR").follow(); trace.endpoints.to_frame()`. The public names are
loaded when they are asked for, so that the import is quick.
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
