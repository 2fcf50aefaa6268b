"""Private keys in a text: those with a checksum or a public key of their own, and what wallets keep in files.

A key with a checksum is recognised over the end of a line and in groups too, and in the forms of other ledgers, whose
coins move with it just as well: of XRP (XRP Ledger, "Base58 Encodings": 0x21 or 0x01e14b before 16 bytes) and of
Stellar (SEP-0023: 18 << 3 before 32 bytes).
"""

import re
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import islice

from chaintrace.addresses.base58 import decode, decode_check
from chaintrace.addresses.others import stellar_payload, xrp_payload
from chaintrace.private_keys.secret import Secret

_WIF, _EXTENDED, _ENCRYPTED, _PAIR = 0x80, 78, 39, 64
"""Of WIF the least version byte; how many bytes an extended key, a key of BIP-38 and a pair of Ed25519 have."""

_BIP38 = (b"\x01\x42", b"\x01\x43")
"""How keys of BIP-38 begin: the key alone, and one made for somebody else's passphrase."""

_BASE58 = re.compile(r"(?<![1-9A-HJ-NP-Za-km-z])[1-9A-HJ-NP-Za-km-z]{51,112}(?![1-9A-HJ-NP-Za-km-z])")
_WRAPPED = re.compile(
    r"(?<![1-9A-HJ-NP-Za-km-z])(?:[5KLcT69][1-9A-HJ-NP-Za-km-z]{3}|[a-zA-Z]prv|[LD][a-z]pv)"
    r"[1-9A-HJ-NP-Za-km-z]{0,107}(?:[ \t]?\r?\n[> \t]{0,4}|[ -])[1-9A-HJ-NP-Za-km-z]"
)
"""How one may begin that is broken over lines, or written in groups."""

_GAP = re.compile(r"[\s>-]{1,8}")
_PIECE = re.compile(r"[1-9A-HJ-NP-Za-km-z]+")
_SIZES = (51, 52, 58, 107, 108, 111, 112)
"""How long keys in base58 are: WIF, BIP-38, extended ones."""

_LEAST_GROUP, _MOST_GROUPS = 4, 28
_XRP = re.compile(r"(?<![0-9A-Za-z])s[1-9A-HJ-NP-Za-km-z]{28,30}(?![0-9A-Za-z])")
_XRP_BEGINS = {17: b"\x21", 19: b"\x01\xe1\x4b"}
_STELLAR = re.compile(r"(?<![0-9A-Za-z])S[A-Z2-7]{55}(?![0-9A-Za-z])")
_STELLAR_SEED = bytes((18 << 3,))
_BYTES = re.compile(r"\[\s*(?:\d{1,3}\s*,\s*){63}\d{1,3}\s*,?\s*\]")
_PAIR_DIGITS = re.compile(r"(?<![0-9a-zA-Z])(?:0x)?([0-9a-fA-F]{128})(?![0-9a-zA-Z])")
_KEYSTORE = re.compile(r"ciphertext[\"'\\]*\s*:\s*[\"'\\]*([0-9a-fA-F]{64,})", re.IGNORECASE)
_KDF = re.compile(r"kdf[\"'\\]*\s*:", re.IGNORECASE)
_VAULT = re.compile(
    r"data[\"'\\]*\s*:\s*[\"'\\]*([A-Za-z0-9+/=]{40,})[\"'\\]*\s*,\s*[\"'\\]*iv[\"'\\]*\s*:[^{}]{1,80}salt[\"'\\]*\s*:"
)
_PEM = re.compile(r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----.{0,8000}?(?:-----END|\Z)", re.DOTALL)
_FEW = 24
"""Of so many numbers of 64 bytes at most the public key is worked out: each takes some milliseconds."""


def keys(text: str) -> Iterator[Secret]:
    """The private keys of a text, in any order."""
    yield from _in_base58(text)
    yield from _in_pieces(text)
    yield from _of_other_ledgers(text)
    yield from _byte_lists(text)
    if "cipher" in text or '"salt' in text or "-----BEGIN" in text or "salt\\" in text:
        yield from _encrypted(text)


def _in_base58(text: str) -> Iterator[Secret]:
    """Keys in base58, each with a checksum, or with its public key beside it."""
    for match in _BASE58.finditer(text):
        kind = _kind(match[0])
        if not kind and len(match[0]) in (86, 87, 88) and _is_pair(decode(match[0])):
            kind = "a private key (Ed25519)"
        if kind:
            yield Secret(kind, match.start(), match.end())


def _kind(text: str) -> str:
    """What kind of key a text in base58 is; "" where its checksum does not fit, or it is none."""
    try:
        payload = decode_check(text)
    except ValueError:
        return ""
    if payload[0] >= _WIF and (len(payload) == 33 or (len(payload) == 34 and payload[-1] == 1)):
        return "a private key (WIF)"
    if len(payload) == _EXTENDED and payload[45] == 0:  # a public key begins with 2 or 3 (BIP-32)
        return "an extended private key"
    return "an encrypted private key (BIP-38)" if len(payload) == _ENCRYPTED and payload[:2] in _BIP38 else ""


def _in_pieces(text: str) -> Iterator[Secret]:
    """Keys in base58 over two lines, or in groups of four letters and more."""
    for begin in _WRAPPED.finditer(text):
        joined, at = "", begin.start()
        for _ in range(_MOST_GROUPS):
            piece = _PIECE.match(text, at)
            if piece is None:
                break
            joined += piece[0]
            if len(joined) in _SIZES and _kind(joined):
                yield Secret(_kind(joined), begin.start(), piece.end())
            gap = _GAP.match(text, piece.end())
            if gap is None or len(piece[0]) < _LEAST_GROUP or len(joined) >= _SIZES[-1]:
                break
            at = gap.end()


def _of_other_ledgers(text: str) -> Iterator[Secret]:
    """Secrets of ledgers that chaintrace does not read, each with a checksum."""
    for match in (*_XRP.finditer(text), *_STELLAR.finditer(text)):
        is_xrp = match[0][0] == "s"
        try:
            payload = xrp_payload(match[0]) if is_xrp else stellar_payload(match[0])
        except ValueError:
            continue
        if payload.startswith(_XRP_BEGINS.get(len(payload), b"\xff") if is_xrp else _STELLAR_SEED):
            yield Secret(f"a secret of {'the XRP Ledger' if is_xrp else 'Stellar'}", match.start(), match.end())


def _byte_lists(text: str) -> Iterator[Secret]:
    """64 bytes as a list of numbers or as digits, the last half the public key of the first (Solana's wallets)."""
    for match in _BYTES.finditer(text):
        numbers = [int(number) for number in re.findall(r"\d+", match[0])]
        if max(numbers) < 256 and _is_pair(bytes(numbers)):
            yield Secret("a private key (Ed25519)", match.start(), match.end())
    for match in islice(_PAIR_DIGITS.finditer(text), _FEW):
        if _is_pair(bytes.fromhex(match[1])):
            yield Secret("a private key (Ed25519)", match.start(1), match.end(1))


def _is_pair(pair: bytes) -> bool:
    """Whether 64 bytes are a private key of Ed25519 and its public key."""
    if len(pair) != _PAIR or find_spec("Crypto") is None:
        return False
    from Crypto.PublicKey import ECC

    made = ECC.construct(curve="Ed25519", seed=pair[:32])  # type: ignore[arg-type]  # bytes, as its documentation says
    return bool(made.public_key().export_key(format="raw") == pair[32:])


def _encrypted(text: str) -> Iterator[Secret]:
    """What wallets and tools keep in files: keystores, a browser's vault, PEM."""
    for match in _KEYSTORE.finditer(text):
        if _KDF.search(text, max(0, match.start() - 3000), match.end() + 3000):
            yield Secret("an encrypted private key (keystore)", match.start(1), match.end(1))
    for match in _VAULT.finditer(text):
        yield Secret("the encrypted vault of a wallet", match.start(1), match.end(1))
    for match in _PEM.finditer(text):
        yield Secret("a private key (PEM)", match.start(), match.end())
