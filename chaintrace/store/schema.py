"""The tables of the store on disk, and how an older file becomes a newer one.

`PRAGMA user_version` says which of `MIGRATIONS` a file has seen. A migration is never edited once it has shipped.
Facts are never deleted: a telling that is wrong loses its sources, and a block that is orphaned gets a date.

Holdings are numbered. An account's `name` is its address and its `vout` -1; an outpoint's name is the txid. Values
are their own bytes, most significant first, as many as it takes (0: none), so that 2**256 - 1 is as exact as 1. Txids
and block hashes of 64 hex digits are kept as bytes, others as text (`sqlite_cells`).

One look-up must read little. A row of `transfers` is a movement with its value and both numbers, the transaction's
facts if it is the first one of its transaction, and the place that its first source gives it. What is rare has rows of
its own: further transfers of a transaction point to the first (`lead_id`), further sources stand in `links`, the legs
of UTXO transactions in `legs`. `touches` leads from a holding to its movements, `names` from a txid to the transaction;
both are filled in sorted runs, which is several times as fast as an index that is kept row by row.
"""

import sqlite3

from chaintrace.errors import InputError
from chaintrace.store.sqlite_cells import SHORT

FIRST = """
CREATE TABLE sources (
    id INTEGER PRIMARY KEY, adapter TEXT NOT NULL, request TEXT NOT NULL, sha256 TEXT NOT NULL, retrieved_at TEXT,
    UNIQUE (adapter, request, sha256));
CREATE TABLE readings (
    source_id INTEGER NOT NULL, chain TEXT NOT NULL, reading TEXT NOT NULL,
    PRIMARY KEY (source_id, chain)) WITHOUT ROWID;
CREATE TABLE chains (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE assets (
    id INTEGER PRIMARY KEY, chain_id INTEGER NOT NULL, contract TEXT NOT NULL, UNIQUE (chain_id, contract));
CREATE TABLE asset_words (
    asset_id INTEGER NOT NULL, source_id INTEGER NOT NULL, name TEXT NOT NULL, decimals INTEGER,
    PRIMARY KEY (asset_id, source_id)) WITHOUT ROWID;
CREATE TABLE blocks (
    id INTEGER PRIMARY KEY, chain_id INTEGER NOT NULL, hash NOT NULL, orphaned_at TEXT, UNIQUE (hash, chain_id));
CREATE TABLE holdings (
    id INTEGER PRIMARY KEY, name NOT NULL, asset_id INTEGER NOT NULL, vout INTEGER NOT NULL,
    UNIQUE (name, vout, asset_id));
CREATE TABLE transfers (
    id INTEGER PRIMARY KEY, lead_id INTEGER, txid, block_id INTEGER, height INTEGER, time INTEGER, status INTEGER,
    index_text TEXT NOT NULL, kind INTEGER NOT NULL, asset_id INTEGER NOT NULL, from_id INTEGER, to_id INTEGER,
    value BLOB, source_id INTEGER, rank INTEGER, position INTEGER, place INTEGER, more INTEGER NOT NULL);
CREATE INDEX transfers_of ON transfers (lead_id) WHERE lead_id IS NOT NULL;
CREATE TABLE links (
    transfer_id INTEGER NOT NULL, source_id INTEGER NOT NULL, rank INTEGER, position INTEGER NOT NULL,
    place INTEGER NOT NULL,
    PRIMARY KEY (transfer_id, source_id)) WITHOUT ROWID;
CREATE TABLE legs (
    transfer_id INTEGER NOT NULL, side INTEGER NOT NULL, place INTEGER NOT NULL, holding_id INTEGER, value BLOB,
    leg_index INTEGER NOT NULL, address TEXT NOT NULL, script_type TEXT NOT NULL, script BLOB,
    PRIMARY KEY (transfer_id, side, place)) WITHOUT ROWID;
CREATE TABLE touches (
    holding_id INTEGER NOT NULL, transfer_id INTEGER NOT NULL, PRIMARY KEY (holding_id, transfer_id)) WITHOUT ROWID;
CREATE TABLE names (short NOT NULL, transfer_id INTEGER NOT NULL, PRIMARY KEY (short, transfer_id)) WITHOUT ROWID;
CREATE TABLE variants (transaction_id INTEGER PRIMARY KEY);
CREATE TABLE respent (holding_id INTEGER PRIMARY KEY);
"""
"""A transaction's number is that of its first transfer. `transfers.block_id` is NULL while pending, 0 in a block whose
hash nobody knows; `source_id` is NULL where the first source took its telling back; `rank` is NULL where it is the
height, else the time; `more` has the bits MANY and SHARED. `legs.holding_id` is 0 for the outpoint of the transaction
itself, NULL for nobody's.

`variants` and `respent` have what must be looked at when a view is opened, so that opening costs no search:
transactions that are told in more than one way, and outpoints that more than one transaction spends."""

TOUCH = """
INSERT OR IGNORE INTO touches SELECT * FROM (
    SELECT from_id, id FROM transfers WHERE id > ?1 AND from_id IS NOT NULL UNION ALL
    SELECT to_id, id FROM transfers WHERE id > ?1 AND to_id IS NOT NULL UNION ALL
    SELECT holding_id, transfer_id FROM legs WHERE transfer_id > ?1 AND holding_id > 0) ORDER BY 1, 2"""
"""Fills `touches` for the transfers after a number."""

NAME = f"INSERT INTO names SELECT {SHORT}, id FROM transfers WHERE id > ?1 AND lead_id IS NULL ORDER BY 1, 2"  # noqa: S608  # ours
"""Fills `names` for the transactions after a number."""

NETWORKS = """
CREATE TABLE networks (
    id INTEGER PRIMARY KEY, chain TEXT NOT NULL, adapter TEXT NOT NULL, shown TEXT NOT NULL,
    UNIQUE (chain, adapter, shown));
CREATE TABLE pins (
    id INTEGER PRIMARY KEY, chain TEXT NOT NULL, height INTEGER, hash TEXT NOT NULL, time INTEGER,
    pinned_at TEXT NOT NULL, ended_at TEXT, is_open INTEGER NOT NULL, gaps TEXT NOT NULL);
CREATE TABLE questions (
    pin_id INTEGER NOT NULL, question TEXT NOT NULL, network_id INTEGER NOT NULL, how TEXT NOT NULL,
    coverage TEXT NOT NULL, gaps TEXT NOT NULL,
    PRIMARY KEY (pin_id, question, network_id)) WITHOUT ROWID;
CREATE TABLE tellings (
    source_id INTEGER NOT NULL, network_id INTEGER NOT NULL, pin_id INTEGER NOT NULL,
    PRIMARY KEY (source_id, network_id)) WITHOUT ROWID;
CREATE TABLE unspent (
    pin_id INTEGER NOT NULL, question TEXT NOT NULL, network_id INTEGER NOT NULL, txid TEXT NOT NULL,
    vout INTEGER NOT NULL, address TEXT NOT NULL, height INTEGER NOT NULL, block_hash TEXT NOT NULL, time INTEGER,
    how TEXT NOT NULL, source_id INTEGER NOT NULL,
    PRIMARY KEY (pin_id, question, network_id, txid, vout)) WITHOUT ROWID;
CREATE TABLE seen (block_id INTEGER PRIMARY KEY, height INTEGER NOT NULL, tip INTEGER NOT NULL);
"""
"""What network sources told: which they are, the tips as of which they were asked, what was asked and how it ended,
the raw answers (`tellings.source_id`) that facts are linked to, outputs that were unspent at a height, and the highest
tip under which each block was canonical. A pin is never deleted: the newest of a chain is the one that is heard."""

TERMS = """
CREATE TABLE terms (transaction_id INTEGER PRIMARY KEY, version INTEGER, locktime INTEGER, sequences BLOB);
DELETE FROM readings"""
"""What a UTXO transaction says besides what it moves, where a source says it: five bytes a sequence, 0 for one that is
not known, else the sequence and one. Files that were read before are read again."""

SAY = """
INSERT INTO terms VALUES (?, ?, ?, ?) ON CONFLICT (transaction_id) DO UPDATE SET
    version = COALESCE(version, excluded.version), locktime = COALESCE(locktime, excluded.locktime),
    sequences = COALESCE(sequences, excluded.sequences)"""
"""Fills a row of `terms`, or what it lacks."""

OBSERVED = """
CREATE TABLE observations (
    pin_id INTEGER NOT NULL, question TEXT NOT NULL, network_id INTEGER NOT NULL, place INTEGER NOT NULL,
    chain TEXT NOT NULL, subject TEXT NOT NULL, what TEXT NOT NULL, height INTEGER, value TEXT NOT NULL,
    source_id INTEGER NOT NULL,
    PRIMARY KEY (pin_id, question, network_id, place)) WITHOUT ROWID"""
"""What networks observed beside movements, by the question that brought it: memos, decimals, permissions, tags."""

MIGRATIONS = (FIRST, NETWORKS, TERMS, OBSERVED)
"""Version 1 is what the first makes of an empty file, and so on. No statement of them holds a semicolon but its own."""


def migrate(connection: sqlite3.Connection, shown: str) -> None:
    """Bring a file to the newest version, step by step, each in one transaction.

    Raises InputError for a file that a later version of chaintrace has written.
    """
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        sentence = (
            f"the store has version {version} and this chaintrace knows {len(MIGRATIONS)}: "
            "use the newer chaintrace, or move the file away and it is made again from the sources"
        )
        raise InputError(sentence, path=shown)
    for number, script in enumerate(MIGRATIONS[version:], version + 1):
        _step(connection, number, script)


def _step(connection: sqlite3.Connection, number: int, script: str) -> None:
    """Bring a file to one version, unless another run has brought it there while this one waited for its turn."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        if connection.execute("PRAGMA user_version").fetchone()[0] < number:
            for statement in script.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
