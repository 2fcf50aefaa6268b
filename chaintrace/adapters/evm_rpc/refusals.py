"""What a node means by an error: it is asked too often, too much at once, or for what it does not have.

The texts are those of geth, Erigon, Nethermind and Reth, and of Alchemy, Infura, QuickNode, drpc and Ankr, as their own
issue trackers and those of their users record them (INFURA/infura#237, erigontech/erigon#19721, paradigmxyz/reth#12790,
0xPolygon/cdk-erigon#1706, bancorprotocol/webapp#523). Codes decide little: -32005 is said for both kinds of too much.
"""

import re
from typing import Final

from chaintrace.adapters.transport import RpcError

_NO_METHOD: Final = frozenset({-32601, -32004})
_LIMITED: Final = frozenset({-32005, 429})
_OFTEN = re.compile(
    r"rate.?limit|too many requests|request rate|requests? (count|limit)|per second|compute unit|capacity|throughput",
    re.IGNORECASE,
)
_MUCH = re.compile(
    r"range|result|response|too (large|big|wide|much)|logs|blocks|narrow|duration|time(d )?.?out|deadline|more than",
    re.IGNORECASE,
)
_ABSENT = re.compile(
    r"pruned|missing trie|history (is )?(not|un)|historical|not (found|available|exist)|unauthori|forbidden|api.?key"
    r"|method|beyond current head",
    re.IGNORECASE,
)
_NO_ACCESS = re.compile(
    r"unauthori[sz]ed|(invalid|missing|disabled|wrong) (project id|api.?key|access token)", re.IGNORECASE
)
_NO_BLOCK = ("header not found", "unknown block", "block not found", "could not find block", "blockoutofrange")
_PASSING = re.compile(r"result|response|too (many|much)|more than|duration|time(d )?.?out|deadline", re.IGNORECASE)
_WORKS = re.compile(r"\[\s*(0x[0-9a-f]+)\s*,\s*(0x[0-9a-f]+)\s*\]", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.])(\d{1,3}(?:,\d{3})+|\d{1,9})\s?(k\b)?(?![\w.])", re.IGNORECASE)


def is_no_method(error: RpcError) -> bool:
    """Whether a node does not know or offer what was asked."""
    return error.code in _NO_METHOD


def is_no_access(error: RpcError) -> bool:
    """Whether a node refuses the key, and so every question."""
    return bool(_NO_ACCESS.search(error.message)) and not is_no_method(error)


def is_too_often(error: RpcError) -> bool:
    """Whether the same question may be answered a little later: the node counts questions, and not what they find."""
    if _OFTEN.search(error.message):
        return True
    return error.code in _LIMITED and not _MUCH.search(error.message)


def is_too_much(error: RpcError) -> bool:
    """Whether a smaller range of heights may be answered. An error that nobody knows may mean it too."""
    if is_no_method(error) or is_too_often(error):
        return False
    return bool(_MUCH.search(error.message)) or not _ABSENT.search(error.message)


def is_no_block(error: RpcError) -> bool:
    """Whether a node says that it has no such block."""
    return any(words in error.message.lower() for words in _NO_BLOCK)


def is_lasting(error: RpcError) -> bool:
    """Whether it is the width of the range that is refused, not what was found in this one."""
    return not _PASSING.search(error.message)


def smaller_width(error: RpcError, width: int) -> int:
    """How many blocks to ask for instead of `width`: what the node names, else half of them; at least 1."""
    works = _WORKS.search(error.message)
    if works:
        named = int(works[2], 16) - int(works[1], 16) + 1
        return named if 0 < named < width else max(1, width // 2)
    if not is_lasting(error):
        return max(1, width // 2)
    numbers = (int(text.replace(",", "")) * (1000 if k else 1) for text, k in _NUMBER.findall(error.message))
    return max((number for number in numbers if 0 < number < width), default=max(1, width // 2))
