"""What an event says: its arguments by their names, cut out of topics and data as the Ethereum ABI lays them out.

Source: Contract ABI Specification, "Events" and "Formal Specification of the Encoding" (docs.soliditylang.org). Nothing
is trusted: an offset or a length that points outside the data gives nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chaintrace.addresses import family, is_address, normalise, tron_from_hex
from chaintrace.model.log import Log, Sent
from chaintrace.model.protocol import WORD, Argument, Event, Protocols
from chaintrace.model.transaction import Transaction

_PATH = re.compile(r"([A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*)(?:\[(-?\d+):(\d*)\])?\Z")
_FIXED = re.compile(r"(.+)\[(\d+)\]\Z")


@dataclass(frozen=True, slots=True)
class Said:
    """One log, read by one row of a protocol.

    `beside` are the logs of its transaction, where a key needs them (the native value of a message of the OP Stack),
    `transaction` is the transaction itself, `sent` how it was sent, where a source tells of it.
    """

    log: Log
    event: Event
    protocols: Protocols
    beside: tuple[Log, ...] = ()
    transaction: Transaction | None = None
    sent: Sent | None = None

    @property
    def call(self) -> str:
        """The calldata of its transaction in hexadecimal; `0x` where no source tells of it."""
        return self.sent.input if self.sent is not None else "0x"

    @property
    def fits(self) -> bool:
        """Whether the log has the topics of this event, and room for its other arguments."""
        indexed = sum(argument.is_indexed for argument in self.event.arguments)
        plain = [argument for argument in self.event.arguments if not argument.is_indexed]
        return len(self.log.topics) == indexed + 1 and len(self._data) >= sum(map(_head, plain))

    def bytes_of(self, expression: str) -> bytes | None:
        """The bytes of an argument, of a part of a tuple (`order.id`) or of a cut of bytes (`message[12:20]`).

        `@chain`, `@txid` and `@emitter` are the chain's number, the txid and the contract of the log itself, `@height`
        and `@position` the place of its transaction. None where the log does not have it.
        """
        if expression.startswith("@"):
            return self._own(expression)
        found = _PATH.match(expression)
        if found is None:
            return None
        name, *inside = found[1].split(".")
        value = self._argument(name, inside)
        if value is None or found[2] is None:
            return value
        start, end = int(found[2]), int(found[3]) if found[3] else len(value)
        start += len(value) if start < 0 else 0  # counted from the end
        return value[start:end] if 0 <= start <= end <= len(value) else None

    def number(self, expression: str) -> int | None:
        """An argument as a whole number without a sign; None where it has more than a word, or is not there."""
        value = self.bytes_of(expression) if expression else None
        return None if value is None or len(value) > WORD else int.from_bytes(value, "big")

    def signed(self, expression: str) -> int | None:
        """An argument as a whole number in two's complement."""
        value = self.bytes_of(expression)
        return None if value is None or len(value) != WORD else int.from_bytes(value, "big", signed=True)

    def address(self, expression: str, chain: str) -> str:
        """An argument as an address of a chain, in its normal form; as hexadecimal where its form is not known.

        `""` where the argument is not there or is nothing but zeros. A text is an address of a chain, or a text.
        """
        value = self.bytes_of(expression) if expression else None
        if value is not None and any(one.name == expression and one.type == "string" for one in self.event.arguments):
            text = value.decode("utf-8", "replace")
            return normalise(chain, text) if is_address(chain, text) else text
        return "" if value is None else address_in(value, chain)

    def _own(self, expression: str) -> bytes | None:
        """What a log has without saying it."""
        if expression == "@txid":
            return bytes.fromhex(self.log.txid.removeprefix("0x"))
        if expression == "@emitter":
            return bytes.fromhex(self.log.emitter.removeprefix("0x")) if self.log.emitter.startswith("0x") else None
        if expression in {"@height", "@position"}:
            seen = self.transaction
            place = None if seen is None or seen.height is None else (seen.height, seen.position)
            return None if place is None else place[expression == "@position"].to_bytes(WORD, "big")
        number = self.protocols.number_of(self.event.numbers, self.log.chain) if expression == "@chain" else None
        return None if number is None else number.to_bytes(WORD, "big")

    @property
    def _data(self) -> bytes:
        return bytes.fromhex(self.log.data[2:])

    def _argument(self, name: str, inside: Sequence[str]) -> bytes | None:
        """An argument by its name, or a part of it."""
        topics = iter(self.log.topics[1:])
        for argument in self.event.arguments:
            if argument.is_indexed:
                topic = next(topics, None)
                if argument.name == name:
                    return None if topic is None or inside else bytes.fromhex(topic[2:])
        plain = [argument for argument in self.event.arguments if not argument.is_indexed]
        return _find(plain, self._data, 0, (name, *inside))


def address_in(value: bytes, chain: str) -> str:
    """Bytes as an address of a chain; `""` for zeros, hexadecimal where they are none of its addresses."""
    if not any(value):
        return ""
    kind, short = family(chain), value[-20:]
    if kind in {"evm", "tron"} and len(value) >= 20 and not any(value[:-20].removesuffix(b"\x41")):
        return tron_from_hex(f"41{short.hex()}") if kind == "tron" else f"0x{short.hex()}"
    if len(value) == WORD and not any(value[:12]):
        return f"0x{short.hex()}"
    return f"0x{value.hex()}"


def _find(arguments: Sequence[Argument], data: bytes, base: int, path: Sequence[str]) -> bytes | None:
    """What a path leads to among arguments that are laid out from `base` on."""
    at = base
    for argument in arguments:
        if argument.name == path[0]:
            place = at
            if _is_dynamic(argument):
                offset = _number(data, at)
                if offset is None:
                    return None
                place = base + offset
            return _value(argument, data, place, path[1:])
        at += _head(argument)
    return None


def _value(argument: Argument, data: bytes, place: int, inside: Sequence[str]) -> bytes | None:
    """The bytes of one argument that lies at a place, or of a part of it."""
    if argument.type == "tuple":
        return _find(argument.parts, data, place, inside) if inside else None
    if inside or argument.type.endswith("]"):
        return None
    if argument.type in {"bytes", "string"}:
        length = _number(data, place)
        start = place + WORD
        return data[start : start + length] if length is not None and start + length <= len(data) else None
    word = data[place : place + WORD]
    if len(word) < WORD:
        return None
    fixed = argument.type.removeprefix("bytes")
    return word[: int(fixed)] if fixed.isdigit() else word


def _number(data: bytes, at: int) -> int | None:
    """The word at a place; None where the data end before, or where it is larger than the data."""
    value = int.from_bytes(data[at : at + WORD], "big")
    return value if at + WORD <= len(data) and value <= len(data) else None


def _head(argument: Argument) -> int:
    """The bytes that an argument has in its place: all of it, or where it lies."""
    if _is_dynamic(argument):
        return WORD
    fixed = _FIXED.match(argument.type)
    if fixed:
        return int(fixed[2]) * _head(Argument("", fixed[1], parts=argument.parts))
    return sum(map(_head, argument.parts)) if argument.type == "tuple" else WORD


def _is_dynamic(argument: Argument) -> bool:
    """Whether an argument lies elsewhere, because nobody knows its length beforehand."""
    if argument.type in {"bytes", "string"} or argument.type.endswith("[]"):
        return True
    fixed = _FIXED.match(argument.type)
    if fixed:
        return _is_dynamic(Argument("", fixed[1], parts=argument.parts))
    return argument.type == "tuple" and any(map(_is_dynamic, argument.parts))
