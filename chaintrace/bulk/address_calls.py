"""The compiled writers of addresses: Base58Check with OpenSSL's hashes, bech32 and bech32m.

Import it only where `digests.openssl()` has said yes. A text is at most 74 letters: `bcrt1`, a version, 64 digits for
a program of 40 bytes (BIP-141), six of checksum. 90 are set aside for each (BIP-173).
"""

import numpy as np

from chaintrace.bulk.block_bytes import I32, I64, U8
from chaintrace.bulk.compiled import compiled
from chaintrace.bulk.openssl_calls import hash160, sha256d
from chaintrace.bulk.script_kinds import MULTISIG, NONSTANDARD, NULLDATA, P2PK, P2PKH, P2SH, kind_of

_LONGEST = 90
_LIMB = 58**5
_DIGITS = 5
_CHECKSUM = 6
_BECH32M = 0x2BC830A3
_BECH32_LETTERS = 58
"""Where bech32's letters begin in the table of both alphabets."""


@compiled
def write_all(data: U8, script_at: I64, script_size: I32, versions: U8, hrp: U8, alphabets: U8) -> tuple[U8, I64, U8]:
    """Type and address of every script; the caller has checked that the scripts are in `data`."""
    number = len(script_at)
    kinds, offsets = np.empty(number, np.uint8), np.zeros(number + 1, np.int64)
    letters = np.empty(number * _LONGEST, np.uint8)
    context, hashed = np.empty(256, np.uint8), np.empty(64, np.uint8)
    payload, values = np.empty(28, np.uint8), np.empty(_LONGEST, np.uint8)
    place = 0
    for row in range(number):
        at, size = script_at[row], np.int64(script_size[row])
        kind = kind_of(data, at, size)
        kinds[row] = kind
        if kind in (P2PK, P2PKH, P2SH):
            payload[:] = 0
            payload[3] = versions[1] if kind == P2SH else versions[0]
            if kind == P2PK:
                hash160(context, data.ctypes.data + at + 1, size - 2, hashed.ctypes.data)
                payload[4:24] = hashed[:20]
            else:
                begin = at + 3 if kind == P2PKH else at + 2
                payload[4:24] = data[begin : begin + 20]
            sha256d(context, payload.ctypes.data + 3, 21, hashed.ctypes.data)
            payload[24:28] = hashed[:4]
            place = _base58(payload, letters, place, alphabets)
        elif kind != NONSTANDARD and kind != MULTISIG and kind != NULLDATA:
            place = _bech32(data, at, size, hrp, values, letters, place, alphabets)
        offsets[row + 1] = place
    return kinds, offsets, letters[:place].copy()


@compiled
def _base58(payload: U8, letters: U8, place: int, alphabets: U8) -> int:
    """Write the 25 bytes behind three zeros in base 58 at `place`; the place behind them."""
    limbs = np.empty(7, np.uint64)
    for at in range(7):
        limb = np.uint64(0)
        for byte in range(4):
            limb = limb << np.uint64(8) | np.uint64(payload[4 * at + byte])
        limbs[at] = limb
    digits = np.empty(7 * _DIGITS, np.uint8)  # 58**35 is more than 2**200
    left = 7 * _DIGITS
    for _ in range(7):
        rest = np.uint64(0)
        for at in range(7):
            number = rest << np.uint64(32) | limbs[at]
            limbs[at] = number // np.uint64(_LIMB)
            rest = number - limbs[at] * np.uint64(_LIMB)
        for _ in range(_DIGITS):
            left -= 1
            digits[left] = rest % np.uint64(58)
            rest //= np.uint64(58)
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


@compiled
def _polymod(check: int, value: int) -> int:
    """The checksum polynomial of BIP-173, one value on."""
    top = check >> 25
    check = (check & 0x1FFFFFF) << 5 ^ value
    check ^= 0x3B6A57B2 * (top & 1) ^ 0x26508E6D * (top >> 1 & 1) ^ 0x1EA119FA * (top >> 2 & 1)
    return check ^ 0x3D4233DD * (top >> 3 & 1) ^ 0x2A1462B3 * (top >> 4 & 1)


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
