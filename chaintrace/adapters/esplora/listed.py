"""Transactions as the server lists them in JSON, put back into the bytes that they were made of.

The bytes without witness hash to the txid. So a list proves the transactions in it, though not that it is complete.
What else the JSON says of a transaction (addresses, fees, the outputs that its inputs spend) proves nothing, and is
not read.
"""

from typing import NamedTuple

from chaintrace.adapters.bitcoin.rawblock import RawTransaction, parse_transaction
from chaintrace.adapters.esplora.reading import Said
from chaintrace.errors import Malformed

_U32 = 0xFFFFFFFF


class Listed(NamedTuple):
    """A transaction out of a list: its bytes, and what the server says of its confirmation."""

    raw: RawTransaction
    status: Said

    @property
    def confirmed(self) -> bool:
        """Whether the server says that a block holds it."""
        return self.status.flag("confirmed")


def listed(entry: Said) -> Listed:
    """A transaction of a list. Raises Malformed when what is listed does not hash to the txid beside it."""
    txid, data = entry.hash("txid"), stripped(entry)
    try:
        raw = parse_transaction(data)
    except Malformed as error:
        raise Malformed(
            f"{entry.where} with transaction {txid}, which is none ({error}): ask another source"
        ) from error
    if raw.txid != txid:
        raise Malformed(
            f"{entry.where} with transaction {txid}, but what it lists is {raw.txid}: nothing of it is used; "
            "ask another source"
        )
    return Listed(raw, entry.part("status"))


def stripped(entry: Said) -> bytes:
    """The bytes of a transaction in JSON, without witness."""
    version = entry.fields.get("version")
    if isinstance(version, bool) or not isinstance(version, int):
        raise entry.wrong("version", "which is no whole number")
    inputs, outputs = entry.parts("vin"), entry.parts("vout")
    return b"".join(
        (
            (version & _U32).to_bytes(4, "little"),
            _compact(len(inputs)),
            *map(_input, inputs),
            _compact(len(outputs)),
            *map(_output, outputs),
            _four(entry, "locktime"),
        )
    )


def _input(entry: Said) -> bytes:
    """An input."""
    script = entry.hex("scriptsig")
    place = bytes.fromhex(entry.hash("txid"))[::-1] + _four(entry, "vout")
    return place + _compact(len(script)) + script + _four(entry, "sequence")


def _output(entry: Said) -> bytes:
    """An output."""
    script = entry.hex("scriptpubkey")
    return entry.integer("value").to_bytes(8, "little") + _compact(len(script)) + script


def _four(entry: Said, name: str) -> bytes:
    """A number of four bytes."""
    number = entry.integer(name)
    if number > _U32:
        raise entry.wrong(name, "which is out of bounds")
    return number.to_bytes(4, "little")


def _compact(number: int) -> bytes:
    """A compact size integer."""
    if number < 0xFD:
        return bytes((number,))
    width, mark = (2, b"\xfd") if number <= 0xFFFF else (4, b"\xfe")
    return mark + number.to_bytes(width, "little")
