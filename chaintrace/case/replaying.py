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

from chaintrace.case import log
from chaintrace.case.access import NETWORK
from chaintrace.case.config import load
from chaintrace.case.differences import differences
from chaintrace.case.log import Clock
from chaintrace.case.repinning import repinned
from chaintrace.case.result import Trace, open_case
from chaintrace.case.rooms import ARCHIVE, REPORT
from chaintrace.case.rules import Observer, nobody
from chaintrace.errors import InputError, OutputError
from chaintrace.evidence import verify_bag, verify_facts
from chaintrace.evidence.own_files import PATHS
from chaintrace.evidence.package import parents

ACQUIRED, METHOD, TOLD = "data/acquisition.csv", "data/method.json", "data/told/"
MOST_FOLLOWS = 20
"""How often a replay follows a case whose report is not yet the packed one, at most: each time is a whole trace."""


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

    `same_version` is whether this version of chaintrace made the package. `rounds` is how often the case was followed,
    and `ended` why it was not followed once more; empty where the reports are the same.
    """

    result: Trace
    differences: tuple[str, ...]
    packed_by: str
    same_version: bool
    rounds: int = 1
    ended: str = ""


def replay(package: Path, target: Path, clock: Clock, observer: Observer = nobody) -> Replayed:
    """Make the case of a package again in a new folder, trace it without a network, and compare the reports.

    Raises InputError where something stands at `target`, and where the package lacks what the case reads; AdapterError
    where it lacks an answer; OutputError.
    """
    if target.exists() or target.is_symlink():
        raise InputError(f"{target} stands already: a replay needs a new folder; choose another name")
    files: Files = verify_facts.Package(package)  # type: ignore[no-untyped-call]  # the verifiers are plain Python
    try:
        method = json.loads(files.read(METHOD))
        if reason := verify_bag.refused(method):  # type: ignore[no-untyped-call]  # as above
            raise InputError(f"{package} cannot be replayed: {reason}")
        packed_by, backward = str(method["tool_version"]), method.get("backward") is True
        other_rules = _made_again(files, target)
    except (verify_facts.Wrong, ValueError, KeyError, TypeError, AttributeError, FileNotFoundError) as error:
        raise InputError(f"{package} cannot be replayed ({error}): check it with `chaintrace verify`") from error
    except OSError as error:
        raise OutputError(
            f"{target} cannot be written ({error.strerror}): make room, or choose another place"
        ) from error
    try:
        return _traced(package, target, backward=backward, packed_by=packed_by, told=other_rules, run=(clock, observer))
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise


def _traced(  # each is one thing that it rests on
    package: Path, target: Path, *, backward: bool, packed_by: str, told: tuple[str, ...], run: tuple[Clock, Observer]
) -> Replayed:
    """Trace the case that was made again, and compare. `told` are differences that are known before."""
    clock, observer = run
    shut = {NETWORK: "none"}
    same, times, before, ended = packed_by == version("chaintrace"), _follows(target), "", ""
    for number in range(1, min(times, MOST_FOLLOWS) + 1):  # budgets are of one run: what several fetched, one does not
        observer("replaying, round", number, min(times, MOST_FOLLOWS))
        result = open_case(target).follow(
            backward=backward, offline=True, environment=shut, clock=clock, observer=observer
        )
        found = tuple(differences(package / "data" / REPORT, target / REPORT, exact=same))
        now = _reached(target)
        if not found:
            break
        if now == before and not _was_cut_short(target):
            ended = "the round before came to the same report, and no budget ended this one"
            break
        before = now
    else:
        ended = f"the case was followed {_times(times)}" if times <= MOST_FOLLOWS else f"{MOST_FOLLOWS} are the most"
    return Replayed(result, (*told, *found), packed_by, same, number, ended)


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def _follows(target: Path) -> int:
    """How often the case was followed, by its log; at least once."""
    return max(sum(entry.action == "follow" for entry in log.read(target)), 1)


def _reached(target: Path) -> str:
    """The digest of the report of a round."""
    found = sha256()
    for path in sorted((target / REPORT).iterdir()):
        found.update(path.name.encode() + b"\0" + sha256(path.read_bytes()).digest())
    return found.hexdigest()


def _was_cut_short(target: Path) -> bool:
    """Whether the last follow ended early, by its log: the next one finds what this one had no budget for."""
    last = next((entry.details for entry in reversed(log.read(target)) if entry.action == "follow"), {})
    return bool(last.get("reasons"))


def _made_again(files: Files, target: Path) -> tuple[str, ...]:
    """The case in its folder, of which nothing is left where the package lacks something of it.

    Gives a sentence for each rule that is installed in another version than the package pins.
    """
    rows = files.table(ACQUIRED)
    target.mkdir(parents=True)
    try:
        told = _rebuilt(files, rows, target)
        _replayable(target, rows)
    except BaseException:
        shutil.rmtree(target)
        raise
    return told


def _rebuilt(files: Files, rows: Sequence[dict[str, str]], target: Path) -> tuple[str, ...]:
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
    for name in files.names():
        if name.startswith(TOLD):
            _told(files.read(name), target)
    content, told = repinned(files.read("data/log.jsonl"))
    (target / log.FILE_NAME).write_bytes(content)
    return told


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
    if adapter in PATHS and not place.is_dir():
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(archive / "raw" / digest[:2] / digest, place)


def _told(content: bytes, target: Path) -> None:
    """Put the list of what files of blocks told where the case names these files: it answers in their place."""
    path = str(json.loads(content.split(b"\n", 1)[0])["path"])
    if list(parents([path])) and not (target / path).exists():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_bytes(content)


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
            "cannot be replayed from a part of them: pack it without --traced-answers"
        )
