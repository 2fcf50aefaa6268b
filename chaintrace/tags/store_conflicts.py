"""Where lists contradict each other about an address that was just imported. It is shown, and never resolved."""

import sqlite3
from collections.abc import Iterator

from chaintrace.tags.claims import Problem

_SAYS = "CASE WHEN c.actor != '' THEN c.actor ELSE c.label END"
_CONFLICTS = f"""
SELECT t.address, t.chain, group_concat(DISTINCT {_SAYS}), group_concat(DISTINCT c.category), max(c.pack_id), t.line
FROM fresh f JOIN tags t ON t.address = f.address AND t.chain = f.chain JOIN claims c ON c.id = t.claim_id
GROUP BY t.address, t.chain
HAVING count(DISTINCT {_SAYS}) > 1 OR count(DISTINCT c.category) > 1
"""  # noqa: S608  # our own words
"""With one `max`, SQLite takes the other bare columns from the row of the maximum: the line is that of the new pack."""

_SHOWN = 120


def conflicts(database: sqlite3.Connection) -> Iterator[Problem]:
    """Each address of the table `fresh` whose tags name different actors or categories, as `model` tells conflicts."""
    for address, chain, said, categories, _, line in database.execute(_CONFLICTS):
        named = [name or "none" for name in str(categories).split(",")]
        kinds = f" as {' / '.join(named)}" if len(named) > 1 else ""
        sentence = f"{chain} {address} is attributed to {str(said).replace(',', ' / ')[:_SHOWN]}{kinds}: compare them"
        yield Problem("conflict", sentence, line)
