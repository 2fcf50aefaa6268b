"""Private keys as bare numbers, which the text names so, or whose address stands beside them.

64 hexadecimal digits are nearly always a txid. They are a key where the text calls them one, in a sentence, in the head
of a column or of a list, and where the address of the key stands in the same text. A txid that is refused stops a case:
where a text tells of a theft of keys, and digits follow, they are taken for what was moved.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from itertools import islice

from chaintrace.addresses.base58 import decode_check
from chaintrace.addresses.bech32 import decode_segwit
from chaintrace.addresses.scripts import hash160
from chaintrace.private_keys.secret import Secret

_HEX = re.compile(r"(?<![0-9a-zA-Z])(?:0x)?([0-9a-fA-F]{64})(?![0-9a-zA-Z])")
_NAME = re.compile(
    r"priv(?:ate)?[\s_-]*(?:spend[\s_-]*)?key|secret[\s_-]*(?:spend[\s_-]*)?key"
    r"|(?:clave|llave|chave)s?\s+privadas?|cl[ée]s?\s+priv[ée]es?|chiav[ei]\s+privat[ae]|priv[ée]\s*sleutel"
    r"|(?:privat|geheim)(?:er|en)?[\s_-]*schl(?:ü|ue)ssel|klucz\w*\s+prywatn\w+|(?:soukrom|privátn)\w+\s+klíč"
    r"|(?:özel|gizli)\s+anahtar|kh[oó]a\s+(?:riêng\s+tư|bí\s+mật)|kunci\s+(?:pribadi|privat|rahasia)"
    r"|(?:закрыт|приватн|секретн)\w+\s+ключ|مفتاح\s+(?:ال)?خاص|निजी\s+कुंजी"
    r"|秘密(?:鍵|キー)|プライベートキー|(?:개인|비밀|프라이빗)\s*키|[私密秘][钥鑰]|私匙"
    r"|(?P<loose>(?<![a-z])(?:(?:spend|signing|deployer|wallet|master|hex)[\s_-]*key|seed[\s_-]*\(?hex\)?"
    r"|(?:sk|secret|priv|entropy)(?![a-z])))",
    re.IGNORECASE,
)
"""What a private key is called. `loose` is what has other meanings too: public keys, a service, a file."""

_CELL = re.compile(r"[\s\"'\[]*(?:0x)?([0-9a-fA-F]{64})[\s\"'\]]*")
"""A cell of a table that holds such digits and nothing else."""

_BEGINNINGS = (
    *("priv", "secret", "spend", "signing", "deployer", "wallet", "master", "hex", "seed", "sk", "entropy", "geheim"),
    *("clave", "llave", "chave", "clé", "cle", "chiav", "klucz", "soukrom", "özel", "gizli", "khóa", "khoa", "kunci"),
    *("закрыт", "приватн", "секретн", "مفتاح", "निजी", "秘", "私", "密", "プライベート", "개인", "비밀", "프라이빗"),
)
"""How each of those names begins."""

_ELSE = re.compile(
    r"(?<![0-9a-z])(?:tx(?:ids?|ns?|s|[\s_-]?hash)?(?![0-9a-z])|trans|[a-z_]{0,20}hash|block|sha|digest|public|fingerprint)"
    r"|(?<![a-z])(?:leak|stole|steal|theft|thie[fv]|hack|compromi[sz]|phish|scam|exploit|attack|drain|rob(?:bed|bery)|lost|los[es]"
    r"|expos|sold|outgoing|own\w{6}|holder|used\s+(?:at|in)|mov(?:e|ing)|id[\"']?\s*[:=])"
    r"|交易|哈希|区块|區塊|泄|洩|盗|盜|被骗|被騙|丢失|丟失|钓鱼|釣魚|攻击|攻擊|资金|資金|转账|轉帳|(?<!\n\d)(?<!\n\d\d)[.;!?。}]\s",
    re.IGNORECASE,
)
"""What stands between a name and digits that are something else. An address that begins with TX is no such word."""

_FILE = re.compile(r"[\w-]*\.[A-Za-z][0-9A-Za-z]{1,3}(?![\w(.])")
"""The rest of a name that is a file's: beside it stands the file's digest."""

_OTHER_CELL = re.compile(
    r"\s(?!of\b|for\b)\w[^\n]*(?:(?:[,;\t]|\|\s*)[\"']?|[\"'],\s*[\"'][^\"':]{1,30}[\"']\s*:\s*[\"']?)\Z"
)
"""More than a name, and then another cell of its row, or another field."""

_DIRECT = re.compile(r"s?(?:[\s_-]*hex)?(?:\s*\([^()\n]{0,20}\))?[\s\"'`*)\]]*[:=\uff1a][\s\"'`\[(*]*")
"""What may stand between digits and a name that has other meanings too."""

_PUBLIC = re.compile(r"pub(?:lic)?[\s_-]*\Z", re.IGNORECASE)
_MEANS = re.compile(
    r"(?:by|through|via|with|using|of|from)\s+(?:\w+\s+){0,2}(?:leaked|stolen|compromi[sz]ed|hacked|phished|exposed)\s+\Z",
    re.IGNORECASE,
)
"""Before a name: what makes the key that by which something was taken."""

_FIRST = re.compile(r"[^\w,;|\t=]*(?:\w+[ _-]+){0,3}")
_REST = re.compile(r"\w{0,3}[^\w,;|]*(?:(?:of|for)\s(?:\w+\s){0,3}\w{20,64})?(?:\([^()\n]*\))?[^\w,;|]*")
_MARKS = re.compile(r"[\W_]*(?:\d{1,3}[\W_]+)?")
"""Before and behind a name that has a line of its own, and between it and the digits in the next line."""

_AFTER = re.compile(r"\s*(?:\([^()\n]{0,20}|(?:is|was)\s+(?:\w+\s+){0,3})")
_SENTENCE = re.compile(r"[^.\n)]*")
"""What may stand between digits and the name behind them, and the rest of what is said there."""

_HEAD, _LOOSE_HEAD = 40, 8
"""Signs that the head of a column of keys has at most, and those beside a loose name."""

_WRITTEN = re.compile(
    r"(?<![0-9a-zA-Z])(?:0x)?[0-9a-fA-F]{62,63}(?![0-9a-zA-Z])"
    r"|(?<![0-9a-zA-Z+/])[A-Za-z0-9+/]{43}=(?![0-9a-zA-Z+/=])"
    r"|(?<![\d,])\[?\s*(?:\d{1,3}\s*,\s*){31}\d{1,3}(?!\s*,?\s*\d)"
    r"|(?<![0-9a-zA-Z])(?:(?:0x)?(?:[0-9a-fA-F]{2}){1,24}[\s:,-]{1,3}(?:0x)?){1,31}(?:[0-9a-fA-F]{2}){1,24}(?![0-9a-zA-Z])"
)
"""The same number without its first zeros, in base64, as a list of bytes, or in groups of digits."""

_BYTES, _LENGTHS = 32, (62, 63, 64)
"""A key has so many bytes: so many hexadecimal digits."""

_REACH, _NEXT = 80, 12
"""So far from the name its digits may stand, and so far from those the next."""

_ADDRESS = re.compile(
    r"(?<![0-9A-Za-z])(?:(?:0x|41)?(?P<evm>[0-9a-fA-F]{40})|(?P<base58>[T123mn][1-9A-HJ-NP-Za-km-z]{25,33})"
    r"|(?P<segwit>(?:bc|tb|bcrt)1q[0-9a-z]{38}))(?![0-9A-Za-z])"
)
_FEW, _SAMPLE = 24, 3
"""Of so many numbers at most all addresses are worked out, of more those of the first ones: each takes milliseconds."""


def named_keys(text: str) -> Iterator[Secret]:
    """The numbers of a text that it calls private keys, or whose addresses it has too, in any order."""
    names = _names(text)
    if names:
        yield from _named(text, names)
        yield from _columns(text, names)
    yield from _with_their_address(text)


def _names(text: str) -> list["re.Match[str]"]:
    """Where a text speaks of private keys, in order. Most texts do not, and are passed over quickly."""
    lower = text.lower()
    if len(lower) != len(text):  # some letters are two when they are small
        return list(_NAME.finditer(text))
    places: set[int] = set()
    for begin in _BEGINNINGS:
        at = lower.find(begin)
        while at >= 0:
            places.add(at)
            at = lower.find(begin, at + 1)
    return [name for place in sorted(places) if (name := _NAME.match(text, place))]


def _named(text: str, names: Sequence["re.Match[str]"]) -> Iterator[Secret]:
    """Digits that the text calls a private key, and those that follow them in a list."""
    for name in names:
        if not name["loose"]:
            yield from _before(text, name)
        at, reach = name.end(), _REACH
        while (match := _HEX.search(text, at, at + reach + 80)) and match.start() - at <= reach:
            if at == name.end() and not _calls(text, name, match.start()):
                break
            if _ELSE.search(text, at, match.start()):
                break
            yield Secret("a private key", match.start(1), match.end(1))
            at, reach = match.end(), _NEXT
        if at == name.end() and not name["loose"]:
            yield from _otherwise(text, name)


def _before(text: str, name: "re.Match[str]") -> Iterator[Secret]:
    """Digits that a name behind them calls a key."""
    begin, behind = max(0, name.start() - 160), _SENTENCE.match(text, name.end(), name.end() + _REACH)
    for said in _HEX.finditer(text, begin, name.start()):
        is_else = _ELSE.search(text, said.end(), behind.end() if behind else name.end())
        if not is_else and _AFTER.fullmatch(text, said.end(), name.start()):
            yield Secret("a private key", said.start(1), said.end(1))


def _calls(text: str, name: "re.Match[str]", at: int) -> bool:
    """Whether a name speaks of what begins at a place behind it."""
    if name["loose"]:
        is_public = _PUBLIC.search(text, max(0, name.start() - 8), name.start())
        return not is_public and bool(_DIRECT.fullmatch(text, name.end(), at))
    is_means = _MEANS.search(text, max(0, name.start() - _REACH), name.start())
    if is_means or _FILE.match(text, name.end(), at) or _ELSE.search(text, name.end(), at):
        return False
    if _OTHER_CELL.match(text[name.end() : at].lstrip("s")):
        return False
    line, new_line, rest = text[name.end() : at].partition("\n")
    if not new_line:
        return True
    before = text[text.rfind("\n", 0, name.start()) + 1 : name.start()]
    if not _MARKS.fullmatch(rest) or _HEX.search(before):
        return False
    is_alone = _FIRST.fullmatch(before) and _REST.fullmatch(line)
    return bool(is_alone) or line.rstrip().endswith((":", "=", "\uff1a", "[", "("))


def _otherwise(text: str, name: "re.Match[str]") -> Iterator[Secret]:
    """A key behind its name in another way of writing than 64 digits in a row.

    A list of small numbers only, or digits without a letter, is none: of drawn keys next to none is such.
    """
    at = name.end()
    match = _WRITTEN.search(text, at, at + _REACH + 200)
    if not match or match.start() - at > _REACH or not _calls(text, name, match.start()):
        return
    numbers = [int(one) for one in re.findall(r"\d+", match[0])] if "," in match[0] else []
    digits = re.sub(r"0x|[\s:,-]", "", match[0])
    is_number = len(digits) in _LENGTHS and not digits.isdigit()
    if match[0].endswith("=") or is_number or (len(numbers) == _BYTES and 127 < max(numbers) < 256):
        yield Secret("a private key", match.start(), match.end())


def _columns(text: str, names: Sequence["re.Match[str]"]) -> Iterator[Secret]:
    """Digits below a head that calls its column private keys, as far as its table goes."""
    columns, sign, at = set[int](), "", 0
    starts = [name.start() for name in names]
    for line in text.split("\n"):
        end = at + len(line)
        here = names[bisect_left(starts, at) : bisect_left(starts, end)]
        cells = line.split(sign) if sign else [line]
        if columns and len(cells) == 1 and line.strip():
            columns = set()
        if not columns and here and not _HEX.search(line):
            sign = max(",;\t|", key=line.count)
            heads = (text[at : name.start()].count(sign) for name in here if _is_head(text, at, end, sign, name))
            columns = set(heads) if sign in line else set()
        elif columns:
            for column in columns:
                if column < len(cells) and (match := _CELL.fullmatch(cells[column])):
                    begin = at + sum(len(cell) + 1 for cell in cells[:column])
                    yield Secret("a private key", begin + match.start(1), begin + match.end(1))
        at = end + 1


def _is_head(text: str, first: int, last: int, sign: str, name: "re.Match[str]") -> bool:
    """Whether the cell of a line in which a name stands says no more than what its column holds."""
    begin = max(first, text.rfind(sign, first, name.start()) + 1)
    end = text.find(sign, name.start(), last)
    cell = text[begin : end if end >= 0 else last].strip()
    if sign in name[0] or _ELSE.search(cell) or _FILE.match(text, name.end(), begin + _HEAD):
        return False
    return len(cell) <= (len(name[0]) + _LOOSE_HEAD if name["loose"] else _HEAD)


def _with_their_address(text: str) -> Iterator[Secret]:
    """Digits of which the address, of Ethereum's form, TRON's or Bitcoin's, stands in the same text."""
    if find_spec("eth_keys") is None:
        return
    first = list(islice(_HEX.finditer(text), _FEW + 1))
    if len(first) > _FEW:  # in a list of keys an address stands beside each, also beside the first ones
        are_keys = _fitting(first[:_SAMPLE], text[: first[_SAMPLE].start()])
        first = list(_HEX.finditer(text)) if are_keys else []
    fitting = _fitting(first, text)
    yield from (Secret("a private key", one.start(1), one.end(1)) for one in first if one[1].lower() in fitting)


def _fitting(numbers: Sequence["re.Match[str]"], text: str) -> set[str]:
    """Those of some numbers whose address stands in a text."""
    if not numbers or not _ADDRESS.search(text):
        return set()
    known = {_hash(match) for match in _ADDRESS.finditer(text)}
    return {one for one in {match[1].lower() for match in numbers} if not known.isdisjoint(_hashes(one))}


def _hashes(number: str) -> tuple[bytes, ...]:
    """The 20 bytes of each address that a private key has; nothing where it is no number of a key."""
    from eth_keys.datatypes import PrivateKey

    try:
        made = PrivateKey(bytes.fromhex(number)).public_key
    except Exception:  # noqa: BLE001  # whatever the library says of it
        return ()
    short = hash160(made.to_compressed_bytes())
    return made.to_canonical_address(), short, hash160(b"\4" + made.to_bytes()), hash160(b"\0\x14" + short)


def _hash(match: "re.Match[str]") -> bytes:
    """The 20 bytes of an address; nothing where its checksum does not fit."""
    if match["evm"]:
        return bytes.fromhex(match["evm"])
    try:
        if match["segwit"]:
            return decode_segwit(match["segwit"].partition("1")[0], match["segwit"])[1]
        return decode_check(match["base58"])[1:]
    except ValueError:
        return b""
