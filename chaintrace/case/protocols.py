"""The `[[protocols]]` entries of a case: tables of protocols beside those that ship (M23)."""

from collections.abc import Sequence

from chaintrace.adapters.protocols import read
from chaintrace.case.sources import NamedFile
from chaintrace.case.table import Table
from chaintrace.model.protocol import Protocols


def read_protocols(entries: Sequence[Table]) -> tuple[Protocols, tuple[NamedFile, ...]]:
    """The case's own tables put together, later ones over earlier ones, and their files.

    Raises InputError with the line of the case for a path, and with the file for what is wrong in it.
    """
    known, files = Protocols(), list[NamedFile]()
    for entry in entries:
        entry.only(("path",))
        path, name = entry.file("path")
        known = known.with_more(read(path))
        files.append(NamedFile(path, name))
    return known, tuple(files)
