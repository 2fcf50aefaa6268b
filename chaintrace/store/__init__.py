"""Facts and raw answers: `Store` (in memory or in SQLite) and the archive of every byte that a report rests on."""

from chaintrace.store.answers import SILENT, Answered, Heard, Network, Pin
from chaintrace.store.archive import FileArchive
from chaintrace.store.interface import Facts, Locate, Store
from chaintrace.store.memory import MemoryFacts
from chaintrace.store.memory_store import MemoryStore
from chaintrace.store.sqlite import SqliteStore

__all__ = [
    "SILENT",
    "Answered",
    "Facts",
    "FileArchive",
    "Heard",
    "Locate",
    "MemoryFacts",
    "MemoryStore",
    "Network",
    "Pin",
    "SqliteStore",
    "Store",
]
