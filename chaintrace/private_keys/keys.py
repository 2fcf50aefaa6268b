"""Private keys in a text: those with a checksum or a public key of their own, and hexadecimal ones that it names so.

64 hexadecimal digits are nearly always a txid. They are a key where the text calls them one, in a sentence, in the head
of a column or of a list, and where the address of the key stands in the same text.
"""

import re
from collections.abc import Iterator
from importlib.util import find_spec

from chaintrace.addresses.base58 import decode, decode_check
from chaintrace.private_keys.secret import Secret

_WIF, _EXTENDED, _ENCRYPTED, _PAIR = 0x80, 78, 39, 64
"""Of WIF the least version byte; how many bytes an extended key, a key of BIP-38 and a pair of Ed25519 have."""

_BIP38 = (b"\x01\x42", b"\x01\x43")
"""How keys of BIP-38 begin: the key alone, and one made for somebody else's passphrase."""

_BASE58 = re.compile(r"(?<![1-9A-HJ-NP-Za-km-z])[1-9A-HJ-NP-Za-km-z]{51,112}(?![1-9A-HJ-NP-Za-km-z])")
_BYTES = re.compile(r"\[\s*(?:\d{1,3}\s*,\s*){63}\d{1,3}\s*,?\s*\]")
_HEX = re.compile(r"(?<![0-9a-zA-Z])(?:0x)?([0-9a-fA-F]{64})(?![0-9a-zA-Z])")
_NAME = re.compile(
    r"priv(?:ate)?[\s_-]*key|secret[\s_-]*key|(?<![a-z])(?:secret|priv)(?![a-z])|clave\s+privada|cl[ée]\s+priv[ée]e"
    r"|chave\s+privada|закрыт\w+\s+ключ|приватн\w+\s+ключ|秘密鍵|개인\s*키|私[钥鑰匙]|密[钥鑰]",
    re.IGNORECASE,
)
_STEMS = ("priv", "secret", "закрыт", "приватн", "秘密鍵", "개인", "私", "密")
"""One of them stands in every such name."""

_TXID = re.compile(r"tx|trans|hash|block|sha|digest|交易|哈希|区块|區塊|[.;!?。]\s", re.IGNORECASE)
"""What stands between a name and digits that are something else."""

_REACH, _NEXT = 80, 12
"""So far from the name its digits may stand, and so far from those the next."""

_KEYSTORE = re.compile(r"ciphertext[\"'\\]*\s*:\s*[\"'\\]*([0-9a-fA-F]{64,})", re.IGNORECASE)
_KDF = re.compile(r"kdf[\"'\\]*\s*:", re.IGNORECASE)
_VAULT = re.compile(
    r"data[\"'\\]*\s*:\s*[\"'\\]*([A-Za-z0-9+/=]{40,})[\"'\\]*\s*,\s*[\"'\\]*iv[\"'\\]*\s*:[^{}]{1,80}salt[\"'\\]*\s*:"
)
_PEM = re.compile(r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----.{0,8000}?(?:-----END|\Z)", re.DOTALL)
_ADDRESS = re.compile(
    r"(?:0x|41)([0-9a-fA-F]{40})(?![0-9a-zA-Z])|(?<![0-9A-Za-z])(T[1-9A-HJ-NP-Za-km-z]{33})(?![0-9A-Za-z])"
)
_FEW = 24
"""Of so many numbers at most the addresses are worked out: each takes some milliseconds."""


def keys(text: str) -> Iterator[Secret]:
    """The private keys of a text, in any order."""
    yield from _in_base58(text)
    yield from _byte_lists(text)
    if "cipher" in text or '"salt' in text or "-----BEGIN" in text or "salt\\" in text:
        yield from _encrypted(text)
    folded = text.casefold()
    if any(stem in folded for stem in _STEMS):
        yield from _named(text)
        yield from _columns(text)
    yield from _with_their_address(text)


def _in_base58(text: str) -> Iterator[Secret]:
    """Keys in base58, each with a checksum, or with its public key beside it."""
    for match in _BASE58.finditer(text):
        try:
            payload = decode_check(match[0])
        except ValueError:
            if len(match[0]) in (86, 87, 88) and _is_pair(decode(match[0])):
                yield Secret("a private key (Ed25519)", match.start(), match.end())
            continue
        if payload[0] >= _WIF and (len(payload) == 33 or (len(payload) == 34 and payload[-1] == 1)):
            yield Secret("a private key (WIF)", match.start(), match.end())
        elif len(payload) == _EXTENDED and payload[45] == 0:  # a public key begins with 2 or 3 (BIP-32)
            yield Secret("an extended private key", match.start(), match.end())
        elif len(payload) == _ENCRYPTED and payload[:2] in _BIP38:
            yield Secret("an encrypted private key (BIP-38)", match.start(), match.end())


def _byte_lists(text: str) -> Iterator[Secret]:
    """64 bytes as a list of numbers, the last half the public key of the first, as Solana's wallets write."""
    for match in _BYTES.finditer(text):
        numbers = [int(number) for number in re.findall(r"\d+", match[0])]
        if max(numbers) < 256 and _is_pair(bytes(numbers)):
            yield Secret("a private key (Ed25519)", match.start(), match.end())


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


def _named(text: str) -> Iterator[Secret]:
    """Digits that the text calls a private key, and those that follow them in a list."""
    for name in _NAME.finditer(text):
        at, reach = name.end(), _REACH
        while (match := _HEX.search(text, at, at + reach + 80)) and match.start() - at <= reach:
            if _TXID.search(text, at, match.start()):
                break
            yield Secret("a private key", match.start(1), match.end(1))
            at, reach = match.end(), _NEXT


def _columns(text: str) -> Iterator[Secret]:
    """Digits below a head that calls its column private keys."""
    column, sign, at = -1, "", 0
    for line in text.split("\n"):
        if column < 0 and _NAME.search(line) and not _HEX.search(line):
            sign = max(",;\t|", key=line.count)
            heads = line.split(sign)
            named = (place for place, head in enumerate(heads) if _NAME.search(head))
            column = next(named, -1) if len(heads) > 1 else -1  # a name over two columns is the name of none
        elif column >= 0:
            cells = line.split(sign)
            if column < len(cells) and (match := _HEX.search(cells[column])):
                begin = at + sum(len(cell) + 1 for cell in cells[:column])
                yield Secret("a private key", begin + match.start(1), begin + match.end(1))
        at += len(line) + 1


def _with_their_address(text: str) -> Iterator[Secret]:
    """Digits of which the address, of Ethereum's form or TRON's, stands in the same text."""
    numbers: dict[str, None] = {}
    for match in _HEX.finditer(text):
        numbers[match[1].lower()] = None
        if len(numbers) > _FEW:
            return
    if not numbers or not _ADDRESS.search(text) or find_spec("eth_keys") is None:
        return
    from eth_keys.datatypes import PrivateKey

    known = {_hash(match) for match in _ADDRESS.finditer(text)}
    fitting = set()
    for number in numbers:
        try:
            made = PrivateKey(bytes.fromhex(number)).public_key.to_canonical_address()
        except Exception:  # noqa: BLE001, S112  # no number of a key, whatever the library says of it
            continue
        fitting |= {number} if made in known else set()
    several = _HEX.finditer(text) if fitting else ()
    yield from (Secret("a private key", one.start(1), one.end(1)) for one in several if one[1].lower() in fitting)


def _hash(match: "re.Match[str]") -> bytes:
    """The 20 bytes of an address; nothing where its checksum does not fit."""
    if match[1]:
        return bytes.fromhex(match[1])
    try:
        return decode_check(match[2])[1:]
    except ValueError:
        return b""
