"""Programs that exports are opened with, run in the environment of their own that `make programs` makes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.conftest import absent

HERE = Path(__file__).parent


def answer(script: str, told: object) -> Any:  # what a program says has the shape that its script gives it
    """What a script of this folder says of `told`, both as JSON. Where the programs are not installed, it skips."""
    python = Path(sys.prefix, "programs", "bin", "python")
    if not python.exists():
        absent("the environment of the programs", "run `make programs`")
    done = subprocess.run(
        [python, "-W", "error", HERE / script], input=json.dumps(told), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return json.loads(done.stdout)
