"""What `doctor` says of a network source: whether it answers, what it is, how far it has come, and what to do."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from chaintrace.adapters.network import Endpoint, NetworkSource, Status
from chaintrace.adapters.transport import Answer, Door, Patience, Request
from chaintrace.case.access import Access
from chaintrace.case.endpoints import PLACE, connected
from chaintrace.errors import AdapterError, Refused, Unavailable

BRIEF = Patience(connect=5, read=15, deadline=20, total=30, tries=2, longest_wait=5)
"""How long a check waits: a person sits before it."""

_SYNCED = {True: "yes", False: "no", None: "it does not say"}


@dataclass(frozen=True, slots=True)
class Health:
    """One network source, looked at. Every field is for a person, empty where nobody told; no key is in any of them.

    `troubles` are why it cannot be used as it is, with what to do; `hints` what would make it better.
    """

    endpoint: Endpoint
    state: str
    credentials: str
    troubles: tuple[str, ...] = ()
    chain: str = ""
    height: str = ""
    synced: str = ""
    indices: str = ""
    quota: str = ""
    hints: tuple[str, ...] = ()


def examined(endpoint: Endpoint, door: Door, allowed: Access) -> Health:
    """Ask a source what it is. What goes wrong is what is said. Raises InputError for a url that cannot be one."""
    credentials = _credentials(endpoint, allowed)
    if reason := _forbidden(endpoint, allowed):
        return Health(endpoint, "not asked", credentials, (reason,))
    listening = _Listening(door)
    try:
        source = connected(endpoint, listening)
        status = source.status()
        found = _found_by(source, status)
    except Unavailable as error:
        return Health(endpoint, "does not answer", credentials, (str(error),))
    except Refused as error:
        return Health(endpoint, "refuses", credentials, (str(error),))
    except AdapterError as error:
        return Health(endpoint, "is not what it claims", credentials, (str(error),))
    pruned = f"; pruned below {status.pruned_to}" if status.pruned_to else ""
    return Health(
        endpoint,
        "answers",
        credentials,
        tuple(_troubles(endpoint, status)),
        status.chain or "not told",
        str(status.height),
        _SYNCED[status.synced],
        found + pruned,
        status.quota or listening.allowance or "not told",
        tuple(_hints(endpoint, status)),
    )


@runtime_checkable
class Able(Protocol):
    """A source that is asked what it can look up, because it depends on what it keeps."""

    def abilities(self, at: Status) -> tuple[str, ...]:
        """In words for a person. Raises Unavailable, Refused or Malformed."""


def _found_by(source: NetworkSource, status: Status) -> str:
    """By what a source finds facts. Raises Unavailable, Refused or Malformed."""
    found = source.abilities(status) if isinstance(source, Able) else sorted(status.indices)
    return ", ".join(found) or "nothing"


class _Listening:
    """A door that remembers what the host last said may still be asked."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self.allowance = ""

    def ask(self, request: Request) -> Answer:
        """Ask through the door. Raises as it does."""
        answer = self._door.ask(request)
        self.allowance = answer.allowance or self.allowance
        return answer


def _forbidden(endpoint: Endpoint, allowed: Access) -> str:
    """Why a source may not be asked; empty where it may."""
    if allowed.allowed == "none":
        return "CHAINTRACE_NETWORK is none, so it was not asked: set it to own or public"
    if allowed.allowed == "own" and endpoint.reach == "public":
        return 'it is public, and CHAINTRACE_NETWORK is own: set it to public, or write reach = "own" if it is yours'
    return ""


def _troubles(endpoint: Endpoint, status: Status) -> Iterator[str]:
    """What to do about a source that cannot be used as it is."""
    if status.chain and status.chain != endpoint.chain:
        yield f"it is a source of {status.chain}, and the case says {endpoint.chain}: correct the url or the chain"
    if status.synced is False:
        yield (
            f"it has come to height {status.height} and is still reading the chain: wait until it has, because what it "
            "does not know yet would be absent"
        )


def _hints(endpoint: Endpoint, status: Status) -> Iterator[str]:
    """What would make a sound source better; none of it is wrong."""
    if not status.chain:
        yield f"it does not say which chain it is of: that it is {endpoint.chain} is the word of the case"
    if endpoint.adapter == "bitcoin-core" and "txid" not in status.indices:
        yield (
            "it has no index of transactions (txindex=1), so only those whose block is known are found, and what "
            "spends an output is looked for block after block"
        )
    if status.pruned_to:
        yield f"it is pruned: blocks below {status.pruned_to} are gone, so older transactions need another source"


def _credentials(endpoint: Endpoint, allowed: Access) -> str:
    """Which credentials are set, by the names of their variables."""
    found = ", ".join(allowed.credentials(endpoint.adapter))
    return f"set: {found}" if found else "none set, and the url needs a key" if PLACE in endpoint.url else "none set"
