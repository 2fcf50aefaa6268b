"""Secrets that move coins, in a text: seed phrases, private keys. They are never kept, shown or put into a log.

Investigators paste what they found. Recognised are: seed phrases (BIP-39: words of one of its lists, in a row, with a
checksum that fits), private keys in Wallet Import Format, extended private keys (BIP-32, SLIP-132), and 64 hexadecimal
digits where the text calls them a private key; alone they may as well be a txid. What is recognised is a secret with
near certainty, what is not may be one all the same.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from chaintrace.addresses.base58 import decode_check
from chaintrace.errors import InputError

REDACTED = "[a secret that moves coins: removed]"
"""What stands in its place."""

ADVICE = (
    "nothing of it was kept: whoever has it can move the coins, which is an authorised officer's act; keep it apart, "
    "and remove it from here"
)

_LENGTHS = (24, 21, 18, 15, 12)
_LANGUAGES = (
    *("english", "spanish", "french", "italian", "czech", "japanese", "korean"),
    *("chinese_simplified", "chinese_traditional"),
)
_WIF = {0x80: (33, 34), 0xEF: (33, 34)}
"""Version bytes of private keys, and how long version and key are: with 34 a byte says that the key is compressed."""

_EXTENDED = {
    bytes.fromhex(version)
    for version in (
        *("0488ade4", "049d7878", "04b2430c", "0295b005", "02aa7a99"),  # xprv, yprv, zprv, Yprv, Zprv
        *("04358394", "044a4e28", "045f18bc", "024285b5", "02575048"),  # tprv, uprv, vprv, Uprv, Vprv
    )
}
"""Version bytes of extended private keys (BIP-32, SLIP-132)."""

_BASE58 = re.compile(r"(?<![1-9A-HJ-NP-Za-km-z])[1-9A-HJ-NP-Za-km-z]{51,112}(?![1-9A-HJ-NP-Za-km-z])")
_NAMED_HEX = re.compile(
    r"(?:priv(?:ate)?[\s_-]*key|secret[\s_-]*key|privkey|私钥|私鑰)\W{0,40}?(?:0x)?([0-9a-f]{64})(?![0-9a-f])",
    re.IGNORECASE,
)
_WORD = re.compile(r"(?:[^\W\d_][\u0300-\u036f\u3099\u309a]*)+")
_BETWEEN = re.compile(r"[\s,.;:|/\d()\[\]\"'=_-]{1,12}\Z")
"""What may stand between two words of one phrase: blanks, commas, numbers of a list."""


_PIECE, _OVERLAP = 1 << 18, 4096
"""Characters of a file that are read at once, and how many of them are looked at again with the next: more than the
longest phrase has, however it is written down."""


class Secret(NamedTuple):
    """Where a secret stands in a text, and what it is."""

    kind: str
    start: int
    end: int


def found(text: str) -> tuple[Secret, ...]:
    """The secrets of a text, in their order; those that overlap are one."""
    several = sorted((*_keys(text), *_named(text), *_phrases(text)), key=lambda one: (one.start, -one.end))
    kept: list[Secret] = []
    for one in several:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return tuple(kept)


def redacted(text: str) -> str:
    """The text without its secrets."""
    for one in reversed(found(text)):
        text = text[: one.start] + REDACTED + text[one.end :]
    return text


def refuse(text: str, path: Path | str, line: int | None = None) -> None:
    """Raise InputError where a text holds a secret, with what it is and where, and never the secret itself."""
    several = found(text)
    if several:
        first = several[0]
        at = text.count("\n", 0, first.start) + 1 if line is None else line
        raise InputError(f"it holds {first.kind}: {ADVICE}", path=Path(path), line=at)


def refuse_file(path: Path, shown: Path | str | None = None) -> None:
    """`refuse` for a file of any size: read piece by piece, each with the end of the one before. OSError as it comes.

    Text that is not UTF-8 is read as far as it is. `shown` is how a sentence names the file.
    """
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        kept, line = "", 1
        while piece := file.read(_PIECE):
            text = kept + piece
            several = found(text)
            if several:
                at = line + text.count("\n", 0, several[0].start)
                refuse(text, path if shown is None else shown, at)
            kept = text[-_OVERLAP:]
            line += text.count("\n", 0, len(text) - len(kept))


def _keys(text: str) -> Iterator[Secret]:
    """Keys in Base58Check, each with a checksum of its own."""
    for match in _BASE58.finditer(text):
        try:
            payload = decode_check(match[0])
        except ValueError:
            continue
        if len(payload) in _WIF.get(payload[0], ()):
            yield Secret("a private key (WIF)", match.start(), match.end())
        elif len(payload) == 78 and payload[:4] in _EXTENDED:
            yield Secret("an extended private key", match.start(), match.end())


def _named(text: str) -> Iterator[Secret]:
    """64 hexadecimal digits that the text itself calls a private key."""
    for match in _NAMED_HEX.finditer(text):
        yield Secret("a private key", match.start(1), match.end(1))


def _phrases(text: str) -> Iterator[Secret]:
    """Seed phrases: words in a row that one list knows, of a length and with a checksum that BIP-39 asks for.

    The whole row counts as the secret: where exactly the phrase begins in it, nobody can say.
    """
    for row in _rows(text):
        if len(row) < _LENGTHS[-1]:
            continue
        words = [_folded(match[0]) for match in row]
        starts = ((at, size) for size in _LENGTHS for at in range(len(words) - size + 1))
        if any(_is_phrase(words[at : at + size], size) for at, size in starts):
            yield Secret("a seed phrase", row[0].start(), row[-1].end())


def _folded(word: str) -> str:
    """A word as the lists are kept here: decomposed, in lower case."""
    return word.lower() if word.isascii() else unicodedata.normalize("NFKD", word).casefold()


def _rows(text: str) -> Iterator[list["re.Match[str]"]]:
    """Words that stand in a row, with nothing between them but what parts the words of a phrase."""
    row: list[re.Match[str]] = []
    known = _any_list()
    for match in _WORD.finditer(text):
        is_known = _folded(match[0]) in known
        if row and not (is_known and _BETWEEN.match(text[row[-1].end() : match.start()])):
            yield row
            row = []
        if is_known:
            row.append(match)
    if row:
        yield row


def _is_phrase(words: list[str], size: int) -> bool:
    """Whether these words are a seed phrase in some language: the last bits are those of the hash of the others."""
    for places in _lists():
        numbers = [places.get(word, -1) for word in words]
        if -1 in numbers:
            continue
        bits = "".join(f"{number:011b}" for number in numbers)
        entropy, check = bits[: size * 32 // 3], bits[size * 32 // 3 :]
        data = int(entropy, 2).to_bytes(len(entropy) // 8, "big")
        if f"{hashlib.sha256(data).digest()[0]:08b}".startswith(check):
            return True
    return False


@cache
def _lists() -> tuple[Mapping[str, int], ...]:
    """The word lists of BIP-39, as eth-account ships them: word to number."""
    spec = find_spec("eth_account")
    if spec is None or spec.origin is None:
        return ()
    folder = Path(spec.origin).parent / "hdaccount" / "wordlist"
    files = (folder / f"{name}.txt" for name in _LANGUAGES)
    return tuple(
        {_folded(word): number for number, word in enumerate(path.read_text("utf-8").split())}
        for path in files
        if path.is_file()
    )


@cache
def _any_list() -> frozenset[str]:
    return frozenset(word for places in _lists() for word in places)
