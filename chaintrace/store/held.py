"""Every address and txid that a file of facts holds: for an index over cases, without opening a view of each."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from chaintrace.store.schema import MIGRATIONS
from chaintrace.store.sqlite_cells import text_of

_ACCOUNTS = """
SELECT DISTINCT c.name, h.name FROM holdings h JOIN assets a ON a.id = h.asset_id JOIN chains c ON c.id = a.chain_id
WHERE h.vout = -1"""
_LEGS = """
SELECT DISTINCT c.name, l.address FROM legs l JOIN transfers t ON t.id = l.transfer_id
JOIN assets a ON a.id = t.asset_id JOIN chains c ON c.id = a.chain_id WHERE l.address <> ''"""
_TXIDS = """
SELECT DISTINCT c.name, t.txid FROM transfers t JOIN assets a ON a.id = t.asset_id JOIN chains c ON c.id = a.chain_id
WHERE t.lead_id IS NULL AND t.txid IS NOT NULL"""


def held(path: Path) -> Iterator[tuple[str, str]]:
    """(chain, address or txid), each once of its kind. Nothing is written.

    Raises ValueError, with the reason, for a file that this version cannot read.
    """
    # A reader of a file with a journal makes one where there is none; this one says that nobody writes, and makes none.
    mode = "mode=ro" if path.with_name(f"{path.name}-wal").exists() else "immutable=1"
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path.absolute()))}?{mode}", uri=True)) as database:
            (version,) = database.execute("PRAGMA user_version").fetchone()
            if version != len(MIGRATIONS):
                raise ValueError(f"another version of chaintrace wrote {path.name}: trace the case once with this one")
            for query in (_ACCOUNTS, _LEGS, _TXIDS):
                for chain, kept in database.execute(query):
                    yield chain, text_of(kept)
    except sqlite3.Error as error:
        raise ValueError(f"{path.name} cannot be read ({error})") from error
