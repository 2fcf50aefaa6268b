"""Ethereum's addresses: 20 bytes in hex, with the letter case of EIP-55 as checksum.

The normal form is lower case: it needs no hash, compares byte by byte, and is what raw logs give.
`checksummed` makes the form that people are used to reading.
"""

import re

_ADDRESS = re.compile(r"0[xX][0-9a-fA-F]{40}\Z")


def normalise(text: str) -> str:
    """`text` in lower case with "0x". All lower or all upper hex is accepted; mixed case must be EIP-55's.

    Raises ValueError with the reason.
    """
    if not _ADDRESS.match(text):
        raise ValueError("it is not 0x and 40 hex digits")
    digits = text[2:]
    lower = digits.lower()
    if digits not in (lower, digits.upper()) and checksummed("0x" + lower)[2:] != digits:
        raise ValueError("its letter case is not the checksum of EIP-55: a character is wrong")
    return "0x" + lower


def checksummed(address: str) -> str:
    """The EIP-55 form of a normal address, for people."""
    from eth_utils.address import to_checksum_address  # heavy: only when a checksum is needed

    return str(to_checksum_address(address))
