"""The libraries that letters need and the core does without: absent, they are asked for in one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

from chaintrace.errors import InputError


@contextmanager
def needs(library: str) -> Iterator[None]:
    """Around the import of a library of the extra `letters`. Raises InputError where it is absent or cannot start."""
    try:
        yield
    except ImportError as error:
        message = (
            f"letters need {library}, which is not installed: install chaintrace with its extra, chaintrace[letters], "
            "as docs/freeze.md says"
        )
        raise InputError(message) from error
    except OSError as error:  # its own libraries, which the system's package manager brings
        message = f"{library} does not start ({error}): install Pango and HarfBuzz with the system's package manager"
        raise InputError(message) from error
