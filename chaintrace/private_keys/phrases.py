"""Seed phrases in a text: words of one list, in a row or numbered, with a checksum that fits.

Known are the lists of BIP-39, those in Russian and Turkish that the package mnemonic has besides, the first four
letters of the English words, which name them as well, and the phrases of Electrum and of TON, whose words are the
English ones with a version in their hash.
"""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

from chaintrace.private_keys.secret import Secret

LENGTHS = (24, 21, 18, 15, 12)
_LANGUAGES = (
    *("english", "spanish", "french", "italian", "portuguese", "czech", "japanese", "korean"),
    *("chinese_simplified", "chinese_traditional", "russian", "turkish"),
)
_ELECTRUM = ("01", "100", "101", "102")
"""How the hash of a phrase of Electrum begins: standard, segwit, either with a second factor (electrum/version.py)."""

_TON = 24, b"TON seed version", 100_000 // 256
"""Of a phrase of TON: words, salt and rounds of a hash that begins with a zero byte (ton, tonlib/keys/Mnemonic.cpp)."""

_REPEATED = 2
"""Words of a phrase that stand in it once more, at most; one more in a long one."""

_WORD = re.compile(r"((?:[^\W\d_][\u0300-\u036f\u3099\u309a]*)+)")
_ASCII = re.compile(r"([A-Za-z]{3,})")
"""The same in a text of ASCII, of which no list has a shorter word: hexadecimal digits are passed over quickly."""

_BETWEEN = re.compile(r"[\W\d_]{1,16}\Z")
"""What may stand between two words of one phrase: blanks, signs, numbers of a list."""

_NUMBER = re.compile(r"(?<![\d.])(\d{1,2})\W{0,4}\Z")
_LONG_LINE, _LONG_ROW = 40, 26
"""Signs at the end of a line in which its last word is looked for, and lines that may be a phrase."""

_LAST = re.compile(r"(?:[^\w\s]|\t)[ \t]*((?:[^\W\d_][\u0300-\u036f\u3099\u309a]*)+)\s*\Z")
"""The last word of a line, alone behind a sign."""

_NAMED = re.compile(
    r"(?:助[记記][词詞]|[种種]子|seed|mnemonic|recovery|phrase|backup)[^\n]{0,30}?[\s:\uff1a是为為]\W{0,4}"
    r"([\u3400-\u9fff\s]{12,60})",
    re.IGNORECASE,
)
"""Chinese characters without blanks are a phrase where the text says so: prose would often fit by chance."""


def phrases(text: str) -> Iterator[Secret]:
    """The seed phrases of a text.

    The whole row of words counts as the secret: where exactly the phrase begins in it, nobody can say.
    """
    rows = [*(_rows(text) if _has_row(text) else ()), *_line_ends(text)]
    for row in rows:
        if len(row) < LENGTHS[-1]:
            continue
        words = [_folded(match[1]) for match in row]
        if _holds(words) or _holds(_in_order(text, row, words)):
            yield Secret("a seed phrase", row[0].start(1), row[-1].end(1))
    for named in () if text.isascii() else _NAMED.finditer(text):
        signs = "".join(named[1].split())
        if any(_is_phrase(signs[at : at + size], size) for size in LENGTHS for at in range(len(signs) - size + 1)):
            yield Secret("a seed phrase", named.start(1), named.end(1))


def _holds(words: Sequence[str]) -> bool:
    """Whether a phrase of some length stands in a row of words."""
    several = (words[at : at + size] for size in LENGTHS for at in range(len(words) - size + 1))
    return any(_is_varied(some) and _is_phrase(some, len(some)) for some in several)


def _is_varied(words: Sequence[str]) -> bool:
    """Whether words may have been drawn, and are none that code or a table repeats: one in 16 such rows fits by chance.

    Of a hundred thousand drawn phrases some three repeat more, at most. One word again and again and another one at the
    end is no drawn phrase either, but one that people try out.
    """
    repeated = len(words) - len(set(words))
    return repeated <= _REPEATED + len(words) // 18 or (len(set(words[:-1])) == 1 and words[0] != words[-1])


def _in_order(text: str, row: Sequence["re.Match[str]"], words: Sequence[str]) -> Sequence[str]:
    """The words with numbers before them, in their order, as in a table of columns; nothing where one is missing."""
    before = (_NUMBER.search(text[max(0, match.start() - 8) : match.start()]) for match in row)
    numbered = sorted((int(found[1]), word) for found, word in zip(before, words, strict=True) if found)
    is_whole = [number for number, _ in numbered] == list(range(1, len(numbered) + 1))
    return [word for _, word in numbered] if is_whole else ()


def _folded(word: str) -> str:
    """A word as the lists are kept here: decomposed, in lower case."""
    return word.lower() if word.isascii() else unicodedata.normalize("NFKD", word).casefold()


def _has_row(text: str) -> bool:
    """Whether so many words as the shortest phrase has follow each other, whatever parts them: nearly no text has."""
    words = _ASCII.findall(text.lower()) if text.isascii() else map(_folded, _WORD.findall(text))
    return b"\1" * LENGTHS[-1] in bytes(map(_any_list().__contains__, words))


def _rows(text: str) -> Iterator[list["re.Match[str]"]]:
    """Words that stand in a row, with nothing between them but what parts the words of a phrase."""
    row: list[re.Match[str]] = []
    known = _any_list()
    for match in (_ASCII if text.isascii() else _WORD).finditer(text):
        is_known = _folded(match[0]) in known
        if row and not (is_known and _BETWEEN.match(text[row[-1].end() : match.start()])):
            yield row
            row = []
        if is_known:
            row.append(match)
    if row:
        yield row


def _line_ends(text: str) -> Iterator[list["re.Match[str]"]]:
    """The last words of lines that follow each other, as where somebody sends a phrase word by word in a chat.

    Not of a long column: some of its rows would fit a checksum by chance.
    """
    known = _any_list()
    row: list[re.Match[str]] = []
    at = 0
    for line in (*text.split("\n"), "."):
        match = _LAST.search(text, max(at, at + len(line) - _LONG_LINE), at + len(line))
        at += len(line) + 1
        if match is not None and _folded(match[1]) in known:
            row.append(match)
        elif line.strip():
            if LENGTHS[-1] <= len(row) <= _LONG_ROW:
                yield row
            row = []


def _is_phrase(words: Sequence[str], size: int) -> bool:
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
    return (size == LENGTHS[-1] and _is_of_electrum(words)) or (size == _TON[0] and _is_of_ton(words))


def _is_of_electrum(words: Sequence[str]) -> bool:
    """Whether twelve English words are a phrase of Electrum."""
    if not all(word in _lists()[0] for word in words) or len(set(words)) < len(words) // 2:
        return False
    digest = hmac.new(b"Seed version", " ".join(words).encode(), hashlib.sha512).hexdigest()
    return digest.startswith(_ELECTRUM)


def _is_of_ton(words: Sequence[str]) -> bool:
    """Whether 24 English words are a phrase of TON."""
    if not all(word in _lists()[0] for word in words):
        return False
    digest = hmac.new(" ".join(words).encode(), b"", hashlib.sha512).digest()
    return hashlib.pbkdf2_hmac("sha512", digest, *_TON[1:])[0] == 0


@cache
def _lists() -> tuple[Mapping[str, int], ...]:
    """The word lists, word to number: the English one first, and last its words by their first four letters."""
    folder = files("mnemonic") / "wordlist"
    found = [
        {_folded(word): number for number, word in enumerate((folder / f"{name}.txt").read_text("utf-8").split())}
        for name in _LANGUAGES
    ]
    return *found, {word[:4]: number for word, number in found[0].items()}


@cache
def _any_list() -> frozenset[str]:
    return frozenset(word for places in _lists() for word in places)
