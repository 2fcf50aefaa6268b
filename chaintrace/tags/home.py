"""Where a user's own things lie: CHAINTRACE_HOME, else the folder that the platform has for the data of programs."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

HOME = "CHAINTRACE_HOME"
"""The variable of the environment that names the folder."""

STORE = "tags.sqlite"
"""The tag store's file in that folder."""


def home(environ: Mapping[str, str] | None = None, platform: str = sys.platform) -> Path:
    """The user's folder; it need not exist.

    Without the variable: `%LOCALAPPDATA%` on Windows, `~/Library/Application Support` on macOS, elsewhere
    `$XDG_DATA_HOME` or `~/.local/share` (XDG Base Directory Specification), and `chaintrace` in it.
    """
    environ = os.environ if environ is None else environ
    if environ.get(HOME):
        return Path(environ[HOME]).expanduser()
    if platform == "win32":
        local = environ.get("LOCALAPPDATA")
        return (Path(local) if local else Path.home() / "AppData" / "Local") / "chaintrace"
    if platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "chaintrace"
    shared = environ.get("XDG_DATA_HOME", "")
    # The specification: a path that is not absolute is to be ignored.
    return (Path(shared) if Path(shared).is_absolute() else Path.home() / ".local" / "share") / "chaintrace"


def store_path(environ: Mapping[str, str] | None = None) -> Path:
    """The file of the user's tags; it need not exist."""
    return home(environ) / STORE
