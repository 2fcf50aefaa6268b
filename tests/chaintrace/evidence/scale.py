"""A package of many raw answers, measured: `python -m tests.chaintrace.evidence.scale NUMBER FOLDER`.

It prints how long sealing and verifying took, how large the package is, and the peak of the memory of each.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path

from chaintrace.case import log
from chaintrace.case.log import canonical
from chaintrace.case.result import open_case
from tests.chaintrace.evidence.packages import moment
from tests.chaintrace.small_case import small_case


def large_case(folder: Path, number: int) -> Path:
    """A small case whose archive holds `number` answers more, each with its line in the log."""
    case = small_case(folder)
    open_case(case).follow(clock=moment)
    head = log.head_of(log.read(case))
    previous, lines, records = head.hash, [], []
    for at in range(number):
        content = json.dumps({"result": f"{at:064x}", "filler": "x" * 400}).encode()
        digest = sha256(content).hexdigest()
        place = case / "archive/raw" / digest[:2] / digest
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(content)
        request = f"GET https://node.example/answer/{at}"
        record = {"sha256": digest, "adapter": "esplora", "request": request}
        records.append(json.dumps({**record, "retrieved_at": "2026-11-28T12:00:00.000000Z", "size": len(content)}))
        details = {**record, "host": "node.example", "status": 200, "bytes": len(content), "outcome": "answered"}
        body = {"number": head.number + at + 1, "time": "2026-11-28T12:00:00Z", "action": "request"}
        body |= {"details": details, "previous": previous}
        previous = sha256(canonical(body)).hexdigest()
        lines.append(canonical({**body, "hash": previous}) + b"\n")
    with (case / "log.jsonl").open("ab") as file:
        file.writelines(lines)
    with (case / "archive/index.jsonl").open("a", encoding="utf-8") as file:
        file.writelines(f"{one}\n" for one in records)
    return case


LAUNCHER = """import os, subprocess, sys
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, used = os.wait4(child.pid, 0)
print(status, used.ru_maxrss)"""
"""Starts a command from a small program: what is measured of a child begins with the memory of who starts it."""


def measured(*command: str) -> tuple[float, int, str]:
    """Seconds, and the peak of memory in MiB, of a command that must end with 0; and what it said on stderr."""
    begun = time.monotonic()
    with tempfile.TemporaryFile("w+") as said:
        started = [sys.executable, "-I", "-S", "-c", LAUNCHER, sys.executable, *command]
        ended = subprocess.run(started, stdout=subprocess.PIPE, stderr=said, text=True, check=True)
        status, peak = map(int, ended.stdout.split())
        said.seek(0)
        told = said.read()
    if status:
        raise RuntimeError(told[-500:])
    return time.monotonic() - begun, peak // 1024, told


def main() -> None:
    """Print a row for docs/evidence.md."""
    number, folder = int(sys.argv[1]), Path(sys.argv[2])
    case = large_case(folder / "case", number)
    sealing = measured("-m", "chaintrace", "evidence", str(case), "--to", str(folder / "package"))
    checking = measured("-I", str(folder / "package/verify.py"))
    for what, (seconds, peak, said) in (("sealed", sealing), ("verified", checking)):
        sys.stdout.write(f"{number} raw answers {what}: {seconds:.0f} s, at most {peak} MiB; {said[-80:]!r}\n")


if __name__ == "__main__":
    main()
