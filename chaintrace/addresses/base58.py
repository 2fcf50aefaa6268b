"""Base58 and Base58Check: Bitcoin's legacy addresses and TRON's addresses.

Source: the Bitcoin reference client's `base58.cpp` as documented on the Bitcoin wiki, page "Base58Check encoding".
A leading zero byte is written as the digit "1"; the checksum is the first four bytes of SHA-256 applied twice.
"""

import hashlib
from functools import lru_cache

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_DIGIT = {letter: value for value, letter in enumerate(ALPHABET)}
_LONGEST = 120
"""No address of a known chain is nearly this long; longer text is refused before any arithmetic is done on it."""


def sha256d(data: bytes) -> bytes:
    """SHA-256 of the SHA-256 of `data`: Bitcoin's hash of transactions, blocks and checksums."""
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def encode(data: bytes) -> str:
    """Base58 text of `data`, without a checksum."""
    number = int.from_bytes(data, "big")
    digits = ""
    while number:
        number, rest = divmod(number, 58)
        digits = ALPHABET[rest] + digits
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + digits


def decode(text: str) -> bytes:
    """Bytes of base58 `text`. Raises ValueError for a letter outside the alphabet or an impossible length."""
    if not text or len(text) > _LONGEST:
        msg = "it is empty" if not text else f"it has {len(text)} characters"
        raise ValueError(msg)
    number = 0
    for letter in text:
        if letter not in _DIGIT:
            raise ValueError(f"the character {letter!r} does not occur in base58")
        number = number * 58 + _DIGIT[letter]
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


@lru_cache(maxsize=65536)
def encode_check(payload: bytes) -> str:
    """Base58Check text of `payload`, which is a version byte and a hash."""
    return encode(payload + sha256d(payload)[:4])


def decode_check(text: str) -> bytes:
    """Payload (version byte and hash) of Base58Check `text`. Raises ValueError when the checksum does not fit."""
    raw = decode(text)
    if len(raw) < 5:  # a version byte and a checksum of four
        raise ValueError("it is too short for a checksum")
    if sha256d(raw[:-4])[:4] != raw[-4:]:
        raise ValueError("its checksum does not fit: a character is wrong or missing")
    return raw[:-4]
