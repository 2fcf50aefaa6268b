"""What a host says is left to be asked, in the headers of its answers.

Sources: the draft of the IETF on rate limit headers (RateLimit-Limit, RateLimit-Remaining); the X-RateLimit headers
that came before it; Blockscout's x-credits-remaining. The other side's words are never passed on, only its numbers.
"""

from collections.abc import Mapping

_LEFT = ("x-credits-remaining", "ratelimit-remaining", "x-ratelimit-remaining", "x-ratelimit-remaining-second")
_LIMIT = ("ratelimit-limit", "x-ratelimit-limit", "x-ratelimit-limit-second")
_DIGITS = 15


def allowance(headers: Mapping[str, str]) -> str:
    """How much may be asked yet: `12 of 30 left`, `12 left`; empty where nobody says. The names are in lower case."""
    left = _number(headers, _LEFT)
    if left is None:
        return ""
    limit = _number(headers, _LIMIT)
    return f"{left:,} left" if limit is None or limit < left else f"{left:,} of {limit:,} left"


def _number(headers: Mapping[str, str], names: tuple[str, ...]) -> int | None:
    """The first of these headers that is a whole number; what follows a comma or a semicolon is passed over."""
    for name in names:
        text = headers.get(name, "").replace(";", ",").partition(",")[0].strip()
        if text.isascii() and text.isdecimal() and len(text) <= _DIGITS:
            return int(text)
    return None
