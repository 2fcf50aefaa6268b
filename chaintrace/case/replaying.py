"""`chaintrace replay`: the case of a package made again from its raw answers alone, traced without a network, compared.

By the version that made the package the report must be the same, byte for byte. By another one the tables and
trace.json must say the same, but for the versions that they name.
"""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

from chaintrace.adapters.bitcoin.blocksource import ADAPTER as BLOCKS
from chaintrace.case import log
from chaintrace.case.access import NETWORK
from chaintrace.case.config import load
from chaintrace.case.differences import differences
from chaintrace.case.log import Clock
from chaintrace.case.result import Result, open_case
from chaintrace.case.rooms import ARCHIVE, REPORT
from chaintrace.case.rules import Observer, nobody
from chaintrace.errors import InputError, OutputError
from chaintrace.evidence import verify_facts
from chaintrace.evidence.package import parents

ACQUIRED, METHOD = "data/acquisition.csv", "data/method.json"


class Files(Protocol):
    """The files of a package, as its verifier reads them; each method raises Wrong for what it should not hold."""

    def names(self) -> Sequence[str]:
        """Every file, by its name."""
        ...

    def read(self, name: str) -> bytes:
        """The bytes of a file."""
        ...

    def raw(self, sha256: str) -> bytes | None:
        """The raw bytes with that digest; None where the package does not hold them."""
        ...

    def table(self, name: str) -> Sequence[dict[str, str]]:
        """The rows of a CSV file."""
        ...


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of a replay: the report that was made, how it differs from the packed one, and by which version.

    `same_version` is whether this version of chaintrace made the package.
    """

    result: Result
    differences: tuple[str, ...]
    packed_by: str
    same_version: bool


def replay(package: Path, target: Path, clock: Clock, observer: Observer = nobody) -> Replayed:
    """Make the case of a package again in a new folder, trace it without a network, and compare the reports.

    Raises InputError where something stands at `target`, and where the package lacks what the case reads; AdapterError
    where it lacks an answer; OutputError.
    """
    if target.exists() or target.is_symlink():
        raise InputError(f"{target} stands already: a replay needs a new folder; choose another name")
    files: Files = verify_facts.Package(package)  # type: ignore[no-untyped-call]  # the verifiers are plain Python
    try:
        packed_by = str(json.loads(files.read(METHOD))["tool_version"])
        _made_again(files, target)
    except (verify_facts.Wrong, ValueError, KeyError, TypeError, AttributeError, FileNotFoundError) as error:
        raise InputError(f"{package} cannot be replayed ({error}): check it with `chaintrace verify`") from error
    except OSError as error:
        raise OutputError(
            f"{target} cannot be written ({error.strerror}): make room, or choose another place"
        ) from error
    shut = {NETWORK: "none"}
    result = open_case(target).follow(offline=True, environment=shut, clock=clock, observer=observer)
    same = packed_by == version("chaintrace")
    found = differences(package / "data" / REPORT, target / REPORT, exact=same)
    return Replayed(result, tuple(found), packed_by, same)


def _made_again(files: Files, target: Path) -> None:
    """The case in its folder, of which nothing is left where the package lacks something of it."""
    rows = files.table(ACQUIRED)
    if any(row["adapter"] == BLOCKS for row in rows):
        raise InputError(
            "a package holds of files of raw blocks the blocks that answered, and not the files: a case over them "
            "cannot be replayed; check its proofs with `chaintrace verify`, or trace it from the files themselves"
        )
    target.mkdir(parents=True)
    try:
        _rebuilt(files, rows, target)
        _replayable(target, rows)
    except BaseException:
        shutil.rmtree(target)
        raise


def _rebuilt(files: Files, rows: Sequence[dict[str, str]], target: Path) -> None:
    """Write the case's folder: its files, its archive, and its log as it stood when it was packed."""
    archive = target / ARCHIVE
    lines = []
    for row in rows:
        if row["in_package"] == "yes":
            lines.append(_kept(files, row, archive))
            if list(parents([row["request"]])):
                _place(archive, row["sha256"], target / row["request"], row["adapter"])
    (archive / "index.jsonl").write_bytes(b"".join(lines))
    _as_traced(files, archive, target)
    for name in files.names():
        if name.startswith(("data/case/", "data/logs/")):
            place = target / name.removeprefix("data/case/").removeprefix("data/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(files.read(name))
    (target / log.FILE_NAME).write_bytes(files.read("data/log.jsonl"))


def _kept(files: Files, row: dict[str, str], archive: Path) -> bytes:
    """Put a raw answer into the archive; its line of the index. Raises Wrong where its bytes are others."""
    digest = row["sha256"]
    content = files.raw(digest)
    if content is None or sha256(content).hexdigest() != digest:
        raise verify_facts.Wrong(f"the raw answer {digest} is missing or altered")
    place = archive / "raw" / digest[:2] / digest
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    line: dict[str, str | int] = {"sha256": digest, "adapter": row["adapter"], "request": row["request"]}
    line |= {"retrieved_at": row["retrieved_at"], "size": len(content)}
    return json.dumps(line, ensure_ascii=False).encode() + b"\n"


def _place(archive: Path, digest: str, place: Path, adapter: str) -> None:
    """Put a file that the case read where the case names it. A request over a network is no path."""
    if adapter in FILES and not place.is_dir():
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(archive / "raw" / digest[:2] / digest, place)


FILES = frozenset({"file", "transfers-csv", "transactions-jsonl", "prices-csv", "ecb"})
"""The adapters whose request is the path of a file."""


def _as_traced(files: Files, archive: Path, target: Path) -> None:
    """Of a source that changed since it was first read, the bytes that the report names."""
    told = json.loads(files.read("data/report/trace.json"))
    for source in told.get("inputs", ()):
        digest, path = source.get("sha256") or "", source.get("path") or ""
        if digest and (archive / "raw" / digest[:2] / digest).is_file() and list(parents([path])):
            _place(archive, digest, target / path, str(source.get("adapter")))


def _replayable(target: Path, rows: Sequence[dict[str, str]]) -> None:
    """Raise InputError where the package cannot hold what the case reads."""
    try:
        config = load(target)
    except InputError as error:
        raise InputError(
            f"the package does not hold all that its case reads ({error.sentence}): keep the files of a case inside "
            "its folder, and pack it again"
        ) from error
    if config.networks and any(row["in_package"] != "yes" for row in rows):
        count = sum(row["in_package"] == "yes" for row in rows)
        raise InputError(
            f"the package holds {count} of the {len(rows)} raw answers of its case, and a case that asked a network "
            "cannot be replayed from a part of them: pack it with `chaintrace evidence --all-answers`"
        )
