"""What TRON's hosts say when they are asked too often, told apart from a refusal for good.

TronGrid answers status 403 to a key, or to somebody without one, that is over its frequency, and goes on answering
after a pause of 30 seconds: `{"success": false, "error": "The key exceeds the frequency limit(15), …", "statusCode":
403}`, and on the paths of nodes `{"Error": "…"}`. A key that is wrong gets 401. Source: TRON developer documentation,
"Rate Limits".
"""

import json

from chaintrace.adapters.transport import Request
from chaintrace.adapters.transport.credentials import variable
from chaintrace.errors import AdapterError, Refused, Unavailable

FORBIDDEN = frozenset({403})
"""The status that may mean either."""

_TOO_OFTEN = ("frequency limit", "rate limit", "suspended", "too many requests")


def is_too_often(said: object) -> bool:
    """Whether the words of a refusal are about how often it was asked."""
    text = str(said).lower()
    return any(words in text for words in _TOO_OFTEN)


def forbidden(content: bytes, request: Request) -> AdapterError:
    """What status 403 is: Unavailable for a host that was asked too often, else Refused."""
    try:
        told = json.loads(content[:4_096])
    except (ValueError, RecursionError):
        told = None
    said = (told.get("error") or told.get("Error")) if isinstance(told, dict) else None
    key = variable(request.adapter, "KEY")
    if said is not None and is_too_often(said):
        return Unavailable(f"{request.host} says that it is asked too often (status 403): put a key into {key}")
    own = ("USER", "PASSWORD", "COOKIE") if request.reach == "own" else ()
    names = ", ".join((key, *(variable(request.adapter, name) for name in own)))
    return Refused(
        f"{request.host} refuses access (status 403): check {names} in the environment, and what it lets you do"
    )
