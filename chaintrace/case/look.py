"""Facts without a case: a file that is named on the command line, opened to be looked at."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from chaintrace.adapters import ADAPTERS, NETWORK
from chaintrace.adapters.interface import Adapter, SourceSpec
from chaintrace.adapters.transport.redaction import without_credentials
from chaintrace.case import lock
from chaintrace.case.chain_words import meant
from chaintrace.case.config import FILE_NAME, load
from chaintrace.case.digests import Digests
from chaintrace.case.log import Clock
from chaintrace.case.opening import open_view
from chaintrace.case.recognised import network
from chaintrace.case.rooms import opened
from chaintrace.case.table import nearest, shown
from chaintrace.case.view import CaseView
from chaintrace.errors import InputError
from chaintrace.model.transaction import Transaction
from chaintrace.store import MemoryStore

SUFFIXES = {".csv": "transfers-csv", ".jsonl": "transactions-jsonl", ".jsonl.gz": "transactions-jsonl"}
"""Ends of file names, and the adapter that reads such a file."""


@dataclass(frozen=True, slots=True)
class Named:
    """A source named on the command line: `[ADAPTER=]PATH`. A folder with case.toml is a whole case."""

    adapter: str
    path: Path

    @property
    def is_case(self) -> bool:
        """Whether it is a case's folder."""
        return is_case(self.path)


def is_case(path: Path) -> bool:
    """Whether a path is a case's folder."""
    return (path / FILE_NAME).is_file()


def named(text: str, *, or_url: bool = False) -> Named:
    """Read `[ADAPTER=]PATH`. Raises InputError for a URL, an unknown adapter, and a path that is not there.

    `or_url` says that a url could have stood there as well.
    """
    adapter, separator, rest = text.partition("=")
    if not separator or not (adapter in ADAPTERS or _is_word(adapter)):
        adapter, rest = "", text
    if "://" in rest or adapter in NETWORK:
        raise InputError(f"{shown(without_credentials(text))} is asked over the network: give the path of a file here")
    if adapter and adapter not in ADAPTERS:
        raise InputError(f"there is no adapter {shown(adapter)}{nearest(adapter, ADAPTERS)}: there are {_all()}")
    path = Path(rest)
    if not rest or not path.exists():
        also = " of --from, or give a url with http://" if or_url else ""
        raise InputError(f"{shown(rest)} does not exist: correct the path{also}")
    return Named(adapter or ("" if is_case(path) else guessed(path)), path)


def _is_word(text: str) -> bool:
    return text.replace("-", "").isalnum() and not Path(text).exists()


def _all() -> str:
    return ", ".join(ADAPTERS)


def guessed(path: Path) -> str:
    """The adapter for a path, by the end of its name. Raises InputError when the name does not say."""
    name = path.name.lower()
    if path.is_dir():
        if any(any(folder.glob("blk*.dat")) for folder in (path, path / "blocks")):
            return "blocks"
        raise InputError(
            f"{path} is a folder, with no case.toml and no blk*.dat in it: name one file, or a case's folder"
        )
    if name.endswith((".dat", ".blk", ".raw")):
        return "blocks"
    for suffix, adapter in SUFFIXES.items():
        if name.endswith(suffix):
            return adapter
    raise InputError(f"what kind of file {shown(path.name)} is cannot be told: write ADAPTER=PATH with one of {_all()}")


def chain_of(source: Named, chain: str | None) -> str:
    """The chain that is asked about: the one that is said, the only one of a case, the network of a file of Bitcoin.

    Raises InputError where none of these tells it.
    """
    if source.is_case and chain is not None:
        chains = load(source.path).chains
        if chain not in chains:
            raise InputError(
                f"{source.path} has no {shown(chain)}{meant(chain, chains)}: its chains are {', '.join(chains)}"
            )
    if chain is not None:
        return chain
    if source.is_case:
        chains = load(source.path).chains
        if len(chains) == 1:
            return chains[0]
        raise InputError(f"{source.path} holds several chains: add --chain with one of {', '.join(chains)}")
    if source.adapter == "transfers-csv":
        raise InputError("a file of transfers does not say which chain is meant: add --chain")
    return network(source.adapter, source.path)


@contextmanager
def look(
    source: Named, chain: str, clock: Clock, adapters: Mapping[str, Adapter] = MappingProxyType(ADAPTERS)
) -> Iterator[CaseView]:
    """A view over one named source, or over a case with its tags. What it needs on the way is removed afterwards.

    `adapters` open a file that is no case's. Raises InputError, AdapterError, and OutputError for a case that cannot be
    written.
    """
    if source.is_case:
        with lock.hold(source.path), opened(load(source.path), clock) as rooms:
            yield rooms.view
        return
    if source.adapter not in adapters:
        raise InputError(f"the adapter {shown(source.adapter)} is not part of this version: there are {_all()}")
    if adapters[source.adapter].needs_complete and source.path.is_dir():
        raise InputError(f"{source.path} is a folder: the adapter {source.adapter} reads a file")
    complete: frozenset[str] | None = frozenset() if adapters[source.adapter].needs_complete else None
    spec = SourceSpec(source.adapter, chain, source.path.absolute(), source.path.as_posix(), complete)
    with tempfile.TemporaryDirectory(prefix="chaintrace-", ignore_cleanup_errors=True) as cache:
        yield open_view([spec], Digests(), MemoryStore(), Path(cache), adapters)


def everything(view: CaseView, chain: str) -> Iterator[Transaction]:
    """Every transaction of a chain that the sources hold: first of those read whole, then of those that are asked."""
    for transaction in view.facts.transactions(chain):
        yield whole(view, transaction)
    for source in view.lookups.get(chain, ()):
        for transaction in source.transactions():
            yield whole(view, transaction)


def whole(view: CaseView, transaction: Transaction) -> Transaction:
    """A transaction with what all sources know of its inputs."""
    found = view.transaction(transaction.chain, transaction.txid)
    return found if isinstance(found, Transaction) else transaction
