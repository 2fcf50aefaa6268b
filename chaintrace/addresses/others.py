"""Texts with a checksum of ledgers that chaintrace does not read: known only to say of which ledger they are.

Sources: XRP Ledger, "Base58 Encodings" (its letters; 0x00 before the 20 bytes of an address); Stellar, SEP-0023 (in
base32, 6 << 3 before the 32 bytes of an address, CRC-16 XMODEM behind them); TON, TEP-2 (in base64, a tag, a workchain,
32 bytes, CRC-16 XMODEM).
"""

import base64
import re
from binascii import crc_hqx
from typing import Literal

from chaintrace.addresses.base58 import ALPHABET, decode_check

XRP_ALPHABET = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
_TO_BITCOIN = str.maketrans(XRP_ALPHABET, ALPHABET)
_XRP = re.compile(r"r[1-9A-HJ-NP-Za-km-z]{24,34}\Z")
_STELLAR = re.compile(r"G[A-Z2-7]{55}\Z")
TON = re.compile(r"(?<![0-9A-Za-z_+/-])[EUk0]Q[0-9A-Za-z_+/-]{46}(?![0-9A-Za-z_+/-])")
"""The form of an address of TON, which has signs in it that part words elsewhere."""

_XRP_SIZE, _STELLAR_KEY, _TON_TAGS, _TON_CHAINS = 21, 6 << 3, (0x11, 0x51, 0x91, 0xD1), (0, 0xFF)


def xrp_payload(text: str) -> bytes:
    """The bytes of a text in the base58 of the XRP Ledger. Raises ValueError where its checksum does not fit."""
    return decode_check(text.translate(_TO_BITCOIN))


def stellar_payload(text: str) -> bytes:
    """The version byte and the key of a text of Stellar. Raises ValueError where its checksum does not fit."""
    return _checked(base64.b32decode(text), "little")


def ledger_of(text: str) -> str:
    """Of which ledger a text is an address, whose checksum fits: `xrp`, `stellar` or `ton`; "" for any other."""
    try:
        if _XRP.match(text):
            payload = xrp_payload(text)
            return "xrp" * (len(payload) == _XRP_SIZE and payload[0] == 0)
        if _STELLAR.match(text):
            return "stellar" * (stellar_payload(text)[0] == _STELLAR_KEY)
        if TON.fullmatch(text):
            tag, chain, *_ = _checked(base64.b64decode(text.replace("-", "+").replace("_", "/")), "big")
            return "ton" * (tag in _TON_TAGS and chain in _TON_CHAINS)
    except ValueError:
        return ""
    return ""


def _checked(raw: bytes, order: Literal["little", "big"]) -> bytes:
    """Bytes without the CRC-16 XMODEM behind them. Raises ValueError where it does not fit."""
    if crc_hqx(raw[:-2], 0).to_bytes(2, order) != raw[-2:]:
        raise ValueError("its checksum does not fit")
    return raw[:-2]
