"""What may be asked over the network and how: read from the environment once, handed to whoever opens a door."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from chaintrace.adapters.transport import (
    Allowed,
    Door,
    Keys,
    LiveDoor,
    Patience,
    Query,
    Records,
    ReplayDoor,
    installed_ring,
    wires,
)
from chaintrace.adapters.transport.credentials import variable
from chaintrace.adapters.transport.door import CONNECTIONS
from chaintrace.adapters.transport.proxy import Proxy
from chaintrace.case.rates import own_rates, rates
from chaintrace.case.table import nearest, shown
from chaintrace.errors import InputError

NETWORK, PROXY, CA_FILE = "CHAINTRACE_NETWORK", "CHAINTRACE_PROXY", "CHAINTRACE_CA_FILE"
"""Variables of the environment: what may be asked, through which proxy, and the certificate of one's own node."""

MODES: Mapping[str, Allowed] = {"none": "none", "own": "own", "public": "public"}

Queries: TypeAlias = Callable[[Query], None]
"""Is told of each outgoing request."""


def untold(query: Query) -> None:
    """For those who keep no log: nobody writes it down."""
    del query


@dataclass(frozen=True, slots=True)
class Access:
    """What a person lets chaintrace ask: nothing, the user's own hosts, or public services too; and through what."""

    allowed: Allowed = "public"
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    proxy: str = field(default="", repr=False)
    ca_file: Path | None = None

    @property
    def shown_proxy(self) -> str:
        """The proxy without user and password; empty where there is none."""
        return Proxy.parse(self.proxy).shown if self.proxy else ""

    def credentials(self, adapter: str) -> tuple[str, ...]:
        """The variables of the environment that hold something for an adapter, or the keyring; never what they hold."""
        ring, found = Keys({}, installed_ring()).of(adapter), list[str]()
        kept = {"KEY": ring.key, "USER": ring.user, "PASSWORD": ring.password, "COOKIE": ""}
        for what, secret in kept.items():
            name = variable(adapter, what)
            if self.environment.get(name, "").strip():
                found.append(name)
            elif secret:
                found.append(f"{name} (keyring)")
        return tuple(found)


def access(environment: Mapping[str, str], *, offline: bool = False) -> Access:
    """What the environment says. `offline` is `none`, whatever else is said. Raises InputError for a wrong value."""
    said = environment.get(NETWORK, "").strip().lower() or "public"
    if said not in MODES:
        raise InputError(f"{NETWORK} is {shown(said)}{nearest(said, MODES)}: it must be {', '.join(MODES)}")
    proxy = environment.get(PROXY, "").strip()
    if proxy:
        Proxy.parse(proxy)
    named = environment.get(CA_FILE, "").strip()
    if named and not Path(named).is_file():
        raise InputError(f"{CA_FILE} names {shown(named)}, which is no file: correct the path or unset it")
    if named and not _is_certificate(named):
        raise InputError(f"{CA_FILE} names {shown(named)}, which holds no certificate: give it in PEM, or unset it")
    own_rates(environment)
    return Access("none" if offline else MODES[said], environment, proxy, Path(named) if named else None)


def _is_certificate(path: str) -> bool:
    """Whether a file holds certificates that can be trusted."""
    import ssl

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except OSError:  # SSLError is one
        return False
    return True


@contextmanager
def opened_door(
    archive: Records,
    allowed: Access,
    queries: Queries = untold,
    patience: Patience | None = None,
    connections: int = CONNECTIONS,
) -> Iterator[Door]:
    """The door of a run; with `none` it is shut, and answers from the archive alone. Raises InputError for a proxy.

    `connections` is how many requests are under way at a time.
    What the environment does not say of a source's credentials, the keyring is asked for, where one is installed.
    """
    if allowed.allowed == "none":
        yield ReplayDoor(archive)
        return
    keys = Keys(allowed.environment, installed_ring())
    with LiveDoor(
        archive,
        wires(proxy=allowed.proxy, ca_file=allowed.ca_file, patience=patience),
        allowed=allowed.allowed,
        keys=keys,
        queries=queries,
        patience=patience,
        rates=rates(allowed.environment, keys),
        connections=connections,
    ) as door:
        yield door
