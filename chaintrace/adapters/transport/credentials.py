"""Keys and passwords: from the environment or the keyring, filled in at the last moment, known to the redactor."""

import base64
import importlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

from chaintrace.adapters.transport.redaction import Redactor
from chaintrace.adapters.transport.request import Request
from chaintrace.errors import Refused

Ring: TypeAlias = Callable[[str, str], str | None]
"""A keyring: service (`chaintrace`) and name (`BITCOIN_CORE_PASSWORD`) to secret, as `keyring.get_password` does."""

_PLACE = "{key}"
_OPTIONAL = "{key?}"
_LEFT_OUT = re.compile(r"(?<=[?&])[\w-]+=\{key\?\}&?")
"""A parameter of a url whose key need not be set: it is left out then."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What one adapter shows of itself. None of it is ever printed."""

    key: str = field(default="", repr=False)
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @property
    def pair(self) -> str:
        """User and password as HTTP's basic authentication writes them; empty when neither is set."""
        return f"{self.user}:{self.password}" if self.user or self.password else ""


class Keys:
    """The credentials of every adapter. `CHAINTRACE_<ADAPTER>_KEY`, `_USER`, `_PASSWORD`, `_COOKIE` (a file).

    The adapter's name is in capitals, with `_` for `-`. The keyring is asked for what the environment does not have.
    """

    def __init__(self, environment: Mapping[str, str], ring: Ring | None = None) -> None:
        self._environment = environment
        self._ring = ring
        self._kept: dict[str, Credentials] = {}

    def of(self, adapter: str) -> Credentials:
        """The credentials of an adapter, empty where none are set. A cookie file is read anew: nodes rewrite it.

        Raises Refused when a cookie file is named and cannot be read.
        """
        if adapter not in self._kept:
            found = (self._find(adapter, what) for what in ("KEY", "USER", "PASSWORD"))
            self._kept[adapter] = Credentials(*found)
        cookie = self._environment.get(variable(adapter, "COOKIE"), "")
        return self._kept[adapter] if not cookie else _with_cookie(self._kept[adapter], adapter, Path(cookie))

    def _find(self, adapter: str, what: str) -> str:
        """One secret: the environment's, or else the keyring's."""
        name = variable(adapter, what)
        found = self._environment.get(name, "")
        if not found and self._ring is not None:
            found = self._ring("chaintrace", name.removeprefix("CHAINTRACE_")) or ""
        return found.strip()


def installed_ring() -> Ring | None:
    """The keyring of the system, where the package `keyring` is installed; one that is locked or missing is empty."""
    try:
        module = importlib.import_module("keyring")
    except ImportError:
        return None

    def ring(service: str, name: str) -> str | None:
        try:
            found = module.get_password(service, name)
        except module.errors.KeyringError:
            return None
        return None if found is None else str(found)

    return ring


def variable(adapter: str, what: str) -> str:
    """The name of an environment variable: `bitcoin-core`, `KEY` gives `CHAINTRACE_BITCOIN_CORE_KEY`."""
    return f"CHAINTRACE_{adapter.upper().replace('-', '_')}_{what}"


def filled(request: Request, keys: Keys, redactor: Redactor) -> Request:
    """The request as it goes out, with its credentials, which the redactor knows from now on.

    User and password go to the user's own hosts only: a public service has no business with them. Raises Refused
    when the url needs a key that is not set.
    """
    own = keys.of(request.adapter)
    redactor.learn(own.key, own.password, own.pair)
    if _PLACE in request.url and not own.key:
        name = variable(request.adapter, "KEY")
        raise Refused(f"{request.host} is asked with a key, and none is set: put it into the environment as {name}")
    headers = tuple(
        (name, value.replace(_PLACE, own.key)) for name, value in request.headers if _PLACE not in value or own.key
    )
    if own.pair and request.reach == "own":
        token = base64.b64encode(own.pair.encode()).decode()
        headers = (*headers, ("Authorization", f"Basic {token}"))
    url = request.url
    if _OPTIONAL in url:
        url = url.replace(_OPTIONAL, own.key) if own.key else _LEFT_OUT.sub("", url).rstrip("?&")
    return replace(request, url=url.replace(_PLACE, own.key), headers=headers)


def _with_cookie(known: Credentials, adapter: str, path: Path) -> Credentials:
    """User and password from the cookie file that a node writes at each start."""
    try:
        user, _, password = path.read_text("utf-8").strip().partition(":")
    except (OSError, UnicodeDecodeError) as error:
        name = variable(adapter, "COOKIE")
        raise Refused(
            f"the cookie file that {name} names cannot be read: is the node running, and may this user read the file?"
        ) from error
    return replace(known, user=user, password=password)
