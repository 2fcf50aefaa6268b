"""What was answered before: the archive's records by request, and a door that reads nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Protocol

from chaintrace.adapters.transport.request import Answer, Request, recorded_status, recorded_text
from chaintrace.errors import AdapterError, Refused, Unavailable
from chaintrace.model.archive import Archive
from chaintrace.model.provenance import Source


class Records(Archive, Protocol):
    """An archive that also lists what it holds."""

    def records(self) -> tuple[Source, ...]:
        """What was read, in the order of the first reading. Raises InputError when the index is damaged."""
        ...


class Recorded:
    """The answers of an archive, by adapter and request. Safe to share between threads."""

    def __init__(self, archive: Records) -> None:
        self._archive = archive
        self._known: dict[tuple[str, str], list[tuple[int, Source]]] | None = None
        self._turns: dict[str, tuple[Lock, int]] = {}
        self._lock = Lock()

    def keep(self, request: Request, text: str, status: int, content: bytes) -> Source:
        """Put an answer into the archive, and remember it."""
        source = self._archive.keep(request.adapter, recorded_text(text, status), content)
        with self._lock:
            known = self._index().setdefault((request.adapter, text), [])
            known[:] = [*(entry for entry in known if entry != (status, source)), (status, source)]
        return source

    def find(self, request: Request, text: str) -> Answer | None:
        """The latest recorded answer that passes the request's check; None when there is none."""
        with self._lock:
            known = tuple(self._index().get((request.adapter, text), ()))
        for status, source in reversed(known):
            content = self._archive.read(source.sha256)
            if _passes(request, content, status):
                return Answer(content, source, status, replayed=True)
        return None

    def refusal(self, request: Request, text: str) -> Refused | None:
        """What the request's check says of the latest recorded answer, where that is that the source will not tell."""
        with self._lock:
            known = tuple(self._index().get((request.adapter, text), ()))
        if not known or request.check is None:
            return None
        status, source = known[-1]
        try:
            request.check(self._archive.read(source.sha256), status)
        except Refused as error:
            return error
        except AdapterError:
            return None
        return None

    @contextmanager
    def turn(self, text: str) -> Iterator[None]:
        """Whoever has the same question waits here, and then finds the answer recorded."""
        with self._lock:
            lock, waiting = self._turns.get(text, (Lock(), 0))
            self._turns[text] = (lock, waiting + 1)
        try:
            with lock:
                yield
        finally:
            with self._lock:
                lock, waiting = self._turns[text]
                if waiting == 1:
                    del self._turns[text]
                else:
                    self._turns[text] = (lock, waiting - 1)

    def _index(self) -> dict[tuple[str, str], list[tuple[int, Source]]]:
        """The archive's records by request, read once. The caller holds the lock."""
        if self._known is None:
            self._known = {}
            for source in self._archive.records():
                text, status = recorded_status(source.request)
                self._known.setdefault((source.adapter, text), []).append((status, source))
        return self._known


class ReplayDoor:
    """A door that is shut: it answers from the archive. What was never recorded is Unavailable, never an empty list."""

    def __init__(self, archive: Records) -> None:
        self._recorded = Recorded(archive)

    def ask(self, request: Request) -> Answer:
        """The recorded answer. Raises Unavailable when there is none, or none that passes the request's check.

        That a source has no such thing settles nothing: while it may be asked, it is asked again. Here it may not, and
        what it told last stands: where the check raised Refused then, it is raised again.
        """
        found = self._recorded.find(request, request.text)
        if found is None:
            refused = self._recorded.refusal(request, request.text)
            if refused is not None:
                raise refused
            raise Unavailable(
                f"{request.host} may not be asked now, and the archive has no answer to {request.text}: run once with "
                "the network allowed to record it"
            )
        return found


def _passes(request: Request, content: bytes, status: int) -> bool:
    """Whether a recorded answer is what it claims to be."""
    try:
        if request.check is not None:
            request.check(content, status)
    except AdapterError:
        return False
    return True
