"""What may be asked over the network and how: read from the environment once, handed to whoever opens a door."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from chaintrace.adapters.transport import Allowed, Door, Keys, LiveDoor, Patience, Query, Records, ReplayDoor, wires
from chaintrace.adapters.transport.credentials import variable
from chaintrace.adapters.transport.proxy import Proxy
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
        """The variables of the environment that hold something for an adapter; never what they hold."""
        names = (variable(adapter, what) for what in ("KEY", "USER", "PASSWORD", "COOKIE"))
        return tuple(name for name in names if self.environment.get(name, "").strip())


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
    return Access("none" if offline else MODES[said], environment, proxy, Path(named) if named else None)


@contextmanager
def opened_door(
    archive: Records, allowed: Access, queries: Queries = untold, patience: Patience | None = None
) -> Iterator[Door]:
    """The door of a run; with `none` it is shut, and answers from the archive alone. Raises InputError for a proxy."""
    if allowed.allowed == "none":
        yield ReplayDoor(archive)
        return
    with LiveDoor(
        archive,
        wires(proxy=allowed.proxy, ca_file=allowed.ca_file, patience=patience),
        allowed=allowed.allowed,
        keys=Keys(allowed.environment),
        queries=queries,
        patience=patience,
    ) as door:
        yield door
