"""The lines of a user's text file, plain or gzipped, read once from first to last.

The bytes are those that the archive keeps: whoever has read a file asks `check_unchanged` whether they still are.
"""

import hashlib
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from gzip import BadGzipFile, GzipFile
from io import BufferedReader
from pathlib import Path
from typing import NoReturn

from chaintrace.errors import InputError

Refuse = Callable[[str, int | None], object]
"""Raises InputError with a sentence about a line, or notes it: then the line counts as never written."""

CUT_SHORT = "the gzip stream is cut short or damaged after this line: get the file again"
"""What is said of the last line that could be unpacked."""

LONGEST = 1 << 28
"""Bytes of a line, at most: some packed megabytes may unpack to one line that fills the memory."""

_GZIP_MAGIC = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"


def text_lines(path: Path, shown: str) -> Iterator[str]:
    """Every line with its line end, decoded from UTF-8; a byte order mark at the beginning is dropped.

    Raises InputError, with `shown` and the line, when the file cannot be read, is cut short or is not UTF-8.
    """

    def refuse(sentence: str, line: int | None) -> NoReturn:
        raise InputError(sentence, path=shown, line=line)

    return (text for _, text in numbered_lines(path, shown, refuse))


def numbered_lines(path: Path, shown: str, refuse: Refuse) -> Iterator[tuple[int, str]]:
    """The same with its number, from 1. What is not UTF-8 or cut short is refused as the caller refuses.

    Raises InputError when the file cannot be read or has a line that is too long, whatever `refuse` does.
    """
    number = 0
    try:
        with _opened(path) as file:
            for raw in iter(partial(file.readline, LONGEST + 1), b""):
                number += 1
                if len(raw) > LONGEST:
                    sentence = f"the line has more than {LONGEST:,} bytes: write one record a line"
                    raise InputError(sentence, path=shown, line=number)
                line = raw[len(_BOM) :] if number == 1 and raw.startswith(_BOM) else raw
                try:
                    text = line.decode("utf-8")
                except UnicodeDecodeError as error:
                    refuse(f"byte {error.start + 1} of the line is not UTF-8: save the file as UTF-8", number)
                    continue
                yield number, text
    except (EOFError, zlib.error, BadGzipFile):
        refuse(CUT_SHORT, number or None)
    except OSError as error:
        raise _unreadable(error, shown) from error


def _opened(path: Path) -> GzipFile | BufferedReader:
    """The file in binary, through gzip when its first two bytes say so, whatever its name is."""
    with path.open("rb") as file:
        packed = file.read(2) == _GZIP_MAGIC
    return GzipFile(path) if packed else path.open("rb")


def check_unchanged(path: Path, shown: str, sha256: str) -> None:
    """Raise InputError when the bytes of the file are no longer those of `sha256`."""
    try:
        with path.open("rb") as file:
            now = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(error, shown) from error
    if now != sha256:
        raise InputError("the file was changed while it was read: run the command again", path=shown)


def _unreadable(error: OSError, shown: str) -> InputError:
    return InputError(f"the file cannot be read ({reason(error)}): correct the path or its rights", path=shown)


def reason(error: OSError) -> str:
    """Why the system refused, in its words and without a path."""
    return (error.strerror or type(error).__name__).lower()
