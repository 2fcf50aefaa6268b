"""The only threads: a pool that takes items, and gives what a task makes of them in their order."""

import threading
from collections.abc import Callable, Sequence
from functools import partial
from queue import Empty, SimpleQueue
from typing import Generic, TypeAlias, TypeVar

_WAKE = 1
"""Seconds between looks at the keyboard while answers are awaited."""

_Item = TypeVar("_Item")
_Made = TypeVar("_Made")

_Back: TypeAlias = "SimpleQueue[tuple[int, _Made | None, BaseException | None]]"


class Pool(Generic[_Item, _Made]):
    """Threads that end with the process, so that an interrupt never waits for a source that does not answer."""

    def __init__(self, workers: int, task: Callable[[_Item], _Made]) -> None:
        self._task = task
        self._tasks: SimpleQueue[tuple[int, _Item, _Back[_Made]] | None] = SimpleQueue()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(workers)]
        self._closed = False
        for thread in self._threads:
            thread.start()

    def begin(self, items: Sequence[_Item]) -> Callable[[], list[_Made]]:
        """Put items to the threads. What is returned waits for the task's answers, in the order of the items.

        It raises what the task raises.
        """
        back: _Back[_Made] = SimpleQueue()
        for number, item in enumerate(items):
            self._tasks.put((number, item, back))
        return partial(self._made, back, len(items))

    @staticmethod
    def _made(back: "_Back[_Made]", count: int) -> list[_Made]:
        """Wait for so many answers."""
        made: dict[int, _Made] = {}
        while len(made) < count:
            try:
                number, answer, error = back.get(timeout=_WAKE)
            except Empty:
                continue
            if error is not None:
                raise error
            made[number] = answer  # type: ignore[assignment]  # without an error there is an answer
        return [made[number] for number in range(count)]

    def close(self, *, wait: bool) -> None:
        """Let the threads end: after the item that they are at, and without a look at what waits."""
        self._closed = True
        for _ in self._threads:
            self._tasks.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            number, item, back = task
            if self._closed:
                continue
            try:
                back.put((number, self._task(item), None))
            except BaseException as error:  # noqa: BLE001  # whatever it is, it is raised again where the answer is awaited
                back.put((number, None, error))
