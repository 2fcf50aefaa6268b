"""The `[[seed]]` entries of a case, and victims.csv: where traces begin (M19-M22)."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from chaintrace.adapters.assets import txid_key
from chaintrace.adapters.cells import separator
from chaintrace.addresses import family, normalise, normalise_txid
from chaintrace.case.sources import NamedFile, chain_name
from chaintrace.case.table import Table, nearest, shown
from chaintrace.errors import InputError
from chaintrace.model.trace import Seed
from chaintrace.private_keys import refuse_file

KEYS = ("chain", "txid", "index", "origin", "victim_addresses", "path")
VICTIMS_HEADER = ("chain", "txid", "index", "origin", "return_address")
UNIDENTIFIED = "unidentified"
"""The word for value that no seed claims (M6): no origin may be called so."""


class PlacedSeed(NamedTuple):
    """A seed with the file and line where it stands, for the complaints of those who look for it."""

    seed: Seed
    path: Path
    line: int | None


def read_seeds(
    entries: Sequence[Table],
    chains: Sequence[str],
) -> tuple[tuple[PlacedSeed, ...], tuple[NamedFile, ...]]:
    """The seeds of a case in its order, and the files of victims that it names. Raises InputError with the line.

    `chains` are those of the sources: a seed on another one could not be found.
    """
    placed: list[PlacedSeed] = []
    files: list[NamedFile] = []
    for entry in entries:
        entry.only(KEYS)
        if "path" in entry.values:
            if len(entry.values) > 1:
                raise entry.error("path stands alone in its [[seed]]: the file's columns say the rest", "path")
            path, name = entry.file("path")
            files.append(NamedFile(path, name))
            placed += _victims(path, chains)
        else:
            placed.append(_seed(entry, chains))
    _refuse_twice(placed)
    return tuple(placed), tuple(files)


def read_victims(path: Path, chains: Sequence[str]) -> tuple[PlacedSeed, ...]:
    """The seeds of a file of victims, in its order. Raises InputError with file and line."""
    placed = tuple(_victims(path, chains))
    _refuse_twice(placed)
    return placed


def chains_of(path: Path) -> tuple[str, ...]:
    """The chains that a file of victims names, each once. Raises InputError with file and line."""
    return tuple(dict.fromkeys(row["chain"] for _, row in _rows(path)))


def _seed(entry: Table, chains: Sequence[str]) -> PlacedSeed:
    chain = chain_name(entry)
    if chain not in chains:
        raise entry.error(_no_source(chain, chains), "chain")
    try:
        txid = txid_of(chain, entry.text("txid"))
    except ValueError as error:
        raise entry.error(f"{error}: correct it", "txid") from error
    addresses = []
    for text in entry.texts("victim_addresses"):
        try:
            addresses.append(normalise(chain, text))
        except ValueError as error:
            raise entry.error(f"{error}: correct it", "victim_addresses") from error
    origin = entry.text("origin", txid)
    if origin.casefold() == UNIDENTIFIED:
        raise entry.error(f"origin is {origin!r}, the word for what no seed claims: choose another name", "origin")
    seed = Seed(chain, txid, _index(entry, chain), origin, frozenset(addresses))
    return PlacedSeed(seed, entry.path, entry.lines.of("seed", entry.number, "txid"))


def txid_of(chain: str, text: str) -> str:
    """The txid as the adapters keep it. Raises ValueError for what is none on a chain of outputs."""
    return normalise_txid(chain, text) if family(chain) == "bitcoin" else txid_key(chain, text)


def _index(entry: Table, chain: str) -> str | None:
    value = entry.values.get("index")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise entry.wrong("index", 'an integer, a text or "all"')
    text = str(value).strip()
    if not _is_index(text, chain):
        raise entry.error(f'index is {shown(text)}: it must be an output\'s number or "all"', "index")
    return text


def _is_index(text: str, chain: str) -> bool:
    """Whether a text can name a leg: a number on chains of outputs, any printable text elsewhere, or all."""
    if family(chain) == "bitcoin":
        return text == "all" or (text.isascii() and text.isdigit() and len(text) <= 10)
    return bool(text) and text.isprintable() and not text.startswith("-")


def _no_source(chain: str, chains: Sequence[str]) -> str:
    return f"no source holds the chain {shown(chain)}{nearest(chain, chains)}: add a [[source]] of it"


def _victims(path: Path, chains: Sequence[str]) -> Iterator[PlacedSeed]:
    """The seeds of a file of victims. Raises InputError with file and line."""
    rows = tuple(_rows(path))
    if not rows:
        raise InputError("the file names no payment: add a row below the header, or leave it out", path=path)
    for line, row in rows:
        chain = row["chain"]
        if chain not in chains:
            raise InputError(_no_source(chain, chains), path=path, line=line)
        try:
            txid = txid_of(chain, row["txid"])
            returns = frozenset(normalise(chain, text) for text in row["return_address"].split(";") if text.strip())
        except ValueError as error:
            raise InputError(f"{error}: correct it", path=path, line=line) from error
        index = row["index"] or None
        origin = row["origin"] or txid
        if not txid or (index is not None and not _is_index(index, chain)) or not origin.isprintable():
            sentence = "the row needs a txid, an index that is empty, a number or all, and a printable origin"
            raise InputError(f"{sentence}: correct it", path=path, line=line)
        if origin.casefold() == UNIDENTIFIED:
            raise InputError(f"origin is {origin!r}: choose another name", path=path, line=line)
        yield PlacedSeed(Seed(chain, txid, index, origin, returns), path, line)


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row of a file of victims with the line on which it begins."""
    should = ",".join(VICTIMS_HEADER)
    line = 0
    try:
        refuse_file(path)
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = [cell.strip() for cell in next(reader, [])]
            line = 1
            if signs := separator(header):
                raise InputError(f"the file uses {signs}: save it with commas", path=path, line=1)
            if sorted(header) != sorted(VICTIMS_HEADER):
                raise InputError(f"the header must be {should}: correct it", path=path, line=1)
            for cells in reader:
                start, line = line + 1, reader.line_num
                if not any(cell.strip() for cell in cells):
                    continue
                if len(cells) != len(header):
                    sentence = f"the row has {len(cells)} cells, the header {len(header)}: correct it"
                    raise InputError(sentence, path=path, line=start)
                yield start, dict(zip(header, (cell.strip() for cell in cells), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"the file is no CSV in UTF-8 ({error}): save it again", path=path, line=line + 1) from error
    except OSError as error:
        raise InputError(f"the file cannot be read ({error.strerror}): correct the path", path=path) from error


def _refuse_twice(placed: Sequence[PlacedSeed]) -> None:
    """Raise InputError for a leg that is a seed twice: no coin has two origins (M19)."""
    seen: set[tuple[str, str, str | None]] = set()
    for seed, path, line in placed:
        key = (seed.chain, seed.txid, seed.index)
        if key in seen:
            named = "without index" if seed.index is None else f"index {seed.index}"
            raise InputError(f"the seed {shown(seed.txid)} {named} stands twice: remove one", path=path, line=line)
        seen.add(key)
