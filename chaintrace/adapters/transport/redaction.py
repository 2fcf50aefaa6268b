"""Every text is made fit to be written, printed or raised: without credentials, and others' words short and plain."""

import base64
import re
from threading import Lock
from urllib.parse import quote, quote_plus

HIDDEN = "***"

_USERINFO = re.compile(r"(?<=://)[^/\s?#@]*(?:@[^/\s?#@]*)*@")
_NAMED = re.compile(
    r"(?i)\b((?:api[-_]?key|key|token|access[-_]?token|auth|secret|password|passwd|pwd|signature|project[-_]?id)=)"
    r"(?!\{key\??\})[^&\s#\"']+"
)
_BEARER = re.compile(r"(?i)\b(bearer\s+)(?!\{key\})[A-Za-z0-9+/=._~-]+")
_SHORTEST, _SHORTEST_FOUND = 4, 8
"""Characters from which on a secret is taken out of a text, and cannot stand in an answer by chance."""


def without_credentials(text: str) -> str:
    """A text without what looks like credentials: userinfo of a url, keys in its query, bearer tokens."""
    text = _USERINFO.sub("", text) if "@" in text else text
    text = _NAMED.sub(rf"\g<1>{HIDDEN}", text) if "=" in text else text
    return _BEARER.sub(rf"\g<1>{HIDDEN}", text)


def in_short(value: object, longest: int = 80) -> str:
    """The beginning of what another side says, as a sentence may show it: on one line, nothing but printable letters.

    `longest` is in characters. What cannot be encoded, moves a cursor or turns the direction of writing becomes `?`.
    """
    text = " ".join(str(value)[: 4 * longest].split())
    short = text if len(text) <= longest else f"{text[:longest]}…"
    return "".join(letter if letter.isprintable() else "?" for letter in short)


class Redactor:
    """Knows the secrets of a case, in each form in which they could turn up, and takes them out of any text."""

    def __init__(self) -> None:
        self._forms: tuple[str, ...] = ()
        self._lock = Lock()

    def learn(self, *secrets: str) -> None:
        """Remember secrets. One of fewer than four characters is too short to be told from ordinary text."""
        fresh = {form for secret in secrets if len(secret) >= _SHORTEST for form in _forms(secret)}
        if fresh <= set(self._forms):
            return
        with self._lock:
            self._forms = tuple(sorted({*self._forms, *fresh}, key=lambda form: (-len(form), form)))

    def clean(self, text: str) -> str:
        """The text without any secret that is known, or looks like one."""
        for form in self._forms:
            text = text.replace(form, HIDDEN)
        return without_credentials(text)

    def finds(self, content: bytes) -> bool:
        """Whether a known secret stands in these bytes; one of fewer than eight characters might by chance."""
        return any(form.encode() in content for form in self._forms if len(form) >= _SHORTEST_FOUND)


def _forms(secret: str) -> set[str]:
    """How a secret may be written: as it is, as the name of a host is, quoted for a url, in base64."""
    in_base64 = base64.b64encode(secret.encode()).decode()
    return {secret, secret.lower(), quote(secret, safe=""), quote_plus(secret), in_base64}
