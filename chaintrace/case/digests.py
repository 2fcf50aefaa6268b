"""An archive that keeps nothing: for looking at a file without making a case."""

import hashlib
from pathlib import Path

from chaintrace.errors import InputError
from chaintrace.model.provenance import Source
from chaintrace.private_keys import refuse_file
from chaintrace.store.archive import LOOKED


class Digests:
    """An `Archive` that says the digest of what was read and stores nothing."""

    def keep(self, adapter: str, request: str, content: bytes) -> Source:
        """The source of these bytes."""
        return Source(adapter, request, hashlib.sha256(content).hexdigest())

    def keep_file(self, adapter: str, request: str, path: Path) -> Source:
        """The source of a file. Raises InputError when it cannot be read, and for one that holds a secret."""
        try:
            with path.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
                size = file.tell()
            if size <= LOOKED:
                refuse_file(path, request)
            return Source(adapter, request, sha256)
        except OSError as error:
            raise InputError(f"the file cannot be read ({error.strerror}): correct the path", path=request) from error

    def read(self, sha256: str) -> bytes:
        """Nothing was kept. Raises InputError."""
        raise InputError(f"{sha256} was not kept: make a case, which has an archive")
