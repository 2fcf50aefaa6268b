"""Tags: what sources claim about addresses. A user's CSV or an imported TagPack; nothing is ever overwritten.

Several tags of one address are all kept, the most confident first; that they differ is for
`chaintrace.model.attribution.conflicting` to say. Conflicting tags stop a trace too (M21).
"""

from pathlib import Path

from chaintrace.model.attribution import Tag
from chaintrace.private_keys import refuse
from chaintrace.tags.categories import categories, confidence_level
from chaintrace.tags.csv_file import HEADER, read_csv
from chaintrace.tags.tag_file import TagFile, by_address
from chaintrace.tags.tagpack import read_tagpack

__all__ = [
    "HEADER",
    "Tag",
    "TagFile",
    "by_address",
    "categories",
    "confidence_level",
    "read",
    "read_csv",
    "read_tagpack",
]


def read(content: bytes, shown: str) -> TagFile:
    """The tags of a file: a TagPack when its name ends in `.yaml` or `.yml`, else a CSV of the user.

    `shown` is the file's name as messages print it. Raises InputError with file and line.
    """
    refuse(content.decode("utf-8", "replace"), shown)
    if Path(shown).suffix.lower() in {".yaml", ".yml"}:
        return read_tagpack(content, shown)
    return read_csv(content, shown)
