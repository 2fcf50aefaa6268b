"""Files of a case that are no longer as they were when it was traced."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from chaintrace.case import log
from chaintrace.case.config import load
from chaintrace.errors import InputError

LARGEST = 256 * 2**20
"""Bytes of a file that is compared, at most: a larger one is read once only."""


def changed(folder: Path) -> Iterator[str]:
    """A sentence for each file of a source whose bytes are not those that the last trace read: it is read anew."""
    if not (folder / log.FILE_NAME).is_file():
        return
    with suppress(InputError, OSError):  # whoever traces says what is wrong
        before = _read_last(log.read(folder))
        for source in load(folder).sources:
            was = before.get(source.shown)
            if was and source.path.is_file() and source.path.stat().st_size <= LARGEST:
                with source.path.open("rb") as file:
                    digest = hashlib.file_digest(file, "sha256").hexdigest()
                if digest != was:
                    yield f"{source.shown} has changed since the last trace: it is read anew"


def _read_last(entries: Sequence[log.Entry]) -> Mapping[str, str]:
    """The digest of each file that the last trace read, by how the case names it."""
    told = next((one.details.get("sources") for one in reversed(entries) if one.action == "trace"), None)
    return {
        str(one.get("request")): str(one.get("sha256"))
        for one in (told if isinstance(told, Sequence) else ())
        if isinstance(one, Mapping)
    }
