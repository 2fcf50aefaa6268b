"""Where lists contradict each other about an address that was just imported. It is shown, and never resolved."""

import sqlite3
from collections.abc import Iterator

from chaintrace.model.attribution import Tag, conflicting
from chaintrace.tags.categories import stops
from chaintrace.tags.claims import Problem

_SEVERAL = """
SELECT address, chain FROM tags GROUP BY address, chain
HAVING count(*) > 1 AND max(claim_id) >= (SELECT min(id) FROM claims WHERE pack_id = ?)
"""
"""The claims of the newest pack have the highest numbers. The tags lie in this order, so that they are read once."""
_CLAIMS = """
SELECT c.label, c.actor, c.category, c.pack_id, t.line FROM tags t JOIN claims c ON c.id = t.claim_id
WHERE t.address = ? AND t.chain = ? ORDER BY c.pack_id, t.line
"""
_SHOWN = 120


def conflicts(database: sqlite3.Connection, newest: int) -> Iterator[Problem]:
    """Each address of the newest pack whose tags contradict each other, as `model.attribution` tells it."""
    for address, chain in database.execute(_SEVERAL, (newest,)):
        rows = database.execute(_CLAIMS, (address, chain)).fetchall()
        if conflicting([_tag(chain, address, *row[:3]) for row in rows]):
            # The line is one of the newest pack's: the file that is being imported.
            yield Problem("conflict", f"{chain} {address} {_said(rows)}: compare them", rows[-1][4])


def _tag(chain: str, address: str, label: str, actor: str, category: str) -> Tag:
    return Tag(chain, address, label, actor, category, 0, "", stops=stops(category))


def _said(rows: list[tuple[str, str, str, int, int]]) -> str:
    """Who it is attributed to by its tags, and as what where that differs."""
    names = dict.fromkeys(actor for _, actor, *_ in rows if actor) or dict.fromkeys(label for label, *_ in rows)
    kinds = dict.fromkeys(kind for _, _, kind, *_ in rows if kind)
    kind = f" as {' / '.join(kinds)}" if len(kinds) > 1 else ""
    return f"is attributed to {' / '.join(names)[:_SHOWN]}{kind}"
