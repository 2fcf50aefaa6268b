"""A wire with answers laid out beforehand, and a stop watch that pauses move on: no socket, no waiting."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from chaintrace.adapters.transport import Keys, LiveDoor, Patience, Rates, Timing, Wires
from chaintrace.adapters.transport.wire import Received
from chaintrace.store.archive import FileArchive

if TYPE_CHECKING:
    from pathlib import Path

    from chaintrace.adapters.transport import Query, Request

START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Watch:
    """Time that passes only in pauses."""

    seconds: float = 0
    pauses: list[float] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def sleep(self, seconds: float) -> None:
        with self.lock:
            self.pauses.append(seconds)
            self.seconds += seconds

    @property
    def timing(self) -> Timing:
        return Timing(lambda: START + timedelta(seconds=self.seconds), lambda: self.seconds, self.sleep, lambda: 0.5)


@dataclass
class Wire:
    """Gives its answers in turn, the last one for ever; an exception is raised."""

    answers: list[Received | Exception] = field(default_factory=list)
    sent: list[Request] = field(default_factory=list)
    limits: list[tuple[int, float]] = field(default_factory=list)
    closed: bool = False
    lock: Lock = field(default_factory=Lock)

    def send(self, request: Request, limit: int, ends_at: float) -> Received:
        with self.lock:
            self.sent.append(request)
            self.limits.append((limit, ends_at))
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None:
        self.closed = True

    __hash__ = object.__hash__


def given(content: bytes = b"{}", status: int = 200, **headers: str) -> Received:
    """An answer; `retry_after="7"` is the header `retry-after`."""
    return Received(status, {name.replace("_", "-"): value for name, value in headers.items()}, content)


class FakeDoor(LiveDoor):
    """A door onto a fake wire."""

    def __init__(self, folder: Path, *answers: Received | Exception, allowed: str = "public", **more) -> None:
        self.watch = Watch()
        self.wire = Wire(list(answers))
        self.queries: list[Query] = []
        self.archive = FileArchive(folder, self.watch.timing.now)
        super().__init__(
            self.archive,
            Wires(dict.fromkeys(("http", "https", "tcp", "tls"), self.wire)),
            allowed=allowed,
            keys=Keys(more.pop("environment", {}), more.pop("ring", None)),
            queries=self.queries.append,
            patience=more.pop("patience", Patience()),
            rates=more.pop("rates", Rates(public=None)),
            timing=self.watch.timing,
        )
