"""The inputs and outputs of a UTXO file's JSON. Every refusal is a ValueError with a sentence.

Where a script is given, it decides over the address and the type that stand beside it.
"""

import json
import re
from functools import lru_cache
from typing import Any, TypeAlias, TypeVar

from chaintrace.addresses import BITCOIN, is_unspendable, normalise, normalise_txid, script_address
from chaintrace.model.chain import MAX_VALUE, OutPoint
from chaintrace.model.transaction import Leg

Json: TypeAlias = dict[str, Any]
"""A JSON object as it was read; what is asked of it is checked here."""

_Kind = TypeVar("_Kind", bool, str, list[Any])
_NAMES = {bool: "true or false", str: "text", list: "a list"}
_UNSPENDABLE_TYPES = frozenset({"nulldata", "op_return"})
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
MOST_U32 = 2**32 - 1
"""The largest vout, sequence, locktime and version."""


def member(entry: Json, name: str, kind: type[_Kind]) -> _Kind | None:
    """A member of that kind; null and an absent key are None. Raises ValueError for another kind."""
    found = entry.get(name)
    if found is None or isinstance(found, kind):
        if kind is str and found and not found.isprintable() and _UNPRINTABLE.search(found):
            raise ValueError(f"{name} is {shown(found)}: it holds a control character or half a character")
        return found
    raise ValueError(f"{name} is {shown(found)}: it must be {_NAMES.get(kind, 'something else')}")


def whole(entry: Json, name: str, most: int) -> int | None:
    """A whole number from 0 to `most`; null and an absent key are None. Raises ValueError for anything else."""
    found = entry.get(name)
    if found is None or (type(found) is int and 0 <= found <= most):
        return found
    if not isinstance(found, int) or isinstance(found, bool):
        raise ValueError(f"{name} is {shown(found)}: it must be a whole number, without quotes, point or exponent")  # noqa: TRY004  # a bad file
    bound = "2^256-1" if most == MAX_VALUE else str(most)
    raise ValueError(f"{name} is {shown(found)}: it must lie between 0 and {bound}")


class LegReader:
    """Reads legs for one chain; a chain that is not of Bitcoin's family has opaque addresses, scripts and txids."""

    def __init__(self, chain: str) -> None:
        self._chain = chain
        self._is_bitcoin = chain in BITCOIN

    def txid(self, entry: Json, name: str) -> str:
        """A txid that must be there. Raises ValueError."""
        text = (member(entry, name, str) or "").strip()
        if not text:
            raise ValueError(f"{name} is missing")
        try:
            return normalise_txid(self._chain, text)
        except ValueError as error:
            raise ValueError(f"{name} is wrong: {error}") from error

    def block_hash(self, entry: Json) -> str:
        """The block's hash, `""` where it is not said. Raises ValueError."""
        text = (member(entry, "block_hash", str) or "").strip()
        if not text or not self._is_bitcoin:
            return text
        try:
            return normalise_txid(self._chain, text)
        except ValueError as error:
            raise ValueError(f"block_hash is {shown(text)}: it must be 64 hex digits") from error

    def input(self, entry: Json, place: int) -> Leg:
        """An input: the outpoint that it spends, and what is said of that. Raises ValueError."""
        vout = whole(entry, "prev_vout", MOST_U32)
        if vout is None:
            raise ValueError("prev_vout is missing")
        outpoint = OutPoint(self._chain, self.txid(entry, "prev_txid"), vout)
        address, kind, script = self._lock(entry)
        value = whole(entry, "value", MAX_VALUE)
        return Leg(value, outpoint, address, place, kind, script, whole(entry, "sequence", MOST_U32))

    def output(self, entry: Json, place: int, txid: str) -> Leg:
        """An output; `n` is its place in the list where it is not said. Raises ValueError."""
        number = whole(entry, "n", MOST_U32)
        value = whole(entry, "value", MAX_VALUE)
        if value is None:
            raise ValueError("value is missing")
        address, kind, script = self._lock(entry)
        vout = place if number is None else number
        dead = kind.lower() in _UNSPENDABLE_TYPES or _cannot_be_spent(script)
        return Leg(value, None if dead else OutPoint(self._chain, txid, vout), address, vout, kind, script)

    def _lock(self, entry: Json) -> tuple[str, str, str]:
        """Address, type and script of a leg, `""` for what is neither said nor follows. Raises ValueError."""
        script = (member(entry, "script", str) or "").strip().lower()
        kind = (member(entry, "type", str) or "").strip()
        given = (member(entry, "address", str) or "").strip()
        raw = _bytes(script) if script and self._is_bitcoin else None
        made, read = None, kind
        if raw is not None:
            read, made = _script_address(raw, self._chain)
            if given == made:  # then it need not be checked by itself, which is as long again
                return given, read, script
        address = normalise(self._chain, given) if given else ""
        if raw is None:
            if script and self._is_bitcoin:
                raise ValueError(f"script is {shown(script)}: it must be hex")
            return address, kind, script
        if made is not None and address not in {"", made}:
            raise ValueError(f"address is {address}, but the script pays {made}: one of them is wrong")
        return made or "", read, script


def _bytes(script: str) -> bytes | None:
    """A script from its hex; None for what is no hex, or has spaces in it."""
    try:
        raw = bytes.fromhex(script)
    except ValueError:
        return None
    return raw if 2 * len(raw) == len(script) else None


@lru_cache(maxsize=65536)
def _script_address(script: bytes, chain: str) -> tuple[str, str | None]:
    """Type and address of a script; outputs that pay one address are many."""
    return script_address(script, chain)


def _cannot_be_spent(script: str) -> bool:
    """Whether a script in hex is one that nobody can ever spend; what is no hex is not known to be."""
    try:
        return is_unspendable(bytes.fromhex(script))
    except ValueError:
        return False


def shown(found: object) -> str:
    """What stands in the file, in its own spelling, cut where nobody would read on."""
    text = json.dumps(found, ensure_ascii=isinstance(found, str) and bool(_UNPRINTABLE.search(found)))
    return text if len(text) <= 60 else text[:59] + "…"
