"""The moment at which an answer must be whole, and a file that is not read beyond it."""

import io
import socket
from collections.abc import Callable
from typing import Any


class Deadline:
    """When the answer that a thread reads must be whole, by the stop watch."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self.ends_at: float = 0

    def left(self) -> float:
        """Seconds that are left. Raises TimeoutError when there are none."""
        left = self.ends_at - self._monotonic()
        if left <= 0:
            raise TimeoutError("the deadline has passed")
        return left

    @property
    def passed(self) -> bool:
        """Whether none are left."""
        return self.ends_at <= self._monotonic()


class Dripping(io.RawIOBase):
    """A socket's file, each of whose reads waits `read` seconds at most, and never longer than is left in all."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, read: float, left: Callable[[], float]) -> None:
        self._raw = raw
        self._sock = sock
        self._read = read
        self._left = left

    def readable(self) -> bool:
        """It is read and nothing else."""
        return True

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401  # a writable buffer
        """Read what has come. Raises TimeoutError."""
        self._sock.settimeout(min(self._read, self._left()))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        """Close the socket's file, which lets the socket go."""
        self._raw.close()
        super().close()
