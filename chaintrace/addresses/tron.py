"""TRON's addresses: Base58Check text that begins with T, or the same 21 bytes in hex that begin with 41.

Source: TRON developer documentation, page "Account". The normal form is the base58 one.
"""

import re

from chaintrace.addresses import base58

_VERSION = 0x41
_LENGTH = 21
_HEX = re.compile(r"(?:0[xX])?(41[0-9a-fA-F]{40})\Z")
_EVM = re.compile(r"0[xX]([0-9a-fA-F]{40})\Z")


def normalise(text: str) -> str:
    """The T form of `text`, which is a T form, 42 hex digits that begin with 41, or 0x and 40 hex digits.

    The last is how event logs of TRON's virtual machine write an address. Raises ValueError with the reason.
    """
    if plain := _HEX.match(text):
        return from_hex(plain[1])
    if short := _EVM.match(text):
        return from_hex("41" + short[1])
    payload = base58.decode_check(text)
    if len(payload) != _LENGTH or payload[0] != _VERSION:
        raise ValueError("its checksum fits, but it is not 21 bytes that begin with 41")
    return text


def from_hex(digits: str) -> str:
    """The T form of 42 hex digits that begin with 41. Raises ValueError for anything else."""
    if not _HEX.match(digits):
        raise ValueError("it is not 42 hex digits that begin with 41")
    return base58.encode_check(bytes.fromhex(digits[-42:]))


def to_hex(address: str) -> str:
    """42 lower-case hex digits, beginning with 41, of any form that `normalise` accepts."""
    return base58.decode_check(normalise(address)).hex()
