"""The libraries that letters need and the core does without: absent, they are asked for in one sentence."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from types import MappingProxyType

from chaintrace.errors import InputError

MODULES: Mapping[str, str] = MappingProxyType(
    {"docx": "python-docx", "weasyprint": "weasyprint", "xlsxwriter": "xlsxwriter"}
)
"""What letters import, and the library that brings it."""

ABSENT = (
    "letters need {}, which is not installed: install chaintrace with its extra, chaintrace[letters], as "
    "docs/freeze.md says"
)


def at_hand() -> None:
    """Look for all of them, before a case is traced for letters that cannot be written. Raises InputError."""
    for module, library in MODULES.items():
        if find_spec(module) is None:
            raise InputError(ABSENT.format(library))


@contextmanager
def needs(library: str) -> Iterator[None]:
    """Around the import of a library of the extra `letters`. Raises InputError where it is absent or cannot start."""
    try:
        yield
    except ImportError as error:
        raise InputError(ABSENT.format(library)) from error
    except OSError as error:  # its own libraries, which the system's package manager brings
        message = f"{library} does not start ({error}): install Pango and HarfBuzz with the system's package manager"
        raise InputError(message) from error
