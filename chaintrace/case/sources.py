"""The `[[source]]` entries of a case, and lists of addresses."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from chaintrace.adapters import ADAPTERS, NETWORK
from chaintrace.adapters.interface import SourceSpec
from chaintrace.adapters.network import Endpoint
from chaintrace.addresses import family, normalise
from chaintrace.case.endpoints import read_endpoint
from chaintrace.case.table import Table, nearest, shown
from chaintrace.errors import InputError
from chaintrace.private_keys import refuse_file

KEYS = ("adapter", "path", "url", "complete", "chain", "reach")
ROWS_APART = 10**9
"""How far apart the row numbers of two files of one chain begin (M1): more than a file has rows."""

COMING: tuple[str, ...] = ()
"""Network adapters of other chains, which are not part of this version."""


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file that a case names: where it is, and how a report shows it (the path from the case's folder)."""

    path: Path
    shown: str


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources of a case: files and networks, each in the order of the case, and the address lists of the files.

    `chains` are theirs, each once, in the order of the case.
    """

    files: tuple[SourceSpec, ...]
    networks: tuple[Endpoint, ...]
    lists: tuple[NamedFile, ...]
    chains: tuple[str, ...]


def read_sources(entries: Sequence[Table]) -> Sources:
    """The sources of a case. Raises InputError with the line."""
    specs: list[SourceSpec] = []
    endpoints: list[Endpoint] = []
    lists: list[NamedFile] = []
    chains: list[str] = []
    for entry in entries:
        entry.only(KEYS)
        name = adapter_name(entry)
        chain = chain_name(entry)
        if name in NETWORK:
            made = read_endpoint(entry, name, chain)
            if any((made.adapter, made.chain, made.url) == (one.adapter, one.chain, one.url) for one in endpoints):
                raise entry.error("the same source stands twice: remove one", "url")
            endpoints.append(made)
        else:
            specs.append(_file(entry, name, chain, chains.count(chain), lists))
        chains.append(chain)
    return Sources(tuple(specs), tuple(endpoints), tuple(lists), tuple(dict.fromkeys(chains)))


def _file(entry: Table, adapter: str, chain: str, earlier: int, lists: list[NamedFile]) -> SourceSpec:
    """A source that is a file; a list that it names is added to `lists`. `earlier` sources are of the same chain."""
    if "reach" in entry.values:
        raise entry.error(f"reach: the adapter {adapter!r} reads a file, which nobody is asked for: remove it", "reach")
    path, path_shown = _path(entry, adapter)
    complete, named = _complete(entry, adapter, chain)
    lists += [named] if named else []
    return SourceSpec(adapter, chain, path.absolute(), path_shown, complete, earlier * ROWS_APART)


def adapter_name(entry: Table) -> str:
    """The adapter of an entry. Raises InputError for one that is not there."""
    name = entry.text("adapter")
    if name in COMING:
        sentence = f"the adapter {name!r} is not part of this version: use {', '.join((*ADAPTERS, *NETWORK))}"
        raise entry.error(sentence, "adapter")
    if name not in ADAPTERS and name not in NETWORK:
        every = (*ADAPTERS, *NETWORK)
        raise entry.error(
            f"unknown adapter {shown(name)}{nearest(name, every)}: there are {', '.join(every)}", "adapter"
        )
    return name


def chain_name(entry: Table) -> str:
    """The chain of an entry: any name without spaces or colons. Raises InputError."""
    chain = entry.text("chain")
    if ":" in chain or chain != chain.strip():
        raise entry.error(f"chain is {shown(chain)}: a chain's name has no colon and no spaces round it", "chain")
    return chain


def _path(entry: Table, adapter: str) -> tuple[Path, str]:
    if "url" in entry.values:
        raise entry.error(f"url: the adapter {adapter!r} reads a file: name it with path", "url")
    return entry.file("path", folder=not ADAPTERS[adapter].needs_complete)


def _complete(
    entry: Table,
    adapter: str,
    chain: str,
) -> tuple[Literal["all"] | frozenset[str] | None, NamedFile | None]:
    """For which addresses a file holds every movement, and the list that says so."""
    needed = ADAPTERS[adapter].needs_complete
    if "complete" not in entry.values:
        if needed:
            sentence = (
                f"complete is missing: say for which addresses {shown(entry.values['path'])} holds every movement, "
                'with "all" or the name of a file with one address a line'
            )
            raise entry.error(sentence)
        return None, None
    if entry.text("complete") == "all":
        return ("all" if needed else None), None
    if not needed:
        raise entry.error(f"complete: the adapter {adapter!r} covers every address by itself: remove it", "complete")
    path, path_shown = entry.file("complete")
    return read_addresses(path, chain), NamedFile(path, path_shown)


def read_addresses(path: Path, chain: str) -> frozenset[str]:
    """The addresses of a file with one a line; empty lines and lines that begin with # are passed over.

    On a known chain a comment may follow the address. Raises InputError with file and line.
    """
    try:
        refuse_file(path)
        lines = path.read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise InputError("the file is not UTF-8: save it as UTF-8, one address a line", path=path) from error
    except OSError as error:
        raise InputError(f"the file cannot be read ({error.strerror}): correct the path", path=path) from error
    found: set[str] = set()
    for number, content in enumerate(lines, 1):
        text = content.strip()
        if family(chain) is not None:
            text = text.partition("#")[0].strip()
        if not text or text.startswith("#"):
            continue
        try:
            found.add(normalise(chain, text))
        except ValueError as error:
            raise InputError(f"{error}: correct or remove it", path=path, line=number) from error
    return frozenset(found)
