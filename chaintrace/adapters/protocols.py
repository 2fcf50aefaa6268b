"""What is known of protocols, read from TOML: the shipped files of `data/protocols/`, and a user's own.

Topics are computed from the signatures, so that no file can have a wrong one.
"""

import datetime as dt
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from chaintrace.addresses import normalise
from chaintrace.errors import InputError
from chaintrace.model.protocol import ANYWHERE, MOVED, SHAPES, Argument, Event, Protocols
from chaintrace.resources import read_table, read_text, resource

FOLDER: Final = "protocols"
NUMBERS: Final = "numbers.toml"
"""The file with the numbers that protocols give to chains."""

_EIP155 = "eip155"
_TEXTS = frozenset({"shape", "signature", "id", "route", "source", "checked"})
"""Keys of an event that are no field of it."""

FIELDS: Final = frozenset(
    {
        "key",
        "word",
        "to",
        "origin",
        "recipient",
        "token",
        "amount",
        "least",
        "maker",
        "trader",
        "payer",
        "where",
        "txid",
        "vault",
        "lead",
        "same",
        "ask",
        "first",
        "count",
    }
)
"""What an argument can be. `docs/adding-a-protocol.md` says what each of them means."""

_MOST_BRACKETS = 32
"""Tuples inside tuples, at most; the deepest event of the shipped files has three."""
_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*\Z")
_TYPE = re.compile(
    r"(?:address|bool|string|bytes(?:[1-9]|[12][0-9]|3[0-2])?|u?int(?:[1-9][0-9]{0,2})?)(?:\[[0-9]*\])*\Z"
)


@cache
def shipped() -> Protocols:
    """The rows of `data/protocols/`, with the numbers of chains."""
    numbers = {_EIP155: _by_chain_id(), **_numbers(tomllib.loads(read_text(f"{FOLDER}/{NUMBERS}")))}
    rows: list[Event] = []
    for entry in sorted(resource(FOLDER).iterdir(), key=lambda one: one.name):
        if entry.name.endswith(".toml") and entry.name != NUMBERS:
            rows += _rows(tomllib.loads(entry.read_text("utf-8")), Path(entry.name))
    return Protocols(tuple(rows), MappingProxyType(numbers))


def read(path: Path) -> Protocols:
    """The rows of a user's file, and the numbers that it gives to chains. Raises InputError with what is wrong."""
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise InputError(f"the protocols cannot be read: {error.strerror or error}", path=path) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"the protocols are no TOML: {error}", path=path) from error
    return Protocols(tuple(_rows(table, path)), MappingProxyType(_numbers(table, path)))


def topic(signature: str) -> str:
    """The topic of an event, with 0x: the Keccak-256 of its name and types. Raises ValueError for no signature."""
    return _hashed(*parsed(signature))


def _hashed(name: str, arguments: Iterable[Argument]) -> str:
    """The topic of an event that was read."""
    from eth_hash.auto import keccak  # only where protocols are asked; eth_utils, which calls it, is ten times as heavy

    return "0x" + keccak(f"{name}({','.join(map(_canonical, arguments))})".encode()).hex()


def parsed(signature: str) -> tuple[str, tuple[Argument, ...]]:
    """Name and arguments of a signature such as `Sent(address indexed to, (uint256 id, bytes data) order)`.

    Raises ValueError with the reason.
    """
    if signature.count("(") > _MOST_BRACKETS:
        raise ValueError(f"it has more than {_MOST_BRACKETS} brackets")
    name, bracket, rest = signature.partition("(")
    if not bracket or not _NAME.match(name) or not rest.endswith(")"):
        raise ValueError("it is not a name and arguments in brackets")
    return name, tuple(_arguments(rest[:-1]))


def _arguments(text: str) -> Iterator[Argument]:
    """The arguments of a list; those of a tuple are its parts."""
    for place, part in enumerate(_split(text)):
        kind, indexed, name, parts = part, False, "", tuple[Argument, ...]()
        if part.startswith("("):
            inner, _, after = part[1:].rpartition(")")
            parts = tuple(_arguments(inner))
            brackets = re.match(r"(?:\[[0-9]*\])*", after)
            kind = "tuple" + (brackets[0] if brackets else "")
            words = after[len(kind) - len("tuple") :].split()
        else:
            kind, *words = part.split() or [""]
            if not _TYPE.match(kind):
                raise ValueError(f"{kind or 'nothing'} is no type of the Ethereum ABI")
        if words[:1] == ["indexed"]:
            indexed, words = True, words[1:]
        if len(words) > 1 or any(not _NAME.match(word) for word in words):
            raise ValueError(f"the argument {part} is not a type, perhaps the word indexed, and a name")
        name = words[0] if words else f"arg{place}"
        yield Argument(name, {"uint": "uint256", "int": "int256"}.get(kind, kind), indexed, parts)


def _split(text: str) -> Iterator[str]:
    """A list at its commas that are outside brackets. Raises ValueError where the brackets do not match."""
    depth, part = 0, ""
    for character in text:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth < 0:
            break
        if character == "," and depth == 0:
            yield part.strip()
            part = ""
        else:
            part += character
    if depth:
        raise ValueError("its brackets do not match")
    if part.strip() or text.strip():
        yield part.strip()


def _canonical(argument: Argument) -> str:
    """A type as the signature that is hashed has it."""
    if not argument.type.startswith("tuple"):
        return argument.type
    return f"({','.join(map(_canonical, argument.parts))}){argument.type.removeprefix('tuple')}"


def _rows(table: Mapping[str, object], path: Path) -> Iterator[Event]:
    """The rows of one file: each event at each contract that is said to log it."""
    protocol, numbers = table.get("protocol"), table.get("numbers", _EIP155)
    if not isinstance(protocol, str) or not protocol or not isinstance(numbers, str):
        raise InputError('it does not say which protocol it is about: add protocol = "NAME"', path=path)
    events = [_event(entry, protocol, numbers, path) for entry in _tables(table, "event", path)]
    known, placed = {name for name, _ in events}, set[str]()
    for entry in _tables(table, "contract", path):
        wanted = entry.get("events", [name for name, event in events if event.shape not in ANYWHERE])
        if not isinstance(wanted, list) or not all(isinstance(name, str) and name in known for name in wanted):
            raise InputError(f"a contract of {protocol} names events that the file does not have: {wanted}", path=path)
        placed |= set(wanted)
        source, checked = _told(entry, protocol, path)
        for chain, address in _places(entry, protocol, path):
            for name, event in events:
                if name in wanted:
                    yield _at(event, chain, address, source, checked)
    yield from (event for name, event in events if event.shape in ANYWHERE and name not in placed)


def _event(entry: Mapping[str, object], protocol: str, numbers: str, path: Path) -> tuple[str, Event]:
    """One event, at no contract yet, with the name by which contracts of the file call it."""
    shape, signature = entry.get("shape"), entry.get("signature", "")
    if shape not in SHAPES:
        raise InputError(f"the shape {shape!r} of {protocol} is unknown: write one of {', '.join(SHAPES)}", path=path)
    if not isinstance(signature, str):
        raise InputError(f"the signature {signature!r} of {protocol} is no text: put it in quotes", path=path)
    try:
        name, arguments = parsed(signature) if signature else ("", ())
        hashed = _hashed(name, arguments) if signature and shape not in MOVED else ""
    except ValueError as error:
        raise InputError(f"{signature} of {protocol} is no signature of an event: {error}", path=path) from error
    source, checked = _told(entry, protocol, path)
    fields = {key: _parts(value, key, protocol, path) for key, value in entry.items() if key not in _TEXTS}
    if "key" in fields and "word" not in fields:
        fields["word"] = fields["key"][-1:]
    route = str(entry.get("route", ""))
    made = Event(protocol, "", "", hashed, name, arguments, str(shape), fields, numbers, route, source, checked)
    return str(entry.get("id", name or shape)), made


def _at(event: Event, chain: str, address: str, source: str, checked: dt.date) -> Event:
    """An event at one contract of one chain, with the source of the contract."""
    told = (event.name, event.arguments, event.shape, event.fields, event.numbers, event.route)
    return Event(event.protocol, chain, address, event.topic, *told, source, checked)


def _parts(value: object, key: str, protocol: str, path: Path) -> tuple[str, ...]:
    """What a field says: one text, or several."""
    parts = value if isinstance(value, list) else [value]
    if key not in FIELDS or not parts or not all(isinstance(part, str) and part for part in parts):
        raise InputError(f"{key} = {value!r} of {protocol} is no field: {', '.join(sorted(FIELDS))} are", path=path)
    return tuple(parts)


def _tables(table: Mapping[str, object], name: str, path: Path) -> Iterable[Mapping[str, object]]:
    """The tables `[[name]]` of a file."""
    found = table.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise InputError(f"{name} is no list of tables: write [[{name}]]", path=path)
    return found


def _told(entry: Mapping[str, object], protocol: str, path: Path) -> tuple[str, dt.date]:
    """Where a row was read, and when. Raises InputError for one that says neither: nobody could check it."""
    source, checked = entry.get("source"), entry.get("checked")
    if not isinstance(source, str) or not source or not isinstance(checked, dt.date):
        raise InputError(
            f"a row of {protocol} lacks source and checked: where it was read, and on which day", path=path
        )
    return source, checked


def _places(entry: Mapping[str, object], protocol: str, path: Path) -> Iterator[tuple[str, str]]:
    """The contracts of an entry: its chain or its chains, and its address."""
    chains, address = entry.get("chains", [entry.get("chain")]), entry.get("address")
    if not isinstance(chains, list) or not all(isinstance(chain, str) and chain for chain in chains):
        raise InputError(f"a contract of {protocol} names no chain: add chain or chains", path=path)
    for chain in chains:
        try:
            yield chain, normalise(chain, str(address))
        except ValueError as error:
            raise InputError(f"{address} of {protocol} is no address of {chain}: {error}", path=path) from error


def _numbers(table: Mapping[str, object], path: Path = Path(NUMBERS)) -> dict[str, Mapping[int, str]]:
    """The numberings of a file: the chain by its number."""
    found: dict[str, Mapping[int, str]] = {}
    for entry in _tables(table, "numbering", path):
        name, chains = entry.get("name"), entry.get("chains")
        if not isinstance(name, str) or not isinstance(chains, dict):
            raise InputError("a numbering lacks its name or its chains: add name and chains", path=path)
        _told(entry, name, path)
        if not all(isinstance(number, int) for number in chains.values()):
            raise InputError(
                f"the numbering {name} gives something else than a whole number to a chain: correct it", path=path
            )
        found[name] = MappingProxyType({number: chain for chain, number in chains.items()})
    return found


def _by_chain_id() -> Mapping[int, str]:
    """EIP-155: the chain by its chain id, as chains.toml has it."""
    table, prefix = read_table("chains.toml"), f"{_EIP155}:"
    ids = {chain: entry["id"] for chain, entry in table.items() if entry["id"].startswith(prefix)}
    return MappingProxyType({int(value.removeprefix(prefix)): chain for chain, value in ids.items()})
