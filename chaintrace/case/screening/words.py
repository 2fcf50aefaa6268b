"""The addresses and txids of a text, exactly as they stand; what looks like one and is none, with the reason."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from chaintrace.addresses import family, is_address, normalise, recognise
from chaintrace.addresses.others import TON
from chaintrace.case.screening.damage import (
    DOTS,
    REMEDY,
    bare,
    is_mixed,
    is_of_word,
    looks_altered,
    of_other_ledger,
    strange,
    why_not,
)
from chaintrace.case.typed import ethereum_form

_RUN = re.compile(rf"(?:[0-9A-Za-z]|[^\x00-\x7f]|[\x00-\x08\x0e-\x1f\x7f]|{DOTS})+", re.IGNORECASE)
_TXID = re.compile(r"(0[xX])?([0-9a-fA-F]{64})\Z")
_GAP = re.compile(r"[^0-9A-Za-z,;:\"'()]{1,8}\Z")
"""What may part the pieces of one address: blanks, hyphens, the end of a line, and how the next one is set off."""
_CUT = re.compile(
    r"(?<![0-9A-Za-z])((?:0x|bc1|tb1|[123T])[0-9A-Za-z]{2,24})(?:…|\.{2,3}|\*{2,})([0-9A-Za-z]{2,24})(?![0-9A-Za-z])"
)
_SO_FAR = re.compile(
    r"(?:0[xX])?[0-9a-fA-F]*\Z|[123Tmn][1-9A-HJ-NP-Za-km-z]{0,34}\Z|(?i:b|bc|bcr|bcrt|t|tb|(?:bc|tb|bcrt)1[0-9a-z]*)\Z"
)
"""How an address or a txid begins, up to any sign of it: prose is left after a word or two."""
_PIECE = re.compile(r"\S+")
_HARMLESS = re.compile(rf"\bh(?:xx|\*\*)ps?\b|\[:\]//|{DOTS}", re.IGNORECASE)
_FORM = re.compile(
    r"(?:(?:0x)?[0-9a-f]{64}|0x[0-9a-f]{40}|41[0-9a-f]{40}|(?:bc|tb|bcrt)1[0-9a-z]{11,63})\Z", re.IGNORECASE
)
_BASE58 = re.compile(r"[123Tmn][1-9A-HJ-NP-Za-km-z]{24,34}\Z")
_LONGEST = 68
"""No address or txid is longer, in one piece or in many."""

_HYPHEN = "\u00ad\u200b"
"""Signs at which a line may be broken, hidden where it is not."""

_LETTERS_WITHIN = re.compile(r"[a-z][A-Z]|[A-Z]{2}[A-Z]*[a-z]")
"""Letter cases as no word has them."""

CUT = "it is cut short: look for it with `chaintrace locate --address`"
IN_LINK = "in a link that was made harmless, which nobody opens"


@dataclass(frozen=True, slots=True)
class Word:
    """One address or txid as it stands in a text. `chains` are those on which it is valid; none: any chain has it.

    `text` is its one form, under which facts are kept. `note` says what stands round it.
    """

    kind: str
    text: str
    chains: tuple[str, ...]
    start: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """What looks like an address or a txid and is not read, with the reason."""

    text: str
    reason: str
    start: int


class _Spans:
    """Matches in a text, which do not overlap, by the places that they cover."""

    def __init__(self, found: "Iterable[re.Match[str]]") -> None:
        self._found = list(found)
        self._starts = [one.start() for one in self._found]

    def at(self, place: int) -> "re.Match[str] | None":
        """The match that covers a place."""
        number = bisect_right(self._starts, place) - 1
        return self._found[number] if number >= 0 and place < self._found[number].end() else None


def words(text: str, chain: str = "") -> Iterator[Word | Unread]:
    """What stands in a text, in order. With `chain`, addresses of other chains are not read."""
    if chain and family(chain) is None:
        yield from _opaque(text, chain)
        return
    parts = [(start, part, _read(part, start, chain)) for start, part in _parts(text)]
    links = _Spans(one for one in _PIECE.finditer(text) if "/" in one[0] and _HARMLESS.search(one[0]))
    known = _Spans(sorted((*_cuts(text), *_of_ton(text)), key=lambda one: one.start()))
    at = 0
    while at < len(parts):
        start, part, found = parts[at]
        if isinstance(found, Word):
            note = IN_LINK if links.at(start) else ""
            yield Word(found.kind, found.text, found.chains, start, note)
            at += 1
            continue
        if one := known.at(start):
            if one.start() == start:
                yield Unread(one[0], of_other_ledger(one[0]) or CUT, start)
            at += 1
            continue
        last = _joined(text, parts, at, chain)
        if last > at:
            end = parts[last][0] + len(parts[last][1])
            reason = f"blanks, hyphens or line breaks stand inside it: {REMEDY}, in one piece"
            yield Unread(text[start:end], reason, start)
            at = last + 1
            continue
        if found is not None:
            yield found
        elif reason := _damage(part):
            yield Unread(part, reason, start)
        at += 1


def _cuts(text: str) -> "Iterator[re.Match[str]]":
    """Addresses and txids of which the middle is left out."""
    for cut in _CUT.finditer(text):
        if any(sign.isdigit() for sign in cut[0]) or _LETTERS_WITHIN.search(f"{cut[1]} {cut[2]}"):
            yield cut


def _of_ton(text: str) -> "Iterator[re.Match[str]]":
    """Addresses of TON, which may hold signs that part words."""
    return (one for one in TON.finditer(text) if of_other_ledger(one[0]))


def _opaque(text: str, chain: str) -> Iterator[Word]:
    """Of a chain whose addresses cannot be checked: each word between blanks, as it stands."""
    for found in re.finditer(r"[^\s,;]+", text):
        yield Word("unchecked", found[0], (chain,), found.start(), f"{chain} has no checksum that can be verified here")


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """The words of a text with their places: of Latin letters and digits, and what may hide among them."""
    for run in _RUN.finditer(text):
        found = run[0]
        if found.isascii():
            yield run.start(), found
            continue
        begin = 0
        for at, sign in enumerate((*found, " ")):
            if sign != " " and (sign.isascii() or is_of_word(sign)):
                continue
            if at > begin:
                yield run.start() + begin, found[begin:at]
            begin = at + 1


def _read(part: str, start: int, chain: str) -> Word | Unread | None:
    """A word that is an address or a txid; one that is of another chain than was said; None for anything else."""
    if not (part.isascii() and part.isalnum() and 14 <= len(part) <= 90):
        return None
    txid = _TXID.match(part)
    if txid and chain and family(chain) != "evm" and txid[1]:
        return Unread(part, f"it is no {chain} txid: those have no 0x before them", start)
    if txid:
        return Word("txid", part.lower(), (), start)
    return _address(part, start, chain)


def _address(part: str, start: int, chain: str) -> Word | Unread | None:
    """A word that is an address; one that is of another chain than was said; None for anything else."""
    if reason := ethereum_form(chain, part):
        return Unread(part, reason, start)
    chains = recognise(part)
    if chain and is_address(chain, part):
        return Word("address", normalise(chain, part), (chain,), start)
    if chains and chain:
        return Unread(part, f"it is an address of {', '.join(chains[:3])}, and none of {chain}", start)
    return Word("address", normalise(chains[0], part), chains, start) if chains else None


def _joined(text: str, parts: list[tuple[int, str, Word | Unread | None]], first: int, chain: str) -> int:
    """The number of the last of some neighbours that are an address or a txid together; `first` where none are.

    Its checksum must fit, or its digits be as many as they must be.
    """
    whole, last = parts[first][1].strip(_HYPHEN), first
    if not _SO_FAR.match(whole):
        return first
    for at in range(first + 1, min(len(parts), first + _LONGEST)):
        end = parts[at - 1][0] + len(parts[at - 1][1])
        if isinstance(parts[at][2], Word) or not _GAP.match(text[end : parts[at][0]]):
            break
        whole += parts[at][1].strip(_HYPHEN)
        if len(whole) > _LONGEST or not _SO_FAR.match(whole):
            break
        if _may_be(whole) and isinstance(_read(whole, 0, chain), Word):
            last = at
    return last


def _may_be(whole: str) -> bool:
    """Whether a text has the form of an address or a txid: quickly, for most neighbours are numbers and prose."""
    return _FORM.match(whole) is not None or (_BASE58.match(whole) is not None and is_mixed(whole))


def _damage(part: str) -> str:
    """Why a word that looks like an address is none; "" where it does not look like one."""
    if part.isascii() and part.isalnum():
        return why_not(part) if len(part) >= 25 else ""
    if not looks_altered(part):
        return ""
    found = strange(part)
    return f"it holds {found}: {REMEDY}" if found and bare(part) else ""
