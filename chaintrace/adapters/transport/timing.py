"""The clock, the stop watch, the pause and the dice, handed in so that a test neither waits nor patches."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Timing:
    """`now` is UTC and only written down; `monotonic` measures seconds; `jitter` lies from 0 up to 1."""

    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    sleep: Callable[[float], None]
    jitter: Callable[[], float]


def _now() -> datetime:
    """The system's clock, in UTC."""
    return datetime.now(UTC)


SYSTEM = Timing(_now, time.monotonic, time.sleep, random.random)
"""The real ones."""
