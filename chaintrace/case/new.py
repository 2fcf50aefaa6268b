"""A new case: a folder with a commented case.toml, and the first line of its log."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TypeAlias

from chaintrace.adapters import ADAPTERS
from chaintrace.adapters.network import Endpoint
from chaintrace.case import lock, log
from chaintrace.case.config import FILE_NAME
from chaintrace.case.log import Clock
from chaintrace.case.rooms import made
from chaintrace.errors import InputError, OutputError

TEMPLATE = """\
# What chaintrace is asked. docs/case-file.md explains every key. Paths are relative to this file.

[case]
name = "A name for the report"
methods = ["fifo", "lifo", "libr", "haircut"]   # the first is the report's main one

[[source]]                      # one or more, of files and of networks; docs/sources.md says which to choose
adapter = "transfers-csv"       # a file; or transactions-jsonl, receipts-jsonl, blocks
path = "transfers.csv"
complete = "addresses.txt"      # for which addresses the file holds every movement: "all", or a file, one a line
chain = "tron"

# [[source]]                    # a network: no path and no complete, but a url
# adapter = "trongrid"          # TRON: trongrid, tronscan, tron-node. Bitcoin: bitcoin-core, electrum, esplora.
# url = "https://api.trongrid.io"   # Ethereum and its like: evm-rpc, etherscan, blockscout, routescan
# chain = "tron"                # keys never stand here: CHAINTRACE_TRONGRID_KEY in the environment

[[seed]]                        # one for each payment to follow
chain = "tron"
txid = "the payment's txid"
# index = 0                     # which output or transfer, where there are several; as `chaintrace show` names it
# origin = "payment A"          # what the report calls its value; the txid when left out
# victim_addresses = []         # value that reaches them counts as returned

[[tags]]                        # who is said to control an address: here the small list that ships
builtin = "core"                # pinned into this folder at the first trace

# [[tags]]
# path = "tags.csv"             # chain,address,label,actor,category,confidence,source,lastmod; or a TagPack (.yaml)

# [[tags]]
# store = true                  # your own lists, which `chaintrace tags import` keeps; what is used is pinned here

[rules]
use = ["*"]                     # [] switches every rule off
# off = []

[limits]                        # all optional
# max_hops = 30
# max_transactions = 20000
# min_value = { "tron:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t" = "1000000" }   # base units
# min_tag_confidence = 0
# until = 2023-01-01T00:00:00Z

# [authority]                   # who asks for a freeze: `chaintrace freeze` leaves a blank for what is not here
# agency = "name of the authority"
# case_number = "the case's number"   # docs/freeze.md explains every key

# [clock]                       # dates with a time zone
# reported = 2026-01-01T00:00:00Z
# time_zone = "Asia/Shanghai"

# [follow]                      # of cases with network sources
# max_requests = 20000          # questions put to sources in one run
# max_transactions = 20000
# max_seconds = 900
# min_value = { "tron:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t" = "1000000" }   # less than that is not asked for
# workers = 8                   # requests under way at once
# depth = 6                     # left out: 6 on Bitcoin; on account chains what the source calls final

# [method]
# libr_between = "pro_rata"     # or "fifo"
# pool = "address"              # or "wallet", with [[wallet]] name and addresses
"""

MADE = "# Made by `chaintrace trace TXID`."
"""How a case.toml begins that a command line describes."""

NOTHING_DECLARED = "# Nothing is declared: no address here has all of its movements in the source.\n"


@dataclass(frozen=True, slots=True)
class QuickSource:
    """A source named on the command line: its adapter, its path, and what is declared complete (`all`, a file)."""

    adapter: str
    path: Path
    complete: str = ""


def new(folder: Path, clock: Clock, files: Mapping[str, str] | None = None) -> Path:
    """Make a case in `folder` with these files (default: the commented template) and begin its log.

    Returns the path of case.toml. Raises InputError when there is a case already, OutputError when the folder cannot
    be written.
    """
    path = folder / FILE_NAME
    if path.exists():
        raise InputError(f"{folder} holds a case already: choose another folder")
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file: choose another folder")
    if there := [name for name in files or () if (folder / name).exists()]:
        raise InputError(f"{folder / there[0]} stands already and would be lost: choose another folder")
    made(folder)
    try:
        for name, text in (files or {FILE_NAME: TEMPLATE}).items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise OutputError(f"{path} cannot be written ({error.strerror}): choose another folder") from error
    with lock.hold(folder) as held:
        held.remember(log.append(folder, "new", {"version": version("chaintrace")}, clock))
    return path


Quick: TypeAlias = QuickSource | Sequence[Endpoint]
"""What a command line names as a source: a file, or networks in their order."""


def quick_files(txid: str, index: str | None, chain: str, source: Quick, folder: Path) -> dict[str, str]:
    """The files of a case that a command line describes: one seed, one file or several networks.

    Without a declaration the case declares nothing complete: what arrives is then not followed further than spends.
    """
    lines = [
        f"{MADE} docs/case-file.md explains every key.",
        "",
        "[case]",
        f"name = {quoted(f'Transaction {txid}')}",
    ]
    files: dict[str, str] = {}
    if isinstance(source, QuickSource):
        more, files = _file_lines(chain, source, folder)
        lines += more
    else:
        lines += [line for one in source for line in _network_lines(one)]
    lines += ["", "[[seed]]", f"chain = {quoted(chain)}", f"txid = {quoted(txid)}"]
    if index is not None:
        lines.append(f"index = {quoted(index)}")
    lines += ["", "[[tags]]", 'builtin = "core"']
    return {FILE_NAME: "\n".join([*lines, ""]), **files}


def _file_lines(chain: str, source: QuickSource, folder: Path) -> tuple[list[str], dict[str, str]]:
    """The `[[source]]` of a file, and the list of complete addresses that it needs."""
    path = quoted(relative(source.path, folder))
    lines = ["", "[[source]]", f"adapter = {quoted(source.adapter)}", f"path = {path}", f"chain = {quoted(chain)}"]
    files: dict[str, str] = {}
    if ADAPTERS[source.adapter].needs_complete:
        complete = source.complete
        if not complete:
            complete = "addresses.txt"
            files[complete] = NOTHING_DECLARED
        elif complete != "all":
            complete = relative(Path(complete), folder)
        lines.append(f"complete = {quoted(complete)}")
    return lines, files


def _network_lines(one: Endpoint) -> list[str]:
    """The `[[source]]` of a network."""
    named = (("adapter", one.adapter), ("url", one.url), ("chain", one.chain))
    return ["", "[[source]]", *(f"{key} = {quoted(value)}" for key, value in named)]


def again(folder: Path, text: str, clock: Clock) -> None:
    """Write case.toml anew with another question about the same payment, or another source. What was fetched stays.

    Raises InputError for an altered log, OutputError when the folder cannot be written.
    """
    with lock.hold(folder) as held:
        entries = log.verify(folder / log.FILE_NAME, held.head())
        try:
            (folder / FILE_NAME).write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise OutputError(f"{folder / FILE_NAME} cannot be written ({error.strerror}): check its rights") from error
        writer = log.Writer(folder, clock, log.head_of(entries))
        held.remember(writer.append("asked anew", {"version": version("chaintrace")}))


def relative(path: Path, folder: Path) -> str:
    """A path as case.toml in `folder` names it, with `/`; the whole path where no relative one leads there."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:
        return path.resolve().as_posix()


def quoted(text: str) -> str:
    """A text as a TOML string."""
    escaped = "".join(
        f"\\u{ord(char):04x}" if ord(char) < 32 or ord(char) == 127 else char
        for char in text.replace("\\", "\\\\").replace('"', '\\"')
    )
    return f'"{escaped}"'
