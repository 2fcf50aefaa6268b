"""On what the numbers were measured: processor, cores, memory, Python, the day, and how busy the machine was."""

import os
import platform
import time
from datetime import UTC, datetime
from pathlib import Path

_LOOK = 2.0
"""Seconds for which it is looked at what others do."""


def machine() -> str:
    """Sentences for the page. Takes two seconds, in which this process does nothing."""
    cores, day = len(os.sched_getaffinity(0)), datetime.now(UTC).date().isoformat()
    system = f"{platform.system()}, Python {platform.python_version()}"
    return f"Measured on {day} on {_processor()}, {cores} cores, {_memory()} of memory, {system}. {_others()}"


def _others() -> str:
    """How busy others kept the machine while this process slept."""
    busy_before, all_before = _ticks()
    time.sleep(_LOOK)
    busy, whole = _ticks()
    if whole <= all_before:
        return "How busy others kept the machine is not known."
    share = 100 * (busy - busy_before) // (whole - all_before)
    told = f"In the {_LOOK:.0f} seconds before it began, others took {share} % of the processors' time"
    return f"{told}." if share < 10 else f"{told}: the machine was shared, and times are longer than on an idle one."


def _ticks() -> tuple[int, int]:
    """Ticks of all processors since the system began: busy ones, and all (`man 5 proc_stat`)."""
    try:
        ticks = [int(word) for word in Path("/proc/stat").read_text("ascii").split("\n", 1)[0].split()[1:9]]
    except OSError:
        return 0, 0
    idle = ticks[3] + ticks[4]
    return sum(ticks) - idle, sum(ticks)


def _line(path: str, key: str) -> str:
    """The value of the first `key : value` line of a file of the system, `""` where there is none."""
    try:
        lines = Path(path).read_text("utf-8").splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(key)), "")


def _processor() -> str:
    return _line("/proc/cpuinfo", "model name") or platform.processor() or platform.machine()


def _memory() -> str:
    kilobytes = _line("/proc/meminfo", "MemTotal").removesuffix(" kB")
    return f"{int(kilobytes) / 1024**2:.0f} GiB" if kilobytes.isdecimal() else "an unknown amount"
