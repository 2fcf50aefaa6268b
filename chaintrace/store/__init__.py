"""Facts and raw answers: `Store` (in memory or in SQLite) and the archive of every byte that a report rests on."""

from chaintrace.store.archive import FileArchive
from chaintrace.store.interface import Facts, Locate, Store
from chaintrace.store.memory import MemoryFacts, MemoryStore
from chaintrace.store.sqlite import SqliteStore

__all__ = ["Facts", "FileArchive", "Locate", "MemoryFacts", "MemoryStore", "SqliteStore", "Store"]
