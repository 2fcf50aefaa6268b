"""The compiled writers of addresses: Base58Check with OpenSSL's hashes, bech32 and bech32m.

Import it only where `digests.openssl()` has said yes. A text is at most 74 letters: `bcrt1`, a version, 64 digits for
a program of 40 bytes (BIP-141), six of checksum. 90 are set aside for each (BIP-173).
"""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from chaintrace.bulk.block_bytes import I32, I64, U8, U32
from chaintrace.bulk.compiled import compiled, inlined
from chaintrace.bulk.openssl_calls import hash160, hash_block, prepared
from chaintrace.bulk.script_kinds import MULTISIG, NONSTANDARD, NULLDATA, P2PK, P2PKH, P2SH, kind_of

_LONGEST = 90
_PAYLOAD = 21
"""Bytes of a version and a hash."""
_LIMB = 58**5
_DIGITS = 5
_WIDTH = 8
_LIMBS = 7
"""As many digits of the base 58^5 as 25 bytes can need, and as many numbers of four bytes: 58^35 is more than 2^200."""
_CHECKSUM = 6
_BECH32M = 0x2BC830A3
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_LETTERS = 58
"""Where bech32's letters begin in the table of both alphabets."""

U64: TypeAlias = npt.NDArray[np.uint64]
_Room: TypeAlias = tuple[U64, U32, U32, U8]
"""For the 25 bytes as numbers of four, their digits to the base 58^5, those divided on, and those to the base 58."""


def _powers() -> U64:
    """Row j, column i: digit j, in the base 58^5 with the highest first, of what the i-th four bytes count by."""
    last = _LIMBS - 1
    rows = [[2 ** (32 * (last - at)) // _LIMB ** (last - row) % _LIMB for at in range(_LIMBS)] for row in range(_LIMBS)]
    return np.array(rows, np.uint64)


def _checks() -> I64:
    """What the upper five bits of a checksum of BIP-173 add when they leave it."""
    rows = [0] * 32
    for top in range(32):
        for bit, generator in enumerate(_GENERATORS):
            rows[top] ^= generator if top >> bit & 1 else 0
    return np.array(rows, np.int64)


_POWERS, _CHECKS = _powers(), _checks()


@compiled
def write_all(data: U8, script_at: I64, script_size: I32, versions: U8, hrp: U8, alphabets: U8) -> tuple[U8, I64, U8]:
    """Type and address of every script; the caller has checked that the scripts are in `data`."""
    number = len(script_at)
    kinds, offsets = np.empty(number, np.uint8), np.zeros(number + 1, np.int64)
    letters = np.empty(number * _LONGEST, np.uint8)
    context, begin, block, inner = prepared(_PAYLOAD)
    hashed, values = np.empty(64, np.uint8), np.empty(_LONGEST, np.uint8)
    payload = np.zeros(28, np.uint8)
    room = (
        np.empty(_LIMBS, np.uint64),
        np.zeros(_WIDTH, np.uint32),
        np.empty((_DIGITS, _WIDTH), np.uint32),
        np.empty(_LIMBS * _DIGITS, np.uint8),
    )
    place = 0
    for row in range(number):
        at, size = script_at[row], np.int64(script_size[row])
        kind = kind_of(data, at, size)
        kinds[row] = kind
        if kind in (P2PK, P2PKH, P2SH):
            payload[3] = versions[1] if kind == P2SH else versions[0]
            if kind == P2PK:
                hash160(context, data.ctypes.data + at + 1, size - 2, hashed.ctypes.data)
                payload[4:24] = hashed[:20]
            else:
                held = at + 3 if kind == P2PKH else at + 2
                for byte in range(20):
                    payload[4 + byte] = data[held + byte]
            for byte in range(_PAYLOAD):
                block[byte] = payload[3 + byte]
            hash_block(context, begin, block, inner)
            hash_block(context, begin, inner, hashed)
            for byte in range(4):
                payload[24 + byte] = hashed[byte]
            place = _base58(payload, letters, place, alphabets, room)
        elif kind != NONSTANDARD and kind != MULTISIG and kind != NULLDATA:
            place = _bech32(data, at, size, hrp, values, letters, place, alphabets)
        offsets[row + 1] = place
    return kinds, offsets, letters[:place]


@compiled
def _base58(payload: U8, letters: U8, place: int, alphabets: U8, room: _Room) -> int:
    """Write the 25 bytes behind three zeros in base 58 at `place`; the place behind them.

    Each four bytes are that many times a power of 2^32, which is written with the base 58^5: what the seven give is
    added up and carried. No sum comes to 2^64: six limbs below 2^32 and one below 2^8, each times less than 58^5.
    """
    limbs, rests, split, digits = room
    for at in range(_LIMBS):
        limb = np.uint64(0)
        for byte in range(4):
            limb = limb << np.uint64(8) | np.uint64(payload[4 * at + byte])
        limbs[at] = limb
    carry = np.uint64(0)
    for column in range(_LIMBS - 1, -1, -1):
        number = carry
        for at in range(_LIMBS):
            number += limbs[at] * _POWERS[column, at]
        carry = number // np.uint64(_LIMB)
        rests[column] = number - carry * np.uint64(_LIMB)
    for digit in range(_DIGITS - 1, -1, -1):
        for column in range(_WIDTH):  # all columns at once: a multiple of what the processor takes in one step
            rest = rests[column]
            rests[column] = rest // np.uint32(58)
            split[digit, column] = rest - np.uint32(58) * rests[column]
    for column in range(_LIMBS):
        for digit in range(_DIGITS):
            digits[_DIGITS * column + digit] = split[digit, column]
    for at in range(3, 28):
        if payload[at] != 0:
            break
        letters[place] = alphabets[0]
        place += 1
    begin = 0
    while begin < len(digits) and digits[begin] == 0:
        begin += 1
    for at in range(begin, len(digits)):
        letters[place] = alphabets[digits[at]]
        place += 1
    return place


@inlined
def _polymod(check: int, value: int) -> int:
    """The checksum polynomial of BIP-173, one value on."""
    return (check & 0x1FFFFFF) << 5 ^ value ^ _CHECKS[check >> 25]


@compiled
def _bech32(data: U8, at: int, size: int, hrp: U8, values: U8, letters: U8, place: int, alphabets: U8) -> int:
    """Write the address of the witness program in the script at `at`; the place behind it."""
    version = np.int64(data[at]) - 0x50 if data[at] else 0
    values[0] = version
    used, held, bits = 1, 0, 0
    for byte in range(at + 2, at + size):
        held = (held << 8 | np.int64(data[byte])) & 0xFFF
        bits += 8
        while bits >= 5:
            bits -= 5
            values[used] = held >> bits & 31
            used += 1
    if bits:
        values[used] = held << (5 - bits) & 31
        used += 1
    check = 1
    for letter in hrp:
        check = _polymod(check, np.int64(letter) >> 5)
    check = _polymod(check, 0)
    for letter in hrp:
        check = _polymod(check, np.int64(letter) & 31)
        letters[place] = letter
        place += 1
    letters[place] = 0x31
    place += 1
    for value in values[:used]:
        check = _polymod(check, np.int64(value))
        letters[place] = alphabets[_BECH32_LETTERS + value]
        place += 1
    for _ in range(_CHECKSUM):
        check = _polymod(check, 0)
    check ^= _BECH32M if version else 1
    for left in range(_CHECKSUM - 1, -1, -1):
        letters[place] = alphabets[_BECH32_LETTERS + (check >> 5 * left & 31)]
        place += 1
    return place
