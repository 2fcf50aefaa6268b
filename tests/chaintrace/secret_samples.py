"""Secrets that were made for tests: nobody's coins lie behind them."""

from __future__ import annotations

import json

from Crypto.PublicKey import ECC
from eth_account.hdaccount.mnemonic import Mnemonic
from eth_account.types import Language
from eth_keys.datatypes import PrivateKey

from chaintrace.addresses.base58 import encode, encode_check
from chaintrace.addresses.bech32 import encode_segwit
from chaintrace.addresses.scripts import hash160

KEY = bytes(range(1, 33))
WIFS = [encode_check(bytes((version,)) + KEY + tail) for version in (0x80, 0xEF) for tail in (b"", b"\x01")]
XPRV = encode_check(bytes.fromhex("0488ade4") + bytes(9) + bytes(32) + b"\0" + KEY)
XPUB = encode_check(bytes.fromhex("0488b21e") + bytes(9) + bytes(32) + b"\2" + KEY)
ZPRV = encode_check(bytes.fromhex("04b2430c") + bytes(9) + bytes(32) + b"\0" + KEY)
TXID = "f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16"
ADDRESSES = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
ABANDON = "abandon " * 11 + "about"


def ed25519_pair() -> bytes:
    made = ECC.construct(curve="Ed25519", seed=KEY).public_key().export_key(format="raw")
    return KEY + made


ETHEREUM = PrivateKey(KEY).public_key.to_canonical_address()
KEYSTORE = {
    "address": ETHEREUM.hex(),
    "crypto": {
        "cipher": "aes-128-ctr",
        "ciphertext": TXID,
        "kdf": "scrypt",
        "kdfparams": {"salt": "a" * 64},
        "mac": "b" * 64,
    },
    "version": 3,
}
OTHERS = {
    "BIP-38": encode_check(b"\x01\x42\xc0" + bytes(range(36))),
    "WIF of Litecoin": encode_check(b"\xb0" + KEY + b"\x01"),
    "extended, of Litecoin": encode_check(bytes.fromhex("019d9cfe") + bytes(9) + bytes(32) + b"\0" + KEY),
    "Solana, bytes": str(list(ed25519_pair())),
    "Solana, bytes over lines": json.dumps(list(ed25519_pair()), indent=1),
    "Solana, base58": encode(ed25519_pair()),
    "Ed25519, digits": ed25519_pair().hex(),
    "XRP Ledger": "snoPBrXtMeMyMHUVTgbuqAfg1SUTb",
    "XRP Ledger, Ed25519": "sEdTM1uX8pu2do5XvTnutH6HsouMaM2",
    "Stellar": "SAV76USXIJOBMEQXPANUOQM6F5LIOTLPDIDVRJBFFE2MDJXG24TAPUU7",
    "PEM": "-----BEGIN EC PRIVATE KEY-----\nMHQCAQEEIA==\n-----END EC PRIVATE KEY-----",
}
"""Other keys, as wallets and tools write them; of the XRP Ledger and of Stellar those of their documentations."""

_PUBLIC = PrivateKey(KEY).public_key
_SHORT = hash160(_PUBLIC.to_compressed_bytes())
BITCOIN = (
    encode_check(b"\0" + _SHORT), encode_check(b"\0" + hash160(b"\4" + _PUBLIC.to_bytes())),
    encode_check(b"\5" + hash160(b"\0\x14" + _SHORT)), encode_segwit("bc", 0, _SHORT),
)  # fmt: skip
"""The addresses of KEY on Bitcoin: of its short and its long public key, and of witness programs."""

PHRASE_12 = Mnemonic(Language.ENGLISH).to_mnemonic(bytes(range(16)))
PHRASE_24 = Mnemonic(Language.ENGLISH).to_mnemonic(bytes(range(32)))
CHINESE = Mnemonic(Language.CHINESE_SIMPLIFIED).to_mnemonic(bytes(range(16)))
ELECTRUM = "wild father tree among universe such mobile favorite target dynamic credit identify"
"""A phrase of Electrum's own tests (electrum, tests/test_mnemonic.py)."""
TON = (
    "hospital stove relief fringe tongue always charge angry urge sentence again match nerve inquiry senior coconut "
    "label tumble carry category beauty bean road solution"
)
"""A phrase of TON's own tests (ton-crypto, mnemonic.spec.ts)."""

TON_ALONE = (
    "trend village spin aerobic infant post oxygen collect essence camp liar trophy buddy bamboo surge capable toe "
    "hole found tide soldier neither police govern"
)
"""One that was drawn, of which no part fits the checksum of BIP-39."""

CANARIES = tuple(
    text.encode() for text in (ABANDON, *WIFS, XPRV, ZPRV, *OTHERS.values(), PHRASE_12, PHRASE_24, ELECTRUM)
)
"""What no file that chaintrace writes may hold, as the tests end."""
