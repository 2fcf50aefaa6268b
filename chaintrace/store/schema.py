"""The tables of the store on disk, and how an older file becomes a newer one.

`PRAGMA user_version` says which of `MIGRATIONS` a file has seen. A migration is never edited once it has shipped.
Facts are never deleted: a telling that is wrong loses its sources, and a block that is orphaned gets a date.

Holdings are numbered. An account's `name` is its address and its `vout` -1; an outpoint's name is the txid. Values
are 32 bytes, most significant first. Txids and block hashes of 64 hex digits are kept as 32 bytes, others as text.
A transfer between accounts has its value and both numbers in its row; the legs of a UTXO transaction have their own.
"""

import sqlite3

from chaintrace.errors import InputError

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
CREATE TABLE transactions (
    id INTEGER PRIMARY KEY, chain_id INTEGER NOT NULL, txid NOT NULL, block_id INTEGER, height INTEGER, time INTEGER,
    status INTEGER NOT NULL);
CREATE INDEX transaction_names ON transactions (CASE typeof(txid) WHEN 'blob' THEN substr(txid, 1, 8) ELSE txid END);
CREATE TABLE transfers (
    id INTEGER PRIMARY KEY, transaction_id INTEGER NOT NULL, index_text TEXT NOT NULL, kind INTEGER NOT NULL,
    asset_id INTEGER NOT NULL, from_id INTEGER, to_id INTEGER, value BLOB);
CREATE INDEX transfers_of ON transfers (transaction_id);
CREATE INDEX transfers_from ON transfers (from_id) WHERE from_id IS NOT NULL;
CREATE INDEX transfers_to ON transfers (to_id) WHERE to_id IS NOT NULL;
CREATE TABLE holdings (
    id INTEGER PRIMARY KEY, name NOT NULL, asset_id INTEGER NOT NULL, vout INTEGER NOT NULL,
    UNIQUE (name, vout, asset_id));
CREATE TABLE legs (
    transfer_id INTEGER NOT NULL, side INTEGER NOT NULL, place INTEGER NOT NULL, holding_id INTEGER, value BLOB,
    leg_index INTEGER NOT NULL, address TEXT NOT NULL, script_type TEXT NOT NULL, script BLOB,
    PRIMARY KEY (transfer_id, side, place)) WITHOUT ROWID;
CREATE INDEX legs_of ON legs (holding_id) WHERE holding_id > 0;
CREATE TABLE links (
    transfer_id INTEGER NOT NULL, source_id INTEGER NOT NULL, rank INTEGER, position INTEGER NOT NULL,
    place INTEGER NOT NULL,
    PRIMARY KEY (transfer_id, source_id)) WITHOUT ROWID;
"""
"""`transactions.block_id` is NULL while pending, 0 in a block whose hash nobody knows; `links.rank` is NULL where it is
the height, else the time. `legs.holding_id` is 0 for the outpoint of the transaction itself, NULL for nobody's."""

DOUBTS = """
CREATE TABLE variants (transaction_id INTEGER PRIMARY KEY);
CREATE TABLE respent (holding_id INTEGER PRIMARY KEY);
INSERT INTO variants
    SELECT t.id FROM transactions t JOIN
        (SELECT txid, chain_id FROM transactions GROUP BY txid, chain_id HAVING COUNT(*) > 1) u
        ON u.txid = t.txid AND u.chain_id = t.chain_id
    UNION SELECT transaction_id FROM transfers GROUP BY transaction_id, index_text HAVING COUNT(*) > 1;
INSERT INTO respent
    SELECT holding_id FROM legs WHERE holding_id > 0 AND side = 0 GROUP BY holding_id HAVING COUNT(*) > 1;
"""
"""What has to be looked at when a view is opened, so that opening costs no search: transactions that are told in more
than one way, and outpoints that more than one transaction spends."""

MIGRATIONS = (FIRST, DOUBTS)
"""Version 1 is what the first makes of an empty file, and so on."""

NAMED = "CASE typeof(t.txid) WHEN 'blob' THEN substr(t.txid, 1, 8) ELSE t.txid END = {short} AND t.txid = {full}"
"""How a transaction is found by its txid: its first 8 bytes are enough for an index."""


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
        connection.executescript(f"BEGIN IMMEDIATE; {script} PRAGMA user_version = {number}; COMMIT;")
