"""Where raw answers go: the archive, as a Protocol."""

from pathlib import Path
from typing import Protocol

from chaintrace.model.provenance import Source


class Archive(Protocol):
    """Every byte that a report rests on, by SHA-256, with the request and when it was read (UTC)."""

    def keep(self, adapter: str, request: str, content: bytes) -> Source:
        """Store `content` once and return its source. Raises OutputError when it cannot be written."""
        ...

    def keep_file(self, adapter: str, request: str, path: Path) -> Source:
        """The same for a file, streamed. Raises InputError when it cannot be read."""
        ...

    def read(self, sha256: str) -> bytes:
        """The bytes with that digest. Raises InputError when they are absent or no longer have it."""
        ...
