"""Text that looks like an address or a txid and is none: what it looks like, and why it cannot be read.

Nothing is ever corrected: an address that is one character off is another one, or none. Hidden signs, letters of other
scripts and full-width forms are named by their code points.
"""

import re
import unicodedata
from functools import lru_cache

from chaintrace.addresses import bech32, normalise, recognise
from chaintrace.addresses.base58 import ALPHABET, decode, decode_check
from chaintrace.addresses.others import ledger_of

DOTS = r"\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)"
"""How a point is written in text that was made harmless."""

REMEDY = "write it as the wallet or the explorer shows it"
WORD = frozenset({"Lu", "Ll", "Lt", "Lm", "Nd", "Cf", "Cc", "Mn", "Me"})
"""Unicode categories of which one word may be made; a sign of any other one parts words, as Chinese characters do."""

_HIDDEN = frozenset({"Cf", "Cc", "Mn", "Me"})
_DOTS = re.compile(DOTS, re.IGNORECASE)
_HEX = re.compile(r"[0-9a-fA-F]+\Z")
_NEARLY_HEX = re.compile(r"[0-9a-fA-FoOlIsSzZqQgG]+\Z")
_WITNESS = re.compile(r"(bcrt|bc|tb|ltc)[1lI|][0-9a-z]{8,}\Z", re.IGNORECASE)
_NETWORKS = {"bc": "bitcoin", "tb": "bitcoin-testnet", "bcrt": "bitcoin-regtest"}
_BASE58_STARTS = "123TmnlI|"
_TXID_DIGITS = 64
_PLAIN_KEY = 32
_SIMILAR = str.maketrans("lI|O0", "111oo")
_BASE58_INSIDE = re.compile(r"(?=([13T][1-9A-HJ-NP-Za-km-z]{32})([1-9A-HJ-NP-Za-km-z]?))")
_LOOKED_INTO = 100_000
"""So many characters of a word are looked through for an address in base58: a longer one is the content of a file."""
_MIXED = re.compile(r"(?=[^0-9]*[0-9])(?=[^a-z]*[a-z])[^A-Z]*[A-Z]")
_HEX_INSIDE = re.compile(r"(?<=[0-9A-Za-z])0x(?:[0-9a-fA-F]{64}|[0-9a-fA-F]{40})(?![0-9a-fA-F])")


@lru_cache(maxsize=4096)
def is_of_word(sign: str) -> bool:
    """Whether a sign may be part of an address, as it stands or damaged."""
    return unicodedata.category(sign) in WORD


def strange(text: str) -> str:
    """What a word holds that no address has: hidden signs, other scripts, points; "" for plain letters and digits."""
    several = [f"{'a point' if len(found) == 1 else 'points'} in brackets" for found in [_DOTS.findall(text)] if found]
    wide = sum("\uff01" <= sign <= "\uff5e" for sign in text)
    several += ["full-width characters"] if wide else []
    others = dict.fromkeys(sign for sign in text if not sign.isascii() or ord(sign) < 32 or ord(sign) == 127)
    named = [_named(sign) for sign in others if not "\uff01" <= sign <= "\uff5e"]
    return ", ".join((*several, *named[:4], *(["and more"] if len(named) > 4 else [])))


def _named(sign: str) -> str:
    """A sign by its code point and name, and whether it is hidden or only looks like another."""
    name = unicodedata.name(sign, "a control character")
    what = "a hidden sign" if unicodedata.category(sign) in _HIDDEN else "which is no Latin letter or digit"
    return f"U+{ord(sign):04X} {name} ({what})"


def bare(text: str) -> str:
    """A word without hidden signs and points, in ordinary width: to see what it looks like, never to be looked up."""
    plain = unicodedata.normalize("NFKC", _DOTS.sub("", text))
    return "".join(sign for sign in plain if unicodedata.category(sign) not in _HIDDEN)


def looks_altered(text: str) -> bool:
    """Whether a word with strange signs looks like an address or a txid that was altered."""
    plain = bare(text)
    latin = sum(sign.isascii() and sign.isalnum() for sign in plain)
    with_digit = any(sign.isdigit() for sign in plain)
    return len(plain) >= 25 and latin >= 15 and with_digit and plain.isalnum()


def why_not(text: str) -> str:
    """Why a word of plain letters and digits that looks like an address or a txid is none; "" where it does not."""
    if text[:2].lower() in ("0x", "ox") and len(text) >= 36:
        return _hexadecimal(text)
    if witness := _WITNESS.match(text):
        return _witness(text, witness[1].lower())
    if _NEARLY_HEX.match(text) and 38 <= len(text) <= 68:
        return _digits(text)
    if 25 <= len(text) <= 36 and (reason := _base58(text)):
        return reason
    if 40 <= len(text) <= 46 and is_mixed(text) and all(sign in ALPHABET for sign in text):
        size = len(decode(text))
        if size == _PLAIN_KEY:
            return "it is 32 bytes in base58 and has no checksum: name its chain with --chain, in a list of its own"
    return _foreign_witness(text) or of_other_ledger(text) or _glued(text)


def of_other_ledger(text: str) -> str:
    """Of an address of a ledger that chaintrace does not read, whose checksum fits."""
    ledger = ledger_of(text)
    return (
        f"its checksum fits, and it is an address of {ledger}: of no chain that can be checked here" if ledger else ""
    )


def _foreign_witness(text: str) -> str:
    """Of bech32 with a prefix that no chain has which can be checked here."""
    prefix = text.lower().rpartition("1")[0]
    if text not in (text.lower(), text.upper()) or not bech32.fits(text.lower()):
        return ""
    return f"its checksum fits, and it begins with {prefix}1: of no chain that can be checked here"


def _glued(text: str) -> str:
    """Of a word in which an address or a txid stands among other letters and digits."""
    inside = _HEX_INSIDE.search(text) is not None or any(
        is_mixed(part) and _has_checksum(part) and recognise(part)
        for found in _BASE58_INSIDE.finditer(text, 0, _LOOKED_INTO)
        for part in (found[1], found[1] + found[2])
    )
    return f"an address stands in it, with letters or digits directly at it: {REMEDY}, in a word of its own" * inside


def _has_checksum(text: str) -> bool:
    try:
        decode_check(text)
    except ValueError:
        return False
    return True


def _hexadecimal(text: str) -> str:
    """Of what begins with 0x."""
    digits = text[2:]
    if text[0] != "0":
        is_near = _NEARLY_HEX.match(digits) and len(text) <= 68
        return f"it begins with the letter {text[0]} and not with the digit 0: {REMEDY}" if is_near else ""
    if not _HEX.match(digits):
        wrong = next(sign for sign in digits if not _HEX.match(sign))
        return f"the character {wrong!r} is no hex digit: {REMEDY}" if _NEARLY_HEX.match(digits) else ""
    if len(digits) == 40:
        return f"{_reason('ethereum', text)}: {REMEDY}"
    if 36 <= len(digits) <= 44:
        return f"an address has 40 hex digits after 0x, and this has {len(digits)}: {REMEDY}"
    if 60 <= len(digits) <= 68:
        return f"a txid has 64 hex digits, and this has {len(digits)}: {REMEDY}"
    return ""


def _witness(text: str, part: str) -> str:
    """Of what begins as a bech32 address with this prefix does."""
    if part not in _NETWORKS:
        return f"addresses that begin with {part}1 are of no chain that can be checked here"
    if text[len(part)] != "1":
        return f"after {part} stands {text[len(part)]!r} and not the digit 1: {REMEDY}"
    return f"{_reason(_NETWORKS[part], text)}: {REMEDY}"


def _digits(text: str) -> str:
    """Of hex digits without 0x, or nearly."""
    is_hex = _HEX.match(text) is not None
    near = 60 <= len(text) <= 68
    if not is_hex:
        wrong = next(sign for sign in text if not _HEX.match(sign))
        return f"the character {wrong!r} is no hex digit: {REMEDY}" if near else ""
    if near:
        return f"a txid has 64 hex digits, and this has {len(text)}: {REMEDY}"
    if len(text) == 40:
        return "40 hex digits are no address: write 0x before those of Ethereum, 41 before those of TRON"
    return f"42 hex digits that begin with 41 are an address of TRON, and this has {len(text)}: {REMEDY}" * (
        text.startswith("41") and len(text) in (41, 43)
    )


def _base58(text: str) -> str:
    """Of what looks like base58 with a checksum."""
    if not is_mixed(text):
        return _one_case(text) or _look_alike(text)
    try:
        payload = decode_check(text)
    except ValueError as error:
        return f"{error}: {REMEDY}" if text[0] in _BASE58_STARTS else ""
    return f"its checksum fits, and its first byte is 0x{payload[0]:02x}: of no chain that can be checked here"


def _one_case(text: str) -> str:
    """Of a word that is as long as an address and begins like one, in which all letters are small or all are large."""
    digits = sum(sign.isdigit() for sign in text)
    is_like_it = text[0] in "tT" and len(text) == 34 if text[0].isalpha() else text[0] in "13" and len(text) in (33, 34)
    if not is_like_it or not 1 <= digits < len(text) // 2 or text not in (text.lower(), text.upper()):
        return ""
    return f"it is as long as an address, in one letter case, which addresses have not: {REMEDY}"


def _look_alike(text: str) -> str:
    """Of a word without a digit whose checksum would fit if look-alikes were others: which, is not said."""
    if not (text[0] in _BASE58_STARTS and _has_checksum(text.translate(_SIMILAR))):
        return ""
    wrong = next(sign for sign in text if ord(sign) in _SIMILAR)
    return f"the character {wrong!r} does not occur in base58: {REMEDY}"


def is_mixed(text: str) -> bool:
    """Whether digits, small and capital letters stand in it, as in nearly every address in base58."""
    return _MIXED.match(text) is not None


def _reason(chain: str, text: str) -> str:
    """The reason of the chain itself, without the text."""
    try:
        normalise(chain, text)
    except ValueError as error:
        return str(error.__cause__ or error)
    return "it cannot be read"
