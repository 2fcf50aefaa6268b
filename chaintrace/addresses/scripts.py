"""From a Bitcoin output script to its type and address.

A byte pattern decides; python-bitcoinlib gives the readable form and, in the tests, a second opinion. It is never
asked for addresses: its address of a bare uncompressed key is wrong, and it knows no witness version above 0.

A bare public key (P2PK) has no address of its own: it is shown under its key's P2PKH form, with the type "p2pk".
Source: Bitcoin Core `script/solver.cpp` for the patterns, BIP-141, BIP-341, and BIP-433 for P2A.
"""

import hashlib
from functools import lru_cache

from chaintrace.addresses.base58 import encode_check
from chaintrace.addresses.bech32 import encode_segwit
from chaintrace.addresses.families import BITCOIN, BitcoinNetwork

_OP_0, _OP_1, _OP_16, _OP_RETURN = 0x00, 0x51, 0x60, 0x6A
_CHECKMULTISIG, _CHECKSIG = 0xAE, 0xAC
_KEY_LENGTH = {2: 33, 3: 33, 4: 65, 6: 65, 7: 65}
"""Length of a public key by its first byte: compressed, uncompressed, hybrid."""
_MOST_KEYS = 20
_WITNESS_TYPES = {(0, 20): "p2wpkh", (0, 32): "p2wsh", (1, 32): "p2tr"}
_ANCHOR = bytes.fromhex("4e73")
MAX_SCRIPT_SIZE = 10_000
"""Bytes. No longer script can ever be executed, so its output can never be spent."""


def is_unspendable(script: bytes) -> bool:
    """Whether nobody can ever spend an output with this script: OP_RETURN first, or more than 10,000 bytes."""
    return script[:1] == b"\x6a" or len(script) > MAX_SCRIPT_SIZE


def script_address(script: bytes, chain: str) -> tuple[str, str | None]:
    """Type and address of an output script on a chain of Bitcoin's family.

    Types: p2pk, p2pkh, p2sh, p2wpkh, p2wsh, p2tr, p2a, witness_v1 to witness_v16 (other programs), multisig, nulldata
    (begins with OP_RETURN), nonstandard. The last three have no address. Never raises for any bytes; raises ValueError
    for a chain that is not of Bitcoin's family.
    """
    network = BITCOIN.get(chain)
    if network is None:
        raise ValueError(f"{chain} is no chain of Bitcoin's family")
    size = len(script)
    if size == 25 and script[:3] == b"\x76\xa9\x14" and script[23:] == b"\x88\xac":  # P2PKH
        return "p2pkh", encode_check(bytes((network.pubkey_version,)) + script[3:23])
    if size == 23 and script[:2] == b"\xa9\x14" and script[22] == 0x87:  # P2SH
        return "p2sh", encode_check(bytes((network.script_version,)) + script[2:22])
    if 4 <= size <= 42 and script[1] == size - 2:  # BIP-141: a version and one push
        version = _small_number(script[0])
        if version is not None:
            return _witness(version, script[2:], network)
    if size in (35, 67) and _is_bare_key(script):
        return "p2pk", encode_check(bytes((network.pubkey_version,)) + hash160(script[1:-1]))
    if script[:1] == b"\x6a":
        return "nulldata", None
    return ("multisig", None) if multisig_keys(script) else ("nonstandard", None)


def _small_number(opcode: int) -> int | None:
    """The number that OP_0 or OP_1 … OP_16 pushes, or None for another opcode."""
    if opcode == _OP_0:
        return 0
    return opcode - _OP_1 + 1 if _OP_1 <= opcode <= _OP_16 else None


@lru_cache(maxsize=65536)
def _witness(version: int, program: bytes, network: BitcoinNetwork) -> tuple[str, str | None]:
    """Type and address of a witness program. A version 0 program of a wrong length can never be spent."""
    kind = _WITNESS_TYPES.get((version, len(program)))
    if kind is None:
        if version == 0:
            return "nonstandard", None
        kind = "p2a" if version == 1 and program == _ANCHOR else f"witness_v{version}"
    return kind, encode_segwit(network.hrp, version, program)


def _is_bare_key(script: bytes) -> bool:
    """Whether the script is one push of a public key (any of the five first bytes) and OP_CHECKSIG."""
    length = len(script) - 2
    return script[0] == length and script[-1] == _CHECKSIG and _KEY_LENGTH.get(script[1]) == length


def hash160(data: bytes) -> bytes:
    """RIPEMD-160 of SHA-256. Some builds of OpenSSL lack RIPEMD-160; then python-bitcoinlib's own is used."""
    inner = hashlib.sha256(data).digest()
    try:
        return hashlib.new("ripemd160", inner).digest()
    except ValueError:
        from bitcoin.core.contrib.ripemd160 import ripemd160  # heavy, and rarely needed

        return bytes(ripemd160(inner))


def multisig_keys(script: bytes) -> tuple[bytes, ...]:
    """The public keys of a bare m-of-n script, in order; empty when the script is no such thing."""
    if len(script) < 37 or script[-1] != _CHECKMULTISIG:  # OP_1, a compressed key, OP_1, the check
        return ()
    needed, place = _count(script, 0)
    keys: list[bytes] = []
    while place < len(script) and script[place] in (33, 65):
        key = script[place + 1 : place + 1 + script[place]]
        if len(key) != script[place] or _KEY_LENGTH.get(key[0]) != len(key):
            return ()
        keys.append(key)
        place += 1 + len(key)
    total, place = _count(script, place)
    whole = place == len(script) - 1 and total == len(keys) and 1 <= needed <= total <= _MOST_KEYS
    return tuple(keys) if whole else ()


def _count(script: bytes, place: int) -> tuple[int, int]:
    """The number pushed at `place` and where the next opcode is; 0 when no number from 1 to 20 stands there."""
    number = _small_number(script[place]) if place < len(script) else None
    if number:
        return number, place + 1
    if script[place : place + 1] == b"\x01" and script[place + 1 : place + 2] in (b"\x11", b"\x12", b"\x13", b"\x14"):
        return script[place + 1], place + 2
    return 0, place
