"""The store on disk: what it says when the disk, the file or another run is in the way; and older files."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from chaintrace.errors import InputError, OutputError
from chaintrace.model.chain import Account, Asset, Block, OutPoint
from chaintrace.model.provenance import Source
from chaintrace.model.transaction import Leg, Transaction, Transfer
from chaintrace.store import SqliteStore
from chaintrace.store.schema import FIRST, MIGRATIONS, migrate

COIN = Asset("ledger", "COIN", "COIN", 2)
ONE, TWO = (Source("transfers-csv", f"{name}.csv", name * 64) for name in "12")


def pay(txid, value=5, row=0):
    legs = [(Leg(value, Account(name, COIN), name),) for name in ("alice", "bob")]
    transfer = Transfer("0", "token", COIN, *legs, (1600000000, row, 0))
    return Transaction("ledger", txid, Block(None, "", 1600000000), row, (transfer,))


def spend(txid, row):
    asset = Asset("coins", "", "COIN", 8)
    inputs, outputs = (Leg(5, OutPoint("coins", "p", 0), "", 0),), (Leg(5, OutPoint("coins", txid, 0), "", 0),)
    transfer = Transfer("utxo", "utxo", asset, inputs, outputs, (row, 0, 0))
    return Transaction("coins", txid, Block(row, "", None), 0, (transfer,))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "facts.sqlite"


@pytest.fixture
def store(path):
    opened = SqliteStore(path, patience=0.05)
    yield opened
    opened.close()


def test_facts_outlive_the_run(store, path):
    store.add([pay("t1")], ONE)
    store.close()
    again = SqliteStore(path)
    assert again.facts([ONE]).transaction("ledger", "t1") == pay("t1")
    again.close()


def test_values_are_their_own_bytes_most_significant_first(store, path):
    values = [2**256 - 1, 1, 0, 256]
    store.add([pay(f"t{n}", value, n) for n, value in enumerate(values)], ONE)
    with closing(sqlite3.connect(path)) as raw:
        found = [row[0] for row in raw.execute("SELECT value FROM transfers ORDER BY id")]
    assert found == [b"\xff" * 32, b"\x01", b"", b"\x01\x00"]
    facts = store.facts([ONE])
    assert [facts.transaction("ledger", f"t{n}").transfers[0].value for n in range(4)] == values


def test_facts_are_never_deleted(store, path):
    store.add([pay("t1", 5)], ONE, "ledger", "first")
    store.add([pay("t1", 6)], ONE, "ledger", "second")
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT COUNT(*) FROM transfers").fetchone() == (2,)


def test_a_file_of_version_1_is_brought_up_and_keeps_its_facts(path):
    with closing(sqlite3.connect(path)) as old:
        old.executescript(f"BEGIN; {FIRST} PRAGMA user_version = 1; COMMIT;")
    newest = SqliteStore(path)
    newest.add([pay("t1", 5), spend("a", 1)], ONE)
    newest.add([pay("t1", 6), spend("b", 2)], TWO)
    newest.close()
    with closing(sqlite3.connect(path)) as old:
        later = ("networks", "pins", "questions", "tellings", "unspent", "seen", "terms", "observations")
        old.executescript("".join(f"DROP TABLE {table};" for table in later) + "PRAGMA user_version = 1;")
    upgraded = SqliteStore(path)
    with pytest.raises(InputError, match="differs"):
        upgraded.facts([ONE, TWO])
    assert upgraded.facts([ONE]).transaction("ledger", "t1") == pay("t1", 5)
    assert upgraded.pins() == {}
    upgraded.close()
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)


def test_a_file_of_a_later_version_is_refused_and_untouched(path):
    with closing(sqlite3.connect(path)) as later:
        later.execute("PRAGMA user_version = 99")
    with pytest.raises(InputError, match=r"^facts\.sqlite: the store has version 99 and this chaintrace knows "):
        SqliteStore(path)
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT name FROM sqlite_master").fetchall() == []


def test_another_run_that_writes_is_said(store, path):
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OutputError, match=r"^facts\.sqlite: another run is writing to it"):
            store.add([pay("t1")], ONE)
        other.execute("ROLLBACK")
    assert store.add([pay("t1")], ONE) == 1


def test_a_file_that_is_no_store_is_said(path):
    path.write_bytes(b"this is no database, however long it may be" * 100)
    with pytest.raises(InputError, match=r"^facts\.sqlite: the file is damaged or is no store"):
        SqliteStore(path)
    assert path.read_bytes().startswith(b"this is no database")


def test_a_damaged_page_is_said(store, path):
    store.add([pay(f"t{n}", row=n) for n in range(500)], ONE)
    store.close()
    content = bytearray(path.read_bytes())
    content[4096:] = b"\x55" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(InputError, match="the file is damaged"):
        SqliteStore(path).facts([ONE])


def test_a_full_disk_is_said_and_what_stood_before_still_stands(store):
    store.add([pay("before")], ONE)
    store._connection.execute("PRAGMA max_page_count = 1")  # SQLite answers as it does when the disk is full
    with pytest.raises(OutputError, match="the disk is full"):
        store.add([pay(f"t{n}", row=n) for n in range(5000)], TWO)
    assert store.facts([ONE, TWO]).transaction("ledger", "before") == pay("before")
    assert store.facts([ONE, TWO]).transaction("ledger", "t0") is None


def test_a_store_that_may_only_be_read_is_said(store):
    store._connection.execute("PRAGMA query_only = 1")  # SQLite answers as it does for a read-only file
    with pytest.raises(OutputError, match=r"^facts\.sqlite: it cannot be written"):
        store.add([pay("t1")], ONE)


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "case").write_text("in the way")
    with pytest.raises(OutputError, match=r"^facts\.sqlite: its folder cannot be made"):
        SqliteStore(tmp_path / "case" / "facts.sqlite")


def test_a_path_that_is_a_folder_is_said(tmp_path):
    (tmp_path / "facts.sqlite").mkdir()
    with pytest.raises(OutputError, match=r"^facts\.sqlite: it cannot be written"):
        SqliteStore(tmp_path / "facts.sqlite")


def test_a_transaction_without_a_transfer_is_our_bug(store):
    with pytest.raises(ValueError, match="t1 has no transfer"):
        store.add([Transaction("ledger", "t1", None, 0, ())], ONE)


def test_several_runs_may_make_and_migrate_a_store_at_once(path):
    """Whoever comes second finds the new version when its turn comes, and changes nothing."""
    for first in (None, 1):
        path.unlink(missing_ok=True)
        if first is not None:
            with closing(sqlite3.connect(path)) as old:
                old.executescript(f"{FIRST} PRAGMA user_version = {first};")
        gate = threading.Barrier(8)

        def opened(gate=gate):
            gate.wait()
            SqliteStore(path).close()
            return True

        with ThreadPoolExecutor(8) as pool:
            assert all(found.result() for found in [pool.submit(opened) for _ in range(8)])
        with closing(sqlite3.connect(path)) as raw:
            assert raw.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)


def test_a_run_that_was_overtaken_between_its_look_and_its_turn_changes_nothing(path):
    with closing(sqlite3.connect(path, isolation_level=None)) as late:
        SqliteStore(path).close()
        looked = _Overtaken(late)
        migrate(looked, "facts.sqlite")
        assert looked.begun == len(MIGRATIONS)
        assert late.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        assert not late.in_transaction


class _Overtaken:
    """A connection whose first look at the version was before another run migrated the file."""

    def __init__(self, connection):
        self._connection, self.begun, self._looks = connection, 0, 0

    def execute(self, sql):
        self.begun += sql.startswith("BEGIN")
        self._looks += sql == "PRAGMA user_version"
        return self._connection.execute("SELECT 0" if self._looks == 1 and "version" in sql else sql)


def test_a_migration_that_fails_leaves_the_version_before(path, monkeypatch):
    monkeypatch.setattr("chaintrace.store.schema.MIGRATIONS", (FIRST, "CREATE TABLE new (id); CREATE TABLE new (id);"))
    with pytest.raises(OutputError):
        SqliteStore(path)
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA user_version").fetchone() == (1,)
        assert raw.execute("SELECT count(*) FROM sqlite_master WHERE name = 'new'").fetchone() == (0,)
    monkeypatch.undo()
    SqliteStore(path).close()
