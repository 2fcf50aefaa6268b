"""Raw answers and files by SHA-256: `raw/ab/abcdef…`, and one line of `index.jsonl` for each that was read."""

import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import IO, cast

from chaintrace.errors import InputError, OutputError
from chaintrace.model.nesting import shallow
from chaintrace.model.provenance import Source
from chaintrace.private_keys import refuse_file

_CHUNK = 1 << 20
_INDEX = "index.jsonl"
LOOKED = 64 << 20
"""Bytes of a file that is looked through for secrets: no person writes a larger one, and a whole chain is one."""
_CLEAN = set[str]()
"""Digests of files in which none was found: many cases read the same lists, and each is looked through once."""


class FileArchive:
    """An archive in a folder (`model.archive.Archive`). Content is written once, under its digest, and never changed.

    `index.jsonl` is append-only: sha256, adapter, request, retrieved_at (UTC), size. What has been read before, with
    the same request and the same bytes, keeps its first record. The clock is handed in. Threads may share it.
    A killed process loses nothing. With `sync` each content survives a power failure as soon as it was kept; without,
    which is four times as fast, after `flush`, to be called before what was read of it is relied on.
    """

    def __init__(self, folder: Path, clock: Callable[[], datetime], *, sync: bool = True) -> None:
        self._folder = folder
        self._sync = sync
        self._clock = clock
        self._records: dict[tuple[str, str, str], Source] | None = None
        self._lock = Lock()
        self._torn = False
        self._flushed: set[str] = set()

    def keep(self, adapter: str, request: str, content: bytes) -> Source:
        """Store `content` once and return its source. Raises OutputError when it cannot be written."""
        with _writing():
            sha256 = hashlib.sha256(content).hexdigest()
            if not self._holds(sha256, len(content)):
                with self._temporary() as file:
                    file.write(content)
                    self._settle(file, sha256)
            return self._record(adapter, request, sha256, len(content))

    def keep_file(self, adapter: str, request: str, path: Path) -> Source:
        """The same for a file, in pieces. Raises InputError when it cannot be read, OutputError when not written.

        What is new here is looked through for secrets first, up to `LOOKED` bytes. Raises InputError for one.
        """
        with _reading(request), path.open("rb") as original:
            sha256 = hashlib.file_digest(original, "sha256").hexdigest()
            size = original.tell()
        if not self._holds(sha256, size):
            if sha256 not in _CLEAN:
                _refuse_secrets(request, path, size)
            _CLEAN.add(sha256)
            sha256, size = self._copy(request, path)
        with _writing():
            return self._record(adapter, request, sha256, size)

    def adopt(self, source: Source, path: Path) -> bool:
        """Take over a reading of another archive with its time; whether it was new here.

        Raises InputError where the bytes at `path` do not have its digest, OutputError.
        """
        key = (source.adapter, source.request, source.sha256)
        with self._lock:
            if key in self._known():
                return False
        with _reading(source.request), path.open("rb") as original:
            found, size = hashlib.file_digest(original, "sha256").hexdigest(), original.tell()
        if found != source.sha256:
            raise InputError(f"the archive's copy of {source.sha256} was changed: its bytes no longer have that digest")
        if not self._holds(found, size):
            self._copy(source.request, path)
        with _writing(), self._lock:
            self._known()[key] = self._written(source, size)
        return True

    def read(self, sha256: str) -> bytes:
        """The bytes with that digest. Raises InputError when they are absent or no longer have it."""
        try:
            content = self.place(sha256).read_bytes()
        except OSError as error:
            raise InputError(f"the archive does not hold {sha256} ({_reason(error)}): restore a copy") from error
        if hashlib.sha256(content).hexdigest() != sha256:
            raise InputError(
                f"the archive's copy of {sha256} was changed, its bytes no longer have that digest: restore a copy"
            )
        return content

    def records(self) -> tuple[Source, ...]:
        """What was read, in the order of the first reading. Raises InputError when the index is damaged."""
        with _reading(_INDEX), self._lock:
            return tuple(self._known().values())

    def flush(self) -> None:
        """Return when everything that was kept survives a power failure."""
        if self._sync:
            return
        with self._lock:
            kept = {source.sha256 for source in self._known().values()} - self._flushed
            with _writing():
                self._force(kept)
            self._flushed |= kept

    def _force(self, kept: set[str]) -> None:
        """Put contents and index on the disk, all at once where the system can."""
        if hasattr(os, "sync"):
            os.sync()
            return
        for sha256 in sorted(kept):
            with self.place(sha256).open("r+b") as file:
                os.fsync(file.fileno())

    def place(self, sha256: str) -> Path:
        """Where the content with that digest stands, or would."""
        return self._folder / "raw" / sha256[:2] / sha256

    def _holds(self, sha256: str, size: int) -> bool:
        """Whether the content is there in its whole length; what was cut short or taken away is written anew."""
        with _writing():
            try:
                found = self.place(sha256).stat()
            except FileNotFoundError:
                return False
            return stat.S_ISREG(found.st_mode) and found.st_size == size

    def _copy(self, request: str, path: Path) -> tuple[str, int]:
        """Copy a file in pieces; digest and size of what was copied, should the file have changed meanwhile."""
        digest, size = hashlib.sha256(), 0
        with _writing(), self._temporary() as file:
            for piece in _pieces(request, path):
                digest.update(piece)
                size += len(piece)
                file.write(piece)
            self._settle(file, digest.hexdigest())
        return digest.hexdigest(), size

    @contextmanager
    def _temporary(self) -> Iterator[IO[bytes]]:
        """A file beside the content, to be settled; gone when something fails before that."""
        with self._part() as file:
            try:
                yield file
            except BaseException:
                try:
                    file.close()  # on a full disk this fails as well
                finally:
                    Path(file.name).unlink(missing_ok=True)
                raise

    def _part(self) -> IO[bytes]:
        """A new file in the archive; the folder is made when it is missing."""
        raw = self._folder / "raw"
        try:
            return _named(raw)
        except FileNotFoundError:
            raw.mkdir(parents=True, exist_ok=True)
            return _named(raw)

    def _settle(self, file: IO[bytes], sha256: str) -> None:
        """Give a finished temporary file its name, in one step."""
        file.flush()
        if self._sync:
            os.fsync(file.fileno())
        file.close()
        place = self.place(sha256)
        try:
            Path(file.name).replace(place)
        except FileNotFoundError:
            place.parent.mkdir(exist_ok=True)
            Path(file.name).replace(place)

    def _record(self, adapter: str, request: str, sha256: str, size: int) -> Source:
        """The first record of this reading, written now if there is none."""
        key = (adapter, request, sha256)
        with self._lock:
            known = self._known()
            if key not in known:
                known[key] = self._written(Source(adapter, request, sha256, self._clock().astimezone(UTC)), size)
            return known[key]

    def _written(self, source: Source, size: int) -> Source:
        """Append one record to the index, after cutting off what a killed run left unfinished."""
        line = {
            "sha256": source.sha256,
            "adapter": source.adapter,
            "request": source.request,
            "retrieved_at": (source.retrieved_at or self._clock()).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "size": size,
        }
        index = self._folder / _INDEX
        if self._torn:
            os.truncate(index, index.read_bytes().rfind(b"\n") + 1)
            self._torn = False
        with index.open("ab") as file:
            file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
        return source

    def _known(self) -> dict[tuple[str, str, str], Source]:
        """The index, read once. A last line without its end was being written when a run was killed: it counts not."""
        if self._records is None:
            records: dict[tuple[str, str, str], Source] = {}
            index = self._folder / _INDEX
            content = index.read_bytes() if index.exists() else b""
            self._torn = not content.endswith(b"\n") and content != b""
            for number, line in enumerate(content[: content.rfind(b"\n") + 1].splitlines(), 1):
                source = _source(line, number, index.name)
                records.setdefault((source.adapter, source.request, source.sha256), source)
            self._records = records
        return self._records


def _named(folder: Path) -> IO[bytes]:
    """A temporary file in a folder."""
    return cast("IO[bytes]", tempfile.NamedTemporaryFile(dir=folder, prefix=".part-", delete=False))


def _source(line: bytes, number: int, name: str) -> Source:
    """One line of the index. Raises InputError when it is damaged."""
    try:
        row = json.loads(shallow(line))
        moment = datetime.fromisoformat(row["retrieved_at"])
        return Source(str(row["adapter"]), str(row["request"]), str(row["sha256"]), moment)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        sentence = "this line of the archive's index is damaged: restore the archive from a copy"
        raise InputError(sentence, path=name, line=number) from error


def _pieces(request: str, path: Path) -> Iterator[bytes]:
    """The bytes of a file in pieces; what whoever takes them does with one is no failure of reading."""
    with _reading(request):
        original = path.open("rb")
    with original:
        while piece := _next(original, request):
            yield piece


def _next(original: IO[bytes], request: str) -> bytes:
    """The next piece of the file that is read; empty at its end."""
    with _reading(request):
        return original.read(_CHUNK)


def _refuse_secrets(request: str, path: Path, size: int) -> None:
    """Raise InputError for a file in which somebody left what moves coins."""
    if size <= LOOKED:
        with _reading(request):
            refuse_file(path, request)


@contextmanager
def _reading(request: str) -> Iterator[None]:
    """A file that cannot be read is bad input."""
    try:
        yield
    except OSError as error:
        raise InputError(
            f"the file cannot be read ({_reason(error)}): correct the path or its rights", path=request
        ) from error


@contextmanager
def _writing() -> Iterator[None]:
    """An archive that cannot be written is an output error: full disk, read-only folder."""
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"the archive of the case cannot be written ({_reason(error)}): make room, or correct its rights"
        ) from error


def _reason(error: OSError) -> str:
    """Why the system refused, in its words and without a path."""
    return (error.strerror or type(error).__name__).lower()
