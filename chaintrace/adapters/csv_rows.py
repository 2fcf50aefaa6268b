"""The rows of a CSV that a person made: commas and double quotes, a header, and as many cells in each row as it has."""

import csv
from collections.abc import Iterable, Iterator
from typing import NoReturn, Protocol


class Refuse(Protocol):
    """Raises InputError at a line of the file."""

    def __call__(self, sentence: str, line: int | None = None, *, cause: Exception | None = None) -> NoReturn:
        """`sentence` is what is wrong, and `cause` what found it."""
        ...


def csv_rows(lines: Iterable[str], refuse: Refuse) -> Iterator[tuple[int, list[str]]]:
    """The header, its names without spaces round them, and then each row that is not empty; each with its last line.

    Of a file without lines, an empty header. Raises InputError, by `refuse`, for what is no CSV, and for a row with
    more or fewer cells than the header.
    """
    reader = csv.reader(lines, strict=True)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        yield max(reader.line_num, 1), header
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != len(header):
                refuse(f"the row has {len(row)} cells, the header {len(header)}: correct it", reader.line_num)
            yield reader.line_num, row
    except csv.Error as error:
        refuse(f"this is no CSV with commas and double quotes ({error})", reader.line_num, cause=error)
