"""Reading what a server says: each reader gives one type or raises Malformed, with the server, the path and the field.

A number with a point is a Decimal when it comes here, and is no amount: amounts are whole satoshi.
"""

import re
from dataclasses import dataclass
from typing import Self

from chaintrace.adapters.json_object import JsonObject, RawAnswer
from chaintrace.adapters.transport import in_short
from chaintrace.errors import Malformed

MOST_SATOSHI = 2**63 - 1
"""No field of an output can hold more."""
_HASH = re.compile(r"[0-9a-f]{64}\Z")
_HEX = re.compile(r"(?:[0-9a-f]{2})*\Z")
_ABSENT = re.compile("not found|no such", re.IGNORECASE)
_LONGEST_SENTENCE = 300
_REMEDY = "look at the url of the source (it often ends in /api)"


@dataclass(frozen=True, slots=True)
class Said(JsonObject):
    """A JSON object that a server answered."""

    remedy = _REMEDY

    def integer(self, name: str) -> int:
        """A whole number from 0, such as an amount in satoshi or a height."""
        value = self.fields.get(name)
        if isinstance(value, bool) or not isinstance(value, int):
            raise Malformed(
                f"{self.where} with {name} = {in_short(value)}, which is no whole number: amounts with a point are not "
                "exact, so nothing of it is used; ask another source"
            )
        if not 0 <= value <= MOST_SATOSHI:
            raise self.wrong(name, "which is out of bounds")
        return value

    def flag(self, name: str) -> bool:
        """True or false."""
        value = self.fields.get(name)
        if not isinstance(value, bool):
            raise self.wrong(name, "which is neither true nor false")
        return value

    def hash(self, name: str) -> str:
        """A txid or a block's hash."""
        value = self.fields.get(name)
        if not isinstance(value, str) or not _HASH.match(value):
            raise self.wrong(name, "which is no hash of 64 hex digits")
        return value

    def hex(self, name: str) -> bytes:
        """Bytes in hex."""
        value = self.fields.get(name)
        if not isinstance(value, str) or not _HEX.match(value):
            raise self.wrong(name, "which is not hex")
        return bytes.fromhex(value)

    def hashes(self, name: str) -> tuple[str, ...]:
        """A list of hashes."""
        values = self.fields.get(name)
        if not isinstance(values, list):
            raise self.wrong(name, "which is no list")
        return tuple(Said(self.where, {name: value}).hash(name) for value in values)

    def part(self, name: str) -> Self:
        """An object inside."""
        return self.of(self.where, self.fields.get(name))

    def parts(self, name: str) -> tuple[Self, ...]:
        """A list of objects inside."""
        return self.all_of(self.where, self.fields.get(name))


said, all_said = Said.of, Said.all_of


class Heard(RawAnswer):
    """An answer of a server as it came."""

    __slots__ = ()

    def is_absent(self) -> bool:
        """Whether the server says that it has no such thing: status 404, and its own words for it.

        Raises Malformed for a 404 of anybody else, such as a web page: then the url leads to no such server.
        """
        if self.status != 404:
            return False
        if not _ABSENT.search(self._sentence()):
            raise Malformed(f"{self.where} with a page of status 404 that is not the API's: {_REMEDY}")
        return True

    def refusal(self) -> str:
        """The sentence with which the server refuses what is too much for it; `""` for an answer.

        Raises Malformed where no sentence stands.
        """
        if self.status == 200:
            return ""
        sentence = self._sentence()
        if not sentence:
            raise Malformed(f"{self.where} with a page of status {self.status} that is not the API's: {_REMEDY}")
        return sentence

    def hash(self) -> str:
        """A hash that is the whole answer."""
        text = self.content.strip().decode("ascii", "replace")
        if not _HASH.match(text):
            raise Malformed(f"{self.where} with something that is no hash: {_REMEDY}")
        return text

    def hex(self) -> bytes:
        """Bytes in hex that are the whole answer."""
        text = self.content.strip().decode("ascii", "replace").lower()
        if not text or not _HEX.match(text):
            raise Malformed(f"{self.where} with something that is not hex: {_REMEDY}")
        return bytes.fromhex(text)

    def object(self) -> Said:
        """A JSON object."""
        return said(self.where, self.json())

    def objects(self) -> tuple[Said, ...]:
        """A list of JSON objects."""
        return all_said(self.where, self.json())

    def _sentence(self) -> str:
        """One short sentence: plain, as electrs says it, or the `error` of mempool's JSON; `""` for anything else."""
        text = self.content.strip()
        if text[:1] == b"{" and len(text) < 2 * _LONGEST_SENTENCE:
            error = self.object().fields.get("error")
            text = error.strip().encode("utf-8", "replace") if isinstance(error, str) else b""
        plain = 0 < len(text) < _LONGEST_SENTENCE and text[:1] not in {b"<", b"{", b"["}
        return in_short(text.decode("utf-8", "replace"), _LONGEST_SENTENCE).rstrip(".") if plain else ""
