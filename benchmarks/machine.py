"""On what the numbers were measured: processor, cores, memory, Python, the day, and how busy the machine was."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path


def machine() -> str:
    """One sentence for the page."""
    cores, day = len(os.sched_getaffinity(0)), datetime.now(UTC).date().isoformat()
    load = os.getloadavg()[0]
    busy = (
        f"When it began, {load:.1f} processes were already running on average: the machine was shared, and single "
        "times are longer than on an idle one."
        if load > 0.5
        else "Nothing else was running when it began."
    )
    system = f"{platform.system()}, Python {platform.python_version()}"
    return f"Measured on {day} on {_processor()}, {cores} cores, {_memory()} of memory, {system}. {busy}"


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
