"""Transactions with logs, small: the receipts that a test needs, under rows that a test makes or that ship."""

from __future__ import annotations

import hashlib
from typing import Any

from eth_abi import encode

from benchmarks.receipts import Receipt, Receipts
from chaintrace.adapters.protocols import shipped
from chaintrace.model.chain import Account, Asset, Block
from chaintrace.model.log import Log, Sent
from chaintrace.model.protocol import Argument, Event
from chaintrace.model.transaction import Leg, Transaction, Transfer

SHIPPED = shipped()
NATIVE = ""


def who(name: str) -> str:
    """An address for a name."""
    return "0x" + hashlib.sha256(name.encode()).hexdigest()[:40]


def tx(name: str) -> str:
    """A txid for a name."""
    return "0x" + hashlib.sha256(b"tx" + name.encode()).hexdigest()


def moved(
    chain: str, place: int, asset: str, sender: str | None, receiver: str | None, value: int, **other
) -> Transfer:
    """One transfer; from None it is a mint, to None a burn."""
    what = Asset(chain, asset)
    sides = [() if one is None else (Leg(value, Account(one, what), one),) for one in (sender, receiver)]
    usual = "native" if not asset else "token"
    kind = "mint" if sender is None else "burn" if receiver is None else usual
    index = other.pop("index", "value" if kind == "native" else f"log:{place}")
    return Transfer(index, kind, what, *sides, (1, 0, place), **other)


def receipt(  # what a receipt has
    name: str,
    *moves: tuple[str, str | None, str | None, int],
    chain: str = "ethereum",
    logs: tuple[Log, ...] = (),
    sender: str = "",
    to: str = "",
    data: str = "0x",
    status: str = "confirmed",
    extra: tuple[Transfer, ...] = (),
) -> Receipt:
    """A receipt of moves (asset, from, to, value), of which the n-th is log n; the native asset is `""`."""
    told = tuple(moved(chain, place, *move) for place, move in enumerate(moves)) + extra
    made = Transaction(chain, tx(name), Block(1, "", 1_700_000_000), 0, told, status)
    placed = tuple(Log(chain, tx(name), *_rest(one)) for one in logs)
    return Receipt("made", made, placed, Sent(chain, tx(name), sender, to, data, 0))


def _rest(log: Log) -> tuple[int, str, tuple[str, ...], str]:
    return log.index, log.emitter, log.topics, log.data


def town(*told: Receipt, known=SHIPPED) -> Receipts:
    """A view of receipts."""
    return Receipts(told, known)


def row(protocol: str, shape: str, chain: str = "", name: str = "", route: str | None = None) -> Event:
    """The first row that ships of a protocol, by its shape, chain and event."""
    found = [
        one
        for one in SHIPPED.rows
        if (one.protocol, one.shape) == (protocol, shape)
        and (not chain or one.chain == chain)
        and (not name or one.name == name)
        and (route is None or one.route == route)
    ]
    return found[0]


def said(event: Event, index: int = 50, emitter: str | None = None, **values: Any) -> Log:
    """The log of an event with these arguments; those that are not named are nothing."""
    topics, plain = [event.topic], []
    for argument in event.arguments:
        value = values.pop(argument.name, None)
        if argument.is_indexed:
            hashed = argument.type in {"bytes", "string"}  # of those, a topic is the hash
            plainly = "bytes32" if hashed else kind(argument)
            empty = bytes(32) if hashed else nothing(argument)
            topics.append("0x" + encode([plainly], [empty if value is None else value]).hex())
        else:
            plain.append((kind(argument), filled(argument, value)))
    assert not values, f"{event.name} has no {values}"
    data = encode([one for one, _ in plain], [one for _, one in plain])
    return Log("", "", index, event.contract if emitter is None else emitter, tuple(topics), f"0x{data.hex()}")


def kind(argument: Argument) -> str:
    """The type of an argument as `eth_abi` has it."""
    if not argument.type.startswith("tuple"):
        return argument.type
    return f"({','.join(map(kind, argument.parts))}){argument.type.removeprefix('tuple')}"


def filled(argument: Argument, value: Any) -> Any:
    """A value, or nothing; of a tuple, its parts by name."""
    if argument.type == "tuple":
        told = value or {}
        return tuple(filled(part, told.get(part.name)) for part in argument.parts)
    return nothing(argument) if value is None else value


def nothing(argument: Argument) -> Any:
    """What stands where nothing is said."""
    if argument.type.endswith("[]"):
        return []
    if argument.type.endswith("]"):
        return [0] * int(argument.type.rpartition("[")[2][:-1])
    if argument.type.startswith("bytes"):
        return bytes(int(argument.type.removeprefix("bytes") or 0))
    return {"address": "0x" + "00" * 20, "bool": False, "string": ""}.get(argument.type, 0)


def word(address: str) -> bytes:
    """An address in 32 bytes."""
    return bytes(12) + bytes.fromhex(address[2:])
