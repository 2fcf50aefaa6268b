"""Reading what an Electrum server answers: each reader gives one type, or raises Malformed with what is wrong.

Source: the Electrum protocol, "Protocol Methods", versions 1.4 to 1.6. Values are whole satoshi; a number with a
point arrives as a Decimal and is refused, as are lists that contradict themselves. Order and repeats in a list mean
nothing: every list is put in order here.
"""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from chaintrace.adapters.transport import Json, in_short
from chaintrace.errors import Malformed
from chaintrace.model.chain import OutPoint

MOST_SATOSHI = 2**63 - 1
"""No field of an output can hold more."""
_HASH = re.compile(r"[0-9a-f]{64}\Z")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2})+\Z")
_VERSION = re.compile(r"[0-9]{1,3}(?:[.][0-9]{1,3}){0,3}\Z")
_SHOWN = 60
_HEADER = 80


class Entry(NamedTuple):
    """One line of a script's history. `height` is 0 for a pending transaction, -1 for one that spends pending ones."""

    height: int
    txid: str

    @property
    def pending(self) -> bool:
        """Whether no block holds it."""
        return self.height <= 0


class Output(NamedTuple):
    """One line of a script's list of unspent outputs; `value` is in satoshi, `height` as in an entry."""

    txid: str
    vout: int
    value: int
    height: int


class Branch(NamedTuple):
    """A Merkle branch as the server claims it: the neighbours from the leaf up, and the position in the block."""

    neighbours: tuple[str, ...]
    position: int


def history(answer: Json) -> tuple[Entry, ...]:
    """The entries in the order of heights, pending ones last, each txid once.

    One that is listed both as pending and in a block was just mined: the block counts. Two blocks are a contradiction.
    """
    places: dict[str, int] = {}
    for line in _objects(answer, "a history"):
        txid, height = _hash(line, "tx_hash"), _whole(line, "height", least=-1)
        known = places.get(txid)
        if known is not None and height != known and min(height, known) > 0:
            raise Malformed(f"a history that has {txid} at heights {known} and {height}: a transaction is in one block")
        places[txid] = height if known is None else max(height, known)
    entries = (Entry(height, txid) for txid, height in places.items())
    return tuple(sorted(entries, key=lambda entry: (entry.pending, abs(entry.height), entry.txid)))


def unspent(answer: Json) -> tuple[Output, ...]:
    """The unspent outputs, each once, by txid and vout."""
    found: dict[tuple[str, int], Output] = {}
    for line in _objects(answer, "a list of unspent outputs"):
        output = Output(
            _hash(line, "tx_hash"), _whole(line, "tx_pos"), _whole(line, "value"), _whole(line, "height", least=-1)
        )
        if found.setdefault(output[:2], output).value != output.value:
            raise Malformed(f"a list of unspent outputs that has {output.txid}:{output.vout} with two values")
    return tuple(found[key] for key in sorted(found))


def confirmed_balance(answer: Json) -> int:
    """What blocks have paid to a script and not spent from it, in satoshi."""
    return _whole(_object(answer, "a balance"), "confirmed")


def branch(answer: Json) -> Branch:
    """The Merkle branch of a transaction."""
    line = _object(answer, "a Merkle branch")
    neighbours = line.get("merkle")
    if not isinstance(neighbours, list):
        raise Malformed(f"a Merkle branch that is no list ({_shown(neighbours)})")
    return Branch(tuple(_hash({"merkle": neighbour}, "merkle") for neighbour in neighbours), _whole(line, "pos"))


def tip(answer: Json) -> tuple[int, bytes]:
    """The height of the last block and its header."""
    line = _object(answer, "the last block")
    return _whole(line, "height"), in_hex(line.get("hex"))


def headers(answer: Json) -> tuple[bytes, ...]:
    """Block headers one after another: in one text, or from version 1.6 on in a list."""
    line = _object(answer, "block headers")
    listed, text = line.get("headers"), line.get("hex")
    data = b"".join(map(in_hex, listed)) if isinstance(listed, list) else b"" if text == "" else in_hex(text)
    if len(data) % _HEADER:
        raise Malformed(f"block headers of {len(data)} bytes, which is no multiple of {_HEADER}")
    return tuple(data[at : at + _HEADER] for at in range(0, len(data), _HEADER))


def in_hex(answer: Json) -> bytes:
    """Bytes that are given in hex."""
    if not isinstance(answer, str) or not _HEX.match(answer):
        raise Malformed(f"what should be bytes in hex and is none ({_shown(answer)})")
    return bytes.fromhex(answer)


def confirmations(answer: Json) -> tuple[int, str] | None:
    """Of a transaction in the node's own words: its confirmations and its block; None while it is pending."""
    line = _object(answer, "a transaction")
    if not line.get("confirmations"):
        return None
    return _whole(line, "confirmations", least=1), _hash(line, "blockhash")


def outpoints(outputs: Iterable[Output], chain: str) -> frozenset[OutPoint]:
    """The outpoints of a list of unspent outputs."""
    return frozenset(OutPoint(chain, output.txid, output.vout) for output in outputs)


def version(text: str) -> tuple[int, ...] | None:
    """The protocol's version that a server chose, where it is one that is spoken here: 1.4 to 1.6, else None."""
    if not _VERSION.match(text):
        return None
    numbers = tuple(int(part) for part in text.split("."))
    return numbers if (1, 4) <= numbers < (1, 7) else None


def _objects(answer: Json, what: str) -> list[Mapping[str, Json]]:
    """A list of objects."""
    if not isinstance(answer, list):
        raise Malformed(f"{what} that is no list ({_shown(answer)})")
    return [_object(line, f"{what} with a line") for line in answer]


def _object(answer: Json, what: str) -> Mapping[str, Json]:
    """An object."""
    if not isinstance(answer, dict):
        raise Malformed(f"{what} that is no object ({_shown(answer)})")
    return answer


def _whole(line: Mapping[str, Json], name: str, least: int = 0) -> int:
    """A whole number."""
    value = line.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Malformed(f"{name} = {_shown(value)}, which is no whole number: what has a point is not exact")
    if not least <= value <= MOST_SATOSHI:
        raise Malformed(f"{name} = {_shown(value)}, which is out of bounds")
    return value


def _hash(line: Mapping[str, Json], name: str) -> str:
    """A txid, a block's hash, or a neighbour in a branch."""
    value = line.get(name)
    if not isinstance(value, str) or not _HASH.match(value):
        raise Malformed(f"{name} = {_shown(value)}, which is no hash of 64 hex digits")
    return value


def _shown(value: Json) -> str:
    """The beginning of what was answered."""
    return in_short(value, _SHOWN)
