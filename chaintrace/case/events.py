"""The event logs that a case knows, by who emitted which event: what is at the other end of a key (M23)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from chaintrace.model.log import Log, logs_in
from chaintrace.model.provenance import Observation

WORD = 64
"""Hexadecimal digits of a word of 32 bytes."""

Events: TypeAlias = dict[tuple[str, str, str], tuple[Log, ...]]
"""Logs by chain, emitter and first topic."""


def logs_by_event(several: Iterable[Observation]) -> Mapping[tuple[str, str, str], tuple[Log, ...]]:
    """The logs among observations by chain, emitter and first topic, in the order of their txids and indexes."""
    found: dict[tuple[str, str, str], list[Log]] = {}
    for log in logs_in(several):
        found.setdefault((log.chain, log.emitter, log.topic), []).append(log)
    return {event: tuple(logs) for event, logs in found.items()}


def with_key(logs: Sequence[Log], key: str, place: int) -> tuple[Log, ...]:
    """The logs with a key: as their topic number `place` (1 to 3), or as a word of their data (0)."""
    if place:
        return tuple(log for log in logs if log.topics[place : place + 1] == (key,))
    return tuple(log for log in logs if key.removeprefix("0x") in _words(log.data))


def _words(data: str) -> set[str]:
    """The words of a log's data."""
    return {data[start : start + WORD] for start in range(2, len(data), WORD)}
