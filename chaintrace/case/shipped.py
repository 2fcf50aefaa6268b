"""The real cases that ship with the package, written to a folder of one's own."""

from pathlib import Path

from chaintrace import resources
from chaintrace.case import lock, log
from chaintrace.case.result import Case
from chaintrace.case.rooms import STORE
from chaintrace.errors import InputError, OutputError

CASES = "cases"


def demo_case(name: str, folder: Path | str | None = None) -> Case:
    """Write a real case that ships with chaintrace to a folder, and open it. Nothing is fetched.

    Left out, the folder is `demo/NAME`, as `chaintrace demo` makes it. What stands in it is written
    anew, but for what runs have made. Raises InputError for a name that no shipped case has; OutputError.

        >>> import chaintrace as ct
        >>> case = ct.demo_case("tron-usdt")
        >>> case.config.chains
        ('tron',)
    """
    if name not in resources.names(CASES):
        raise InputError(f"no case {name!r} ships: there are {', '.join(resources.names(CASES))}")
    path = Path("demo", name) if folder is None else Path(folder)
    made_by_runs = (lock.FILE_NAME, log.FILE_NAME, STORE)
    try:
        resources.copy_files(resources.resource(f"{CASES}/{name}"), path, made_by_runs)
    except OSError as error:
        raise OutputError(f"{path} cannot be written ({error.strerror}): choose another folder") from error
    return Case(path)
