"""Parquet files, read so that damage is said: pages that we write have checksums (CRC-32), and readers compare."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypedDict

from chaintrace.errors import InputError

MARK = b"PAR1"
"""The first four bytes of every Parquet file, and its last."""


class _Checked(TypedDict):
    page_checksum_verification: bool


class _Summed(TypedDict):
    write_page_checksum: bool


CHECKED: Final[_Checked] = {"page_checksum_verification": True}
"""How pyarrow is told to compare."""
SUMMED: Final[_Summed] = {"write_page_checksum": True}
"""How it is told to write them."""


@contextmanager
def readable(path: Path, remedy: str) -> Iterator[None]:
    """While a Parquet file is read: what goes wrong becomes InputError, which ends with `remedy`."""
    import pyarrow as pa

    try:
        yield
    except OSError as error:  # ArrowCancelled is one, and Arrow's own errors of files
        why = error.strerror or "it is damaged"
        raise InputError(f"the file cannot be read ({why}): {remedy}", path=path) from error
    except pa.ArrowException as error:
        raise InputError(f"the file cannot be read (it is cut short or damaged): {remedy}", path=path) from error


def opened(path: Path, what: str, remedy: str) -> Any:  # noqa: ANN401  # a ParquetFile
    """The file, open. Raises InputError: for no Parquet at all with `what` was expected, for a damaged one `remedy`."""
    import pyarrow.parquet as pq

    with readable(path, remedy):
        with path.open("rb") as file:
            begins_so = file.read(len(MARK)) == MARK
        if not begins_so:
            raise InputError(f"this is no Parquet file: give {what}", path=path)
        return pq.ParquetFile(path, memory_map=True, **CHECKED)
