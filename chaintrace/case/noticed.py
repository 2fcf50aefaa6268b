"""What is said to the person who ran a trace, beside its report: it changes no figure."""

import shlex
from collections.abc import Iterator
from pathlib import Path

from chaintrace.case.assembly import Question, idle_limits
from chaintrace.case.return_addresses import of_others
from chaintrace.case.rooms import REPORT, Rooms
from chaintrace.case.unnamed_tokens import unnamed
from chaintrace.report import Inputs


def noticed(question: Question, rooms: Rooms, inputs: Inputs, target: Path) -> Iterator[str]:
    """A sentence for each thing that changes nothing, or is meant otherwise, perhaps, than it is read.

    `target` is the folder to which the report goes.
    """
    config = question.config
    yield from idle_limits(config.limits, rooms.view)
    yield from map(str, unnamed(rooms.ground.held))
    yield from of_others(config.seeds, inputs.traces.values())
    left = [method for method in config.methods if method not in question.methods]
    if left and target == config.folder / REPORT:
        yield (
            f"the report in {target} now holds {_list(question.methods)} alone, and the case asks for {_list(left)} "
            f"too: `chaintrace trace {shlex.quote(str(config.folder))}` makes it whole again"
        )


def _list(names: tuple[str, ...] | list[str]) -> str:
    """`fifo`, `fifo and lifo`, `fifo, lifo and libr`."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
