"""What a network source must do: say what it is, and answer one missing fact at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable
from urllib.parse import urlsplit

from chaintrace.adapters.bitcoin.rawblock import Header
from chaintrace.adapters.transport import Door, Reach
from chaintrace.errors import Declined
from chaintrace.model.provenance import Coverage, Gap, Observation, Unspent
from chaintrace.model.transaction import Transaction
from chaintrace.model.view import Missing, MissingFact, MissingHistory, MissingLogs, MissingState

__all__ = [
    "Endpoint",
    "HeaderSource",
    "LogSource",
    "NetworkAdapter",
    "NetworkSource",
    "Reach",
    "Reply",
    "StateSource",
    "Status",
    "Unspent",
    "replied",
    "settled_last",
    "unread_piece",
]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One network `[[source]]` of a case. `url` carries no credentials: those come from the environment or keyring.

    `shown` is how the case writes it, and the only form that is printed.
    """

    adapter: str
    chain: str
    url: str
    shown: str
    reach: Reach

    @property
    def is_web(self) -> bool:
        """Whether the url has http or https, a host, and no query or fragment. Raises ValueError for no url."""
        parts = urlsplit(self.url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and not (parts.query or parts.fragment)


@dataclass(frozen=True, slots=True)
class Status:
    """What a source is and how far it has come. `chain` is the one that its genesis block names (`""`: not told).

    `height`, `block_hash` and `time` (Unix, UTC) are those of its tip. `synced` is None where it cannot tell.
    `indices` names what it can look up (`txid`, `spender`, `address`); `pruned_to` is the lowest block it still has;
    `finalized` is the height up to which its chain holds for good, None where it does not say.
    """

    chain: str
    height: int
    block_hash: str
    time: int | None
    synced: bool | None
    indices: frozenset[str] = frozenset()
    pruned_to: int = 0
    quota: str = ""
    finalized: int | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a source answered to one missing fact. An empty reply with `absent` is a fact: the source has no such thing.

    `gaps` say what was not proven (a history that does not agree with the source's counters, a scan that met its
    limit); `still_missing` is True when the question is not answered by this reply. `observations` are facts beside the
    movements, and a third party's claims (tags).
    """

    transactions: tuple[Transaction, ...] = ()
    unspent: tuple[Unspent, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    gaps: tuple[Gap, ...] = ()
    absent: bool = False
    still_missing: bool = False
    observations: tuple[Observation, ...] = ()


class NetworkSource(Protocol):
    """A connected source. Plain synchronous code without lock or pool; every byte comes through the door."""

    endpoint: Endpoint

    def status(self) -> Status:
        """Ask what it is. Raises Unavailable, Refused or Malformed, and nothing else."""
        ...

    def block_hash(self, height: int) -> str:
        """The hash of its canonical block at a height: how a re-organisation is noticed. Raises as `status`."""
        ...

    def reply(self, missing: MissingFact, at: Status) -> Reply:
        """Answer one missing fact, as of the tip `at`. Values in base units, times in Unix seconds (UTC).

        Raises Unavailable (try again later), Refused (stop asking; Declined: only this question) or Malformed (not what
        it claims to be).
        """
        ...


@runtime_checkable
class StateSource(NetworkSource, Protocol):
    """A source that can also say what a token's contract says of an address (`adapters/issuers.py`)."""

    def state(self, missing: MissingState, at: Status) -> Reply:
        """Observations of the address, each at its height: `state_at`, `balance_at`, `code`, `proposed_at`.

        Whatever could not be read is a gap with the reason, and the reply is still missing where that is the state.
        Raises as `NetworkSource.reply`.
        """
        ...


@runtime_checkable
class LogSource(NetworkSource, Protocol):
    """A source that can also look for a contract's events by their key."""

    def logs(self, missing: MissingLogs, at: Status) -> Reply:
        """The logs as observations of their transactions; `absent` where there are none. Raises as `reply`."""
        ...


@runtime_checkable
class HeaderSource(NetworkSource, Protocol):
    """A source of Bitcoin that can also give the headers of its chain."""

    def headers(self, first: int, count: int) -> tuple[Header, ...]:
        """Up to `count` headers from the height `first` on, asked now, each with its work; fewer where the chain ends.

        Their bytes are in the archive then. Raises as `reply`.
        """
        ...


def replied(source: NetworkSource, missing: Missing, at: Status) -> Reply:
    """What a source answers to one missing fact. Raises as `NetworkSource.reply`; Declined where it cannot look."""
    if not isinstance(missing, MissingLogs):
        return source.reply(missing, at)
    if isinstance(source, LogSource):
        return source.logs(missing, at)
    raise Declined(f"{source.endpoint.shown} is not asked for a contract's events by their key: add a node (evm-rpc)")


class NetworkAdapter(Protocol):
    """One API. It translates answers into facts; it never infers, waits, retries or prints."""

    name: str
    summary: str
    reach: Reach
    chains: tuple[str, ...]

    def connect(self, endpoint: Endpoint, door: Door) -> NetworkSource:
        """Make a source of an endpoint on one of `chains`, without asking it anything.

        Raises InputError for a url that cannot be one.
        """
        ...


def unread_piece(missing: Missing) -> Reply | None:
    """What is replied to the question for the history of one piece of a collection, instead of asking anybody.

    The lists and indices of sources go by contract and account. None for every other question.
    """
    if not isinstance(missing, MissingHistory) or missing.account.asset.token_id is None:
        return None
    account, contract = missing.account, missing.account.asset.contract
    text = f"the history of a single piece is not read: where {account.address} sent {contract} is not known"
    return Reply(gaps=(Gap("source", account.chain, account.address, None, text, contract),), still_missing=True)


def settled_last(replies: Sequence[tuple[Endpoint, Reply]]) -> tuple[tuple[Endpoint, Reply], ...]:
    """The replies of several sources to one question, with the one that settles it at the end, if any does.

    It is the first that leaves nothing unproven, else the first that tells anything. The others are told as leaving the
    question open: their facts stay, and what they claim to be complete is not heard.
    """
    telling = [one for one in replies if not one[1].still_missing]
    if not telling:
        return tuple(replies)
    proven = (one for one in telling if not one[1].gaps and one[1].absent == telling[0][1].absent)
    best = next(proven, telling[0])
    others = ((place, replace(reply, coverage=(), unspent=(), still_missing=True)) for place, reply in replies)
    return *(one for one, told in zip(others, replies, strict=True) if told is not best), best
