"""The files of data/: from the wheel (`chaintrace/_data`) or from the checkout (`data/` beside the package)."""

import tomllib
from collections.abc import Collection, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import Any

from chaintrace.errors import InputError


def data() -> Traversable:
    """The folder of shipped data. Raises InputError when neither a wheel nor a checkout brings it."""
    packed = files("chaintrace") / "_data"
    if packed.is_dir():
        return packed
    checkout = Path(__file__).resolve().parent.parent / "data"
    if checkout.is_dir():
        return checkout
    raise InputError("the data that ships with chaintrace is absent from this installation: install the wheel again")


def resource(name: str) -> Traversable:
    """One file or folder of data/, by its path with `/`. Raises InputError when it is absent."""
    found = data()
    for part in name.split("/"):
        found = found / part
    if not (found.is_file() or found.is_dir()):
        raise InputError(f"{name} is absent from the data that ships with chaintrace: install it again")
    return found


def read_bytes(name: str) -> bytes:
    """The bytes of one shipped file. Raises InputError when it is absent."""
    return resource(name).read_bytes()


def read_text(name: str) -> str:
    """The text of one shipped file (UTF-8). Raises InputError when it is absent."""
    return read_bytes(name).decode("utf-8")


@cache
def read_table(name: str) -> Mapping[str, Any]:
    """One shipped file of TOML, read once: nobody changes it. Raises InputError when it is absent."""
    return MappingProxyType(tomllib.loads(read_text(name)))


def names(folder: str) -> tuple[str, ...]:
    """The names of the folders inside a shipped folder, sorted."""
    return tuple(sorted(entry.name for entry in resource(folder).iterdir() if entry.is_dir()))


def copy_files(source: Traversable, target: Path, leave_out: Collection[str] = ()) -> None:
    """Write the files of a shipped folder, not its folders, to `target`; those that stand there are written anew.

    Raises OSError when a file cannot be written.
    """
    target.mkdir(parents=True, exist_ok=True)
    for entry in source.iterdir():
        if entry.is_file() and entry.name not in leave_out:
            (target / entry.name).write_bytes(entry.read_bytes())
