"""Bech32 and bech32m: the addresses of witness programs.

Source: BIP-173 (bech32, witness version 0) and BIP-350 (bech32m, versions 1 to 16), tested with their vectors.
"""

from functools import reduce
from operator import xor

ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_DIGIT = {letter: value for value, letter in enumerate(ALPHABET)}
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_TAPS = tuple(
    reduce(xor, (generator for bit, generator in enumerate(_GENERATOR) if top >> bit & 1), 0) for top in range(32)
)
"""What the five bits that leave the checksum add to it."""
_BECH32, _BECH32M = 1, 0x2BC830A3
_LONGEST = 90
_CHECKSUM = 6
_HIGHEST_VERSION = 16
_V0_LENGTHS = (20, 32)


def _polymod(values: list[int]) -> int:
    """The checksum polynomial of BIP-173 over 5-bit `values`."""
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value ^ _TAPS[top]
    return check


def _expand(hrp: str) -> list[int]:
    """The human-readable part as the checksum reads it."""
    return [ord(letter) >> 5 for letter in hrp] + [0] + [ord(letter) & 31 for letter in hrp]


def encode_segwit(hrp: str, version: int, program: bytes) -> str:
    """Address of a witness program: bech32 for version 0, bech32m for 1 to 16.

    Raises ValueError for a version or a length that BIP-141 does not allow.
    """
    reason = _impossible(version, program)
    if reason:
        raise ValueError(reason)
    bits, held = int.from_bytes(program, "big"), 8 * len(program)
    padding = -held % 5
    bits, held = bits << padding, held + padding
    data = [version] + [bits >> shift & 31 for shift in range(held - 5, -1, -5)]
    constant = _BECH32 if version == 0 else _BECH32M
    check = _polymod(_expand(hrp) + data + [0] * _CHECKSUM) ^ constant
    data += [check >> 5 * (5 - place) & 31 for place in range(_CHECKSUM)]
    return hrp + "1" + "".join(ALPHABET[value] for value in data)


def decode_segwit(hrp: str, text: str) -> tuple[int, bytes]:
    """Version and program of an address that begins with `hrp` and "1". Upper case is allowed, mixed case is not.

    Raises ValueError with the reason: case, length, character, checksum, version, padding.
    """
    version, *data = _checked(hrp, text)
    bits = 0
    for value in data:
        bits = bits << 5 | value
    padding = 5 * len(data) % 8
    if padding > 4 or bits & ((1 << padding) - 1):  # a whole group of five bits carries nothing
        raise ValueError("its last character carries bits that no program has")
    program = (bits >> padding).to_bytes(5 * len(data) // 8, "big")
    reason = _impossible(version, program)
    if reason:
        raise ValueError(reason)
    return version, program


def fits(text: str) -> bool:
    """Whether a text in small letters is bech32 or bech32m of any length and prefix, with a checksum that fits."""
    hrp, separator, letters = text.rpartition("1")
    if not separator or not hrp.isascii() or len(letters) <= _CHECKSUM or any(one not in _DIGIT for one in letters):
        return False
    return _polymod(_expand(hrp) + [_DIGIT[letter] for letter in letters]) in {_BECH32, _BECH32M}


def _checked(hrp: str, text: str) -> list[int]:
    """The 5-bit values between the separator and the checksum, the version first; the checksum has been verified."""
    if len(text) > _LONGEST:
        raise ValueError(f"it has {len(text)} characters, more than {_LONGEST}")
    if text not in (text.lower(), text.upper()):
        raise ValueError("it mixes upper and lower case")
    lower = text.lower()
    if not lower.startswith(hrp + "1"):
        raise ValueError(f"it does not begin with {hrp}1")
    letters = lower[len(hrp) + 1 :]
    for letter in letters:
        if letter not in _DIGIT:
            raise ValueError(f"the character {letter!r} does not occur in bech32")
    values = [_DIGIT[letter] for letter in letters]
    if len(values) <= _CHECKSUM:
        raise ValueError("it is too short for a checksum")
    constant = _BECH32 if values[0] == 0 else _BECH32M
    found = _polymod(_expand(hrp) + values)
    if found != constant:
        other = {_BECH32: "bech32", _BECH32M: "bech32m"}.get(found)
        wrong = (
            f"its checksum is {other}, which its version must not use" if other else "a character is wrong or missing"
        )
        raise ValueError(wrong if other else f"its checksum does not fit: {wrong}")
    return values[:-_CHECKSUM]


def _impossible(version: int, program: bytes) -> str | None:
    """Why BIP-141 knows no such witness program, or None."""
    if not 0 <= version <= _HIGHEST_VERSION:
        return f"witness version {version} does not exist"
    if not 2 <= len(program) <= 40:  # BIP-141: 2 to 40 bytes
        return f"a witness program of {len(program)} bytes does not exist"
    if version == 0 and len(program) not in _V0_LENGTHS:
        return f"a version 0 program has 20 or 32 bytes, not {len(program)}"
    return None
