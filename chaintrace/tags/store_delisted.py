"""Whoever a newer list of OFAC no longer names stays, as delisted: the lists themselves only drop him.

The day that is kept is that of the newer list: he was delisted on it or before it, and after the list that named him.
"""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace

from chaintrace.errors import InputError
from chaintrace.tags.claims import COLUMNS, Claim

KIND = "ofac-sdn"
"""The kind of list that names everybody: OFAC's XML. Its CSV cuts remarks, and with them addresses."""

WHOLE = 50
"""From how many addresses on a list that lacks more than half of them is no newer version of it."""

ABSENT = "absent_from_list_of"
"""Where a claim says which list it was absent from first."""

_PLACES = "SELECT DISTINCT t.address, t.chain FROM tags t JOIN claims c ON c.id = t.claim_id WHERE c.pack_id = ?"
_GONE = f"""
SELECT t.chain, t.address, {", ".join(f"c.{name}" for name in COLUMNS)}
FROM tags t JOIN claims c ON c.id = t.claim_id
WHERE c.pack_id = ? AND NOT EXISTS (
    SELECT 1 FROM tags n JOIN claims m ON m.id = n.claim_id
    WHERE n.address = t.address AND n.chain = t.chain AND m.pack_id = ?)
ORDER BY t.address, t.chain, c.id
"""  # noqa: S608  # names of columns of ours


def delisted(
    database: sqlite3.Connection, versions: tuple[int, int], name: str, newest: str
) -> Iterator[tuple[str, str, Claim]]:
    """The claims of an older version about addresses that the newer one, of the date `newest`, does not name.

    `versions` are the numbers of the older and the newer pack. Raises InputError when so many are missing that the
    newer one cannot be the whole list.
    """
    pack, _ = versions
    held = len(database.execute(_PLACES, (pack,)).fetchall())
    rows = database.execute(_GONE, versions).fetchall()
    gone = len({(row[0], row[1]) for row in rows if not Claim(*row[2:]).valid_to})
    if held >= WHOLE and gone * 2 > held:
        sentence = f"it lacks {gone} of the {held} addresses of the list that is held: name it otherwise with --pack"
        raise InputError(sentence, path=name)
    for chain, address, *cells in rows:
        claim = Claim(*cells)
        if not claim.valid_to and newest:
            more = {**json.loads(claim.more), ABSENT: newest}
            text = json.dumps(more, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            claim = replace(claim, valid_to=newest, more=text)
        yield chain, address, claim
